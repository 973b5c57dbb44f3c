"""The rubric as data: what is measured, how much failing matters, and what no average may excuse.

May import errors, terms, stats and the place of the shipped folders. ``load_rubric`` reads a rubric folder,
``find_definition`` one metric or scale; ``dualtrack.rubric.lint`` finds what a reviewer would, and
``dualtrack.rubric.export`` writes the JSON Schema for editors.
"""

from dualtrack.rubric.header import Floors, Header, Rubric
from dualtrack.rubric.load import find_definition, load_rubric
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.scale import Scale

__all__ = ["Floors", "Header", "Metric", "Rubric", "Scale", "find_definition", "load_rubric"]
