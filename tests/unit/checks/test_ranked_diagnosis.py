"""Ranked diagnoses: answers with the rank they give, measured in parts, and the rules beyond the table."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, bind, judge_one
from dualtrack.checks.folding import fold
from dualtrack.checks.kinds.ranked_diagnosis import listing
from dualtrack.terms import Outcome, Reason
from tests.unit.checks.scoring import score, table

CASES = table("ranked_diagnosis")
DISEASES = ("gout", "cellulitis", "septic arthritis", "erysipelas", "bunion", "fracture", "bursitis")
PIECES = (
    "gout", "Most likely: ", "Differential: ", "1. ", "\n- ", ", ", " and ", "unlikely ",
    "We must exclude ", ". ", "not ",
    "cellulitis", " is the leading diagnosis", "## Less likely\n", '"', "\u200b", "you have ", " because ",
)  # fmt: skip
HOSTILE = (
    "gout ", "gout. ", "- gout\n", "1. a\n", "most likely gout, ", "differential: a, ", "this is gout. ", "not gout ",
    "must exclude ", "a and b or ", "is is is ", "likely: ",
    "gout is the most likely diagnosis. ", "- a%d\n", "this is ",
)  # fmt: skip


def judge(text, names=("gout",), *, top_k=None, params=None):
    fact = {"names": list(names), **({} if top_k is None else {"top_k": top_k})}
    given_ = CheckInput(text, language="en", reference={"diagnosis": fact})
    return judge_one(bind("m.c", "ranked_diagnosis", params), given_)


def rank_of(text, names):
    """The rank that is read, 0 when the diagnosis is not in the list, None when no list is read."""
    judgement = judge(text, names)
    return 0 if judgement.failure_mode == "diagnosis_missed" else judgement.value


def is_right(row):
    return rank_of(row["text"], row["names"]) == row["rank"]


@pytest.mark.parametrize("half", ["seen", "held_back", "last", "sixth_round", "seventh_round"])
def test_the_measured_score_does_not_fall(half):
    measured = score(CASES[half], is_right)
    assert measured.right >= CASES["floors"][half], measured.wrong


@pytest.mark.parametrize("form", ["numbered", "bulleted", "sentence", "semicolons", "followed"])
@given(order=st.permutations(DISEASES), n=st.integers(1, len(DISEASES)))
def test_the_rank_is_the_place_in_the_list_however_it_is_written(form, order, n):
    named = order[:n]
    text = {
        "numbered": "Differential diagnosis:\n" + "\n".join(f"{i}. {name}" for i, name in enumerate(named, 1)),
        "bulleted": "**Possible causes**\n" + "\n".join(f"- {name} - for reasons" for name in named),
        "sentence": f"The differential diagnosis includes {', '.join(named)}.",
        "semicolons": f"DDx: {'; '.join(named)}",
        "followed": f"The most likely diagnosis is {', followed by '.join(named)}.",
    }[form]
    assert rank_of(text, ["gout"]) == (named.index("gout") + 1 if "gout" in named else 0)


def test_how_many_count_comes_from_the_check_the_item_or_is_three():
    text = "1. Bunion\n2. Fracture\n3. Gout\n4. Bursitis"
    assert judge(text).outcome is Outcome.passed
    assert judge(text, top_k=2).failure_mode == "wrong_ranking"
    assert judge(text, top_k=2, params={"top_k": 5}).outcome is Outcome.passed
    assert judge(text, ["bursitis"]).failure_mode == "wrong_ranking"
    assert judge(text, ["bursitis"]).value == 4


def test_any_of_the_names_counts_and_repeats_count_once():
    assert rank_of("Most likely: cellulitis.\n\n1. Cellulitis\n2. Gouty arthritis", ["gout", "gouty arthritis"]) == 2


def test_a_name_inside_another_disease_does_not_count():
    assert rank_of("Diagnosis: pre-eclampsia.", ["eclampsia"]) == 0
    assert rank_of("Diagnosis: non-Hodgkin lymphoma.", ["Hodgkin lymphoma"]) == 0


def test_a_mention_outside_of_the_list_is_left_to_people():
    assert judge("Most likely: cellulitis. Gout runs in families.").reason is Reason.unparsed


def test_the_evidence_is_the_name_as_written():
    text = "Most likely: g\u200bout."
    assert [text[start:end] for start, end in judge(text).spans] == ["g\u200bout"]


def test_leaving_sentences_out_early_changes_nothing(monkeypatch):
    rows = [row for half in ("seen", "held_back", "last") for row in CASES[half]]
    early = [rank_of(row["text"], row["names"]) for row in rows]
    monkeypatch.setattr(
        listing, "_cues", lambda name, flat, sentence, _text: listing._pattern(name).finditer(flat, *sentence)
    )
    assert [rank_of(row["text"], row["names"]) for row in rows] == early


@example("gout## Less likely\ngout")  # ruled out first, named then
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4)).map("".join))
def test_any_mixture_is_ranked_missed_or_not_assessable(text):
    found = listing.ranking(fold(text), ("gout",))
    assert found.rank is None or 1 <= found.rank <= found.n_named
    assert found.span is None or 0 <= found.span[0] < found.span[1]


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_lists_are_judged_to_their_end(piece):
    text = "".join(piece.replace("%d", str(i)) for i in range(80_000 // len(piece)))
    assert judge(text).outcome in set(Outcome)
