"""How each metric of a track is defined, what it does not show, and the questions that raters answered.

May import terms, ``render`` and report.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from dualtrack.render import Cell, Column, Fact, Row, Section, Table, anchor, listed, numbers
from dualtrack.report.document import CheckUse, Metric, Scale
from dualtrack.report.gates import failing_text, rule_text
from dualtrack.report.sheet import Sheet
from dualtrack.report.words import Words

__all__ = ["DefinitionsView", "Entry", "definitions_section"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One metric in words."""

    anchor: str
    title: str
    code: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class DefinitionsView:
    """All metrics of a track, then the scales that they read."""

    lead: str
    entries: tuple[Entry, ...]
    scales: tuple[Table, ...]


def definitions_section(sheet: Sheet, words: Words) -> Section:
    """Definitions of the metrics, also those out of scope, and of their scales.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    entries = tuple(
        Entry(anchor("definition", metric.id), metric.title, metric.code, tuple(_facts(sheet, words, metric)))
        for metric in sheet.metrics
    )
    tables = tuple(_scale_table(sheet, words, scale) for scale in sheet.scales.values() if scale.levels)
    view = DefinitionsView(words.say("definitions.lead"), entries, tables)
    return Section("definitions", words.say("sections.definitions"), "report/sections/definitions.html.j2", view)


def _facts(sheet: Sheet, words: Words, metric: Metric) -> Iterator[Fact]:
    def fact(name: str, text: str) -> Fact:
        return Fact(words.say(f"definitions.{name}"), text)

    for out in sheet.study.scope_out:
        if out.metric == metric.id:
            yield fact(
                "out_of_scope", words.say("definitions.out", reason=out.reason, by=out.by, at=numbers.day(out.at))
            )
    if not metric.in_scope:  # what is in scope has said so beside its numbers
        yield fact("measures", metric.definition)
        yield fact("does_not_show", metric.does_not_show)
    yield fact("quantity", words.say(f"quantities.{metric.quantity.type}"))
    if metric.scale is not None:
        yield fact("scale", sheet.scales[metric.scale].title)
    if metric.aggregate is not None and metric.scale is not None:
        yield fact("aggregate", words.say(f"aggregates.{metric.aggregate}"))
    fails = failing_text(words, metric.fail_when, None if metric.scale is None else sheet.scales[metric.scale])
    if fails:
        yield fact("fails", words.say("gates.fails", levels=fails))
    yield fact("combine", words.say(f"combines.{metric.combine}"))
    yield fact("bias", words.say(f"biases.{metric.combine}"))
    yield fact("drives", words.say(f"drives.{metric.combine}"))
    missing = words.say(f"missing_rules.{metric.missing_rule}")
    yield fact("missing", f"{missing} {metric.missing_why}" if metric.missing_why else missing)
    yield fact("weight", _weight(words, metric))
    if metric.checks:
        yield fact("checks", "\n".join(_check(words, check) for check in metric.checks))
    rules = tuple(rule_text(words, rule) for rule in metric.gates)
    yield fact("gates", listed(rules) if rules else words.say("definitions.no_gates"))
    yield fact("lifecycle", words.say(f"lifecycles.{metric.lifecycle}"))


def _weight(words: Words, metric: Metric) -> str:
    weight, stated = numbers.level(metric.weight), numbers.level(metric.stated_weight)
    if weight == stated:
        return words.say("definitions.weight_value", weight=weight, why=metric.weight_why)
    return words.say("definitions.weight_replaced", weight=weight, stated=stated, why=metric.weight_why)


def _check(words: Words, check: CheckUse) -> str:
    proof = words.say(f"proofs.{check.proof}")
    if check.why is None:
        return words.say("definitions.check", check=check.id, kind=check.kind, proof=proof)
    return words.say("definitions.check_why", check=check.id, kind=check.kind, proof=proof, why=check.why)


def _scale_table(sheet: Sheet, words: Words, scale: Scale) -> Table:
    rows = tuple(
        Row(
            (
                Cell(level.id),
                Cell(_level_value(words, level.value)),
                Cell(level.anchor),
            )
        )
        for level in scale.levels
    )
    notes = [words.say("definitions.scale_why", why=scale.why)]
    if scale.source is not None:
        notes.append(words.say("definitions.scale_source", source=scale.source))
    owed = sheet.study.plan.ratings_per_unit
    n = owed.get(scale.id, owed.get("default"))
    if n is not None:
        notes.append(words.say("definitions.owed", n=numbers.count(n)))
    return Table(
        anchor=anchor("scale", scale.id),
        caption=words.say("definitions.scale_caption", title=scale.title, ask=scale.ask),
        columns=(
            Column(words.say("columns.level"), head=True),
            Column(words.say("columns.value"), "number"),
            Column(words.say("columns.anchor"), wide=True),
        ),
        rows=rows,
        notes=tuple(notes),
    )


def _level_value(words: Words, value: float | None) -> str:
    if value is None:
        return words.say("definitions.no_value")
    return words.say("definitions.level_value", value=numbers.hundredths(value))
