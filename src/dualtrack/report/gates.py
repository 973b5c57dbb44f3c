"""The gates of one track: rule, evidence, limit on the harmful side, state and reasons.

May import terms, ``render`` and report. A gate is read against its limit, so its numbers get as many decimals as they
need never to look equal to the limit unless they are.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from dualtrack.render import (
    Axis,
    Bar,
    Cell,
    Column,
    Row,
    Section,
    Table,
    anchor,
    axis_over,
    interval_bar,
    listed,
    numbers,
    sentence,
)
from dualtrack.report.document import Document, FailWhen, GateRule, Metric, Override, Scale
from dualtrack.report.figures import DIFFERENCE, SHARE, Form
from dualtrack.report.marks import state_mark
from dualtrack.report.operating import veto_curve_table
from dualtrack.report.rows import Gate
from dualtrack.report.sheet import Sheet
from dualtrack.report.words import Words
from dualtrack.terms import GateKind, State

__all__ = ["GatesView", "failing_text", "gate_name", "gate_why", "gates_section", "rule_text", "shared_reasons"]

SHARE_KINDS = (GateKind.failure_at_most, GateKind.success_at_least)
DIFFERENCE_KINDS = (GateKind.difference_within, GateKind.not_worse_than)
BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class GatesView:
    """One table for each gate, or the sentence that says why there is none."""

    lead: str
    nothing: str
    tables: tuple[Table, ...]


def gates_section(sheet: Sheet, words: Words) -> Section:
    """The gates of a track.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    stated = any(metric.gates for metric in sheet.scoped)
    nothing = "" if sheet.gates else words.say("gates.none_scored" if stated else "gates.none")
    view = GatesView(
        lead=words.say("gates.lead") if sheet.gates else "",
        nothing=nothing,
        tables=tuple(_tables(sheet, words)),
    )
    return Section("gates", words.say("sections.gates"), "report/sections/gates.html.j2", view)


def rule_text(words: Words, rule: GateRule, names: Mapping[str, str] | None = None) -> str:
    """A gate's rule as the rubric states it.

    Args:
        words: the sentences.
        rule: the rule.
        names: names of systems by id, for a rule against a comparator.
    """
    rule_itself = _rule(words, rule, names or {})
    if not rule.stratum:
        return rule_itself
    parts = tuple(words.say("gates.part", stratum=stratum, level=level) for stratum, level in rule.stratum)
    return words.say("gates.among", rule=rule_itself, parts=listed(parts))


def _rule(words: Words, rule: GateRule, names: Mapping[str, str]) -> str:
    match rule.kind:
        case GateKind.veto:
            return words.say("gates.veto")
        case GateKind.min_n if rule.n is not None:
            return words.say("gates.min_n", limit=numbers.count(rule.n))
        case _ if rule.limit is None:
            return words.say("gates.no_limit", kind=words.say(f"gates.kinds.{rule.kind}"))
        case GateKind.difference_within:
            return words.say("gates.difference_within", limit=numbers.hundredths(rule.limit))
        case GateKind.not_worse_than:
            comparator = names.get(rule.comparator or "", rule.comparator) or words.say("gates.comparator")
            return words.say("gates.not_worse_than", comparator=comparator, limit=numbers.hundredths(rule.limit))
        case _:
            return words.say(f"gates.{rule.kind}", limit=numbers.exact_percent(rule.limit))


def failing_text(words: Words, fails: FailWhen | None, scale: Scale | None) -> str:
    """Which answers fail, in the levels of the scale; "" where nothing is said.

    Args:
        words: the sentences.
        fails: the rule.
        scale: the scale whose order it follows.
    """
    if fails is None:
        return ""
    if fails.below is not None:
        return words.say("gates.below", number=numbers.level(fails.below))
    if fails.above is not None:
        return words.say("gates.above", number=numbers.level(fails.above))
    levels = [level.id for level in scale.levels if level.value is not None] if scale is not None else []
    chosen = list(fails.any_of)
    if fails.at_least in levels:
        chosen = levels[levels.index(fails.at_least) :]
    if fails.at_most in levels:
        chosen = levels[: levels.index(fails.at_most) + 1]
    return words.say("gates.levels", levels=listed(tuple(chosen), last="or")) if chosen else ""


def _tables(sheet: Sheet, words: Words) -> Iterator[Table]:
    axes: dict[str, Axis] = {kind: _axis(sheet, kinds, form) for kinds, form in _DRAWN.items() for kind in kinds}
    names = {system.id: system.name for system in sheet.study.systems}
    if sheet.study.baseline in names:
        names[BASELINE] = names[sheet.study.baseline]
    for metric in sheet.scoped:
        for rule in metric.gates:
            rows = [row for row in sheet.gates if row.gate_id == f"{metric.id}.{rule.id}"]
            if rows:
                scale = None if metric.scale is None else sheet.scales[metric.scale]
                override = _override(sheet, metric, rule)
                yield _table(
                    words,
                    metric,
                    rule,
                    rows,
                    names=names,
                    axis=axes.get(str(rule.kind)),
                    scale=scale,
                    override=override,
                )
                curve = veto_curve_table(sheet, words, metric, rule, names=names)
                if curve is not None:
                    yield curve


def _override(sheet: Sheet, metric: Metric, rule: GateRule) -> Override | None:
    field = f"gates.{rule.id}.limit"
    return next((each for each in sheet.study.overrides if (each.metric, each.field) == (metric.id, field)), None)


_DRAWN = {SHARE_KINDS: SHARE, DIFFERENCE_KINDS: DIFFERENCE}
"""Kinds of gate that share one axis, and how their numbers are written."""


def _axis(sheet: Sheet, kinds: tuple[GateKind, ...], form: Form) -> Axis:
    drawn = [row for row in sheet.gates if row.kind in kinds]
    values = [each for row in drawn for each in (row.value, row.lower, row.observed, row.limit) if each is not None]
    return axis_over([0.0, *values], form.tick, within=form.within)


def _table(
    words: Words,
    metric: Metric,
    rule: GateRule,
    rows: list[Gate],
    *,
    names: dict[str, str],
    axis: Axis | None,
    scale: Scale | None,
    override: Override | None,
) -> Table:
    columns = [
        Column(words.say("columns.system"), head=True),
        Column(words.say("columns.state")),
        Column(words.say("columns.found"), "number"),
        *([] if rule.kind == GateKind.min_n else [Column(words.say("columns.harmful"), "number")]),
        *([Column(words.say("columns.plot"), "plot", axis=axis)] if axis is not None else []),
        Column(words.say("columns.assessed"), "number"),
        Column(words.say("columns.why"), wide=True),
    ]
    in_order = sorted(rows, key=lambda row: list(names).index(row.system_id))
    return Table(
        anchor=anchor("gate", metric.id, rule.id),
        caption=words.say("gates.title", metric=metric.title, rule=rule_text(words, rule, names)),
        columns=tuple(columns),
        rows=tuple(_row(words, row, names[row.system_id], axis) for row in in_order),
        notes=tuple(_notes(words, rule, in_order, scale=scale, override=override)),
    )


def _row(words: Words, row: Gate, name: str, axis: Axis | None) -> Row:
    cells = [
        Cell(name),
        Cell(mark=state_mark(words, row.state)),
        _found(words, row),
        *([] if row.kind == GateKind.min_n else [_harmful(words, row)]),
        *([Cell(bar=_bar(row, axis))] if axis is not None else []),
        _assessed(words, row),
        Cell(lines=tuple(_reasons(words, row, ()))),
    ]
    return Row(tuple(cells))


def _found(words: Words, row: Gate) -> Cell:
    if row.value is None and not row.n_assessed and not row.n_events:
        return Cell(words.say("gates.nothing"), muted=True)
    if row.kind == GateKind.veto:
        events, n = numbers.count(row.n_events or 0), numbers.count(row.n or 0)
        return Cell(words.say("gates.events", events=events, n=n), lines=_flags(words, row))
    if row.kind == GateKind.min_n:
        return Cell(words.say("gates.assessed", n=numbers.count(row.n_assessed or 0)))
    return _found_share(words, row)


def _found_share(words: Words, row: Gate) -> Cell:
    if row.value is None:
        return Cell(words.say("gates.nothing"), muted=True)
    if row.kind in DIFFERENCE_KINDS:
        return Cell(numbers.difference(row.value), lines=tuple(_beside_difference(words, row)))
    share = numbers.percent(row.value, n=row.n_assessed)
    if row.n_events is None or row.n_assessed is None:
        return Cell(words.say("gates.failing_share", share=share), lines=_flags(words, row))
    failing = numbers.count_of(row.n_events, row.n_assessed)
    return Cell(words.say("gates.failing", failing=failing, share=share), lines=_flags(words, row))


def _flags(words: Words, row: Gate) -> tuple[str, ...]:
    return (words.say("gates.flags", flags=numbers.count(row.open_flags)),) if row.open_flags else ()


def _harmful(words: Words, row: Gate) -> Cell:
    if row.observed is None:
        return Cell(words.say("gates.no_bound"), muted=True)
    if row.kind in DIFFERENCE_KINDS:
        return Cell(numbers.difference_against(row.observed, row.limit or 0.0))
    if row.limit is None:
        return Cell(numbers.percent(row.observed))
    return Cell(numbers.percent_against(row.observed, row.limit))


def _bar(row: Gate, axis: Axis) -> Bar:
    ends = sorted(each for each in (row.lower, row.observed) if each is not None)
    interval = (ends[0], ends[1]) if row.lower is not None and row.observed is not None else None
    limit, zero = row.limit, 0.0 if row.kind in DIFFERENCE_KINDS else None
    if limit is not None and row.kind == GateKind.difference_within and (row.observed or 0.0) < 0:
        limit = -limit  # the end of the margin that the limit is read against
    return interval_bar(axis, row.value, interval=interval, limit=limit, zero=zero)


def _beside_difference(words: Words, row: Gate) -> Iterator[str]:
    """What a difference is about, and how many of its cases fail or differ."""
    if row.contrast is not None:
        yield words.say("gates.contrast", contrast=row.contrast)
    if row.n_events is not None and row.n_assessed is not None:
        counted = numbers.count_of(row.n_events, row.n_assessed)
        yield words.say("gates.differ" if row.kind == GateKind.difference_within else "gates.fail", n=counted)


def _assessed(words: Words, row: Gate) -> Cell:
    if row.n is None or row.n_assessed is None:
        return Cell(words.say("gates.nothing"), muted=True)
    lines = []
    if row.n_effective is not None and row.n_effective != row.n:
        lines.append(words.say("gates.effective", n=numbers.plain(row.n_effective, decimals=1)))
    if row.n_needed is not None:
        lines.append(words.say("gates.needed", n=numbers.count(row.n_needed)))
    return Cell(numbers.count_of(row.n_assessed, row.n), lines=tuple(lines))


def gate_why(words: Words, row: Gate, *, said: Collection[str] = ()) -> tuple[str, ...]:
    """Why a gate is in its state, and whose records stand beside it.

    Args:
        words: the sentences.
        row: the gate.
        said: reasons that stand under the table once, since every gate shares them.
    """
    return tuple(_reasons(words, row, said))


def shared_reasons(rows: Iterable[Gate]) -> tuple[str, ...]:
    """The reasons that every gate gives which is not demonstrated; none where fewer than two are.

    Args:
        rows: gates of a table.
    """
    given = [row.reasons for row in rows if row.state == State.not_demonstrated]
    return tuple(reason for reason in given[0] if all(reason in each for each in given)) if len(given) > 1 else ()


def _reasons(words: Words, row: Gate, said: Collection[str]) -> Iterator[str]:
    yield from (sentence(words.say(f"reasons.{reason}.short")) for reason in row.reasons if reason not in said)
    if row.state == State.met:
        yield words.say("gates.holds")
    if row.state == State.not_met:
        yield words.say("gates.confirmed" if row.kind == GateKind.veto else "gates.broken")
    if row.panel_detection is not None:
        yield from _panel(words, row, row.panel_detection)
    if row.disposition_id is not None:
        yield words.say("gates.ruling", disposition=row.disposition_id)


def _panel(words: Words, row: Gate, share: float) -> Iterator[str]:
    """What the panel found of the seeded harms, and the limit if it had found only that share of the others."""
    yield words.say("gates.panel", share=numbers.percent(share))
    if share == 0:
        yield words.say("gates.panel_blind")
    elif row.panel_limit is not None and row.observed is not None and share < 1:
        limit, stated = (numbers.percent(each) for each in (row.panel_limit, row.observed))
        yield words.say("gates.panel_limit", limit=limit, stated=stated)


def _notes(
    words: Words, rule: GateRule, rows: list[Gate], *, scale: Scale | None, override: Override | None
) -> Iterator[str]:
    fails = failing_text(words, rule.fails, scale)
    if fails:
        yield words.say("gates.fails", levels=fails)
    if rule.why is not None:
        yield rule.why
    if rule.threshold is not None:
        yield words.say(f"gates.{'thresholds' if rule.limit is not None else 'thresholds_to_come'}.{rule.threshold}")
    if override is not None:
        stated = rule_text(words, replace(rule, limit=rule.stated_limit))
        yield words.say(
            "gates.override", rubric=stated, reason=override.reason, by=override.by, at=numbers.day(override.at)
        )
    if any(row.pre_specified is False for row in rows):
        yield words.say("gates.unsealed")
    correlations = sorted({(row.rho0, row.icc) for row in rows if row.rho0 is not None}, key=str)
    for rho0, icc in correlations:
        seen = words.say("gates.no_icc") if icc is None else words.say("gates.icc", icc=numbers.plain(icc, decimals=2))
        yield words.say("gates.detail", rho0=numbers.level(rho0 or 0.0), icc=seen)


def gate_name(document: Document, words: Words, gate_id: str) -> str:
    """A gate outside of its own table: the title of its metric, and which of its gates.

    Args:
        document: the results.
        words: the sentences.
        gate_id: id of a metric of the results, a point, and the gate.
    """
    metric, _, gate = gate_id.partition(".")
    title = next(each.title for each in document.metrics if each.id == metric)
    return words.say("gates.named", metric=title, gate=gate)
