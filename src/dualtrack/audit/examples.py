"""Runs the worked examples that stand in metric files: with this evidence, the engine must give this result.

May import everything up to scoring. An example is about the arithmetic of its metric, so checks count as shown against
clinicians.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dualtrack.audit.cases import facts_for
from dualtrack.audit.judged import as_shown, check_findings
from dualtrack.audit.personas import best_level, worst_level
from dualtrack.records.made import made_tables
from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Example, Metric
from dualtrack.rubric.quantity import PairedQuantity
from dualtrack.rubric.rule import scale_of
from dualtrack.rubric.scale import Grain, Scale
from dualtrack.scoring.engine import score_findings
from dualtrack.scoring.findings import all_findings, rating_findings
from dualtrack.scoring.plan import make_plan
from dualtrack.terms import Outcome

__all__ = ["ExampleResult", "made_study", "run_example", "run_examples"]

SYSTEM = "made-up"
TOLERANCE = 1e-6
Rows = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What one example expects and what the engine gives.

    Attributes:
        metric_id: the metric.
        number: place of the example in its file, from 0.
        expected, given: what is stated, and the same from the engine.
        holds: whether they agree, values to 1e-6.
    """

    metric_id: str
    number: int
    expected: Mapping[str, Any]
    given: Mapping[str, Any]
    holds: bool


def run_examples(rubric: Rubric) -> Iterator[ExampleResult]:
    """Run every example of every metric of a rubric, in order."""
    for metric in rubric.metrics:
        for number in range(len(metric.examples)):
            yield run_example(rubric, metric, number)


def run_example(rubric: Rubric, metric: Metric, number: int) -> ExampleResult:
    """Run one example of a metric.

    Args:
        rubric: gives the scales, and the metric that a calibration derives from.
        metric: the metric, of the rubric or a changed one.
        number: place of the example in its file, from 0.
    """
    example = metric.examples[number]
    expected = example.expect.model_dump(mode="json", exclude_none=True)
    row = _estimate(rubric, as_shown(metric), example)
    known = {
        "n_units": row["n_items"],
        "n_events": row["n_events"],
        "value": row["value"],
        "undefined": row["reason"],
    }
    given = {name: _plain(known[name]) for name in expected}
    return ExampleResult(metric.id, number, expected, given, all(_same(expected[name], given[name]) for name in given))


def made_study(systems: tuple[str, ...], **plan: Any) -> StudyFile:  # noqa: ANN401 -- keys of the plan
    """A study file for made-up cases: synthetic, sealed by nobody, with what is owed as given."""
    return StudyFile.model_validate(
        {
            "schema": "dualtrack.study/1",
            "id": "rehearsal",
            "title": "Made-up answers",
            "data_kind": "synthetic",
            "data_class": "synthetic",
            "context": {"use": "rehearsal of a rubric", "users": "nobody", "setting": "none", "languages": ("en",)},
            "rubric": {"name": "rehearsed"},
            "systems": tuple({"id": each, "name": each, "kind": "other"} for each in systems),
            "plan": plan,
        }
    )


def _estimate(rubric: Rubric, metric: Metric, example: Example) -> Mapping[str, Any]:
    """The engine's primary estimate of the metric from the example's evidence."""
    others = tuple(as_shown(rubric.metric(name)) for name in metric.derives_from.values())
    alone = Rubric(rubric.header, (metric, *others), rubric.scales, rubric.sha256, lexicons=rubric.lexicons)
    rows, samples = _rows(metric, scale_of(metric, rubric), example)
    owed = max((len(given) for given in example.evidence.ratings), default=1)
    study = made_study((SYSTEM,), samples=samples, ratings_per_unit={"default": owed}, cluster="family_id")
    tables = made_tables(rows)
    plan = make_plan(alone, study, tables, pre_specified=True)
    about = tables["responses"][["system_id", "item_id", "sample"]]
    findings = all_findings(
        [rating_findings(tables["ratings"], rubric.scales), *_check_findings(metric, others, example, about)]
    )
    estimates = score_findings(plan, findings, tables["dispositions"]).tables["estimates"]
    chosen = estimates[
        (estimates["subject_id"] == metric.id)
        & (estimates["basis"] == "primary")
        & (estimates["missing"] == "observed")
        & (estimates["show"] == metric.quantity.show)
        & (estimates["stratum"] == "")
    ]
    (row,) = chosen.to_dict("records")
    return {str(name): value for name, value in row.items()}


def _rows(metric: Metric, scale: Scale | None, example: Example) -> tuple[Rows, int]:
    """Input tables of an example, one item per case, and how many runs of each item there are."""
    evidence = example.evidence
    sizes = (evidence.checks, evidence.ratings, evidence.pairs, evidence.stated)
    n = max([1, *(len(each) for each in sizes)])
    quantity = metric.quantity
    runs = isinstance(quantity, PairedQuantity) and quantity.pairs.within == "item_id"
    in_pairs = isinstance(quantity, PairedQuantity) and not runs
    grain = Grain(quantity.per)
    unit = "u" if grain not in (Grain.response, Grain.pair) else ""
    facts = facts_for(metric.applies_when)
    rows: Rows = {"items": [], "responses": [], "units": [], "ratings": []}
    for number in range(n):
        for place in range(2 if in_pairs else 1):
            item = {"item_id": f"i{number:03d}{'.v' if place else ''}", "prompt": "made-up case", "language": "en"}
            item |= {key: value for key, value in facts.items() if key != "attribute"}
            item |= {"family_id": f"i{number:03d}", "variant": "changed" if place else "base"}
            rows["items"].append(item | ({"attribute": facts.get("attribute")} if place else {}))
        for name in [item["item_id"] for item in rows["items"][-(2 if in_pairs else 1) :]]:
            for sample in range(1, 3 if runs else 2):
                about = {"system_id": SYSTEM, "item_id": name, "sample": sample}
                rows["responses"].append(about | {"status": "answered", "text": "made up"})
                if unit:
                    rows["units"].append(about | {"unit_id": unit, "kind": grain.value, "text": "part"})
    rows["ratings"] = list(_ratings(metric, scale, example, unit=unit))
    return rows, 2 if runs else 1


def _ratings(metric: Metric, scale: Scale | None, example: Example, *, unit: str) -> Iterator[dict[str, Any]]:
    if metric.ratings is None or scale is None:
        return
    about = {"system_id": SYSTEM, "sample": 1, "unit_id": unit, "scale_id": metric.ratings.scale}
    for number, pair in enumerate(example.evidence.pairs):
        for name, value in zip((f"i{number:03d}", f"i{number:03d}.v"), pair, strict=True):
            yield about | {"item_id": name, "rater_id": "r0", "level": _level_worth(value, metric, scale)}
    for number, levels in enumerate(example.evidence.ratings):
        for place, level in enumerate(levels):
            yield about | {"item_id": f"i{number:03d}", "rater_id": f"r{place}", "level": level}
    for number, ruling in enumerate(example.evidence.rulings):
        if ruling is not None:
            role = {"rater_id": "adjudicator", "role": "adjudication"}
            yield about | {"item_id": f"i{number:03d}", "level": ruling} | role


def _level_worth(value: float, metric: Metric, scale: Scale) -> str:
    """A level that counts as a value: passing for 1 and failing for 0 where levels fail, else the one mapped to it."""
    if metric.ratings is not None and metric.ratings.fail_when is not None:
        return best_level(scale) if value == 1 else worst_level(scale)
    return next(level for level, mapped in scale.values.items() if mapped == value)


def _check_findings(
    metric: Metric, others: tuple[Metric, ...], example: Example, about: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    evidence = example.evidence
    first = about[(about["sample"] == 1) & ~about["item_id"].astype("str").str.endswith(".v")]
    if evidence.pairs:
        flat = [value for pair in evidence.pairs for value in pair]
        for check in metric.checks:
            yield check_findings(metric, check, about, outcomes=["pass"] * len(flat), values=flat)
        return
    if evidence.stated:
        silent = [Outcome.not_assessable.value if each is None else Outcome.passed.value for each in evidence.stated]
        for check in metric.checks:
            yield check_findings(metric, check, first, outcomes=silent, values=list(evidence.stated))
    for judged in others if evidence.stated else (metric,):
        for check in judged.checks if evidence.checks else ():
            yield check_findings(judged, check, first, outcomes=list(evidence.checks))


def _plain(value: object) -> object:
    """Null for every kind of nothing, so that what is given can be shown beside what is stated."""
    return None if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)) else value


def _same(expected: object, given: object) -> bool:
    if isinstance(expected, int | float) and isinstance(given, int | float):
        return abs(expected - given) <= TOLERANCE
    return expected == given
