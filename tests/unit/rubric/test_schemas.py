"""The schemas: strict, frozen, told to editors, and the same there and back."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from dualtrack._shipped import shipped_root
from dualtrack.rubric.export import KINDS, SCHEMAS, json_schema, json_schemas
from dualtrack.rubric.gate import FailWhen
from dualtrack.rubric.header import Header
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.scale import Scale
from dualtrack.rubric.yaml_source import read_yaml

HERE = Path(__file__).parent
WORDS = {
    "metric": "metric",
    "scale": "scale",
    "rubric": "rubric",
    "lexicon": "lexicon",
    "profile": "profile",
    "risk_matrix": "risk",
    "harm_ladder": "ladder",
    "rehearsal": "rehearsal",
}
FILES = sorted(path for root in (shipped_root("rubric"), HERE / "rubrics") for path in root.glob("*/**/*.yaml"))


def kind_of(path):
    return WORDS[plain(path)["schema"].removeprefix("dualtrack.").removesuffix("/1")]


def plain(path):
    return read_yaml(path.read_bytes(), path.name).plain


def named(path):
    return "/".join(path.parts[-3:])


def test_the_files_of_this_test_are_there():
    assert {kind_of(path) for path in FILES} == set(KINDS)
    assert len(FILES) >= 30


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_definition_comes_back_from_json_as_it_was(path):
    schema = SCHEMAS[kind_of(path)]
    first = schema.model_validate_json(json.dumps(plain(path)))
    assert schema.model_validate_json(first.model_dump_json(by_alias=True)) == first


@pytest.mark.parametrize("path", FILES, ids=named)
def test_the_json_schema_accepts_what_the_loader_accepts(path):
    Draft202012Validator(json_schema(kind_of(path))).validate(plain(path))


@pytest.mark.parametrize("kind", KINDS)
def test_the_json_schema_is_one(kind):
    Draft202012Validator.check_schema(json_schema(kind))


@pytest.mark.parametrize("path", FILES, ids=named)
def test_an_editor_underlines_an_unknown_key_a_missing_key_and_a_number_for_text(path):
    validator = Draft202012Validator(json_schema(kind_of(path)))
    data = plain(path)
    assert not validator.is_valid({**data, "titel": "x"})
    assert not validator.is_valid({key: value for key, value in data.items() if key != "id"})
    text = "title" if "title" in data else "about"
    assert not validator.is_valid({**data, text: 7})


def test_the_committed_schema_files_are_current():
    folder = shipped_root("rubric") / "schema"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == json_schemas()


@pytest.mark.parametrize("path", [path for path in FILES if HERE not in path.parents], ids=named)
def test_the_first_line_of_a_shipped_file_leads_editors_to_its_schema(path):
    first, _, _ = path.read_text(encoding="utf-8").partition("\n")
    comment, _, target = first.partition("$schema=")
    assert comment == "# yaml-language-server: "
    assert (path.parent / target).resolve() == shipped_root(
        "rubric"
    ).resolve() / "schema" / f"{kind_of(path)}.schema.json"


def test_a_kind_of_file_that_does_not_exist_has_no_schema():
    with pytest.raises(KeyError):
        json_schema("study")


def test_definitions_are_frozen(mini):
    for thing in (mini.header, mini.metrics[0], mini.metrics[0].weight, mini.scales["topic"]):
        with pytest.raises(ValidationError, match="frozen"):
            thing.id = "other"


# ---------------------------------------------------------------- what a schema refuses by itself

MINI = HERE / "rubrics" / "mini"
METRIC = plain(MINI / "metrics" / "safety" / "barred.yaml")
SCALE = plain(MINI / "scales" / "harm_extent.yaml")
NUMBER = plain(MINI / "scales" / "grade.yaml")
HEADER = plain(MINI / "rubric.yaml")
LEVEL = {"id": "a", "value": 1, "anchor": "x"}


@pytest.mark.parametrize(
    ("schema", "base", "change", "words"),
    [
        (Scale, SCALE, {"levels": [LEVEL]}, "at least two levels"),
        (Scale, SCALE, {"levels": [LEVEL, LEVEL]}, "two levels have the same id"),
        (Scale, SCALE, {"levels": [LEVEL, {**LEVEL, "id": "b", "value": None}]}, "at least two levels"),
        (Scale, SCALE, {"min": 1}, "min, max and better belong to a number scale"),
        (Scale, SCALE, {"applies_to": []}, "at least 1 item"),
        (Scale, SCALE, {"applies_to": "answer"}, "'response', 'sentence'"),
        (Scale, NUMBER, {"better": None}, "a number scale needs"),
        (Scale, NUMBER, {"max": 0}, "a number scale needs min < max"),
        (Scale, NUMBER, {"levels": [LEVEL]}, "a number scale has no levels"),
        (Metric, METRIC, {"missing": "report"}, "missing: report needs a why"),
        (Metric, METRIC, {"missing": {"rule": "report", "why": "x"}}, "missing: report allows no gate"),
        (Metric, METRIC, {"gates": METRIC["gates"][:1] * 2}, "gates: two entries have the same id"),
        (Metric, METRIC, {"checks": METRIC["checks"] * 2}, "checks: two entries have the same id"),
        (Metric, METRIC, {"failure_modes": METRIC["failure_modes"][:1] * 2}, "failure_modes: two entries"),
        (Metric, METRIC, {"code": "s2"}, "pattern"),
        (Metric, METRIC, {"weight": {"value": 5}}, "why"),
        (Metric, METRIC, {"weight": {"value": -1, "why": "x"}}, "greater than or equal to 0"),
        (Metric, METRIC, {"title": "   "}, "at least 1 character"),
        (Metric, METRIC, {"examples": [{"evidence": {}, "expect": {}}]}, "an example expects"),
        (Metric, METRIC, {"examples": [{"evidence": {}, "expect": {"value": 1, "undefined": "disputed"}}]}, "counts"),
        (Metric, METRIC, {"examples": [{"evidence": {}, "expect": {"undefined": "because"}}]}, "'no_evidence'"),
        (Metric, METRIC, {"derives_from": {"wrong": "x"}}, "'correct'"),
        (Header, HEADER, {"version": "1.0"}, "pattern"),
        (Header, HEADER, {"schema": "dualtrack.rubric/2"}, "dualtrack.rubric/1"),
        (Header, HEADER, {"floors": {"clusters": 1}}, "greater than or equal to 2"),
    ],
)  # fmt: skip
def test_a_definition_that_contradicts_itself_is_refused(schema, base, change, words):
    with pytest.raises(ValidationError, match=words):
        schema.model_validate_json(json.dumps({**base, **change}))


RULES = st.fixed_dictionaries(
    {},
    optional={
        "at_least": st.just("1"), "at_most": st.just("2"), "any_of": st.just(["1"]), "below": st.just(1),
        "above": st.just(2),
    },
)  # fmt: skip


@given(RULES)
def test_a_failing_rule_has_exactly_one_key(rule):
    if len(rule) == 1:
        assert FailWhen.model_validate_json(json.dumps(rule)).model_dump(exclude_none=True, mode="json") == rule
    else:
        with pytest.raises(ValidationError, match="exactly one"):
            FailWhen.model_validate_json(json.dumps(rule))


@pytest.mark.parametrize("given_as", ["worst_case", {"rule": "worst_case"}, {}])
def test_a_missing_rule_may_be_a_word(given_as):
    metric = Metric.model_validate_json(json.dumps({**METRIC, "missing": given_as}))
    assert metric.missing.rule == "worst_case"
