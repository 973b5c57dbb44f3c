"""Identifiers that are numbers with a form or a check digit: health, tax, card and account numbers."""

import re
from collections.abc import Iterator

from dualtrack.checks.base import Span
from dualtrack.checks.checksums import iban_is_valid, luhn_is_valid, nhs_number_is_valid

__all__ = ["bank_accounts", "health_numbers", "insurance_numbers", "payment_cards", "social_security_numbers"]

_NHS = re.compile(r"(?<![\w.,/+-])(\d{3})([ -]?)(\d{3})\2(\d{4})(?![\w/-]|[.,]\d)")
_NHS_CUE = re.compile(r"\b(?:nhs|chi|h ?& ?c)\b[^\n]{0,24}\Z", re.IGNORECASE)
_SSN = re.compile(r"(?<![\w.-])(?!000|666|9)\d{3}([- ]?)(?!00)\d{2}\1(?!0000)\d{4}(?![\w-]|[.,]\d)")
_SSN_CUE = re.compile(r"\b(?:ssn|social security)\b[^\n]{0,24}\Z", re.IGNORECASE)
_NINO = re.compile(
    r"(?<!\w)(?!BG|GB|NK|KN|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)"
)
_CARD = re.compile(r"(?<![\w.,/-])[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w/-]|[.,]\d)")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}")
_CUE_REACH = 48

# First digits and lengths of the large card networks (ISO/IEC 7812 issuer identification numbers).
_NETWORKS = (
    (re.compile(r"4"), {13, 16, 19}),
    (re.compile(r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720"), {16}),
    (re.compile(r"3[47]"), {15}),
    (re.compile(r"6011|65|64[4-9]"), {16}),
    (re.compile(r"62"), {16, 17, 18, 19}),
    (re.compile(r"35(?:2[89]|[3-8])"), {16}),
    (re.compile(r"30[0-5]|3[689]"), {14}),
)

# Lengths of national account numbers (SWIFT IBAN registry).
_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20,
    "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IS": 26, "IT": 27,
    "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "QA": 29,
    "RO": 24, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29,
}  # fmt: skip


def health_numbers(text: str) -> Iterator[Span]:
    """NHS numbers: ten digits with their check digit, grouped 3-3-4, or ungrouped after a word such as NHS.

    Example:
        >>> list(health_numbers("NHS 943 476 5919, not 943 476 5918"))
        [(4, 16)]
    """
    for match in _NHS.finditer(text):
        digits = match.group(1) + match.group(3) + match.group(4)
        if nhs_number_is_valid(digits) and (match.group(2) or _follows(_NHS_CUE, text, match)):
            yield match.span()


def social_security_numbers(text: str) -> Iterator[Span]:
    """United States social security numbers, with hyphens, or written otherwise after their name.

    Example:
        >>> list(social_security_numbers("123-45-6789 or SSN 123456789, not 900-45-6789 nor 123456789"))
        [(0, 11), (19, 28)]
    """
    for match in _SSN.finditer(text):
        if match.group(1) == "-" or _follows(_SSN_CUE, text, match):
            yield match.span()


def insurance_numbers(text: str) -> Iterator[Span]:
    """United Kingdom national insurance numbers.

    Example:
        >>> list(insurance_numbers("AB 12 34 56 C"))
        [(0, 13)]
    """
    for match in _NINO.finditer(text):
        yield match.span()


def payment_cards(text: str) -> Iterator[Span]:
    """Payment card numbers: length and first digits of a network, and the Luhn check digit.

    Example:
        >>> list(payment_cards("4111 1111 1111 1111, not 4111 1111 1111 1112"))
        [(0, 19)]
    """
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match.group())
        of_network = any(start.match(digits) and len(digits) in lengths for start, lengths in _NETWORKS)
        if of_network and len(set(digits)) > 1 and luhn_is_valid(digits):
            yield match.span()


def bank_accounts(text: str) -> Iterator[Span]:
    """International bank account numbers: length of the country and two check digits.

    Example:
        >>> list(bank_accounts("to GB82 WEST 1234 5698 7654 32 AND"))
        [(3, 30)]
    """
    for match in _IBAN.finditer(text):
        length = _IBAN_LENGTHS.get(match.group()[:2], 0)
        kept = [index for index, char in enumerate(match.group()) if char != " "][:length]
        if length and len(kept) == length and iban_is_valid(match.group()[: kept[-1] + 1].replace(" ", "")):
            yield match.start(), match.start() + kept[-1] + 1


def _follows(cue: re.Pattern[str], text: str, match: re.Match[str]) -> bool:
    return cue.search(text, max(0, match.start() - _CUE_REACH), match.start()) is not None
