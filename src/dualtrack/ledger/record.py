"""The record of one run: what counts as pre-specified, what changed since the seal, and which look it is.

May import records, rubric, scoring and its own package. A study that was never sealed has an empty record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dualtrack.errors import LedgerError, Problem
from dualtrack.ledger.canonical import digest
from dualtrack.ledger.chain import Record, appended
from dualtrack.ledger.changes import Change, carried_by, differences, told_change
from dualtrack.ledger.content import Content, content_of, items_digest, table_digest
from dualtrack.ledger.reach import reach, track_of
from dualtrack.ledger.seal import Seal, Signed, sealed_content
from dualtrack.records.inputs import INPUT_TABLES
from dualtrack.records.study import StudyFile
from dualtrack.rubric.header import Rubric
from dualtrack.scoring.controls import without_controls
from dualtrack.scoring.standing import UNCHANGED, Changed
from dualtrack.terms import RatingRole, ResponseStatus

__all__ = [
    "NO_RECORD",
    "Ledger",
    "RunRecord",
    "counting_seal",
    "evidence_digest",
    "n_answers",
    "n_judgements",
    "run_record",
]

NO_RECORD: Mapping[str, Any] = {"freeze": None, "amendments": [], "changes": [], "look": None, "history": None}
"""What the results of a study say that was never sealed."""

_EVIDENCE = ("responses", "units", "ratings", "scores")
_JUDGEMENTS = ("ratings", "scores", "preferences", "dispositions")
_TABLES = {table.name: table for table in INPUT_TABLES}


@dataclass(frozen=True, slots=True)
class Ledger:
    """Seals and records of a study, in their order; empty where it was never sealed."""

    seals: tuple[Seal, ...] = ()
    records: tuple[Record, ...] = ()

    @property
    def frozen(self) -> bool:
        """Whether the study has a seal."""
        return bool(self.seals)

    def first(self, n_records: int) -> "Ledger":
        """The ledger as it stood when the chain had that many records."""
        records = self.records[:n_records]
        known = {record.payload.get("seal") for record in records if record.kind in ("freeze", "amendment")}
        return Ledger(tuple(seal for seal in self.seals if seal.sha256 in known), records)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What a run has to know of the record.

    Attributes:
        pre_specified: whether a timely seal counts and nothing on which everything rests was changed since.
        changed: what is no longer pre-specified.
        document: what the results say about it.
        ledger: the ledger, with this look in it.
        is_new_look: whether this look is to be written down.
    """

    pre_specified: bool
    changed: Changed
    document: Mapping[str, Any]
    ledger: Ledger
    is_new_look: bool = False


def run_record(
    ledger: Ledger,
    rubric: Rubric,
    study: StudyFile,
    tables: Mapping[str, pd.DataFrame],
    *,
    at: str | None = None,
    signed: Signed | None = None,
) -> RunRecord:
    """What counts as pre-specified in a run, and which look it is.

    Args:
        ledger: seals and records of the study.
        rubric: the loaded rubric.
        study: the study file.
        tables: input tables by name.
        at: when the study is looked at, ISO 8601 in UTC; needed where this is a new look.
        signed: who looks; None where nobody was named.

    Returns:
        The record of the run; of a study that was never sealed an empty one.

    Raises:
        LedgerError: LED016 this is a new look and no time was given; LED009 the time lies before the last record.
    """
    if not ledger.frozen:
        return RunRecord(pre_specified=False, changed=UNCHANGED, document=NO_RECORD, ledger=ledger)
    present = content_of(rubric, study, tables)
    _, measured = without_controls(study, tables)
    ledger, look, is_new = _look(ledger, present, measured, at=at, signed=signed)
    seal = counting_seal(ledger, tables)
    known = ledger.seals[0] if seal is None else seal
    old = sealed_content(known)
    changes = differences(old, present)
    reached = reach(changes, old, present, looks=look["number"] if look else 1)
    later = tuple(each for each in ledger.seals if each.number > known.number)
    words = _words_changed(known, rubric, changes)
    document = {
        "freeze": _freeze(ledger.seals[0], known, seal is not None),
        "amendments": [_amendment(each) for each in ledger.seals[1:]],
        "changes": [*(_told(each, later, old, present) for each in changes), *words],
        "look": look,
        "history": {"n": len(ledger.records), "last": ledger.records[-1].sha256 if ledger.records else None},
    }
    return RunRecord(seal is not None and not reached.everything, reached.changed, document, ledger, is_new)


def counting_seal(ledger: Ledger, tables: Mapping[str, pd.DataFrame]) -> Seal | None:
    """The last timely seal, None when there is none.

    Args:
        ledger: the ledger.
        tables: input tables; a prompt that was put before a seal that claims there were no answers makes it late.
    """
    timely = [seal for seal in ledger.seals if seal.timely and not _asked_before(seal, tables["responses"])]
    return timely[-1] if timely else None


def _asked_before(seal: Seal, responses: pd.DataFrame) -> bool:
    if seal.basis != "no_responses" or "asked_at" not in responses or responses["asked_at"].isna().all():
        return False
    asked = pd.to_datetime(responses["asked_at"].dropna().astype("str"), utc=True, format="ISO8601")
    return bool((asked < pd.Timestamp(seal.signed.at)).any())


def n_answers(tables: Mapping[str, pd.DataFrame]) -> int:
    """Answers that are there: rows of responses that were run."""
    return int((tables["responses"]["status"].astype("str") != ResponseStatus.not_run.value).sum())


def n_judgements(tables: Mapping[str, pd.DataFrame]) -> int:
    """Judgements that are there: rows of ratings, scores, preferences and dispositions."""
    return sum(len(tables[name]) for name in _JUDGEMENTS)


def evidence_digest(tables: Mapping[str, pd.DataFrame]) -> str | None:
    """Digest of what a look looks at; None where there is nothing to see.

    Answers, their units, first ratings and imported scores count; tie-breaks, adjudications and dispositions complete a
    look and begin none.

    Args:
        tables: input tables by name, without controls.
    """
    if not n_answers(tables) and not n_judgements(tables):
        return None
    ratings = tables["ratings"]
    first = ratings[(ratings["role"].astype("str") == RatingRole.primary.value).to_numpy()]
    chosen = {**{name: tables[name] for name in _EVIDENCE}, "ratings": first}
    return digest({name: table_digest(chosen[name], _TABLES[name]) for name in _EVIDENCE})


def _look(
    ledger: Ledger,
    present: Content,
    tables: Mapping[str, pd.DataFrame],
    *,
    at: str | None,
    signed: Signed | None,
) -> tuple[Ledger, dict[str, Any] | None, bool]:
    """The ledger with this look, what is said of it, and whether it is new."""
    evidence = evidence_digest(tables)
    if evidence is None:
        return ledger, None, False
    items = items_digest(present)
    looks = [record for record in ledger.records if record.kind == "look"]
    known = _looked_at(ledger.records).get(evidence)
    if known is not None:
        return ledger, _said_of(known), False
    if at is None:
        raise LedgerError(
            Problem(
                "LED016",
                "a look at a sealed study is written down with its time",
                found="no time",
                expected="when the study is looked at",
                fix="give clock or looked_at",
            )
        )
    number = len(looks) + 1
    payload = {"look": number, "evidence": evidence, "items": items, "seal": ledger.seals[-1].sha256}
    longer = replace(ledger, records=appended(ledger.records, "look", payload, signed=signed, at=at))
    return longer, _said_of(payload), True


def _said_of(look: Mapping[str, Any]) -> dict[str, Any]:
    """What the results say of a look; its evidence is that of its record, also after cells were erased."""
    return {"number": look["look"], "items": look["items"], "evidence": look["evidence"]}


def _looked_at(records: Sequence[Record]) -> dict[str, Mapping[str, Any]]:
    """What was looked at, by the digest of the evidence; without cells that were erased later it is the same look."""
    found: dict[str, Mapping[str, Any]] = {}
    for record in records:
        if record.kind == "look":
            found[record.payload["evidence"]] = record.payload
        moved = record.payload.get("evidence") if record.kind == "tombstone" else None
        if moved is not None and moved["before"] in found and moved["after"] is not None:
            found[moved["after"]] = found[moved["before"]]
    return found


def _freeze(first: Seal, known: Seal, counts: bool) -> dict[str, Any]:  # noqa: FBT001 -- a fact of the row
    return {
        "sha256": first.sha256,
        "at": first.signed.at,
        "by": first.signed.by,
        "role": first.signed.role,
        "timely": first.timely,
        "basis": first.basis,
        "responses": first.seen.responses,
        "judgements": first.seen.judgements,
        "seal": known.sha256,
        "seal_number": known.number,
        "seal_at": known.signed.at,
        "counts": counts,
        "rubric_sha256": known.rubric["sha256"],
        "confirmations": [dict(each) for each in known.confirmations],
    }


def _amendment(seal: Seal) -> dict[str, Any]:
    return {
        "sha256": seal.sha256,
        "number": seal.number,
        "at": seal.signed.at,
        "by": seal.signed.by,
        "role": seal.signed.role,
        "why": seal.why,
        "grade": seal.grade,
        "timely": seal.timely,
        "basis": seal.basis,
        "n_changes": len(seal.changes),
    }


def _told(change: Change, later: Sequence[Seal], old: Content, new: Content) -> dict[str, Any]:
    by = carried_by(change, later)
    return {
        "track": track_of(change.place, old, new),
        "what": told_change(change.place),
        "place": list(change.place),
        "effect": change.effect,
        "old": change.old,
        "new": change.new,
        "amended": None
        if by is None
        else {"number": by.number, "at": by.signed.at, "by": by.signed.by, "why": by.why, "grade": by.grade},
    }


def _words_changed(seal: Seal, rubric: Rubric, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """One entry where files of the rubric differ and nothing that can move a number does."""
    if rubric.sha256 == seal.rubric["sha256"] or any(change.place[0] not in ("items", "study") for change in changes):
        return []
    return [
        {
            "track": None,
            "what": "rubric files",
            "place": ["rubric", "sha256"],
            "effect": "words",
            "old": seal.rubric["sha256"],
            "new": rubric.sha256,
            "amended": None,
        }
    ]
