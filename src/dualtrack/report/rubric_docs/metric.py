"""One metric as a committee reads it: definition, what it does not show, evidence, gates, ways to fail, examples.

May import terms, ``render``, rubric, checks and the words of report.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dualtrack.checks.registry import check_kinds
from dualtrack.render import Cell, Column, Row, Table, anchor, listed, numbers, sentence
from dualtrack.report.rubric_docs.examples import examples_table
from dualtrack.report.rubric_docs.sentences import (
    conditions_text,
    counted_text,
    failing_levels_text,
    gate_text,
    in_words,
    setting_text,
)
from dualtrack.report.words import Words
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import CheckUse, Clause, FailureMode, Metric

__all__ = ["MetricView", "Rule", "metric_view", "mode_title", "printed_clauses"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One gate in sentences, and its name in results."""

    text: str
    name: str


@dataclass(frozen=True, slots=True)
class About:
    """One line of what is said about a metric: a term and one or several texts."""

    term: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MetricView:
    """Everything about one metric, as finished text; "" and () where there is nothing."""

    anchor: str
    code: str
    title: str
    sub: str
    retired: str
    definition: str
    does_not_show: str
    facts: tuple[About, ...]
    gates: tuple[Rule, ...]
    no_gates: str
    commission: tuple[str, ...]
    omission: tuple[str, ...]
    crosswalk: Table | None
    withheld: str
    examples: Table | None


def metric_view(words: Words, rubric: Rubric, metric: Metric) -> MetricView:
    """The view of one metric.

    Args:
        words: the sentences.
        rubric: the rubric that it belongs to, for its scale and what it builds on.
        metric: the metric.
    """
    scale = rubric.scales.get(metric.ratings.scale) if metric.ratings is not None else None
    weighted = bool(metric.weight.value)
    return MetricView(
        anchor=anchor("metric", metric.id),
        code=metric.code,
        title=metric.title,
        sub=words.say(
            "metric.sub",
            weight=numbers.level(metric.weight.value),
            standing=words.say(f"lifecycles.{metric.lifecycle}"),
            id=metric.id,
        ),
        retired=words.say("metric.retired") if metric.lifecycle == "retired" else "",
        definition=metric.definition,
        does_not_show=metric.does_not_show,
        facts=tuple(_facts(words, rubric, metric)),
        gates=tuple(
            Rule(gate_text(words, metric, gate, scale), words.say("gate.name", code=metric.code, gate=gate.id))
            for gate in metric.gates
        ),
        no_gates="" if metric.gates else words.say("metric.no_gates" if weighted else "metric.no_gates_unweighted"),
        commission=tuple(mode_title(mode) for mode in metric.failure_modes if mode.act == "commission"),
        omission=tuple(mode_title(mode) for mode in metric.failure_modes if mode.act == "omission"),
        crosswalk=_crosswalk(words, metric),
        withheld=_withheld(words, metric),
        examples=examples_table(words, metric),
    )


def mode_title(mode: FailureMode) -> str:
    """A failure mode in one line."""
    return mode.title or in_words(mode.id).capitalize()


def printed_clauses(metric: Metric) -> tuple[Clause, ...]:
    """The clauses that may be printed: those that somebody has read."""
    return tuple(clause for clause in metric.crosswalk if clause.verified != "unverified")


def _facts(words: Words, rubric: Rubric, metric: Metric) -> Iterator[About]:
    def fact(name: str, *texts: str) -> About:
        return About(words.say(f"metric.{name}"), texts)

    yield fact("counted", counted_text(words, metric))
    when = conditions_text(words, metric)
    yield fact("when", words.say("conditions.only", conditions=when) if when else words.say("conditions.every"))
    for source in metric.derives_from.values():
        other = rubric.metric(source)
        yield fact("derives", words.say("metric.derives_from", code=other.code, title=other.title))
    if metric.checks:
        yield fact("checks", *(_check(words, rubric, metric, check) for check in metric.checks))
    yield fact("raters", _rated(words, rubric, metric))
    fails = _fails(words, rubric, metric)
    if fails:
        yield fact("fails", words.say("evidence.fails", levels=fails))
    yield fact("joined", words.say(f"combines.{metric.combine}"))
    missing = words.say(f"missing_rules.{metric.missing.rule}")
    yield fact("missing", f"{missing} {metric.missing.why}" if metric.missing.why else missing)
    weight = numbers.level(metric.weight.value)
    yield fact("weight", words.say("metric.weight_value", weight=weight, why=metric.weight.why))
    if metric.strata:
        yield fact("strata", ", ".join(in_words(stratum) for stratum in metric.strata))


def _check(words: Words, rubric: Rubric, metric: Metric, check: CheckUse) -> str:
    kind = check_kinds().get(check.kind)
    title = in_words(check.kind).capitalize() if kind is None else kind.title
    parts = [words.say("evidence.check", title=title, kind=check.kind, id=check.id)]
    if check.select:
        parts.append(words.say("evidence.select", facts=setting_text(words, check.select)))
    if check.params:
        parts.append(words.say("evidence.params", params=setting_text(words, check.params)))
    if check.lexicons:
        names = tuple(rubric.lexicons[name].title if name in rubric.lexicons else name for name in check.lexicons)
        parts.append(words.say("evidence.lexicons", names=listed(names)))
    modes = {mode.id: mode_title(mode) for mode in metric.failure_modes}
    for finding, mode in check.raises.items():
        parts.append(words.say("evidence.raises", finding=in_words(finding), mode=modes.get(mode, mode)))
    if check.why is None:
        parts.append(words.say(f"evidence.proof.{check.proof}"))
    else:
        parts.append(words.say(f"evidence.proof.{check.proof}_why", why=sentence(check.why)))
    return " ".join(parts)


def _rated(words: Words, rubric: Rubric, metric: Metric) -> str:
    use = metric.ratings
    if use is None:
        return words.say("evidence.nobody")
    title = rubric.scales[use.scale].title if use.scale in rubric.scales else use.scale
    parts = [words.say("evidence.rated", title=title, aggregate=words.say(f"aggregates.{metric.aggregate}"))]
    if use.attributed:
        parts.append(words.say("evidence.attributed"))
    if use.blinded_pairs:
        parts.append(words.say("evidence.blinded"))
    return " ".join(parts)


def _fails(words: Words, rubric: Rubric, metric: Metric) -> str:
    if metric.ratings is None:
        return ""
    return failing_levels_text(words, metric.ratings.fail_when, rubric.scales.get(metric.ratings.scale))


def _crosswalk(words: Words, metric: Metric) -> Table | None:
    clauses = printed_clauses(metric)
    if not clauses:
        return None
    names = ("framework", "edition", "clause", "status", "verified")
    return Table(
        anchor=anchor("clauses", metric.id),
        caption=words.say("crosswalk.caption", code=metric.code),
        columns=tuple(Column(words.say(f"crosswalk.{name}"), head=name == "framework", wide=True) for name in names),
        rows=tuple(
            Row(
                (
                    Cell(clause.framework),
                    Cell(clause.edition),
                    Cell(clause.clause),
                    Cell(_status(words, clause)),
                    Cell(words.say(f"crosswalk.verifications.{clause.verified}")),
                )
            )
            for clause in clauses
        ),
    )


def _status(words: Words, clause: Clause) -> str:
    status = words.say(f"crosswalk.statuses.{clause.status}")
    return status if clause.date is None else words.say("crosswalk.dated", status=status, date=clause.date)


def _withheld(words: Words, metric: Metric) -> str:
    n = len(metric.crosswalk) - len(printed_clauses(metric))
    if not n:
        return ""
    return words.say("crosswalk.withheld_one" if n == 1 else "crosswalk.withheld_many", n=numbers.count(n))
