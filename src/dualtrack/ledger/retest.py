"""A comparison of two runs as a look at the items of a study.

May import errors, records and its own package. A new version on items that were seen is a look: it is counted, and
written into the history of the study where one is named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dualtrack.errors import LedgerError, Place, Problem
from dualtrack.ledger.chain import HISTORY, Record, appended
from dualtrack.ledger.content import items_digest
from dualtrack.ledger.record import Ledger
from dualtrack.ledger.seal import Signed, sealed_content

__all__ = ["LEAST", "Look", "RunLook", "look_at", "unrecorded_look"]

LEAST = 2
"""The earlier version was a look at these items, the new one is another."""


@dataclass(frozen=True, slots=True)
class RunLook:
    """What the results of a run say of its look: its number and the record of the chain at its end, null where none."""

    look: Mapping[str, Any] | None
    history: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Look:
    """Which look at these items a comparison is.

    Attributes:
        number: the look, counted from 1.
        exact: whether the history of the study says so; otherwise there may have been more.
        is_new: whether it is to be written down.
        ledger: the ledger with this look in it.
    """

    number: int
    exact: bool
    is_new: bool = False
    ledger: Ledger = field(default_factory=Ledger)


def unrecorded_look(old: RunLook, new: RunLook) -> Look:
    """The least number that this look can have, from the results alone.

    Args:
        old: what the earlier run says.
        new: what the new run says.
    """
    stated = [int(each.look["number"]) for each in (old, new) if each.look]
    return Look(max([LEAST, *stated]), exact=False)


def look_at(ledger: Ledger, old: RunLook, new: RunLook, *, evidence: str, at: str, signed: Signed | None) -> Look:
    """The look of a comparison in the history of a study.

    A run whose own look stands in the history was counted when it was scored; the comparison is then that look.
    Otherwise it is a new one, unless the same answers were compared before.

    Args:
        ledger: seals and records of the study.
        old: what the earlier run says.
        new: what the new run says.
        evidence: digest of the answers and judgements of the new run.
        at: when, ISO 8601 in UTC.
        signed: who looks; None where nobody was named.

    Returns:
        The look, with the longer ledger where it is new.

    Raises:
        LedgerError: LED002 the study was never sealed; LED009 the time lies before the last record.
    """
    if not ledger.frozen:
        raise LedgerError(
            Problem(
                "LED002",
                "the study was never sealed",
                Place(HISTORY),
                found="no history in which to count a look",
                fix="seal it: dualtrack freeze STUDY --by NAME; or compare without --study",
            )
        )
    looks = [record for record in ledger.records if record.kind == "look"]
    elsewhere = 0 if _stands_in(ledger, old) else max(1, int(old.look["number"]) if old.look else 1)
    known = next((record for record in looks if record.payload["evidence"] == evidence), None)
    if _stands_in(ledger, new) and new.look:
        return Look(max(LEAST, int(new.look["number"]) + elsewhere), exact=True, ledger=ledger)
    if known is not None:
        return Look(max(LEAST, int(known.payload["look"]) + elsewhere), exact=True, ledger=ledger)
    number = len(looks) + 1
    payload = {
        "look": number,
        "evidence": evidence,
        "items": items_digest(sealed_content(ledger.seals[-1])),
        "seal": ledger.seals[-1].sha256,
    }
    longer = replace(ledger, records=appended(ledger.records, "look", payload, signed=signed, at=at))
    return Look(max(LEAST, number + elsewhere), exact=True, is_new=True, ledger=longer)


def _stands_in(ledger: Ledger, run: RunLook) -> bool:
    """Whether the look of a run is one of this history: its number, and the record that its chain ended with."""
    if not run.look or not run.history:
        return False
    n, last = int(run.history["n"]), run.history["last"]
    if not 0 < n <= len(ledger.records) or ledger.records[n - 1].sha256 != last:
        return False
    return any(_is_look(record, int(run.look["number"])) for record in ledger.records[:n])


def _is_look(record: Record, number: int) -> bool:
    return record.kind == "look" and record.payload["look"] == number
