"""Every page as a PDF: how many sheets, numbered, heads repeated, no row over two sheets, nothing beyond the edge.

A row is followed by a link from its beginning to the end of its longest and of its last cell. In the PDF the link is
on one sheet and its target on another where the row was split, and there is no target where the end was cut off.
"""

import io
import re
from collections import defaultdict

import pytest
from pypdf import PdfReader

from tests.browser.conftest import recorded
from tests.browser.test_every_page import PAGES, ask

MOST_SHEETS = {"regulatory": 240, "safety": 150, "effectiveness": 120, "clinical-safety": 100, "rubric": 90}
FEW_SHEETS = 70
LARGEST = 12_000_000
"""Bytes of the PDF with its links; a hatch in every cell once made more than a hundred million."""
BOTH = ("thirty/index", "thirty/procurement", "thirty/failures", "rubric/rater-guide")
"""Pages that are printed on Letter as well: breaking is the same work, and the large ones take seconds."""
SHEETS = {"A4": (595, 842), "Letter": (612, 792)}
PAPER = 688
"""Width of the text on A4 in pixels: 210 mm less the margins of the style sheet."""
CASES = [
    pytest.param((name, sheet), id=f"{name} {sheet}", marks=pytest.mark.xdist_group(f"{name} {sheet}"))
    for name, sheet in (*((name, "A4") for name in PAGES), *((name, "Letter") for name in BOTH))
]
"""Each is printed by one process, which then has all questions about it."""


@pytest.fixture(scope="module", params=CASES)
def printed(request, chromium, everything):
    """The page, what is too wide for its sheets, and its PDF."""
    name, sheet = request.param
    page = recorded(chromium, color_scheme="dark", viewport={"width": PAPER, "height": 900})
    page.goto((everything / f"{name}.html").as_uri())
    if name.endswith("/failures"):
        page.wait_for_selector("html[data-ready=yes]")
    page.emulate_media(media="print")
    cut = ask(page, "cut")
    n_rows = ask(page, "thread")
    data = page.pdf(format=sheet, tagged=True)
    page.context.close()
    return name.split("/")[1], sheet, cut, n_rows, data


@pytest.fixture(scope="module")
def pdf(printed):
    return PdfReader(io.BytesIO(printed[4]))


@pytest.fixture(scope="module")
def ends(pdf):
    """For each row, or head of a table, the sheets on which it begins and those on which its ends are."""
    targets = {name.lstrip("/"): pdf.get_destination_page_number(to) for name, to in pdf.named_destinations.items()}
    found = defaultdict(lambda: (set(), set()))
    for sheet, page in enumerate(pdf.pages):
        for each in page.get("/Annots") or ():
            to = str(each.get_object().get("/Dest", "")).lstrip("/")
            kind = to.rpartition("-")[0]
            if re.fullmatch(r"(row|head)(-\d+)+", kind):
                found[kind][0].add(sheet)
                found[kind][1].add(targets.get(to))
    return found


def test_it_has_few_sheets_of_the_right_size_each_with_its_number(printed, pdf):
    name, sheet, _, _, data = printed
    n = len(pdf.pages)
    assert n <= MOST_SHEETS.get(name, FEW_SHEETS)
    assert len(data) < LARGEST
    width, height = SHEETS[sheet]
    for page in pdf.pages:
        assert abs(page.mediabox.width - width) < 2
        assert abs(page.mediabox.height - height) < 2
    for number in {1, (n + 1) // 2, n}:
        assert f"Page {number} of {n}" in pdf.pages[number - 1].extract_text()


def test_no_table_is_wider_than_the_sheet(printed):
    assert printed[2] == []


def test_no_row_begins_on_one_sheet_and_ends_on_another_and_none_is_cut_off(printed, ends):
    rows = {name: sheets for name, sheets in ends.items() if name.startswith("row")}
    assert len(rows) >= printed[3] / 4  # folded and hidden tables are not printed
    assert {name: sheets for name, sheets in rows.items() if sheets[0] != sheets[1] or len(sheets[0]) > 1} == {}


def test_the_head_of_a_table_stands_on_every_sheet_that_its_rows_are_on(ends):
    rows = defaultdict(set)
    for name, (sheets, _) in ends.items():
        if name.startswith("row"):
            rows[name.split("-")[1]] |= sheets
    bare = {table: sheets - ends[f"head-{table}"][0] for table, sheets in rows.items() if f"head-{table}" in ends}
    assert {table: sheets for table, sheets in bare.items() if sheets} == {}
