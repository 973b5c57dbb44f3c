"""What a self-test finds, and the part of it that needs no files: statistics against reference values.

May import stats and its own package.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from dualtrack import stats

__all__ = ["Installation", "Outcome", "Selftest", "reference_outcomes"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that was tried.

    Attributes:
        area: ``reference`` or ``law``.
        name: what was tried.
        source: where the expected value comes from, or what the law says.
        holds: whether it came out as expected.
        found: what differs; "" where it holds.
    """

    area: str
    name: str
    source: str
    holds: bool
    found: str = ""


@dataclass(frozen=True, slots=True)
class Installation:
    """Facts about this installation; no path, no user and no name of the machine.

    Attributes:
        version: of dualtrack.
        system, machine, python: of the platform.
        packages: version of each package that dualtrack computes with.
        files: number of installed files that have the digest of the package, and of those that should; None where the
            installation lists no digests (a checkout).
        changed: installed files whose digest is another one.
    """

    version: str
    system: str
    machine: str
    python: str
    packages: Mapping[str, str]
    files: tuple[int, int] | None
    changed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Selftest:
    """A whole self-test.

    Attributes:
        outcomes: everything that was tried.
        installation: what was tried.
        defects: what is known to be wrong or limited: id, what, effect, until.
        clock: when, as stated; None where it was not.
    """

    outcomes: tuple[Outcome, ...]
    installation: Installation
    defects: tuple[Mapping[str, str], ...]
    clock: str | None

    @property
    def holds(self) -> bool:
        """Whether everything came out as expected and every installed file is the one of the package."""
        return all(each.holds for each in self.outcomes) and not self.installation.changed

    def plain(self) -> dict[str, Any]:
        """As it stands in the JSON file of a record; the signatures are empty, since a person gives them."""
        signature = dict.fromkeys(("name", "role", "date", "signature"))
        return {
            "schema": "dualtrack.selftest/1",
            "clock": self.clock,
            "holds": self.holds,
            "installation": asdict(self.installation),
            "outcomes": [asdict(each) for each in self.outcomes],
            "known_defects": [dict(each) for each in self.defects],
            "signatures": {"carried_out_by": dict(signature), "reviewed_by": dict(signature)},
        }


def reference_outcomes(cases: Iterable[Mapping[str, Any]]) -> Iterator[Outcome]:
    """Every statistic against values from the literature, from other software or from a calculation by hand.

    Args:
        cases: function, source, inputs, expected and tolerance, as in the shipped files.

    Yields:
        One outcome per case; a function that breaks does not hold.

    Example:
        >>> case = {
        ...     "function": "least_n",
        ...     "source": "by hand",
        ...     "inputs": {"limit": 0.1},
        ...     "expected": 36,
        ...     "tolerance": 0,
        ... }
        >>> [each.holds for each in reference_outcomes([case])]
        [True]
    """
    for case in cases:
        found = _difference(case)
        yield Outcome("reference", str(case["function"]), str(case["source"]), holds=not found, found=found)


def _difference(case: Mapping[str, Any]) -> str:
    """What differs from a reference value, "" for nothing."""
    try:
        result = _as_numbers(getattr(stats, case["function"])(**case["inputs"]))
    except Exception as error:  # noqa: BLE001 -- whatever breaks on this machine is what the test is for
        return f"it broke: {type(error).__name__}"
    expected = case["expected"] if isinstance(case["expected"], dict) else {"result": case["expected"]}
    result = result if isinstance(result, dict) else {"result": result}
    for name, value in expected.items():
        if not _close(result.get(name), value, float(case["tolerance"])):
            return f"{name}: found {result.get(name)}, expected {value}"
    return ""


def _as_numbers(result: Any) -> Any:  # noqa: ANN401 -- whatever a statistic gives
    """A result, and what is nested in it, as names and plain numbers."""
    if not is_dataclass(result):
        return np.asarray(result).tolist()
    named: dict[str, Any] = {}
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            parts = [_as_numbers(each) for each in value]
            named |= {f"{field.name}_{part}": [each[part] for each in parts] for part in parts[0]}
        else:
            named |= _as_numbers(value) if is_dataclass(value) else {field.name: _as_numbers(value)}
    return named


def _close(found: Any, expected: Any, tolerance: float) -> bool:  # noqa: ANN401 -- numbers, lists of them, words
    """Whether a value is the expected one; of numbers, to within the tolerance."""
    if isinstance(expected, Sequence) and not isinstance(expected, str):
        same = isinstance(found, Sequence) and len(found) == len(expected)
        return same and all(_close(*pair, tolerance) for pair in zip(found, expected, strict=True))
    if isinstance(expected, bool | str) or expected is None:
        return bool(found == expected)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return bool(found == expected)
    if math.isnan(expected) or math.isinf(expected):
        return bool(found == expected or (math.isnan(found) and math.isnan(expected)))
    return bool(abs(found - expected) <= tolerance)
