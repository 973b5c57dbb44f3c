"""A comparison of two runs for readers: the page and the lines of a terminal, from compare.json alone.

May import terms, ``render``, records and the ground of report.
"""

from dualtrack.report.versions.page import VERSIONS_PAGE, versions_page
from dualtrack.report.versions.text import version_lines

__all__ = ["VERSIONS_PAGE", "version_lines", "versions_page"]
