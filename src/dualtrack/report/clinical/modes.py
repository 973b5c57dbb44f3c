"""Ways to fail, gathered from the table failure_modes, and how their rates are written.

May import terms, ``render`` and report.
"""

from dataclasses import dataclass

from dualtrack.render import numbers
from dualtrack.report.clinical.order import HARMS
from dualtrack.report.document import Document
from dualtrack.report.rows import FailureMode
from dualtrack.report.words import Words
from dualtrack.terms import Track

__all__ = ["Mode", "modes_of", "rate_text"]


@dataclass(frozen=True, slots=True)
class Mode:
    """One way to fail of one metric: its rows over all cases by system, and those of subgroups."""

    metric: str
    id: str
    act: str | None
    rows: tuple[FailureMode, ...]
    parts: tuple[FailureMode, ...]

    @property
    def occurs(self) -> bool:
        """Whether any case fails in this way, or is said to."""
        return any(row.n_events or row.n_open for row in self.rows)

    @property
    def worst(self) -> int:
        """Place of the worst harm in the order of reading; behind all steps where none was rated."""
        places = [HARMS.index(row.worst_harm) for row in self.rows if row.worst_harm in HARMS]
        return min(places, default=len(HARMS))


def modes_of(document: Document, track: Track) -> list[Mode]:
    """The ways to fail of one track, the worst harm first, then in the order of the rubric.

    Args:
        document: the results.
        track: the track of their metrics.
    """
    whole: dict[tuple[str, str], list[FailureMode]] = {}
    parts: dict[tuple[str, str], list[FailureMode]] = {}
    for row in document.failure_modes:
        if row.track == track:
            (parts if row.stratum else whole).setdefault((row.metric_id, row.failure_mode), []).append(row)
    place = {metric.id: number for number, metric in enumerate(document.metrics)}
    systems = [system.id for system in document.study.systems]
    found = [
        Mode(
            metric,
            mode,
            next((row.act for row in rows if row.act is not None), None),
            tuple(sorted(rows, key=lambda row: systems.index(row.system_id))),
            tuple(parts.get((metric, mode), ())),
        )
        for (metric, mode), rows in whole.items()
    ]
    return sorted(found, key=lambda mode: (mode.worst, place[mode.metric], mode.id))


def rate_text(words: Words, row: FailureMode) -> tuple[str, str]:
    """A rate and its limits, or why there is none and "".

    Args:
        words: the sentences.
        row: the row.
    """
    if row.value is None:
        reason = words.say(f"reasons.{row.reason}.short") if row.reason else words.say("metrics.unknown_reason")
        return words.say("clinical.modes.no_rate", reason=reason), ""
    decimals = numbers.percent_decimals(row.value, row.n_items)
    text = numbers.percent(row.value, decimals=decimals)
    if row.lower is None or row.upper is None:
        return text, ""
    return text, numbers.percent_span(row.lower, row.upper, decimals=decimals)
