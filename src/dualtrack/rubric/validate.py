"""Turns what a schema refuses into problems that name the line, what stands there and what to write.

Schemas are validated in JSON mode: lists become tuples and words enum members, while a number where text
belongs stays an error. May import errors and the rubric schemas.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from pydantic import ValidationError

from dualtrack.errors import Place, Problem, RubricError
from dualtrack.rubric.base import ID_PATTERN, Schema
from dualtrack.rubric.header import KeyPath
from dualtrack.rubric.yaml_source import Source

__all__ = ["meant", "validate"]

AnySchema = TypeVar("AnySchema", bound=Schema)
Detail = Mapping[str, Any]

_WORD_TYPES = ("literal_error", "enum", "union_tag_invalid")
_MISSING_TYPES = ("missing", "union_tag_not_found")
_LENGTH_TYPES = ("too_short", "too_long")  # of a list whose entries were refused: no news
_SHOWN = 60  # characters of a found value
_PATTERNS = {ID_PATTERN: "small letters, digits and _, starting with a letter"}


def validate(schema: type[AnySchema], source: Source) -> AnySchema:
    """Validate one file against its schema.

    Args:
        schema: Metric, Scale or Header.
        source: the file as read.

    Returns:
        The validated definition.

    Raises:
        RubricError: all the problems of the file: a key is unknown (RUB020) or missing (RUB021), a number
        or truth
            value stands where text belongs (RUB022), a word is not one of those allowed (RUB023), a value
            does not fit otherwise (RUB024), keys contradict each other (RUB025).
    """
    text = json.dumps(source.plain)
    try:
        return schema.model_validate_json(text, by_alias=True, by_name=False)
    except ValidationError as error:
        raise RubricError(_problems(schema, source, error)) from None


def meant(word: object, known: Sequence[str]) -> str:
    """Ask for the nearest known word, an empty text when none is near.

    Example:
        >>> meant("readabilty", ["readability", "relevance"])
        "did you mean 'readability'?"
    """
    near = get_close_matches(str(word), known, n=1)
    return f"did you mean {near[0]!r}?" if near else ""


def _problems(schema: type[Schema], source: Source, error: ValidationError) -> list[Problem]:
    grouped: dict[KeyPath, list[Detail]] = defaultdict(list)
    for detail in error.errors(include_url=False):
        grouped[_path(source.plain, detail["loc"], absent=detail["type"] in _MISSING_TYPES)].append(detail)
    for details in grouped.values():
        details.sort(key=lambda detail: detail["type"] in _LENGTH_TYPES)
    found = [
        _problem(schema, source, path, details)
        for path, details in grouped.items()
        if not _is_shadow(path, details, grouped)
    ]
    return sorted(found, key=lambda problem: problem.place.line or 0)


def _is_shadow(path: KeyPath, details: Sequence[Detail], grouped: Mapping[KeyPath, object]) -> bool:
    """Say whether this only echoes what is said deeper: another branch of a union, or a list left without entries."""
    deeper = any(len(other) > len(path) and other[: len(path)] == path for other in grouped)
    return deeper and all(len(detail["loc"]) > len(path) or detail["type"] in _LENGTH_TYPES for detail in details)


def _path(plain: object, location: Sequence[str | int], *, absent: bool) -> KeyPath:
    """Follow a location of the schema into the file, leaving out the names of the branches of unions."""
    path: list[str | int] = []
    here: Any = plain
    for position, part in enumerate(location):
        if _holds(here, part):
            here = here[part]
            path.append(part)
        elif absent and position == len(location) - 1:
            path.append(part)
    return tuple(path)


def _holds(value: object, part: str | int) -> bool:
    if isinstance(value, dict):
        return part in value
    return isinstance(value, list) and isinstance(part, int) and part < len(value)


def _problem(schema: type[Schema], source: Source, path: KeyPath, details: Sequence[Detail]) -> Problem:
    detail = details[0]
    kind, value = detail["type"], detail["input"]
    place = source.place(path)
    if kind in _MISSING_TYPES:
        return _missing(source, path, detail)
    if kind == "extra_forbidden":
        known = {*_keys(schema.model_json_schema())} - {path[-1]}  # it may be a key of another place
        fix = meant(path[-1], sorted(known)) or "remove it"
        return Problem("RUB020", f"unknown key {path[-1]!r}", place, fix=fix)
    if kind == "value_error" and isinstance(value, str):
        return Problem("RUB024", "the value does not fit", place, shown(value), str(detail["ctx"]["error"]))
    if kind == "value_error":
        return Problem("RUB025", f"the keys contradict each other: {detail['ctx']['error']}", place)
    found = shown(value)
    if isinstance(value, bool | int | float) and kind in ("string_type", "enum", "literal_error"):
        fix = f'write "{str(value).lower()}"'
        return Problem("RUB022", "a number or truth value stands where text belongs", place, found, "text", fix)
    if kind in _WORD_TYPES and all(each["type"] in _LENGTH_TYPES for each in details[1:]):
        return _word(place, detail)
    expected = " or ".join(dict.fromkeys(_expected(each) for each in details))
    return Problem("RUB024", "the value does not fit", place, found, expected)


def _missing(source: Source, path: KeyPath, detail: Detail) -> Problem:
    if detail["type"] == "union_tag_not_found":
        path = (*path, detail["ctx"]["discriminator"].strip("'"))
    return Problem("RUB021", f"the key {path[-1]!r} is missing", source.place(path), fix="add it")


def _word(place: Place, detail: Detail) -> Problem:
    context, value = detail["ctx"], detail["input"]
    if detail["type"] == "union_tag_invalid":
        tag = context["discriminator"].strip("'")
        place = Place(place.file, line=place.line, column=f"{place.column}.{tag}")
        value, allowed = context["tag"], context["expected_tags"]
    else:
        allowed = context["expected"]
    words = [word.strip("'") for word in allowed.replace(" or ", ", ").split(", ")]
    return Problem(
        "RUB023",
        "the word is not one of those allowed",
        place,
        shown(value),
        ", ".join(words),
        meant(value, words),
    )


def _expected(detail: Detail) -> str:
    if detail["type"] == "string_pattern_mismatch":
        pattern = detail["ctx"]["pattern"]
        return _PATTERNS.get(pattern, f"text of the form {pattern}")
    message: str = detail["msg"]
    message = message.removeprefix("Input should be ").removeprefix("Input should ")
    return message.replace("a valid array", "a list").replace("an object", "keys with values")


def shown(value: object) -> str:
    """Quote a value for a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."


def _keys(schema: object) -> Iterator[str]:
    """All property names anywhere in a JSON Schema."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for each in schema.values():
            yield from _keys(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _keys(each)
