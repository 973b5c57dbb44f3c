"""The verb that compares two runs: a new version of a system against its predecessor on the same cases.

May import the verbs and everything below them. The clock is an argument; only the command line reads it. Where a study
is named, the look is written into its history before anything is printed.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pandas as pd

from dualtrack.errors import CompareError, Place, Problem, RecordError
from dualtrack.ledger.files import facts_of, read_ledger, write_ledger
from dualtrack.ledger.manifest import MANIFEST
from dualtrack.ledger.retest import Look, RunLook, look_at, unrecorded_look
from dualtrack.ledger.seal import Signed
from dualtrack.records import read_results, read_study_file
from dualtrack.records.plain import plain
from dualtrack.records.problems import shown
from dualtrack.records.result_versions import VERSION_TABLES
from dualtrack.records.study_yaml import read_schema_file
from dualtrack.report.source import load_document
from dualtrack.report.versions import VERSIONS_PAGE, version_lines, versions_page
from dualtrack.report.write import write_files
from dualtrack.scored import utc_text, version_of
from dualtrack.scoring.versions.criteria import CriteriaFile, Criterion, refuse_unknown
from dualtrack.scoring.versions.run import Run, evidence_of, run_of
from dualtrack.scoring.versions.same import Shared, shared_of
from dualtrack.scoring.versions.tables import Pairing, version_tables
from dualtrack.terms import State

__all__ = ["COMPARE_FILE", "Comparison", "compare"]

COMPARE_FILE = "compare.json"
SCHEMA = "dualtrack.compare/1"


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Comparison:
    """A new version against its predecessor: what got worse first, the criteria of the re-test, and which look it was.

    Attributes:
        document: everything as plain data, as compare.json holds it.
        tables: its tables as data frames, by name.
    """

    document: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]

    @property
    def verdicts(self) -> pd.DataFrame:
        """One row per system and track: state of the re-test, reasons, counts."""
        return self.tables["version_verdicts"]

    @property
    def settled(self) -> bool:
        """Whether every criterion of the re-test is met."""
        return bool((self.tables["version_criteria"]["state"] == State.met.value).all())

    def lines(self) -> Iterator[str]:
        """The comparison as lines of text."""
        return version_lines(self.document)

    def save(self, folder: str | Path) -> tuple[Path, ...]:
        """Write compare.json and compare.html into a folder; what else lies there stays.

        Args:
            folder: where they go.

        Returns:
            The files written.

        Raises:
            OutputError: OUT001, OUT003 they cannot be written. What was there before is then unchanged.
        """
        text = orjson.dumps(self.document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode() + "\n"
        return write_files({COMPARE_FILE: text, VERSIONS_PAGE: versions_page(self.document)}, Path(folder))

    def __repr__(self) -> str:
        """The lines of text."""
        return "\n".join(self.lines())


def compare(
    run_a: str | Path,
    run_b: str | Path,
    *,
    systems: Mapping[str, str] | None = None,
    criteria: str | Path | None = None,
    study: str | Path | None = None,
    clock: datetime | None = None,
    by: str | None = None,
) -> Comparison:
    """Compare a new version of a system with its predecessor on the same cases.

    Args:
        run_a: results folder of the earlier version.
        run_b: results folder of the new version, of the same items.
        systems: id of the earlier system -> id of the new one; by default systems of the same id.
        criteria: file of declared criteria (YAML).
        study: study folder whose history counts this look; it must have been sealed.
        clock: when, with zone; needed with ``study``.
        by: who looks, for the history.

    Returns:
        The comparison; ``save`` writes it.

    Raises:
        CompareError: CMP001 both runs are about the same answers; CMP002 two studies; CMP003 no shared item; CMP004 an
            unknown system; CMP005 no shared metric; CMP006, CMP007 the file of criteria; CMP008 a run lacks tables;
            CMP009 the study named is another one, or no time was given.
        ReportError, OutputError: a folder holds no results that can be read.
        LedgerError: the study was never sealed, or its record is broken.
        OutputError: a look cannot be written down.
    """
    old, new = _run(Path(run_a)), _run(Path(run_b))
    shared = shared_of(old, new, systems or {})
    asked, digest = ((), None) if criteria is None else _criteria(Path(criteria), new)
    looks = [RunLook(run.look, run.document["run"].get("history")) for run in (old, new)]
    look = unrecorded_look(*looks)
    if study is not None:
        look = _counted(Path(study), (old, new), looks, clock=clock, by=by)
    tables = version_tables(Pairing(old, new, shared, asked, seen=look.number > 1))
    runs = {side: _run_facts(Path(folder), run) for side, folder, run in (("old", run_a, old), ("new", run_b, new))}
    document = _document(old, new, shared, look) | {"runs": runs, "criteria_sha256": digest, "tables": _plain(tables)}
    return Comparison(document, tables)


def _run(folder: Path) -> Run:
    load_document(folder)  # the same checks as before pages are drawn: every name and type that is used below
    return run_of(folder.name, *read_results(folder))


def _criteria(path: Path, new: Run) -> tuple[tuple[Criterion, ...], str]:
    if not path.is_file():
        raise CompareError(
            Problem(
                "CMP006",
                "the criteria cannot be read",
                Place(path.name),
                found="no such file",
                expected="a file of criteria",
                fix="docs/comparing-versions.md shows one",
            )
        )
    try:
        file, text = read_schema_file(path, CriteriaFile)
    except RecordError as error:
        raise CompareError([replace(problem, code="CMP006") for problem in error.problems]) from error
    refuse_unknown(file, new, text, path.name)
    (facts,) = facts_of(path.parent, [path.name])
    return file.criteria, facts.sha256


def _counted(
    folder: Path, runs: tuple[Run, Run], looks: list[RunLook], *, clock: datetime | None, by: str | None
) -> Look:
    """The look in the history of a study, written down where it is new."""
    file = read_study_file(folder)
    if file.id not in {run.study_id for run in runs}:
        found, expected = shown(file.id), shown(runs[1].study_id)
        raise CompareError(_not_this_study("the study is not that of the runs", found, expected))
    if clock is None:
        raise CompareError(_not_this_study("a look is written down with its time", "no time", "clock"))
    at = utc_text(clock)
    signed = None if by is None else Signed(at, by)
    look = look_at(read_ledger(folder), *looks, evidence=evidence_of(runs[1]), at=at, signed=signed)
    if look.is_new:
        write_ledger(look.ledger, folder)
    return look


def _not_this_study(what: str, found: str, expected: str) -> Problem:
    fix = "name the folder of the study whose items both versions answered, and say when"
    return Problem("CMP009", what, Place(column="--study"), found=found, expected=expected, fix=fix)


def _run_facts(folder: Path, run: Run) -> dict[str, Any]:
    (manifest,) = facts_of(folder, [MANIFEST]) or (None,)
    rubric = run.document["rubric"]
    return {
        "study_id": run.study_id,
        "rubric": f"{rubric['id']} {rubric['version']}",
        "rubric_sha256": rubric["sha256"],
        "engine_version": run.document["engine"]["version"],
        "retrospective": run.document["run"]["retrospective"],
        "clock": run.document["run"]["clock"],
        "look": run.look,
        "evidence_sha256": evidence_of(run),
        "manifest_sha256": None if manifest is None else manifest.sha256,
    }


def _document(old: Run, new: Run, shared: Shared, look: Look) -> dict[str, Any]:
    study = new.document["study"]
    weights = [each for each in shared.metrics if old.metrics[each].weight.value != new.metrics[each].weight.value]
    return {
        "schema": SCHEMA,
        "engine": {"name": "dualtrack", "version": version_of("dualtrack")},
        "study": {name: study[name] for name in ("id", "title", "data_kind")},
        "systems": [
            {
                "old": before,
                "new": after,
                **{f"old_{name}": old.systems[before].get(name) for name in ("name", "version")},
                **{f"new_{name}": new.systems[after].get(name) for name in ("name", "version")},
            }
            for before, after in shared.pairs
        ],
        "metrics": [
            {"id": name, "track": metric.track.value, "code": metric.code, "title": metric.title}
            for name, metric in {**old.metrics, **new.metrics}.items()
        ],
        "items": {"n_shared": shared.n_items, "proof": shared.proof},
        "weights_changed": sorted(weights),
        "look": {"number": look.number, "exact": look.exact, "written": look.is_new},
    }


def _plain(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for table in VERSION_TABLES:
        frame = tables[table.name].astype("object")
        rows = frame.where(frame.notna(), None).to_dict("records")
        found[table.name] = [plain(row, table.name) for row in rows]
    return found
