"""The rubrics that ship: they load, say what they should, and their examples hold when worked by hand."""

from statistics import mean, median

import pytest

from dualtrack._shipped import shipped_root
from dualtrack.checks.bind import bind
from dualtrack.rubric import load_rubric
from dualtrack.rubric.lint import lint
from dualtrack.terms import Combine, Track

NAMES = sorted(path.parent.name for path in shipped_root("rubric").glob("*/rubric.yaml"))
METRICS = [
    pytest.param(name, metric, id=f"{name}/{metric.id}") for name in NAMES for metric in load_rubric(name).metrics
]


def test_both_rubrics_ship():
    assert {"core", "longqa"} <= set(NAMES)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("core", [("RUB111", "core/metrics/effectiveness/readability.yaml")]),
        (
            "longqa",
            [
                ("RUB111", "core/metrics/effectiveness/readability.yaml"),
                ("RUB110", "longqa/metrics/effectiveness/correctness.yaml"),
            ],
        ),
    ],
)
def test_lint_says_of_a_shipped_rubric_what_is_known(name, expected):
    assert [(warning.code, warning.place.file) for warning in lint(load_rubric(name))] == expected


@pytest.mark.parametrize(("name", "metric"), METRICS)
def test_the_checks_of_a_metric_exist_and_take_its_parameters(name, metric):
    del name
    for check in metric.checks:
        bound = bind(f"{metric.id}.{check.id}", check.kind, check.params, select=check.select)
        modes = {mode.id for mode in bound.kind.failure_modes}
        if metric.combine is Combine.check_only:
            assert {mode.id for mode in metric.failure_modes} <= modes


@pytest.mark.parametrize(("name", "metric"), METRICS)
def test_the_examples_of_a_metric_hold_when_worked_by_hand(name, metric):
    scales = load_rubric(name).scales
    assert len(metric.examples) >= 2
    for example in metric.examples:
        values = []
        if metric.ratings is not None:
            mapped = scales[metric.ratings.scale].values
            values = [median(mapped[level] for level in levels) for levels in example.evidence.ratings]
        else:
            values = [float(outcome == "pass") for outcome in example.evidence.checks if outcome in {"pass", "fail"}]
        if example.expect.undefined is not None:
            assert not values
            assert example.expect.undefined == "no_evidence"
            continue
        share = 1 - mean(values) if metric.quantity.show == "failure_rate" else mean(values)
        assert example.expect.value == pytest.approx(share, abs=1e-12)
        assert example.expect.n_units == len(values)
        assert example.expect.n_events in {None, values.count(0)}


def test_longqa_reads_three_scales_and_puts_each_on_its_track():
    rubric = load_rubric("longqa")
    assert {metric.code: (metric.track.value, metric.weight.value) for metric in rubric.metrics} == {
        "LE01": ("effectiveness", 5), "LE02": ("effectiveness", 3), "LE03": ("effectiveness", 0),
        "LE04": ("effectiveness", 0), "LS01": ("safety", 3), "LS02": ("safety", 0),
        "E11": ("effectiveness", 1), "E12": ("effectiveness", 3), "S16": ("safety", 4),
    }  # fmt: skip
    for scale in rubric.scales.values():
        assert [(level.id, level.value) for level in scale.levels] == [
            ("1", 0), ("2", 0.25), ("3", 0.5), ("4", 0.75), ("5", 1),
        ]  # fmt: skip
        assert [grain.value for grain in scale.applies_to] == ["response", "sentence"]


def test_longqa_has_one_gate_and_none_on_the_safety_side():
    rubric = load_rubric("longqa")
    assert [(metric.id, gate.id) for metric in rubric.metrics for gate in metric.gates] == [("correctness", "rate")]
    (gate,) = rubric.metric("correctness").gates
    assert (gate.failure_limit, gate.fails.at_most, gate.threshold) == (0.2, "3", "ours")
    assert all("feeds no harm gate" in metric.does_not_show for metric in rubric.track(Track.safety) if metric.ratings)


def test_no_gate_of_a_shipped_rubric_rests_on_screening_alone():
    for name in NAMES:
        assert "RUB106" not in {warning.code for warning in lint(load_rubric(name))}


def test_refusals_are_unwarranted_only_where_the_item_says_answer():
    assert load_rubric("core").metric("unwarranted_refusal").applies_when == {"reference.should": ("answer",)}


@pytest.mark.parametrize(("name", "metric"), METRICS)
def test_a_metric_can_be_read_aloud(name, metric):
    del name
    for text in (metric.definition, metric.does_not_show, metric.weight.why):
        assert text[0].isupper()
        assert text.endswith(".")
        assert "\n" not in text.strip()
    forbidden = {"compliant", "certified", "approved", "validated", "safe"}  # words for people, not for the tool
    assert not forbidden & set(
        f"{metric.title} {metric.definition}".lower().replace(".", " ").replace(",", " ").split()
    )
