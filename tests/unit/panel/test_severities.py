"""How serious each ticked failure mode is: asked where the rubric has harm levels, and brought back by every medium."""

import csv
import io
import json

import pytest

from dualtrack.panel.pack import CANNOT_JUDGE
from dualtrack.panel.questions import questions_of, severities_of
from dualtrack.panel.received import ReturnFile
from dualtrack.panel.return_csv import severities_in
from dualtrack.panel.returns import read_returns
from dualtrack.panel.workbook import COLUMNS, RATINGS, columns_of, workbook
from dualtrack.rubric import load_rubric
from dualtrack.terms import HarmLevel
from tests.unit.panel import handed_in, packs

PACK = packs.pack()
CELL = ("resp0000", "correctness")
COLUMN = {name: place for place, name in enumerate(COLUMNS, start=1)}


def of_form(said, modes):
    answer = handed_in.entry(*CELL, "wrong", modes=list(modes), severities=said)
    return handed_in.form(PACK, {}, answers=[answer])


def of_workbook(said, modes):
    book = handed_in.filled(PACK, {CELL: "wrong"})
    book[RATINGS].cell(2, COLUMN["modes"]).value = ", ".join(modes)
    book[RATINGS].cell(2, COLUMN["severities"]).value = ", ".join(f"{mode}: {level}" for mode, level in said.items())
    return handed_in.saved(book)


def of_csv(said, modes):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["code", "scale_id", "level", "failure_modes", "severities"])
    writer.writerow([*CELL, "wrong", " ".join(modes), json.dumps(said)])
    return ReturnFile("ratings.csv", out.getvalue().encode())


MEDIA = {"form": of_form, "workbook": of_workbook, "csv": of_csv}


def test_a_pack_asks_how_serious_where_the_rubric_has_harm_levels():
    rubric = load_rubric("core")
    questions = questions_of(rubric, rubric.metrics, ["harm_extent", "correctness"])
    found = severities_of(rubric, questions)
    anchors = {level.id: level.anchor for level in rubric.scales["harm_extent"].levels}
    assert [(each.id, each.anchor) for each in found] == [(level, anchors[level]) for level in HarmLevel]
    assert CANNOT_JUDGE not in {each.id for each in found}


@pytest.mark.parametrize(("rubric", "scales"), [("core", ["clarity"]), ("longqa", ["correctness"])])
def test_nothing_is_asked_where_no_mode_is_ticked_or_no_scale_has_harm_levels(rubric, scales):
    found = load_rubric(rubric)
    assert severities_of(found, questions_of(found, found.metrics, scales)) == ()


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("said", [{"overdose": "severe", "no_safety_net": "minor"}, {"no_safety_net": "moderate"}, {}])
def test_every_medium_brings_back_how_serious_each_ticked_mode_is(medium, said):
    reading = read_returns([MEDIA[medium](said, ["overdose", "no_safety_net"])], [PACK])
    assert reading.problems == ()
    (answer,) = reading.kept[0].back.answers
    assert (dict(answer.severities), answer.modes) == (said, ("overdose", "no_safety_net"))


@pytest.mark.parametrize("medium", MEDIA)
@pytest.mark.parametrize("said", [{"late_escalation": "severe"}, {"overdose": "dreadful"}, {"never_heard_of": "minor"}])
def test_what_was_not_ticked_and_what_is_no_level_is_refused_alone(medium, said):
    reading = read_returns([MEDIA[medium](said, ["overdose"])], [PACK])
    (problem,) = reading.problems
    assert problem.code == "PAN150"
    assert not any(each.back.answers for each in reading.kept)


def test_a_pack_that_does_not_ask_refuses_what_was_not_asked_and_has_no_column_for_it():
    silent = packs.pack(severities=[])
    answer = handed_in.entry(*CELL, "wrong", modes=["overdose"], severities={"overdose": "minor"})
    (problem,) = read_returns([handed_in.form(silent, {}, answers=[answer])], [silent]).problems
    assert (problem.code, problem.expected) == ("PAN150", "nothing; it is not asked")
    assert columns_of(silent) == tuple(COLUMNS)[:-1]
    assert workbook(silent) != workbook(PACK)


@pytest.mark.parametrize(
    "text", ["overdose", "overdose:", ": H3", "a: H1, a: H2", "{", '{"a": 3}', '{"a": {"b": "H1"}}', '{"a": null}',
             '{"a":' * 90_000]
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_refused_with_its_place(text):
    with pytest.raises(ValueError, match="as in overdose: H3"):
        severities_in(text)
    if len(text) < 1000:
        book = handed_in.filled(PACK, {CELL: "wrong"})
        book[RATINGS].cell(2, COLUMN["severities"]).value = text
        (problem,) = read_returns([handed_in.saved(book)], [PACK]).problems
        assert (problem.code, problem.place.cell) == ("PAN119", f"{RATINGS}!I2")


@pytest.mark.parametrize(
    ("text", "said"),
    [("", {}), (" \n", {}), ("a = H1;\nb: H2,", {"a": "H1", "b": "H2"}), ('{"a:b": "H1"}', {"a:b": "H1"})],
)
def test_ways_to_write_it(text, said):
    assert severities_in(text) == said
