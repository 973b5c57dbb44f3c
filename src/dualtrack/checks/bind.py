"""Joins a check kind with the parameters that a metric gives it, and names everything wrong with them at once.

Why it exists: a wrong parameter must stop the plan, before any response is read. May import errors, terms and the
base of the checks.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError

from dualtrack.checks.base import CheckKind, CheckParams, FailureMode, Lexicons
from dualtrack.checks.registry import check_kind
from dualtrack.checks.selection import select_reference
from dualtrack.errors import CheckError, Place, Problem
from dualtrack.terms import Proof

__all__ = ["BoundCheck", "bind"]


@dataclass(frozen=True, slots=True)
class BoundCheck:
    """A check kind with validated parameters, ready to run.

    Args:
        probe_id: ``metric.check``; names the findings.
        kind: the kind.
        params: an instance of the kind's parameter schema.
        select: which of the item's facts it reads; see ``select_reference``.
        proof: standing of its findings.
        lexicons: word lists of the rubric, by id.
        modes: failure mode of the kind -> name and act that its findings carry.
    """

    probe_id: str
    kind: CheckKind[Any]
    params: CheckParams
    select: Mapping[str, Mapping[str, Any]]
    proof: Proof
    lexicons: Lexicons
    modes: Mapping[str, tuple[str, str]]

    def facts(self, reference: Mapping[str, Any]) -> dict[str, Any] | None:
        """The facts of an item that this check reads, or None where it does not apply to the item.

        Args:
            reference: the item's reference; empty when it states nothing.
        """
        if not self.kind.needs:
            return dict(reference)
        return select_reference(reference, self.select, needs=self.kind.needs, also=self.kind.reads_also)


def bind(
    probe_id: str,
    kind: str | CheckKind[Any],
    params: Mapping[str, Any] | None = None,
    *,
    select: Mapping[str, Any] | None = None,
    proof: Proof = Proof.screening,
    lexicons: Lexicons | None = None,
    raises: Mapping[str, FailureMode] | None = None,
    place: Place | None = None,
) -> BoundCheck:
    """Join a check kind with its parameters.

    Args:
        probe_id: ``metric.check``.
        kind: name of a kind, or a kind.
        params: parameters that differ from the kind's defaults, as read from YAML.
        select: per key of the item's reference, the fields its entries must have; keys must be ones the kind needs.
        proof: standing of its findings; screening unless something better is shown.
        lexicons: word lists of the rubric that the metric names for this check, by id.
        raises: per failure mode of the kind, the failure mode of the metric that it is; the others keep their own.
        place: file and dotted path of the check, for messages; ``.params.NAME`` is added to its column.

    Returns:
        The check, ready for ``run_checks``.

    Raises:
        CheckError: CHK001 unknown kind; else all of CHK005 unknown parameter, CHK006 a parameter is missing or has a
            wrong value, CHK007 ``select`` names facts that the kind does not read, CHK011 ``raises`` names a failure
            mode that the kind does not have.

    Example:
        >>> bind("clarity.grade", "readability", {"max_grade": 9}).params.max_grade
        9.0
        >>> bind("clarity.grade", "readability", {"max_grad": 9})
        Traceback (most recent call last):
        dualtrack.errors.CheckError: CHK005 check kind 'readability' has no such parameter; column params.max_grad;
        found 'max_grad'; expected one of formula, max_grade, min_words; fix: did you mean 'max_grade'?
    """
    place = place if place is not None else Place()
    if isinstance(kind, str):
        kind = check_kind(kind, place=place)
    problems = [*_select_problems(kind, select or {}, place), *_raises_problems(kind, raises or {}, place)]
    validated: CheckParams | None = None
    try:
        validated = kind.params.model_validate_json(orjson.dumps(dict(params or {})))
    except orjson.JSONEncodeError as error:
        at = _below(place, "params")
        problems.append(Problem("CHK006", "a parameter is not plain data", at, found=str(error)))
    except ValidationError as error:
        problems += [_param_problem(kind, place, detail) for detail in error.errors(include_url=False)]
    if problems or validated is None:
        raise CheckError(problems)
    modes = {mode.id: (raises or {}).get(mode.id, mode) for mode in kind.modes_with(validated)}
    return BoundCheck(
        probe_id,
        kind,
        validated,
        dict(select or {}),
        proof,
        dict(lexicons or {}),
        {name: (mode.id, mode.act) for name, mode in modes.items()},
    )


def _below(place: Place, path: str) -> Place:
    column = f"{place.column}.{path}" if place.column else path
    return Place(place.file, place.row, place.line, column, place.cell)


def _param_problem(kind: CheckKind[Any], place: Place, detail: Mapping[str, Any]) -> Problem:
    path = ".".join(str(part) for part in detail["loc"])
    at = _below(place, f"params.{path}" if path else "params")
    known = sorted(kind.params.model_fields)
    if detail["type"] == "extra_forbidden" and len(detail["loc"]) == 1:
        near = difflib.get_close_matches(path, known, n=1)
        expected = f"one of {', '.join(known)}" if known else "no parameter"
        fix = f"did you mean '{near[0]}'?" if near else "remove it"
        what = f"check kind '{kind.name}' has no such parameter"
        return Problem("CHK005", what, at, found=repr(path), expected=expected, fix=fix)
    found = "nothing" if detail["type"] == "missing" else repr(detail["input"])
    what = f"a parameter of check kind '{kind.name}' is wrong"
    return Problem("CHK006", what, at, found=found, expected=detail["msg"])


def _raises_problems(kind: CheckKind[Any], raises: Mapping[str, FailureMode], place: Place) -> list[Problem]:
    known = [mode.id for mode in kind.failure_modes]
    what = f"check kind '{kind.name}' has no such failure mode"
    return [
        Problem(
            "CHK011", what, _below(place, f"raises.{name}"), found=repr(name), expected=f"one of {', '.join(known)}"
        )
        for name in raises
        if name not in known
    ]


def _select_problems(kind: CheckKind[Any], select: Mapping[str, Any], place: Place) -> list[Problem]:
    problems = []
    known = (*kind.needs, *kind.reads_also)
    expected = f"one of {', '.join(known)}" if known else "no selection: the kind reads no facts"
    for key, fields in select.items():
        at = _below(place, f"select.{key}")
        if key not in known:
            what = f"check kind '{kind.name}' does not read these facts"
            problems.append(Problem("CHK007", what, at, found=repr(key), expected=expected))
        elif not isinstance(fields, Mapping):
            what = "a selection is not a mapping of fields to values"
            problems.append(Problem("CHK007", what, at, found=repr(fields), expected="a mapping"))
    return problems
