"""What a judgement may depend on is in its key, and what is remembered is what was said."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, FailureMode, Judgement, bind, check_kind, check_kinds
from dualtrack.checks.memory import Memory, case_digest, check_digest
from dualtrack.rubric import load_rubric
from dualtrack.terms import Outcome, Reason, ResponseStatus

LEXICONS = load_rubric("core").lexicons
CASE = CheckInput("Rest.", "en", ResponseStatus.answered, "Why?", {"a": [1, 2]}, answer="B", confidence=0.5)


def test_a_part_of_a_check_that_changes_changes_its_digest():
    mode = FailureMode("other", "commission", "Other")
    checks = [
        bind("m.c", "refusal"),
        bind("m.c", "readability"),
        bind("m.c", "readability", {"max_grade": 9}),
        bind("m.c", "refusal", raises={"refusal": mode}),
        bind("m.c", "forbidden_action"),
        bind("m.c", "forbidden_action", select={"avoid": {"severity": "absolute"}}),
        *(bind("m.c", "forbidden_action", lexicons={name: LEXICONS[name]}) for name in sorted(LEXICONS)[:2]),
        bind("m.c", "forbidden_action", lexicons={"x": LEXICONS[min(LEXICONS)]}),
    ]
    digests = [check_digest(check) for check in checks]
    assert None not in digests
    assert len(set(digests)) == len(digests)
    assert check_digest(bind("another.probe", "refusal")) == digests[0]


def test_one_word_of_a_lexicon_changes_the_digest():
    name = min(LEXICONS)
    lexicon = LEXICONS[name]
    other = lexicon.model_copy(update={"entries": lexicon.entries[1:]})
    digests = {check_digest(bind("m.c", "forbidden_action", lexicons={name: each})) for each in (lexicon, other)}
    assert len(digests) == 2


def test_kinds_that_are_not_our_own_are_never_remembered():
    kind = replace(check_kind("refusal"), version=99)
    assert check_digest(bind("m.c", kind)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Rest!"}, {"text": None}, {"text": ""}, {"language": "de"}, {"status": ResponseStatus.truncated},
        {"prompt": None}, {"prompt": "Rest."}, {"reference": {"a": [2, 1]}}, {"reference": {}}, {"answer": "C"},
        {"answer": None}, {"confidence": None}, {"confidence": 0.50000001},
    ],
)  # fmt: skip
def test_a_part_of_a_case_that_changes_changes_its_digest(change):
    assert case_digest(replace(CASE, **change)) != case_digest(CASE)


def test_texts_that_look_alike_in_a_file_are_two():
    pair, surrogates = "\U0001f600", "\ud83d\ude00"
    assert case_digest(replace(CASE, text=pair)) != case_digest(replace(CASE, text=surrogates))
    assert case_digest(replace(CASE, text="a", prompt="bc")) != case_digest(replace(CASE, text="ab", prompt="c"))


def test_facts_that_are_no_plain_data_have_no_digest_and_are_judged_each_time():
    calls = []

    def ask(check, _given):
        calls.append(check.probe_id)
        return Judgement.undecided(Reason.empty)

    check = bind("m.c", "refusal")
    memory = Memory({}, {"m.c": "d"})
    for _ in range(2):
        memory.judge(check, replace(CASE, reference={"a": {1}}), ask=ask)
    assert len(calls) == 2
    assert memory.fresh == {}


OUTCOMES = st.sampled_from([
    Judgement(Outcome.passed),
    Judgement(Outcome.passed, value=0.1 + 0.2, spans=((1, 4), (7, 9)), unit="e1"),
    Judgement(Outcome.failed, value=1e-17, failure_mode="refusal", unit="é\U0001f600"),
    Judgement.undecided(Reason.unparsed),
    Judgement.undecided(Reason.not_applicable, outcome=Outcome.not_applicable),
])  # fmt: skip


@given(st.lists(OUTCOMES, min_size=1, max_size=4).map(tuple))
def test_what_is_remembered_is_what_was_said(said):
    check = bind("m.c", "refusal")
    first = Memory({}, {"m.c": "d"})
    assert first.judge(check, CASE, ask=lambda *_: said) == said

    def never(*_):
        raise AssertionError("asked again")

    second = Memory(first.fresh, {"m.c": "d"})
    assert second.judge(check, CASE, ask=never) == said
    assert second.fresh == {}


def test_what_raised_is_asked_again():
    memory = Memory({}, {"m.c": "d"})

    def breaks(*_):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        memory.judge(bind("m.c", "refusal"), CASE, ask=breaks)
    assert memory.fresh == {}


@pytest.mark.parametrize(
    "plain",
    [
        "", "x", "5", "[]", "[[]]", '["pass"]', '[["passed?", null, null, [], null, ""]]',
        '[["fail", null, null, [], null, ""]]', '[["pass", null, null, [5], null, ""]]',
        '[["pass", "x", null, [], null, ""]]', "null",
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_asked_anew(plain):
    said = Judgement(Outcome.passed, value=1.0)
    memory = Memory({"d": {case_digest(CASE): plain}}, {"m.c": "d"})
    assert memory.judge(bind("m.c", "refusal"), CASE, ask=lambda *_: said) == said
    assert memory.fresh["d"][case_digest(CASE)] == '[["pass",1.0,null,[],null,""]]'


def test_every_kind_of_ours_can_be_remembered():
    for kind in check_kinds().values():
        worked = kind.examples[0]
        assert check_digest(bind("m.c", kind, dict(worked.params), lexicons=worked.lexicons)) is not None
        assert case_digest(CheckInput(worked.text, reference=worked.reference)) is not None
