"""Scoring: from findings to estimates, gates and verdicts, in pure stages over partitions."""

from dualtrack.scoring.engine import Scored, bound_checks, score_tables
from dualtrack.scoring.plan import Plan, make_plan

__all__ = ["Plan", "Scored", "bound_checks", "make_plan", "score_tables"]
