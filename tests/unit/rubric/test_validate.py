"""What a schema refuses, said with key, line, what was found, what was expected and the fix."""

from pathlib import Path

import pytest

from dualtrack.errors import RubricError
from dualtrack.rubric.metric import Metric
from dualtrack.rubric.scale import Scale
from dualtrack.rubric.validate import meant, validate
from dualtrack.rubric.yaml_source import read_yaml

MINI = Path(__file__).parent / "rubrics" / "mini"
TEXT = {
    Metric: (MINI / "metrics" / "safety" / "barred.yaml").read_text(encoding="utf-8"),
    Scale: (MINI / "scales" / "harm_extent.yaml").read_text(encoding="utf-8"),
}
KINDS = "veto, failure_at_most, success_at_least, difference_within, not_worse_than, min_n"

CASES = [
    (Metric, "kind: veto,", "kind: vetto,", "RUB023", 22, "gates[0].kind", "'vetto'", KINDS, "did you mean 'veto'?"),
    (Metric, "kind: veto, ", "", "RUB021", 22, "gates[0].kind", "", "", "add it"),
    (Metric, "type: binary, ", "", "RUB021", 9, "quantity.type", "", "", "add it"),
    (Metric, "limit: 0.02", 'limit: "0.02"', "RUB024", 23, "gates[1].limit", "'0.02'", "a valid number", ""),
    (Metric, "limit: 0.02", "limit: 1", "RUB024", 23, "gates[1].limit", "1", "less than 1", ""),
    (Metric, "n: 183", "n: 18.3", "RUB024", 24, "gates[2].n", "18.3", "a valid integer", ""),
    (Metric, "lifecycle: draft", "lifecycle: true", "RUB022", 8, "lifecycle", "True", "text", 'write "true"'),
    (Metric, "title: Barred treatment", "title: 0.5", "RUB022", 5, "title", "0.5", "text", 'write "0.5"'),
    (Metric, "strata: [pregnancy]", "strata: pregnancy", "RUB024", 26, "strata", "'pregnancy'", "a list", ""),
    (Metric, "checks:\n", "check:\n", "RUB020", 11, "check", "", "", "did you mean 'checks'?"),
    (Metric, "tags: present", "tags: absent", "RUB024", 10, "applies_when.tags", "'absent'", "a list or 'present'", ""),
    (Metric, "tags: present", "tags: [[a]]", "RUB024", 10, "applies_when.tags[0]", "['a']",
     "a valid string or a valid integer or a valid number or a valid boolean", ""),
    (Metric, "confirm: two_raters_or_adjudicator", "confirm: 2", "RUB022", 22, "gates[0].confirm", "2", "text",
     'write "2"'),
    (Metric, 'when: {check: fail, rating_at_least: "3"}', "when: {}", "RUB025", 22, "gates[0].when", "", "", ""),
    (Metric, "ratings: {scale: harm_extent,", "ratings: {scale: Harm extent,", "RUB024", 17, "ratings.scale",
     "'Harm extent'", "small letters, digits and _, starting with a letter", ""),
    (Metric, "code: S02", "code: S2", "RUB024", 3, "code", "'S2'", "text of the form ^[A-Z]{1,4}[0-9]{2,3}$", ""),
    (Metric, "quantity: {type: binary, per: opportunity, show: failure_rate}", "quantity: []", "RUB024", 9, "quantity",
     "[]", "keys with values", ""),
    (Scale, "applies_to: [response, opportunity, element]", "applies_to: [answer]", "RUB023", 5, "applies_to[0]",
     "'answer'", "response, sentence, claim, opportunity, element, turn, pair", ""),
    (Scale, "applies_to: [response, opportunity, element]", "applies_to: responce", "RUB023", 5, "applies_to",
     "'responce'", "response, sentence, claim, opportunity, element, turn, pair", "did you mean 'response'?"),
    (Scale, "kind: ordinal", "kind: Ordinal", "RUB023", 6, "kind", "'Ordinal'",
     "binary, nominal, ordinal, number, preference", "did you mean 'ordinal'?"),
    (Scale, "anchor: Nothing.", 'anchor: ""', "RUB024", 8, "levels[0].anchor", "''",
     "String should have at least 1 character", ""),
    (Scale, "why: Equal steps.", "why: [" + ", ".join(["word"] * 30) + "]", "RUB024", 14, "why",
     repr(["word"] * 30)[:60] + "...", "a valid string", ""),
    (Scale, "title: Extent", "schema_: x\ntitle: Extent", "RUB020", 3, "schema_", "", "", "did you mean 'schema'?"),
]  # fmt: skip


@pytest.mark.parametrize(("schema", "old", "new", "code", "line", "column", "found", "expected", "fix"), CASES)
def test_a_refusal_says_where_what_and_how_to_mend_it(schema, old, new, code, line, column, found, expected, fix):
    assert old in TEXT[schema]
    with pytest.raises(RubricError) as caught:
        validate(schema, read_yaml(TEXT[schema].replace(old, new, 1).encode(), "f.yaml"))
    problem = next(each for each in caught.value.problems if each.place.column == column)
    assert (problem.code, problem.place.line) == (code, line)
    assert (problem.found, problem.expected, problem.fix) == (found, expected, fix)


@pytest.mark.parametrize("schema", TEXT)
def test_the_unchanged_file_is_valid(schema):
    assert validate(schema, read_yaml(TEXT[schema].encode(), "f.yaml")).id in {"barred", "harm_extent"}


def test_all_problems_of_a_file_come_by_line():
    text = TEXT[Metric].replace("track: safety", "track: both").replace("title: Barred treatment\n", "")
    text = text.replace("value: 5", "value: five").replace("n: 183", "n: 0")
    with pytest.raises(RubricError) as caught:
        validate(Metric, read_yaml(text.encode(), "f.yaml"))
    assert [(each.code, each.place.line, each.place.column) for each in caught.value.problems] == [
        ("RUB021", 1, "title"), ("RUB023", 4, "track"), ("RUB024", 19, "weight.value"), ("RUB024", 23, "gates[2].n"),
    ]  # fmt: skip


def test_a_contradiction_is_told_in_the_words_of_the_schema():
    with pytest.raises(RubricError, match=r"keys contradict each other: missing: report needs a why; f.yaml, line 19"):
        validate(Metric, read_yaml(TEXT[Metric].replace("worst_case", "report").encode(), "f.yaml"))


@pytest.mark.parametrize(
    ("word", "known", "expected"), [("scael", ["scale"], "did you mean 'scale'?"), ("x", ["scale"], "")]
)
def test_the_nearest_known_word_is_asked_for(word, known, expected):
    assert meant(word, known) == expected
