"""A lexicon: words that checks look for, as data with its source, its edition and what it misses.

Drug classes, red flags, crisis lines by country. Terms are plain words and never patterns, so that no term can
explode and a clinician can read every one of them. May import errors, terms and the schema base.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from dualtrack.rubric.base import Id, Schema, Text

__all__ = ["Entry", "Lexicon", "Term"]

_PATTERN_SIGNS = re.compile(r"[\\\[\](){}|*?^$]")


def _is_no_pattern(term: str) -> str:
    if found := _PATTERN_SIGNS.search(term):
        raise ValueError(f"a term is plain words and no pattern: {found.group()!r} has no meaning here")
    return term


Term = Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True), AfterValidator(_is_no_pattern)]
"""Words as they may stand in a text; capitals and white space do not matter."""


class Entry(Schema):
    """One entry: what it stands for, and the terms that mean it. ``facts`` says more, text to text."""

    id: Id
    title: Text
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]
    note: Text | None = None
    facts: dict[str, Text] = Field(default_factory=dict)


class Lexicon(Schema):
    """A list of entries with its source and edition."""

    schema_: Literal["dualtrack.lexicon/1"] = Field(alias="schema")
    id: Id
    title: Text
    about: Text
    languages: Annotated[tuple[Text, ...], Field(min_length=1)]
    source: Text
    edition: Text
    misses: Text
    entries: Annotated[tuple[Entry, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _no_entry_and_no_term_twice(self) -> Self:
        ids = [entry.id for entry in self.entries]
        if len(ids) != len(set(ids)):
            raise ValueError("two entries have the same id")
        for entry in self.entries:
            folded = [term.casefold() for term in entry.terms]
            if len(folded) != len(set(folded)):
                raise ValueError(f"entry {entry.id}: a term stands twice")
        return self

    def entry(self, entry_id: str) -> Entry | None:
        """The entry of that id, None when there is none."""
        return next((entry for entry in self.entries if entry.id == entry_id), None)
