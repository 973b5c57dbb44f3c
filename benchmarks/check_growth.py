"""How the time of each check kind grows with hostile text: four times the text should take about four times as long.

Run: python benchmarks/check_growth.py

Prints, for each kind and each repeated piece, the seconds for 80,000 characters and the ratio to 20,000. A ratio near
16 is quadratic growth, more is an exploding pattern.
"""

import importlib.util
import time
from pathlib import Path

from dualtrack.checks import CheckInput, bind, check_kinds, judge_one

TESTS = Path(__file__).resolve().parents[1] / "tests" / "unit" / "checks" / "test_kinds.py"
SMALL, FACTOR = 20_000, 4


def hostile() -> dict[str, str]:
    """The repeated pieces of text that the tests use."""
    spec = importlib.util.spec_from_file_location("test_kinds", TESTS)
    if spec is None or spec.loader is None:
        raise RuntimeError(f"{TESTS.name} is not there")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pieces: dict[str, str] = module.HOSTILE
    return pieces


def seconds(name: str, piece: str, size: int) -> float:
    """Least of three times for one kind on a text of one repeated piece."""
    check = bind("growth.check", name)
    text = (piece * (size // len(piece) + 1))[:size]
    times = []
    for _ in range(3):
        start = time.perf_counter()
        judge_one(check, CheckInput(text=text, language="en"))
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print the table, steepest growth first."""
    rows = []
    for name in check_kinds():
        for label, piece in hostile().items():
            small, large = seconds(name, piece, SMALL), seconds(name, piece, SMALL * FACTOR)
            rows.append((large / small, name, label, large))
    print(f"{'kind':<14}{'piece':<18}{'seconds':>9}{'ratio':>8}   {SMALL * FACTOR:,} characters against {SMALL:,}")
    for ratio, name, label, large in sorted(rows, reverse=True):
        print(f"{name:<14}{label:<18}{large:>9.3f}{ratio:>8.1f}")


if __name__ == "__main__":
    main()
