"""Reads the part of YAML that a clinician can write and a committee can check, and refuses the rest.

In YAML the second of two equal keys wins in silence, a few lines of aliases fill the memory, and a ``#``
after a blank ends a sentence. Whatever a person would not expect is a problem here, with its line. Values
are built from the parser's events without recursion, so hostile nesting costs nothing.

May import errors and the rubric header. Opens no file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from dualtrack.errors import Place, Problem, RubricError
from dualtrack.rubric.header import KeyPath
from dualtrack.rubric.yaml_words import CONTROL, plain_value, trap

__all__ = ["MAX_BYTES", "MAX_DEPTH", "Source", "dotted", "nearest_line", "read_yaml"]

MAX_BYTES = 256 * 1024
"""Largest rubric file. The longest metric file that we can imagine has a tenth of it."""

MAX_DEPTH = 16
"""Deepest nesting of lists and keys. A metric file needs six."""

_MAX_PROBLEMS = 50  # a file with more is not the file that was meant; reading on would only hide that

# The compiled parser reads the same language about ten times as fast; not every platform has it.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Value = str | int | float | bool | list[Any] | dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Source:
    """One YAML file as read: its values, and the line on which each key or entry stands (from 1)."""

    file: str
    plain: Mapping[str, Any]
    lines: Mapping[KeyPath, int]

    def place(self, path: KeyPath) -> Place:
        """Where a key or entry stands; one that is not there is placed at the nearest one around it."""
        return Place(self.file, line=nearest_line(self.lines, path), column=dotted(path) or None)


def nearest_line(lines: Mapping[KeyPath, int], path: KeyPath) -> int | None:
    """Line of the longest beginning of a path that the file has, null when it has none."""
    for length in range(len(path), -1, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def dotted(path: KeyPath) -> str:
    """Write a path as people do.

    Example:
        >>> dotted(("gates", 0, "limit"))
        'gates[0].limit'
    """
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def read_yaml(data: bytes, file: str) -> Source:
    r"""Read one YAML document that is a mapping of plain keys.

    Refused: other encodings than UTF-8, tabs, control characters, files above 256 KiB, several documents,
    equal keys, anchors and aliases, tags, merge keys, nesting deeper than 16, unquoted text that YAML would
    read as something else (``no``, ``010``, ``1:30``, ``2025-01-01``, ``1e3``), an empty value (write
    ``null``) and text that a ``#`` cuts off.

    Args:
        data: the bytes of the file.
        file: its name for messages.

    Returns:
        Values as text, numbers, true, false, null, lists and dicts, with the line of each.

    Raises:
        RubricError: the file cannot be read this way; all its problems in the order of lines (RUB005 to
        RUB018).

    Example:
        >>> source = read_yaml(b'levels:\n  - {id: "1", value: 0.25}\n', "scales/correctness.yaml")
        >>> source.plain["levels"], source.lines["levels", 0, "value"]
        ([{'id': '1', 'value': 0.25}], 2)
    """
    text = _decode(data, file)
    reader = _Reader(file, [row.removesuffix("\r") for row in text.split("\n")])
    try:
        reader.look_at_characters()
        for event in yaml.parse(text, Loader=_LOADER):
            reader.take(event)
    except _StopReading:
        pass
    except yaml.YAMLError as error:
        reader.syntax(error)
    if not reader.problems and not isinstance(reader.root, dict):
        reader.refuse("RUB013", 1, "the file has no keys", fix="start with schema: and id:")
    if reader.problems or not isinstance(reader.root, dict):
        raise RubricError(sorted(reader.problems, key=lambda problem: problem.place.line or 0))
    return Source(file, reader.root, reader.lines)


def _decode(data: bytes, file: str) -> str:
    if len(data) > MAX_BYTES:
        found, expected = f"{len(data)} bytes", f"at most {MAX_BYTES}"
        fix = "a rubric file holds one metric or one scale; move data elsewhere"
        raise RubricError(Problem("RUB005", "the file is too large", Place(file), found, expected, fix))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(file, line=data.count(b"\n", 0, error.start) + 1)
        found = f"byte 0x{data[error.start]:02x}"
        raise RubricError(Problem("RUB006", "the file is not UTF-8", place, found, fix="save it as UTF-8")) from None


class _StopReading(Exception):  # noqa: N818 -- a signal to itself, never seen outside
    """Reading on would add nothing."""


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet."""

    value: dict[str, Any] | list[Any]
    path: KeyPath
    in_braces: bool
    key: str | None = None
    keys: dict[str, int] = field(default_factory=dict)


class _Reader:
    """Builds the values of one file from the parser's events and collects its problems."""

    def __init__(self, file: str, rows: list[str]) -> None:
        self.file = file
        self.rows = rows
        self.root: Value = None
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._n_documents = 0

    def refuse(self, code: str, line: int, what: str, *, found: str = "", fix: str = "") -> None:
        column = dotted(self._next_path()) or None
        self.problems.append(Problem(code, what, Place(self.file, line=line, column=column), found, fix=fix))
        if len(self.problems) >= _MAX_PROBLEMS:
            raise _StopReading

    def look_at_characters(self) -> None:
        """Refuse what an editor does not show: it would be read as something or split a line."""
        for number, row in enumerate(self.rows, start=1):
            if "\t" in row:
                self.refuse("RUB008", number, "the line has a tab", fix="use spaces")
            if found := CONTROL.search(row):
                self._refuse_control(found.group(), number)
        if any(problem.code == "RUB018" for problem in self.problems):
            raise _StopReading

    def syntax(self, error: yaml.YAMLError) -> None:
        if self.problems and self.problems[0].code == "RUB008":
            return  # the tab is the reason, and the parser's word for it helps nobody
        mark = getattr(error, "problem_mark", None)
        place = Place(self.file, line=mark.line + 1 if mark is not None else None)
        found = str(getattr(error, "problem", None) or error).removeprefix("found ")
        fix = 'look for a missing quote or bracket, a wrong indent, or a text with ": " that needs quotes'
        self.problems.append(Problem("RUB007", "this is not YAML", place, found, fix=fix))

    def take(self, event: yaml.Event) -> None:
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            self._document(event, line)
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()

    def _document(self, event: yaml.DocumentStartEvent, line: int) -> None:
        self._n_documents += 1
        if self._n_documents > 1:
            self.refuse("RUB013", line, "the file has several documents", found="---", fix="one file for each")
            raise _StopReading
        if event.tags or event.version:
            self.refuse("RUB011", line, "YAML directives are not allowed", fix="remove the line that starts with %")

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        self._refuse_references(event, line)
        if self._open and isinstance(self._open[-1].value, dict) and self._open[-1].key is None:
            self._take_key(self._open[-1], event, line)
        elif isinstance(event, yaml.ScalarEvent):
            self._put(self._scalar(event, line), line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._begin(event, line)
        else:
            self._put(None, line)

    def _refuse_references(self, event: yaml.NodeEvent, line: int) -> None:
        if event.anchor is not None:
            found = f"{'*' if isinstance(event, yaml.AliasEvent) else '&'}{event.anchor}"
            what = "anchors and aliases are not allowed"
            self.refuse("RUB010", line, what, found=found, fix="write the value out at each place")
        if getattr(event, "tag", None) is not None:
            found = str(getattr(event, "tag", ""))
            self.refuse("RUB011", line, "tags are not allowed", found=found, fix="remove it; put text in quotes")

    def _take_key(self, top: _Open, event: yaml.NodeEvent, line: int) -> None:
        if not isinstance(event, yaml.ScalarEvent):
            self.refuse("RUB017", line, "a key must be a word", fix="write key: value")
            raise _StopReading
        key: str = event.value
        if key == "<<" and not event.style:
            self.refuse("RUB012", line, "merge keys are not allowed", found=key, fix="write the keys out")
        elif not isinstance(self._scalar(event, line), str):
            what = "YAML would not read this key as text"
            self.refuse("RUB015", line, what, found=key, fix=f'write "{key}"')
        if key in top.keys:
            what, found = f"the key {key!r} stands twice", f"first on line {top.keys[key]}"
            self.refuse("RUB009", line, what, found=found, fix="keep one of them")
        top.keys.setdefault(key, line)
        top.key = key
        self.lines.setdefault((*top.path, key), line)

    def _next_path(self) -> KeyPath:
        """Path of the value that comes next."""
        if not self._open:
            return ()
        top = self._open[-1]
        if isinstance(top.value, list):
            return (*top.path, len(top.value))
        return top.path if top.key is None else (*top.path, top.key)

    def _put(self, value: Value, line: int) -> None:
        self.lines.setdefault(self._next_path(), line)
        if not self._open:
            self.root = value
            return
        top = self._open[-1]
        if isinstance(top.value, list):
            top.value.append(value)
        elif top.key is not None:
            top.value[top.key] = value
            top.key = None

    def _begin(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            self.refuse("RUB014", line, f"nested deeper than {MAX_DEPTH} levels", fix="use fewer levels")
            raise _StopReading
        path = self._next_path()
        value: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._put(value, line)
        self._open.append(_Open(value, path, in_braces=isinstance(value, dict) and bool(event.flow_style)))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> str | int | float | bool | None:
        text: str = event.value
        if event.style:
            if found := CONTROL.search(text):  # written as an escape, so that no line shows it
                self._refuse_control(found.group(), line)
            return text
        end = event.end_mark
        if end is not None and end.line < len(self.rows) and self.rows[end.line][end.column :].startswith(" #"):
            fix = "quote the whole text, or put two spaces before a comment"
            self.refuse("RUB016", line, "the text is cut off at the #", found=repr(text[-40:]), fix=fix)
        if (caught := trap(text)) is not None:
            what, fix = caught
            if text == "" and self._open and self._open[-1].in_braces:
                fix = "inside { } a comma ends a text: put the whole text in quotes"
            self.refuse("RUB015", line, what, found=text or "nothing", fix=fix)
            return text
        return plain_value(text)

    def _refuse_control(self, character: str, line: int) -> None:
        what = "the text has a control character"
        self.refuse("RUB018", line, what, found=f"U+{ord(character):04X}", fix="remove it")
