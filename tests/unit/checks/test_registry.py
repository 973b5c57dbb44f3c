"""Kinds are found without a list, and whatever is wrong with one stops the load."""

import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from dualtrack.checks import ENTRY_POINT_GROUP, CheckKind, check_kind, check_kinds, discover
from dualtrack.errors import CheckError


def offer(name, value):
    return EntryPoint(name=name, value=value, group=ENTRY_POINT_GROUP)


@pytest.fixture
def foreign(monkeypatch):
    """A module of another package, importable while the test runs; returns a function that fills it."""

    def fill(name, **content):
        module = ModuleType(name)
        for key, thing in content.items():
            setattr(module, key, thing)
        monkeypatch.setitem(sys.modules, name, module)
        return module

    return fill


def test_every_module_of_the_kinds_folder_is_found_under_its_own_name(checkout):
    folder = checkout / "src" / "dualtrack" / "checks" / "kinds"
    modules = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert set(check_kinds()) == {name for name in modules if not name.startswith("_")}
    assert all(name == kind.name for name, kind in check_kinds().items())


def test_kinds_are_sorted_and_cannot_be_changed():
    assert list(check_kinds()) == sorted(check_kinds())
    with pytest.raises(TypeError):
        check_kinds()["new"] = check_kind("refusal")


def test_a_kind_of_another_package_is_found(foreign):
    foreign("elsewhere", KIND=replace(check_kind("refusal"), name="polite"))
    found = discover([offer("polite", "elsewhere:KIND")])
    assert list(found) == ["polite"]


def test_a_name_offered_twice_is_refused(foreign):
    foreign("elsewhere", KIND=check_kind("refusal"))
    own = offer("refusal", "dualtrack.checks.kinds.refusal:KIND")
    with pytest.raises(CheckError) as caught:
        discover([own, offer("refusal", "elsewhere:KIND")])
    assert [problem.code for problem in caught.value.problems] == ["CHK002"]
    assert "elsewhere:KIND" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        ("nowhere.to.be.found:KIND", "CHK003", "ModuleNotFoundError"),
        ("elsewhere:MISSING", "CHK003", "AttributeError"),
        ("elsewhere:TEXT", "CHK004", "not a check kind"),
        ("elsewhere:KIND", "CHK004", "another name"),
    ],
)
def test_a_broken_offer_is_refused_with_its_code(foreign, value, code, said):
    foreign("elsewhere", TEXT="text", KIND=check_kind("refusal"))
    with pytest.raises(CheckError) as caught:
        discover([offer("polite", value)])
    assert caught.value.code == code
    assert said in str(caught.value)


def test_all_broken_offers_are_named_at_once(foreign):
    foreign("elsewhere", TEXT="text")
    with pytest.raises(CheckError) as caught:
        discover([offer("a", "elsewhere:TEXT"), offer("b", "nowhere:KIND")])
    assert [problem.code for problem in caught.value.problems] == ["CHK004", "CHK003"]


def test_a_module_that_raises_while_it_is_imported_is_a_broken_offer(tmp_path, monkeypatch):
    (tmp_path / "raises_on_import.py").write_text("raise RuntimeError('no licence file')\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(CheckError, match=r"CHK003 .*RuntimeError: no licence file"):
        discover([offer("polite", "raises_on_import:KIND")])


@pytest.mark.parametrize(("name", "fix"), [("refusl", "did you mean 'refusal'"), ("zzz", "install the package")])
def test_an_unknown_name_is_refused_with_the_nearest_known_one(name, fix):
    with pytest.raises(CheckError) as caught:
        check_kind(name)
    assert caught.value.code == "CHK001"
    assert fix in str(caught.value)
    assert ", ".join(check_kinds()) in str(caught.value)


def test_every_kind_is_a_complete_description():
    for kind in check_kinds().values():
        assert isinstance(kind, CheckKind)
        assert kind.title
        assert kind.claim.endswith(".")
        assert kind.blind_spots
        assert kind.unit
        for name, parameter in kind.params.model_fields.items():
            assert parameter.description, f"{kind.name}.{name} is not described"
