"""The examples written in the shipped metric files run: with this evidence, this result."""

import numpy as np
import pandas as pd
import pytest

from dualtrack.rubric import load_rubric
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.scale import Grain
from dualtrack.scoring.engine import score_tables
from dualtrack.scoring.evidence import REASONS, fails_below
from dualtrack.scoring.observe import observe
from dualtrack.scoring.plan import make_plan
from dualtrack.scoring.sums import reduce
from tests import builders
from tests.laws.worlds import RUBRIC_NAMES

CASES = [
    pytest.param(load_rubric(name), metric, example, id=f"{name}:{metric.id}:{place}")
    for name in RUBRIC_NAMES
    for metric in load_rubric(name).metrics
    for place, example in enumerate(metric.examples)
]


def items_for(metric, n):
    """Items to which the metric applies."""
    reference = {"should": "answer"} if "reference.should" in metric.applies_when else None
    return builders.items(n, language="en", reference=reference)


def tables_for(metric, example):
    """One item per entry of the evidence; a unit of the metric's grain where it judges units."""
    evidence = example.evidence
    n = max(len(evidence.checks), len(evidence.ratings), 1)
    grain = Grain(metric.quantity.per)
    unit = "" if grain is Grain.response else "u"
    about = [{"system_id": "a", "item_id": f"i{k:03d}"} for k in range(n)]
    units = [{**row, "unit_id": unit, "kind": grain.value, "text": "part"} for row in about if unit]
    ratings = [
        {**about[k], "unit_id": unit, "scale_id": metric.ratings.scale, "rater_id": f"r{place}", "level": level}
        for k, given in enumerate(evidence.ratings)
        for place, level in enumerate(given)
    ]
    return builders.tables(
        items=items_for(metric, n), responses=builders.responses("a", n), units=units, ratings=ratings
    )


def check_findings(metric, outcomes, columns):
    """Findings that say what the example says of its checks."""
    rows = [
        {
            "system_id": "a", "item_id": f"i{k:03d}", "sample": 1, "unit_id": "", "probe_id": f"{metric.id}.{check.id}",
            "source_id": check.kind, "occasion": 1, "source_kind": "check", "outcome": outcome, "value": np.nan,
        }
        for k, outcome in enumerate(outcomes)
        for check in metric.checks
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


@pytest.mark.parametrize(("rubric", "metric", "example"), CASES)
def test_an_example_gives_what_it_says(rubric, metric, example):
    alone = Rubric(rubric.header, (metric,), rubric.scales, rubric.sha256)
    tables = tables_for(metric, example)
    owed = max((len(given) for given in example.evidence.ratings), default=1)
    study = builders.study(("a",), ratings_per_unit={"default": owed})
    plan = make_plan(alone, study, tables)
    rated = score_tables(alone, study, tables | {"responses": tables["responses"].iloc[:0]}).tables["findings"]
    rated = rated[rated["source_kind"].astype("str") == "rater"]
    findings = pd.concat([rated.astype("object"), check_findings(metric, example.evidence.checks, rated.columns)])
    observed = observe(plan, np.ones(plan.n_items, dtype=np.bool_), findings.reset_index(drop=True))
    (sums,) = reduce(plan, observed)
    # A screening check drives nothing, so its own numbers are what an example can state.
    screening = metric.combine == "check_only" and any(check.proof == "clinicians" for check in metric.checks)
    basis = "check_only" if screening else "primary"
    given, expect = sums.by_basis[basis], example.expect
    if expect.undefined is not None:
        assert not given.assessed.any()
        assert {REASONS[place].value for place in observed[0].by_basis[basis].reason} == {expect.undefined}
        return
    below, _, _ = given.below[fails_below(plan.metrics[0])]
    assert expect.n_events is None or int((below > 0).sum()) == expect.n_events
    assert expect.n_units is None or int(given.assessed.sum()) == expect.n_units
    if expect.value is not None:
        score = given.observed.sum() / given.assessed.sum() / 1_000_000
        shown = 1 - score if metric.quantity.show == "failure_rate" else score
        assert shown == pytest.approx(expect.value, abs=1e-6)


def test_every_shipped_metric_has_a_defined_and_an_undefined_example():
    for name in RUBRIC_NAMES:
        for metric in load_rubric(name).metrics:
            undefined = [example.expect.undefined is not None for example in metric.examples]
            assert True in undefined, metric.id
            assert False in undefined, metric.id
