"""The record in memory: chains, seals, what changed, and what a change takes away."""

import json
from types import SimpleNamespace

import pandas as pd
import pytest

from dualtrack.errors import LedgerError
from dualtrack.ledger.canonical import canonical, digest, is_digest
from dualtrack.ledger.chain import appended, chain_faults, chain_text, read_chain
from dualtrack.ledger.changes import carried_by, differences, plain_change
from dualtrack.ledger.compare import first_difference
from dualtrack.ledger.confirm import confirmed, ours, read_confirmations
from dualtrack.ledger.content import ALL, content_of, items_digest
from dualtrack.ledger.files import anchor_of, openings_of, write_ledger
from dualtrack.ledger.manifest import manifest_faults
from dualtrack.ledger.reach import reach, track_of
from dualtrack.ledger.record import Ledger, evidence_digest, run_record
from dualtrack.ledger.seal import Opening, Seal, Seen, Signed, plain_content, read_seal, timing
from dualtrack.ledger.sealing import Subject, frozen
from dualtrack.ledger.tombstones import explained
from dualtrack.scoring import score_tables
from dualtrack.scoring.standing import Changed
from tests.builders import items, metric, ratings, responses, rubric, study, tables

SIGNED = Signed("2026-01-02T00:00:00+00:00", "Dr A", "chair")
HARM = {"id": "harm", "code": "S01", "track": "safety"}
GATE = {"id": "rate", "kind": "failure_at_most", "limit": 0.2, "threshold": "published", "fails": {"at_most": "2"}}


def a_metric(metric_id="accuracy", *gates, **changes):
    return metric(metric_id, gates=list(gates), **changes)


def content(*metrics, plan=None, n=3, **changed):
    """What is sealed of a small study."""
    return content_of(rubric(metrics), study(**(plan or {})), tables(items=items(n, **changed)))


def seal(old, number=0, **changes):
    plain = {"number": number, "study_id": "synthetic", "signed": SIGNED, "rubric": {"sha256": "0" * 64}}
    told = {"seen": Seen(0, 0), "timely": True, "basis": "no_responses"}
    return Seal(**{**plain, "content": plain_content(old), **told, **changes})


# ---------------------------------------------------------------- canonical form


def test_one_value_has_one_form_whatever_the_order_of_its_keys():
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert digest({"b": 1, "a": 2}) == digest({"a": 2, "b": 1})
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(float("nan"))
    assert not is_digest("G" * 64)


# ---------------------------------------------------------------- chain


def chain(n=3):
    records = ()
    for k in range(n):
        records = appended(records, "look", {"look": k}, signed=SIGNED, at=f"2026-01-0{k + 1}T00:00:00+00:00")
    return records


def test_a_chain_reads_back_as_it_was_written():
    assert read_chain(chain_text(chain())) == chain()
    assert read_chain(b"") == ()


@pytest.mark.parametrize("place", range(0, 900, 37))
def test_every_changed_byte_of_a_chain_is_a_fault(place):
    data = bytearray(chain_text(chain()))
    data[place] ^= 1
    assert list(chain_faults(bytes(data)))


def test_a_chain_that_lost_its_last_newline_is_cut_short():
    (fault,) = chain_faults(chain_text(chain())[:-1])
    assert "cut short" in fault.found


def test_a_chain_that_lost_its_tail_is_whole_in_itself():
    """What remembers the tail is a manifest, or a digest kept outside."""
    assert list(chain_faults(chain_text(chain()[:2]))) == []


def test_a_record_never_lies_before_the_last_one():
    with pytest.raises(LedgerError) as caught:
        appended(chain(), "look", {}, signed=None, at="2026-01-01T00:00:00+00:00")
    assert caught.value.code == "LED009"


# ---------------------------------------------------------------- seals


def test_a_seal_reads_back_and_any_edit_is_refused():
    one = seal(content(a_metric()), seen=Seen(5, 0, "opened", (Opening("2026", "x"),)))
    data = one.text()
    assert read_seal(data, json.loads(data), "freeze.json") == one
    for changed in (data.replace(b"Dr A", b"Dr B"), data.replace(b'":', b'": ', 1), b"{}"):
        with pytest.raises(LedgerError) as caught:
            read_seal(changed, json.loads(changed), "freeze.json")
        assert caught.value.code == "LED006"


@pytest.mark.parametrize(
    ("seen", "basis"),
    [
        (Seen(0, 0), "no_responses"),
        (Seen(9, 0, "closed"), "key_closed"),
        (Seen(9, 0), "responses_there"),
        (Seen(9, 0, "opened"), "key_opened"),
        (Seen(9, 3, "closed"), "judgements_there"),
        (Seen(0, 0, looks=1), "looked_before"),
    ],
)
def test_when_a_seal_counts_as_made_before_the_answers_were_unblinded(seen, basis):
    assert timing(seen, ()) == (basis in ("no_responses", "key_closed"), basis)


def test_answers_put_away_again_make_no_later_seal_timely():
    late = seal(content(a_metric()), seen=Seen(9, 0), timely=False, basis="responses_there")
    assert timing(Seen(0, 0), [late]) == (False, "responses_there")
    assert timing(Seen(9, 0, "closed"), [late]) == (True, "key_closed")


def test_openings_are_read_from_beside_the_key(tmp_path):
    assert openings_of(tmp_path) == ()
    (tmp_path / "OPENED.csv").write_text("at,by\n2026-02-01T00:00:00+00:00,Dr K\n")
    assert openings_of(tmp_path) == (Opening("2026-02-01T00:00:00+00:00", "Dr K"),)


def test_an_anchor_is_a_digest_or_a_file_that_holds_one(tmp_path):
    (tmp_path / "kept").write_text("printed on 2 January: " + "A" * 64 + "\n")
    assert anchor_of(str(tmp_path / "kept")) == "a" * 64
    with pytest.raises(LedgerError) as caught:
        anchor_of(str(tmp_path))
    assert caught.value.code == "LED012"


def test_a_record_that_somebody_else_wrote_in_between_is_not_lost(tmp_path):
    write_ledger(Ledger(records=chain(1)), tmp_path)
    write_ledger(Ledger(records=chain(2)), tmp_path)
    other = appended(chain(1), "look", {"look": 9}, signed=SIGNED, at="2026-02-01T00:00:00+00:00")
    with pytest.raises(LedgerError) as caught:
        write_ledger(Ledger(records=other), tmp_path)
    assert caught.value.code == "LED018"
    assert read_chain((tmp_path / "history.jsonl").read_bytes()) == chain(2)


# ---------------------------------------------------------------- confirmations


def test_only_thresholds_that_are_ours_ask_for_somebody():
    metrics = (a_metric("one", GATE | {"threshold": "ours"}), a_metric("two", GATE, code="E02"))
    assert ours(metrics) == {"one.rate": 0.2}


def test_a_confirmation_holds_for_the_number_that_was_confirmed():
    row = {"gate": "one.rate", "limit": "0.2", "by": "Dr A", "at": "2026", "why": "w"}
    (given,) = read_confirmations([row], "c.csv")
    assert confirmed({"one.rate": 0.2}, [], [given]) == (given,)
    for needed, code in (({"one.rate": 0.3}, "LED003"), ({}, "LED004")):
        with pytest.raises(LedgerError) as caught:
            confirmed(needed, [given] if not needed else [], [given])
        assert caught.value.code == code
    with pytest.raises(LedgerError) as caught:
        read_confirmations([row | {"why": " "}, row | {"limit": "much"}], "c.csv")
    assert [problem.code for problem in caught.value.problems] == ["LED004", "LED004"]


# ---------------------------------------------------------------- what changed


def changed(old, new):
    return {change.place: (change.old, change.new) for change in differences(old, new)}


def test_words_are_not_sealed_and_numbers_are():
    old = content(a_metric("accuracy", GATE))
    assert changed(old, content(a_metric("accuracy", GATE | {"why": "other words"}, title="Other"))) == {}
    new = content(a_metric("accuracy", GATE | {"limit": 0.3}))
    assert changed(old, new) == {("metric", "accuracy", "gates", "rate", "limit"): (0.2, 0.3)}


def test_a_thing_that_comes_or_goes_is_one_change():
    one, two = a_metric("accuracy", GATE), a_metric("other", GATE, code="E02")
    assert changed(content(one), content(one, two)) == {("metric", "other"): (None, "there")}
    assert changed(content(one, two), content(one)) == {("metric", "other"): ("there", None)}


def test_an_item_is_sealed_with_all_that_it_holds():
    old = content(a_metric(), strata=lambda _k: {"age": "old"})
    new = content(a_metric(), strata=lambda k: {"age": "young" if k == 1 else "old"})
    assert list(changed(old, new)) == [("items", "i001")]
    assert items_digest(old) != items_digest(new)


def test_overrides_and_scope_of_the_study_are_sealed_as_they_work():
    base = study().model_dump(mode="json", by_alias=True)
    override = {"metric": "accuracy", "field": "gates.rate.limit", "value": 0.5, "reason": "r", "by": "b", "at": "t"}
    changed_file = study().model_validate_json(json.dumps(base | {"overrides": [override]}))
    parts = content_of(rubric([a_metric("accuracy", GATE)]), changed_file, tables(items=items(1)))
    assert parts["metric", "accuracy", "gates", "rate", "limit"][1] == 0.5


def test_an_amendment_carries_a_change_only_where_it_brought_the_present_value():
    old, middle, new = (content(a_metric("accuracy", GATE | {"limit": limit})) for limit in (0.2, 0.3, 0.4))
    first = seal(middle, 1, changes=tuple(plain_change(each) for each in differences(old, middle)))
    (change,) = differences(old, middle)
    assert carried_by(change, [first]) is first
    (further,) = differences(old, new)
    assert carried_by(further, [first]) is None


# ---------------------------------------------------------------- what a change takes away

OTHER = {"id": "tail", "kind": "min_n", "count": "items", "n": 5}
VETO = {"id": "never", "kind": "veto", "when": {"rating_at_most": "1"}, "confirm": "two_raters_or_adjudicator"}


def taken(old, new):
    found = reach(differences(old, new), old, new)
    return found.everything, found.changed


def test_a_threshold_takes_its_gate_and_the_veto_that_reads_its_least_number():
    old = content(a_metric("accuracy", GATE, OTHER, VETO))
    everything, found = taken(old, content(a_metric("accuracy", GATE | {"limit": 0.4}, OTHER, VETO)))
    assert not everything
    assert found.gates == {"accuracy.rate", "accuracy.never"}
    assert not found.values | found.scores | found.verdicts


def test_a_least_number_takes_every_gate_of_the_metric_on_those_items():
    old = content(a_metric("accuracy", GATE, OTHER, VETO))
    _, found = taken(old, content(a_metric("accuracy", GATE, OTHER | {"n": 3}, VETO)))
    assert found.gates == {"accuracy.rate", "accuracy.tail", "accuracy.never"}


def test_a_gate_that_is_gone_takes_the_verdict_of_its_track():
    old = content(a_metric("accuracy", GATE, OTHER))
    _, found = taken(old, content(a_metric("accuracy", GATE)))
    assert found.verdicts == {"effectiveness"}


def test_a_weight_takes_the_score_and_leaves_every_gate():
    old = content(a_metric("accuracy", GATE))
    _, found = taken(old, content(a_metric("accuracy", GATE, weight={"value": 3, "why": "w"})))
    assert (found.scores, found.gates, dict(found.weights)) == ({"effectiveness"}, frozenset(), {"accuracy": 1.0})


def test_a_scale_takes_every_metric_that_reads_it():
    old = content(a_metric("accuracy", GATE), a_metric("far", GATE, code="E03"))
    new = dict(old)
    place = next(place for place in new if place[0] == "scale" and place[-1] == "value")
    new[place] = (new[place][0], 0.123)
    _, found = taken(old, new)
    assert found.values == {"accuracy", "far"}
    assert found.gates == {"accuracy.rate", "far.rate"}


def test_a_new_metric_is_exploratory_and_so_is_the_score():
    one = a_metric("accuracy", GATE)
    _, found = taken(content(one), content(one, a_metric("other", GATE, code="E02")))
    assert (found.values, found.gates, found.scores) == ({"other"}, {"other.rate"}, {"effectiveness"})
    assert not found.verdicts


@pytest.mark.parametrize(
    ("plan", "everything"),
    [
        ({"samples": 2}, True),
        ({"rho0": 0.1}, True),
        ({"ratings_per_unit": {"default": 3}}, True),
        ({"a_key_that_nobody_knows_yet": 1}, True),
        ({"interval": {"resamples": 300}}, False),
        ({"comparisons": {"margins": {"accuracy": 0.1}}}, False),
        ({"strata": {"report": ["age"]}}, False),
    ],
)
def test_what_of_the_plan_takes_everything(plan, everything):
    old = content(a_metric("accuracy", GATE))
    new = dict(old)
    for key, value in plan.items():
        inner = value.items() if isinstance(value, dict) else [(None, value)]
        for name, each in inner:
            place = ("study", "plan", key) if name is None else ("study", "plan", key, name)
            flat = each.items() if isinstance(each, dict) else [(None, each)]
            for last, leaf in flat:
                full = place if last is None else (*place, last)
                effect = old.get(full, (ALL if everything else _effect(full), None))[0]
                new[full] = (effect, leaf)
    assert taken(old, new)[0] is everything


def _effect(place):
    return {"interval": "limits", "comparisons": "differences", "strata": "beside"}[place[2]]


def test_a_margin_takes_the_differences_of_its_metric():
    plan = {"comparisons": {"margins": {"accuracy": 0.1}}}
    _, found = taken(content(a_metric()), content(a_metric(), plan=plan))
    assert found.differences == {"accuracy"}
    assert not found.values


def test_a_change_names_its_track_where_it_has_one():
    both = content(a_metric(), a_metric("harm", **{key: HARM[key] for key in ("code", "track")}))
    assert track_of(("metric", "harm", "weight", "value"), both, both) == "safety"
    assert track_of(("scale", "quality", "levels", "1", "value"), both, both) is None
    assert track_of(("study", "plan", "comparisons", "margins", "accuracy"), both, both) == "effectiveness"
    assert track_of(("items", "i000"), both, both) is None


# ---------------------------------------------------------------- scoring with it

N = 40


def scored(changed_=None, *, pre_specified=True):
    gates = [GATE | {"fails": {"at_most": "2"}}]
    metrics = [a_metric("accuracy", *gates), a_metric("harm", *gates, code="S01", track="safety")]
    given = ratings({("a", k): ("4", "5") for k in range(N)} | {("b", k): ("4", "5") for k in range(N)})
    world = tables(items=items(N), responses=responses(("a", "b"), N), ratings=given)
    more = {} if changed_ is None else {"changed": changed_}
    planned = study(floors={"coverage": 0.5, "items": 20, "clusters": 8})
    return score_tables(rubric(metrics), planned, world, pre_specified=pre_specified, **more).tables


CHANGES = [
    Changed(gates=frozenset({"accuracy.rate"})),
    Changed(verdicts=frozenset({"effectiveness"})),
    Changed(systems=frozenset({"a"})),
    Changed(values=frozenset({"accuracy"}), scores=frozenset({"effectiveness"}), proofs=frozenset({"accuracy"})),
    Changed(looks=2),
]


@pytest.fixture(scope="module")
def untouched():
    return scored()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_takes_away_and_never_gives(change, untouched):
    after = scored(change)
    order = {"not_met": 0, "not_assessed": 1, "not_demonstrated": 2, "met": 3}
    for name, key in (("gates", ["system_id", "gate_id"]), ("verdicts", ["system_id", "track"])):
        before, now = (
            frame.set_index(key)["state"].astype("str").map(order) for frame in (untouched[name], after[name])
        )
        assert (now <= before).all()
    same = ["system_id", "subject_id", "show", "value", "lower", "upper"]
    pd.testing.assert_frame_equal(untouched["estimates"][same], after["estimates"][same])


@pytest.mark.parametrize("change", [CHANGES[0], CHANGES[1], CHANGES[3]])
def test_a_change_of_one_track_leaves_the_other_as_it_is(change, untouched):
    after = scored(change)
    for name in ("gates", "verdicts", "estimates", "comparisons"):
        mine, other = (
            frames[name][(frames[name]["track"].astype("str") == "safety").to_numpy()] for frames in (untouched, after)
        )
        pd.testing.assert_frame_equal(mine, other)


def test_met_becomes_possible_and_a_changed_gate_takes_it_back(untouched):
    assert set(untouched["verdicts"]["state"]) == {"met"}
    after = scored(CHANGES[0]).get("verdicts")
    assert dict(zip(after["track"], after["state"], strict=True)) == {
        "safety": "met",
        "effectiveness": "not_demonstrated",
    }


# ---------------------------------------------------------------- looks


def test_a_look_needs_a_time_and_something_to_see():
    metrics, world = [a_metric("accuracy", GATE)], tables(items=items(2))
    subject = Subject(rubric(metrics), study(), world)
    ledger = frozen(subject, Ledger(), signed=SIGNED)
    assert run_record(ledger, subject.rubric, subject.study, world).document["look"] is None
    answered = tables(items=items(2), responses=responses(("a", "b"), 2))
    with pytest.raises(LedgerError) as caught:
        run_record(ledger, subject.rubric, subject.study, answered)
    assert caught.value.code == "LED016"
    found = run_record(ledger, subject.rubric, subject.study, answered, at="2026-02-01T00:00:00+00:00")
    assert found.is_new_look
    assert found.ledger.records[-1].payload["look"] == 1


def test_the_order_of_rows_is_no_new_evidence():
    rows = responses(("a", "b"), 3)
    one, two = (tables(items=items(3), responses=each) for each in (rows, rows[::-1]))
    assert evidence_digest(one) == evidence_digest(two)
    rows[0]["text"] = "another"
    assert evidence_digest(tables(items=items(3), responses=rows)) != evidence_digest(one)


# ---------------------------------------------------------------- differences and tombstones


def test_the_first_difference_of_a_document_is_said_by_row_and_column():
    was = canonical(
        {"run": {"seed": 1}, "tables": {"verdicts": [{"system_id": "a", "track": "safety", "state": "met"}]}}
    )
    found = first_difference("scorecards.json", was, was.replace(b'"met"', b'"not_met"'))
    assert (found.where, found.was, found.now) == (
        "verdicts, row system_id a, track safety, column state",
        "met",
        "not_met",
    )
    assert first_difference("scorecards.json", was, was.replace(b":1}", b":2}")).where == "run.seed"
    assert first_difference("scorecards.json", was, b"{") is not None
    assert first_difference("scorecards.json", was, was) is None


def test_elsewhere_numbers_may_differ_by_their_last_digits():
    was, now = (canonical({"tables": {}, "x": value}) for value in (0.1, 0.1 + 1e-12))
    assert first_difference("scorecards.json", was, now, exact=False) is None
    assert first_difference("scorecards.json", was, now) is not None


def test_tombstones_explain_one_step_after_another_and_nothing_else():
    def stone(before, after, file="f"):
        return SimpleNamespace(kind="tombstone", payload={"file": file, "before": before, "after": after, "cells": []})

    steps = [stone("1", "2"), stone("2", None), stone("9", "8", "g")]
    assert explained(steps, "f", "1", None) == tuple(steps[:2])
    assert explained(steps, "f", "1", "2") == (steps[0],)
    assert explained(steps, "f", "1", "3") is None
    assert explained(steps, "g", "1", None) is None


def test_a_manifest_of_another_kind_is_said_to_be_one():
    (fault,) = manifest_faults(b"{}", {})
    assert fault.code == "LED010"
