"""The clinical safety report and the failure browser: what fails, how badly, how often, in whom, and the evidence.

May import errors, terms, ``render``, the specification of the result tables, the rubric's forms and report.
"""

from dualtrack.report.clinical.cases import Cases
from dualtrack.report.clinical.source import load_cases

__all__ = ["Cases", "load_cases"]
