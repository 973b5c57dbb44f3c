"""A new version of a system against its predecessor, from the results of two runs on the same items.

May import terms, stats, rubric, records and the scoring ground.
"""

from dualtrack.scoring.versions.criteria import CriteriaFile
from dualtrack.scoring.versions.run import Run, run_of
from dualtrack.scoring.versions.tables import Pairing, version_tables

__all__ = ["CriteriaFile", "Pairing", "Run", "run_of", "version_tables"]
