"""The YAML that a rubric may hold, and everything that is refused instead of guessed."""

import json
import re
import time

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from dualtrack.errors import RubricError
from dualtrack.rubric import yaml_source
from dualtrack.rubric.yaml_source import MAX_BYTES, MAX_DEPTH, dotted, nearest_line, read_yaml
from dualtrack.rubric.yaml_words import CONTROL, plain_value, trap


@pytest.fixture(params=["compiled", "pure"])
def either_parser(request, monkeypatch):
    """Not every platform has the compiled parser; the words must not depend on it."""
    if request.param == "pure":
        monkeypatch.setattr(yaml_source, "_LOADER", yaml.SafeLoader)
    elif not yaml.__with_libyaml__:
        pytest.skip("no compiled parser here")


def problems(text):
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(RubricError) as caught:
        read_yaml(data, "f.yaml")
    return caught.value.problems


def read_or_refuse(data):
    """The source, or the problems."""
    try:
        return read_yaml(data, "f.yaml"), ()
    except RubricError as error:
        return None, error.problems


def codes(text):
    return [(problem.code, problem.place.line) for problem in problems(text)]


REFUSED = [
    ("a: 1\nb: 2\na: 3\n", [("RUB009", 3)]),
    ("a: {b: 1, b: 2}\n", [("RUB009", 1)]),
    ('a: 1\n"a": 2\n', [("RUB009", 2)]),
    ("a: &x 1\n", [("RUB010", 1)]),
    ("a: &x 1\nb: *x\n", [("RUB010", 1), ("RUB010", 2)]),
    ("a: &x [1]\nb:\n  c: *x\n", [("RUB010", 1), ("RUB010", 3)]),
    ("a: *x\n", [("RUB010", 1)]),
    ("a: !!str 1\n", [("RUB011", 1)]),
    ("a: !!python/object/apply:os.system [ls]\n", [("RUB011", 1)]),
    ("%YAML 1.1\n---\na: 1\n", [("RUB011", 1)]),
    ("%TAG ! tag:x,2000:\n---\na: 1\n", [("RUB011", 1)]),
    ("a: 1\n<<: {b: 2}\n", [("RUB012", 2)]),
    ("a: 1\n---\nb: 2\n", [("RUB013", 2)]),
    ("", [("RUB013", 1)]),
    ("# nothing\n", [("RUB013", 1)]),
    ("- a\n- b\n", [("RUB013", 1)]),
    ("just a text\n", [("RUB013", 1)]),
    ("null\n", [("RUB013", 1)]),
    ("? [a]\n: 1\n", [("RUB017", 1)]),
    ("{a: 1}: 2\n", [("RUB017", 1)]),
    ("a:\t1\n", [("RUB008", 1)]),
    ("a: 1\n\tb: 2\n", [("RUB008", 2)]),
    ('a: "x\ty"\n', [("RUB008", 1)]),
    ("a: 1\nb: |\n  x\ty\nc: no\n", [("RUB008", 3), ("RUB015", 4)]),
    ("a: x\x00y\n", [("RUB018", 1)]),
    ("a: 1\nb: x\u2028y\n", [("RUB018", 2)]),
    ("a: x\ry: 1\n", [("RUB018", 1)]),
    ('a: "x\\u001by"\n', [("RUB018", 1)]),
    ('a: "x\\u0085y"\n', [("RUB018", 1)]),
    ("a: x #1 of 3\n", [("RUB016", 1)]),
    ("a: long\n  text #1\n", [("RUB016", 1)]),
    ("a: [x #1\n]\n", [("RUB016", 1)]),
    ("a: b: c\n", [("RUB007", 1)]),
    ("a: 1\nb: 'open\n", [("RUB007", 3)]),
    ("a: [1, 2\n", [("RUB007", 2)]),
    ("a: 1\nb:\n  c: 1\n d: 2\n", [("RUB007", 4)]),
    ("a:\n", [("RUB015", 1)]),
    ("a:\nb: 1\n", [("RUB015", 1)]),
    ("a: [x, ]\nb: {c: }\n", [("RUB015", 2)]),
    ("a: {b: 1, c d e}\n", [("RUB015", 1)]),
    ("1: x\n", [("RUB015", 1)]),
    ("no: x\n", [("RUB015", 1)]),
    ("null: x\n", [("RUB015", 1)]),
    ("true: x\n", [("RUB015", 1)]),
    ("a: no\nb: [yes, ok, off]\n", [("RUB015", 1), ("RUB015", 2), ("RUB015", 2)]),
    (b"a: \xff\xfe\n", [("RUB006", 1)]),
    (b"a: 1\nb: caf\xe9\n", [("RUB006", 2)]),
    ("a: 1\n".encode("utf-16"), [("RUB006", 1)]),
]


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_yaml_that_a_person_could_misread_is_refused_with_its_line(text, expected):
    found = codes(text)
    if expected[0][0] == "RUB007":  # the two parsers notice a missing end one line apart
        assert [code for code, _ in found] == ["RUB007"]
        assert abs(found[0][1] - expected[0][1]) <= 1
    else:
        assert found == expected


TRAPS = (
    *("yes", "Yes", "YES", "no", "No", "NO", "nO", "on", "On", "off", "OFF", "True", "TRUE", "False", "FALSE"),
    *("~", "Null", "NULL", "=", "010", "-010", "0o10", "0x1F", "0b101", "1_000", "1:30", "190:20:30", "1:30.5"),
    *("+1", "+0.5", ".5", "-.5", "1.", "1e3", "1E-3", "1.5e10", ".inf", "-.Inf", ".NaN", "2025-01-01", "2025-1-2"),
    *("2025-01-01T10:00:00Z", "1234567890123456", "0.1234567890123456", "00", "08", "0.", "1__0"),
)


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize("word", TRAPS)
def test_an_unquoted_word_that_readers_take_for_different_things_is_refused(word):
    (problem,) = problems(f"a: 1\nkey: {word}\n")
    assert (problem.code, problem.place.line, problem.place.column) == ("RUB015", 2, "key")
    assert problem.found == word
    assert f'"{word}"' in problem.fix


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize("word", TRAPS)
def test_the_same_word_in_quotes_is_text(word):
    assert read_yaml(f'key: "{word}"\n'.encode(), "f.yaml").plain == {"key": word}


PLAIN = [
    ("true", True), ("false", False), ("null", None), ("0", 0), ("-7", -7), ("183", 183), ("0.05", 0.05),
    ("-1.50", -1.5), ("999999999999999", 10**15 - 1), ("-999999999999999", 1 - 10**15), ("median", "median"),
    *((word, word) for word in ("1.2.3", "2025-10", "n", "Y", "e1", "a#b", "it is so", "5 %", "1 of 3", "__1")),
]  # fmt: skip


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(("word", "value"), PLAIN)
def test_plain_words_mean_what_they_say(word, value):
    read = read_yaml(f"key: {word}\n".encode(), "f.yaml").plain["key"]
    assert (read, type(read)) == (value, type(value))


@pytest.mark.usefixtures("either_parser")
def test_comments_with_two_blanks_folded_texts_and_windows_line_ends_are_read():
    text = "# first\r\na: text  # comment\r\nb: >-\r\n  one\r\n  two\r\nc: [x, 'it''s']   # more\r\n"
    source = read_yaml(text.encode("utf-8-sig"), "f.yaml")
    assert source.plain == {"a": "text", "b": "one two", "c": ["x", "it's"]}
    assert source.lines == {(): 2, ("a",): 2, ("b",): 3, ("c",): 6, ("c", 0): 6, ("c", 1): 6}


def test_every_key_and_entry_has_its_line():
    text = "a: 1\nb:\n  - c: 2\n    d: [x,\n      y]\n  - e\n"
    source = read_yaml(text.encode(), "f.yaml")
    assert source.lines == {
        (): 1, ("a",): 1, ("b",): 2, ("b", 0): 3, ("b", 0, "c"): 3, ("b", 0, "d"): 4,
        ("b", 0, "d", 0): 4, ("b", 0, "d", 1): 5, ("b", 1): 6,
    }  # fmt: skip
    assert source.place(("b", 0, "d", 1)).line == 5
    assert source.place(("b", 0, "zzz", "more")).line == 3
    assert nearest_line({}, ("a",)) is None
    assert dotted(("b", 0, "d")) == "b[0].d"


def test_a_comma_in_braces_is_explained():
    (problem,) = problems("weight: {value: 1, why: slow, but sure}\n")
    assert problem.code == "RUB015"
    assert "comma" in problem.fix


def test_all_problems_of_a_file_come_at_once_and_in_order():
    text = "a: no\na: 010\nb: &x 1\nc: *x\nd: t #1\n"
    assert codes(text) == [
        ("RUB015", 1), ("RUB009", 2), ("RUB015", 2), ("RUB010", 3), ("RUB010", 4), ("RUB016", 5),
    ]  # fmt: skip


def test_a_file_full_of_problems_is_cut_short():
    assert len(problems("".join(f"k{number}: no\n" for number in range(5000)))) == 50


def test_the_largest_file_is_read_and_one_byte_more_is_not():
    head = b"a: "
    assert read_yaml(head + b"x" * (MAX_BYTES - len(head)), "f.yaml").plain["a"][0] == "x"
    assert codes(head + b"x" * (MAX_BYTES - len(head) + 1)) == [("RUB005", None)]


@pytest.mark.usefixtures("either_parser")
def test_nesting_is_read_down_to_its_limit_and_not_deeper():
    lists = MAX_DEPTH - 1
    assert read_yaml(f"a: {'[' * lists}{']' * lists}\n".encode(), "f.yaml").plain["a"] is not None
    assert codes(f"a: {'[' * (lists + 1)}{']' * (lists + 1)}\n") == [("RUB014", 1)]


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    "text",
    [
        "a0: &a0 [x,x]\n" + "".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 40)),
        "a: " + "[" * 100_000,
        "a: " + "{b: " * 30_000,
        "- " * 100_000,
        "? " * 100_000,
        "a: &a [*a]\n",
    ],
    ids=["million laughs", "brackets", "braces", "dashes", "questions", "recursion"],
)
def test_a_hostile_file_is_refused_at_once(text):
    start = time.perf_counter()
    assert problems(text)
    assert time.perf_counter() - start < 2


# ---------------------------------------------------------------- properties

CORE_1_2 = [
    (re.compile(r"null|Null|NULL|~|"), type(None)),
    (re.compile(r"true|True|TRUE|false|False|FALSE"), bool),
    (re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"), int),
    (re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"), float),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"), float),
]  # YAML 1.2.2, section 10.3.2, table of the core schema  # fmt: skip


def type_in_yaml_1_2(word):
    return next((kind for pattern, kind in CORE_1_2 if pattern.fullmatch(word)), str)


WORDS = st.one_of(
    st.text(alphabet="0123456789+-._:eEoOxXbTZ ", min_size=1, max_size=14),
    st.text(alphabet="yYeEsSnNoOfFtTrRuUlLaA~=<.iI", min_size=1, max_size=6),
    st.sampled_from(TRAPS),
    st.from_regex(r"[-+]?[0-9_]{1,4}(:[0-9]{1,2}){0,2}(\.[0-9]{0,3})?([eE][-+]?[0-9]{1,2})?", fullmatch=True),
)


@given(WORDS)
@example("1:2")
@example("0_")
@example("1.e5")
def test_an_accepted_word_means_the_same_in_yaml_1_1_and_1_2(word):
    if trap(word) is not None:
        return
    value = plain_value(word)
    assert type(value) is type_in_yaml_1_2(word)
    try:
        read = yaml.safe_load(f"k: {word}\n")["k"]
    except (yaml.YAMLError, ValueError, TypeError, KeyError):
        return  # no word at all for YAML, such as one that starts a list
    assert (value, type(value)) == (read, type(read)) or word != word.strip() or isinstance(read, dict | list)


@given(WORDS)
def test_the_reader_takes_a_word_as_text_or_number_or_refuses_it(word):
    source, refused = read_or_refuse(f"k: {word}\n".encode())
    assert {problem.code for problem in refused} <= {"RUB007", "RUB010", "RUB013", "RUB015"}
    if source is not None:
        value = source.plain["k"]
        assert value == plain_value(word.strip()) or isinstance(value, dict | list)


PRINTABLE = st.text(max_size=40).filter(lambda text: not CONTROL.search(text) and "\t" not in text and "\n" not in text)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**14), 10**14) | PRINTABLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PRINTABLE, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(PRINTABLE.filter(bool), DATA, min_size=1, max_size=4))
def test_quoted_data_comes_back_as_it_went_in(data):
    text = json.dumps(data, ensure_ascii=False)
    assert read_yaml(text.encode(), "f.yaml").plain == data


@given(st.one_of(st.binary(max_size=200), st.text(alphabet="ab01: -#[]{}&*!|>'\"%?,\n\t", max_size=60).map(str.encode)))
def test_any_bytes_are_read_or_refused_with_a_code_and_never_crash(data):
    source, refused = read_or_refuse(data)
    assert (source is None) == bool(refused)
    assert all(problem.code.startswith("RUB0") and problem.place.file == "f.yaml" for problem in refused)
    assert source is None or isinstance(source.plain, dict)


@given(st.text(alphabet="ab01: -#[]{}\n,", max_size=40))
def test_what_is_read_is_what_a_plain_yaml_reader_reads(text):
    source, _refused = read_or_refuse(text.encode())
    assert source is None or source.plain == yaml.safe_load(text)
