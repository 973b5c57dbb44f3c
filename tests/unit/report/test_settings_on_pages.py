"""report.yaml through the file and the command: what each wish does to the pages, and what no wish does."""

import base64
import re

import pytest

from dualtrack.cli import main
from tests.unit.report import cases as made
from tests.unit.report import results
from tests.unit.report.reading import PageReader

GIF = base64.b64encode(b"\x89PNG made up").decode()
DECIMAL = re.compile(r"(?<![\d.,])\d+\.\d+(?![\d.]|,\d)")
"""A decimal point between digits; versions and addresses of sections have more than one."""
VERSIONS = {system["version"] for system in results.document()["study"]["systems"]}
SUFFIXED = "strata-effectiveness"


def folder_with(place, settings=""):
    document = results.document()
    folder = made.write(results.write(place / "out", document), made.cases(n=5))
    if settings:
        (folder / "report.yaml").write_text(f"schema: dualtrack.report/1\n{settings}", encoding="utf-8")
    return folder


def pages_of(folder):
    assert main(["report", str(folder)]) == 0
    return {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.html")}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return pages_of(folder_with(tmp_path_factory.mktemp("plain")))


def text(page):
    return PageReader(page).visible


def test_title_and_logo_are_in_the_head_of_every_page(tmp_path, plain):
    wish = f"title: Northern Trust\nlogo: {{type: image/png, base64: {GIF}, alt: The mark of the trust}}\n"
    pages = pages_of(folder_with(tmp_path, wish))
    assert pages.keys() == plain.keys()
    for name, page in pages.items():
        assert "Northern Trust - " in text(page), name
        assert f'src="data:image/png;base64,{GIF}" alt="The mark of the trust"' in page
        assert "img-src data:" in page
    assert not any("img-src" in page for page in plain.values())


@pytest.mark.parametrize(
    ("order", "expected"),
    [("iso", "2031-02-03"), ("day_month_year", "3 February 2031"), ("month_day_year", "February 3, 2031")],
)
def test_days_stand_in_the_order_that_is_asked_for(tmp_path, order, expected):
    note = "notes: [{page: index, text: Seen., by: A. Person, date: '2031-02-03'}]\n"
    page = text(pages_of(folder_with(tmp_path, f"dates: {order}\n{note}"))["index"]).replace("\xa0", " ")
    assert expected in page
    others = {"2031-02-03", "3 February 2031", "February 3, 2031"} - {expected}
    assert not [each for each in others if each in page]


def test_with_a_comma_no_number_keeps_its_point_and_no_comma_sets_thousands_apart(tmp_path, plain):
    document = results.document()
    document["run"]["seed"] = 20250101
    pages = pages_of(folder_with(tmp_path, "decimal: comma\n"))
    for name in ("safety", "effectiveness", "procurement", "clinical-safety", "feedback-aster"):
        said = set(re.findall(r"<(?:td|span)[^>]*>([^<]*)<", pages[name]))
        before = set(re.findall(r"<(?:td|span)[^>]*>([^<]*)<", plain[name]))
        kept = {line for line in said & before if DECIMAL.search(line)} - VERSIONS
        assert kept == set(), name
    assert "85,2" in text(pages["safety"])
    assert "85.2" in text(plain["safety"])
    thousands = re.compile(r"(?<![\d,.])\d{1,3},\d{3}(?![\d,])")
    for name, page in pages.items():
        old = {each.replace(",", "") for each in thousands.findall(text(plain[name]))}
        assert not [each for each in thousands.findall(text(page)) if each.replace(",", "") in old], name


def test_a_section_is_left_out_and_named_and_what_decides_stays(tmp_path, plain):
    wish = "hide:\n  effectiveness: [strata, gates, verdicts]\n  index: [inputs, states]\n"
    pages = pages_of(folder_with(tmp_path, wish))
    page = pages["effectiveness"]
    assert 'id="strata"' in plain["effectiveness"]
    assert 'id="strata"' not in page
    assert 'href="#strata"' not in page
    assert 'id="gates"' in page
    assert 'id="verdicts"' in page
    foot = text(page.partition("<footer>")[2])
    title = re.search(r'<h2 id="strata-title">([^<]*)', plain["effectiveness"])[1]
    assert PageReader(f"<p>{title}</p>").text in foot
    assert 'id="inputs"' not in pages["index"]
    assert 'id="states"' in pages["index"]
    assert pages["safety"] == plain["safety"]


def test_on_a_page_of_both_tracks_a_section_goes_by_its_name_with_the_track_and_gates_stay(tmp_path, plain):
    anchors = re.findall(r'<section id="([\w-]+)"', plain["regulatory"])
    wanted = next(each for each in anchors if each == SUFFIXED)
    kept = [each for each in anchors if each in {"results", "errors", "deviations"}]
    page = pages_of(folder_with(tmp_path, f"hide:\n  regulatory: [{', '.join([wanted, *kept])}]\n"))["regulatory"]
    assert f'id="{wanted}"' not in page
    assert kept
    assert all(f'id="{each}"' in page for each in kept)


def test_a_note_stands_on_its_page_with_its_section_name_and_day(tmp_path, plain):
    wish = "notes: [{page: safety, section: gates, text: Seen <b>by us</b>., by: A. Person, date: '2031-02-03'}]\n"
    pages = pages_of(folder_with(tmp_path, wish))
    assert "Seen <b>by us</b>. (A. Person, 2031-02-03)" in text(pages["safety"])
    assert pages["effectiveness"] == plain["effectiveness"]


def test_redacted_pages_hold_no_text_of_a_prompt_answer_comment_or_ruling_and_say_so(tmp_path, plain):
    secrets = (made.MARKED, "Question of case_open?", "A record.", "Earlier words.", "Too late.", "It delays care.")
    assert made.MARKED in plain["clinical-safety"]
    pages = pages_of(folder_with(tmp_path, "redact: true\n"))
    for name, page in pages.items():
        assert not [each for each in secrets if each in text(page)], name
    foot = text(pages["clinical-safety"].partition("<footer>")[2])
    assert foot != text(plain["clinical-safety"].partition("<footer>")[2])


@pytest.mark.parametrize("wish", ["hide: {nowhere: [x]}\n", "decimal: dot\n", "dates: german\n", "colour: red\n"])
def test_a_wish_that_is_not_known_is_refused_and_leaves_the_pages_as_they_are(tmp_path, wish, capsys):
    folder = folder_with(tmp_path)
    before = pages_of(folder)
    (folder / "report.yaml").write_text(f"schema: dualtrack.report/1\n{wish}", encoding="utf-8")
    assert main(["report", str(folder)]) == 1
    assert "report.yaml" in capsys.readouterr().err
    assert {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.html")} == before
