"""Automated checks on responses: the kinds, the registry that finds them, and the engine that runs them.

May import errors, terms and stats. A check kind is one module of ``checks.kinds`` or one entry point of the group
``dualtrack.checks``; nothing else has to change when one is added.
"""

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Judgement, Span
from dualtrack.checks.bind import BoundCheck, bind
from dualtrack.checks.registry import ENTRY_POINT_GROUP, check_kind, check_kinds, discover
from dualtrack.checks.run import FINDING_COLUMNS, judge_one, primary_language, run_checks

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
    "judge_one",
    "primary_language",
    "run_checks",
]
