"""A power calculation as a page and as lines of text. May import terms, ``render`` and the ground of report."""

from dualtrack.report.power.page import PAGE, power_page
from dualtrack.report.power.text import power_lines

__all__ = ["PAGE", "power_lines", "power_page"]
