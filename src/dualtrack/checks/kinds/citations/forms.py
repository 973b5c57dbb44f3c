"""Finds identifiers and links in a text and says whether each has the form that its registry gives out.

Patterns are data (``citations.yaml``). May import the checks' own ground floor.
"""

import re
from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from dualtrack.checks.checksums import isbn_is_valid
from dualtrack.checks.packaged import packaged

__all__ = ["FORM_NAMES", "Found", "citation_data", "has_placeholder", "identifiers", "templates"]

FORM_NAMES = (
    "doi", "pmcid", "pmid", "arxiv", "isbn", "nct", "isrctn", "eudract", "nice", "sign", "who", "link",
)  # fmt: skip
"""Ids of the forms in the data file, in order of precedence."""

_TRAILING = ".,;:!?'\"*_`|"
_CLOSING = {")": "(", "]": "[", "}": "{"}
_VIEWS = re.compile(r"[?#].*|/(?:full|abstract|pdf|epdf|fulltext|meta)/?\Z|\.pdf\Z", re.IGNORECASE)
_SCHEME = re.compile(r"\A(?:https?:/{1,3})?(?:www\.)?", re.IGNORECASE)
_HOST_ENDS = re.compile(r"[:/?#]")
_ARXIV_VERSION = re.compile(r"v\d{1,2}\Z")
_PREFIXES = {"pmcid": "pmc", "nct": "nct", "isrctn": "isrctn", "sign": "sign"}
_LONG_ISBN, _SHORT_ISBN = 13, 10
_LONGEST = 2048  # characters of one identifier that are read; no real one is longer


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """One identifier in a text.

    Attributes:
        start, end: its passage, with the name that stands before it.
        form: id of its form.
        value: in one way of writing, so that two ways of writing one identifier are equal.
        sound: whether it is well-formed.
    """

    start: int
    end: int
    form: str
    value: str
    sound: bool


@dataclass(frozen=True, slots=True)
class _Form:
    id: str
    find: re.Pattern[str]
    good: re.Pattern[str]
    at_most: int | None
    near: tuple[re.Pattern[str], int] | None


def identifiers(text: str) -> list[Found]:
    """Identifiers and links of a text, in order, none over another.

    Args:
        text: folded text.

    Example:
        >>> [
        ...     (each.form, each.value, each.sound)
        ...     for each in identifiers("PMID: 32678530; doi:10.1056/; ISBN 0306406153")
        ... ]
        [('pmid', '32678530', True), ('doi', '10.1056/', False), ('isbn', '0306406153', False)]
    """
    taken: list[Found] = []
    for form in _forms():
        for found in _of_form(form, text):
            place = bisect_left(taken, found)
            before_ends = place == 0 or taken[place - 1].end <= found.start
            after_begins = place == len(taken) or taken[place].start >= found.end
            if before_ends and after_begins:
                insort(taken, found)
    return taken


def has_placeholder(text: str) -> bool:
    """Whether a passage holds what a template leaves to be filled in.

    Example:
        >>> has_placeholder("[Author], [Title], 2020"), has_placeholder("Bally M et al. BMJ 2017;357:j1909.")
        (True, False)
    """
    return _placeholders().search(text) is not None


def templates(text: str) -> Iterator[tuple[int, int]]:
    """Passages that a template leaves to be filled in, wherever they stand.

    Example:
        >>> list(templates("It helps [citation needed]; see [link](https://www.nhs.uk)."))
        [(9, 26)]
    """
    for match in _templates().finditer(text):
        yield match.span()


def citation_data() -> Any:  # noqa: ANN401 - plain data of whatever shape the file has
    """The data file of this kind; not to be changed."""
    return packaged("dualtrack.checks.kinds.citations", "citations.yaml")


def _of_form(form: _Form, text: str) -> Iterator[Found]:
    cues = [match.start() for match in form.near[0].finditer(text)] if form.near else []
    for match in form.find.finditer(text):
        if form.near and not _is_near(cues, match.start(), form.near[1]):
            continue
        group = match.lastindex or 0
        raw = match.group(group)[:_LONGEST]
        value = _trimmed(raw, form.id)
        sound = not _is_cut_off(raw, value) and _is_sound(form, value)
        yield Found(match.start(), match.start(group) + len(value), form.id, _canonical(form.id, value), sound)


def _is_near(cues: list[int], place: int, within: int) -> bool:
    after = bisect_left(cues, place - within)
    return after < len(cues) and cues[after] <= place + within


def _trimmed(raw: str, form: str) -> str:
    """Without the punctuation of the sentence around it; brackets that were opened inside stay."""
    value = raw
    while value:
        last = value[-1]
        if last in _TRAILING or (last in _CLOSING and value.count(last) > value.count(_CLOSING[last])):
            value = value[:-1]
        elif form in {"doi", "arxiv"} and (view := _VIEWS.search(value)):
            value = value[: view.start()]
        else:
            return value
    return raw


def _is_cut_off(raw: str, value: str) -> bool:
    """Whether dots stand for the rest of a DOI or of the path of a link."""
    return raw.startswith("...", len(value)) and "/" in value.partition("://")[2 if "://" in value else 0]


def _is_sound(form: _Form, value: str) -> bool:
    if not form.good.fullmatch(value) or has_placeholder(value):
        return False
    if form.id == "isbn":
        return isbn_is_valid(_isbn(value))
    if form.id == "link":
        return _names_a_site(value)
    return form.at_most is None or int(value) <= form.at_most


def _names_a_site(link: str) -> bool:
    host = _HOST_ENDS.split(_SCHEME.sub("", link.lower()), maxsplit=1)[0]
    return "." in host and re.fullmatch(citation_data()["reserved_hosts"], host) is None


def _canonical(form: str, value: str) -> str:
    plain = value.lower()
    if form == "isbn":
        return _as_thirteen(_isbn(value)).lower()
    if form == "arxiv":
        return _ARXIV_VERSION.sub("", plain)
    if form == "link":
        return _SCHEME.sub("", plain).partition("#")[0].rstrip("/")
    return _PREFIXES.get(form, "") + plain.replace(" ", "")


def _isbn(value: str) -> str:
    """The characters of the number, without what follows it (an edition, a year)."""
    plain = value.upper().replace("-", "").replace(" ", "")
    if len(plain) in {_SHORT_ISBN, _LONG_ISBN}:
        return plain
    return plain[: _LONG_ISBN if plain.startswith(("978", "979")) else _SHORT_ISBN]


def _as_thirteen(isbn: str) -> str:
    if len(isbn) != _SHORT_ISBN or not isbn_is_valid(isbn):
        return isbn
    nine = f"978{isbn[:9]}"
    return next((nine + last for last in "0123456789" if isbn_is_valid(nine + last)), isbn)


@cache
def _forms() -> tuple[_Form, ...]:
    return tuple(
        _Form(
            form["id"],
            re.compile(form["find"], 0 if form.get("exact") else re.IGNORECASE),
            re.compile(form["good"], 0 if form.get("exact") else re.IGNORECASE),
            form.get("at_most"),
            (re.compile(form["near"]["word"]), form["near"]["within"]) if "near" in form else None,
        )
        for form in citation_data()["forms"]
    )


@cache
def _templates() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in citation_data()["templates"]), re.IGNORECASE)


@cache
def _placeholders() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{each})" for each in citation_data()["placeholders"]), re.IGNORECASE)
