"""The rubric as data: what is measured, how much failing matters, and what no average may excuse.

May import errors, terms, stats and the place of the shipped folders. ``load_rubric`` reads a rubric folder,
``find_definition`` one metric or scale, ``json_schemas`` gives JSON Schema for editors. ``dualtrack.rubric.lint``
finds what a reviewer would; it computes, and is imported by itself so that reading a definition stays quick.
"""

from dualtrack.rubric.export import json_schemas
from dualtrack.rubric.header import Floors, Header, Rubric
from dualtrack.rubric.load import find_definition, load_rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.scale import Scale

__all__ = ["Floors", "Header", "Metric", "Rubric", "Scale", "find_definition", "json_schemas", "load_rubric"]
