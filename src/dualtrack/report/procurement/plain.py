"""One page in plain words: what was tested, what was found, in natural frequencies. May import ``render`` and report.

Source of the form: Gigerenzer et al. 2007, Psychol Sci Public Interest 8:53 (counts out of a round number are read
rightly more often than percentages).
"""

from collections.abc import Iterator

from dualtrack.render import Section, numbers
from dualtrack.report.document import Document, Metric, System
from dualtrack.report.rows import Gate
from dualtrack.report.sheet import Sheet
from dualtrack.report.view import GROUPED, GroupedView, Sentences
from dualtrack.report.words import Words
from dualtrack.terms import GateKind, State

__all__ = ["plain_section"]

LIMITS = (GateKind.failure_at_most, GateKind.success_at_least)
MOST_COUNTS = 4
"""Counts per system and track: the page is for people who read one page."""


def plain_section(document: Document, sheets: tuple[Sheet, ...], words: Words) -> Section:
    """What a reader without statistics must know, system by system.

    Args:
        document: the results.
        sheets: both tracks.
        words: the sentences.
    """
    study = document.study
    planned = [row.n for row in document.accountability if row.stage == "planned" and not row.reason]
    lead = [words.say("plain.lead"), words.say("plain.tested", use=study.use)]
    if planned:
        lead.append(words.say("plain.answers", n=numbers.count(max(planned))))
    groups = tuple(
        Sentences(system.name, tuple(each for sheet in sheets for each in _track(sheet, system, words)))
        for system in study.systems
    )
    view = GroupedView(" ".join(lead), groups, words.say("plain.not_field"))
    return Section("plain", words.say("sections.plain"), GROUPED, view)


def _track(sheet: Sheet, system: System, words: Words) -> Iterator[str]:
    """The state of a track, then its broken limits, worst first, as counts."""
    verdict = sheet.verdicts[system.id]
    yield words.say(f"plain.states.{verdict.state}", track=words.say(f"track_titles.{sheet.track}"))
    broken = [
        (row, metric)
        for metric in sheet.scoped
        for rule in metric.gates
        for row in sheet.gates
        if rule.kind in LIMITS
        and (row.system_id, row.gate_id, row.state) == (system.id, f"{metric.id}.{rule.id}", State.not_met)
        and row.n_events is not None
        and row.n_assessed
    ]
    broken.sort(key=lambda pair: -(pair[0].lower or 0.0))
    for row, metric in broken[:MOST_COUNTS]:
        yield _count(words, metric, row)
    if len(broken) > MOST_COUNTS:
        yield words.say("plain.more", n=numbers.count(len(broken) - MOST_COUNTS))


def _count(words: Words, metric: Metric, row: Gate) -> str:
    events = words.say("plain.of", n=numbers.count(row.n_events or 0), total=numbers.count(row.n_assessed or 0))
    if row.observed is None or row.observed == 1:
        return words.say("plain.count_alone", metric=metric.title, events=events)
    return words.say("plain.count", metric=metric.title, events=events, limit=numbers.per_hundred(row.observed))
