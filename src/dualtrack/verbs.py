"""The verbs of dualtrack, from Python: the same that the command line offers.

May import everything below the command line. Files, clock and versions are met here and handed down.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from platformdirs import user_cache_path

from dualtrack._shipped import shipped_root
from dualtrack.checks.fit import fact_reader
from dualtrack.checks.stored import FolderStore
from dualtrack.errors import OutputError, Place, Problem, RubricError, ScoringError
from dualtrack.ledger.files import read_ledger, write_ledger
from dualtrack.ledger.record import run_record
from dualtrack.ledger.seal import Signed
from dualtrack.outcome import Results, Validation
from dualtrack.records import StudyInput, read_study, read_study_file
from dualtrack.records.beside import read_beside
from dualtrack.records.staging import recover, staged
from dualtrack.records.study import RubricChoice, StudyFile
from dualtrack.report import write_pages, write_rubric_pages
from dualtrack.rubric import Rubric, load_rubric
from dualtrack.rubric.amend import amended_files, refuse_name
from dualtrack.rubric.folder import all_rubrics, decisions, every_file, library_folder, locate
from dualtrack.rubric.lint_raters import MOST_QUESTIONS
from dualtrack.scored import scored_with, utc_text
from dualtrack.scoring import bound_checks, make_plan, score_tables
from dualtrack.scoring.controls import without_controls
from dualtrack.scoring.plan import Plan, questions_per_item

__all__ = [
    "copy_rubric",
    "init",
    "read_both",
    "read_rubric_and_plan",
    "report",
    "rubric_pages",
    "score",
    "shipped_example",
    "validate",
]

Progress = Callable[[str], None]
_SKELETON = Path(__file__).parent / "skeleton"


def validate(study: str | Path, *, progress: Progress = lambda _stage: None) -> Validation:
    """Read a study folder and its rubric, and plan the scoring without computing anything.

    Args:
        study: the study folder.
        progress: told the name of each stage.

    Returns:
        What the study holds.

    Raises:
        RecordError: the folder or its tables (REC...), all problems at once.
        RubricError: the rubric (RUB...).
        ScoringError: study and rubric do not fit (SCO...).
        CheckError: a check kind is unknown or wrongly set up (CHK...).
    """
    rubric, given = read_both(Path(study), progress)
    read_beside(Path(study), [system.id for system in given.file.systems])
    plan = make_plan(rubric, *without_controls(given.file, given.tables))
    bound_checks(plan)
    return Validation(
        study_id=given.file.id,
        title=given.file.title,
        rubric=f"{rubric.header.id} {rubric.header.version}",
        rows={name: len(frame) for name, frame in given.tables.items() if len(frame)},
        n_owed=int(plan.planned.sum()),
        remarks=(*(f"{count:,} {what}" for what, count in given.counts.items() if count), *_too_many_questions(plan)),
    )


def score(
    study: str | Path,
    *,
    texts: bool | None = None,
    clock: datetime | None = None,
    looked_at: datetime | None = None,
    by: str | None = None,
    cache: str | Path | bool = False,
    progress: Progress = lambda _stage: None,
) -> Results:
    """Score a study folder.

    Args:
        study: the study folder.
        texts: whether prompts and responses go into the results; by default only where the data class of the study is
            public or synthetic.
        clock: time of the run, with zone; null leaves it out, so that equal inputs give equal bytes.
        looked_at: when the answers of a sealed study are looked at, for its history; by default the clock. A study that
            was never sealed has no history.
        by: who looks, for the history.
        cache: folder in which to keep what the checks said, so that the next run repeats only what has changed; true
            for the user's own cache folder where the data class of the study is public or synthetic. The results are
            the same with any cache and without one.
        progress: told the name of each stage.

    Returns:
        The results; ``save`` writes them. A study that was never sealed beforehand is retrospective, and no track of it
        is met.

    Raises:
        RecordError, RubricError, ScoringError, CheckError: as ``validate``, and a check that is wrongly set up.
        LedgerError: the record of the study is broken, or this is a new look without a time (LED...).
        OutputError: a look cannot be written down (OUT...).

    Example:
        >>> results = score(shipped_example("cqa-eval"))
        >>> sorted(set(results.verdicts["state"]))
        ['not_assessed', 'not_demonstrated']
    """
    folder = Path(study)
    rubric, given = read_both(folder, progress)
    at = looked_at or clock
    record = run_record(
        read_ledger(folder),
        rubric,
        given.file,
        given.tables,
        at=None if at is None else utc_text(at),
        signed=None if at is None or by is None else Signed(utc_text(at), by),
    )
    store = _store(cache, given.file)
    results = scored_with(
        folder,
        rubric,
        given,
        record,
        texts=texts,
        clock=clock,
        score_=partial(score_tables, store=store, progress=progress),
    )
    if record.is_new_look:
        write_ledger(record.ledger, folder)
    return results


def report(results: str | Path, *, split: bool = False) -> tuple[Path, ...]:
    """Write the pages of a results folder into it: index.html and one scorecard per track.

    Args:
        results: a folder that ``score`` has written.
        split: whether style and script stand in files beside each page, for hosts that forbid code inside a page.

    Returns:
        The files written, the index first.

    Raises:
        ReportError: the folder holds no results that can be read (REP...).
        OutputError: the pages cannot be written (OUT...).
    """
    return write_pages(Path(results), split=split)


def init(folder: str | Path) -> tuple[Path, ...]:
    """Write a study skeleton: a commented study.yaml and small synthetic tables that score as they are.

    Args:
        folder: a new or empty folder.

    Returns:
        The files written.

    Raises:
        OutputError: OUT003 a file cannot be written, OUT010 the folder is not empty, or is a file.
    """
    target = Path(folder)
    _refuse_filled(target, "OUT010", "a skeleton needs a new or empty folder")
    with staged(target) as beside:
        names = [Path(shutil.copyfile(each, beside / each.name)).name for each in sorted(_SKELETON.iterdir())]
    return tuple(target / name for name in names)


def copy_rubric(name: str, folder: str | Path) -> tuple[Path, ...]:
    """Copy a rubric into a new folder, under the name of that folder, so that people can amend it.

    Args:
        name: name of a shipped rubric, or a rubric folder.
        folder: a new or empty folder; its name becomes the id of the new rubric.

    Returns:
        The files written.

    Raises:
        RubricError: RUB001 there is no such rubric, RUB003 to RUB005 a file of it cannot be copied.
        OutputError: OUT003 a file cannot be written, OUT011 the folder is not empty, OUT012 its name is no name for a
            rubric.
    """
    target, library = Path(folder).resolve(), library_folder(None)
    files = every_file(locate(name, library))
    refuse_name(target, [path.name for path in all_rubrics(library)])
    _refuse_filled(target, "OUT011", "a copy of a rubric needs a new or empty folder")
    with staged(target) as beside:
        for path, data in amended_files(files, target.name).items():
            (beside / path).parent.mkdir(parents=True, exist_ok=True)
            (beside / path).write_bytes(data)
    return tuple(target / path for path in files)


def rubric_pages(name: str | Path, out: str | Path) -> tuple[Path, ...]:
    """Write the page of a whole rubric, for a committee, and the guide for its raters.

    Args:
        name: name of a shipped rubric, or a rubric folder.
        out: folder for the two pages; what else lies there stays.

    Returns:
        The files written: rubric.html and rater-guide.html.

    Raises:
        RubricError: the rubric (RUB...).
        OutputError: the pages cannot be written (OUT...).
    """
    rubric = load_rubric(name)
    return write_rubric_pages(rubric, decisions(locate(name, library_folder(None))), Path(out))


def shipped_example(name: str) -> Path:
    """Folder of an example study that ships with dualtrack.

    Raises:
        FileNotFoundError: no such example.
    """
    folder = shipped_root("examples") / name
    if not folder.is_dir():
        raise FileNotFoundError(f"no example study is called {name!r}")
    return folder


def run_clock(stated: str | None) -> datetime | None:
    """Time of a run: as stated, else SOURCE_DATE_EPOCH, else none.

    Raises:
        ValueError: what is stated is not an ISO 8601 time with a zone.
    """
    if stated is not None:
        moment = datetime.fromisoformat(stated)
        if moment.tzinfo is None:
            raise ValueError("a time needs its zone, such as 2026-01-31T09:30:00Z")
        return moment
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), tz=UTC) if epoch and epoch.isdigit() else None


def _store(cache: str | Path | bool, study: StudyFile) -> FolderStore | None:  # noqa: FBT001 - one of three answers
    """Where known findings are kept. About patients, nothing is kept in a folder that nobody has named."""
    if not isinstance(cache, bool):
        return FolderStore(Path(cache))
    return FolderStore(user_cache_path("dualtrack", appauthor=False)) if cache and study.about_nobody else None


def _refuse_filled(target: Path, code: str, what: str) -> None:
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        found = "a file" if target.is_file() else "a folder that holds files"
        fix = "name a folder that does not exist yet"
        raise OutputError(Problem(code, what, Place(target.name), found, fix=fix))


def _too_many_questions(plan: Plan) -> Iterator[str]:
    """Say where raters are asked more about one response than they can answer with care."""
    asked = questions_per_item(plan)
    beyond = int((asked > MOST_QUESTIONS).sum())
    if beyond:
        most = int(asked.argmax())
        yield (
            f"{beyond:,} items ask more than {MOST_QUESTIONS} questions of a rater about one response, "
            f"{plan.items[most]} the most ({int(asked[most])}); a profile (scope.profile) leaves metrics out"
        )


def read_both(folder: Path, progress: Progress, *, rubrics: Path | None = None) -> tuple[Rubric, StudyInput]:
    """Read a study folder and the rubric that it names.

    Args:
        folder: the study folder.
        progress: told the name of each stage.
        rubrics: folder of rubrics in which the rubric and what it includes lie, in place of the shipped ones.

    Raises:
        RecordError, RubricError, ScoringError: as ``validate``.
    """
    rubric, _ = read_rubric_and_plan(folder, progress, rubrics=rubrics)
    progress("tables")

    def reading(name: str, done: int, size: int) -> None:
        progress(f"{name}: {done * 100 // max(size, 1)} %")

    return rubric, read_study(folder, scales=rubric.scales, facts=fact_reader(rubric), progress=reading)


def read_rubric_and_plan(folder: Path, progress: Progress, *, rubrics: Path | None = None) -> tuple[Rubric, StudyFile]:
    """Read study.yaml and the rubric that it names, and no table. What a killed run left half done is completed first.

    Args:
        folder: the study folder.
        progress: told the name of each stage.
        rubrics: where a run carries its rubrics; the shipped ones where it is None.

    Raises:
        RecordError, RubricError, ScoringError: as ``validate``.
    """
    progress("study")
    recover(folder)
    file = read_study_file(folder)
    progress("rubric")
    rubric = _rubric(folder, file.rubric, rubrics)
    _check_digest(rubric, file.rubric.sha256)
    return rubric, file


def _rubric(folder: Path, choice: RubricChoice, rubrics: Path | None) -> Rubric:
    """The rubric that a study names; a problem without a place of its own lies where the study names it."""
    named = Place("study.yaml", column="rubric.name" if choice.name is not None else "rubric.path")
    try:
        if rubrics is not None:
            return load_rubric(rubrics / (choice.name or Path(str(choice.path)).name), root=rubrics)
        return load_rubric(choice.name) if choice.name is not None else load_rubric(folder / str(choice.path))
    except RubricError as error:
        raise RubricError(
            replace(problem, place=named) if problem.place == Place() else problem for problem in error.problems
        ) from error


def _check_digest(rubric: Rubric, stated: str | None) -> None:
    if stated is not None and stated != rubric.sha256:
        raise ScoringError(
            Problem(
                "SCO008",
                "the rubric is not the one that the study names",
                Place("study.yaml", column="rubric.sha256"),
                found=rubric.sha256,
                expected=stated,
                fix="restore the rubric, or state the new digest and say why it changed",
            )
        )
