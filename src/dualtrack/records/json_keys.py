"""Finding a key that stands twice in one JSON object.

May import nothing of dualtrack. Parsers silently keep one of the two, so a value could be lost without a word.
"""

import json
import re

__all__ = ["key_twice"]

_KEY = re.compile(rb'"\s*:')


def key_twice(line: bytes, record: object) -> str | None:
    """The key that stands twice in one object of a JSON text; None when there is none.

    Args:
        line: the text.
        record: what a parser made of it. Counting keys and colons spares the exact look for most texts.

    Raises:
        RecursionError: the text is nested too deeply for the exact look.

    Example:
        >>> key_twice(b'{"a": 1, "a": 2}', {"a": 2})
        'a'
    """
    if len(_KEY.findall(line)) == _keys_within(record):
        return None
    found: list[str] = []

    def watch(pairs: list[tuple[str, object]]) -> dict[str, object]:
        seen: dict[str, object] = {}
        for key, value in pairs:
            if key in seen:
                found.append(key)
            seen[key] = value
        return seen

    json.loads(line, object_pairs_hook=watch)
    return found[0] if found else None


def _keys_within(value: object) -> int:
    """Number of keys of all objects inside a JSON value."""
    count = 0
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            count += len(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return count
