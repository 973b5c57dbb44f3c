"""The history of a study: a chain of records, each with the digest of the one before it.

May import errors and its own package. Nothing is ever taken out of the chain or changed in it; it grows at its end.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dualtrack.errors import LedgerError, Place, Problem
from dualtrack.ledger.canonical import canonical, digest
from dualtrack.ledger.seal import Signed
from dualtrack.records.folder import HISTORY

__all__ = ["HISTORY", "HISTORY_SCHEMA", "KINDS", "Record", "appended", "chain_faults", "chain_text", "read_chain"]

HISTORY_SCHEMA = "dualtrack.history/1"
KINDS = ("freeze", "amendment", "look", "tombstone")
_KEYS = (
    "schema", "number", "kind", "at", "by", "role", "payload", "payload_sha256", "previous", "sha256",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the chain."""

    number: int
    kind: str
    at: str
    by: str | None
    role: str | None
    payload: Mapping[str, Any]
    previous: str | None

    def plain(self) -> dict[str, Any]:
        """The record as plain data, with its digest."""
        body = {
            "schema": HISTORY_SCHEMA,
            "number": self.number,
            "kind": self.kind,
            "at": self.at,
            "by": self.by,
            "role": self.role,
            "payload": dict(self.payload),
            "payload_sha256": digest(dict(self.payload)),
            "previous": self.previous,
        }
        return {**body, "sha256": digest(body)}

    @property
    def sha256(self) -> str:
        """Digest of the record."""
        return str(self.plain()["sha256"])


def appended(
    records: Sequence[Record], kind: str, payload: Mapping[str, Any], *, signed: Signed | None, at: str
) -> tuple[Record, ...]:
    """The chain with one record more.

    Args:
        records: the chain.
        kind: one of ``KINDS``.
        payload: what the record says.
        signed: who says so; None where nobody was named.
        at: when, ISO 8601 in UTC.

    Returns:
        The longer chain.

    Raises:
        LedgerError: LED009 the time lies before that of the last record.
    """
    if records and at < records[-1].at:
        raise LedgerError(
            Problem(
                "LED009",
                "the time lies before the last record",
                Place(HISTORY, row=len(records)),
                found=at,
                expected=f"{records[-1].at} or later",
                fix="check the clock, or state the time with --clock",
            )
        )
    by, role = (None, None) if signed is None else (signed.by, signed.role)
    previous = records[-1].sha256 if records else None
    return (*records, Record(len(records) + 1, kind, at, by, role, payload, previous))


def chain_text(records: Sequence[Record]) -> bytes:
    """The bytes of the file: one record a line."""
    return b"".join(canonical(record.plain()) + b"\n" for record in records)


def chain_faults(data: bytes) -> Iterator[Problem]:
    """Everything that is wrong with a chain.

    Args:
        data: the bytes of the file.

    Yields:
        LED007 for each line that was altered, moved, or follows one that is missing.
    """
    previous: str | None = None
    lines = data.split(b"\n")
    if lines.pop() != b"":
        yield _fault(len(lines) + 1, "the last line is cut short", "each record on a line of its own")
    for number, line in enumerate(lines, start=1):
        plain = _loaded(line)
        if plain is None:
            yield _fault(number, "no record", "a record as it was written")
            previous = None
            continue
        body = {key: value for key, value in plain.items() if key != "sha256"}
        if (
            canonical(plain) != line
            or digest(body) != plain["sha256"]
            or digest(body["payload"]) != body["payload_sha256"]
        ):
            yield _fault(number, "a record that was altered", "the record with the digest that it states")
        if plain["number"] != number:
            yield _fault(number, f"record {plain['number']}", f"record {number}")
        elif plain["previous"] != previous:
            yield _fault(number, "another record before it", "the record that it was appended to")
        previous = plain["sha256"]


def read_chain(data: bytes) -> tuple[Record, ...]:
    """Read a chain.

    Args:
        data: the bytes of ``history.jsonl``.

    Returns:
        Its records.

    Raises:
        LedgerError: LED007 the chain is broken; every fault at once.
    """
    faults = list(chain_faults(data))
    if faults:
        raise LedgerError(faults)
    plain = [json.loads(line) for line in data.splitlines()]
    names = ("number", "kind", "at", "by", "role", "payload", "previous")
    return tuple(Record(**{name: each[name] for name in names}) for each in plain)


def _loaded(line: bytes) -> dict[str, Any] | None:
    try:
        plain = json.loads(line)
    except (ValueError, RecursionError):
        return None
    known = isinstance(plain, dict) and set(plain) == set(_KEYS) and plain["schema"] == HISTORY_SCHEMA
    return plain if known and plain["kind"] in KINDS and isinstance(plain["payload"], dict) else None


def _fault(line: int, found: str, expected: str) -> Problem:
    return Problem(
        "LED007",
        "the history of the study is broken",
        Place(HISTORY, line=line),
        found=found,
        expected=expected,
        fix="restore the file from a copy; what was lost cannot be made again",
    )
