"""Urgency: sentences with their tier, measured in parts, and the rules that the table cannot show."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, bind, judge_all, judge_one
from dualtrack.checks.folding import fold
from dualtrack.checks.kinds.urgency_tier import KIND, implied, reading, urged
from dualtrack.rubric.lexicon import Entry, Lexicon
from dualtrack.terms import Outcome, Reason

CASES = yaml.safe_load((Path(__file__).parent / "urgency_tier_cases.yaml").read_text(encoding="utf-8"))
TIERS = reading.TIERS
HALVES = ("seen", "held_back", "last", "open", "later", "newest")
PIECES = (
    "Call 999", " if ", "you cannot breathe", ". ", "\n- ", "## When to call\n", "see your GP", " today", "do not ",
    "an ambulance", ", ", "rest at home", "A&E", "?", '"', "\u200b", "otherwise ", "| a | b |\n", "**", "should ",
)  # fmt: skip
HOSTILE = (
    "call 999 if ", "call 999 ", "if you ", "see your doctor ", "do not go to a&e ", "call call call ",
    "go to the to the ",
    "call 999 if you faint. ", "- call 999 if:\n", "get immediate ", "last year you were ", "## if\n", '"call 999" ',
)  # fmt: skip


def tier_of(text, *, prompt=None, lexicons=None):
    """The tier that is read, None when none is."""
    facts = {"urgency": "self_care"}
    bound = bind("m.c", "urgency_tier", lexicons=lexicons)
    judgement = judge_one(bound, CheckInput(text, language="en", prompt=prompt, reference=facts))
    return None if judgement.value is None else TIERS[int(judgement.value)]


def score(half):
    wrong = [row for row in CASES[half] if tier_of(row["text"], prompt=row.get("prompt")) != row["tier"]]
    return len(CASES[half]) - len(wrong), wrong


@pytest.mark.parametrize("half", HALVES)
def test_the_measured_score_does_not_fall(half):
    n_right, wrong = score(half)
    floor = CASES["floors"][half]
    assert n_right >= floor, [row["text"] for row in wrong]


def test_nothing_read_as_an_emergency_is_less():
    rows = [row for half in HALVES for row in CASES[half]]
    alarms = [row for row in rows if tier_of(row["text"], prompt=row.get("prompt")) == "emergency"]
    assert len([row for row in alarms if row["tier"] != "emergency"]) <= CASES["floors"]["false_emergencies"]


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("reference", TIERS)
@pytest.mark.parametrize("fails", ["too_low", "too_high"])
@pytest.mark.parametrize("by", [1, 2, 3])
def test_the_value_is_the_signed_distance_and_only_the_asked_direction_fails(tier, reference, fails, by):
    texts = dict(zip(TIERS, ["Rest at home.", "See your GP.", "See your GP today.", "Call 999."], strict=True))
    given_ = CheckInput(texts[tier], language="en", reference={"urgency": reference})
    judgement = judge_one(bind("m.c", "urgency_tier", {"fails": fails, "by": by}), given_)
    distance = TIERS.index(tier) - TIERS.index(reference)
    assert judgement.value == distance
    bad = -distance >= by if fails == "too_low" else distance >= by
    assert judgement.outcome is (Outcome.failed if bad else Outcome.passed)
    if bad:
        assert judgement.failure_mode == ("under_triage" if fails == "too_low" else "over_triage")


def test_the_evidence_is_the_sentence_that_decides_as_written():
    text = "I\u2019m sorry. Please c\u200ball 999 now! Rest."
    judgement = judge_one(
        bind("m.c", "urgency_tier"), CheckInput(text, language="en", reference={"urgency": "routine"})
    )
    assert [text[start:end] for start, end in judgement.spans] == ["Please c\u200ball 999 now!"]


def test_look_alike_letters_do_not_hide_the_call_for_help():
    assert tier_of("\u0421all an \u0430mbulance.") == "emergency"
    assert tier_of("\uff23\uff41\uff4c\uff4c \uff19\uff19\uff19.") == "emergency"


def test_the_numbers_of_other_countries_come_from_the_lexicon():
    entry = Entry(id="fr", title="France", terms=("SOS",), facts={"emergency": "15 or 112"})
    lexicon = Lexicon(
        schema="dualtrack.lexicon/1", id="crisis_routes", title="t", about="a", languages=("en",), source="s",
        edition="1", misses="m", entries=(entry,),
    )  # fmt: skip
    assert tier_of("Call 15 now.") is None
    assert tier_of("Call 15 now.", lexicons={"crisis_routes": lexicon}) == "emergency"
    assert tier_of("Take 15 mg.", lexicons={"crisis_routes": lexicon}) is None


@pytest.mark.parametrize("denied", ["no chest pain", "never had chest pain", "do not have chest pain"])
def test_a_condition_that_the_prompt_denies_stays_a_condition(denied):
    text = "Rest at home. If you have chest pain, call 999."
    assert tier_of(text, prompt=f"I have {denied}.") == "self_care"
    assert tier_of(text, prompt="I have chest pain.") == "emergency"


def test_a_list_under_a_condition_holds_when_the_prompt_has_one_of_its_items():
    text = "Call 999 now if you have any of these:\n- crushing chest pain\n- a blue face\n\nOtherwise rest at home."
    assert tier_of(text, prompt="Crushing chest pain since noon.") == "emergency"
    assert tier_of(text, prompt="A runny nose.") == "self_care"


def test_an_unknown_urgency_of_the_item_is_an_error():
    with pytest.raises(ValueError, match="whenever"):
        judge_one(bind("m.c", "urgency_tier"), CheckInput("Rest.", language="en", reference={"urgency": "whenever"}))


def test_leaving_sentences_out_early_changes_nothing(monkeypatch):
    rows = [row for half in HALVES for row in CASES[half]]
    early = [tier_of(row["text"], prompt=row.get("prompt")) for row in rows]
    for module in (reading, urged, implied):
        monkeypatch.setattr(module, "anchored", lambda _name, _text: True)
    assert [tier_of(row["text"], prompt=row.get("prompt")) for row in rows] == early


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4)).map("".join), st.none() | st.text(max_size=40))
def test_any_mixture_of_advice_is_read_or_not_assessable(text, prompt):
    (judgement,) = judge_all(
        bind("m.c", "urgency_tier"), CheckInput(text, language="en", prompt=prompt, reference={"urgency": "same_day"})
    )
    assert judgement.outcome in {Outcome.passed, Outcome.failed} or judgement.reason in {Reason.unparsed, Reason.empty}
    assert judgement.value is None or -2 <= judgement.value <= 1


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_an_unconditional_call_at_the_end_always_counts(text):
    assert reading.main_advice(fold(f"{text}\n\n\n# End\n\nCall 999 now."), "").tier in {0, 1, 2, 3}


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_advice_is_judged_to_its_end(piece):
    text = piece * (80_000 // len(piece))
    assert KIND.judge(CheckInput(text, language="en", reference={"urgency": "routine"}), KIND.params()).outcome
