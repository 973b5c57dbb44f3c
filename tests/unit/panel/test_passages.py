"""Passages marked in the text that raters saw are passages of the response; a wrong position never enters a study."""

import re
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dualtrack.panel.display import displayed, shown_of
from dualtrack.panel.passages import put_back, ways_back
from dualtrack.panel.returns import read_returns
from dualtrack.panel.work import Response
from tests.unit.panel import handed_in, packs

ALL = ("plain_marks", "no_links", "no_citations")
RESPONSE = (
    "# Plan \U0001f489\n* **Stop** warfarin [1, 2] today\n\u2022 see [the guide](https://a.example/x), "
    "or www.b.example/y.\n---\nTake `5 mg` *twice*."
)
SEEN = "Plan \U0001f489\n- Stop warfarin today\n- see the guide, or [link]\n\nTake 5 mg twice."


def behind(words, *, text=RESPONSE, rules=ALL):
    shown = shown_of(text, rules)
    start = shown.text.index(words)
    begin, end = shown.passage(start, start + len(words))
    return text[begin:end]


def test_what_was_shown_is_what_the_rules_say():
    assert displayed(RESPONSE, ALL) == SEEN


@pytest.mark.parametrize(
    ("words", "passage"),
    [
        ("Stop", "Stop"),
        ("warfarin", "warfarin"),
        ("warfarin today", "warfarin [1, 2] today"),
        ("today", "today"),
        ("- ", "* "),
        ("the guide", "the guide"),
        ("ink", "www.b.example/y."),
        ("[link]", "www.b.example/y."),
        ("- see the", "\u2022 see [the"),
        ("5 mg twice.", "5 mg` *twice*."),
        ("\U0001f489", "\U0001f489"),
    ],
)
def test_words_that_were_marked_are_found_in_the_response(words, passage):
    assert behind(words) == passage


PARTS = [
    "**a b**",
    "*c*",
    "# d",
    "\n",
    "`e`",
    "- ",
    "* ",
    "\u2022 ",
    " [3]",
    "[f](http://g.h)",
    "https://i.j/k ",
    "l m",
    "__n__",
    "\n---\n",
    "\U0001f489",
    "\u200b",
    "o\u0301",
    "***p***",
    "[1](http://q)",
]
TEXT = st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=3)), max_size=12).map("".join)


@settings(max_examples=200, deadline=None)
@given(text=TEXT, rules=st.sets(st.sampled_from(ALL)), data=st.data())
def test_the_way_back_holds_what_was_seen_and_never_runs_backwards(text, rules, data):
    shown = shown_of(text, tuple(rules))
    assert shown.text == _literally(text, rules)
    if not shown.text:
        return
    start = data.draw(st.integers(0, len(shown.text) - 1))
    end = data.draw(st.integers(start + 1, len(shown.text)))
    begin, after = shown.passage(start, end)
    assert 0 <= begin < after <= len(text)
    seen, there = shown.text[start:end], text[begin:after]
    written = "-[link] "  # signs that are written in place of others
    letters = iter(there)
    assert all(letter in letters for letter in seen if letter not in written)
    if start:
        assert shown.passage(0, start)[0] <= begin


def _literally(text, rules):
    """The rules as plain substitutions, one after the other."""
    if "no_links" in rules:
        text = re.sub(r"(?i)\[([^\[\]\n]{1,300})\]\(\s{0,3}(?:https?://|www\.)[^\s()]{1,2000}\)", r"\1", text)
        text = re.sub(r"(?i)(?:https?://|www\.)[^\s<>\")\]]{1,2000}", "[link]", text)
    if "no_citations" in rules:
        text = re.sub(r"[ \t]?\[\d{1,3}(?:\s?[,;\u2013-]\s?\d{1,3}){0,20}\]", "", text)
    if "plain_marks" in rules:
        text = re.sub(r"(?m)^#{1,6}[ \t]+", "", text)
        text = re.sub(r"(?m)^[ \t]{0,3}(?:-{3,}|\*{3,}|_{3,})[ \t]*$", "", text)
        text = re.sub(r"(?m)^([ \t]{0,20})[*+\u2022][ \t]+", r"\1- ", text)
        text = re.sub(r"(\*\*|__)(?=\S)([^\n*_]{1,400})(?<=\S)\1", r"\2", text)
        text = re.sub(r"(?<![\w*])\*(?=[^\s*])([^\n*]{1,400})(?<=[^\s*])\*(?![\w*])", r"\1", text)
        text = re.sub(r"`{1,3}", "", text)
    return text


CODE = "resp0000"
PACK = packs.pack(tasks=[packs.plain()["tasks"][0] | {"sides": [{"text": SEEN, "turns": []}]}], guesses=[], systems=[])
KEY = [SimpleNamespace(code=CODE, item_id="q1", system_id="aster", sample=1)]


def came_back(words, text, rules):
    """What import makes of one marked passage, where the study now has this text and these rules."""
    start = SEEN.index(words)
    answer = handed_in.entry(CODE, "correctness", "wrong", modes=["overdose"], spans=[[start, start + len(words)]])
    answer |= {"severities": {"overdose": "minor"}}
    reading = read_returns([handed_in.form(PACK, {}, answers=[answer])], [PACK])
    assert reading.problems == ()
    found = put_back(reading, ways_back([PACK], KEY, text, rules))
    return found.kept[0].back.answers[0], found.notes


def test_import_counts_back_to_the_response():
    answer, notes = came_back("warfarin", {Response("q1", "aster", 1): RESPONSE}, ALL)
    ((start, end),) = answer.spans
    assert (RESPONSE[start:end], notes) == ("warfarin", ())


def test_a_response_that_was_shown_as_it_is_keeps_its_positions():
    answer, notes = came_back("warfarin", {Response("q1", "aster", 1): SEEN}, ())
    assert (SEEN[slice(*answer.spans[0])], notes) == ("warfarin", ())
    assert came_back("warfarin", {Response("q1", "aster", 1): SEEN}, ("no_links",))[0].spans == answer.spans


@pytest.mark.parametrize(
    ("texts", "rules"),
    [
        ({Response("q1", "aster", 1): RESPONSE}, ()),
        ({Response("q1", "aster", 1): RESPONSE}, ("no_links",)),
        ({Response("q1", "aster", 1): RESPONSE + "!"}, ALL),
        ({}, ALL),
    ],
)
def test_passages_of_another_text_are_left_out_and_counted_and_the_answer_counts(texts, rules):
    answer, (note,) = came_back("warfarin", texts, rules)
    assert (answer.spans, answer.level, answer.state) == ((), "wrong", "done")
    assert (note.code, note.found) == ("PAN151", "1 passages")
