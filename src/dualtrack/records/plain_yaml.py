"""The part of YAML that everybody reads alike, with the line of each value.

May import errors and the collector of problems. Refused are: equal keys, anchors and aliases, tags, several documents,
and unquoted words that YAML 1.1, YAML 1.2 and people read differently.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from dualtrack.errors import Place, Problem, RecordError
from dualtrack.records.problems import shown

__all__ = ["Plain", "read_plain"]

_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")
_OTHER_NUMBER = re.compile(r"[-+]?(0[oO][0-7]+|[0-9.]+[eE][-+]?[0-9]+)")
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_DEEPEST = 16  # a study file needs five
_TEXT = "tag:yaml.org,2002:str"


@dataclass(frozen=True, slots=True)
class Plain:
    """A YAML document: its value, and the line on which each path stands, from 1."""

    value: Any
    lines: Mapping[tuple[str | int, ...], int]

    def line(self, path: Sequence[str | int]) -> int | None:
        """Line of a path, or of the longest beginning of it that the file has."""
        for length in range(len(path), -1, -1):
            if tuple(path[:length]) in self.lines:
                return self.lines[tuple(path[:length])]
        return None


def read_plain(text: str, file: str) -> Plain:
    r"""Read one YAML document.

    Args:
        text: the document.
        file: its name for messages.

    Returns:
        Its value and lines.

    Raises:
        RecordError: REC002 for everything that is not YAML or could be misread, all at once.

    Example:
        >>> read_plain("plan:\n  samples: 1\n", "study.yaml").value
        {'plan': {'samples': 1}}
    """
    reader = _Reader(file)
    try:
        reader.refuse_references(text)
        node = None if reader.problems else yaml.compose(text, Loader=yaml.SafeLoader)
        value = None if node is None else reader.value(node, ())
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reader.refuse(None if mark is None else mark.line, "this is not YAML", str(getattr(error, "problem", error)))
        value = None
    if not reader.problems and not isinstance(value, dict):
        reader.refuse(0, "the file has no keys", shown(value), fix="start with schema: and id:")
    if reader.problems:
        raise RecordError(reader.problems)
    return Plain(value, reader.lines)


class _Reader:
    """Builds the value of a document and notes what could be misread."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.lines: dict[tuple[str | int, ...], int] = {}

    def refuse(
        self, line: int | None, what: str, found: str, *, fix: str = "look for a missing quote or a wrong indent"
    ) -> None:
        """Note one problem; the line counts from 0."""
        place = Place(self.file, line=None if line is None else line + 1)
        self.problems.append(Problem("REC002", what, place, found=found, expected="plain YAML", fix=fix))

    def refuse_references(self, text: str) -> None:
        """Note anchors, aliases, tags, further documents, and nesting that would cost time without end."""
        documents = depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            line = None if event.start_mark is None else event.start_mark.line
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                found = f"more than {_DEEPEST} levels"
                self.refuse(line, "the file is nested too deeply", found, fix="use fewer levels")
                return
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.refuse(line, "the file has several documents", "---", fix="keep one")
            elif isinstance(event, yaml.NodeEvent) and event.anchor is not None:
                self.refuse(line, "anchors and aliases are not read", event.anchor, fix="write the value out")
            elif (tag := getattr(event, "tag", None)) is not None:
                self.refuse(line, "tags are not read", str(tag), fix="remove the tag; put text in quotes")

    def value(self, node: yaml.Node, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 -- any YAML value
        """The value of a node; its line is kept under its path."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(entry, (*path, place)) for place, entry in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, path: tuple[str | int, ...]) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or not isinstance(self._scalar(key_node), str):
                self.refuse(line, "a key is not text", shown(key), fix="write a word, or quote the key")
                continue
            if key in mapping:
                self.refuse(line, "the same key twice", shown(key), fix="keep one of the two")
            self.lines.setdefault((*path, key), line + 1)
            mapping[key] = self.value(value_node, (*path, key))
        return mapping

    def _scalar(self, node: yaml.Node) -> str | int | float | bool | None:
        text: str = node.value
        if getattr(node, "style", None) is not None:
            return text
        if text in _WORDS:
            word: bool | None = _WORDS[text]
            return word
        if _PLAIN_NUMBER.fullmatch(text):
            return float(text) if "." in text else int(text)
        if node.tag != _TEXT or _OTHER_NUMBER.fullmatch(text):
            plain = f'write "{text}", or a plain decimal number or true, false, null'
            fix = 'write null, [] or ""' if text == "" else plain
            self.refuse(node.start_mark.line, "YAML would not read this word as it looks", text or "nothing", fix=fix)
        return text
