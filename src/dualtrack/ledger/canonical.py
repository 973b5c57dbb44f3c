"""One form of plain data as bytes, and the digest of it.

May import nothing of dualtrack.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

__all__ = ["canonical", "digest", "is_digest", "without"]

_HEX = frozenset("0123456789abcdef")
_LENGTH = 64


def canonical(value: Any) -> bytes:  # noqa: ANN401 -- any JSON value
    """Plain data as bytes: keys sorted, no white space, UTF-8.

    Args:
        value: mappings with text keys, lists, tuples, text, finite numbers, truth values and None.

    Raises:
        ValueError: a number is NaN or infinite.

    Example:
        >>> canonical({"b": 1, "a": [True, None]})
        b'{"a":[true,null],"b":1}'
    """
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "surrogatepass")


def digest(value: Any) -> str:  # noqa: ANN401 -- any JSON value
    """SHA-256 of the canonical bytes, 64 hexadecimal digits.

    Example:
        >>> digest({})[:8]
        '44136fa3'
    """
    return sha256(canonical(value)).hexdigest()


def without(value: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """A mapping without some of its keys."""
    return {key: each for key, each in value.items() if key not in names}


def is_digest(text: object) -> bool:
    """Whether something is a SHA-256 in hexadecimal digits.

    Example:
        >>> is_digest("0" * 64), is_digest("none")
        (True, False)
    """
    return isinstance(text, str) and len(text) == _LENGTH and set(text) <= _HEX
