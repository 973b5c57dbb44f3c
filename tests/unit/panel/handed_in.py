"""What raters hand in, made for tests: the same answers as a form's file, a workbook, Label Studio or CSV."""

import csv
import io
import json

from openpyxl import load_workbook

from dualtrack.panel.label_studio import label_studio_tasks
from dualtrack.panel.pack import seal
from dualtrack.panel.received import ReturnFile
from dualtrack.panel.workbook import COLUMNS, RATINGS, anchors_of, workbook

WHEN = "2026-12-01T19:30:00+00:00"
LEVEL, COMMENT = list(COLUMNS).index("level") + 1, list(COLUMNS).index("comment") + 1


def given(pack, choose=0):
    """A level for every question of a pack: (code, scale) to level."""
    questions = {question.scale_id: question for question in pack.questions}
    pick = choose if callable(choose) else lambda _code, _scale: choose
    return {
        (task.code, scale): list(anchors_of(questions[scale]).values())[pick(task.code, scale)]
        for task in pack.tasks
        for scale in task.questions
    }


def entry(code, scale, level, **changes):
    """One answer of a form's file."""
    plain = {"code": code, "scale_id": scale, "level": level, "state": "done", "seconds": 30, "rated_at": WHEN}
    return plain | changes


def content(pack, given_levels, /, **changes):
    """Content of a form's file, not sealed."""
    plain = {
        "schema": "dualtrack.return/1", "pack_id": pack.pack_id, "of": pack.digest, "rater_id": pack.rater_id,
        "medium": "form", "answers": [entry(*cell, level) for cell, level in given_levels.items()], "guesses": [],
        "locked_at": WHEN, "finished_at": WHEN,
    }  # fmt: skip
    return plain | changes


def form(pack, given_levels, /, name="return.json", **changes):
    """A form's file."""
    return ReturnFile(name, json.dumps(seal(content(pack, given_levels, **changes))).encode())


def filled(pack, answers):
    """A filled workbook, open."""
    book = load_workbook(io.BytesIO(workbook(pack)))
    questions = {question.scale_id: question for question in pack.questions}
    sheet = book[RATINGS]
    asked = [(task.code, scale) for task in pack.tasks for scale in task.questions]
    for row, cell in enumerate(asked, start=2):
        if cell in answers:
            anchors = {level: anchor for anchor, level in anchors_of(questions[cell[1]]).items()}
            sheet.cell(row, LEVEL).value = anchors[answers[cell]]
            sheet.cell(row, LEVEL).data_type = "s"
    return book


def saved(book, name="ratings.xlsx"):
    """An open workbook as a file."""
    out = io.BytesIO()
    book.save(out)
    return ReturnFile(name, out.getvalue())


def sheet(pack, answers, name="ratings.xlsx"):
    """A filled workbook."""
    return saved(filled(pack, answers), name)


def annotated(pack, answers):
    """An export of Label Studio, as data."""
    controls = {question.scale_id: f"q{n}" for n, question in enumerate(pack.questions, start=1)}
    tasks = json.loads(label_studio_tasks(pack))
    for n, task in enumerate(tasks, start=1):
        result = [
            {"from_name": controls[scale], "to_name": "answer_a", "type": "choices", "value": {"choices": [level]}}
            for (code, scale), level in answers.items()
            if code == task["data"]["code"]
        ]
        by = 7 if n % 2 else {"id": 7, "email": "rater@example.org"}
        task |= {"id": n, "annotations": [
            {"id": n, "completed_by": by, "result": result, "was_cancelled": False, "lead_time": 41.5,
             "created_at": WHEN, "updated_at": WHEN}] if result else []}  # fmt: skip
    return tasks


def exported(tasks, name="export.json"):
    """Data of Label Studio as a file."""
    return ReturnFile(name, json.dumps(tasks).encode())


def table(pack, answers, name="ratings.csv", between=",", **changes):
    """Answers as CSV."""
    columns = ["code", "scale_id", "level", "comment", "failure_modes", "seconds", "rated_at", "rater_id"]
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, delimiter=between, restval="")
    writer.writeheader()
    for (code, scale), level in answers.items():
        plain = {"code": code, "scale_id": scale, "level": level, "seconds": "12.5", "rated_at": WHEN}
        writer.writerow(plain | {"rater_id": pack.rater_id} | changes)
    return ReturnFile(name, out.getvalue().encode())
