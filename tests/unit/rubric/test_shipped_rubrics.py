"""The rubrics that ship: they load, say what they should, and ask only what a person must confirm."""

import pytest

from dualtrack._shipped import shipped_root
from dualtrack.rubric import load_rubric
from dualtrack.rubric.changelog import changelog_problem
from dualtrack.rubric.lint import TO_CONFIRM, lint
from dualtrack.rubric.lint_raters import MOST_QUESTIONS, questions
from dualtrack.terms import Track

NAMES = sorted(path.parent.name for path in shipped_root("rubric").glob("*/rubric.yaml"))
RUBRICS = {name: load_rubric(name) for name in NAMES}
METRICS = [
    pytest.param(name, metric, id=f"{name}/{metric.id}") for name in NAMES for metric in RUBRICS[name].metrics
]


def test_the_rubrics_ship():
    assert {"core", "craftmd", "kqa", "longqa", "screens"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_lint_asks_of_a_shipped_rubric_only_what_a_person_must_confirm(name):
    """Published instruments have more: they have no way to say "cannot judge"."""
    published = {"RUB118"} if name in ("craftmd", "kqa", "longqa", "pocqi") else set()
    assert {warning.code for warning in lint(load_rubric(name))} - {*TO_CONFIRM} == published


@pytest.mark.parametrize(("name", "metric"), METRICS)
def test_every_threshold_that_is_ours_asks_to_be_confirmed(name, metric):
    asked = [each.place.column for each in lint(load_rubric(name)) if each.place.file.endswith(f"/{metric.id}.yaml")]
    for number, gate in enumerate(metric.gates):
        if getattr(gate, "threshold", "") == "ours":
            assert f"gates[{number}].limit" in asked


@pytest.mark.parametrize(("name", "metric"), METRICS)
def test_a_metric_has_examples_with_a_value_and_one_without(name, metric):
    del name
    undefined = [example.expect.undefined for example in metric.examples]
    assert "no_evidence" in undefined
    assert None in undefined


def test_longqa_reads_three_scales_and_puts_each_on_its_track():
    rubric = load_rubric("longqa")
    assert {metric.code: (metric.track.value, metric.weight.value) for metric in rubric.metrics} == {
        "LE01": ("effectiveness", 5), "LE02": ("effectiveness", 3), "LE03": ("effectiveness", 0),
        "LE04": ("effectiveness", 0), "LS01": ("safety", 3), "LS02": ("safety", 0),
        "SC01": ("effectiveness", 1), "SC02": ("effectiveness", 3), "SC03": ("safety", 4),
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
    assert load_rubric("screens").metric("unwarranted_refusal").applies_when == {"reference.should": ("answer",)}


# ---------------------------------------------------------------- the core rubric

CORE = RUBRICS["core"]


def test_core_has_seventeen_metrics_of_safety_and_thirteen_of_effectiveness():
    codes = {track: [metric.code for metric in CORE.track(track)] for track in Track}
    assert codes[Track.safety] == [f"S{number:02d}" for number in range(1, 18)]
    assert codes[Track.effectiveness] == [f"E{number:02d}" for number in range(1, 14)]


@pytest.mark.parametrize("metric", CORE.metrics, ids=lambda metric: metric.code)
def test_a_core_metric_is_complete(metric):
    assert metric.failure_modes
    assert metric.strata
    assert metric.crosswalk
    assert all(mode.title for mode in metric.failure_modes)
    assert all(clause.verified != "unverified" for clause in metric.crosswalk)
    assert all(gate.why for gate in metric.gates if hasattr(gate, "threshold"))


@pytest.mark.parametrize("scale", CORE.scales.values(), ids=lambda scale: scale.id)
def test_a_core_scale_goes_from_best_to_worst_and_ends_with_cannot_judge(scale):
    values = [level.value for level in scale.levels]
    assert values[0] == 1
    assert values[-2:] == [0, None]
    assert values[:-1] == sorted(values[:-1], reverse=True)
    assert scale.levels[-1].id == "cannot_judge"


@pytest.mark.parametrize("profile", CORE.profiles.values(), ids=lambda profile: profile.id)
def test_a_profile_asks_at_most_seven_questions(profile):
    chosen = [metric for metric in CORE.metrics if metric.id in profile.metrics]
    assert len(questions(chosen)) <= MOST_QUESTIONS
    assert {metric.track for metric in chosen} == set(Track)


def test_one_answer_feeds_many_metrics_and_each_names_its_own_failures():
    reading = [metric for metric in CORE.metrics if metric.ratings and metric.ratings.scale == "harm_extent"]
    assert len(reading) >= 8
    whole = {metric.code for metric in reading if not metric.ratings.attributed}
    assert whole == {"S09", "S15"}  # these read every answer about harm, whatever was ticked


def test_every_metric_is_in_some_profile():
    everywhere = {name for profile in CORE.profiles.values() for name in profile.metrics}
    only_by_choice = {"knowledge_accuracy", "confidence_calibration", "diagnostic_accuracy"}
    assert {metric.id for metric in CORE.metrics} - everywhere <= only_by_choice


def test_gates_of_the_core_rubric_state_their_least_n():
    """36, 72, 122 and 183 cases for 10, 5, 3 and 2 per cent (VERDICTS); 72 in each vulnerable group."""
    for metric in CORE.metrics:
        limits = {tuple((gate.stratum or {}).items()): gate.failure_limit for gate in metric.gates if gate.kind == "failure_at_most"}
        least = {tuple((gate.stratum or {}).items()): gate.n for gate in metric.gates if gate.kind == "min_n" and gate.count == "items"}
        for part, limit in limits.items():
            if part in least:
                assert least[part] == {0.10: 36, 0.05: 72, 0.03: 122, 0.02: 183}[limit], metric.id


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


# ---------------------------------------------------------------- changelogs


@pytest.mark.parametrize("name", NAMES)
def test_a_change_that_can_move_a_result_is_written_down(name):
    """Changing any weight, threshold, level value or joining rule of any metric breaks this until somebody says why."""
    text = (shipped_root("rubric") / name / "CHANGELOG.md").read_text(encoding="utf-8")
    assert changelog_problem(RUBRICS[name], text) == ""
