"""The committed reports of the example are what the code makes of it; `make reports` writes them anew.

In the locked environment they agree byte for byte. With other versions of numpy or scipy they agree in every word,
count and state, and in every number to 1e-9; then only the pages' bytes are left out of the comparison.
"""

import json
import math

import pytest

from dualtrack.cli import main

PAGES = ("index.html", "safety.html", "effectiveness.html")
TABLES = (
    "accountability", "agreement", "check_proof", "comparisons", "discordances", "estimates", "gate_cases", "gates",
    "ranks", "rater_effects", "robustness", "verdicts",
)  # fmt: skip


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports") / "cqa-eval"
    assert main(["demo", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def committed(checkout):
    return checkout / "reports" / "cqa-eval"


def document(folder):
    return json.loads((folder / "scorecards.json").read_text(encoding="utf-8"))


def differences(old, new, path=""):
    """Places where two documents differ; numbers may differ by 1e-9."""
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        return [place for key in old for place in differences(old[key], new[key], f"{path}/{key}")]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [
            place for k, pair in enumerate(zip(old, new, strict=True)) for place in differences(*pair, f"{path}/{k}")
        ]
    if isinstance(old, float) and isinstance(new, float | int):
        return [] if math.isclose(old, new, rel_tol=1e-9, abs_tol=1e-9) else [path]
    return [] if old == new else [path]


def test_the_numbers_and_words_are_those_that_were_committed(committed, fresh):
    old, new = document(committed), document(fresh)
    old["run"].pop("versions"), new["run"].pop("versions")
    assert differences(old, new) == []


def test_in_the_environment_that_made_them_every_byte_is_the_same(committed, fresh):
    if document(committed)["run"]["versions"] != document(fresh)["run"]["versions"]:
        pytest.skip("made with other versions; the test above compares the numbers")
    names = [*PAGES, "scorecards.json", *(f"tables/{name}.csv" for name in TABLES)]
    assert [name for name in names if (committed / name).read_bytes() != (fresh / name).read_bytes()] == []


def test_the_comparison_would_see_a_change(fresh):
    changed = document(fresh)
    changed["tables"]["verdicts"][0]["state"] = "met"
    changed["tables"]["estimates"][0]["n_items"] = -1
    assert len(differences(document(fresh), changed)) == 2
