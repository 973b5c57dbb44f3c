"""How much data travels in little room: gzip and a base of 85 letters, as JSON text that no markup can end.

It exists because a page that opens from a mail attachment may fetch nothing, and base64 alone costs a third. May import
the standard library alone. The same data give the same bytes.
"""

import base64
import gzip
import json
from typing import Any

__all__ = ["block", "packed"]

_SAFE = bytes.maketrans(b"<>&", b",.:")
"""Letters of markup, and the three that stand for them; the page turns them round."""


def packed(value: Any) -> str:  # noqa: ANN401 -- plain JSON data
    r"""JSON, compressed, as text of 85 letters, none of which means anything in HTML or ends a JSON text.

    Args:
        value: plain data.

    Returns:
        The text.

    Example:
        >>> packed([1, 2]) == packed([1, 2]), set(packed({"a": "<script>"})) & set("<>&")
        (True, set())
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return base64.b85encode(gzip.compress(text, 9, mtime=0)).translate(_SAFE).decode("ascii")


def block(value: Any) -> str:  # noqa: ANN401 -- plain JSON data
    r"""JSON that cannot end the element that it stands in, nor begin a comment in it.

    Args:
        value: plain data.

    Example:
        >>> block("</script>")
        '"\\u003c/script\\u003e"'
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
