"""The record of a study as a run remembers it: whether the chain is whole, and whether an outside digest belongs to it.

One of the places where files are read. May import errors and its own package.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dualtrack.errors import LedgerError, Place, Problem
from dualtrack.ledger.chain import HISTORY, chain_faults
from dualtrack.ledger.files import read_ledger
from dualtrack.ledger.record import Ledger

__all__ = ["Checked", "anchored", "checked_ledger"]


@dataclass(frozen=True, slots=True)
class Checked:
    """The ledger of a study, empty where it is broken; what is wrong with it, what holds, and what is to be said."""

    ledger: Ledger
    problems: tuple[Problem, ...] = ()
    checked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def checked_ledger(study: Path, manifest: Mapping[str, Any]) -> Checked:
    """The ledger of a study, checked in itself and against the manifest of a run.

    Args:
        study: the study folder.
        manifest: of a run of it; it remembers how many records there were, and the digest of the last one.

    Returns:
        The ledger, or what is wrong: LED006 a seal, LED007 the chain.
    """
    path = study / HISTORY
    if not path.is_file():
        if manifest["history"] is None:
            return Checked(Ledger(), notes=("the study was never sealed: it has no history",))
        return Checked(Ledger(), (_cut(0, manifest["history"]["n"]),))
    faults = tuple(chain_faults(path.read_bytes()))
    if faults:
        return Checked(Ledger(), faults)
    try:
        return _remembered(read_ledger(study), manifest)
    except LedgerError as error:
        return Checked(Ledger(), error.problems)


def _remembered(ledger: Ledger, manifest: Mapping[str, Any]) -> Checked:
    """The ledger against what the manifest remembers of it."""
    stated = manifest["history"]
    n = 0 if stated is None else stated["n"]
    if n > len(ledger.records):
        return Checked(Ledger(), (_cut(len(ledger.records), n),))
    last = ledger.records[n - 1].sha256 if n else None
    seals = [seal.sha256 for seal in ledger.first(n).seals]
    if (n and last != stated["last"]) or seals != manifest["seals"]:
        return Checked(ledger, (_another(n),))
    return Checked(ledger, checked=(f"the history is whole: {len(ledger.records)} records, {n} of them at the run",))


def anchored(digest: str, manifest_sha256: str, ledger: Ledger) -> str | Problem:
    """What a digest that was kept outside is the digest of.

    Args:
        digest: 64 hexadecimal digits.
        manifest_sha256: digest of the manifest's file.
        ledger: seals and records.

    Returns:
        A sentence, or LED024 when it belongs to none of them.
    """
    known = {manifest_sha256: "the manifest"}
    known |= {seal.sha256: f"the seal {seal.file}" for seal in ledger.seals}
    known |= {record.sha256: f"record {record.number} of the history ({record.kind})" for record in ledger.records}
    if digest in known:
        return f"the digest that was kept outside is that of {known[digest]}"
    return Problem(
        "LED024",
        "the digest that was kept outside is none of this run",
        Place(column="--anchor"),
        found=digest,
        expected="that of the manifest, of a seal or of a record of the history",
        fix="check that run, study and digest belong together; if they do, the record was made anew",
    )


def _cut(found: int, expected: int) -> Problem:
    return Problem(
        "LED007",
        "the end of the history was cut off",
        Place(HISTORY),
        found=f"{found} records",
        expected=f"at least {expected}, as many as at the run",
        fix="restore the file from a copy; what was lost cannot be made again",
    )


def _another(n: int) -> Problem:
    return Problem(
        "LED007",
        "the history is another one than at the run",
        Place(HISTORY, row=n),
        found="records or seals with other digests",
        expected="those that the manifest names",
        fix="restore the file from a copy, or give the study to which the run belongs",
    )
