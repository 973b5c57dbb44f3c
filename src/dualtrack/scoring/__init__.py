"""Scoring: from findings to estimates, gates and verdicts, in pure stages over partitions."""

from dualtrack.scoring.check_jobs import bound_checks
from dualtrack.scoring.engine import Scored, score_tables
from dualtrack.scoring.plan import Plan, make_plan

__all__ = ["Plan", "Scored", "bound_checks", "make_plan", "score_tables"]
