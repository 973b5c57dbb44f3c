"""Making a seal: the freeze of a study, and its amendments.

May import records, rubric, scoring and its own package.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from dualtrack.errors import LedgerError, Place, Problem
from dualtrack.ledger.chain import appended
from dualtrack.ledger.changes import differences, plain_change
from dualtrack.ledger.confirm import confirmed, ours
from dualtrack.ledger.content import content_of
from dualtrack.ledger.record import Ledger, n_answers, n_judgements
from dualtrack.ledger.seal import (
    CLOSED,
    FREEZE,
    OPENED,
    Opening,
    Seal,
    Seen,
    Signed,
    plain_content,
    sealed_content,
    timing,
)
from dualtrack.records.study import StudyFile
from dualtrack.rubric.effects import results_digest
from dualtrack.rubric.header import Rubric
from dualtrack.scoring.controls import without_controls
from dualtrack.scoring.overrides import metrics_in_scope

__all__ = ["Amending", "Subject", "amended", "frozen"]


@dataclass(frozen=True, slots=True)
class Subject:
    """What is sealed, and what the tool is told of the answers.

    ``openings`` are those of the panel's key, None where no key was shown.
    """

    rubric: Rubric
    study: StudyFile
    tables: Mapping[str, pd.DataFrame]
    openings: tuple[Opening, ...] | None = None


@dataclass(frozen=True, slots=True)
class Amending:
    """Why something is changed, and how much the person who changes it takes it to be: minor or major."""

    why: str
    grade: str


def frozen(
    subject: Subject, ledger: Ledger, *, signed: Signed, confirmations: Sequence[Mapping[str, Any]] = ()
) -> Ledger:
    """Seal a study for the first time.

    Args:
        subject: what is sealed.
        ledger: the ledger of the study, empty.
        signed: who seals it and when.
        confirmations: who confirmed which threshold that is ours.

    Returns:
        The ledger with the seal and its record.

    Raises:
        LedgerError: LED001 the study has a seal, LED003 a threshold that nobody confirmed, LED004 a confirmation that
            fits nothing.
    """
    if ledger.frozen:
        raise LedgerError(
            Problem(
                "LED001",
                "the study is sealed already",
                Place(FREEZE),
                found=f"a seal of {ledger.seals[0].signed.at}",
                expected="a study without a seal",
                fix="write down a change with `dualtrack amend`; a freeze is never repeated",
            )
        )
    seal = _seal(subject, ledger, signed, confirmations)
    payload = {"seal": seal.sha256, "timely": seal.timely, "basis": seal.basis}
    return Ledger((seal,), appended(ledger.records, "freeze", payload, signed=signed, at=signed.at))


def amended(
    subject: Subject,
    ledger: Ledger,
    amending: Amending,
    *,
    signed: Signed,
    confirmations: Sequence[Mapping[str, Any]] = (),
) -> Ledger:
    """Write down what was changed since the last seal.

    Args:
        subject: the study as it is now.
        ledger: the ledger of the study.
        amending: why, and how much.
        signed: who amends it and when.
        confirmations: who confirmed thresholds that are ours and new; earlier ones hold where nothing changed.

    Returns:
        The ledger with the amendment and its record.

    Raises:
        LedgerError: LED002 the study was never sealed, LED005 nothing was changed, LED003 and LED004 as ``frozen``,
            LED009 the time lies before the last record.
    """
    if not ledger.frozen:
        raise LedgerError(
            Problem(
                "LED002", "the study was never sealed", Place(FREEZE), "no such file", fix="seal it: dualtrack freeze"
            )
        )
    last = ledger.seals[-1]
    seal = _seal(subject, ledger, signed, confirmations)
    changes = differences(sealed_content(last), sealed_content(seal))
    same_words = seal.rubric["sha256"] == last.rubric["sha256"]
    if not changes and same_words and (seal.timely is last.timely):
        raise LedgerError(
            Problem(
                "LED005",
                "nothing was changed since the last seal",
                Place(last.file),
                fix="change the rubric or the study first, then write down why",
            )
        )
    seal = replace(
        seal,
        number=last.number + 1,
        previous=last.sha256,
        why=amending.why,
        grade=amending.grade,
        changes=tuple(plain_change(each) for each in changes),
    )
    payload = {
        "seal": seal.sha256,
        "number": seal.number,
        "grade": seal.grade,
        "why": seal.why,
        "timely": seal.timely,
        "basis": seal.basis,
        "n_changes": len(changes),
    }
    records = appended(ledger.records, "amendment", payload, signed=signed, at=signed.at)
    return Ledger((*ledger.seals, seal), records)


def _seal(subject: Subject, ledger: Ledger, signed: Signed, confirmations: Sequence[Mapping[str, Any]]) -> Seal:
    rubric, study = subject.rubric, subject.study
    earlier = ledger.seals[-1].confirmations if ledger.frozen else ()
    agreed = confirmed(ours(metrics_in_scope(rubric, study)), confirmations, earlier)
    openings = subject.openings
    _, measured = without_controls(study, subject.tables)  # seeded answers are there before anybody answers
    seen = Seen(
        responses=n_answers(measured),
        judgements=n_judgements(measured),
        key=None if openings is None else OPENED if openings else CLOSED,
        openings=openings or (),
        looks=sum(record.kind == "look" for record in ledger.records),
    )
    timely, basis = timing(seen, ledger.seals)
    return Seal(
        number=0,
        study_id=study.id,
        signed=signed,
        rubric={
            "id": rubric.header.id,
            "version": rubric.header.version,
            "sha256": rubric.sha256,
            "results_sha256": results_digest(rubric),
        },
        content=plain_content(content_of(rubric, study, subject.tables)),
        seen=seen,
        timely=timely,
        basis=basis,
        confirmations=agreed,
    )
