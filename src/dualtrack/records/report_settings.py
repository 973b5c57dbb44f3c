"""report.yaml: how the people who hand out the pages want them: title, logo, sections, dates, numbers, notes.

May import the study schema and pydantic. It stands beside study.yaml and in the results folder; nothing here moves a
number or hides a gate.
"""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dualtrack.records.study import Schema, Text

__all__ = ["REPORT_SETTINGS", "Logo", "Note", "ReportSettings"]

REPORT_SETTINGS = "report.yaml"

Section = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
PageName = Literal["index", "safety", "effectiveness", "preferences", "procurement", "clinical-safety", "regulatory"]


class Logo(Schema):
    """A picture for the head of every page: PNG or SVG as base64, with words for those who do not see it."""

    type: Literal["image/png", "image/svg+xml"]
    base64: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/=\s]+$", max_length=400_000)]
    alt: Text


class Note(Schema):
    """A note of the people who hand out the page; printed as theirs, with name and date."""

    page: PageName
    section: Section | None = None
    text: Text
    by: Text
    date: Text


class ReportSettings(Schema):
    """The whole of report.yaml.

    Attributes:
        title: stands above the study's own title.
        logo: in the head of every page.
        hide: sections left out, by page; what is left out is named on the page.
        dates: how days are written.
        decimal: mark of decimals.
        notes: local notes.
        redact: whether prompts, responses and comments are left out of every page.
    """

    schema_: Literal["dualtrack.report/1"] = Field("dualtrack.report/1", alias="schema")
    title: Text | None = None
    logo: Logo | None = None
    hide: dict[PageName, tuple[Section, ...]] = Field(default_factory=dict)
    dates: Literal["iso", "day_month_year", "month_day_year"] = "iso"
    decimal: Literal["point", "comma"] = "point"
    notes: tuple[Note, ...] = ()
    redact: bool = False
