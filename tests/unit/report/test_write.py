"""Pages are put in place together, or not at all."""

import pytest

from dualtrack.errors import OutputError, ReportError
from dualtrack.report import write_pages
from tests.unit.report import results

NAMES = [
    "index.html",
    "safety.html",
    "effectiveness.html",
    "procurement.html",
    "feedback-aster.html",
    "feedback-birch.html",
    "feedback-cedar.html",
    "regulatory.html",
]


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_pages_are_written_beside_the_results_which_stay_as_they_are(tmp_path):
    folder = results.write(tmp_path / "out")
    before = (folder / "scorecards.json").read_bytes()
    written = write_pages(folder)
    assert [path.name for path in written] == NAMES
    assert set(contents(folder)) == {"scorecards.json", *NAMES}
    assert (folder / "scorecards.json").read_bytes() == before
    assert list(tmp_path.iterdir()) == [folder]


def test_writing_twice_gives_the_same_bytes(tmp_path):
    folder = results.write(tmp_path / "out")
    write_pages(folder)
    first = contents(folder)
    write_pages(str(folder))
    assert contents(folder) == first


def test_results_that_cannot_be_read_leave_the_pages_that_were_there(tmp_path):
    folder = results.write(tmp_path / "out")
    write_pages(folder)
    (folder / "scorecards.json").write_text("{")
    before = contents(folder)
    with pytest.raises(ReportError, match="REP003"):
        write_pages(folder)
    assert contents(folder) == before


def test_a_page_that_cannot_be_made_leaves_the_pages_that_were_there(tmp_path, monkeypatch):
    folder = results.write(tmp_path / "out")
    write_pages(folder, clock="earlier")
    before = contents(folder)

    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("dualtrack.report.pages.glossary_section", fail)
    with pytest.raises(ZeroDivisionError):
        write_pages(folder)
    assert contents(folder) == before


def test_a_full_disk_leaves_the_pages_that_were_there_and_has_its_code(tmp_path, monkeypatch):
    folder = results.write(tmp_path / "out")
    write_pages(folder, clock="earlier")
    before = contents(folder)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OutputError, match=r"OUT003.*No space left") as caught:
        write_pages(folder)
    monkeypatch.undo()
    assert contents(folder) == before
    assert list(tmp_path.iterdir()) == [folder]
    assert str(tmp_path) not in str(caught.value)


def test_a_missing_folder_is_not_made(tmp_path):
    with pytest.raises(ReportError, match="REP001"):
        write_pages(tmp_path / "nowhere" / "deep")
    assert list(tmp_path.iterdir()) == []
