"""Every number of the core rubric is alive: changing any weight, threshold, level value or joining rule moves a result.

Each metric is scored beside changed copies of itself on evidence that has every level, every outcome, ties, gaps and
rulings; a copy whose rows equal those of the original would be a number that nothing reads.
"""

import itertools
import json
import math

import pytest

from dualtrack.audit.cases import case_kinds, facts_for
from dualtrack.audit.examples import made_study
from dualtrack.audit.judged import as_shown, check_findings
from dualtrack.audit.personas import personas
from dualtrack.audit.stage import Stage, perform
from dualtrack.records.made import made_tables
from dualtrack.rubric import load_rubric
from dualtrack.rubric.header import Rubric
from dualtrack.scoring.engine import score_findings
from dualtrack.scoring.findings import all_findings, rating_findings
from dualtrack.scoring.plan import make_plan
from dualtrack.terms import Combine, Track

CORE = load_rubric("core")
N = 72  # every level of a stratum meets every pattern
OUTCOMES = ("pass", "fail", "not_assessable", "pass", "pass")
VALUES = (0.0, -1.0, 0.0, 1.0, 0.0, 0.0, -1.0)
STATED = (0.95, 0.6, 1.0, 0.8)


def changed(metric, **changes):
    """The metric with some keys of its file changed, by dotted path."""
    plain = metric.model_dump(mode="json", by_alias=True)
    for path, value in changes.items():
        *where, last = [int(part) if part.isdigit() else part for part in path.split("__")]
        here = plain
        for part in where:
            here = here[part]
        here[last] = value
    return type(metric).model_validate_json(json.dumps(plain))


def shifted(scale, level):
    """The neighbours of a level on its scale."""
    valued = [each.id for each in scale.levels if each.value is not None]
    place = valued.index(level)
    return [valued[other] for other in (place - 1, place + 1) if 0 < other < len(valued)]


def gate_mutations(metric, scale):
    """Name -> the metric with one number or level of a gate changed."""
    for place, gate in enumerate(metric.gates):
        at = f"gates__{place}__"
        limit = getattr(gate, "limit", None)
        for factor in (0.9, 1.1) if limit is not None else ():
            yield f"{gate.id} limit x {factor}", changed(metric, **{f"{at}limit": min(round(limit * factor, 4), 0.99)})
        for step in (-1, 1) if gate.kind == "min_n" else ():
            yield f"{gate.id} n {step:+d}", changed(metric, **{f"{at}n": gate.n + step})
        fails, when = getattr(gate, "fails", None), getattr(gate, "when", None)
        for level in shifted(scale, fails.at_least) if fails is not None else ():
            yield f"{gate.id} fails at {level}", changed(metric, **{f"{at}fails__at_least": level})
        for level in shifted(scale, when.rating_at_least) if when is not None and when.rating_at_least else ():
            yield f"{gate.id} at {level}", changed(metric, **{f"{at}when__rating_at_least": level})


def rating_mutations(metric, scale):
    """Name -> the metric with another rule for its ratings."""
    rule, ordinal = metric.ratings.fail_when, metric.quantity.type == "ordinal"
    for level in shifted(scale, rule.at_least) if rule is not None and not ordinal else ():  # there the gate says it
        yield f"fails at {level}", changed(metric, ratings__fail_when__at_least=level)
    for aggregate in ("worst", "mean") if ordinal else ("worst",):
        yield f"ratings joined by {aggregate}", changed(metric, ratings__aggregate=aggregate)
    if metric.ratings.attributed:
        yield "not attributed", changed(metric, ratings__attributed=False)
    if metric.checks and metric.quantity.type != "paired_difference":
        for combine in set(Combine) - {metric.combine, Combine.prediction_powered}:
            yield f"joined as {combine.value}", changed(metric, combine=combine.value)


def mutations(metric):
    """Name -> the metric with one number or rule changed."""
    scale = CORE.scales[metric.ratings.scale] if metric.ratings else None
    yield from gate_mutations(metric, scale)
    if scale is not None:
        yield from rating_mutations(metric, scale)


def patterns(scale):
    """Levels of three raters: every level alone, every two neighbours both ways, gaps and cannot_judge."""
    valued = [level.id for level in scale.levels if level.value is not None]
    alone = [(level,) * 3 for level in valued]
    mixed = [pair for low, high in itertools.pairwise(valued) for pair in ((low, low, high), (low, high, high))]
    return [*alone, *mixed, (valued[0], valued[-1]), (valued[0], valued[0], "cannot_judge"), (valued[1],), ()]


def bystander(metric):
    """Another metric, whose failure modes raters tick as well."""
    return CORE.metric("overall_harm" if metric.id != "overall_harm" else "communication_clarity")


def evidence(metric):
    """Input tables: items of the metric with pairs and runs, and three raters on every pattern."""
    levels = sorted({level for gate in metric.gates for level in (getattr(gate, "stratum", None) or {}).values()})
    names = {name for gate in metric.gates for name in getattr(gate, "stratum", None) or {}}
    rows = {"items": [], "responses": [], "ratings": []}
    scale = CORE.scales[metric.ratings.scale] if metric.ratings else None
    modes = [metric.failure_modes[0].id, bystander(metric).failure_modes[0].id]
    for number in range(N):
        strata = {name: levels[number % len(levels)] for name in names}
        facts = facts_for(metric.applies_when, strata)
        attribute = facts.pop("attribute", None)
        for place in range(2):
            item = {
                "item_id": f"i{number:02d}{'.v' * place}",
                "prompt": "p",
                "language": "en",
                "family_id": f"f{number}",
            }
            item |= {"variant": "changed", "attribute": attribute} if place else {"variant": "base"}
            rows["items"].append(item | facts)
            about = {"system_id": "a", "item_id": item["item_id"]}
            rows["responses"] += [about | {"sample": k, "status": "answered", "text": "t"} for k in (1, 2)]
            given = patterns(scale)[(number * (1 + 4 * place)) % len(patterns(scale))] if scale else ()
            for rater, level in enumerate(given):
                ticks = [None, modes[:1], modes[1:]][(number // 5) % 3]
                rating = about | {"scale_id": scale.id, "rater_id": f"r{rater}", "level": level, "failure_modes": ticks}
                rows["ratings"] += [rating | {"sample": k} for k in (1, 2)]
            if given and number % 7 == 0:
                ruling = about | {"scale_id": scale.id, "rater_id": "adj", "level": given[0], "role": "adjudication"}
                rows["ratings"] += [ruling | {"sample": k} for k in (1, 2)]
    return made_tables(rows)


def results(metrics, others, scales, tables):
    """Rows of estimates and gates of each metric of one rubric, without its id."""
    rubric = Rubric(CORE.header, (*metrics, *others), scales, CORE.sha256, lexicons=CORE.lexicons)
    study = made_study(("a",), samples=2, ratings_per_unit={"default": 3}, cluster="family_id", floors={"items": 1})
    plan = make_plan(rubric, study, tables, pre_specified=True)
    about = tables["responses"][["system_id", "item_id", "sample"]]
    findings = [rating_findings(tables["ratings"], scales)]
    for metric in (*metrics, *others):
        values = STATED if metric.quantity.type == "calibration" else VALUES
        for place, check in enumerate(metric.checks):
            outcomes = [OUTCOMES[(k // 3 + place) % len(OUTCOMES)] for k in range(len(about))]
            native = [values[k % len(values)] for k in range(len(about))]
            findings.append(check_findings(metric, check, about, outcomes=outcomes, values=native))
    scored = score_findings(plan, all_findings(findings), tables["dispositions"])
    found = {}
    for metric in metrics:
        estimates, gates = scored.tables["estimates"], scored.tables["gates"]
        mine = estimates[(estimates["subject_id"] == metric.id) & (estimates["basis"] == "primary")]
        own = gates[gates["gate_id"].str.startswith(f"{metric.id}.")]
        own = own.assign(gate_id=own["gate_id"].str.removeprefix(f"{metric.id}."))
        found[metric.id] = mine.drop(columns="subject_id").to_json(orient="records") + own.to_json(orient="records")
    return found


def company(metric):
    """Metrics that have to be there: the one that it derives from, and a bystander."""
    return [as_shown(CORE.metric(name)) for name in metric.derives_from.values()] + [bystander(metric)]


def copies(metric, changes):
    """The metric as it is and each changed copy, under names of their own."""
    named = {"original": metric} | changes
    return {name: each.model_copy(update={"id": f"copy_{k}"}) for k, (name, each) in enumerate(named.items())}


@pytest.mark.slow
@pytest.mark.parametrize("metric", CORE.metrics, ids=lambda metric: metric.code)
def test_a_changed_threshold_or_rule_moves_a_result(metric):
    changes = dict(mutations(metric))
    named = {name: as_shown(each) for name, each in copies(metric, changes).items()}
    found = results(list(named.values()), company(metric), CORE.scales, evidence(metric))
    original = found[named["original"].id]
    assert [name for name in changes if found[named[name].id] == original] == []


ORDINAL = [metric for metric in CORE.metrics if metric.quantity.type == "ordinal"]


@pytest.mark.slow
@pytest.mark.parametrize("metric", ORDINAL, ids=lambda metric: metric.code)
def test_a_changed_value_of_a_level_moves_a_mean(metric):
    scale = CORE.scales[metric.ratings.scale]
    tables = evidence(metric)
    original = results([as_shown(metric)], company(metric), CORE.scales, tables)
    for place, level in enumerate(scale.levels):
        if level.value is None:
            continue
        value = level.value - 0.01 if level.value > 0 else 0.01
        levels = [
            each.model_copy(update={"value": value}) if k == place else each for k, each in enumerate(scale.levels)
        ]
        scales = dict(CORE.scales) | {scale.id: scale.model_copy(update={"levels": tuple(levels)})}
        assert results([as_shown(metric)], company(metric), scales, tables) != original, level.id


@pytest.mark.parametrize("scale", CORE.scales.values(), ids=lambda scale: scale.id)
def test_a_changed_value_of_a_level_moves_the_findings(scale):
    """Where no mean is shown, the value still stands beside every rating in the findings."""
    rows = [
        {"system_id": "a", "item_id": level.id, "scale_id": scale.id, "rater_id": "r", "level": level.id}
        for level in scale.levels
    ]
    findings = rating_findings(made_tables({"ratings": rows})["ratings"], CORE.scales)
    given = dict(zip(findings["item_id"].astype("str"), findings["value"], strict=True))
    assert {level: value for level, value in given.items() if not math.isnan(value)} == {
        level: value for level, value in scale.values.items() if value is not None
    }  # fmt: skip


@pytest.mark.slow
def test_a_changed_weight_moves_the_score_of_its_track():
    kinds = case_kinds(CORE.metrics, floor=5)
    cast = [persona for persona in personas(CORE) if persona.name == "evasive"]
    estimates = perform(Stage(CORE, kinds, 12, cast, {}, {})).tables["estimates"]
    shown = estimates[(estimates["basis"] == "primary") & (estimates["missing"] == "observed")]
    for track in Track:
        metrics = {metric.id: metric.weight.value for metric in CORE.track(track)}
        rows = shown[(shown["subject"] == "metric") & shown["subject_id"].isin(metrics)]
        shows = {metric.id: metric.quantity.show for metric in CORE.metrics}
        score = {
            row["subject_id"]: row["score"]
            for row in rows.to_dict("records")
            if row["show"] == shows[row["subject_id"]]
        }
        score = {name: value for name, value in score.items() if not math.isnan(value)}

        def mean(weights, score=score):
            return sum(weights[name] * score[name] for name in score) / sum(weights[name] for name in score)

        whole = shown[(shown["subject"] == "track") & (shown["subject_id"] == track.value) & (shown["show"] == "score")]
        assert whole["value"].iloc[0] == pytest.approx(mean(metrics), abs=1e-6)
        for name, value in score.items():
            if value != pytest.approx(mean(metrics), abs=1e-9):
                assert mean(metrics | {name: metrics[name] + 1}) != pytest.approx(mean(metrics), abs=1e-9), name
