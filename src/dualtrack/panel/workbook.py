"""A pack as a workbook, for raters who work in a spreadsheet: one row per task and question, drop-downs with anchors.

May import openpyxl, errors and the panel's own ground. Whatever text the pack holds is stored as text and never as a
formula. The bytes are the same for the same pack. ``workbook_back`` reads it.
"""

import io
import re
import zipfile
from collections.abc import Mapping

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.fitting import levels_of
from dualtrack.panel.pack import Pack, Question, Task
from dualtrack.panel.parts import pack_words

__all__ = [
    "COLUMNS",
    "COVER",
    "HIDDEN",
    "LISTS",
    "RATINGS",
    "WRITABLE",
    "anchors_of",
    "columns_of",
    "shown",
    "workbook",
]

COVER, RATINGS, LISTS, HIDDEN = "Cover", "Ratings", "Lists", "Pack"
COLUMNS = {
    "code": 12, "scale_id": 16, "case": 50, "answer": 80, "question": 40, "level": 40, "modes": 30, "comment": 40,
    "severities": 30,
}  # fmt: skip
"""Columns in their order, each with its width; the last stands there only where the pack asks how serious."""
WRITABLE = ("level", "modes", "comment", "severities")
LONGEST = 32_767  # characters in one cell
_FIXED = "2000-01-01T00:00:00Z"
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")


def workbook(pack: Pack) -> bytes:
    """The pack as XLSX.

    Definition: a cover; a sheet with one row per task and question, in the order of the pack, its head frozen, the
    answer chosen from a list of the anchors; the lists and, for reading back, pack id, digest and codes on hidden
    sheets. Each row carries its code and question, so rows may be moved. Characters that a workbook cannot hold are
    shown as U+FFFD.

    Args:
        pack: what the rater is asked.

    Returns:
        The bytes of the file, the same for the same pack.

    Raises:
        PanelError: PAN124 a text is longer than a cell can hold.
        FileNotFoundError: no words ship in the pack's language.
    """
    book = Workbook()
    book.properties.creator = "dualtrack"
    cover = book.active
    if not isinstance(cover, Worksheet):  # a new workbook has one
        raise TypeError("a new workbook has no sheet")
    cover.title = COVER
    _cover(cover, pack)
    ratings, lists, hidden = (book.create_sheet(name) for name in (RATINGS, LISTS, HIDDEN))
    _lists(lists, pack)
    _ratings(ratings, pack)
    _hidden(hidden, pack)
    lists.sheet_state = hidden.sheet_state = "hidden"
    book.active = 0
    made = io.BytesIO()
    book.save(made)
    return _same_bytes(made.getvalue())


def columns_of(pack: Pack) -> tuple[str, ...]:
    """The columns of the sheet of ratings, by name and in order.

    Args:
        pack: what the rater is asked.
    """
    return tuple(name for name in COLUMNS if name != "severities" or pack.severities)


def anchors_of(question: Question, language: str = "en") -> dict[str, str]:
    """What the drop-down of a question shows, and the level that each stands for.

    Definition: the anchors in the order of the scale, "I cannot judge this" where the scale has no such answer; where
    two anchors read the same, the id follows in brackets.

    Args:
        question: the question.
        language: of the words for "I cannot judge this".
    """
    said = [choice.anchor for choice in question.choices]
    said.append(question.cannot_judge.anchor if question.cannot_judge else pack_words(language)["cannot_judge"])
    plain = [shown(each).strip() for each in said]
    return {
        f"{text} ({shown(level)})" if plain.count(text) > 1 or not text else text: level
        for level, text in zip(levels_of(question), plain, strict=True)
    }


def shown(text: str) -> str:
    """Text as a cell can hold it.

    Args:
        text: any text.
    """
    return _UNWRITABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def _put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """Store text as text, whatever it begins with."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError("cells are not merged")
    whole = shown(text)
    if len(whole) > LONGEST:
        raise PanelError(
            Problem(
                "PAN124",
                "a text is too long for a cell",
                Place(sheet.title, cell=cell.coordinate),
                found=f"{len(whole):,} characters",
                expected=f"{LONGEST:,} at most",
                fix="hand out the form for this pack; it has no such limit",
            )
        )
    cell.value = _ESCAPED.sub("_x005F_", whole)
    cell.data_type = "s"
    cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cover(sheet: Worksheet, pack: Pack) -> None:
    cover, words = pack.cover, pack_words(pack.language)["workbook"]["cover"]
    lines = [
        (words["study"], cover.study),
        (words["synthetic"], words["synthetic_yes" if cover.synthetic else "synthetic_no"]),
        (words["hours"], f"{cover.hours:g}"),
        (words["deadline"], cover.deadline or words["no_deadline"]),
        (words["data_use"], cover.data_use),
        (words["contact"], cover.contact),
        (words["rater"], pack.rater_id),
        (words["pack"], pack.pack_id),
        (words["digest"], pack.digest),
        (words["how"], words["how_value"].format(sheet=RATINGS)),
    ]
    lines += [(words["mode"].format(id=mode.id), mode.title) for mode in pack.modes]
    lines += [(words["severity"].format(id=each.id), each.anchor) for each in pack.severities]
    for row, (title, text) in enumerate(lines, start=1):
        _put(sheet, row, 1, title).font = Font(bold=True)
        _put(sheet, row, 2, text)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 32, 100


def _lists(sheet: Worksheet, pack: Pack) -> None:
    for column, question in enumerate(pack.questions, start=1):
        for row, anchor in enumerate(anchors_of(question, pack.language), start=1):
            _put(sheet, row, column, anchor)


def _hidden(sheet: Worksheet, pack: Pack) -> None:
    lines = [("pack_id", pack.pack_id), ("digest", pack.digest), ("rater_id", pack.rater_id)]
    lines += [(task.code, scale) for task in pack.tasks for scale in task.questions]
    for row, pair in enumerate(lines, start=1):
        for column, text in enumerate(pair, start=1):
            _put(sheet, row, column, text)


def _ratings(sheet: Worksheet, pack: Pack) -> None:
    columns, words = columns_of(pack), pack_words(pack.language)["workbook"]
    example = f"{pack.modes[0].id}: {pack.severities[0].id}" if pack.modes and pack.severities else ""
    for column, name in enumerate(columns, start=1):
        head = _put(sheet, 1, column, words["columns"][name].format(example=example))
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="FFDDE6EE")
        sheet.column_dimensions[get_column_letter(column)].width = COLUMNS[name]
    sheet.freeze_panes = "C2"
    questions = {question.scale_id: (place, question) for place, question in enumerate(pack.questions, start=1)}
    lists = {scale: _validation(place, question, pack.language) for scale, (place, question) in questions.items()}
    row = 1
    for task in pack.tasks:
        for place, scale in enumerate(task.questions):
            row += 1
            question = questions[scale][1]
            texts = (task.code, scale, *(_case(task, words) if place == 0 else ("", "")))
            for column, text in enumerate((*texts, f"{question.title}\n{question.ask}"), start=1):
                if text:
                    _put(sheet, row, column, text)
            for column, name in enumerate(columns, start=1):
                if name in WRITABLE:
                    cell = sheet.cell(row, column)
                    cell.alignment = Alignment(wrap_text=True, vertical="top")
                    cell.number_format = "@"  # text, so that 1-2 stays 1-2
                    cell.protection = Protection(locked=False)
            lists[scale].add(f"{get_column_letter(columns.index('level') + 1)}{row}")
    for validation in lists.values():
        if validation.sqref:
            sheet.add_data_validation(validation)


def _validation(place: int, question: Question, language: str) -> DataValidation:
    column, n = get_column_letter(place), len(anchors_of(question, language))
    words = pack_words(language)["workbook"]
    limits = "" if question.choices else " " + words["number"].format(least=question.least, most=question.most)
    return DataValidation(
        type="list",
        formula1=f"'{LISTS}'!${column}$1:${column}${n}",
        allow_blank=True,
        showErrorMessage=bool(question.choices),
        errorTitle=words["not_listed"],
        error=f"{words['choose']}{limits}",
    )


def _case(task: Task, words: Mapping[str, str]) -> tuple[str, str]:
    case = f"{task.prompt}\n\n{task.context}" if task.context else task.prompt
    sides = []
    for letter, side in zip("AB", task.sides, strict=False):
        thread = [f"{turn.role}: {turn.text}" for turn in side.turns]
        text = "\n\n".join([*thread, side.text])
        sides.append(f"{words['side'].format(side=letter)}\n{text}" if len(task.sides) > 1 else text)
    return case, "\n\n\n".join(sides)


def _same_bytes(made: bytes) -> bytes:
    """The archive without the hour at which it was made."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>" + _FIXED.encode(), content)
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, content)
    return out.getvalue()
