"""Pages from results: one scorecard for each track and an index, functions of the results folder alone.

``rubric_docs`` makes the pages of a rubric itself.

May import everything below it: errors, terms, ``render`` and the specification of the result tables.
"""

from dualtrack.report.document import Document
from dualtrack.report.pages import build_pages
from dualtrack.report.source import load_document, parse_document
from dualtrack.report.words import Words, load_words
from dualtrack.report.write import write_pages, write_rubric_pages

__all__ = [
    "Document",
    "Words",
    "build_pages",
    "load_document",
    "load_words",
    "parse_document",
    "write_pages",
    "write_rubric_pages",
]
