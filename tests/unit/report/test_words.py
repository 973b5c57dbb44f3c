"""The words of the pages: every term has its sentence, no sentence is idle, none makes a forbidden claim."""

import ast
import re
from pathlib import Path

import pytest

import dualtrack
from dualtrack.render import environment
from dualtrack.report import Words, load_words
from dualtrack.report.figures import FORMS
from dualtrack.stats.interval import Method
from dualtrack.terms import (
    Aggregate,
    Combine,
    Fill,
    GateKind,
    MissingRule,
    Proof,
    QuantityType,
    Reason,
    Role,
    State,
    Track,
)

CATALOGUES = ("procurement", "regulatory", "selftest")
WORDS = load_words("en", *CATALOGUES)
FORBIDDEN = re.compile(
    r"\b(compliant|compliance|certified|certification|approved|approval|validated|safe|safer|safely)\b", re.IGNORECASE
)
PACKAGE = Path(dualtrack.__file__).parent
SOURCES = sorted([*(PACKAGE / "report").glob("*.py"), PACKAGE / "outcome.py"])


@pytest.mark.parametrize(
    ("pattern", "terms"),
    [
        ("states.{}.word", State),
        ("states.{}.meaning", State),
        ("reasons.{}.short", Reason),
        ("reasons.{}.why", Reason),
        ("tracks.{}", Track),
        ("track_titles.{}", Track),
        ("pages.{}", Track),
        ("claims.every.{}", State),
        ("claims.one.{}", State),
        ("claims.several.{}", State),
        ("roles.{}", Role),
        ("proofs.{}", Proof),
        ("combines.{}", Combine),
        ("aggregates.{}", Aggregate),
        ("missing_rules.{}", MissingRule),
        ("quantities.{}", QuantityType),
        ("gates.kinds.{}", GateKind),
        ("methods.{}", Method),
        ("shows.{}.title", FORMS),
        ("shows.{}.short", FORMS),
        ("shows.{}.reading", FORMS),
    ],
)
def test_every_term_has_its_words(pattern, terms):
    assert [term for term in terms if pattern.format(term) not in WORDS.sentences] == []


def test_the_columns_name_both_ends_of_the_fill():
    assert all(fill in WORDS.say("columns.bounds").lower() for fill in (Fill.worst, Fill.best))


def _asked():
    """Regular expressions of the names that the code asks for, by place."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="words"), attr="say" | "word" | "known" as verb),
                    args=[name, *_],
                ):
                    yield from ((f"{path.name}:{node.lineno}", each, verb != "say") for each in _names(name))


def _names(argument):
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        yield re.escape(argument.value)
    elif isinstance(argument, ast.JoinedStr):
        parts = [re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.]+" for part in argument.values]
        yield "".join(parts)
    elif isinstance(argument, ast.IfExp):
        yield from _names(argument.body)
        yield from _names(argument.orelse)


def test_a_list_of_the_code_is_found_as_a_pattern():
    argument = ast.parse("say(f'states.{state}.word')").body[0].value.args[0]
    assert re.fullmatch(*_names(argument), "states.not_met.word")


def test_every_sentence_that_the_code_asks_for_exists():
    asked = list(_asked())
    assert len(asked) > 100
    missing = [
        (place, name)
        for place, name, group in asked
        if not any(re.fullmatch(name + (r"\..*" if group else ""), each) for each in WORDS.sentences)
    ]
    assert missing == []


def test_every_sentence_is_asked_for():
    """Notes are asked for by the code that the results give; the next test has them."""
    patterns = [re.compile(name + (r"\..*" if group else "")) for _, name, group in _asked()]
    own = [name for name in WORDS.sentences if name.count(".") < 2 or not name.startswith("notes.")]
    assert [each for each in own if not any(found.fullmatch(each) for found in patterns)] == []


def test_every_note_of_the_engine_has_its_sentence_and_none_is_idle():
    engine = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "scoring").glob("*.py"))
    written = set(re.findall(r'\bNote\(\s*"(\w+)"', engine))
    known = {name.split(".")[1] for name in WORDS.sentences if re.fullmatch(r"notes\.\w+\.text", name)}
    assert written
    assert written == known


def test_no_sentence_and_no_template_makes_a_forbidden_claim():
    claims = [name for name, sentence in WORDS.sentences.items() if FORBIDDEN.search(sentence)]
    templates = environment({"report": "dualtrack.report"})
    drawn = [
        name for name in templates.list_templates() if FORBIDDEN.search(templates.loader.get_source(templates, name)[0])
    ]
    assert (claims, drawn) == ([], [])


def test_what_is_filled_in_is_never_read_as_a_place():
    words = Words("en", {"a": "{name} and {other}"})
    assert words.say("a", name="{other}", other="{0.__class__}") == "{other} and {0.__class__}"


def test_an_unknown_sentence_and_a_missing_fact_are_errors():
    words = Words("en", {"a": "{name}"})
    for call in (lambda: words.say("b"), lambda: words.say("a")):
        with pytest.raises(KeyError):
            call()


def test_a_list_that_has_grown_falls_back_on_its_other_word():
    assert WORDS.word("methods", "bayesian", method="bayesian", resamples="0") == "bayesian"


def test_a_language_that_does_not_ship_is_an_error():
    with pytest.raises(FileNotFoundError):
        load_words("xx")


def test_every_joining_rule_says_who_is_heard_which_way_it_errs_and_what_it_may_decide():
    said = {name: [WORDS.say(f"{name}.{rule.value}") for rule in Combine] for name in ("combines", "biases", "drives")}
    assert all(len(text) > 10 for texts in said.values() for text in texts)
    assert len(set(said["drives"])) == len(Combine)
