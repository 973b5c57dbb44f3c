"""Automated checks on responses: the kinds, the registry that finds them, and the engine that runs them.

May import errors, terms and stats. A check kind is one module of ``checks.kinds`` or one entry point of the group
``dualtrack.checks``; nothing else has to change when one is added. Running needs data frames and is loaded on first
use, so that explaining a kind is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Judgement, Span
from dualtrack.checks.bind import BoundCheck, bind
from dualtrack.checks.registry import ENTRY_POINT_GROUP, check_kind, check_kinds, discover

if TYPE_CHECKING:
    from dualtrack.checks.findings import FINDING_COLUMNS
    from dualtrack.checks.judging import judge_all, judge_one
    from dualtrack.checks.run import run_checks
    from dualtrack.checks.tables import primary_language

__all__ = [
    "ENTRY_POINT_GROUP",
    "FINDING_COLUMNS",
    "BoundCheck",
    "CheckInput",
    "CheckKind",
    "CheckParams",
    "Example",
    "FailureMode",
    "Judgement",
    "Span",
    "bind",
    "check_kind",
    "check_kinds",
    "discover",
    "judge_all",
    "judge_one",
    "primary_language",
    "run_checks",
]

_LATER = {
    "FINDING_COLUMNS": "findings",
    "judge_all": "judging",
    "judge_one": "judging",
    "primary_language": "tables",
    "run_checks": "run",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 -- whatever the name stands for
    if name not in _LATER:
        raise AttributeError(f"module 'dualtrack.checks' has no attribute {name!r}")
    return getattr(import_module(f"dualtrack.checks.{_LATER[name]}"), name)
