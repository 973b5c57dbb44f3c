"""The decision page: who is eligible, in two states with their reasons, and what a panel recommends.

May import terms, the dossier, ``render`` and report. Eligible is read off the two verdicts and nothing else; the
recommendation is the panel's own.
"""

from dualtrack.records.dossier import Dossier
from dualtrack.render import Cell, Column, Group, Row, Section, Table, numbers, sentence
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.document import Document, System
from dualtrack.report.gates import gate_why, rule_text, shared_reasons
from dualtrack.report.marks import state_mark
from dualtrack.report.procurement.failing import Behind, behind_gates
from dualtrack.report.procurement.standing import CANDIDATE, eligibility, standing_in
from dualtrack.report.rows import Gate
from dualtrack.report.sheet import Sheet
from dualtrack.report.stated import missing, supplied
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import State

__all__ = ["decision_claim", "decision_section", "knock_outs_section"]

MOST_NAMED = 5


def decision_claim(document: Document, words: Words) -> str:
    """The sentence above everything: how many candidates are eligible, and that none is where none is."""
    standing = standing_in(document)
    if not standing.places:
        return words.say("decision.claim.nobody")
    found = [eligibility(place) for place in standing.places]
    if standing.eligible:
        names = [system.name for system in document.study.systems if system.id in standing.eligible]
        return words.say("decision.claim.some", names=", ".join(names))
    return words.say("decision.claim.failed" if set(found) == {"no"} else "decision.claim.none")


def decision_section(document: Document, sheets: tuple[Sheet, ...], dossier: Dossier | None, words: Words) -> Section:
    """Per system: eligible or not, both states with their reasons, what the panel recommends on which conditions.

    Args:
        document: the results.
        sheets: both tracks.
        dossier: what people state.
        words: the sentences.
    """
    ordered = sorted(document.study.systems, key=lambda system: system.role != CANDIDATE)
    columns = (
        Column(words.say("columns.system"), head=True),
        Column(words.say("columns.eligible")),
        *(Column(words.say(f"columns.{sheet.track}"), wide=True) for sheet in sheets),
        Column(words.say("columns.recommendation"), wide=True),
        Column(words.say("columns.conditions"), wide=True),
    )
    rows = tuple(Row(_decision(document, sheets, dossier, words, system=system)) for system in ordered)
    board = Table("decision-table", words.say("captions.decision"), columns, rows, notes=_decision_notes(words))
    return Section("decision", words.say("sections.decision"), TABLES, TablesView(words.say("decision.lead"), (board,)))


def knock_outs_section(
    document: Document, sheets: tuple[Sheet, ...], words: Words, cases: Cases | None = None
) -> Section:
    """Every gate against every system, before any score, with the cases that fail it and who waived it.

    Args:
        document: the results.
        sheets: both tracks.
        words: the sentences.
        cases: the long tables; without them no case is named.
    """
    behind, systems = behind_gates(cases, words), document.study.systems
    shared = shared_reasons(document.gates)
    groups = tuple(
        Group(words.say(f"track_titles.{sheet.track}"), tuple(_gate_rows(sheet, systems, words, behind, said=shared)))
        for sheet in sheets
    )
    columns = (
        Column(words.say("columns.gate"), head=True, wide=True),
        *(Column(system.name, wide=True) for system in systems),
    )
    kept = tuple(group for group in groups if group.rows)
    every = tuple(
        words.say("decision.every_gate", reason=words.say(f"reasons.{reason}.short")) for reason in shared if kept
    )
    bare = tuple(words.say("decision.track_without", track=group.title) for group in groups if not group.rows)
    lead = words.say("decision.knock_outs_lead" if kept else "decision.no_gates")
    board = Table("knock-outs-table", words.say("captions.knock_outs"), columns, groups=kept, notes=bare, even=True)
    view = TablesView(" ".join((lead, *every)), (board,) if kept else ())
    return Section("knock-outs", words.say("sections.knock_outs"), TABLES, view)


def _decision(
    document: Document, sheets: tuple[Sheet, ...], dossier: Dossier | None, words: Words, *, system: System
) -> tuple[Cell, ...]:
    states = [_state(document, sheet, words, system=system) for sheet in sheets]
    proposals = dossier.proposals if dossier is not None else ()
    proposal = next((each for each in proposals if each.system == system.id), None)
    if system.role != CANDIDATE:
        beside = Cell(words.say("decision.no_candidate"), muted=True)
        return (Cell(system.name), beside, *states, beside, beside)
    place = next(each for each in standing_in(document).places if each.system_id == system.id)
    eligible = words.say(f"decision.eligible.{eligibility(place)}")
    if proposal is None:
        return (Cell(system.name), Cell(eligible), *states, missing(words), missing(words))
    said = words.say("decision.by", by=proposal.by, date=numbers.day(proposal.date))
    wish = Cell(words.say(f"decision.recommendation.{proposal.recommendation}"), lines=(said,))
    none = Cell(words.say("decision.no_conditions"), muted=True)
    conditions = Cell(lines=proposal.conditions) if proposal.conditions else none
    return (Cell(system.name), Cell(eligible), *states, wish, conditions)


def _state(document: Document, sheet: Sheet, words: Words, *, system: System) -> Cell:
    """The state of a track, the gates that decided it and the reasons."""
    verdict = sheet.verdicts[system.id]
    titles = {metric.id: metric.title for metric in document.metrics}
    decided = tuple(dict.fromkeys(titles.get(gate.partition(".")[0], gate) for gate in verdict.decided_by))
    if len(decided) > MOST_NAMED:
        more = words.say("decision.and_more", n=numbers.count(len(decided) - MOST_NAMED))
        decided = (*decided[:MOST_NAMED], more)
    why = tuple(sentence(words.say(f"reasons.{reason}.short")) for reason in verdict.reasons)
    named = (words.say("decision.decided_by", metrics="; ".join(decided)),) if verdict.state == State.not_met else ()
    return Cell(mark=state_mark(words, verdict.state), lines=(*named, *why))


def _decision_notes(words: Words) -> tuple[str, ...]:
    return tuple(words.say(f"decision.notes.{each}") for each in ("eligible", "not_shown", "panel"))


def _gate_rows(
    sheet: Sheet, systems: tuple[System, ...], words: Words, behind: Behind, *, said: tuple[str, ...]
) -> list[Row]:
    names = {system.id: system.name for system in systems}
    found = {(row.gate_id, row.system_id): row for row in sheet.gates}
    rows = []
    for metric in sheet.scoped:
        for rule in metric.gates:
            gate = f"{metric.id}.{rule.id}"
            cells = [_gate(words, found.get((gate, system.id)), behind, said=said) for system in systems]
            head = Cell(words.say("decision.gate", metric=metric.title), lines=(rule_text(words, rule, names),))
            rows.append(Row((head, *cells)))
    return rows


def _gate(words: Words, row: Gate | None, behind: Behind, *, said: tuple[str, ...]) -> Cell:
    if row is None:
        return supplied(words, None)
    key = (row.system_id, row.gate_id)
    target = behind.target(key)
    return Cell(
        words.say("decision.see_cases") if target else "",
        mark=state_mark(words, row.state),
        lines=(*gate_why(words, row, said=said), *behind.lines(key, words)),
        target=target,
    )
