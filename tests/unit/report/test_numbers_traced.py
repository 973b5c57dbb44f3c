"""Every number on a page stands in the results, in one of the forms that the format module gives it."""

import json
from dataclasses import astuple

import pytest

from dualtrack import verbs
from dualtrack.records.source_attributes import source_attributes
from dualtrack.render import numbers
from dualtrack.report import build_pages, load_words, parse_document
from dualtrack.report.difference_cells import LEAST_P
from dualtrack.report.regulatory.evidence import clauses
from tests.unit.report import results
from tests.unit.report.reading import PageReader, numbers_in


def leaves(value):
    """Every number and text of a document."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif value is not None and not isinstance(value, bool):
        yield value


def forms(value):
    """Every way in which a number may be written; bounds of 1 and 99 stand behind < and >."""
    if isinstance(value, str):
        yield value
        return
    yield from (numbers.level(value), numbers.hundredths(value))
    if isinstance(value, int):
        yield from (numbers.count(value), numbers.numeral(value))
        return
    for decimals in range(numbers.MOST_DECIMALS + 1):
        yield numbers.plain(value, decimals=decimals)
        if abs(value) <= 1:
            yield from (
                numbers.percent(value, decimals=decimals),
                numbers.difference_span(value, value, decimals=decimals),
            )


CATALOGUES = {"procurement.html": "procurement", "regulatory.html": "regulatory"}
"""The catalogue of sentences that a page has for itself."""


def traced(raw, page=""):
    """Every number that this page of a document may hold: of the results, of its sentences, of the map of clauses."""
    written = [form for leaf in leaves(raw) for form in forms(leaf)]
    own = [CATALOGUES[page]] if page in CATALOGUES else []
    written += load_words("en", *own).sentences.values()
    if page == "regulatory.html":
        written += [text for clause in clauses() for text in astuple(clause) if text]
    if page == "procurement.html":
        known = source_attributes()
        written += [known.edition, known.status, numbers.count(len(known.ids))]
        written += [numbers.count(len(group.attributes)) for group in known.groups]
    return numbers_in(" ".join(written)) | {numbers.level(LEAST_P)}


def untraced(raw):
    pages = build_pages(parse_document(results.encoded(raw)))
    read = {name: numbers_in(PageReader(page).text) for name, page in pages.items()}
    return {name: lost for name, found in read.items() if (lost := found - traced(raw, name))}


DOCUMENTS = {
    "everything": results.document(),
    "no gate on safety": results.without_gates(results.document(), "safety"),
    "no gate on effectiveness": results.without_gates(results.document(), "effectiveness"),
}


@pytest.mark.parametrize("raw", DOCUMENTS.values(), ids=DOCUMENTS)
def test_every_number_on_every_page_stands_in_the_results(raw):
    assert untraced(raw) == {}


def test_every_number_on_the_pages_of_the_example_stands_in_its_results(tmp_path):
    folder = verbs.score(verbs.shipped_example("cqa-eval")).save(tmp_path / "out")
    assert untraced(json.loads((folder / "scorecards.json").read_bytes())) == {}


def test_the_pages_hold_many_numbers():
    pages = build_pages(parse_document(results.encoded(results.document())))
    assert len(numbers_in(PageReader(pages["effectiveness.html"]).text)) > 100


def test_the_trace_finds_a_number_that_is_not_there():
    raw = results.document()
    assert "85.2" in numbers_in(PageReader(build_pages(parse_document(results.encoded(raw)))["safety.html"]).text)
    others = [row for row in raw["tables"]["estimates"] if row["subject"] != "track"]
    assert "91.7" not in traced(raw | {"tables": raw["tables"] | {"estimates": others, "comparisons": [], "gates": []}})


@pytest.mark.parametrize("column", ["value", "lower", "upper", "n_items", "n_raters", "coverage"])
def test_a_number_that_changes_in_the_results_changes_on_the_page(column):
    raw = results.document()
    place = next(
        row for row in raw["tables"]["estimates"] if row["subject_id"] == "reasoning" and row["missing"] == "observed"
    )
    before = build_pages(parse_document(results.encoded(raw)))["effectiveness.html"]
    place[column] = 17 if isinstance(place[column], int) else 0.8123
    after = build_pages(parse_document(results.encoded(raw)))["effectiveness.html"]
    assert before != after
    assert untraced(raw) == {}
