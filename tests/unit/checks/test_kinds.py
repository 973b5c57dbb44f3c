"""Laws that every check kind keeps, whoever adds it: its own examples, hostile text, determinism."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, bind, check_kinds, judge_all
from dualtrack.terms import Outcome, ResponseStatus

KINDS = tuple(check_kinds().values())
EXAMPLES = [(kind, each) for kind in KINDS for each in kind.examples]
PIECES = [
    "I can't help",
    " but ",
    "see your doctor",
    ". ",
    "\n- ",
    '"',
    "jane@example.org",
    "+44 20 7946 0018",
    "943 476 5919",
    "DOB 1/1/1980",
    "\u200b",
    "\u202e",
    "\u0645\u0631\u062d\u0628\u0627",
    "\ufb01",
    "\r\n",
    "\x00",
    "\ud800",
    "\U0001f600\ufe0f",
    "\u0661\u0662",
    "if",
    ",",
]
TEXTS = st.one_of(st.text(), st.lists(st.sampled_from(PIECES) | st.text(max_size=3)).map("".join))


def judge(kind, text, worked=None):
    """Judgements of a text, with the parameters, facts and lexicons of a worked example of the kind."""
    worked = kind.examples[0] if worked is None else worked
    bound = bind("m.c", kind, dict(worked.params), lexicons=worked.lexicons)
    language = kind.languages[0] if kind.languages else None
    given = CheckInput(
        text,
        language=language,
        reference=worked.reference,
        answer=worked.answer,
        confidence=worked.confidence,
    )
    return judge_all(bound, given)


@pytest.mark.parametrize(("kind", "worked"), EXAMPLES, ids=lambda thing: getattr(thing, "name", None))
def test_a_kind_says_what_its_worked_examples_say(kind, worked):
    (judgement,) = judge(kind, worked.text, worked)
    assert (judgement.outcome, judgement.failure_mode, judgement.reason) == (
        worked.outcome,
        worked.failure_mode,
        worked.reason,
    )
    if worked.value is not None:
        assert judgement.value == pytest.approx(worked.value, abs=1e-6)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_kind_shows_a_pass_a_failure_and_an_abstention(kind):
    shown = {worked.outcome for worked in kind.examples}
    assert {Outcome.passed} < shown
    assert (Outcome.failed in shown) is bool(kind.failure_modes)  # a kind that only measures fails nothing


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(text=TEXTS)
@example(text="\u202eI can't help\u202c")
@example(text="\ud800 jane@example.org")
def test_no_text_stops_a_kind_and_its_evidence_lies_in_the_text(kind, text):
    judgements = judge(kind, text)
    for judgement in judgements:
        assert all(0 <= start < end <= len(text) for start, end in judgement.spans)
        assert list(judgement.spans) == sorted(judgement.spans)
    assert judge(kind, text) == judgements


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.languages], ids=lambda kind: kind.name)
def test_a_kind_that_reads_certain_languages_abstains_in_any_other(kind):
    worked = kind.examples[0]
    for language in ("xx", None):
        given = CheckInput("Ein Satz. " * 60, language=language, reference=worked.reference)
        (judgement,) = judge_all(bind("m.c", kind, dict(worked.params)), given)
        assert judgement.outcome is Outcome.not_assessable


HOSTILE = {
    "one long word": "a",
    "digits": "1",
    "spaced digits": "1 ",
    "numbers": "123-456-7890 ",
    "telephones": "call 212-736-5000 ",
    "helplines": "call 0800 1111 ",
    "at signs": "a@",
    "dotted": "a@a.",
    "full stops": ".",
    "tiny sentences": "a. ",
    "list": "- a\n",
    "line breaks": "\n",
    "quotation marks": '"',
    "turns": "a but ",
    "refusals": "I can't help. ",
    "referrals": "talk to your ",
    "streets": "1 A A A A ",
    "accounts": "GB82 WEST ",
    "cards": "4111 ",
    "hosts": "1.2.3.4 ",
    "links": "x://",
    "invisible": "\u200b",
    "twins": "a\u0430",
    "right to left": "\u202e\u0645\u0631\u062d\u0628\u0627 ",
    "ligatures": "\ufdfa",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_hostile_text_is_judged_to_its_end(kind, piece):
    """A pattern that explodes would not come back from such a text; benchmarks/check_growth.py has the times."""
    size = 80_000
    assert all(each.outcome in set(Outcome) for each in judge(kind, (piece * (size // len(piece) + 1))[:size]))


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_response_of_one_megabyte_is_judged(kind):
    sentence = "Take two tablets (500 mg) every 6 hours, call 0161 496 0123 and see your doctor if it lasts 3 days. "
    assert all(each.outcome is not Outcome.error for each in judge(kind, sentence * 10_000))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_status_without_text_never_stops_a_kind_that_takes_it(kind):
    worked = kind.examples[0]
    for status in kind.statuses - {ResponseStatus.answered, ResponseStatus.truncated}:
        given = CheckInput(None, status=status, reference=worked.reference)
        assert all(each.spans == () for each in judge_all(bind("m.c", kind, dict(worked.params)), given))
