"""What a design can and cannot conclude: chances of the four states before there is any evidence.

May import terms, stats, rubric, records and scoring. For planning alone. States come from the functions that decide the
gates, so that plan and gate cannot disagree.
"""

from dualtrack.scoring.power.run import power_tables
from dualtrack.scoring.power.wishes import Wishes

__all__ = ["Wishes", "power_tables"]
