"""The verbs that make a bundle of a run, and verify one.

May import the verbs and everything below them.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dualtrack.audit.bundle import INPUTS, LEFT_OUT, RUBRICS, RUN, SUMS, TEXTS, Contents, members, stays_out
from dualtrack.audit.bundle_files import inputs_of, outputs_of, read_archive, write_archive
from dualtrack.errors import Place, Problem, RecordError
from dualtrack.ledger.canonical import is_digest
from dualtrack.ledger.files import facts_of, loaded_json, read_manifest
from dualtrack.ledger.manifest import MANIFEST, FileFacts, manifest_faults, whole_manifest
from dualtrack.records import read_study_file
from dualtrack.records.beside import read_beside
from dualtrack.records.write import DOCUMENT
from dualtrack.report.clinical.source import load_cases
from dualtrack.report.pages import build_pages
from dualtrack.report.source import load_document
from dualtrack.rubric.folder import library_folder, locate
from dualtrack.scored import version_of
from dualtrack.verbs import Progress
from dualtrack.verify_verb import Verification, verify

__all__ = ["Bundled", "bundle", "verify_bundle"]

_ABOUT_NOBODY = ("public", "synthetic")


@dataclass(frozen=True, slots=True)
class Bundled:
    """A bundle that was written.

    Attributes:
        file: the archive.
        sha256: digest of the archive.
        n_files: files in it.
        left_out: files of the run that stayed out.
    """

    file: Path
    sha256: str
    n_files: int
    left_out: tuple[FileFacts, ...]


def bundle(run: str | Path, out: str | Path, *, study: str | Path | None = None, texts: bool | None = None) -> Bundled:
    """Put a run and its inputs into one archive that can be checked without dualtrack.

    Args:
        run: a results folder that ``score`` has written.
        out: the archive.
        study: the study folder; by default the copy that the run carries in ``inputs/``, if it has one.
        texts: whether texts and the tables of the study go in; by default only where the data class of the study is
            public or synthetic. What stays out is named with its digest.

    Returns:
        What was written.

    Raises:
        LedgerError: LED010, LED011 the run has no manifest, or it is not as written.
        RecordError: BUN001 the study is not named, BUN002 a file of the run, BUN003 an input is not as at the run.
        OutputError: BUN004 the archive cannot be written.
    """
    folder, target = Path(run), Path(out)
    manifest = whole_manifest(*read_manifest(folder))
    contents = _contents(folder, manifest, study=study, texts=texts)
    files = members(contents)
    write_archive(files, target)
    (made,) = facts_of(target.parent, [target.name])
    return Bundled(target, made.sha256, len(files), contents.left_out)


def _contents(folder: Path, manifest: Mapping[str, Any], *, study: str | Path | None, texts: bool | None) -> Contents:
    outputs = _facts(manifest, "outputs", "pages")
    document = loaded_json(outputs_of(folder, [each for each in outputs if each.file == DOCUMENT])[DOCUMENT])
    whole = document["study"]["data_class"] in _ABOUT_NOBODY if texts is None else texts
    carried = folder / INPUTS
    source = Path(study) if study is not None else carried if carried.is_dir() else None
    if source is None and whole:
        raise RecordError(_study_not_named())
    inputs = _facts(manifest, "inputs")
    pages = {} if whole else _pages_without_texts(folder)
    kept_out = [] if whole else [each for each in outputs if stays_out(each.file) or _holds_texts(each, pages)]
    kept_out += [] if whole else [each for each in inputs if source is None or stays_out(each.file)]
    out = {each.file for each in kept_out}
    files = outputs_of(folder, [each for each in outputs if each.file not in out])
    files[MANIFEST] = read_manifest(folder)[0]
    if source is not None:
        rubrics = [folder / RUBRICS] if study is None else _rubric_folders(source)
        files |= inputs_of(source, rubrics, [each for each in inputs if each.file not in out])
    return Contents(files, tuple(kept_out), pages if out & pages.keys() else {})


def _pages_without_texts(folder: Path) -> dict[str, bytes]:
    """All pages of a run, drawn without texts of patients, systems and raters."""
    document = load_document(folder)
    beside = read_beside(folder, [system.id for system in document.study.systems])
    pages = build_pages(document, beside, cases=load_cases(folder, redact=True))
    return {name: page.encode("utf-8") for name, page in pages.items()}


def _holds_texts(page: FileFacts, without: Mapping[str, bytes]) -> bool:
    """Whether a page is another one when it is drawn without texts."""
    return page.file in without and hashlib.sha256(without[page.file]).hexdigest() != page.sha256


def _facts(manifest: Mapping[str, Any], *lists: str) -> list[FileFacts]:
    return [FileFacts(**each) for name in lists for each in manifest[name]]


def _rubric_folders(study: Path) -> list[Path]:
    """Folders in which the rubric of a study and those that it includes lie."""
    library, choice = library_folder(None), read_study_file(study).rubric
    if choice.path is None:
        return [library]
    return [locate(study / str(choice.path), library).parent, library]


def _study_not_named() -> Problem:
    return Problem(
        "BUN001",
        "the run does not carry its inputs, and no study is named",
        Place(column="--study"),
        expected="the study folder, so that its inputs go into the bundle",
        fix="name it with --study, or leave the inputs out with --redact",
    )


# ---------------------------------------------------------------- verify


def verify_bundle(
    path: str | Path, *, anchor: str | None = None, progress: Progress = lambda _stage: None
) -> Verification:
    """Verify a bundle: checksums, what stands beside the run, then the run itself.

    Args:
        path: the archive.
        anchor: a digest that was kept outside, or a file that holds one.
        progress: told the name of each stage.

    Returns:
        What holds and what differs; of a file that was left out it says so.

    Raises:
        RecordError: BUN005 to BUN007 the archive cannot be read, or holds what no bundle holds.
        LedgerError: LED011 there is no run in it, LED012 the anchor holds no digest.
    """
    progress("checksums")
    files = read_archive(Path(path))
    run = {name.removeprefix(f"{RUN}/"): data for name, data in files.items() if name.startswith(f"{RUN}/")}
    with TemporaryDirectory() as beside:
        for name, data in run.items():
            place = Path(beside) / RUN / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        folder = Path(beside) / RUN
        data, manifest = read_manifest(folder)
        if any(manifest_faults(data, manifest)):
            manifest = None
        differences = list(_sums(files))
        left_out = _left_out(files)
        found = verify(folder, anchor=anchor, left_out=frozenset(left_out), progress=progress)
        before = [*differences]
        if manifest is not None:
            before += [*_strangers(left_out, manifest), *_inputs(run, manifest, left_out)]
        if manifest is not None and found.holds and not before:
            named = _named(left_out, manifest)
            pages = _pages_without_texts(folder) if any(name.endswith(".html") for name in left_out) else {}
            before += _beside(files, Contents(run, named, pages), manifest, found)
    if not before:
        found.checked.insert(0, f"{len(files) - 1} files have the bytes that {SUMS} states")
    found.differences[:0] = before
    return found


def _sums(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Files that differ from the list of checksums, or that it does not know."""
    stated = {}
    for line in files.get(SUMS, b"").decode("utf-8", "replace").splitlines():
        digest, _, name = line.partition("  ")
        stated[name] = digest
    for name in sorted(stated.keys() | files.keys() - {SUMS}):
        if name not in files:
            yield _differs(name, "it is gone")
        elif name not in stated or not is_digest(stated[name]):
            yield _differs(name, f"{SUMS} does not know it")
        elif hashlib.sha256(files[name]).hexdigest() != stated[name]:
            yield _differs(name, "its bytes differ")


def _differs(name: str, found: str) -> Problem:
    return Problem(
        "BUN008",
        "a file of the bundle is not as it was written",
        Place(name),
        found=found,
        expected=f"as in {SUMS}",
        fix="fetch the bundle again; if nobody meant to change it, ask who had access",
    )


def _left_out(files: Mapping[str, bytes]) -> tuple[str, ...]:
    """Names of files of the run that the bundle says it leaves out."""
    text = files.get(LEFT_OUT, b"").decode("utf-8", "replace")
    try:
        return tuple(str(row.get("file")) for row in csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error:
        return (LEFT_OUT,)  # a list that cannot be read names something that no bundle leaves out


def _named(left_out: tuple[str, ...], manifest: Mapping[str, Any]) -> tuple[FileFacts, ...]:
    facts = {each.file: each for each in _facts(manifest, "outputs", "pages", "inputs")}
    return tuple(facts[name] for name in left_out)


def _strangers(left_out: tuple[str, ...], manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Files that no bundle leaves out: the results, but for their texts."""
    allowed = {each.file for each in _facts(manifest, "inputs")}
    allowed |= {each.file for each in _facts(manifest, "outputs") if each.file in TEXTS}
    allowed |= {each.file for each in _facts(manifest, "pages") if each.file.endswith(".html")}
    for name in left_out:
        if name not in allowed:
            yield _differs(name, f"{LEFT_OUT} names it, and no bundle leaves it out")


def _inputs(run: Mapping[str, bytes], manifest: Mapping[str, Any], left_out: tuple[str, ...]) -> Iterator[Problem]:
    """Inputs that are neither there as at the run nor named as left out."""
    for each in _facts(manifest, "inputs"):
        inside = each.file if each.file.startswith(f"{RUBRICS}/") else f"{INPUTS}/{each.file}"
        if each.file in left_out:
            continue
        if inside not in run or hashlib.sha256(run[inside]).hexdigest() != each.sha256:
            yield _differs(f"{RUN}/{inside}", "it is gone" if inside not in run else "its bytes differ")


def _beside(
    files: Mapping[str, bytes], contents: Contents, manifest: Mapping[str, Any], found: Verification
) -> Iterator[Problem]:
    """Whatever stands beside the run, made again from it."""
    if manifest["engine"]["version"] != version_of("dualtrack"):
        found.notes.append(
            "made with another version: what stands beside the run was compared with its checksums alone"
        )
        return
    try:
        made = members(contents)
    except (KeyError, IndexError, TypeError, ValueError, csv.Error):  # a run that lacks what every run has
        made = {}
    for name in sorted(made.keys() | files.keys()):
        if made.get(name) != files.get(name):
            yield Problem(
                "BUN009",
                "a file beside the run does not say what the run says",
                Place(name),
                found="it is gone" if name not in files else "other bytes",
                expected="as made from the run",
                fix="make the bundle again from the run; ask who had access",
            )
    if made == dict(files):
        found.checked.append("what stands beside the run was made again from it and is the same")
