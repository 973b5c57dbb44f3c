"""The failure browser: one page that carries its data, and a plain table of the gravest for readers without scripts.

May import ``render``, rubric words and report. Where the data do not fit into one page, the gravest failures stay, and
the page says how many are left out and where they lie.
"""

from dataclasses import dataclass

import pandas as pd

from dualtrack.render import Cell, Column, Data, Row, Section, Table, numbers
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.clinical.encode import block
from dualtrack.report.clinical.excerpts import excerpt
from dualtrack.report.clinical.looks import harm_cell, link_to, metric_text, modes_text, state_cell
from dualtrack.report.clinical.order import gravest_first
from dualtrack.report.clinical.pack import Packed, pack
from dualtrack.report.document import Document
from dualtrack.report.words import Words

__all__ = ["FAILURES_PAGE", "LARGEST", "Browser", "BrowserView", "browser"]

FAILURES_PAGE = "failures.html"
LARGEST = 25_000_000
"""Bytes of data that a page carries; mail and slow laptops set this limit."""
PLAIN = 50
"""Failures in the plain table."""
_SPARE = 0.97
_TEMPLATE = "report/clinical/browser.html.j2"


@dataclass(frozen=True, slots=True)
class BrowserView:
    """The words of the browser that stand in the page, what is left out ("" for nothing), and the plain table."""

    lead: str
    old: str
    lost: str
    left_out: str
    search: str
    search_hint: str
    facets: str
    clear: str
    results: str
    caption: str
    nothing: str
    before: str
    next: str
    csv: str
    this_view: str
    detail: str
    columns: tuple[str, ...]
    plain: Table | None
    none: str


@dataclass(frozen=True, slots=True)
class Browser:
    """The section of the browser and the data that its script reads."""

    section: Section
    data: tuple[Data, ...]
    n_rows: int
    n_left_out: int


def browser(document: Document, cases: Cases, words: Words, *, largest: int = LARGEST) -> Browser:
    """The failure browser.

    Args:
        document: the results.
        cases: the long tables.
        words: the sentences.
        largest: bytes of data that the page may carry.
    """
    rows = gravest_first(cases.failures)
    packed = fitting(document, cases, rows, words, largest=largest)
    left_out = len(rows) - packed.n_rows
    said = {name: words.say(f"clinical.browser.{name}") for name in (
        "lead", "old", "lost", "search", "search_hint", "facets", "clear", "results", "caption", "nothing", "before",
        "next", "csv", "this_view", "detail", "none",
    )}  # fmt: skip
    columns = ("case", "state", "harm", "system", "metric", "mode", "act")
    view = BrowserView(
        **said,
        left_out=_left_out(words, packed.n_rows, left_out),
        columns=tuple(words.say(f"clinical.columns.{each}") for each in columns),
        plain=_plain(document, cases, rows, words) if len(rows) else None,
    )
    section = Section("failures", words.say("clinical.browser.title"), _TEMPLATE, view)
    catalogue = {
        name.removeprefix("clinical.script."): sentence
        for name, sentence in words.sentences.items()
        if name.startswith("clinical.script.")
    }
    catalogue |= {
        name: sentence.removesuffix(".")
        for name, sentence in ((f"reasons.{each}", words.say(f"reasons.{each}.short")) for each in _reasons(words))
    }
    data = (
        Data("words", block(catalogue)),
        *(Data(name, f'"{text}"', late=name != "index") for name, text in packed.blocks),
    )
    return Browser(section, data, packed.n_rows, left_out)


def fitting(document: Document, cases: Cases, rows: pd.DataFrame, words: Words, *, largest: int) -> Packed:
    """As many of the gravest failures as fit.

    Args:
        document: the results.
        cases: the long tables.
        rows: all failures, the gravest first.
        words: the sentences.
        largest: bytes of data that may be carried.
    """
    packed = pack(document, cases, rows, words)
    while packed.size > largest and packed.n_rows > 1:
        share = largest * _SPARE / packed.size
        packed = pack(document, cases, rows.head(max(1, int(packed.n_rows * share))), words)
    return packed


def _reasons(words: Words) -> list[str]:
    return [name.split(".")[1] for name in words.sentences if name.startswith("reasons.") and name.endswith(".short")]


def _left_out(words: Words, n_kept: int, n_left_out: int) -> str:
    if not n_left_out:
        return ""
    return words.say("clinical.browser.left_out", kept=numbers.count(n_kept), n=numbers.count(n_left_out))


def _plain(document: Document, cases: Cases, rows: pd.DataFrame, words: Words) -> Table:
    first = rows.head(PLAIN)
    names = {system.id: system.name for system in document.study.systems}
    columns = ("case", "state", "harm", "system", "metric", "mode", "answer")
    wide = {"metric", "mode", "answer"}
    lines = []
    for row in first.to_dict("records"):
        found = excerpt(cases, row)
        words_of = found.plain if found is not None else words.say("clinical.browser.no_text")
        lines.append(
            Row(
                (
                    Cell(row["item_id"], lines=_repeat(words, row["sample"]), target=link_to(row, page="")),
                    state_cell(words, row["state"]),
                    harm_cell(words, row["harm"], row["harm_from"]),
                    Cell(names.get(row["system_id"], row["system_id"])),
                    Cell(metric_text(document, row["metric_id"])),
                    modes_text(document, words, row["metric_id"], row["failure_modes"]),
                    Cell(words_of),
                )
            )
        )
    return Table(
        anchor="gravest",
        caption=words.say("clinical.browser.plain", n=numbers.count(len(first)), total=numbers.count(len(rows))),
        columns=tuple(
            Column(words.say(f"clinical.columns.{each}"), head=each == "case", wide=each in wide) for each in columns
        ),
        rows=tuple(lines),
        notes=(words.say("clinical.browser.plain_note"),),
    )


def _repeat(words: Words, sample: int) -> tuple[str, ...]:
    return (words.say("clinical.repeat", n=numbers.count(sample)),) if sample > 1 else ()
