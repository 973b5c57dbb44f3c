"""Reading what scorecards.json says of risk: matrices and ladders in the form that the rubric has them.

May import errors, the rubric's forms of risk, and report.
"""

import json
from typing import TypeVar

from pydantic import ValidationError

from dualtrack.errors import Place, Problem
from dualtrack.report.document import Risk
from dualtrack.report.taking import DOCUMENT, Taker
from dualtrack.rubric.base import Schema
from dualtrack.rubric.risk import HarmLadder, RiskMatrix

__all__ = ["risk_of"]

Form = TypeVar("Form", bound=Schema)
LONGEST_QUOTE = 60


def risk_of(risk: Taker) -> Risk | None:
    """Matrices, ladders and high-risk strata; None where the results hold none.

    Args:
        risk: the part of the document; empty in results of an earlier version. What has another form joins its
            problems as REP005.
    """
    if not risk.names():
        return None
    high = risk.inner_or_empty("high_risk")
    return Risk(
        matrices=_each(risk, "matrices", RiskMatrix),
        ladders=_each(risk, "ladders", HarmLadder),
        high_risk=tuple((name, high.texts(name)) for name in high.names()),
    )


def _each(risk: Taker, key: str, form: type[Form]) -> tuple[Form, ...]:
    found = [_taken(each, form) for each in risk.each(key, required=False)]
    return tuple(each for each in found if each is not None)


def _taken(given: Taker, form: type[Form]) -> Form | None:
    try:
        return form.model_validate_json(json.dumps(given.value))  # strict forms take lists from JSON alone
    except ValidationError as error:
        what = "a value is missing or of the wrong type"
        quoted = ascii(error.errors()[0]["msg"])[:LONGEST_QUOTE]
        fix = "score the study again; scorecards.json is not edited by hand"
        given.problems.append(Problem("REP005", what, Place(DOCUMENT, column=given.path), quoted, form.__name__, fix))
        return None
