"""A study that has been read, scored: tables, document, and what its manifest says.

May import everything below the verbs. Scoring for the first time and scoring again to verify go through here, so that
both give the same bytes.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version

from dualtrack.ledger.files import input_facts
from dualtrack.ledger.manifest import RunInputs
from dualtrack.ledger.record import RunRecord
from dualtrack.outcome import Results
from dualtrack.records import StudyInput
from dualtrack.records.beside import read_beside
from dualtrack.rubric import Rubric
from dualtrack.rubric.effects import results_digest
from dualtrack.scoring import score_tables
from dualtrack.scoring.controls import without_controls
from dualtrack.scoring.document import RunFacts, make_document
from dualtrack.scoring.engine import Scored
from dualtrack.scoring.text_tables import text_tables

__all__ = ["scored_with", "utc_text", "version_of"]

_COUNTED = ("numpy", "scipy", "pandas", "pyarrow", "pydantic", "statsmodels")


def scored_with(
    folder: Path,
    rubric: Rubric,
    given: StudyInput,
    record: RunRecord,
    *,
    texts: bool | None,
    clock: datetime | None,
    score_: Callable[..., Scored] = score_tables,
) -> Results:
    """Score a study that has been read, with what its record says; nothing is written down.

    Args:
        folder: the study folder.
        rubric: its rubric.
        given: the study as read.
        record: the record of the run.
        texts: as ``score``.
        clock: as ``score``.
        score_: scores the tables; with a store and a progress of its own.
    """
    scored = score_(rubric, given.file, given.tables, pre_specified=record.pre_specified, changed=record.changed)
    tables = dict(scored.tables)
    _, measured = without_controls(given.file, given.tables)
    wanted = given.file.about_nobody if texts is None else texts
    if wanted:
        tables |= text_tables(measured)
    facts = RunFacts(
        engine_version=version_of("dualtrack"),
        versions={"python": python_version(), **{name: version_of(name) for name in _COUNTED}},
        clock=None if clock is None else utc_text(clock),
        inputs={**given.digests, **{f"rubric/{name}": digest for name, digest in rubric.files.items()}},
        credits=_credits(folder),
        record=record.document,
    )
    run = RunInputs(
        inputs=input_facts(folder, given.digests, rubric),
        seals=tuple(seal.sha256 for seal in record.ledger.seals),
        results_sha256=results_digest(rubric),
        texts=wanted,
    )
    stated = read_beside(folder, [system.id for system in given.file.systems]).files
    return Results(make_document(rubric, scored.plan, measured, facts), tables, scored.broken, stated, run)


def utc_text(moment: datetime) -> str:
    """A moment as it stands in files: ISO 8601 in UTC, to the second."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _credits(folder: Path) -> str | None:
    source = folder / "SOURCE.txt"
    return source.read_text(encoding="utf-8") if source.is_file() else None


def version_of(name: str) -> str:
    """Installed version of a package; ``unknown`` where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
