"""Where the rubric and the examples are found."""

import pytest

from dualtrack import _shipped
from dualtrack._shipped import shipped_root


@pytest.fixture
def elsewhere(monkeypatch, tmp_path):
    """A package folder and a checkout that hold nothing yet."""
    monkeypatch.setattr(_shipped, "_PACKAGE", tmp_path / "package")
    monkeypatch.setattr(_shipped, "_CHECKOUT", tmp_path / "checkout")
    return tmp_path


@pytest.mark.parametrize("kind", ["rubric", "examples"])
def test_a_checkout_serves_its_own_folders(checkout, kind):
    assert shipped_root(kind) == checkout / kind


@pytest.mark.parametrize("kind", ["rubric", "examples"])
def test_the_packaged_folder_comes_before_a_folder_that_happens_to_lie_above(elsewhere, kind):
    packaged, above = elsewhere / "package" / "_data" / kind, elsewhere / "checkout" / kind
    above.mkdir(parents=True)
    assert shipped_root(kind) == above
    packaged.mkdir(parents=True)
    assert shipped_root(kind) == packaged


@pytest.mark.usefixtures("elsewhere")
def test_an_incomplete_installation_says_what_is_missing():
    with pytest.raises(FileNotFoundError, match="no rubric folder; install it again"):
        shipped_root("rubric")
