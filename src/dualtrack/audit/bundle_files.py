"""Reading and writing bundles: the archive with fixed times, order and rights, and an archive from elsewhere.

One of the places where files are read and written. May import errors, records, ledger, rubric and its own package.
An archive from elsewhere is hostile until its names have been read: nothing of it is unpacked before that.
"""

import io
import stat
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dualtrack.audit.bundle import INPUTS, RUBRICS
from dualtrack.errors import OutputError, Place, Problem, RecordError
from dualtrack.ledger.chain import HISTORY
from dualtrack.ledger.files import facts_of
from dualtrack.ledger.manifest import FileFacts
from dualtrack.ledger.seal import FREEZE
from dualtrack.records.alone import alone
from dualtrack.rubric.folder import HEADER_FILE

__all__ = ["SUFFIX", "inputs_of", "outputs_of", "read_archive", "write_archive"]

SUFFIX = ".zip"
MOST_BYTES = 4 * 1024**3
"""Most that an archive from elsewhere may hold when unpacked."""
MOST_FILES = 10_000
_TIME = (1980, 1, 1, 0, 0, 0)
_RIGHTS = (stat.S_IFREG | 0o644) << 16
_UNIX = 3
_BARRED = frozenset('<>:"|?*\\')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10))})


def outputs_of(run: Path, facts: Iterable[FileFacts]) -> dict[str, bytes]:
    """Files of a run with their bytes, each as the manifest states it.

    Args:
        run: the results folder.
        facts: which, with their digests.

    Raises:
        RecordError: BUN002 a file is gone or its bytes differ.
    """
    return _read(run, {each.file: each for each in facts}, "the run", "BUN002")


def inputs_of(study: Path, rubrics: Sequence[Path], facts: Sequence[FileFacts]) -> dict[str, bytes]:
    """Files that a run has read, as they stand inside a run that carries them.

    Args:
        study: the study folder, or the copy that a run carries.
        rubrics: folders in which a rubric of each name is looked for, the first one that has the file counts.
        facts: inputs as the manifest states them; those of the rubric are named ``rubric/...``.

    Returns:
        Bytes by name (``inputs/...`` and ``rubric/...``), with the seals and the history of the study.

    Raises:
        RecordError: BUN003 a file is gone or its bytes differ.
    """
    mine = [each for each in facts if not each.file.startswith(f"{RUBRICS}/")]
    found = _read(study, {each.file: each for each in mine}, "the study", "BUN003")
    sealed = [path.name for path in sorted(study.glob("amendment-*.json"))]
    found |= {name: (study / name).read_bytes() for name in (FREEZE, HISTORY, *sealed) if (study / name).is_file()}
    carried = {f"{INPUTS}/{name}": data for name, data in found.items()}
    wanted = {each.file.removeprefix(f"{RUBRICS}/"): each for each in facts if each.file.startswith(f"{RUBRICS}/")}
    for name, each in wanted.items():
        folder = next((root for root in rubrics if (root / name).is_file()), study)
        carried[f"{RUBRICS}/{name}"] = _read(folder, {name: each}, "the rubric", "BUN003")[name]
        # A rubric that is only included from is known by its header; nothing of it is read.
        header = f"{name.partition('/')[0]}/{HEADER_FILE}"
        if (folder / header).is_file():
            carried[f"{RUBRICS}/{header}"] = (folder / header).read_bytes()
    return carried


def _read(folder: Path, wanted: Mapping[str, FileFacts], whose: str, code: str) -> dict[str, bytes]:
    now = {each.file: each.sha256 for each in facts_of(folder, wanted)}
    problems = [
        Problem(
            code,
            f"a file of {whose} is not as it was at the run",
            Place(name),
            found="it is gone" if name not in now else "its bytes differ",
            expected="as in the manifest of the run",
            fix="restore it from a copy, or score the study again; `dualtrack verify` says what differs",
        )
        for name, each in wanted.items()
        if now.get(name) != each.sha256
    ]
    if problems:
        raise RecordError(problems)
    return {name: (folder / name).read_bytes() for name in wanted}


def write_archive(files: Mapping[str, bytes], target: Path) -> None:
    """Write a bundle: the same bytes for the same files. It appears whole or not at all.

    Args:
        files: bytes by name, in order.
        target: the archive; a bundle of that name is replaced.

    Raises:
        OutputError: BUN004 it cannot be written, OUT007 another run is writing it.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system, entry.external_attr, entry.compress_type = _UNIX, _RIGHTS, zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    try:
        with alone(target):
            _replaced(target, stream.getvalue())
    except OSError as error:
        raise OutputError(
            Problem(
                "BUN004",
                "the bundle cannot be written",
                Place(target.name),
                found=error.strerror or type(error).__name__,
                expected="a file name in a folder that can be written to, with room",
                fix="check folder, rights and room, and run again",
            )
        ) from error


def _replaced(target: Path, data: bytes) -> None:
    beside = target.parent / f".{target.name}.staging"
    try:
        beside.write_bytes(data)
        beside.replace(target)
    except OSError:
        with suppress(OSError):  # what the disk keeps, the next bundle of this name takes over
            beside.unlink(missing_ok=True)
        raise


def read_archive(path: Path) -> dict[str, bytes]:
    """The files of an archive from elsewhere; nothing is unpacked.

    Args:
        path: the archive.

    Returns:
        Bytes by name.

    Raises:
        RecordError: BUN005 it is no archive that can be read, BUN006 a name in it could leave the folder, stands for
            something else than a file, or stands there twice, BUN007 it is too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [each for each in archive.infolist() if not each.is_dir()]
            _refuse(archive.infolist())
            return {each.filename: archive.read(each) for each in entries}
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise RecordError(
            Problem(
                "BUN005",
                "the bundle cannot be read",
                Place(path.name),
                found=type(error).__name__,
                expected="a ZIP archive as `dualtrack bundle` writes it",
                fix="fetch it again from where it came",
            )
        ) from error


def _refuse(entries: Iterable[zipfile.ZipInfo]) -> None:
    """Refuse names and sizes that no bundle has."""
    entries = list(entries)
    seen: set[str] = set()
    folders = {
        each.filename.casefold()[:place]
        for each in entries
        for place, letter in enumerate(each.filename)
        if letter == "/" and place < len(each.filename) - 1
    }
    problems, size, n_files = [], 0, 0
    for each in entries:
        why = _why_hostile(each)
        folded = each.filename.casefold()
        if why is None and (folded in seen or folded in folders):
            why = "stands there twice"
        seen.add(folded)
        size, n_files = size + each.file_size, n_files + 1
        if why is not None:
            problems.append(_hostile(each.orig_filename, why))
    if problems:
        raise RecordError(problems)
    if size > MOST_BYTES or n_files > MOST_FILES:
        raise RecordError(
            Problem(
                "BUN007",
                "the bundle is too large",
                found=f"{n_files:,} files, {size:,} bytes unpacked",
                expected=f"at most {MOST_FILES:,} files and {MOST_BYTES:,} bytes",
                fix="unpack it yourself if you trust it, and verify its folder run",
            )
        )


def _why_hostile(entry: zipfile.ZipInfo) -> str | None:
    """Why an entry is refused; None where it is a plain file or folder below the archive's own folder."""
    name, mode = entry.orig_filename, entry.external_attr >> 16
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        return "could leave its folder"
    if any(character in _BARRED or not character.isprintable() for character in name):
        return "holds a character that names of files should not have"
    if any(part.split(".")[0].lower() in _DEVICES or part.endswith((" ", ".")) for part in parts):
        return "is no name of a file everywhere"
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a link or a device"
    return None


def _hostile(name: str, why: str) -> Problem:
    return Problem(
        "BUN006",
        "a name in the bundle is refused",
        Place(),
        found=f"{name!r} {why}",
        expected="plain names of files below the folder of the bundle",
        fix="do not unpack it; ask where it came from",
    )
