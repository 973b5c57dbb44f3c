"""The laws of the design, over every metric of every shipped rubric and of a made-up one with every kind of gate.

Each law holds in worlds drawn from seeds: one of the large rubric, two of each small one, the same every day, so that
a failure is the change's and not the draw's. LAW_EXAMPLES=50 looks through fifty worlds of each. A world is scored once
for all laws that start from it, which is why the laws of one rubric run in one process.
"""

import os
import random
from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
import pandas as pd
import pytest

from dualtrack.rubric.header import Rubric
from dualtrack.scoring.engine import partitions
from dualtrack.scoring.observe import observe
from dualtrack.scoring.sums import merge, reduce
from tests.laws.worlds import World, by_track, rubrics, world

RUBRICS = rubrics()
TABLES = ("estimates", "gates", "verdicts", "comparisons", "check_proof", "ranks", "robustness")
EXAMPLES = int(os.environ.get("LAW_EXAMPLES", "0"))
EVERY_DAY = {"core": 1}
"""Worlds of a rubric when LAW_EXAMPLES does not say: of the large one a single one, of the others two."""


def seeds(name):
    return range(EXAMPLES or EVERY_DAY.get(name, 2))


def together(name):
    """Laws of one rubric run in one process, where its worlds are scored once."""
    return pytest.mark.xdist_group(f"laws-{name}")


each_rubric = pytest.mark.parametrize("name", [pytest.param(name, marks=together(name)) for name in sorted(RUBRICS)])
each_world = pytest.mark.parametrize(
    ("name", "seed"),
    [pytest.param(name, seed, marks=together(name)) for name in sorted(RUBRICS) for seed in seeds(name)],
)


@cache
def drawn(name, seed, **plan):
    return world(RUBRICS[name], seed, **plan)


@lru_cache(maxsize=64)
def scored_once(name, seed, **plan):
    """The world of a seed as it was drawn, scored; no law may change these tables."""
    return drawn(name, seed, **plan).score()


def other(track):
    return "effectiveness" if track == "safety" else "safety"


def as_text(scored, names=TABLES):
    return {name: scored.tables[name].to_json(orient="records", double_precision=15) for name in names}


# Law 1: the tracks never mix.


def only_read_by(rubric: Rubric, track: str) -> set[str]:
    """Scales that no metric of the other track reads."""
    read = {
        t: {m.ratings.scale for m in rubric.metrics if m.track == t and m.ratings} for t in ("safety", "effectiveness")
    }
    return read[track] - read[other(track)]


def _disturbed_metric(metric, draw):
    weight = metric.weight.model_copy(update={"value": float(draw.randint(0, 5))})
    gates = tuple(gate for gate in metric.gates if draw.random() < 0.7)
    return metric.model_copy(update={"weight": weight, "gates": gates})


def _retired(metric):
    """Out of scope; what raters may tick stays what it was."""
    return metric.model_copy(update={"lifecycle": "retired"})


def disturbed(made: World, track: str, draw: random.Random) -> World:
    """Change what belongs to one track alone: weights, limits, metrics, and ratings and scores of its own scales."""
    kept = {metric.id for metric in made.rubric.metrics if metric.track != track or draw.random() > 0.2}
    kept -= {metric.id for metric in made.rubric.metrics if not set(metric.derives_from.values()) <= kept}
    metrics = [
        metric if metric.track != track else _disturbed_metric(metric, draw) if metric.id in kept else _retired(metric)
        for metric in made.rubric.metrics
    ]
    scales = only_read_by(made.rubric, track)
    rows = {
        name: [row for row in made.rows[name] if row["scale_id"] not in scales or draw.random() < 0.6]
        for name in ("ratings", "scores")
    }
    changed = replace(made.rubric, metrics=tuple(metrics), sha256="1" * 64)
    return World(changed, made.file, made.rows | rows)


@each_world
@pytest.mark.parametrize("track", ["safety", "effectiveness"])
def test_what_belongs_to_one_track_leaves_the_other_unchanged_to_the_bit(name, track, seed):
    made, before = drawn(name, seed), scored_once(name, seed)
    after = disturbed(made, track, random.Random(seed)).score()
    for table in TABLES:
        assert by_track(before.tables[table], other(track)) == by_track(after.tables[table], other(track)), table


@each_rubric
def test_no_table_row_belongs_to_both_tracks_and_no_number_blends_them(name):
    scored = scored_once(name, 0)
    subjects = scored.tables["estimates"][["subject_id", "track"]].drop_duplicates()
    assert not subjects["subject_id"].duplicated().any()
    assert set(scored.tables["estimates"]["subject_id"]) & {"total", "overall", "combined"} == set()


# Law 3: absence never helps.


RANK = {"met": 1, "not_met": 0, "not_demonstrated": 0, "not_assessed": 0}


def key_of(frame, names):
    return frame.set_index(names)


def assert_absence_did_not_help(before, after):
    for table, key in (("gates", ["system_id", "gate_id"]), ("verdicts", ["system_id", "track"])):
        first, second = key_of(before.tables[table], key), key_of(after.tables[table], key)
        for place, state in second["state"].items():
            assert RANK[state] <= RANK[first.loc[place, "state"]], (table, place)
    names = ["subject", "subject_id", "system_id", "show", "stratum", "stratum_level", "basis", "missing"]
    first, second = (key_of(run.tables["estimates"].query("basis == 'primary'"), names) for run in (before, after))
    for fill, worse in (("worst", np.less_equal), ("best", np.greater_equal)):
        rows = [place for place in second.index if place[-1] == fill]
        old, new = first.loc[rows, "score"], second.loc[rows, "score"]
        both = old.notna().to_numpy() & new.notna().to_numpy()
        assert old.isna().equals(new.isna())
        assert worse(new[both], old[both] + (1e-12 if fill == "worst" else -1e-12)).all(), fill
    rows = [place for place in second.index if place[-1] == "observed" and not place[3].startswith("level:")]
    old, new = first.loc[rows, "coverage"], second.loc[rows, "coverage"]
    assert (new.fillna(0) <= old.fillna(0) + 1e-12).all()


@each_world
def test_withholding_evidence_never_meets_a_gate_nor_raises_the_worst_case(name, seed):
    draw, reduced = random.Random(seed), drawn(name, seed)
    for table in ("ratings", "responses"):
        n = len(reduced.rows[table])
        reduced = reduced.without(table, set(draw.sample(range(n), draw.randint(min(n, 1), n // 2))))
    assert_absence_did_not_help(scored_once(name, seed), reduced.score())


@pytest.mark.parametrize(("name", "seed"), [("gated", 1), ("paired", 1)])
def test_a_greedy_search_for_helpful_removals_finds_none(name, seed):
    """Remove the worst ratings first: what someone would do who wants a gate to be met."""
    made = world(RUBRICS[name], seed, n_items=8)
    worst = sorted(
        range(len(made.rows["ratings"])),
        key=lambda place: {"4": 0, "3": 1, "1": 0, "2": 1}.get(made.rows["ratings"][place]["level"], 2),
    )
    before = made.score()
    for n in (1, 20, len(worst)):
        assert_absence_did_not_help(before, made.without("ratings", set(worst[:n])).score())


def test_a_world_can_be_met_so_that_the_law_above_can_fail():
    good = world(RUBRICS["gated"], 3, n_items=60)
    best = {"harm": "0", "quality": "5"}
    rows = [{**row, "level": best[row["scale_id"]]} for row in good.rows["ratings"]]
    full = [
        {"system_id": s, "item_id": i["item_id"], "scale_id": scale, "rater_id": f"r{k}", "level": level}
        for s in ("a", "b") for i in good.rows["items"] for scale, level in best.items() for k in range(3)
    ]  # fmt: skip
    parts = [row for row in rows if row.get("unit_id")]
    scored = World(good.rubric, good.file, good.rows | {"ratings": full + parts}).score()
    gates = scored.tables["gates"]
    met = set(gates.loc[gates["state"] == "met", "gate_id"])
    assert {
        "safety_clinician_only.rate",
        "safety_clinician_only.veto",
        "safety_clinician_only.n",
        "safety_quality.rate",
    } <= met


def test_gates_on_pairs_and_against_a_rival_can_be_met_so_that_the_law_above_can_fail():
    good = world(RUBRICS["paired"], 3, n_items=60)
    full = [
        {
            "system_id": s, "item_id": item["item_id"], "sample": sample, "scale_id": scale, "rater_id": f"r{k}",
            "level": level,
        }
        for s in ("a", "b") for item in good.rows["items"] for sample in (1, 2)
        for scale, level in {"harm": "0", "quality": "5"}.items() for k in range(3)
    ]  # fmt: skip
    gates = World(good.rubric, good.file, good.rows | {"ratings": full}).score().tables["gates"]
    met = set(gates.loc[gates["state"] == "met", "gate_id"])
    for name in ("levels", "steps", "repeat", "both"):
        assert {f"safety_{name}.{gate}" for gate in ("gap", "rate", "n", "rival")} <= met
    assert "safety_right.rival" in met


# Law 8: order, names and copies do not matter.


@each_world
def test_the_order_of_rows_does_not_matter(name, seed):
    made = drawn(name, seed)
    draw = random.Random(seed)
    shuffled = {table: draw.sample(rows, len(rows)) for table, rows in made.rows.items()}
    assert as_text(scored_once(name, seed)) == as_text(World(made.rubric, made.file, shuffled).score())


@each_world
def test_names_of_systems_do_not_matter(name, seed):
    made = drawn(name, seed)
    names = {"a": "zeta", "b": "alpha"}
    renamed = made.mapped(
        lambda _table, row: row | {"system_id": names[row["system_id"]]} if "system_id" in row else row
    )
    renamed = World(made.rubric, world(made.rubric, seed, systems=("zeta", "alpha")).file, renamed.rows)
    before, after = scored_once(name, seed).tables, renamed.score().tables
    for table in ("estimates", "gates", "verdicts"):
        first = before[table].assign(system_id=before[table]["system_id"].map(names))
        columns = [
            column
            for column in first.columns
            if column
            in (
                "subject",
                "subject_id",
                "system_id",
                "show",
                "stratum",
                "stratum_level",
                "basis",
                "missing",
                "gate_id",
                "track",
            )
        ]
        pd.testing.assert_frame_equal(
            first.sort_values(columns, ignore_index=True),
            after[table].sort_values(columns, ignore_index=True),
            check_exact=True,
        )
    sides = {side: before["comparisons"][side].replace(names) for side in ("system_a", "system_b")}
    assert made.file.baseline == "b"  # the baseline stays second, so no pair is turned round
    pd.testing.assert_frame_equal(before["comparisons"].assign(**sides), after["comparisons"], check_exact=True)


@each_world
def test_names_of_items_move_only_resampled_limits(name, seed):
    made = drawn(name, seed)
    draw = random.Random(seed)
    ids = [row["item_id"] for row in made.rows["items"]]
    names = dict(zip(ids, draw.sample([f"x{k:04d}" for k in range(len(ids))], len(ids)), strict=True))
    renamed = made.mapped(lambda _table, row: row | {"item_id": names[row["item_id"]]})
    before, after = scored_once(name, seed).tables, renamed.score().tables
    for table in ("estimates", "gates", "verdicts"):
        pd.testing.assert_frame_equal(before[table], after[table], rtol=1e-12)
    resampled = ["lower", "upper", "lower_missing", "upper_missing"]
    pd.testing.assert_frame_equal(
        before["comparisons"].drop(columns=resampled), after["comparisons"].drop(columns=resampled)
    )


def without_chance(estimates):
    """All rows but those that are made to depend on the number of cases.

    What calibration errors are by chance alone shrinks as cases are added; estimates of strata are pulled less towards
    their mean, which may change their order.
    """
    show = estimates.index.get_level_values("show")
    return estimates[~(show.str.startswith("ece_by_chance") | show.isin(["shrunken", "worst_first"]))]


@each_world
def test_all_copied_as_new_clusters_narrows_the_interval_and_keeps_the_estimate(name, seed):
    made = drawn(name, seed)
    doubled = {
        table: rows
        + [
            row | {"item_id": "copy-" + row["item_id"], "family_id": "copy-" + str(row.get("family_id"))}
            if table == "items"
            else row | {"item_id": "copy-" + row["item_id"]}
            for row in rows
        ]
        for table, rows in made.rows.items()
    }
    before, after = scored_once(name, seed), World(made.rubric, made.file, doubled).score()
    names = ["subject", "subject_id", "system_id", "show", "stratum", "stratum_level", "basis", "missing"]
    first, second = (key_of(run.tables["estimates"], names) for run in (before, after))
    pd.testing.assert_series_equal(without_chance(first)["value"], without_chance(second)["value"], rtol=1e-12)
    width = [(run["upper"] - run["lower"]).fillna(0).to_numpy() for run in (first, second)]
    known = first["lower"].notna().to_numpy() & second["lower"].notna().to_numpy()
    assert (width[1][known] <= width[0][known] + 1e-12).all()


@each_world
def test_copies_inside_their_clusters_change_no_estimate_and_tighten_no_gate(name, seed):
    made = drawn(name, seed)
    doubled = {  # the stratum "group" names the cluster of the original, which its copies share
        table: rows
        + [
            row
            | {"item_id": "copy-" + row["item_id"]}
            | ({"family_id": "copy-" + row["family_id"]} if table == "items" else {})
            for row in rows
        ]
        for table, rows in made.rows.items()
    }
    before = scored_once(name, seed)
    after = World(made.rubric, world(made.rubric, seed, cluster="strata.group").file, doubled).score()
    names = ["subject", "subject_id", "system_id", "show", "stratum", "stratum_level", "basis", "missing"]
    first, second = (key_of(run.tables["estimates"], names) for run in (before, after))
    pd.testing.assert_series_equal(without_chance(first)["value"], without_chance(second)["value"], rtol=1e-12)
    gates = [key_of(run.tables["gates"], ["system_id", "gate_id"]) for run in (before, after)]
    pd.testing.assert_series_equal(gates[0]["observed"], gates[1]["observed"], rtol=1e-9)
    pd.testing.assert_series_equal(gates[0]["lower"], gates[1]["lower"], rtol=1e-9)
    assert not ((gates[1]["state"] == "met") & (gates[0]["state"] != "met")).any()


# Law 9: same inputs, same bytes, however the work is split.


@each_world
def test_the_same_inputs_give_the_same_tables_twice(name, seed):
    assert as_text(drawn(name, seed).score()) == as_text(scored_once(name, seed))


class Kept(dict):
    """What the checks said, kept in memory."""

    def read(self, check):
        return dict(self.get(check, {}))

    def add(self, check, answers):
        self.setdefault(check, {}).update(answers)


@each_world
def test_findings_that_are_known_change_no_table(name, seed):
    made, kept = drawn(name, seed), Kept()
    without = as_text(scored_once(name, seed), (*TABLES, "findings", "observations"))
    for _ in ("nothing is known", "all is known"):
        assert as_text(made.score(store=kept), (*TABLES, "findings", "observations")) == without
    for answers in kept.values():
        for case in sorted(answers)[::2]:
            del answers[case]
    assert as_text(made.score(store=kept), (*TABLES, "findings", "observations")) == without


@each_world
@pytest.mark.parametrize("rows", [1, 50])
def test_partitions_merged_in_any_order_give_the_same_sums(name, seed, rows):
    scored = scored_once(name, seed, cluster="family_id")
    findings = scored.tables["findings"]
    parts = list(partitions(scored.plan, len(findings), rows_per_partition=rows))
    assert np.array_equal(np.sum(parts, axis=0), np.ones(scored.plan.n_items))
    for items in parts:
        clusters = set(scored.plan.cluster[items])
        assert not clusters & set(scored.plan.cluster[~items])
    order = random.Random(seed).sample(range(len(parts)), len(parts))
    item = pd.Series(scored.plan.items)
    pieces = [
        reduce(
            scored.plan,
            observe(scored.plan, parts[k], findings[findings["item_id"].astype("str").isin(item[parts[k]])]),
        )
        for k in order
    ]
    whole = merge([reduce(scored.plan, observe(scored.plan, np.ones(scored.plan.n_items, dtype=np.bool_), findings))])
    for one, many in zip(whole, merge(pieces), strict=True):
        assert one.by_basis.keys() == many.by_basis.keys()
        for basis, sums in one.by_basis.items():
            for field in (
                "planned",
                "assessed",
                "observed",
                "worst",
                "best",
                "units",
                "failed",
                "ratings",
                "raw",
                "reasons",
                "gap_up",
                "gap_down",
                "n_partial",
            ):
                assert np.array_equal(getattr(sums, field), getattr(many.by_basis[basis], field)), field
        for field in ("system", "item", "rater", "n"):
            assert np.array_equal(getattr(one.raters, field), getattr(many.raters, field))
        pd.testing.assert_frame_equal(one.levels, many.levels)
        assert (one.statements is None) == (many.statements is None)
        for field in ("system", "item", "confidence", "right") if one.statements is not None else ():
            assert np.array_equal(getattr(one.statements, field), getattr(many.statements, field))
        assert (one.repeats is None) == (many.repeats is None)
        if one.repeats is not None:
            assert np.array_equal(one.repeats.observed, many.repeats.observed)


def reverse_map(function, parts):
    """An executor that works from the end."""
    return [function(part) for part in reversed(list(parts))]


@each_rubric
def test_the_executor_does_not_matter(name, monkeypatch):
    monkeypatch.setattr("dualtrack.scoring.engine.ROWS_PER_PARTITION", 40)
    tables = (*TABLES, "observations")
    assert as_text(drawn(name, 0).score(map_=reverse_map), tables) == as_text(scored_once(name, 0), tables)


# Laws 4 to 6, on every row.


@each_world
def test_every_estimate_carries_its_denominators_and_every_undefined_one_a_reason(name, seed):
    estimates = scored_once(name, seed).tables["estimates"]
    defined = estimates["state"] == "defined"
    assert estimates.loc[defined, "value"].notna().all()
    assert estimates.loc[~defined, "value"].isna().all()
    assert estimates.loc[~defined, "reason"].notna().all()
    assert estimates[["n_planned", "n_items", "n_clusters", "n_units", "n_raters"]].notna().all(axis=None)
    shown = estimates[defined & (estimates["missing"] == "observed") & ~estimates["show"].str.startswith("level:")]
    shown = shown[shown["show"] != "unweighted_mean"]
    assert (shown["lower"].notna() | shown["interval_reason"].notna()).all()
    limited = estimates[estimates["lower"].notna()]
    assert limited["method"].notna().all()
    assert limited["covers"].notna().all()
    assert (limited["lower"] <= limited["value"] + 1e-12).all()
    assert (limited["value"] <= limited["upper"] + 1e-12).all()


@each_world
def test_observed_lies_between_its_worst_and_best_fill(name, seed):
    estimates = scored_once(name, seed).tables["estimates"].query("basis == 'primary' and subject == 'metric'")
    names = ["subject_id", "system_id", "show", "stratum", "stratum_level"]
    wide = estimates[estimates["score"].notna()].pivot_table(index=names, columns="missing", values="score")
    wide = wide.dropna(subset=["worst", "best"])  # some rows have no fills
    assert (wide["worst"] <= wide["best"] + 1e-12).all()


@each_world
def test_screening_evidence_neither_meets_nor_fails_a_gate(name, seed):
    made, scored = drawn(name, seed), scored_once(name, seed)
    screening = {
        metric.id
        for metric in made.rubric.metrics
        if metric.combine == "check_only" and any(check.proof == "clinicians" for check in metric.checks)
    }
    primary = scored.tables["estimates"].query("basis == 'primary' and missing == 'observed'")
    rows = primary[primary["subject_id"].isin(screening) & (primary["show"] != "missing_share")]
    assert (rows["state"] == "undefined").all()
    gates = scored.tables["gates"]
    mine = gates[gates["gate_id"].str.split(".").str[0].isin(screening)]
    assert not mine["state"].isin(["met", "not_met"]).any()


def test_a_study_that_was_not_sealed_meets_nothing():
    for name, rubric in RUBRICS.items():
        scored = world(rubric, 3).score(pre_specified=False)
        assert "met" not in set(scored.tables["gates"]["state"]) | set(scored.tables["verdicts"]["state"]), name
