"""Who rates what: the shape of a published study, the limits that are kept, what is said where it cannot be done."""

import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualtrack.errors import PanelError
from dualtrack.panel.assign import assign, meetings
from dualtrack.panel.order import ordered, repeats_of
from dualtrack.panel.plan import plan_panel
from dualtrack.panel.raters import Item, Person, System
from dualtrack.panel.settings import PanelFile
from dualtrack.panel.work import Block, Response, blocks_of, items_for_agreement


def panel(members=12, load=150, **changes):
    chosen = {
        "schema": "dualtrack.panel/1", "seed": 20250101, "contact": "the study office", "data_use": "this study alone",
        "members": [{"rater_id": f"r{n:02d}", "load": load} for n in range(members)],
    }  # fmt: skip
    return PanelFile.model_validate_json(json.dumps(chosen | changes))


def people(given, **changes):
    return [Person(member.rater_id, member.load, {}, **changes) for member in given.members]


def answers(n_items, n_systems):
    return [Response(f"q{item:03d}", f"s{system}") for item in range(n_items) for system in range(n_systems)]


def planned(given, responses, who=None, *, strata=lambda _item: {}, language="en", flagged=None):
    items = {each.item_id: Item(each.item_id, language, strata(each.item_id)) for each in responses}
    systems = {each.system_id: System(each.system_id, each.system_id.upper(), "Acme") for each in responses}
    return plan_panel(given, who or people(given), responses, items=items, systems=systems, flagged=flagged)


def raters_of(plan):
    found = {}
    for rater, turns in plan.turns.items():
        for turn in turns:
            if turn.occasion == 1:
                found.setdefault(turn.response, []).append(rater)
    return found


def test_the_shape_of_the_published_blinded_study():
    """100 items x 6 systems x 3 ratings over 12 raters x 150 (reference: Nature Medicine 2026, s41591-026-04431-5)."""
    plan = planned(panel(), answers(100, 6))
    assert [each.n_responses for each in plan.balance.raters] == [150] * 12
    assert plan.balance.ratings == {3: 600}
    assert all(len(set(mine)) == len(mine) == 3 for mine in raters_of(plan).values())
    assert {tuple(each.by_system.values()) for each in plan.balance.raters} == {(25,) * 6}
    # 100 blocks of three raters make 300 pairs among 66: 4.5 meetings each, so 4 or 5.
    assert (plan.balance.fewest_meetings, plan.balance.most_meetings) == (4, 5)
    assert [each.hours for each in plan.balance.raters] == [10.0] * 12


def test_who_rates_an_item_rates_the_answers_of_every_system_to_it():
    plan = planned(panel(), answers(40, 5))
    by_item = {}
    for response, raters in raters_of(plan).items():
        by_item.setdefault(response.item_id, set()).add(frozenset(raters))
    assert all(len(sets) == 1 for sets in by_item.values())


def test_the_same_arguments_give_the_same_plan_and_another_seed_another():
    first, again = (planned(panel(), answers(20, 3)) for _ in range(2))
    assert first == again
    assert planned(panel(seed=2), answers(20, 3)).turns != first.turns


@settings(max_examples=8, deadline=None)
@given(
    n_blocks=st.integers(1, 25), n_raters=st.integers(2, 7), size=st.integers(1, 4), wanted=st.integers(1, 3),
    spare=st.integers(0, 12), seed=st.integers(0, 99),
)  # fmt: skip
def test_every_block_gets_its_raters_and_nobody_more_than_their_load(n_blocks, n_raters, size, wanted, spare, seed):
    wanted = min(wanted, n_raters)
    blocks = [
        Block(f"q{n}", tuple(Response(f"q{n}", f"s{each}") for each in range(size)), wanted) for n in range(n_blocks)
    ]
    load = -(-n_blocks * wanted // n_raters) * size + spare
    may = np.ones((n_blocks, n_raters), dtype=np.bool_)
    chosen = assign(blocks, may, np.full(n_raters, load), seed=seed)
    assert (chosen.sum(axis=1) == wanted).all()
    assert (chosen.sum(axis=0) * size <= load).all()
    assert np.ptp(chosen.sum(axis=0)) <= 1  # equal loads are used equally
    assert meetings(chosen).trace() == n_blocks * wanted


def test_nobody_rates_against_a_conflict_a_language_or_a_specialty():
    given = panel(4, 60, ratings_per_response=2, match=[{"rater": "specialty", "stratum": "field"}])
    who = [
        Person("r00", 60, {"specialty": "Cardiology"}),
        Person("r01", 60, {"specialty": "cardiology"}),
        Person("r02", 60, {"specialty": "cardiology"}, conflicts=("acme",)),
        Person("r03", 60, {"specialty": "cardiology"}, languages=("de",)),
    ]
    plan = planned(given, answers(10, 2), who, strata=lambda _item: {"field": "cardiology"})
    assert set(plan.turns) == {"r00", "r01"}
    assert plan.balance.left_out == {
        "r02": ("declared a conflict with S0", "declared a conflict with S1"), "r03": ("does not read en",),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "n_items", "code", "found"),
    [
        ({"load": 10}, 100, "PAN002", "1,800 ratings asked for, 120 agreed without repeats"),
        (
            {"members": 2},
            5,
            "PAN002",
            "5 of 5 blocks with too few raters who may rate them: q000, q001, q002, q003, q004",
        ),
        ({}, 0, "PAN003", ""),
        ({"audit": {"share": 0.2}}, 5, "PAN004", ""),
    ],
)
def test_what_cannot_be_planned_is_said(changes, n_items, code, found):
    with pytest.raises(PanelError) as error:
        planned(panel(**changes), answers(n_items, 6))
    (problem,) = error.value.problems
    assert (problem.code, problem.found) == (code, found)
    assert problem.fix


def test_repeats_come_late_after_their_first_time_and_within_the_agreed_load():
    plan = planned(panel(load=160, repeats=0.05), answers(100, 6))
    for load in plan.balance.raters:
        assert load.n_responses <= load.agreed
        assert load.n_repeats == repeats_of(150, 0.05) == 8
    for turns in plan.turns.values():
        place = {(turn.response, turn.occasion): number for number, turn in enumerate(turns)}
        again = [response for response, occasion in place if occasion == 2]
        assert len(set(again)) == 8
        assert all(place[response, 2] - place[response, 1] >= 50 for response in again)


def test_answers_to_one_item_lie_far_apart_and_no_system_always_comes_first():
    plan = planned(panel(), answers(100, 6))
    for turns in plan.turns.values():
        at = {}
        for place, turn in enumerate(turns):
            at.setdefault(turn.response.item_id, []).append(place)
        gaps = [later - earlier for places in at.values() for earlier, later in pairwise(places)]
        assert min(gaps) > 0
        assert sum(gaps) / len(gaps) > 20
    assert all(0.45 < mean < 0.55 for mean in plan.balance.mean_place.values())


def test_within_a_rater_each_system_comes_first_on_about_as_many_items():
    blocks = [Block(f"q{n}", tuple(Response(f"q{n}", f"s{each}") for each in range(4)), 1) for n in range(8)]
    turns = ordered(blocks, repeats=0, seed=1, stream=0)
    first = [turn.response.system_id for turn in turns[:8]]
    assert sorted(first) == sorted(["s0", "s1", "s2", "s3"] * 2)


def test_an_overlap_is_as_large_as_the_precision_of_the_agreement_needs():
    # 1.96^2 x 0.8 x 0.2 / 0.1^2 = 61.5
    assert items_for_agreement(0.8, 0.1) == 62
    plan = planned(panel(overlap={"agreement": 0.8, "half_width": 0.1}), answers(100, 6))
    assert plan.balance.ratings == {1: 38 * 6, 3: 62 * 6}


def test_an_audit_rates_all_that_was_flagged_and_records_the_chance_of_the_rest():
    responses = answers(200, 2)
    flagged = [each for each in responses if each.item_id < "q020" and each.system_id == "s0"]
    given = panel(audit={"share": 0.25}, ratings_per_response=2)
    plan = planned(given, responses, flagged=flagged)
    drawn = [block for block in plan.blocks if block.ratings]
    assert sum(block.probability == 1.0 for block in drawn) == 20
    assert {block.probability for block in plan.blocks} == {0.25, 1.0}
    assert 25 <= len(drawn) - 20 <= 65  # 180 draws of a quarter
    rows = plan.rows(dict.fromkeys({each.item_id for each in responses}, ("harm",)))
    assert {row["inclusion_probability"] for row in rows} == {0.25, 1.0}
    assert len(rows) == 2 * 2 * len(drawn)


def test_a_panel_that_is_not_crossed_gives_single_responses():
    blocks = blocks_of(panel(crossed=False), answers(3, 2))
    assert [block.size for block in blocks] == [1] * 6
