"""Rows of the record of training, and where each rater stands by it.

May import the panel's own ground. Cells are text, so that what is read back is what was written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from dualtrack.panel.calibration_file import Agreed, Case
from dualtrack.panel.readiness import First, Given, Numbers, Ready
from dualtrack.panel.rule import Calibration
from dualtrack.stats.interval import Interval

__all__ = [
    "ANSWER_COLUMNS",
    "ATTEMPT_COLUMNS",
    "STANDING_COLUMNS",
    "Attempt",
    "Standing",
    "answer_row",
    "attempt_row",
    "new_rows",
    "recorded_answers",
    "standings",
]

ATTEMPT_COLUMNS = (
    "recorded_at", "rater_id", "attempt", "pack_id", "scale_id", "n_cases", "n_open", "n_skipped", "n", "exact",
    "exact_share", "exact_lower", "exact_upper", "within_one", "within_one_share", "kappa", "kappa_reason",
    "known_harms", "missed_harms", "state", "why", "rule", "cases",
)  # fmt: skip
ANSWER_COLUMNS = (
    "recorded_at", "rater_id", "attempt", "pack_id", "code", "case_id", "scale_id", "agreed", "also", "given", "level",
    "rated_at", "changed", "file",
)  # fmt: skip
NOTHING = "no calibration on record"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Which attempt of whom a row is about, when it was recorded, and by what rule and cases it was judged."""

    at: str
    rater_id: str
    number: int
    pack_id: str
    rule: str
    cases: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a rater stands by their latest attempt; ``trained`` is what the table ``raters`` may take over."""

    rater_id: str
    trained: str
    attempt: str
    state: str
    why: str


STANDING_COLUMNS = tuple(each.name for each in fields(Standing))


def attempt_row(attempt: Attempt, scale_id: str, numbers: Numbers) -> dict[str, str]:
    """A row of training.csv: one rater, attempt and scale.

    Args:
        attempt: which attempt.
        scale_id: the scale.
        numbers: what it shows.
    """
    share, near, n = numbers.share, numbers.within_one, numbers.n
    return {
        "recorded_at": attempt.at,
        "rater_id": attempt.rater_id,
        "attempt": str(attempt.number),
        "pack_id": attempt.pack_id,
        "scale_id": scale_id,
        **{name: str(getattr(numbers, name)) for name in ("n_cases", "n_open", "n_skipped", "n", "exact")},
        "exact_share": _number(share.value if n else None),
        "exact_lower": _number(share.lower if n else None),
        "exact_upper": _number(share.upper if n else None),
        "within_one": "" if near is None else str(near),
        "within_one_share": "" if near is None or not n else _number(near / n),
        "kappa": _number(numbers.kappa.value),
        "kappa_reason": _reason(numbers.kappa),
        "known_harms": str(numbers.known_harms),
        "missed_harms": str(numbers.missed_harms),
        "state": numbers.state.value,
        "why": numbers.why,
        "rule": attempt.rule,
        "cases": attempt.cases,
    }


def answer_row(attempt: Attempt, code: str, case: Case, *, scale_id: str, first: First) -> dict[str, str]:
    """A row of answers.csv: the first answer to one question of one case.

    Args:
        attempt: which attempt.
        code: code of the case in the rater's pack.
        case: the case.
        scale_id: the question.
        first: the answer.
    """
    agreed: Agreed = case.levels[scale_id]
    return {
        "recorded_at": attempt.at,
        "rater_id": attempt.rater_id,
        "attempt": str(attempt.number),
        "pack_id": attempt.pack_id,
        "code": code,
        "case_id": case.id,
        "scale_id": scale_id,
        "agreed": agreed.level,
        "also": " ".join(agreed.also),
        "given": first.given.value,
        "level": first.level or "",
        "rated_at": first.at or "",
        "changed": "true" if first.changed else "false",
        "file": first.file,
    }


def new_rows(held: Sequence[Mapping[str, str]], rows: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Rows that say something that the record does not say already; the time and the file of a row say nothing.

    Args:
        held: rows of the record, oldest first.
        rows: rows that might be added.
    """
    latest = {_about(row): _said(row) for row in held}
    return [row for row in rows if latest.get(_about(row)) != _said(row)]


def recorded_answers(held: Sequence[Mapping[str, str]], pack_id: str) -> dict[tuple[str, str], First]:
    """First answers to one pack as the record has them.

    Args:
        held: rows of answers.csv, oldest first.
        pack_id: the pack.
    """
    return {
        (row["code"], row["scale_id"]): First(
            Given(row["given"]), row["level"] or None, row["rated_at"] or None, row["changed"] == "true", row["file"]
        )
        for row in held
        if row["pack_id"] == pack_id
    }


def standings(
    calibration: Calibration, raters: Sequence[str], held: Sequence[Mapping[str, str]]
) -> dict[str, Standing]:
    """Where each rater stands: by all rules in the latest attempt that is on record.

    Args:
        calibration: the part of panel.yaml.
        raters: the members.
        held: rows of training.csv, oldest first.
    """
    return {rater: _standing(calibration, rater, [row for row in held if row["rater_id"] == rater]) for rater in raters}


def _standing(calibration: Calibration, rater: str, mine: Sequence[Mapping[str, str]]) -> Standing:
    if not mine:
        return Standing(rater, "false", "", Ready.not_enough_cases.value, NOTHING)
    attempt = max(int(row["attempt"]) for row in mine)
    latest = {row["scale_id"]: row for row in mine if int(row["attempt"]) == attempt}
    found: dict[str, list[str]] = {}
    for rule in calibration.rules:
        row = latest.get(rule.scale)
        state, why = (row["state"], row["why"]) if row else (Ready.not_enough_cases.value, "not asked")
        found.setdefault(state, []).append(f"{rule.scale}: {why}")
    for state in (Ready.not_enough_cases.value, Ready.not_yet_ready.value):
        if state in found:
            return Standing(rater, "false", str(attempt), state, "; ".join(found[state]))
    return Standing(rater, "true", str(attempt), Ready.ready.value, "")


def _about(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in ("rater_id", "attempt", "pack_id", "code", "scale_id"))


def _said(row: Mapping[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if name not in ("recorded_at", "file", "line_digest")}


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _reason(interval: Interval) -> str:
    return "" if interval.value is not None or interval.reason is None else interval.reason.value
