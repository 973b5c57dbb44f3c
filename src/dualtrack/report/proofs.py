"""How checks and other sources compare with clinicians: who finds what, and what may count.

May import terms, ``render`` and report. What is screening only is hatched and says so in words.
"""

from collections.abc import Iterator

from dualtrack.render import Cell, Column, Group, Mark, Row, Section, Table, listed, numbers, sentence
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
    groups, drawn, notes = [], [], []
    for metric in sheet.scoped:
        for basis in sorted({row.basis for row in sheet.check_proof if row.metric_id == metric.id}):
            rows = _in_order(sheet, metric, basis)
            lines = tuple(_row(sheet, words, row) for row in rows)
            title = words.say("check_proofs.group", title=metric.title, source=_source(sheet, words, metric, basis))
            groups.append(Group(title, lines))
            drawn += rows
            notes += [note for note in _threshold_note(words, metric, rows) if note not in notes]
    if not groups:
        return None
    confidence = numbers.exact_percent(sheet.run.confidence)
    table = Table(
        anchor="proofs-table",
        caption=words.say("check_proofs.caption"),
        columns=(
            Column(words.say("columns.system"), head=True),
            Column(words.say("check_proofs.standing")),
            Column(words.say("check_proofs.compared"), "number"),
            Column(words.say("check_proofs.failing"), "number"),
            Column(words.say("check_proofs.sensitivity", confidence=confidence), "number"),
            Column(words.say("check_proofs.specificity", confidence=confidence), "number"),
            Column(words.say("check_proofs.agreement", confidence=confidence), "number"),
            Column(words.say("check_proofs.predictive", confidence=confidence)),
            Column(words.say("check_proofs.why"), wide=True),
        ),
        groups=tuple(groups),
        notes=(*notes, *_notes(words, drawn, confidence)),
    )
    floors = {row.floor for row in drawn if row.floor is not None}
    least = {row.n_needed for row in drawn if row.n_needed is not None}
    lead = words.say(
        "check_proofs.lead",
        floor=listed(tuple(numbers.exact_percent(each) for each in sorted(floors))),
        least=listed(tuple(numbers.count(each) for each in sorted(least))),
    )
    return Section("proofs", words.say("sections.proofs"), TABLES, TablesView(lead, (table,)))


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


def _row(sheet: Sheet, words: Words, row: CheckProof) -> Row:
    name = words.say("check_proofs.all_systems") if not row.system_id else sheet.system_name(row.system_id)
    shown = row.proof != Proof.screening
    mark = Mark("check" if shown else "ring", words.say(f"check_proofs.standings.{row.proof}"), "good" if shown else "none")
    cells = (
        Cell(name),
        Cell(mark=mark),
        _compared(words, row),
        _clinicians(words, row),
        _rate(words, row, "sensitivity", nothing="none_failing", lines=_hits(words, row)),
        _rate(words, row, "specificity", nothing="none_passing", lines=_alarms(words, row)),
        _rate(words, row, "agreement", nothing="no_rate", lines=_beyond_chance(words, row)),
        _predictive(words, row),
        Cell(lines=tuple(_why(words, row))),
    )
    return Row(cells, hatched=not shown)


def _compared(words: Words, row: CheckProof) -> Cell:
    unit = words.word("check_proofs.units", row.unit or "other", unit=row.unit or words.say("check_proofs.none_unit"))
    lines = () if not row.n_missing else (words.say("check_proofs.missing", n=numbers.count(row.n_missing)),)
    return Cell(words.say("check_proofs.compared_n", n=numbers.count(row.n or 0), unit=unit), lines=lines)


def _clinicians(words: Words, row: CheckProof) -> Cell:
    if row.n_failing is None or row.n is None or not row.n:
        return Cell(words.say("check_proofs.no_rate"), muted=True)
    return Cell(words.say("check_proofs.clinicians", failing=numbers.count(row.n_failing), n=numbers.count(row.n)))


def _rate(words: Words, row: CheckProof, name: str, *, nothing: str, lines: tuple[str, ...]) -> Cell:
    if row.state == "undefined" or getattr(row, name) is None:
        return Cell(words.say("check_proofs.no_rate" if row.state == "undefined" else f"check_proofs.{nothing}"), muted=True)
    return Cell(_rate_text(words, row, name), lines=lines)


def _rate_text(words: Words, row: CheckProof, name: str) -> str:
    value, lower, upper = (getattr(row, f"{name}{part}") for part in ("", "_lower", "_upper"))
    decimals = numbers.percent_decimals(value, row.n)
    text = numbers.percent(value, decimals=decimals)
    if lower is None or upper is None:
        reason = words.say(f"reasons.{row.interval_reason or 'no_evidence'}.short")
        return words.say("metrics.estimate", value=text, interval=words.say("metrics.no_interval", reason=reason))
    return words.say("metrics.estimate", value=text, interval=numbers.percent_span(lower, upper, decimals=decimals))


def _hits(words: Words, row: CheckProof) -> tuple[str, ...]:
    if row.n_hits is None or not row.n_failing:
        return ()
    return (words.say("check_proofs.hits", n=numbers.count_of(row.n_hits, row.n_failing)),)


def _alarms(words: Words, row: CheckProof) -> tuple[str, ...]:
    if row.n_false_alarms is None or not row.n_passing:
        return ()
    return (words.say("check_proofs.alarms", n=numbers.count_of(row.n_false_alarms, row.n_passing)),)


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


def _predictive(words: Words, row: CheckProof) -> Cell:
    if row.state == "undefined":
        return Cell(words.say("check_proofs.no_rate"), muted=True)
    if row.sampling == "unknown":
        return Cell(words.say("check_proofs.rate_unknown"), muted=True)
    flagged = words.say("check_proofs.none_flagged") if row.ppv is None else _rate_text(words, row, "ppv")
    clear = words.say("check_proofs.none_clear") if row.npv is None else _rate_text(words, row, "npv")
    lines = (words.say("check_proofs.flagged_fail", rate=flagged), words.say("check_proofs.clear_pass", rate=clear))
    return Cell(lines=lines)


def _why(words: Words, row: CheckProof) -> Iterator[str]:
    if row.proof == Proof.shown:
        yield sentence(words.say("check_proofs.drives_nothing" if row.basis.startswith("score:") else "check_proofs.counts"))
    yield from (sentence(words.say(f"reasons.{reason}.short")) for reason in row.reasons)
    if row.decided_on is not None and row.floor is not None and row.state == "defined":
        limit = numbers.percent_against(row.decided_on, row.floor)
        yield sentence(words.say("check_proofs.decided_on", limit=limit))


def _threshold_note(words: Words, metric: Metric, rows: list[CheckProof]) -> Iterator[str]:
    for source in sorted({row.fails_from for row in rows if row.fails_from is not None}):
        kind, _, part = source.partition(":")
        if words.known("check_proofs.fails_from", kind):
            yield words.say(f"check_proofs.fails_from.{kind}", title=metric.title, part=part)


def _notes(words: Words, drawn: list[CheckProof], confidence: str) -> Iterator[str]:
    methods = sorted({row.method for row in drawn if row.method is not None})
    if not methods:
        return
    named = "; ".join(words.word("methods", method, method=method) for method in methods)
    yield words.say("check_proofs.interval_note", confidence=confidence, methods=named)
    yield words.say("check_proofs.chance_note")
    yield words.say("check_proofs.rate_note")
