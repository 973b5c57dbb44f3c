"""The verdict on each system of one track, with its reasons in plain words. May import terms, ``render`` and report."""

from dataclasses import dataclass

from dualtrack.render import Mark, Section, listed, numbers
from dualtrack.report.document import System
from dualtrack.report.marks import state_mark
from dualtrack.report.rows import Verdict
from dualtrack.report.sheet import Sheet
from dualtrack.report.words import Words
from dualtrack.terms import State

__all__ = ["Card", "VerdictsView", "system_facts", "verdicts_section"]


@dataclass(frozen=True, slots=True)
class Card:
    """One system: who it is, its state, why, and how much was assessed."""

    name: str
    facts: str
    mark: Mark
    reasons: tuple[str, ...]
    decided_by: str
    coverage: str


@dataclass(frozen=True, slots=True)
class VerdictsView:
    """All systems of one track."""

    lead: str
    cards: tuple[Card, ...]


def verdicts_section(sheet: Sheet, words: Words) -> Section:
    """The verdicts of a track.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    cards = tuple(_card(sheet, words, system, sheet.verdicts[system.id]) for system in sheet.study.systems)
    view = VerdictsView(words.say("verdicts.lead"), cards)
    return Section("verdicts", words.say("sections.verdicts"), "report/sections/verdicts.html.j2", view)


def system_facts(words: Words, system: System) -> str:
    """Who a system is, in one line.

    Args:
        words: the sentences.
        system: the system.
    """
    role, kind = words.say(f"systems.{system.role}"), words.say(f"systems.{system.kind}")
    facts = [words.say("systems.facts", role=role, kind=kind)]
    if system.vendor is not None:
        facts.append(words.say("systems.vendor", vendor=system.vendor))
    if system.version is not None:
        facts.append(words.say("systems.version", version=system.version))
    elif system.kind != "human":
        facts.append(words.say("systems.no_version"))
    return ", ".join(facts)


def _card(sheet: Sheet, words: Words, system: System, verdict: Verdict) -> Card:
    reasons = tuple(words.say(f"reasons.{reason}.why") for reason in verdict.reasons)
    if not reasons:
        reasons = _without_reason(words, verdict)
    decided = _gate_names(sheet, verdict.decided_by) if verdict.state != State.met else ()
    return Card(
        name=system.name,
        facts=system_facts(words, system),
        mark=state_mark(words, verdict.state),
        reasons=reasons,
        decided_by=words.say("verdicts.decided_by", gates=listed(decided)) if decided else "",
        coverage=_coverage(sheet, words, verdict),
    )


def _without_reason(words: Words, verdict: Verdict) -> tuple[str, ...]:
    match verdict.state:
        case State.met:
            return (words.say("verdicts.all_met"),)
        case State.not_met:
            return ()
        case _:
            return (words.say("verdicts.no_reason"),)


def _gate_names(sheet: Sheet, gate_ids: tuple[str, ...]) -> tuple[str, ...]:
    """Titles of the metrics whose gates decided, each once, in the order of the verdict."""
    titles = {metric.id: metric.title for metric in sheet.metrics}
    return tuple(dict.fromkeys(titles.get(gate.partition(".")[0], gate) for gate in gate_ids))


def _coverage(sheet: Sheet, words: Words, verdict: Verdict) -> str:
    if verdict.coverage is None:
        return words.say("verdicts.no_coverage")
    covered = numbers.percent_against(verdict.coverage, sheet.coverage_floor)
    return words.say("verdicts.coverage", coverage=covered, floor=numbers.exact_percent(sheet.coverage_floor))
