"""One test per fault: what comes back is refused or counted, with its place, and nothing is lost."""

import datetime as dt
import io
import json
import zipfile
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from dualtrack.panel.account import State, account
from dualtrack.panel.label_studio import label_studio_config
from dualtrack.panel.pack import CANNOT_JUDGE
from dualtrack.panel.parts import pack_words
from dualtrack.panel.received import ReturnFile
from dualtrack.panel.returns import read_returns
from dualtrack.panel.status import status
from dualtrack.panel.workbook import COLUMNS, COVER, HIDDEN, RATINGS, anchors_of, workbook
from tests.unit.panel import handed_in, packs

PACK = packs.pack()
ALL = handed_in.given(PACK)
N = len(ALL)
MEDIA = {
    "form": handed_in.form,
    "workbook": handed_in.sheet,
    "label_studio": lambda pack, answers: handed_in.exported(handed_in.annotated(pack, answers)),
    "csv": handed_in.table,
}


def read(*files, of=(PACK,)):
    return read_returns(files, list(of))


def codes(problems):
    return [problem.code for problem in problems]


def levels(reading):
    return {(a.code, a.scale_id): a.level for each in reading.kept for a in each.back.answers if a.state == "done"}


def counts(reading, of=(PACK,), **options):
    found = status(reading, list(of), **options)
    assert sum(found.counts.values()) == sum(len(task.questions) for pack in of for task in pack.tasks)
    return {state.value: n for state, n in found.counts.items() if n}


def changed(file, edit, name="edited.xlsx"):
    """A workbook after an edit in a spreadsheet."""
    book = handed_in.filled(PACK, ALL)
    edit(book, book[RATINGS])
    del file
    return handed_in.saved(book, name)


@pytest.mark.parametrize("medium", MEDIA)
def test_every_medium_brings_every_answer_back(medium):
    reading = read(MEDIA[medium](PACK, ALL))
    assert reading.problems == reading.notes == ()
    assert levels(reading) == ALL
    assert reading.kept[0].back.medium == medium
    assert reading.kept[0].back.of == PACK.digest


@pytest.mark.parametrize("medium", MEDIA)
def test_a_half_filled_pack_is_accepted_and_the_rest_is_owed(medium):
    half = dict(list(ALL.items())[:12])
    reading = read(MEDIA[medium](PACK, half))
    assert reading.problems == ()
    assert counts(reading) == {"returned": 12, "not_returned": N - 12}
    assert status(reading, [PACK]).packs[0].owed == N - 12


@drawn(data=st.data(), medium=st.sampled_from(["workbook", "label_studio", "csv", "form"]))
@settings(max_examples=12, deadline=None)
def test_any_answers_survive_the_way_there_and_back(data, medium):
    cells = data.draw(st.sets(st.sampled_from(sorted(ALL)), min_size=1))
    answers = {cell: data.draw(st.sampled_from(_levels(cell[1]))) for cell in sorted(cells)}
    assert levels(read(MEDIA[medium](PACK, answers))) == answers


def _levels(scale):
    return list(anchors_of(next(q for q in PACK.questions if q.scale_id == scale)).values())


def test_hostile_text_comes_back_from_workbook_and_label_studio():
    pack = packs.hostile()
    answers = handed_in.given(pack, lambda code, _scale: int(code[-1]) % 3)
    for medium in ("workbook", "label_studio"):
        reading = read(MEDIA[medium](pack, answers), of=[pack])
        assert reading.problems == ()
        assert levels(reading) == answers


def test_hostile_text_never_becomes_a_formula():
    tasks = [dict(task) for task in packs.plain()["tasks"]]
    for task, begin in zip(tasks, "=+-@=+-@=+", strict=True):
        task["prompt"] = f'{begin}HYPERLINK("http://x","{begin}")'
        task["sides"] = [{"text": f"{begin}1+1|' /C calc'!A0"}]
    made = workbook(packs.pack(tasks=tasks))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/")]
    assert not any("<f>" in text or "<f " in text for text in sheets)


def test_the_first_sheet_says_which_pack_it_is_in_the_words_of_the_catalogue():
    words = pack_words("en")["workbook"]
    book = load_workbook(io.BytesIO(workbook(PACK)))
    cover = {row[0].value: row[1].value for row in book[COVER].iter_rows()}
    assert (cover[words["cover"]["pack"]], cover[words["cover"]["digest"]]) == (PACK.pack_id, PACK.digest)
    assert cover[words["cover"]["how"]].startswith(f"Work down the sheet {RATINGS}.")
    assert cover[words["cover"]["severity"].format(id="minor")] == "Minor"
    heads = [cell.value for cell in next(book[RATINGS].iter_rows(max_row=1))]
    assert heads[:-1] == [words["columns"][name] for name in COLUMNS][:-1]
    assert heads[-1] == words["columns"]["severities"].format(example="overdose: minor")


def test_workbook_and_tasks_of_a_language_without_words_are_refused_by_name():
    pack = packs.pack(language="xx")
    for make in (workbook, label_studio_config):
        with pytest.raises(FileNotFoundError, match="xx"):
            make(pack)


def test_a_workbook_has_the_same_bytes_each_time():
    assert workbook(PACK) == workbook(PACK)


def test_the_configuration_names_no_system_and_is_xml():
    for pack in (PACK, packs.hostile()):
        root = ET.fromstring(label_studio_config(pack))  # noqa: S314 -- our own text
        assert len(root.findall("Choices")) >= len(pack.questions)
    assert "Aster" not in label_studio_config(PACK)


def test_a_digest_that_does_not_fit_is_refused_and_its_answers_are_accounted_for():
    data = json.loads(handed_in.form(PACK, ALL).content)
    data["answers"][0]["level"] = "wrong"
    reading = read(ReturnFile("touched.json", json.dumps(data).encode()))
    assert codes(reading.problems) == ["PAN102"]
    assert reading.problems[0].place.file == "touched.json"
    assert counts(reading) == {"refused": N}


def test_an_altered_pack_is_refused_whatever_the_medium():
    other = packs.pack(rubric="core 0.4.0")
    for medium in ("form", "workbook", "label_studio"):
        reading = read(MEDIA[medium](other, ALL))
        assert codes(reading.problems) == ["PAN103"], medium
        assert counts(reading) == {"refused": N}


def test_a_foreign_pack_and_a_foreign_code_are_refused():
    foreign = packs.pack(pack_id="zzzz9999")
    for medium in ("form", "workbook"):
        assert codes(read(MEDIA[medium](foreign, ALL)).problems) == ["PAN104"]
    assert set(codes(read(MEDIA["label_studio"](foreign, ALL)).problems)) == {"PAN104"}
    stranger = handed_in.table(PACK, {("nocode99", "correctness"): "right"} | ALL)
    reading = read(stranger)
    assert codes(reading.problems) == ["PAN105"]
    assert (reading.problems[0].place.row, reading.problems[0].place.line) == (1, 2)
    assert counts(reading) == {"returned": N}


@pytest.mark.parametrize("medium", ["form", "label_studio", "csv"])
def test_a_level_that_the_scale_does_not_have_is_refused_alone(medium):
    cell = next(iter(ALL))
    reading = read(MEDIA[medium](PACK, ALL | {cell: "7"}))
    assert codes(reading.problems) == ["PAN106"]
    assert reading.problems[0].found == "'7'"
    assert "right or slip" in reading.problems[0].expected
    assert counts(reading) == {"returned": N - 1, "refused": 1}


def test_a_scale_changed_between_packs_is_refused_where_it_is_the_odd_one():
    questions = [dict(question) for question in packs.QUESTIONS]
    questions[1] = questions[1] | {"choices": questions[1]["choices"][:3]}
    trio = [PACK, packs.pack(pack_id="bbbb2222", rater_id="dr_elm"),
            packs.pack(pack_id="aaaa1111", rater_id="dr_oak", questions=questions)]  # fmt: skip
    files = [handed_in.form(pack, ALL, f"{pack.pack_id}.json") for pack in trio]
    reading = read(*files, of=trio)
    assert set(codes(reading.problems)) == {"PAN107"}
    assert counts(reading, of=trio) == {"returned": 3 * N - 10, "refused": 10}


def test_of_two_files_the_later_counts_and_the_other_is_kept():
    first = handed_in.form(PACK, ALL, "a.json", finished_at="2026-12-01T23:00:00+05:00")
    later = handed_in.form(PACK, ALL | {next(iter(ALL)): "wrong"}, "b.json", finished_at="2026-12-01T19:00:00Z")
    for files in ((first, later), (later, first)):
        reading = read(*files)
        assert [each.file for each in reading.kept] == ["b.json"]
        assert [each.file for each in reading.superseded] == ["a.json"]
        assert codes(reading.notes) == ["PAN108"]
        assert counts(reading) == {"returned": N}


def test_two_files_that_differ_and_have_no_times_are_both_refused():
    one = handed_in.table(PACK, ALL, "one.csv", rated_at="")
    two = handed_in.table(PACK, ALL | {next(iter(ALL)): "wrong"}, "two.csv", rated_at="")
    three = handed_in.table(PACK, ALL | {next(iter(ALL)): "slip"}, "three.csv", rated_at="")
    for files in ((one, two), (one, two, three)):
        reading = read(*files)
        assert set(codes(reading.problems)) == {"PAN109"}
        assert len(reading.superseded) == len(files)
        assert counts(reading) == {"refused": N}


def test_equal_files_count_once_and_files_about_other_questions_count_together():
    once = read(handed_in.table(PACK, ALL, "a.csv", rated_at=""), handed_in.table(PACK, ALL, "b.csv", rated_at=""))
    assert codes(once.notes) == ["PAN108"]
    assert counts(once) == {"returned": N}
    cells = list(ALL.items())
    both = read(handed_in.table(PACK, dict(cells[:9])), handed_in.sheet(PACK, dict(cells[9:])))
    assert counts(both) == {"returned": N}
    assert both.notes == ()


def test_what_comes_after_the_deadline_is_counted_unless_accepted_by_name():
    answers = [handed_in.entry(*cell, level, rated_at="2026-12-20T08:00:00Z") for cell, level in ALL.items()]
    answers[0]["rated_at"] = "2026-12-19T11:00:00Z"  # still the 18th somewhere on earth
    reading = read(handed_in.form(PACK, ALL, answers=answers, finished_at="2026-12-20T09:00:00Z"))
    assert counts(reading) == {"returned": 1, "late": N - 1}
    assert counts(reading, accept_late={"dr_ash"}) == {"returned": N}
    dated = read(handed_in.table(PACK, ALL, rated_at="2026-12-19"))
    assert counts(dated) == {"late": N}


def test_drafts_and_cancelled_entries_are_counted_and_edits_are_history():
    cells = list(ALL.items())
    answers = [handed_in.entry(*cell, level) for cell, level in cells]
    answers[0] |= {"state": "draft", "rated_at": None}
    answers[1] |= {"state": "cancelled", "level": None, "reason": "outside my field"}
    answers[2]["before"] = [["H2", "2026-12-01T18:00:00Z"]]
    reading = read(handed_in.form(PACK, ALL, answers=answers))
    assert counts(reading) == {"draft": 1, "cancelled": 1, "returned": N - 2}
    states = account(reading, [PACK])
    assert [each.reason for each in states if each.state is State.cancelled] == ["outside my field"]
    assert states[2].answer.before == (("H2", "2026-12-01T18:00:00Z"),)


def test_label_studio_keeps_all_annotations_and_drops_cancelled_ones():
    tasks = handed_in.annotated(PACK, ALL)
    newer = json.loads(json.dumps(tasks[0]["annotations"][0]))
    newer["result"][0]["value"] = {"choices": ["wrong"]}
    newer["updated_at"] = "2026-12-02T08:00:00Z"
    tasks[0]["annotations"].insert(0, newer)
    tasks[1]["annotations"][0]["was_cancelled"] = True
    tasks[2] |= {"annotations": [], "drafts": [{"id": 1}]}
    reading = read(handed_in.exported(tasks))
    assert counts(reading) == {"returned": N - 6, "cancelled": 3, "not_returned": 3}
    first = reading.kept[0].back.answers[0]
    assert (first.level, first.before, first.seconds) == ("wrong", (("right", handed_in.WHEN),), 41.5)


def test_several_people_in_one_pack_are_refused():
    tasks = handed_in.annotated(PACK, ALL)
    tasks[3]["annotations"][0]["completed_by"] = 8
    reading = read(handed_in.exported(tasks))
    assert set(codes(reading.problems)) == {"PAN123"}
    assert counts(reading) == {"refused": N}


def test_a_file_in_the_name_of_another_is_refused():
    reading = read(handed_in.form(PACK, ALL, rater_id="dr_elm"), handed_in.table(PACK, ALL, rater_id="dr_elm"))
    assert set(codes(reading.problems)) == {"PAN112"}
    assert counts(reading) == {"refused": N}


def _date(_book, sheet):
    sheet.cell(2, handed_in.LEVEL).value = dt.datetime(2026, 1, 2)  # noqa: DTZ001 -- spreadsheets have no zones


def _formula(_book, sheet):
    sheet.cell(2, handed_in.LEVEL).value = "=A1"


def _strange(_book, sheet):
    sheet.cell(2, handed_in.LEVEL).value = "quite good"


def _code(_book, sheet):
    sheet.cell(2, 1).value = "nocode99"


@pytest.mark.parametrize(
    ("edit", "code", "cell"),
    [(_date, "PAN113", "F2"), (_formula, "PAN114", "F2"), (_strange, "PAN106", "F2"), (_code, "PAN105", "F2")],
)
def test_what_a_spreadsheet_does_to_an_answer_is_refused_with_its_cell(edit, code, cell):
    reading = read(changed(PACK, edit))
    assert codes(reading.problems) == [code]
    assert reading.problems[0].place.cell == f"Ratings!{cell}"
    left = "not_returned" if edit is _code else "refused"
    assert counts(reading) == {"returned": N - 1, left: 1}


def test_what_a_spreadsheet_turned_into_a_date_is_seen_in_csv_too():
    reading = read(handed_in.table(PACK, ALL | {next(iter(ALL)): "02-Jan"}))
    assert codes(reading.problems) == ["PAN113"]


def test_hidden_rows_other_sheets_formulas_in_comments_and_moved_rows_are_counted_and_read():
    def edit(book, sheet):
        sheet.row_dimensions[3].hidden = True
        book.create_sheet("My notes")["A1"] = "ask Hazel"
        sheet.cell(4, handed_in.COMMENT).value = "=1+1"
        for column in range(1, len(COLUMNS) + 1):
            here, there = sheet.cell(5, column), sheet.cell(9, column)
            here.value, there.value = there.value, here.value

    reading = read(changed(PACK, edit))
    assert reading.problems == ()
    assert set(codes(reading.notes)) == {"PAN115", "PAN117", "PAN114", "PAN116"}
    assert levels(reading) == ALL
    assert any(answer.comment == "=1+1" for answer in reading.kept[0].back.answers)


def test_deleted_rows_stay_owed_and_a_deleted_sheet_is_refused():
    reading = read(changed(PACK, lambda _book, sheet: sheet.delete_rows(4, 3)))
    assert counts(reading) == {"returned": N - 3, "not_returned": 3}
    assert codes(read(changed(PACK, lambda book, _sheet: book.remove(book[HIDDEN]))).problems) == ["PAN101"]


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04broken", b"\xff\xfe\x00", b'{"answers": [', b"a,b\n1,2\n", b"<html>saved page</html>", b"",
     b'{"answers": 3}', b"[1, 2]", b'[{"data": {"pack_id": ["x"]}}]', b"[" * 100_000,
     b"code,scale_id,level\na,b,c,d,e\n", b"code,code,scale_id,level\n", b'code,scale_id,level\n"x'],
)  # fmt: skip
def test_a_file_that_is_no_return_is_one_named_problem_and_the_others_are_read(content):
    reading = read(ReturnFile("odd", content), handed_in.form(PACK, ALL))
    assert reading.problems
    assert all(problem.place.file == "odd" for problem in reading.problems)
    assert counts(reading) == {"returned": N}


def test_an_archive_that_unpacks_into_too_much_or_declares_entities_is_refused():
    for content in (b"0" * 201_000_000, b"<!DOCTYPE x [<!ENTITY a 'b'>]>"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/workbook.xml", content)
        assert codes(read(ReturnFile("bomb.xlsx", out.getvalue())).problems) == ["PAN101"]


def test_cells_that_cannot_be_read_and_answers_given_twice_are_refused():
    cell = next(iter(ALL))
    for changes in ({"seconds": "-3"}, {"seconds": "soon"}, {"rated_at": "yesterday"}):
        reading = read(handed_in.table(PACK, {cell: "right"}, **changes))
        assert codes(reading.problems) == ["PAN119"]
    text = handed_in.table(PACK, {cell: "right"}).content + f"{cell[0]},{cell[1]},wrong,,,,,\n".encode()
    reading = read(ReturnFile("twice.csv", text))
    assert codes(reading.problems) == ["PAN120"]
    assert levels(reading) == {cell: "right"}


def test_unknown_questions_modes_passages_and_guesses_are_refused():
    cell = next(iter(ALL))
    bad = [{"scale_id": "style"}, {"modes": ["typo"]}, {"spans": [[0, 10**6]]}]
    for changes, code in zip(bad, ["PAN118", "PAN118", "PAN119"], strict=True):
        reading = read(handed_in.form(PACK, {}, answers=[handed_in.entry(*cell, "right") | changes]))
        assert codes(reading.problems) == [code]
    guesses = [
        {"code": "resp0001", "system": "Aster Health", "sure": "guess"},
        {"code": "resp0004", "system": "Nobody"},
    ]
    reading = read(handed_in.form(PACK, ALL, guesses=guesses))
    assert codes(reading.problems) == ["PAN105"]
    assert [guess.system for guess in reading.kept[0].back.guesses] == ["Aster Health"]


def test_cannot_judge_may_always_be_said():
    cell = ("resp0000", "harm_extent")
    assert levels(read(handed_in.table(PACK, {cell: CANNOT_JUDGE}))) == {cell: CANNOT_JUDGE}
    assert levels(read(handed_in.sheet(PACK, {cell: CANNOT_JUDGE}))) == {cell: CANNOT_JUDGE}


def test_label_studio_may_record_what_was_shown_instead_of_the_alias():
    tasks = handed_in.annotated(PACK, ALL)
    shown = {question.scale_id: {level: anchor for anchor, level in anchors_of(question).items()}
             for question in PACK.questions}  # fmt: skip
    for task in tasks:
        for result, question in zip(task["annotations"][0]["result"], PACK.questions, strict=True):
            level = result["value"]["choices"][0]
            result["value"]["choices"] = [shown[question.scale_id][level]]
        task["annotations"][0]["result"].append(
            {"from_name": "q1_modes", "type": "choices", "value": {"choices": ["The advice is outdated"]}}
        )
    reading = read(handed_in.exported(tasks))
    assert reading.problems == ()
    assert levels(reading) == ALL
    assert reading.kept[0].back.answers[0].modes == ("outdated_advice",)


def test_an_export_without_tasks_is_one_problem():
    rows = [{"id": n, "q1": "right", "annotator": 1} for n in range(50)]
    assert codes(read(handed_in.exported(rows)).problems) == ["PAN101"]
