"""What buying committees and those who challenge an award send back, 16 to 23."""

import re
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from dualtrack.records.study import Override
from tests import builders
from tests.refusals.world import (
    MARK,
    MEMBER,
    accepted,
    gate_of,
    refused,
    rows_of,
    section,
    stated_pages,
    tables_of,
    text,
)

pytestmark = pytest.mark.xdist_group("refusals")  # one process builds the study

REASON = {"reason": "Aster left steps out."}


def test_16_criteria_and_weights_changed_after_the_plan_stand_beside_the_criteria(sealed, changed):
    # Red when the committee's page prints weights without saying that they are not the sealed ones.
    page = changed.pages["procurement.html"]
    assert re.search(r"weight.* 2 1 .*no amendment on record", section(page, "record"))
    assert "Nothing was changed since." in section(sealed.pages["procurement.html"], "record")
    assert {row["role"] for row in changed.rows("estimates", subject_id="effectiveness", show="score")} == {
        "exploratory"
    }

    def never_sealed(raw):
        raw["run"]["retrospective"] = True

    said = "they were not sealed beforehand"
    assert said in section(stated_pages(change=never_sealed)["procurement.html"], "criteria")
    assert said not in section(sealed.pages["procurement.html"], "criteria")


def test_17_a_moderated_mark_keeps_its_original_and_an_adjudicated_rating_its_first_ones():
    # Red when moderation overwrites a mark, or a ruling replaces the ratings it rules on.
    page = stated_pages(panel=[MEMBER], marks=[MARK | REASON | {"moderated_from": "4"}])["procurement.html"]
    assert re.search(r"Before After .*E01 aster 4 2 Aster left steps out\.", section(page, "panel"))
    first = builders.ratings({("a", 0): ["4", "4"]} | {("a", k): ["0", "0"] for k in range(1, 40)}, "harm")
    ruling = first[0] | {"level": "0", "rater_id": "r9", "role": "adjudication"}
    tables = tables_of({}, 40, ratings=[*first, ruling])
    findings = tables["findings"].query("item_id == 'i000' and probe_id == 'harm'")
    assert sorted(findings["level"].astype(str)) == ["0", "4", "4"]


def test_18_a_missing_statement_of_conflicts_is_an_error_or_said(tmp_path):
    # Red when a member may leave conflicts out, or marks of somebody without a statement pass unmentioned.
    silent = {key: value for key, value in MEMBER.items() if key != "conflicts"}
    assert "panel[0].conflicts" in refused(tmp_path, panel=[silent])
    recused = MEMBER | {"recused_from": ["aster"]}
    assert "member 1 is recused from aster" in refused(tmp_path, panel=[recused], marks=[MARK | REASON])
    page = section(
        stated_pages(panel=[MEMBER], marks=[MARK | REASON | {"by": "member 7"}])["procurement.html"], "panel"
    )
    assert "Gave marks without a statement on conflicts of interest member 7" in page
    assert "Conflicts of interest not supplied" in page


def test_19_a_gap_smaller_than_noise_gives_no_rank(sealed):
    # Red when systems are put in the order of their scores.
    ranks = sealed.rows("ranks", track="effectiveness")
    scores = {row["system_id"]: row["score"] for row in ranks}
    assert scores["alpha"] > scores["beta"]
    assert {(row["rank_best"], row["rank_worst"]) for row in ranks} == {(1, 2)}
    shown = text(sealed.pages["procurement.html"])
    assert "no two are told apart" in shown
    assert "1 to 2 of 2" in shown


def test_20_a_vendors_own_figure_is_labelled_as_the_vendors(tmp_path):
    # Red when a claim may leave out who says it, or the page prints it beside our numbers without a label.
    claim = {"text": "Names 99 of 100", "said_by": "vendor", "tester": "the vendor", "date": "2026-01-10"}
    bare = {key: value for key, value in claim.items() if key != "said_by"}
    assert "systems.aster.claims[0].said_by" in refused(tmp_path, systems={"aster": {"claims": [bare]}})
    pages = stated_pages(systems={"aster": {"claims": [claim]}})
    assert "Aster Names 99 of 100 vendor the vendor" in section(pages["procurement.html"], "provenance")
    assert "the claims below are not ours" in section(pages["procurement.html"], "provenance")
    holders = {name for name, page in pages.items() if "Names 99 of 100" in text(page)}
    assert holders == {"procurement.html", "regulatory.html"}


@pytest.mark.parametrize("reason", [None, "", "   "])
def test_21_a_mark_without_a_reason_is_an_error(tmp_path, reason):
    # Red when the reason of a mark may be left out or blank.
    given = MARK if reason is None else MARK | {"reason": reason}
    assert "marks[0].reason" in refused(tmp_path, panel=[MEMBER], marks=[given])
    assert accepted(tmp_path, panel=[MEMBER], marks=[MARK | REASON]).marks


def test_22_every_knock_out_is_applied_to_every_bidder_alike(sealed):
    # Red when a gate has no row for a system, or a limit of its own for one.
    by_system = {
        system: {(row["gate_id"], row["limit"], row["n"]) for row in sealed.rows("gates", system_id=system)}
        for system in ("alpha", "beta")
    }
    assert by_system["alpha"] == by_system["beta"] != set()
    shown = section(sealed.pages["procurement.html"], "knock-outs")
    assert len(re.findall(r"met (?:see the cases )?Holds\.", shown)) == 2 * len(by_system["alpha"])
    override = {"metric": "m", "field": "gates.rate.limit", "value": 0.3, "reason": "r", "by": "b", "at": "2026-01-01"}
    assert Override(**override)
    with pytest.raises(ValidationError):
        Override(**override, system="alpha")
    waiver = {
        "disposition_id": "d1", "kind": "waive_gate", "system_id": "a", "gate_id": "harm_rate.rate", "by": "C. Chair",
        "role": "chair", "at": "2026-03-01T00:00:00Z", "reason": "said so",
    }  # fmt: skip
    gate = gate_of(tables_of({"a": range(30)}, 100, dispositions=[waiver]))
    assert (gate["state"], gate["disposition_id"]) == ("not_met", "d1")


def test_23_what_was_not_supplied_is_never_a_zero():
    # Red when a system without answers gets a score, or an empty topic is printed as anything but "not supplied".
    tables = tables_of({}, 40, systems=("a", "b"), responses=builders.responses("a", 40),
                       ratings=builders.ratings({("a", k): ["0", "0"] for k in range(40)}, "harm"))  # fmt: skip
    assert gate_of(tables, "b")["state"] == "not_assessed"
    rows = rows_of(
        tables["estimates"].to_dict("records"), system_id="b", missing="observed", basis="primary", stratum=""
    )
    shown = [SimpleNamespace(**row) for row in rows if row["show"] in {"failure_rate", "score", "unweighted_mean"}]
    assert len(shown) == 3
    assert all(row.state == "undefined" and row.value != row.value and row.reason for row in shown)
    pages = stated_pages()
    for name in ("provenance", "transparency", "status", "panel"):
        assert "not supplied" in section(pages["procurement.html"], name)
    assert re.search(r"Dogwood Not determined: \w", section(pages["safety.html"], "metrics"))
