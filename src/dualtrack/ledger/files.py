"""Reading and writing the files of the record: seals, the chain, manifests, confirmations.

One of the places where files are touched. May import errors, records and its own package.
"""

import csv
import hashlib
import io
import json
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from dualtrack.errors import LedgerError, Place, Problem
from dualtrack.ledger.canonical import is_digest
from dualtrack.ledger.chain import HISTORY, chain_text, read_chain
from dualtrack.ledger.confirm import read_confirmations
from dualtrack.ledger.manifest import (
    MANIFEST,
    FileFacts,
    RunInputs,
    make_manifest,
    manifest_text,
    whole_manifest,
    with_pages,
)
from dualtrack.ledger.record import Ledger
from dualtrack.ledger.seal import FREEZE, Opening, Seal, read_seal
from dualtrack.records.json_keys import key_twice
from dualtrack.records.staging import recover, refuse_changed, staged
from dualtrack.rubric.header import Rubric

__all__ = [
    "anchor_of",
    "confirmations_in",
    "facts_of",
    "input_facts",
    "ledger_files",
    "loaded_json",
    "manifest_beside",
    "openings_of",
    "read_ledger",
    "read_manifest",
    "repaged",
    "write_ledger",
    "write_with_ledger",
]

OPENINGS = "OPENED.csv"
SOURCE = "SOURCE.txt"
_MAX_ANCHOR = 100_000


def read_ledger(study: Path) -> Ledger:
    """Seals and records of a study, each seal as the chain remembers it. What a killed run left is cleared up first.

    Args:
        study: the study folder.

    Returns:
        The ledger; empty where the study was never sealed.

    Raises:
        LedgerError: LED006 a seal is not as it was written, LED007 the chain is broken, or seals and chain do not name
            each other.
    """
    recover(study)
    path = study / HISTORY
    records = read_chain(path.read_bytes()) if path.is_file() else ()
    files = [*([study / FREEZE] if (study / FREEZE).exists() else []), *sorted(study.glob("amendment-*.json"))]
    seals = tuple(_seal(file) for file in files)
    named = [str(record.payload.get("seal")) for record in records if record.kind in ("freeze", "amendment")]
    if [seal.sha256 for seal in seals] != named:
        raise LedgerError(_not_each_other(seals, named))
    return Ledger(seals, records)


def _seal(path: Path) -> Seal:
    data = path.read_bytes()
    return read_seal(data, loaded_json(data), path.name)


def _not_each_other(seals: tuple[Seal, ...], named: list[str]) -> Problem:
    known = {seal.sha256 for seal in seals}
    missing = [digest for digest in named if digest not in known]
    extra = [seal.file for seal in seals if seal.sha256 not in named]
    found = f"no file for seal {missing[0]}" if missing else f"{extra[0]} is in no record" if extra else "another order"
    return Problem(
        "LED007",
        "the history and the seals of the study do not name each other",
        Place(HISTORY),
        found=found,
        expected="one record for each seal, and one seal for each record",
        fix="restore the folder from a copy",
    )


def write_ledger(ledger: Ledger, study: Path) -> None:
    """Write the chain, and seals that are not there yet, all or nothing.

    Args:
        ledger: the ledger.
        study: the study folder.

    Raises:
        LedgerError: LED018 somebody else wrote into the history in between.
        OutputError: they cannot be written; the folder is then as before.
    """
    write_with_ledger(ledger, study, {})


def write_with_ledger(
    ledger: Ledger, study: Path, files: Mapping[str, bytes], *, read: Mapping[str, str | None] | None = None
) -> None:
    """Write the chain, seals that are not there yet, and other files of the study, all or nothing.

    Args:
        ledger: the ledger.
        study: the study folder.
        files: name -> bytes.
        read: digests of files of the study as they were read, which must still be so.

    Raises:
        LedgerError: LED018 the history on disk is not the beginning of this one: somebody else wrote in between.
        OutputError: OUT008 the same of another file; or they cannot be written. The folder is then as before.
    """

    def refuse(target: Path) -> None:
        _refuse_another_history(target, ledger)
        refuse_changed(target, read or {})

    with staged(study, refuse=refuse) as beside:
        for name, data in {**ledger_files(ledger), **files}.items():
            if name == HISTORY or name in files or not (study / name).exists():
                (beside / name).write_bytes(data)


def _refuse_another_history(study: Path, ledger: Ledger) -> None:
    path = study / HISTORY
    held = path.read_bytes() if path.is_file() else b""
    if not chain_text(ledger.records).startswith(held):
        raise LedgerError(
            Problem(
                "LED018",
                "somebody else wrote into the history in between",
                Place(HISTORY),
                found="another record",
                expected="the history as it was read",
                fix="run again; nothing was written",
            )
        )


def ledger_files(ledger: Ledger) -> dict[str, bytes]:
    """The files of a ledger by name.

    Args:
        ledger: the ledger.
    """
    return {**{seal.file: seal.text() for seal in ledger.seals}, HISTORY: chain_text(ledger.records)}


def openings_of(key: Path) -> tuple[Opening, ...]:
    """Openings of a panel's key, as written down beside it; none where it was never opened.

    Args:
        key: the folder of the key, or the key itself.
    """
    path = (key if key.is_dir() else key.parent) / OPENINGS
    recover(path.parent)
    if not path.is_file():
        return ()
    rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline=""))
    return tuple(Opening(str(row.get("at")), str(row.get("by"))) for row in rows)


def confirmations_in(path: Path) -> tuple[dict[str, Any], ...]:
    """Confirmations of thresholds from a table: CSV, or one JSON object a line.

    Args:
        path: the file.

    Raises:
        LedgerError: LED004 the file cannot be read, or a row of it is not whole.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        rows: list[Mapping[str, Any]]
        if path.suffix == ".jsonl":
            rows = [dict(json.loads(line)) for line in text.splitlines() if line.strip()]
        else:
            rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    except (OSError, ValueError, TypeError, csv.Error) as error:
        raise LedgerError(
            Problem(
                "LED004",
                "the table of confirmations cannot be read",
                Place(path.name),
                found=type(error).__name__,
                expected="CSV with gate, limit, by, at, why; or the same as .jsonl",
                fix="check the path and the form of the file",
            )
        ) from error
    return read_confirmations(rows, path.name)


def facts_of(folder: Path, names: Iterable[str] | None = None) -> tuple[FileFacts, ...]:
    """Size and digest of files.

    Args:
        folder: where they lie.
        names: which; all files below the folder when None.

    Returns:
        One entry for each file that is there, by name.
    """
    if names is None:
        names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    found = []
    for name in sorted(names):
        path = folder / name
        if path.is_file():
            with path.open("rb") as stream:
                found.append(FileFacts(name, path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()))
    return tuple(found)


def input_facts(study: Path, digests: Mapping[str, str], rubric: Rubric) -> tuple[FileFacts, ...]:
    """The files that a run has read: study.yaml, its tables, what it says of its source, and the rubric.

    Args:
        study: the study folder.
        digests: SHA-256 of each file of the study as it was read.
        rubric: the rubric; its files are named ``rubric/...``.

    Returns:
        One entry for each file; the size of a rubric file is not known here.
    """
    facts = [FileFacts(name, (study / name).stat().st_size, digest) for name, digest in digests.items()]
    facts += facts_of(study, [SOURCE])
    facts += [FileFacts(f"rubric/{name}", None, digest) for name, digest in rubric.files.items()]
    return tuple(facts)


def manifest_beside(staging: Path, document: Mapping[str, Any], run: RunInputs, *, apart: Collection[str] = ()) -> None:
    """Write the manifest of results that lie complete in a folder.

    Args:
        staging: the folder, holding nothing but the results.
        document: the document of the results.
        run: what the manifest needs beside it.
        apart: files in it that are no results: what people state and wish. They count with the pages made of them.
    """
    facts = tuple(each for each in facts_of(staging) if each.file not in apart)
    (staging / MANIFEST).write_bytes(manifest_text(make_manifest(document, run, facts)))


def repaged(run: Path, pages: Mapping[str, bytes]) -> bytes | None:
    """The manifest of a run with new pages in it; None where the run has no manifest.

    Args:
        run: a results folder.
        pages: bytes of each page by name, and of the files of people's statements that they are made of.

    Raises:
        LedgerError: LED010 the manifest is not as it was written.
    """
    if not (run / MANIFEST).is_file():
        return None
    data = (run / MANIFEST).read_bytes()
    manifest = whole_manifest(data, loaded_json(data))
    facts = tuple(FileFacts(name, len(page), hashlib.sha256(page).hexdigest()) for name, page in pages.items())
    return manifest_text(with_pages(manifest, facts))


def read_manifest(run: Path) -> tuple[bytes, Any]:
    """The bytes of a run's manifest, and what they say; None where they are no JSON.

    Args:
        run: a results folder.

    Raises:
        LedgerError: LED011 there is no manifest.
    """
    path = run / MANIFEST
    if not path.is_file():
        raise LedgerError(
            Problem(
                "LED011",
                "the run has no manifest",
                Place(MANIFEST),
                found="no such file" if run.is_dir() else "no such folder",
                expected="a results folder that `dualtrack score` has written",
                fix="score the study again; results of earlier versions have none",
            )
        )
    data = path.read_bytes()
    return data, loaded_json(data)


def loaded_json(data: bytes) -> Any:  # noqa: ANN401 -- any JSON value
    """What bytes say as JSON; None where they are none, or say a key twice."""
    try:
        plain = json.loads(data)
        return None if key_twice(data, plain) else plain
    except (ValueError, RecursionError):
        return None


def anchor_of(given: str) -> str:
    """A digest that was kept outside: as given, or the first one in a file.

    Args:
        given: 64 hexadecimal digits, or the name of a file that holds them (as ``sha256sum`` writes it, or any text).

    Raises:
        LedgerError: LED012 neither.
    """
    if is_digest(given.lower()):
        return given.lower()
    try:
        text = Path(given).read_bytes()[:_MAX_ANCHOR].decode("utf-8", "replace")
    except OSError:
        text = ""
    found = next((word.lower() for word in text.split() if is_digest(word.lower())), None)
    if found is None:
        raise LedgerError(
            Problem(
                "LED012",
                "the anchor holds no digest",
                Place(column="--anchor"),
                expected="64 hexadecimal digits, or a file that holds them",
                fix="give the digest that was printed, or the file in which it was kept",
            )
        )
    return found
