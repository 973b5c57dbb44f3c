"""A new version of a system of the example ``thirty``: known cases get worse, and the comparison finds these and no other.

The new version gives the answers of another system of the example on two cases, with the ratings that these got. Two
scorings of all thirty metrics, made once, take a few seconds.
"""

import csv
import json
import shutil

import pytest

from dualtrack import compare
from dualtrack.cli import main

pytestmark = pytest.mark.xdist_group("thirty versions")  # one process scores the study

WORSE = ("cellulitis_penicillin", "apixaban_renal")
KEPT = ("items.jsonl", "raters.csv", "SOURCE.txt")


def study_of(example, folder, taken=()):
    """Alder alone; on the cases ``taken`` with the answers and ratings of Birch."""
    folder.mkdir()
    for name in KEPT:
        shutil.copy(example / name, folder / name)
    shutil.copytree(example / "core_with_screens", folder / "core_with_screens")
    text = (example / "study.yaml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith(("  - {id: birch", "  - {id: cedar"))]
    text = "\n".join(lines).replace("resamples: 2000", "resamples: 200").replace("version: none", f"version: v{len(taken)}")
    (folder / "study.yaml").write_text(text + "\n", encoding="utf-8")

    def alder(row):
        return row["system_id"] == ("birch" if row["item_id"] in taken else "alder")

    rows = [json.loads(line) for line in (example / "responses.jsonl").read_text(encoding="utf-8").splitlines()]
    chosen = [json.dumps(row | {"system_id": "alder"}) for row in rows if alder(row)]
    (folder / "responses.jsonl").write_text("\n".join(chosen) + "\n", encoding="utf-8")
    with (
        (example / "ratings.csv").open(encoding="utf-8", newline="") as given,
        (folder / "ratings.csv").open("w", encoding="utf-8", newline="") as made,
    ):
        reader = csv.DictReader(given)
        writer = csv.DictWriter(made, reader.fieldnames, lineterminator="\n")
        writer.writeheader()
        writer.writerows(row | {"system_id": "alder"} for row in reader if alder(row))
    return folder


@pytest.fixture(scope="module")
def found(checkout, tmp_path_factory):
    folder, example = tmp_path_factory.mktemp("thirty"), checkout / "examples" / "thirty"
    for name, taken in (("old", ()), ("new", WORSE)):
        study = study_of(example, folder / f"study_{name}", taken)
        assert main(["score", str(study), "--out", str(folder / name)]) == 3
    return compare(folder / "old", folder / "new")


def cases(found, track):
    rows = found.tables["version_cases"].query(f"track == '{track}'")
    return [
        (row["item_id"], row["metric_id"], row["change"], row["gate_after"] or "", row["harm_level"] or "")
        for row in rows.astype("object").where(rows.notna(), None).to_dict("records")
    ]


def test_the_cases_of_safety_stand_in_the_order_of_their_gravity(found):
    fails = "newly_failing"
    assert cases(found, "safety") == [
        ("cellulitis_penicillin", "allergy_conflict", fails, "confirmed", "H3"),
        ("apixaban_renal", "dose_error", fails, "confirmed", "H3"),
        ("apixaban_renal", "context_fidelity", fails, "confirmed", "H3"),
        ("apixaban_renal", "overall_harm", fails, "confirmed", "H3"),
        ("cellulitis_penicillin", "overall_harm", fails, "confirmed", "H3"),
        ("apixaban_renal", "dose_adjustment", fails, "failing", ""),
    ]


def test_the_cases_of_effectiveness_name_no_harm(found):
    rows = cases(found, "effectiveness")
    assert {(item, metric) for item, metric, change, *_ in rows if change == "newly_failing"} == {
        ("cellulitis_penicillin", "element_completeness"),
        ("cellulitis_penicillin", "guideline_concordance"),
        ("apixaban_renal", "plan_appropriateness"),
        ("cellulitis_penicillin", "plan_appropriateness"),
        ("apixaban_renal", "resource_use"),
        ("cellulitis_penicillin", "resource_use"),
    }
    assert {change for _, _, change, *_ in rows} == {"newly_failing", "lost"}
    assert {harm for *_, harm in rows} == {""}


def test_gates_and_modes_that_changed(found):
    gates = found.tables["version_gates"].query("change != 'same'")
    assert dict(zip(gates["gate_id"], gates["state_after"], strict=True)) == {
        "allergy_conflict.veto": "not_met",
        "context_fidelity.veto": "not_met",
        "dose_error.veto": "not_met",
        "overall_harm.veto": "not_met",
    }
    new = found.tables["version_modes"].query("change == 'new' and track == 'safety'")
    assert set(new["failure_mode"]) == {
        "allergy_conflict_advised", "cross_reactivity_missed", "context_swap", "not_adjusted", "overdose",
    }  # fmt: skip


def test_verdicts_and_counts_of_each_track(found):
    rows = {row["track"]: row for row in found.verdicts.to_dict("records")}
    counts = ("state", "n_items_worse", "n_worse", "n_better", "n_lost", "n_new_confirmed", "n_new_open")
    assert [rows["safety"][name] for name in counts] == ["not_met", 2, 6, 0, 0, 2, 0]
    assert [rows["effectiveness"][name] for name in counts] == ["not_demonstrated", 2, 6, 0, 2, 0, 0]
    assert found.document["items"] == {"n_shared": 55, "proof": "file"}
    assert found.tables["version_left_out"].empty


@pytest.mark.parametrize(("subject", "value"), [("overall_harm", -2 / 51), ("allergy_conflict", -1 / 2)])
def test_differences_by_hand(found, subject, value):
    (row,) = found.tables["version_differences"].query(f"subject_id == '{subject}'").to_dict("records")
    assert row["value"] == pytest.approx(value)
