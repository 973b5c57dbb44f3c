"""Which unquoted words mean the same to a person, to YAML 1.1 and to YAML 1.2.

YAML guesses: a bare ``no`` becomes false, ``010`` becomes 8, ``1:30`` becomes 90. A rubric decides about
safety, so a word that two readers could take for different things must stand in quotes. Imports nothing of
dualtrack.
"""

import re

__all__ = ["CONTROL", "plain_value", "trap"]

_MAX_DIGITS = 15  # exact in a double

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
# y and n are truth values to the letter of YAML 1.1 and to no reader that we know; gates have a key n.
_TRAP_WORDS = dict.fromkeys(("yes", "no", "on", "off", "=", "<<"), "")
_TRAP_WORDS |= {"true": "true or ", "false": "false or ", "null": "null or ", "~": "null or "}
# What YAML 1.1 or 1.2 reads as a number or a date and we do not accept as a plain number.
_TRAP_FORMS = (
    (re.compile(r"[-+]?0[xX][0-9a-fA-F_]+"), "a hexadecimal number"),
    (re.compile(r"[-+]?0[bB][01_]+"), "a binary number"),
    (re.compile(r"[-+]?0[oO]?[0-7_]+"), "an octal number"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "a number to the base sixty"),
    (re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?"), "a date"),
    (re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE), "infinity or not a number"),
    (re.compile(r"[-+]?(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]+)?"), "a number"),
)

CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that an editor does not show and that a reader may take for a line break or for nothing."""


def plain_value(text: str) -> str | int | float | bool | None:
    """Value of an unquoted word that is no trap: a truth value, ``null``, a decimal number, or text.

    Example:
        >>> [plain_value(word) for word in ("true", "null", "-3", "0.25", "median", "1.0.0")]
        [True, None, -3, 0.25, 'median', '1.0.0']
    """
    if text in ("true", "false"):
        return text == "true"
    if text == "null":
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


def trap(text: str) -> tuple[str, str] | None:
    """Why an unquoted word may be read as something else than it looks like, and what to write instead.

    Example:
        >>> trap("no"), trap("010"), trap("median"), trap("0.25")
        (('YAML would not read this word as text', 'write "no"'),
         ('YAML may read this as an octal number', 'write "010" or a plain decimal number'), None, None)
    """
    if text == "":
        return "the value is missing", 'write null, [] or "", or leave the key out'
    if text in ("true", "false", "null"):
        return None
    if text.casefold() in _TRAP_WORDS:
        return "YAML would not read this word as text", f'write {_TRAP_WORDS[text.casefold()]}"{text}"'
    if (_INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text)) and _is_short(text):
        return None
    for form, what in _TRAP_FORMS:
        if form.fullmatch(text):
            return f"YAML may read this as {what}", f'write "{text}" or a plain decimal number'
    return None


def _is_short(number: str) -> bool:
    return all(len(digits) <= _MAX_DIGITS for digits in number.removeprefix("-").split("."))
