"""report.yaml on a page: title, logo, sections left out by name, notes of people; nothing about gates goes."""

import pytest

from dualtrack.records.report_settings import Logo, Note, ReportSettings
from dualtrack.render import FrameWords, Page, Section
from dualtrack.report.shape import KEPT, shaped
from dualtrack.report.view import LISTED, ListView
from dualtrack.report.words import load_words

WORDS = load_words()


def page(*anchors):
    sections = tuple(Section(each, each.title(), LISTED, ListView("", ())) for each in anchors)
    words = FrameWords("skip", "pages", "contents")
    return Page(
        file="safety.html", language="en", title="t", heading="h", kicker="k", banner="", claim="c", about=(), facts=(),
        links=(), sections=sections, footer=("made",), running="r", words=words,
    )  # fmt: skip


def test_no_wish_changes_nothing():
    before = page("gates", "strata")
    assert shaped(before, ReportSettings(schema="dualtrack.report/1"), WORDS) == before


def test_a_section_left_out_is_named_in_the_foot_and_nothing_takes_gates_away():
    wish = ReportSettings(schema="dualtrack.report/1", hide={"safety": ("strata", *sorted(KEPT)), "index": ("gates",)})
    after = shaped(page("gates", "strata", "limits"), wish, WORDS)
    assert [section.anchor for section in after.sections] == ["gates", "limits"]
    assert "Strata" in after.footer[-1]


def test_title_logo_and_notes_are_those_of_people():
    wish = ReportSettings(
        schema="dualtrack.report/1",
        title="Northern Trust",
        logo=Logo(type="image/png", base64="aGVs\nbG8=", alt="Northern Trust"),
        notes=(
            Note(page="safety", section="gates", text="Seen by us.", by="A. Person", date="2026-03-01"),
            Note(page="index", text="Elsewhere.", by="A. Person", date="2026-03-01"),
        ),
    )
    after = shaped(page("gates"), wish, WORDS)
    assert after.kicker == "Northern Trust - k"
    assert after.picture.address == "data:image/png;base64,aGVsbG8="
    assert after.sections[-1].view.sentences == ('On "Gates": Seen by us. (A. Person, 2026-03-01)',)


@pytest.mark.parametrize("kind", ["text/html", "image/svg"])
def test_a_logo_is_a_picture(kind):
    with pytest.raises(ValueError, match="type"):
        Logo(type=kind, base64="aGVsbG8=", alt="x")
