"""Reading nested JSON by name and type, with every problem collected and placed.

It exists so that a results folder from elsewhere, edited or broken, ends in coded problems and never in a traceback or
a half-made page. May import errors and ``records.columns``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from dualtrack.errors import Place, Problem
from dualtrack.records.columns import Column, Kind
from dualtrack.report.document import Fact

__all__ = ["DOCUMENT", "Taker"]

DOCUMENT = "scorecards.json"
LONGEST_QUOTE = 60
LARGEST = 10**15
"""Beyond this, a number of a study is a fault, and no text of it could be read."""
_FIX = "score the study again; scorecards.json is not edited by hand"
_NOTHING = object()
Placeholder = TypeVar("Placeholder")


@dataclass(frozen=True, slots=True)
class Taker:
    """One JSON value at one path.

    Every ``take`` returns a value of the type that was asked for. Where the document has another type, or nothing, a
    problem joins ``problems`` and a harmless placeholder is returned: the caller goes on, and raises at the end.
    """

    value: Any
    path: str
    problems: list[Problem]

    def text(self, key: str) -> str:
        """A required text."""
        found = self._get(key)
        return found if isinstance(found, str) else self._wrong(key, found, "text", "")

    def text_or_none(self, key: str) -> str | None:
        """A text, or None where it is null or absent."""
        found = self._get(key, required=False)
        return found if found is None or isinstance(found, str) else self._wrong(key, found, "text or null", None)

    def word(self, key: str, words: tuple[str, ...]) -> str:
        """A text that is one of the words."""
        found = self._get(key)
        if isinstance(found, str) and found in words:
            return found
        return self._wrong(key, found, "one of " + ", ".join(words), words[0])

    def word_or_none(self, key: str, words: tuple[str, ...]) -> str | None:
        """One of the words, or None where it is null or absent."""
        return None if self._get(key, required=False) is None else self.word(key, words)

    def number(self, key: str) -> float:
        """A required number."""
        found = self._get(key)
        return found if _is_number(found) else self._wrong(key, found, "a number", 0.0)

    def number_or_none(self, key: str) -> float | None:
        """A number, or None where it is null or absent."""
        found = self._get(key, required=False)
        return found if found is None or _is_number(found) else self._wrong(key, found, "a number or null", None)

    def integer(self, key: str) -> int:
        """A required whole number."""
        found = self._get(key)
        return found if _is_integer(found) else self._wrong(key, found, "a whole number", 0)

    def integer_or_none(self, key: str) -> int | None:
        """A whole number, or None where it is null or absent."""
        found = self._get(key, required=False)
        return found if found is None or _is_integer(found) else self._wrong(key, found, "a whole number", None)

    def boolean(self, key: str) -> bool:
        """A required true or false."""
        found = self._get(key)
        return found if isinstance(found, bool) else self._wrong(key, found, "true or false", False)  # noqa: FBT003 -- a placeholder value, not a flag

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; empty where it is null or absent."""
        found = self._get(key, required=False)
        if found is None:
            return ()
        if isinstance(found, list) and all(isinstance(each, str) for each in found):
            return tuple(found)
        return self._wrong(key, found, "a list of texts", ())

    def numbers(self, key: str) -> tuple[float, ...]:
        """A list of numbers; empty where it is null or absent."""
        found = self._get(key, required=False)
        if found is None:
            return ()
        if isinstance(found, list) and all(_is_number(each) for each in found):
            return tuple(found)
        return self._wrong(key, found, "a list of numbers", ())

    def inner(self, key: str) -> "Taker":
        """A required object."""
        found = self._get(key)
        if not isinstance(found, dict):
            found = self._wrong(key, found, "an object", {})
        return Taker(found, self._at(key), self.problems)

    def inner_or_empty(self, key: str) -> "Taker":
        """An object; empty where it is null or absent."""
        return Taker({}, self._at(key), self.problems) if self._get(key, required=False) is None else self.inner(key)

    def each(self, key: str, *, required: bool = True) -> Iterator["Taker"]:
        """The objects of a list, in order."""
        found = self._get(key, required=required)
        if found is None and not required:
            return
        if not isinstance(found, list):
            found = self._wrong(key, found, "a list", [])
        for number, value in enumerate(found):
            place = f"{self._at(key)}[{number}]"
            if isinstance(value, dict):
                yield Taker(value, place, self.problems)
            else:
                self._note(place, value, "an object")

    def fact(self, key: str) -> Fact:
        """A fact of a note: text, number, true or false, nothing, a list of texts, or a list of objects of these."""
        found = self._get(key)
        if isinstance(found, list) and found and isinstance(found[0], dict):
            return tuple({name: each.fact(name) for name in each.names()} for each in self.each(key))
        if isinstance(found, list):
            return self.texts(key)
        plain: Fact = found
        if found is None or isinstance(found, str | bool) or _is_number(found):
            return plain
        return self._wrong(key, found, "a text, a number or a list", None)

    def names(self) -> tuple[str, ...]:
        """The keys of this object, in order."""
        return tuple(sorted(self.value))

    def column(self, column: Column) -> Any:  # noqa: ANN401 -- the specification of the table gives the type
        """The cell of a row of a table, typed as its specification says."""
        name, null = column.name, column.null
        match column.kind:
            case Kind.word:
                found: Any = self.word_or_none(name, column.words) if null else self.word(name, column.words)
            case Kind.integer:
                found = self.integer_or_none(name) if null else self.integer(name)
            case Kind.number:
                found = self.number_or_none(name) if null else self.number(name)
            case Kind.boolean:
                found = None if self._get(name, required=False) is None else self.boolean(name)
            case Kind.list:
                found = self.texts(name) if column.low is None else self.numbers(name)
            case _:
                found = self.text_or_none(name) if null else self.text(name)
        return found

    def _get(self, key: str, *, required: bool = True) -> Any:  # noqa: ANN401 -- a JSON value before it is typed
        return self.value.get(key, _NOTHING if required else None)

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def _wrong(self, key: str, found: object, expected: str, placeholder: Placeholder) -> Placeholder:
        self._note(self._at(key), found, expected)
        return placeholder

    def _note(self, place: str, found: object, expected: str) -> None:
        quoted = "nothing" if found is _NOTHING else _quote(found)
        what = "a value is missing or of the wrong type"
        self.problems.append(Problem("REP005", what, Place(DOCUMENT, column=place), quoted, expected, _FIX))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and _is_number(value)


def _quote(value: object) -> str:
    text = ascii(value)
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
