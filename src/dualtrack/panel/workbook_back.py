"""A workbook back: what spreadsheets do to answers is refused or counted, each with the address of its cell.

May import openpyxl, errors and the panel's own ground.
"""

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Mapping

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.foreign import foreign_pack
from dualtrack.panel.pack import Pack
from dualtrack.panel.received import Incoming, Said, refuse
from dualtrack.panel.return_csv import severities_in, words_of
from dualtrack.panel.workbook import COVER, HIDDEN, LISTS, RATINGS, WRITABLE, anchors_of, columns_of, shown

__all__ = ["from_workbook"]

LARGEST = 200_000_000  # bytes when unpacked; a pack of 500 long answers has a tenth of it
MOST_ROWS = 10_000  # an entry far below would make a spreadsheet of a million rows
OURS = {COVER, RATINGS, LISTS, HIDDEN}


def from_workbook(name: str, content: bytes, packs: Mapping[str, Pack]) -> Incoming:
    """Read a filled workbook.

    Definition: rows are known by the code and question that they carry, so moved rows count as they are; deleted and
    empty rows stay owed. Refused: a date or a formula in an answer, text that is no anchor, a row whose code or
    question was changed. Counted and read: hidden rows, formulas among comments (as text). Counted and not read: sheets
    and columns that the pack does not have.

    Args:
        name: name of the file.
        content: its bytes.
        packs: every pack of the study by id.

    Returns:
        What the file says, its pack found.

    Raises:
        PanelError: PAN101 it cannot be opened or lacks its sheets; PAN104 the pack is not of this study, PAN130 nor one
            of calibration.
    """
    book = _opened(name, content)
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if RATINGS not in sheets or HIDDEN not in sheets:
        raise refuse(
            "PAN101",
            "this is not the workbook of a pack",
            Place(name),
            found=", ".join(sheets),
            expected=f"the sheets {RATINGS} and {HIDDEN}",
            fix="ask the rater for the workbook that was handed out, with all its sheets",
        )
    hidden, ratings = sheets[HIDDEN], sheets[RATINGS]
    pack = packs.get(_text(hidden.cell(1, 2)))
    if pack is None:
        raise foreign_pack(_text(hidden.cell(1, 2)), Place(name, cell=f"{HIDDEN}!B1"), packs)
    notes = [_note("PAN117", "this sheet was not read", Place(name, cell=f"{title}!A1")) for title in sheets
             if title not in OURS]  # fmt: skip
    said = tuple(_rows(name, ratings, pack, notes))
    return Incoming(
        name, "workbook", pack, _text(hidden.cell(3, 2)), said, of=_text(hidden.cell(2, 2)), notes=tuple(notes)
    )


def _opened(name: str, content: bytes) -> Workbook:
    try:
        _unpacks(content)
        return load_workbook(io.BytesIO(content))
    except Exception as error:  # whatever a broken or hostile archive raises, it is one refused file
        raise refuse(
            "PAN101",
            "the workbook cannot be opened",
            Place(name),
            found=str(error),
            expected="an XLSX file",
            fix="open it in the spreadsheet and save it as XLSX, without a password",
        ) from error


def _unpacks(content: bytes) -> None:
    """Refuse archives that would fill the memory, before anything parses them."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
            raise ValueError("larger than any pack when unpacked")
        for entry in archive.infolist():
            if entry.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(entry)[:4096]:
                raise ValueError("declares entities, which no spreadsheet writes")


def _rows(name: str, sheet: Worksheet, pack: Pack, notes: list[Problem]) -> Iterator[Said]:
    questions = {question.scale_id: question for question in pack.questions}
    scales = {shown(scale): scale for scale in questions}
    order = {(task.code, scale): n for n, (task, scale) in enumerate((t, s) for t in pack.tasks for s in t.questions)}
    columns, last, n_rows, n_columns = columns_of(pack), -1, sheet.max_row, sheet.max_column
    for number, row in enumerate(
        sheet.iter_rows(min_row=2, max_row=min(n_rows, MOST_ROWS), max_col=len(columns)), start=2
    ):
        if all(cell.value is None for cell in row):
            continue
        code, scale = _text(row[0]), scales.get(_text(row[1]), _text(row[1]))
        place = order.get((code, scale), last)
        if place < last:
            notes.append(
                _note("PAN116", "the row was moved; it is read by its code", Place(name, cell=f"{RATINGS}!A{number}"))
            )
        last = place
        named = dict(zip(columns, row, strict=True))
        if sheet.row_dimensions[number].hidden and any(named[each].value is not None for each in ("level", "comment")):
            notes.append(
                _note("PAN115", "a hidden row holds an answer; it counts", Place(name, cell=f"{RATINGS}!A{number}"))
            )
        anchors = anchors_of(questions[scale], pack.language) if scale in questions else {}
        said = _said(name, named, (code, scale), anchors=anchors, notes=notes)
        if said is not None:
            yield said
    if n_rows > MOST_ROWS:
        notes.append(_note("PAN117", "rows beyond this one were not read", Place(name, cell=f"{RATINGS}!A{MOST_ROWS}")))
    if n_columns > len(columns):
        end = f"{RATINGS}!{get_column_letter(len(columns))}1"
        notes.append(_note("PAN117", "columns beyond this one were not read", Place(name, cell=end)))


def _said(
    name: str,
    row: Mapping[str, Cell | MergedCell],
    cell: tuple[str, str],
    *,
    anchors: Mapping[str, str],
    notes: list[Problem],
) -> Said | None:
    """What a row says; None where nothing was entered."""
    entered = {each: row[each] for each in WRITABLE if each in row}
    if all(_text(each) == "" for each in entered.values()):
        return None
    place = Place(name, cell=f"{RATINGS}!{entered['level'].coordinate}")
    level, problem, severities = None, None, {}
    try:
        level = _level(entered["level"], place, anchors)
        severities = _severities(name, entered.get("severities"))
    except PanelError as error:
        problem = error.problems[0]
    for each in (each for each in entered if each != "level"):
        if entered[each].data_type == "f":
            here = Place(name, cell=f"{RATINGS}!{entered[each].coordinate}")
            notes.append(_note("PAN114", "a formula among words; it is kept as text", here))
    state = "done" if level is not None or problem is not None else "draft"
    return Said(
        place,
        *cell,
        level,
        state,
        comment=_text(entered["comment"]),
        modes=words_of(_text(entered["modes"])),
        severities=severities,
        problem=problem,
    )


def _severities(name: str, cell: Cell | MergedCell | None) -> dict[str, str]:
    text = "" if cell is None else _text(cell)
    try:
        return severities_in(text)
    except ValueError as error:
        where = "" if cell is None else f"{RATINGS}!{cell.coordinate}"
        raise refuse(
            "PAN119", "this cannot be read", Place(name, cell=where), found=text, expected=str(error),
            fix="correct or empty the cell",
        ) from error  # fmt: skip


def _level(cell: Cell | MergedCell, place: Place, anchors: Mapping[str, str]) -> str | None:
    if cell.data_type == "f":
        raise refuse(
            "PAN114", "a formula stands where an answer belongs", place, found=_text(cell),
            expected="an answer from the list", fix="choose the answer from the list",
        )  # fmt: skip
    if isinstance(cell.value, dt.date | dt.time | dt.timedelta):
        raise refuse(
            "PAN113", "the spreadsheet turned an answer into a date", place, found=str(cell.value),
            expected="an answer from the list", fix="format the cell as text and choose the answer again",
        )  # fmt: skip
    text = _text(cell).strip()
    if not text:
        return None
    by_id = {shown(level).strip(): level for level in anchors.values()}
    return anchors.get(text) or by_id.get(text) or text


def _text(cell: Cell | MergedCell) -> str:
    """A cell as text; whole numbers without a point, as they were typed."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = getattr(value, "text", value)  # an array formula
    return str(text).replace("_x005F_", "_")


def _note(code: str, what: str, place: Place) -> Problem:
    return Problem(code, what, place, fix="nothing needs to be done if this is as the rater meant it")
