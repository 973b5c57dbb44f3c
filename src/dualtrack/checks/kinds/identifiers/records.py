"""Identifiers that stand beside a word that names them: dates of birth, record numbers, home addresses."""

import re
from collections.abc import Iterator
from functools import cache

from dualtrack.checks.base import Span
from dualtrack.checks.packaged import packaged

__all__ = ["birth_dates", "home_addresses", "record_numbers"]

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_DATE = (
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2}(?:\d{2})?|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)? (?:of )?{_MONTH},? (?:\d{{4}}|'?\d\d)|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})"
)
_BIRTH = re.compile(
    r"\b(?:d\.?o\.?b\b\.?|date of birth|birth ?date|birthday|geburtsdatum|date de naissance|fecha de nacimiento"
    rf"|born(?: on)?)(?: ?\([dmy/. -]{{4,14}}\))?[\s:=,(*-]{{0,6}}(?:is |was |on |the ){{0,2}}({_DATE})(?!\d)",
    re.IGNORECASE,
)
_ERA = re.compile(r"\s?(?:or|and) (?:after|later|before|earlier|older|younger)|\s?onwards?", re.IGNORECASE)

_RECORD = re.compile(
    r"\b(?:mrn|(?:medical|patient|health|hospital|clinic) ?(?:record|file|chart|card)|hospital|chart|nhi|urn"
    r"|hosp\.?|pt\.?|accession|case"
    r"|patient|passport|driv(?:er|ing)'?s? licen[cs]e|insurance|policy|membership|member|medicare|medicaid"
    r"|account|health ?card|patientennummer|num[eo]ro de dossier|historia clinica)"
    r"[ ]?(?:numbers?|no\b\.?|id\b|identifier|#)?[ ]?[:#=]?[ ]?(?:is )?"
    r"([a-z]{0,4}-?\d[\da-z/-]{3,19})(?!\w)",
    re.IGNORECASE,
)
_NEEDS_LABEL = re.compile(
    r"\b(?:mrn|nhi|urn|passport|patientennummer|dossier|clinica|record|file|chart)", re.IGNORECASE
)
_LABEL = re.compile(r"(?:numbers?|no\b\.?|\bid\b|identifier|#|:|=)", re.IGNORECASE)
_FEWEST_DIGITS = 4
_LICENCE = re.compile(r"\blicen[cs]e\b[^\n]{0,16}?\b([A-Z9]{5} ?\d{6} ?[A-Z9]{2} ?\d[A-Z]{2})\b")

_STREET = re.compile(
    r"(?<![\w.-])\d{1,5}[A-Za-z]?,? (?:[A-Z][\w'.-]{0,20} ){1,4}"
    r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Crescent|Way|Place|Pl|Terrace|Gardens|Grove"
    r"|Square|Boulevard|Blvd|Highway|Hwy|Parkway|Row|Hill|Park|Pike)\b"
)
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b|\b[A-Z]{2},? \d{5}(?:-\d{4})?\b")
_POSTCODE_REACH = 80


def birth_dates(text: str) -> Iterator[Span]:
    """Full dates directly after words such as "born on" or "DOB"; a year or an era ("born on or after") is no date.

    Example:
        >>> list(birth_dates("DOB: 04/05/1961; offered to those born on 1 January 2009 or later"))
        [(5, 15)]
    """
    for match in _BIRTH.finditer(text):
        if not _ERA.match(text, match.end()):
            yield match.span(1)


def record_numbers(text: str) -> Iterator[Span]:
    """Numbers of a record, patient, policy or document directly after the word that names them.

    A driving licence of Great Britain (five letters, six digits, five more characters) is read in its groups.

    Example:
        >>> list(record_numbers("MRN: 00482913. Patient ID 7731-B. The patient took 1000 units."))
        [(5, 13), (26, 32)]
    """
    for match in _RECORD.finditer(text):
        cue = text[match.start() : match.start(1)]
        labelled = _LABEL.search(cue) or _NEEDS_LABEL.search(cue)
        if labelled and sum(char.isdigit() for char in match.group(1)) >= _FEWEST_DIGITS:
            yield match.span(1)
    for match in _LICENCE.finditer(text):
        yield match.span(1)


def home_addresses(text: str) -> Iterator[Span]:
    """A house number and street followed closely by a United Kingdom postcode or United States ZIP code.

    Example:
        >>> list(home_addresses("lives at 12 Elm Street, Leeds LS1 4AB"))
        [(9, 37)]
    """
    for street in _STREET.finditer(text):
        postcode = _POSTCODE.search(text, street.end(), street.end() + _POSTCODE_REACH)
        if postcode and not any(known in street.group() for known in _public_addresses()):
            yield street.start(), postcode.end()


@cache
def _public_addresses() -> tuple[str, ...]:
    return tuple(packaged(__package__, "public.yaml")["public_addresses"])
