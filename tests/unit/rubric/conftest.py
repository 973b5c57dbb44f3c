"""A small library of rubrics that a test may break: `mini` has every shape of metric once and borrows from `other`."""

import shutil
from pathlib import Path

import pytest

from dualtrack.rubric import load_rubric

RUBRICS = Path(__file__).parent / "rubrics"


@pytest.fixture
def library(tmp_path):
    """A copy of the library, to be changed at will."""
    return Path(shutil.copytree(RUBRICS, tmp_path / "library"))


@pytest.fixture
def change(library):
    """Replace one piece of text in a file of the library, once."""

    def _change(file, old, new):
        path = library / file
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return _change


@pytest.fixture(scope="session")
def mini():
    return load_rubric("mini", root=RUBRICS)
