"""Text from outside, made harmless to read: what cannot be seen is shown, what cannot be encoded is replaced.

Escaping for HTML is the template environment's; this is what escaping leaves: control characters, marks that turn
the direction of reading, and half characters. Knows nothing of the domain; may import the standard library alone.
"""

import hashlib
import re
import unicodedata

__all__ = ["anchor", "listed", "sentence", "visible"]

_PICTURES = 0x2400
_DELETE = 0x7F
_KEPT = frozenset("\n\t")
_LONGEST_STEM = 48


def visible(text: str) -> str:
    r"""The text with every invisible steering character shown as a visible mark.

    C0 controls become their control pictures, other controls, direction marks and invisible format characters become
    ``[U+202E]``, and half surrogates become the replacement character, so that the result always encodes. Line
    breaks, tabs and the joiners that some scripts and emoji need stay.

    Args:
        text: any text.

    Example:
        >>> visible("a\x00b"), visible("\u202eevil"), visible("half \ud800")
        ('a␀b', '[U+202E]evil', 'half �')
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    if category not in {"Cc", "Cf", "Zl", "Zp"} or character in _KEPT or character in "\u200c\u200d\u00ad":
        return character
    code = ord(character)
    if code < ord(" "):
        return chr(_PICTURES + code)
    return "\N{SYMBOL FOR DELETE}" if code == _DELETE else f"[U+{code:04X}]"


def anchor(*parts: str) -> str:
    """A name for a place in a page: letters, digits and hyphens, different for different parts.

    Args:
        parts: what the place is about, such as a section and an identifier.

    Returns:
        A short readable name; where the parts hold anything else, or are long, a digest is appended.

    Example:
        >>> anchor("metric", "correctness")
        'metric-correctness'
        >>> anchor("metric", "a b") == anchor("metric", "a-b")
        False
    """
    plain = "-".join(parts)
    stem = re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-").lower()[:_LONGEST_STEM].strip("-")
    if all(re.fullmatch(r"[a-z0-9_]+", part) for part in parts) and len(plain) <= _LONGEST_STEM:
        return plain
    digest = hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{stem}-{digest}" if stem else f"at-{digest}"


def listed(words: tuple[str, ...], *, last: str = "and") -> str:
    """Words as a list in a sentence.

    Args:
        words: what is listed.
        last: the word before the last.

    Example:
        >>> listed(("Aster", "Birch", "Elm")), listed(("Aster",)), listed(())
        ('Aster, Birch and Elm', 'Aster', '')
    """
    if len(words) <= 1:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def sentence(phrase: str) -> str:
    """A phrase as a sentence: a capital first, a full stop at the end.

    Args:
        phrase: the phrase; where it already ends like a sentence, its end stays.

    Example:
        >>> sentence("too few cases"), sentence("Why?"), sentence("")
        ('Too few cases.', 'Why?', '')
    """
    end = "" if not phrase or phrase.endswith((".", "!", "?")) else "."
    return f"{phrase[:1].upper()}{phrase[1:]}{end}"
