"""The verbs that seal a study, amend it, and tell its history.

May import the verbs and everything below them. The clock is an argument; only the command line reads it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from dualtrack.errors import LedgerError, Place, Problem
from dualtrack.ledger.chain import Record
from dualtrack.ledger.changes import told_change
from dualtrack.ledger.files import confirmations_in, openings_of, read_ledger, write_ledger
from dualtrack.ledger.record import Ledger
from dualtrack.ledger.seal import Opening, Seal, Signed
from dualtrack.ledger.sealing import Amending, Subject, amended, frozen
from dualtrack.panel.key import KEY_FILE, read_key
from dualtrack.records import StudyInput
from dualtrack.rubric.diff import value_text
from dualtrack.scored import utc_text
from dualtrack.scoring import bound_checks, make_plan
from dualtrack.scoring.controls import without_controls
from dualtrack.verbs import Progress, read_both

__all__ = ["History", "amend", "freeze", "history"]


@dataclass(frozen=True, slots=True)
class History:
    """The record of a study, with a readable face.

    Attributes:
        study_id: id of the study.
        ledger: its seals and records.
    """

    study_id: str
    ledger: Ledger

    def lines(self) -> Iterator[str]:
        """One line for each record, and what an amendment changed."""
        seals = {seal.sha256: seal for seal in self.ledger.seals}
        for record in self.ledger.records:
            who = record.by or "nobody named"
            who += f" ({record.role})" if record.role else ""
            yield f"{record.number:>3}  {record.at}  {record.kind:<9}  {who}: {_said(record)}"
            seal = seals.get(str(record.payload.get("seal")))
            if record.kind == "amendment" and seal is not None:
                yield from (f"     - {line}" for line in _changes(seal))


def freeze(
    study: str | Path,
    *,
    by: str,
    clock: datetime,
    role: str | None = None,
    confirm: str | Path | None = None,
    key: str | Path | None = None,
    progress: Progress = lambda _stage: None,
) -> Seal:
    """Seal rubric, scope, thresholds, weights, margins, plan and analysis of a study.

    Args:
        study: the study folder; freeze.json and history.jsonl are written into it.
        by: who seals it.
        clock: when, with zone.
        role: in which role.
        confirm: table of confirmations of thresholds that are ours: gate, limit, by, at, why.
        key: folder of the panel's key, to show that it was never opened.
        progress: told the name of each stage.

    Returns:
        The seal; ``timely`` says whether it counts as made before the answers were unblinded.

    Raises:
        RecordError, RubricError, ScoringError, CheckError: the study cannot be read or scored.
        LedgerError: it was sealed before (LED001), a threshold that is ours was confirmed by nobody (LED003), a
            confirmation or the key does not fit (LED004, LED008).
        OutputError: the seal cannot be written.
    """
    folder = Path(study)
    subject = _subject(folder, key, progress)
    ledger = frozen(
        subject,
        read_ledger(folder),
        signed=_signed(by, role, clock),
        confirmations=() if confirm is None else confirmations_in(Path(confirm)),
    )
    write_ledger(ledger, folder)
    return ledger.seals[-1]


def amend(
    study: str | Path,
    amending: Amending,
    *,
    by: str,
    clock: datetime,
    role: str | None = None,
    confirm: str | Path | None = None,
    key: str | Path | None = None,
    progress: Progress = lambda _stage: None,
) -> Seal:
    """Write down what was changed since the last seal: old, new, who, when, why, minor or major.

    Args:
        study: the study folder as it is now, with the change made.
        amending: why, and minor or major.
        by: who amends it.
        clock: when, with zone.
        role: in which role.
        confirm: confirmations of thresholds that are ours and new.
        key: folder of the panel's key, to show that it was never opened.
        progress: told the name of each stage.

    Returns:
        The new seal with its changes.

    Raises:
        RecordError, RubricError, ScoringError, CheckError: the study cannot be read or scored.
        LedgerError: it was never sealed (LED002), nothing was changed (LED005), and as ``freeze``.
        OutputError: the seal cannot be written.
    """
    folder = Path(study)
    subject = _subject(folder, key, progress)
    ledger = amended(
        subject,
        read_ledger(folder),
        amending,
        signed=_signed(by, role, clock),
        confirmations=() if confirm is None else confirmations_in(Path(confirm)),
    )
    write_ledger(ledger, folder)
    return ledger.seals[-1]


def history(study: str | Path) -> History:
    """The record of a study: every seal, amendment, look and tombstone.

    Args:
        study: the study folder.

    Raises:
        LedgerError: LED002 the study was never sealed; LED006, LED007 its record is broken.
    """
    ledger = read_ledger(Path(study))
    if not ledger.frozen:
        fix = "seal it: dualtrack freeze STUDY --by NAME"
        raise LedgerError(Problem("LED002", "the study was never sealed", Place("history.jsonl"), fix=fix))
    return History(ledger.seals[0].study_id, ledger)


def _signed(by: str, role: str | None, clock: datetime) -> Signed:
    if not by.strip():
        raise LedgerError(Problem("LED013", "nobody is named", Place(column="--by"), "an empty name", fix="say who"))
    return Signed(utc_text(clock), by.strip(), role)


def _subject(folder: Path, key: str | Path | None, progress: Progress) -> Subject:
    """The study, read and planned as ``validate`` does, so that nothing is sealed that cannot be scored."""
    rubric, given = read_both(folder, progress)
    bound_checks(make_plan(rubric, *without_controls(given.file, given.tables)))
    openings = None if key is None else _openings(Path(key), given)
    return Subject(rubric, given.file, given.tables, openings)


def _openings(key: Path, given: StudyInput) -> tuple[Opening, ...]:
    """Openings of a key that is the one of this study."""
    systems = {system.id for system in given.file.systems}
    items = set(given.tables["items"]["item_id"].astype("str"))
    rows = read_key(key)
    strangers = [row for row in rows if row.system_id not in systems or row.item_id not in items]
    if strangers or not rows:
        found = "no row" if not rows else f"{strangers[0].system_id} on {strangers[0].item_id}"
        raise LedgerError(
            Problem(
                "LED008",
                "the key is not the one of this study",
                Place(KEY_FILE),
                found=found,
                expected="responses of this study",
                fix="give the folder that was given as --key to `dualtrack panel pack`",
            )
        )
    return openings_of(key)


_BASES = {
    "no_responses": "no answers were there",
    "key_closed": "answers were there, the key had never been opened",
    "responses_there": "answers were there, and nothing shows that nobody had seen them",
    "judgements_there": "judgements were there",
    "key_opened": "the key had been opened",
    "looked_before": "the study had been scored",
}


def _said(record: Record) -> str:
    payload = record.payload
    if record.kind in ("freeze", "amendment"):
        when = "in time" if payload["timely"] else "late"
        said = f"{when}, {_BASES[payload['basis']]}; seal {payload['seal'][:12]}"
        return said if record.kind == "freeze" else f"{payload['grade']}, {said}; {payload['why']}"
    if record.kind == "look":
        return f"look {payload['look']} on these items"
    cells = len(payload["cells"])
    what = f"{cells} cell{'s' if cells != 1 else ''} of {payload['file']}" if cells else payload["file"]
    return f"{what} removed: {payload['why']}"


def _changes(seal: Seal) -> Iterator[str]:
    for each in seal.changes:
        place = tuple(each["place"])
        yield f"{told_change(place)}: {_value(each['old'])} becomes {_value(each['new'])}"


def _value(value: object) -> str:
    return "nothing" if value is None else value_text(value)
