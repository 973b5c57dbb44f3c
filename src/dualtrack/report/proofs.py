"""How checks and other sources compare with clinicians: who finds what, and what may count.

May import terms, ``render`` and report. What is screening only is hatched and says so in words.
"""

from collections.abc import Iterator

from dualtrack.render import Cell, Column, Group, Mark, Row, Section, Table, listed, numbers
from dualtrack.report.document import Metric
from dualtrack.report.rows import CheckProof
from dualtrack.report.sheet import Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Proof

__all__ = ["proofs_section"]


def proofs_section(sheet: Sheet, words: Words) -> Section | None:
    """Every check and source of the track against clinicians' first ratings; None where there is none.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    blocks = [
        (words.say("check_proofs.group", title=metric.title, source=_source(sheet, words, metric, basis)), metric, rows)
        for metric in sheet.scoped
        for basis in sorted({row.basis for row in sheet.check_proof if row.metric_id == metric.id})
        if (rows := _in_order(sheet, metric, basis))
    ]
    if not blocks:
        return None
    every = [row for _, _, rows in blocks for row in rows]
    lead = words.say(
        "check_proofs.lead",
        floor=listed(tuple(numbers.exact_percent(each) for each in sorted({row.floor or 0.0 for row in every}))),
        least=listed(tuple(numbers.count(each) for each in sorted({row.n_needed or 0 for row in every}))),
    )
    found = Table(
        anchor="proofs-table",
        caption=words.say("check_proofs.caption"),
        columns=_columns(sheet, words, ("compared", "sensitivity", "specificity"), standing=True),
        groups=tuple(Group(title, tuple(_found(sheet, words, row) for row in rows)) for title, _, rows in blocks),
        notes=tuple(_found_notes(sheet, words, blocks)),
    )
    defined = [(title, rows) for title, _, rows in blocks if any(row.state == "defined" for row in rows)]
    if not defined:
        return Section("proofs", words.say("sections.proofs"), TABLES, TablesView(lead, (found,)))
    agreed = Table(
        anchor="proofs-agreement",
        caption=words.say("check_proofs.agreement_caption"),
        columns=_columns(sheet, words, ("agreement", "ppv", "npv"), standing=False),
        groups=tuple(Group(title, tuple(_agreed(sheet, words, row) for row in rows)) for title, rows in defined),
        notes=tuple(_agreement_notes(words, every)),
    )
    return Section("proofs", words.say("sections.proofs"), TABLES, TablesView(lead, (found, agreed)))


def _columns(sheet: Sheet, words: Words, names: tuple[str, ...], *, standing: bool) -> tuple[Column, ...]:
    confidence = numbers.exact_percent(sheet.run.confidence)
    return (
        Column(words.say("columns.system"), head=True),
        *([Column(words.say("check_proofs.standing"), wide=True)] if standing else []),
        *(Column(words.say(f"check_proofs.{name}", confidence=confidence), "number") for name in names),
    )


def _in_order(sheet: Sheet, metric: Metric, basis: str) -> list[CheckProof]:
    """All systems first, then each; one row alone where there is nothing to compare on any."""
    by_system = {row.system_id: row for row in sheet.check_proof if (row.metric_id, row.basis) == (metric.id, basis)}
    ids = ["", *(system.id for system in sheet.study.systems)]
    rows = [by_system[each] for each in ids if each in by_system]
    return rows[:1] if all(row.state == "undefined" for row in rows) else rows


def _source(sheet: Sheet, words: Words, metric: Metric, basis: str) -> str:
    kind, _, name = basis.partition(":")
    if kind == "check":
        return words.say("check_proofs.check", check=name)
    if kind != "score":
        if len(metric.checks) == 1:
            return words.say("check_proofs.check", check=metric.checks[0].id)
        return words.say("check_proofs.every_check_of", checks=", ".join(check.id for check in metric.checks))
    source = sheet.source(name)
    if source is None:
        return words.say("bases.score", name=name, kind=words.say("sources.unknown_kind"))
    return words.say("bases.score", name=source.name, kind=words.say(f"source_kinds.{source.kind}"))


def _name(sheet: Sheet, words: Words, row: CheckProof) -> Cell:
    return Cell(sheet.system_name(row.system_id) if row.system_id else words.say("check_proofs.all_systems"))


def _found(sheet: Sheet, words: Words, row: CheckProof) -> Row:
    shown = row.proof != Proof.screening
    word = words.say(f"check_proofs.standings.{row.proof}")
    mark = Mark("check" if shown else "ring", word, "good" if shown else "none")
    cells = (
        _name(sheet, words, row),
        Cell(mark=mark, lines=tuple(_why(words, row))),
        _compared(words, row),
        _rate(words, row, "sensitivity", lines=_counted(words, "hits", row.n_hits, row.n_failing)),
        _rate(words, row, "specificity", lines=_counted(words, "alarms", row.n_false_alarms, row.n_passing)),
    )
    return Row(cells, hatched=not shown)


def _agreed(sheet: Sheet, words: Words, row: CheckProof) -> Row:
    unknown = Cell(words.say("check_proofs.rate_unknown"), muted=True)
    predictive = [
        unknown if row.sampling == "unknown" else _rate(words, row, name, lines=_counted(words, "of", n, total))
        for name, n, total in (("ppv", row.n_hits, row.n_flagged), ("npv", row.n_cleared, row.n_unflagged))
    ]
    cells = (_name(sheet, words, row), _rate(words, row, "agreement", lines=_beyond_chance(words, row)), *predictive)
    return Row(cells, hatched=row.proof == Proof.screening)


def _compared(words: Words, row: CheckProof) -> Cell:
    unit = words.word("check_proofs.units", row.unit or "other", unit=row.unit or words.say("check_proofs.cases"))
    lines = []
    if row.n and row.n_failing is not None:
        lines.append(words.say("check_proofs.failing", n=numbers.count(row.n_failing)))
    if row.n_missing:
        lines.append(words.say("check_proofs.missing", n=numbers.count(row.n_missing)))
    return Cell(words.say("check_proofs.compared_n", n=numbers.count(row.n or 0), unit=unit), lines=tuple(lines))


def _rate(words: Words, row: CheckProof, name: str, *, lines: tuple[str, ...] = ()) -> Cell:
    if row.state == "undefined":
        return Cell(words.say("check_proofs.no_rate"), muted=True)
    if getattr(row, name) is None:
        return Cell(words.say(f"check_proofs.none.{name}"), muted=True)
    return Cell(_rate_text(words, row, name), lines=lines)


def _rate_text(words: Words, row: CheckProof, name: str) -> str:
    value, lower, upper = (getattr(row, f"{name}{part}") for part in ("", "_lower", "_upper"))
    decimals = numbers.percent_decimals(value, row.n)
    text = numbers.percent(value, decimals=decimals)
    if lower is None or upper is None:
        reason = words.say(f"reasons.{row.interval_reason or 'no_evidence'}.short")
        return words.say("metrics.estimate", value=text, interval=words.say("metrics.no_interval", reason=reason))
    return words.say("metrics.estimate", value=text, interval=numbers.percent_span(lower, upper, decimals=decimals))


def _counted(words: Words, what: str, n: int | None, total: int | None) -> tuple[str, ...]:
    return () if n is None or not total else (words.say(f"check_proofs.{what}", n=numbers.count_of(n, total)),)


def _beyond_chance(words: Words, row: CheckProof) -> tuple[str, ...]:
    lines = []
    if row.ac1 is not None:
        ac1 = numbers.plain(row.ac1, decimals=2)
        if row.kappa is None:
            lines.append(words.say("check_proofs.no_chance", ac1=ac1))
        else:
            lines.append(words.say("check_proofs.chance", kappa=numbers.plain(row.kappa, decimals=2), ac1=ac1))
    if row.brier is not None and row.ece is not None and row.ece_by_chance is not None:
        brier, ece, chance = (numbers.plain(each, decimals=3) for each in (row.brier, row.ece, row.ece_by_chance))
        lines.append(words.say("check_proofs.calibration", brier=brier, ece=ece, chance=chance))
    return tuple(lines)


def _why(words: Words, row: CheckProof) -> Iterator[str]:
    limit, floor = words.say("check_proofs.no_limit"), words.say("check_proofs.no_limit")
    if row.floor is not None:
        floor = numbers.exact_percent(row.floor)
        if row.decided_on is not None:
            limit = numbers.percent_against(row.decided_on, row.floor)
    facts = {"limit": limit, "floor": floor, "least": numbers.count(row.n_needed or 0)}
    if row.proof == Proof.shown:
        yield words.say("check_proofs.drives_nothing" if row.basis.startswith("score:") else "check_proofs.counts")
        yield words.say("check_proofs.reached", **facts)
    for reason in row.reasons:
        if not row.system_id and words.known("check_proofs.somewhere", reason):
            yield words.say(f"check_proofs.somewhere.{reason}", **facts)
        elif words.known("check_proofs.reasons", reason):
            yield words.say(f"check_proofs.reasons.{reason}", **facts)
        else:
            yield words.say(f"reasons.{reason}.short")


def _found_notes(sheet: Sheet, words: Words, blocks: list[tuple[str, Metric, list[CheckProof]]]) -> Iterator[str]:
    rules = {(metric.title, row.fails_from) for _, metric, rows in blocks for row in rows if row.fails_from is not None}
    for title, rule in sorted(rules):
        kind, _, part = rule.partition(":")
        if words.known("check_proofs.fails_from", kind):
            yield words.say(f"check_proofs.fails_from.{kind}", title=title, part=part)
    methods = sorted({row.method for _, _, rows in blocks for row in rows if row.method is not None})
    if methods:
        named = "; ".join(words.word("methods", method, method=method) for method in methods)
        confidence = numbers.exact_percent(sheet.run.confidence)
        yield words.say("check_proofs.interval_note", confidence=confidence, methods=named)
        yield words.say("check_proofs.limit_note")


def _agreement_notes(words: Words, every: list[CheckProof]) -> Iterator[str]:
    yield words.say("check_proofs.chance_note")
    for sampling in sorted({row.sampling for row in every if row.sampling is not None}):
        yield words.say(f"check_proofs.sampling.{sampling}")
