"""Which checks are run together, and on which responses."""

from collections import Counter
from dataclasses import replace

import pytest

from dualtrack.rubric import load_rubric
from dualtrack.scoring import engine
from dualtrack.scoring.plan import make_plan
from tests import builders
from tests.laws.worlds import world


@pytest.fixture(scope="module")
def made():
    drawn = world(load_rubric("screens"), 3)
    tables = builders.tables(**drawn.rows)
    return make_plan(drawn.rubric, drawn.file, tables), tables


def jobs_of(made, **others):
    plan, tables = made
    return list(engine._check_jobs(plan, others.get("responses", tables["responses"]), tables["items"], None))


def test_our_own_checks_are_run_together_on_some_responses_at_a_time(made, monkeypatch):
    (whole,) = jobs_of(made)
    assert len({check.probe_id.partition(".")[0] for check in whole.bound}) > 1
    monkeypatch.setattr(engine, "RESPONSES_PER_JOB", 3)
    jobs = jobs_of(made)
    assert all(job.bound == whole.bound and len(job.responses) <= 3 for job in jobs)
    keys = [tuple(key) for job in jobs for key in job.responses[["system_id", "item_id", "sample"]].to_numpy()]
    assert sorted(keys) == sorted(map(tuple, whole.responses[["system_id", "item_id", "sample"]].to_numpy()))
    assert [item for _, item, _ in keys] == sorted(item for _, item, _ in keys)
    assert all(set(job.responses["item_id"]) == set(job.items["item_id"]) for job in jobs)


def test_a_check_is_put_to_the_items_to_which_its_metric_applies(made):
    plan, tables = made
    applies = {mp.metric.id: set(tables["items"]["item_id"][mp.applies]) for mp in plan.metrics}
    for job in jobs_of(made):
        for check in job.bound:
            assert job.scope[check.probe_id] == applies[check.probe_id.partition(".")[0]] & set(job.items["item_id"])


def test_checks_of_other_packages_are_run_one_metric_at_a_time(made, monkeypatch):
    monkeypatch.setattr(engine, "origin_of", lambda kind: None if kind.name == "readability" else "elsewhere:KIND")
    together = Counter(len({check.probe_id.partition(".")[0] for check in job.bound}) for job in jobs_of(made))
    assert set(together) == {1}
    assert together[1] > 1


def test_without_responses_there_is_nothing_to_run(made):
    assert jobs_of(made, responses=made[1]["responses"].iloc[:0]) == []


def test_where_a_check_breaks_is_told_with_the_scores(monkeypatch):
    def breaks(_given, _params):
        raise RuntimeError("made to break")

    metric = builders.metric(
        quantity={"type": "binary", "per": "response", "show": "failure_rate"}, combine="check_only", ratings=None,
        checks=[{"id": "flag", "kind": "refusal", "proof": "by_construction", "why": "It is the definition."}],
    )  # fmt: skip
    bind = engine.bind_check
    monkeypatch.setattr(
        engine,
        "bind_check",
        lambda *given: (bound := bind(*given)) and replace(bound, kind=replace(bound.kind, judge=breaks)),
    )
    tables = builders.tables(
        items=builders.items(2, language="en"),
        responses=[row | {"text": "Rest."} for row in builders.responses("a", 2)],
    )
    scored = engine.score_tables(builders.rubric([metric], []), builders.study(("a",)), tables)
    assert [problem.code for problem in scored.broken] == ["CHK010", "CHK010"]
    assert "RuntimeError" in scored.broken[0].found
    assert set(scored.tables["findings"]["outcome"].astype("str")) == {"error"}
