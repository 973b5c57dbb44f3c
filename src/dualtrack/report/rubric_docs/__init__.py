"""The pages of a rubric itself: the whole of it for a committee, and the guide for its raters.

May import errors, terms, ``render``, rubric, checks and the words of report. Pure functions of a loaded rubric; files
are written by ``report.write``.
"""

from dualtrack.report.rubric_docs.guide import GUIDE, guide_page
from dualtrack.report.rubric_docs.page import RUBRIC_PAGE, rubric_page

__all__ = ["GUIDE", "RUBRIC_PAGE", "guide_page", "rubric_page"]
