"""The verb that verifies a run: every byte against the manifest, every number scored again, every page drawn again.

May import the verbs and everything below them. Nothing is changed: neither the run nor the study.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dualtrack.errors import DualtrackError, Place, Problem, RecordError, ReportError
from dualtrack.ledger.chain import Record
from dualtrack.ledger.checked import anchored, checked_ledger
from dualtrack.ledger.compare import first_difference
from dualtrack.ledger.files import anchor_of, facts_of, read_manifest
from dualtrack.ledger.manifest import MANIFEST, manifest_faults
from dualtrack.ledger.record import Ledger, run_record
from dualtrack.ledger.tombstones import explained, told_tombstone
from dualtrack.records import StudyInput, read_results, write_results
from dualtrack.records.beside import read_beside
from dualtrack.records.staging import entries_of, recover, refuse_exchanged
from dualtrack.records.write import DOCUMENT
from dualtrack.report.clinical import load_cases
from dualtrack.report.pages import build_pages
from dualtrack.report.source import load_document
from dualtrack.rubric import Rubric
from dualtrack.scored import scored_with, version_of
from dualtrack.verbs import Progress, read_both, run_clock

__all__ = ["Verification", "verify"]

INPUTS, RUBRICS = "inputs", "rubric"
_AGAIN = "restore the file from a copy; if nobody meant to change it, ask who had access"


@dataclass(slots=True)
class Verification:
    """What a verification found.

    Attributes:
        manifest_sha256: digest of the manifest's file: what to compare with a digest that was kept outside.
        checked: what was checked and holds, in words.
        notes: what was left out or explained: tombstones, another environment, files that are not part of the run.
        differences: everything that differs; the first one first.
    """

    manifest_sha256: str
    checked: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    differences: list[Problem] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing differs."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class _Run:
    """A run that is being verified: where its inputs lie, if anywhere, its ledger, and files whose bytes differ.

    ``whole`` says whether the history of its study is whole, ``gone`` names files that were removed on purpose,
    ``left_out`` those that a bundle says it leaves out.
    """

    folder: Path
    manifest: dict[str, Any]
    source: Path | None
    rubrics: Path | None
    ledger: Ledger = field(default_factory=Ledger)
    whole: bool = True
    changed: dict[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()


def verify(
    run: str | Path,
    *,
    study: str | Path | None = None,
    anchor: str | None = None,
    left_out: frozenset[str] = frozenset(),
    progress: Progress = lambda _stage: None,
) -> Verification:
    """Verify a run.

    Args:
        run: the results folder.
        study: the study folder; by default the copy that the run carries in ``inputs/``, if it has one.
        anchor: a digest that was kept outside, or a file that holds one.
        left_out: files that a bundle says it leaves out: where one of them is gone, that is a note and no difference.
        progress: told the name of each stage.

    Returns:
        What holds and what differs.

    Raises:
        OutputError: what a killed run left in the folders cannot be cleared up; OUT008 something differs, and another
            run wrote into the folders meanwhile.
        LedgerError: LED011 the run has no manifest, LED012 the anchor holds no digest.
    """
    folders = [Path(each) for each in (run, study) if each is not None]
    for each in folders:
        recover(each)
    before = {each: entries_of(each) for each in folders}
    found = None
    try:
        found = _verified(Path(run), study=study, anchor=anchor, left_out=left_out, progress=progress)
    finally:
        if found is None or not found.holds:  # nobody is accused for what was read half before and half after
            for each in folders:
                refuse_exchanged(each, before[each])
    return found


def _verified(
    folder: Path,
    *,
    study: str | Path | None,
    anchor: str | None,
    left_out: frozenset[str],
    progress: Progress,
) -> Verification:
    data, plain = read_manifest(folder)
    (own,) = facts_of(folder, [MANIFEST])
    found = Verification(own.sha256)
    found.differences += manifest_faults(data, plain)
    if found.differences:
        return found
    found.checked.append("the manifest states its own digest")
    carried = folder / INPUTS
    source = Path(study) if study is not None else carried if carried.is_dir() else None
    rubrics = folder / RUBRICS if study is None and (folder / RUBRICS).is_dir() else None
    work = _Run(folder, plain, source, rubrics, left_out=left_out)
    if source is not None:
        chain = checked_ledger(source, plain)
        found.differences += chain.problems
        found.checked += chain.checked
        found.notes += chain.notes
        work = replace(work, ledger=chain.ledger, whole=not chain.problems)
    progress("files")
    changed, gone = _files(work, found)
    work = replace(work, changed=changed, gone=gone)
    if left_out & {each["file"] for each in plain["inputs"]}:
        found.notes.append("inputs are left out of the bundle: no number was computed again")
        found.differences += _by_table(work)
    elif source is None:
        found.notes.append("no inputs: no number was computed again (give --study)")
        found.differences += _by_table(work)
    else:
        progress("inputs")
        _inputs_and_numbers(work, source, found, progress)
    progress("pages")
    _pages(work, found)
    if anchor is not None:
        named = anchored(anchor_of(anchor), own.sha256, work.ledger)
        if isinstance(named, Problem):
            found.differences.append(named)
        else:
            found.checked.append(named)
    return found


# ---------------------------------------------------------------- bytes


def _files(run: _Run, found: Verification) -> tuple[dict[str, str], frozenset[str]]:
    """Files that differ from the manifest or that it does not know, with what is wrong; those removed on purpose."""
    stated = {each["file"]: each["sha256"] for each in (*run.manifest["outputs"], *run.manifest["pages"])}
    present = {each.file: each.sha256 for each in facts_of(run.folder)}
    changed: dict[str, str] = {}
    gone: set[str] = set()
    for name, digest in stated.items():
        now = present.get(name)
        if now == digest:
            continue
        if now is None and name in run.left_out:
            found.notes.append(f"{name} is left out of the bundle")
            gone.add(name)
            continue
        removed = explained(run.ledger.records, name, digest, now)
        if removed is not None:
            found.notes += [told_tombstone(record) for record in removed]
            gone.add(name)
            continue
        changed[name] = "it is gone" if now is None else "its bytes differ"
    for name in sorted(present.keys() - stated.keys() - {MANIFEST}):
        top, _, inside = name.partition("/")
        if top in (INPUTS, RUBRICS) and inside:
            continue
        if top == "tables" or name.endswith(".html"):
            changed[name] = "the manifest does not know it"
        else:
            found.notes.append(f"{name} is not part of the run")
    if not changed:
        found.checked.append(f"{len(stated) - len(gone)} files have the bytes that the manifest states")
    return changed, frozenset(gone)


def _by_table(run: _Run) -> Iterator[Problem]:
    """Files that differ; of a CSV file the Parquet file of the same table says which cell."""
    tables = {f"tables/{name}.csv" for name in _whole_tables(run)}
    if not tables & run.changed.keys() or DOCUMENT in run.changed:
        yield from (_file_problem(name, what) for name, what in run.changed.items())
        return
    document, frames = read_results(run.folder)
    with TemporaryDirectory() as beside:
        again = Path(beside) / "again"
        write_results({name: frames[name] for name in _whole_tables(run)}, document, again)
        for name, what in run.changed.items():
            if name in tables:
                yield from _compared(run.folder / name, again / name, name, what, exact=True)
            else:
                yield _file_problem(name, what)


def _whole_tables(run: _Run) -> set[str]:
    """Tables whose Parquet file has the bytes that the manifest states."""
    stated = {each["file"] for each in run.manifest["outputs"]}
    files = (name for name in stated - run.changed.keys() - run.gone if name.endswith(".parquet"))
    return {name.removeprefix("tables/").removesuffix(".parquet") for name in files}


def _file_problem(name: str, what: str) -> Problem:
    return Problem(
        "LED020", "a file of the run is not as it was written", Place(name), what, "as in the manifest", _AGAIN
    )


# ---------------------------------------------------------------- inputs


def _inputs_and_numbers(run: _Run, source: Path, found: Verification, progress: Progress) -> None:
    n_before = len(found.differences)
    found.differences += _study_files(run, source, found)
    read = _read(run, source, found, progress)
    if read is not None:
        found.differences += _other_inputs(run, *read)
    removed = [each["file"] for each in run.manifest["inputs"] if each["file"] in _tombstoned(run, source)]
    if len(found.differences) > n_before or read is None:
        found.differences += _by_table(run)
    elif removed or not run.whole:
        why = "what they rest on was removed" if removed else "the history is broken"
        found.notes.append(f"numbers were not computed again: {why}")
        found.differences += _by_table(run)
    else:
        found.checked.append(f"{len(run.manifest['inputs'])} inputs have the bytes that the manifest states")
        _numbers(run, source, read, found)


def _study_files(run: _Run, source: Path, found: Verification) -> Iterator[Problem]:
    """Files of the study that differ from the manifest and are explained by no tombstone."""
    tombstoned = _tombstoned(run, source)
    for name, now in _differing_inputs(run, source).items():
        if name in tombstoned:
            found.notes += [told_tombstone(record) for record in tombstoned[name]]
        else:
            yield _input(name, "it is gone" if now is None else "its bytes differ")


def _tombstoned(run: _Run, source: Path) -> dict[str, tuple[Record, ...]]:
    """Input files that differ and whose tombstones explain it."""
    stated = {each["file"]: each["sha256"] for each in run.manifest["inputs"]}
    found = {
        name: explained(run.ledger.records, name, stated[name], now)
        for name, now in _differing_inputs(run, source).items()
    }
    return {name: records for name, records in found.items() if records is not None}


def _differing_inputs(run: _Run, source: Path) -> dict[str, str | None]:
    """Files of the study whose digest is another, with it; None for those that are gone."""
    stated = {each["file"]: each["sha256"] for each in run.manifest["inputs"]}
    mine = [name for name in stated if not name.startswith(f"{RUBRICS}/")]
    present = {each.file: each.sha256 for each in facts_of(source, mine)}
    return {name: present.get(name) for name in mine if present.get(name) != stated[name]}


def _read(run: _Run, source: Path, found: Verification, progress: Progress) -> tuple[Rubric, StudyInput] | None:
    try:
        return read_both(source, progress, rubrics=run.rubrics)
    except DualtrackError as error:
        found.differences += error.problems
        return None


def _other_inputs(run: _Run, rubric: Rubric, given: StudyInput) -> Iterator[Problem]:
    """Files of the rubric that differ, and files that are read now and were not there at the run."""
    stated = {each["file"]: each["sha256"] for each in run.manifest["inputs"]}
    now = {f"{RUBRICS}/{name}": digest for name, digest in rubric.files.items()}
    for name, digest in stated.items():
        if name.startswith(f"{RUBRICS}/") and now.get(name) != digest:
            yield _input(name, "it is gone" if name not in now else "its bytes differ")
    for name in sorted((now.keys() | given.digests.keys()) - stated.keys()):
        yield _input(name, "the manifest does not know it")


def _input(name: str, what: str) -> Problem:
    return Problem("LED021", "an input is not as it was at the run", Place(name), what, "as in the manifest", _AGAIN)


# ---------------------------------------------------------------- numbers


def _numbers(run: _Run, source: Path, read: tuple[Rubric, StudyInput], found: Verification) -> None:
    """Score again as it was scored, and compare every output."""
    rubric, given = read
    stated = run.manifest
    n = 0 if stated["history"] is None else stated["history"]["n"]
    record = run_record(run.ledger.first(n), rubric, given.file, given.tables)
    clock = None if stated["clock"] is None else run_clock(stated["clock"])
    results = scored_with(source, rubric, given, record, texts=stated["settings"]["texts"], clock=clock)
    exact = results.document["run"]["versions"] == stated["versions"] and results.document["engine"] == stated["engine"]
    if not exact:
        found.notes.append("made with other versions: numbers are compared to 1e-9, not byte by byte")
    n_before = len(found.differences)
    with TemporaryDirectory() as beside:
        again = results.save(Path(beside) / "again")
        names = {each["file"] for each in stated["outputs"]} | {each.file for each in facts_of(again)} - {MANIFEST}
        for name in sorted((names | run.changed.keys()) - run.gone, key=_reading_order):
            found.differences += _compared(run.folder / name, again / name, name, run.changed.get(name), exact=exact)
    if len(found.differences) == n_before:
        found.checked.append("every table was computed again from the inputs and is the same")


def _reading_order(name: str) -> tuple[bool, bool, str]:
    """Tables before the document that repeats them, and those that a person can read first."""
    return name.endswith(".html"), not name.endswith(".csv"), name


def _compared(now: Path, was: Path, name: str, what: str | None, *, exact: bool) -> Iterator[Problem]:
    if name.endswith(".html") or not (now.is_file() and was.is_file()):
        if what is not None or now.is_file() is not was.is_file():
            yield _file_problem(name, what or ("it is gone" if was.is_file() else "scoring makes no such file"))
        return
    before, after = was.read_bytes(), now.read_bytes()
    difference = first_difference(name, before, after, exact=exact)
    if difference is not None:
        yield Problem(
            "LED022",
            "a number or word of the results is not what the inputs give",
            Place(name, column=difference.where),
            found=difference.now,
            expected=difference.was,
            fix=_AGAIN,
        )
    elif what is not None or (exact and before != after):
        yield _file_problem(name, what or "its bytes differ")


# ---------------------------------------------------------------- pages


def _pages(run: _Run, found: Verification) -> None:
    """Draw the pages again from the document, and compare their bytes."""
    stated = [each["file"] for each in run.manifest["pages"]]
    if not stated:
        found.notes.append("the run has no pages yet (dualtrack report makes them)")
        return
    try:
        document = load_document(run.folder)
        beside = read_beside(run.folder, [system.id for system in document.study.systems])
        cases = load_cases(run.folder, redact=beside.settings.redact)
        split = any(name.endswith(".css") for name in stated)
        pages = build_pages(document, beside, cases=cases, split=split)
    except (ReportError, RecordError) as error:
        found.differences += error.problems
        return
    left_out = run.changed.keys() | run.gone | beside.files.keys()
    differing = [name for name in sorted({*stated, *pages} - left_out) if not _same_page(run, pages, name)]
    from_here = _same_engine(run)
    if not differing:
        found.checked.append(f"{len(pages.keys() - left_out)} pages were drawn again from the results and are the same")
    elif not from_here:
        found.notes.append("made with another version: its pages were compared with the manifest alone")
    else:
        found.differences += [
            Problem(
                "LED023",
                "a page does not say what the results say",
                Place(name),
                "other bytes",
                "the page as drawn",
                _AGAIN,
            )
            for name in differing
        ]


def _same_page(run: _Run, pages: dict[str, str], name: str) -> bool:
    path = run.folder / name
    return name in pages and path.is_file() and path.read_bytes() == pages[name].encode("utf-8")


def _same_engine(run: _Run) -> bool:
    return bool(run.manifest["engine"]["version"] == version_of("dualtrack"))
