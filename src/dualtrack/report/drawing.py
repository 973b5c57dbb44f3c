"""The templates of the reports, compiled once for every page that is drawn. May import ``render``."""

import functools

from jinja2 import Environment

from dualtrack.render import environment

__all__ = ["templates"]


@functools.cache
def templates() -> Environment:
    """The environment in which the pages of a study, of a rubric and of a plan are drawn.

    Compiling the templates takes longer than drawing a page, so they are compiled once.
    """
    return environment({"report": "dualtrack.report"})
