"""Thresholds that are ours: each needs a named person who agrees, before a study is sealed.

May import errors, rubric and its own package.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dualtrack.errors import LedgerError, Place, Problem
from dualtrack.rubric.gate import LimitGate, MarginGate, RelativeGate
from dualtrack.rubric.metric import Metric

__all__ = ["confirmed", "ours", "read_confirmations"]

_COLUMNS = ("gate", "limit", "by", "at", "why")
_LONGEST = 20


def ours(metrics: Sequence[Metric]) -> dict[str, float]:
    """Gates in scope whose threshold is ours, with the threshold.

    Args:
        metrics: metrics in scope, with the overrides of the study.

    Example:
        >>> from dualtrack.rubric import load_rubric
        >>> len(ours(load_rubric("core").metrics)) > 20
        True
    """
    return {
        f"{metric.id}.{gate.id}": gate.limit
        for metric in metrics
        for gate in metric.gates
        if isinstance(gate, LimitGate | MarginGate | RelativeGate)
        and gate.threshold == "ours"
        and gate.limit is not None
    }


def read_confirmations(rows: Sequence[Mapping[str, Any]], file: str) -> tuple[dict[str, Any], ...]:
    """Confirmations as plain data.

    Args:
        rows: rows of the file, keys and cells as text.
        file: its name, for messages.

    Returns:
        ``{gate, limit, by, at, why}`` each; who, when and why are filled in.

    Raises:
        LedgerError: LED004 a column is missing, a cell is empty, or a limit is no number; all problems at once.
    """
    problems: list[Problem] = []
    found: list[dict[str, Any]] = []
    for number, row in enumerate(rows, start=1):
        empty = [name for name in _COLUMNS if not str(row.get(name) or "").strip()]
        limit = _number(row.get("limit"))
        if empty or limit is None:
            what = f"no {', '.join(empty)}" if empty else f"limit {row.get('limit')!r}"
            problems.append(_problem(Place(file, row=number), what, "gate, limit, by, at and why, all filled in"))
        else:
            found.append({**{name: str(row[name]).strip() for name in _COLUMNS}, "limit": limit})
    if problems:
        raise LedgerError(problems)
    return tuple(found)


def confirmed(
    needed: Mapping[str, float], given: Sequence[Mapping[str, Any]], earlier: Sequence[Mapping[str, Any]] = ()
) -> tuple[dict[str, Any], ...]:
    """The confirmations of a seal: one for every threshold that is ours.

    Args:
        needed: as ``ours`` gives them.
        given: what was handed in for this seal.
        earlier: confirmations of the seal before; they hold for a threshold that has not changed.

    Returns:
        One for each gate, in the order of the ids.

    Raises:
        LedgerError: LED003 thresholds that nobody confirmed, LED004 a confirmation of an unknown gate or of another
            number.
    """
    problems = list(_misplaced(needed, given))
    by_gate = {each["gate"]: dict(each) for each in (*earlier, *given) if needed.get(each["gate"]) == each["limit"]}
    missing = [gate for gate in sorted(needed) if gate not in by_gate]
    problems += [
        Problem(
            "LED003",
            "a threshold that is ours was confirmed by nobody",
            Place(column=gate),
            found=f"{needed[gate]:g}",
            expected="a named person who agrees with it",
            fix="hand in a table with gate, limit, by, at, why (--confirm FILE), or put another threshold in its place",
        )
        for gate in missing[:_LONGEST]
    ]
    if len(missing) > _LONGEST:
        problems.append(Problem("LED003", f"and {len(missing) - _LONGEST} more thresholds that nobody confirmed"))
    if problems:
        raise LedgerError(problems)
    return tuple(by_gate[gate] for gate in sorted(needed))


def _misplaced(needed: Mapping[str, float], given: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    for each in given:
        gate, limit = each["gate"], each["limit"]
        if gate not in needed:
            yield _problem(Place(column=gate), "a gate that asks for no confirmation", "a gate in scope, metric.gate")
        elif needed[gate] != limit:
            yield _problem(Place(column=gate), f"{limit:g}", f"the threshold in force, {needed[gate]:g}")


def _number(cell: object) -> float | None:
    try:
        return float(str(cell))
    except ValueError:
        return None


def _problem(place: Place, found: str, expected: str) -> Problem:
    fix = "correct the table of confirmations; `dualtrack rubric lint` lists the thresholds that are ours"
    return Problem("LED004", "a confirmation cannot be used", place, found, expected, fix)
