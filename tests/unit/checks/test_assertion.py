"""What an answer says of a thing it mentions: a table of sentences, and the rules that the table cannot show."""

from pathlib import Path

import pytest
import yaml

from dualtrack.checks.assertion import Assertion, mentions, state_of
from dualtrack.checks.folding import fold

CASES = yaml.safe_load((Path(__file__).parent / "assertion_cases.yaml").read_text(encoding="utf-8"))
# Of mentions. The first figures for new sentences stand at the head of the file of cases.
FLOORS = {
    "seen": 1.0,
    "held_back": 76 / 77,
    "second_round": 80 / 81,
    "third_round": 46 / 48,
    "fourth_round": 43 / 46,
    "fifth_round": 110 / 112,
    "sixth_round": 108 / 113,
    "seventh_round": 69 / 75,
    "eighth_round": 25 / 30,
}


def states(text, *terms):
    return [mention.state.value for mention in mentions(fold(text), terms)]


def judged(case):
    """Per term of a case: the states found and the states expected."""
    terms = tuple(case["states"])
    found = mentions(fold(case["text"]), terms)
    for place, expected in enumerate(case["states"].values()):
        yield (
            [mention.state.value for mention in found if mention.term == place],
            [expected] if isinstance(expected, str) else expected,
        )


@pytest.mark.parametrize("case", CASES["seen"], ids=lambda case: case["text"][:60])
def test_a_mention_has_the_state_that_the_sentence_gives_it(case):
    for found, expected in judged(case):
        assert found == expected


@pytest.mark.parametrize("half", FLOORS)
def test_the_measured_score_does_not_fall(half):
    outcomes = [found == expected for case in CASES[half] for found, expected in judged(case)]
    assert sum(outcomes) / len(outcomes) >= FLOORS[half]


def test_the_cases_are_enough_and_half_of_them_were_held_back():
    assert len(CASES["seen"]) + len(CASES["held_back"]) >= 90 + 13  # thirteen came with the task
    assert len(CASES["held_back"]) >= 45


def test_two_in_one_sentence_are_told_apart():
    assert states("Switch from ibuprofen to paracetamol.", "ibuprofen", "paracetamol") == ["stopped", "advised"]


def test_a_mention_knows_its_place_its_term_and_its_sentence():
    text = fold("Rest. Take an Aspirin now.")
    (mention,) = mentions(text, ("codeine", "aspirin"))
    assert (text.text[mention.start : mention.end], mention.term) == ("Aspirin", 1)
    assert text.text[slice(*mention.sentence)] == "Take an Aspirin now."


@pytest.mark.parametrize(
    "text", ["Do n\u200bot t\u0430ke ibuprofen.", "D\u043e not take ibupr\u043efen.", "DO NOT\ntake ibuprofen"]
)
def test_look_alikes_invisible_characters_and_wrapped_lines_change_nothing(text):
    assert states(text, "ibuprofen") == ["negated"]


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("Call 999.", "advised"),
        ("Rest, then call 999.", "advised"),
        ("You need to call 999.", "advised"),
        ("You do not need to call 999.", "negated"),
        ("Do not hesitate to call 999.", "advised"),
        ("If it gets worse, call 999.", "conditional"),
        ("People who call 999 wait in line.", "informational"),
    ],
)
def test_an_action_at_the_head_of_a_clause_is_an_instruction(text, state):
    assert states(text, "call 999") == [state]


def test_any_other_action_is_one_where_the_caller_says_so():
    text = fold("Unplug the pump at once.")
    assert mentions(text, ("unplug the pump",))[0].state is Assertion.informational
    assert mentions(text, ("unplug the pump",), actions=True)[0].state is Assertion.advised


def test_triggers_inside_the_passage_itself_do_not_count():
    text = fold("Please do not drive.")
    assert state_of(text, (7, 19))[0] is Assertion.advised
    assert state_of(text, (14, 19))[0] is Assertion.negated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("### Don't\n- Take aspirin\n### Do\n- Take codeine", ["negated", "advised"]),
        ("## Avoid\nAspirin.\n## Fine\nCodeine.", ["negated", "advised"]),
        ("Avoid:\n- aspirin\n\nThe weather is mild. Codeine exists.", ["negated", "informational"]),
        ("- Avoid:\n  - aspirin\n- You can take:\n  - codeine", ["negated", "advised"]),
        ("**Stop**\n\n1. Aspirin\n\n**Start**\n\n1. Codeine", ["stopped", "advised"]),
        ("Avoid: aspirin. Safe: codeine.", ["negated", "advised"]),
        ("- Aspirin: avoid\n- Codeine: fine", ["negated", "advised"]),
        ("| Aspirin | avoid |\n| Codeine | safe |", ["negated", "advised"]),
    ],
)
def test_headings_lead_ins_labels_and_cells_speak_for_what_they_govern(text, expected):
    assert states(text, "aspirin", "codeine") == expected


def test_a_name_in_quotation_marks_is_no_quotation_and_a_callout_is_no_quote():
    assert states('Take "aspirin" now.', "aspirin") == ["advised"]
    assert states("> **Warning:** do not take aspirin.", "aspirin") == ["negated"]
    assert states("> I take aspirin", "aspirin") == ["quoted"]


HOSTILE = [
    "ibuprofen | ", "do not take ibuprofen ", "if ibuprofen, ", "(ibuprofen, which ", "- ibuprofen\n", '"ibuprofen" ',
    "ibuprofen. It ", "ibuprofen - ", "  - avoid: ibuprofen\n", "without asking ibuprofen ", "your old ibuprofen ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_many_mentions_in_one_text_are_judged_to_the_end(piece):
    """Work that grows with the square of the mentions would not come back from such a text."""
    text = fold(piece * (80_000 // len(piece)))
    assert 0 < len(mentions(text, ("ibuprofen",))) <= 2000


@pytest.mark.parametrize(
    "text",
    [
        "As you can walk and no bone is tender, you do not need ibuprofen.",
        "With no fever, you do not need ibuprofen.",
        "It would not be right: do not take ibuprofen.",
        "I did not say so, and it is not right: with your kidneys, do not take ibuprofen, whatever helped others.",
        "There is no benefit in your case, so you should not take ibuprofen.",
    ],
)
def test_a_second_denial_in_a_clause_of_its_own_does_not_take_the_first_one_back(text):
    assert [each.state for each in mentions(fold(text), ("ibuprofen",))] == [Assertion.negated]
