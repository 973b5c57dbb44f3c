"""The process in which check kinds of other packages run: reads questions, judges, writes answers, line by line.

Why it exists: see ``guarded``. Nothing of a foreign kind may reach the lines between the two processes, so the pipes
are moved away before any kind is loaded: what a kind prints goes nowhere, and what it reads is empty. May import the
base of the checks and the lexicons of the rubric.
"""

import json
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import MappingProxyType
from typing import Any

from dualtrack.checks.base import CheckInput, Judgement
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.terms import ResponseStatus

__all__ = ["serve"]

_GRACE = 5.0  # seconds beyond the limit after which the process ends itself, should nobody be there to end it

Judge = Callable[[CheckInput], object]


def serve(seconds: float) -> None:
    """Answer questions until there are no more.

    The first line lists the checks to load, every other line is a response to judge. An answer is one line too.

    Args:
        seconds: time for one response; this process ends itself a little later where the platform has an alarm, for
            the case that the process which would end it is gone.
    """
    questions = os.fdopen(os.dup(0), encoding="ascii")
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 0)
    os.dup2(2, 1)
    loaded: dict[str, Judge | str] = {}
    for number, line in enumerate(questions):
        question = json.loads(line)
        if number:
            _alarm(seconds + _GRACE)
            answer = _answer(loaded, question)
            _alarm(0)
        else:
            loaded = {check["probe"]: _load(check) for check in question}
            answer = {"ready": True}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _alarm(seconds: float) -> None:
    """Have the system end this process, whatever it is doing by then; 0 calls it off."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _load(check: Mapping[str, Any]) -> Judge | str:
    """A function that judges with one check, or why it cannot be loaded."""
    try:
        kind = EntryPoint(name=check["probe"], value=check["origin"], group="").load()
        params = kind.params.model_validate_json(check["params"])
        lexicons = {name: Lexicon.model_validate_json(each) for name, each in check["lexicons"].items()}
    except BaseException as error:  # noqa: BLE001 - a foreign module may do anything while it is imported
        return f"{type(error).__name__} while it was loaded"

    return lambda given: kind.judge(replace(given, lexicons=lexicons), params)


def _answer(loaded: Mapping[str, "Judge | str"], question: Mapping[str, Any]) -> dict[str, Any]:
    judge = loaded[question["probe"]]
    if isinstance(judge, str):
        return {"error": judge}
    given = question["given"]
    try:
        facts = {"status": ResponseStatus(given["status"]), "reference": MappingProxyType(given["reference"])}
        said = judge(CheckInput(**(given | facts)))
        judgements = said if isinstance(said, tuple) else (said,)
        return {"judgements": [_plain(each) for each in judgements]}
    except BaseException as error:  # noqa: BLE001 - whatever a foreign kind raises is an error of this one response
        return {"error": type(error).__name__}


def _plain(judgement: object) -> dict[str, Any]:
    if not isinstance(judgement, Judgement):
        raise TypeError("not a judgement")
    return {
        "outcome": judgement.outcome.value,
        "value": None if judgement.value is None else float(judgement.value),
        "failure_mode": judgement.failure_mode,
        "spans": [[int(start), int(end)] for start, end in judgement.spans],
        "reason": None if judgement.reason is None else judgement.reason.value,
        "unit": judgement.unit,
    }
