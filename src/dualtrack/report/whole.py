"""Whether the parts of a document fit together. May import errors, terms and ``report.document``.

It exists because a view that meets a row about an unknown system can only drop it silently or break; here it is named.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dualtrack.errors import Place, Problem
from dualtrack.records.results import RESULT_TABLES
from dualtrack.report.document import Document
from dualtrack.report.taking import DOCUMENT
from dualtrack.terms import Reason, Track

__all__ = ["loose_ends"]

TABLES = {table.name: table for table in RESULT_TABLES}
ABOUT_ALL = ("check_proof", "preference_estimates", "rater_effects", "robustness", "without_disputed")
"""Tables whose rows may be about all systems together, or have no second system."""
LONGEST_QUOTE = 60
_REASONS = frozenset(Reason)
_FIX = "score the study again"


def loose_ends(document: Document) -> list[Problem]:
    """Everything that does not fit together.

    Args:
        document: a document whose values have the right types.

    Returns:
        REP006 for each: a row about an unknown system, metric or scale, a metric's row on another track, a row twice,
        an unknown reason, a system without a verdict on a track that has a metric in scope.
    """
    return [*_rows(document), *_verdicts(document), *_scales(document)]


def _rows(document: Document) -> Iterator[Problem]:
    systems = {system.id for system in document.study.systems}
    tracks = {metric.id: metric.track for metric in document.metrics} | {track.value: track.value for track in Track}
    for table, rows in _tables(document).items():
        for row in rows:
            single = getattr(row, "comparison_kind", "pair") != "group"  # groups are named by what they share
            sides = ("system_id", "system_a", "system_b") if single else ()
            named = (*(getattr(row, name, None) for name in sides), *_beside(row))
            everyone = {""} if table in ABOUT_ALL else set()
            for system in {name for name in named if name is not None} - systems - everyone:
                yield _problem(table, "a row is about an unknown system", system)
            yield from _misplaced(table, row, tracks)
            for reason in set(_reasons(row)) - _REASONS:
                yield _problem(table, "a row gives an unknown reason", reason)
        keys = Counter(tuple(getattr(row, name) for name in TABLES[table].key) for row in rows)
        for key in (key for key, times in keys.items() if times > 1):
            yield _problem(table, "two rows have the same key", ", ".join(map(str, key)))


def _beside(row: Any) -> Iterator[str]:  # noqa: ANN401 -- any row class
    """Systems that a row lists."""
    for name in ("ahead_of", "behind", "tied_with", "open_with"):
        yield from getattr(row, name, ())


def _misplaced(table: str, row: Any, tracks: dict[str, str]) -> Iterator[Problem]:  # noqa: ANN401 -- any row class
    subject = _subject(row)
    if subject is not None and subject not in tracks:
        yield _problem(table, "a row is about an unknown metric", subject)
    elif subject is not None and getattr(row, "track", tracks[subject]) != tracks[subject]:
        yield _problem(table, "a row stands on another track than its metric", subject)


def _subject(row: Any) -> str | None:  # noqa: ANN401 -- any row class
    if hasattr(row, "gate_id"):
        return str(row.gate_id).partition(".")[0]
    subject = getattr(row, "subject_id", getattr(row, "metric_id", None)) or ""  # "" is about a scale
    return str(subject).partition(".")[0] or None


def _reasons(row: Any) -> tuple[str, ...]:  # noqa: ANN401 -- any row class
    if hasattr(row, "n_lost"):
        return ()  # losses may have reasons of their own, printed as they stand
    single = (getattr(row, "reason", None), getattr(row, "interval_reason", None))
    return (*(reason for reason in single if reason is not None), *getattr(row, "reasons", ()))


def _verdicts(document: Document) -> Iterator[Problem]:
    judged = {(verdict.system_id, verdict.track) for verdict in document.verdicts}
    for track in sorted({metric.track for metric in document.metrics if metric.in_scope}):
        for system in document.study.systems:
            if (system.id, track) not in judged:
                yield _problem("verdicts", f"a system has no verdict on {track}", system.id)


def _scales(document: Document) -> Iterator[Problem]:
    read = {metric.scale for metric in document.metrics if metric.scale is not None}
    for scale in sorted(read - set(document.scales)):
        yield _problem("scales", "a metric reads an unknown scale", scale, path="scales")
    about = {
        "agreement": {row.scale_id for row in document.agreement},
        "rating_pairs": {row.scale_id for row in document.rating_pairs},
        "preference_estimates": {row.scale_id for row in document.preference_estimates},
    }
    for table, named in about.items():
        for scale in sorted(named - set(document.scales)):
            yield _problem(table, "a row is about an unknown scale", scale)
    for row in document.rating_pairs:
        scale_of = document.scales.get(row.scale_id)
        known = {level.id for level in scale_of.levels} if scale_of is not None else set()
        for level in sorted({row.level, row.other_level} - known - {""}) if known else ():
            yield _problem("rating_pairs", "a row is about a level that its scale does not have", level)


def _problem(table: str, what: str, found: str, *, path: str | None = None) -> Problem:
    quoted = ascii(found)
    quoted = quoted if len(quoted) <= LONGEST_QUOTE else f"{quoted[: LONGEST_QUOTE - 1]}…"
    return Problem("REP006", what, Place(DOCUMENT, column=path or f"tables.{table}"), quoted, fix=_FIX)


def _tables(document: Document) -> dict[str, tuple[Any, ...]]:
    return {
        "estimates": document.estimates,
        "gates": document.gates,
        "verdicts": document.verdicts,
        "comparisons": document.comparisons,
        "accountability": document.accountability,
        "check_proof": document.check_proof,
        "agreement": document.agreement,
        "rating_pairs": document.rating_pairs,
        "preference_estimates": document.preference_estimates,
        "rater_effects": document.rater_effects,
        "veto_curves": document.veto_curves,
        "disputed_cases": document.disputed_cases,
        "without_disputed": document.without_disputed,
        "ranks": document.ranks,
        "robustness": document.robustness,
        "failure_modes": document.failure_modes,
    }
