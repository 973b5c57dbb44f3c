"""The self-test: it passes here, tells a machine that computes wrongly, and leaves a record that nobody has signed."""

import getpass
import json
import platform
import re
from dataclasses import replace

import pytest

from dualtrack import stats
from dualtrack._shipped import shipped_root
from dualtrack.audit.selftest import Outcome, reference_outcomes
from dualtrack.cli import main
from dualtrack.selftest_verb import _rising, record, selftest
from dualtrack.verbs import score, shipped_example

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture(scope="module")
def found():
    return selftest(clock="2026-01-02T00:00:00+00:00")


def test_it_passes_on_this_machine(found):
    assert found.holds
    assert [each.name for each in found.outcomes if each.area == "law"] == [
        "same inputs, same bytes", "order does not matter", "absence never helps",
    ]  # fmt: skip
    names = {each.name for each in found.outcomes if each.area == "reference"}
    assert {"exact_upper", "cohen_kappa", "krippendorff_alpha", "tango_interval", "mcnemar_exact", "holm"} <= names
    assert len(names) > 30


def test_the_record_is_one_page_and_json_without_names_of_the_machine(found, tmp_path):
    page, plain = record(found, tmp_path)
    said = json.loads(plain.read_text(encoding="utf-8"))
    assert said["holds"] is True
    assert said["installation"]["packages"]["numpy"]
    assert all(value is None for block in said["signatures"].values() for value in block.values())
    assert said["known_defects"]
    text = page.read_text(encoding="utf-8") + plain.read_text(encoding="utf-8")
    assert platform.node() not in text
    assert str(shipped_root("reference")) not in text
    assert getpass.getuser() not in re.split(r"[^\w-]+", plain.read_text(encoding="utf-8"))
    assert "<script" not in text
    first = [path.read_bytes() for path in (page, plain)]
    assert [path.read_bytes() for path in record(found, tmp_path / "again")] == first


def test_a_wrong_value_fails_and_says_what_was_found(monkeypatch):
    case = {"function": "least_n", "source": "s", "inputs": {"limit": 0.1}, "expected": 37, "tolerance": 0}
    (outcome,) = reference_outcomes([case])
    assert not outcome.holds
    assert outcome.found == "result: found 36, expected 37"
    monkeypatch.setattr(stats, "least_n", lambda **_inputs: 1 / 0)
    (outcome,) = reference_outcomes([case])
    assert outcome.found == "it broke: ZeroDivisionError"


def test_a_bound_that_rises_and_a_gate_that_becomes_met_are_named():
    results = score(shipped_example("cqa-eval"))
    better = dict(results.tables)
    estimates, gates = better["estimates"].copy(), better["gates"].copy()
    worst = (estimates["subject"] == "track") & (estimates["missing"] == "worst")
    estimates.loc[worst, "value"] += 0.01
    gates["state"] = "met"
    after = replace(results, tables={**better, "estimates": estimates, "gates": gates})
    assert "effectiveness gpt4" in _rising(results, after)
    assert "gpt4 correctness.rate" in _rising(results, after)
    assert _rising(results, results) == ""


def test_the_command_ends_with_one_when_anything_fails(found, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("dualtrack.selftest_verb.selftest", lambda **_named: found)
    assert main(["selftest", "--record", str(tmp_path / "record")]) == 0
    assert "0 fail" in capsys.readouterr().out
    wrong = replace(found, outcomes=(*found.outcomes, Outcome("law", "made up", "for a test", holds=False, found="x")))
    monkeypatch.setattr("dualtrack.selftest_verb.selftest", lambda **_named: wrong)
    assert main(["selftest", "--record", str(tmp_path / "record")]) == 1
    assert "fails  law: made up" in capsys.readouterr().out
    page = (tmp_path / "record/selftest.html").read_text(encoding="utf-8")
    assert "1 of" in page
    assert "not as expected" in page


def test_an_installed_file_that_was_changed_fails_the_self_test(found, tmp_path):
    changed = replace(found, installation=replace(found.installation, files=(9, 10), changed=("dualtrack/terms.py",)))
    assert not changed.holds
    page, _ = record(changed, tmp_path)
    assert "dualtrack/terms.py" in page.read_text(encoding="utf-8")
