"""dualtrack: two scorecards, safety and effectiveness, that never mix.

The public verbs are loaded on first use, so that the command line explains itself at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dualtrack.compare_verb import Comparison, compare
    from dualtrack.errors import DualtrackError
    from dualtrack.explain import explain
    from dualtrack.outcome import Results, Validation
    from dualtrack.power_verb import Power, power
    from dualtrack.rubric import load_rubric
    from dualtrack.scoring.power.wishes import Wishes
    from dualtrack.verbs import init, report, score, shipped_example, validate

__all__ = [
    "Comparison",
    "DualtrackError",
    "Power",
    "Results",
    "Validation",
    "Wishes",
    "compare",
    "explain",
    "init",
    "load_rubric",
    "power",
    "report",
    "score",
    "shipped_example",
    "validate",
]

_HOME = {
    "Comparison": "compare_verb",
    "DualtrackError": "errors",
    "Power": "power_verb",
    "Results": "outcome",
    "Validation": "outcome",
    "Wishes": "scoring.power",
    "compare": "compare_verb",
    "explain": "explain",
    "load_rubric": "rubric",
    "power": "power_verb",
    **dict.fromkeys(("init", "report", "score", "shipped_example", "validate"), "verbs"),
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- whatever the name stands for
    if name not in _HOME:
        raise AttributeError(f"module 'dualtrack' has no attribute {name!r}")
    return getattr(import_module(f"dualtrack.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
