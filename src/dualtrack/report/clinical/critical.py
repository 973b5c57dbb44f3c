"""Confirmed and open veto events first: counts by gate, and the gravest answers quoted.

May import terms, ``render`` and report.
"""

from dataclasses import dataclass

import pandas as pd

from dualtrack.render import Cell, Column, Row, Section, Table, listed, numbers
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.clinical.finding import FindingView, finding_view
from dualtrack.report.clinical.looks import filter_link, harm_cell, link_to, metric_text, modes_text, state_cell
from dualtrack.report.clinical.order import gravest_first
from dualtrack.report.document import Document
from dualtrack.report.words import Words
from dualtrack.terms import GateKind, Track

__all__ = ["CriticalView", "critical_section", "headline", "listed_table"]

QUOTED = 8
LISTED = 40
_TEMPLATE = "report/clinical/critical.html.j2"
_CRITICAL = ("confirmed", "open")


@dataclass(frozen=True, slots=True)
class CriticalView:
    """Counts, quoted findings and a list; sentences stand where there is nothing."""

    lead: str
    counts: Table | None
    nothing: str
    quoted: str
    findings: tuple[FindingView, ...]
    listed: Table | None
    all: str
    target: str


def headline(document: Document, words: Words) -> str:
    """What the page claims: which systems have confirmed or open veto events, or that there are none.

    Args:
        document: the results.
        words: the sentences.
    """
    vetoes = [gate for gate in document.gates if gate.kind == GateKind.veto]
    if not vetoes:
        return words.say("clinical.headline.no_veto")
    said = []
    for name, counted in (("confirmed", "n_events"), ("open", "open_flags")):
        hit = {gate.system_id for gate in vetoes if getattr(gate, counted)}
        systems = tuple(system.name for system in document.study.systems if system.id in hit)
        if systems:
            said.append(words.say(f"clinical.headline.{name}", systems=listed(systems)))
    return " ".join(said) or words.say("clinical.headline.none")


def critical_section(document: Document, cases: Cases, words: Words) -> Section:
    """Veto events, and the gravest confirmed and open answers on safety.

    Args:
        document: the results.
        cases: the long tables.
        words: the sentences.
    """
    failures = cases.failures
    grave = failures[(failures["track"] == Track.safety) & failures["state"].isin(_CRITICAL)]
    grave = _confirmed_first(gravest_first(grave))
    quoted, rest = grave.head(QUOTED), grave.iloc[QUOTED : QUOTED + LISTED]
    said = "all_quoted" if len(quoted) == len(grave) else "first"
    facts = {"n": numbers.count(len(quoted)), "total": numbers.count(len(grave))}
    view = CriticalView(
        lead=words.say("clinical.critical.lead"),
        counts=_counts(document, words),
        nothing="" if _has_veto(document) else words.say("clinical.critical.no_veto"),
        quoted=words.say(f"clinical.critical.{said}", **facts) if len(grave) else words.say("clinical.critical.none"),
        findings=tuple(finding_view(document, cases, row, words) for row in quoted.to_dict("records")),
        listed=_rest(document, rest, len(grave), words) if len(rest) else None,
        all=words.say("clinical.critical.all") if len(grave) else "",
        target=f"{filter_link(state='confirmed')}&state=open&track=safety",
    )
    return Section("critical", words.say("clinical.sections.critical"), _TEMPLATE, view)


def _rest(document: Document, rest: pd.DataFrame, total: int, words: Words) -> Table:
    caption = words.say("clinical.critical.listed", n=numbers.count(len(rest)), total=numbers.count(total))
    return listed_table(document, rest, words, anchor="critical-list", caption=caption)


def _confirmed_first(grave: pd.DataFrame) -> pd.DataFrame:
    """What people confirmed stands before what waits; each in its order."""
    return pd.concat([grave[grave["state"] == state] for state in _CRITICAL], ignore_index=True)


def _has_veto(document: Document) -> bool:
    return any(gate.kind == GateKind.veto for gate in document.gates)


def _counts(document: Document, words: Words) -> Table | None:
    vetoes = [gate for gate in document.gates if gate.kind == GateKind.veto]
    if not vetoes:
        return None
    names = {system.id: system.name for system in document.study.systems}
    order = {metric.id: place for place, metric in enumerate(document.metrics)}
    rows = []
    for gate in sorted(
        vetoes, key=lambda each: (order.get(each.gate_id.partition(".")[0], 0), each.gate_id, each.system_id)
    ):
        if not gate.n_events and not gate.open_flags:
            continue
        metric = gate.gate_id.partition(".")[0]
        rows.append(
            Row(
                (
                    Cell(metric_text(document, metric)),
                    Cell(names[gate.system_id], target=filter_link(system=gate.system_id, metric=metric)),
                    Cell(numbers.count(gate.n_events or 0)),
                    Cell(numbers.count(gate.open_flags or 0)),
                    Cell(numbers.count(gate.n or 0)),
                )
            )
        )
    if not rows:
        return None
    return Table(
        anchor="veto-counts",
        caption=words.say("clinical.critical.counts"),
        columns=(
            Column(words.say("clinical.columns.gate"), head=True, wide=True),
            Column(words.say("clinical.columns.system")),
            Column(words.say("clinical.columns.confirmed"), "number"),
            Column(words.say("clinical.columns.open_flags"), "number"),
            Column(words.say("clinical.columns.n"), "number"),
        ),
        rows=tuple(rows),
        notes=(words.say("clinical.critical.counts_note"),),
    )


def listed_table(document: Document, rows: pd.DataFrame, words: Words, *, anchor: str, caption: str) -> Table:
    """Failures as a table, each with the link that opens it.

    Args:
        document: the results.
        rows: rows of the failures table, in order.
        words: the sentences.
        anchor: name of the table.
        caption: its caption.
    """
    names = {system.id: system.name for system in document.study.systems}
    columns = ("case", "state", "harm", "system", "metric", "mode")
    return Table(
        anchor=anchor,
        caption=caption,
        columns=tuple(
            Column(words.say(f"clinical.columns.{each}"), head=each == "case", wide=each in {"metric", "mode"})
            for each in columns
        ),
        rows=tuple(
            Row(
                (
                    Cell(row["item_id"], target=link_to(row)),
                    state_cell(words, row["state"]),
                    harm_cell(words, row["harm"], row["harm_from"]),
                    Cell(names.get(row["system_id"], row["system_id"])),
                    Cell(metric_text(document, row["metric_id"])),
                    modes_text(document, words, row["metric_id"], row["failure_modes"]),
                )
            )
            for row in rows.to_dict("records")
        ),
        notes=(words.say("clinical.critical.listed_note"),),
    )
