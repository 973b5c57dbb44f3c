"""study.yaml: what is read, and what is refused because people and parsers would read it differently."""

import pytest

from dualtrack.errors import RecordError
from dualtrack.records import read_study_file
from dualtrack.records.plain_yaml import read_plain
from tests.unit.records.cases import GOOD


def problems(text):
    with pytest.raises(RecordError) as caught:
        read_plain(text, "study.yaml")
    return [(problem.what, problem.place.line, problem.found) for problem in caught.value.problems]


@pytest.mark.parametrize(
    "word",
    ["yes", "no", "on", "Off", "NULL", "True", "~", "010", "0x1F", "0b1", "0o17", "1_000", "1:30", "2025-05-01", "+1",
     ".5", "1e3", "1.", ".inf", ".NaN", "12345678901234567", "=", "<<"],
)  # fmt: skip
def test_words_that_yaml_guesses_at_are_refused_until_they_are_quoted(word):
    assert problems(f"id: a\nkey: {word}\n") == [("YAML would not read this word as it looks", 2, word)]
    assert read_plain(f'key: "{word}"\n', "study.yaml").value == {"key": word}


@pytest.mark.parametrize(
    ("word", "value"),
    [("true", True), ("false", False), ("null", None), ("0", 0), ("-3", -3), ("0.25", 0.25), ("1.0.0", "1.0.0"),
     ("plain words", "plain words"), ("y", "y"), ("[1, a]", [1, "a"]), ("{}", {}),
     ("|\n  long\n  text\n", "long\ntext\n")],
)  # fmt: skip
def test_words_that_everybody_reads_alike_are_read(word, value):
    assert read_plain(f"key: {word}\n", "study.yaml").value == {"key": value}


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("a: 1\nb: 2\na: 3\n", "the same key twice", 3),
        ("a: &x 1\nb: *x\n", "anchors and aliases are not read", 1),
        ("a: !!python/object:os.system x\n", "tags are not read", 1),
        ("a: 1\n---\nb: 2\n", "the file has several documents", 2),
        ("a: 1\n\tb: 2\n", "this is not YAML", 2),
        ("1: a\n", "a key is not text", 1),
        ("? [a]\n: 1\n", "a key is not text", 1),
        ("- a\n", "the file has no keys", 1),
        ("", "the file has no keys", 1),
        ("a:\n", "YAML would not read this word as it looks", 1),
        ("a: " + "[" * 2000 + "]" * 2000, "the file is nested too deeply", 1),
    ],
)
def test_what_could_be_misread_is_refused_with_its_line(text, what, line):
    assert (what, line) in [(said, place) for said, place, _ in problems(text)]


def test_lines_are_known_for_paths_and_for_what_is_missing_under_them():
    plain = read_plain("a:\n  - {b: 1}\n  -\n    c: 2\n", "study.yaml")
    assert [plain.line(path) for path in ((), ("a", 0, "b"), ("a", 1, "c"), ("a", 1, "x"))] == [1, 2, 4, 4]


def test_a_byte_order_mark_is_skipped(tmp_path):
    (tmp_path / "study.yaml").write_bytes(b"\xef\xbb\xbf" + (GOOD / "study.yaml").read_bytes())
    assert read_study_file(tmp_path).id == "small"


def test_a_file_of_two_megabytes_is_not_parsed(tmp_path):
    (tmp_path / "study.yaml").write_text("# " + "x" * 2_000_000)
    with pytest.raises(RecordError, match="REC002 the file is too large"):
        read_study_file(tmp_path)


@pytest.mark.parametrize("value", ["0.5", "{value: 0.5, why: measured}"])
def test_rho0_may_be_a_number_or_a_number_with_its_reason(tmp_path, value):
    text = (GOOD / "study.yaml").read_text().replace("plan:", f"plan:\n  rho0: {value}")
    (tmp_path / "study.yaml").write_text(text)
    assert read_study_file(tmp_path).plan.rho0.value == 0.5


@pytest.mark.parametrize(
    ("old", "new", "code", "column"),
    [
        ("{name: longqa}", "{name: longqa, path: mine}", "REC003", "rubric"),
        ("{name: longqa}", "{}", "REC003", "rubric"),
        ("id: beta", "id: ALPHA", "REC003", None),
        ("id: beta", "id: be ta", "REC003", "systems[1].id"),
        ("id: small", "id: Small", "REC003", "id"),
        ("{default: 2}", "{default: -1}", "REC003", "plan.ratings_per_unit.default"),
        ("{default: 2}", '{default: "2"}', "REC003", "plan.ratings_per_unit.default"),
        ("plan:", "plan:\n  cluster: nowhere", "REC003", "plan.cluster"),
        ("plan:", "plan:\n  strata: {reprot: []}", "REC003", "plan.strata.reprot"),
    ],
)
def test_values_that_do_not_fit_are_named_by_their_path(tmp_path, old, new, code, column):
    (tmp_path / "study.yaml").write_text((GOOD / "study.yaml").read_text().replace(old, new))
    with pytest.raises(RecordError) as caught:
        read_study_file(tmp_path)
    assert [(problem.code, problem.place.column) for problem in caught.value.problems] == [(code, column)]
