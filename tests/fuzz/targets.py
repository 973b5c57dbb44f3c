"""What is fuzzed: the readers that the check kinds share, and every kind; and what each text must find there."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from dualtrack.checks import CheckInput, bind, check_kinds, judge_all
from dualtrack.checks.assertion import mentions
from dualtrack.checks.dosing import doses
from dualtrack.checks.folding import fold
from dualtrack.checks.layout import layout
from dualtrack.checks.matching import Matcher
from dualtrack.checks.phrases import phrase, phrase_spans
from dualtrack.checks.quantities import quantities
from dualtrack.checks.schedule import schedule
from dualtrack.checks.sentences import sentences, words

Target = Callable[[str], object]

CORPUS = Path(__file__).resolve().parent / "corpus"
LONGEST_SECONDS = 10.0  # for a text of a few thousand characters, instrumented and on a busy machine
NAMED = ("ibuprofen", "insulin", "co-codamol", "methotrexate", "A&E")
ACTIONS = ("call an ambulance", "take aspirin", "stop smoking", "rest")
MOST_EXAMPLES = 6


def within(text: str, found: object) -> object:
    """Check that everything with a start and an end lies inside the text."""
    for each in found if isinstance(found, list | tuple) else ():
        span = getattr(each, "span", each)
        start, end = (each.start, each.end) if hasattr(each, "start") else (span[0], span[1])
        assert 0 <= start < end <= len(text), (each, len(text))
    return found


def folding(text: str) -> object:
    """Every character of the folded text comes from a place in the text as given."""
    folded = fold(text)
    for place in range(0, len(folded.text), 7):
        start, end = folded.span(place, place + 1)
        assert 0 <= start < end <= len(text), (place, start, end)
    assert len(folded.lower) == len(folded.text)
    return folded.text


def layouts(text: str) -> object:
    """Sentences and lines of a page."""
    folded = fold(text)
    page = layout(folded)
    within(folded.text, page.sentences)
    return [page.line_at(place) for place in range(0, len(folded.text), 5)]


def sentence_cuts(text: str) -> object:
    """Sentences and words."""
    folded = fold(text)
    return within(folded.text, sentences(folded.text)), words(folded.text)


def matches(text: str) -> object:
    """A few terms are found by themselves where they are found among many."""
    folded = fold(text)
    few = within(folded.text, Matcher(NAMED).find(folded))
    padded = Matcher((*NAMED, *(f"zzq{number}zzq" for number in range(40))))
    assert few == padded.find(folded)
    return few


def assertions(text: str) -> object:
    """What is said of some medicines and of some things to do."""
    folded = fold(text)
    return (
        within(folded.text, mentions(folded, NAMED)),
        within(folded.text, mentions(folded, ACTIONS, actions=True)),
    )


def amounts(text: str) -> object:
    """Quantities."""
    folded = fold(text)
    return within(folded.text, quantities(folded))


def times(text: str) -> object:
    """Words about time."""
    folded = fold(text)
    return within(folded.text, schedule(folded.lower, 0, len(folded.text)))


def dosing(text: str) -> object:
    """Doses of some medicines."""
    folded = fold(text)
    return [within(folded.text, doses(folded, (name,), NAMED)) for name in NAMED]


def phrases(text: str) -> object:
    """Phrases with words between and in the passive voice."""
    folded = fold(text)
    return [within(folded.text, phrase_spans(folded, phrase(each), 4)) for each in ACTIONS]


SHARED: Mapping[str, Target] = {
    "folding": folding, "sentences": sentence_cuts, "layout": layouts, "matching": matches, "assertion": assertions,
    "quantities": amounts, "schedule": times, "dosing": dosing, "phrases": phrases,
}  # fmt: skip


def judging(name: str) -> Target:
    """A check kind with the facts of its first worked examples; the text stands in for the short answer as well."""
    kind = check_kinds()[name]
    language = kind.languages[0] if kind.languages else None
    shown = kind.examples[:MOST_EXAMPLES]
    bound = [(bind("m.c", kind, dict(each.params), lexicons=each.lexicons), each) for each in shown]

    def judge(text: str) -> object:
        return [
            judge_all(
                check,
                CheckInput(
                    text,
                    language=language,
                    reference=each.reference,
                    answer=None if each.answer is None else text[:80],
                    confidence=each.confidence,
                ),
            )
            for check, each in bound
        ]

    return judge


def targets() -> Mapping[str, Target]:
    """Everything that is fuzzed, by name."""
    return {**SHARED, **{name: judging(name) for name in check_kinds()}}


def check_text(target: Target, text: str) -> object:
    """Put one text to a target: it neither raises nor stalls, and says the same twice."""
    start = time.process_time()
    said = target(text)
    assert target(text) == said, "not the same twice"
    took = time.process_time() - start
    assert took < LONGEST_SECONDS, f"took {took:.1f} s for {len(text)} characters"
    return said


def kept(name: str) -> Iterator[str]:
    """The texts that are kept for a target."""
    path = CORPUS / f"{name}.jsonl"
    if path.is_file():
        yield from (json.loads(line) for line in path.read_text(encoding="ascii").splitlines())
