"""Check kind ``answer_key``: is the chosen option the keyed one?

The item carries its own options, so letters, digits and shuffled options need nothing more. May import errors, terms
and the checks' own ground floor.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Judgement, Span
from dualtrack.checks.folding import Folded, fold
from dualtrack.checks.matching import Hit, matcher, plain_words
from dualtrack.terms import Outcome, Reason

__all__ = ["KIND", "AnswerKeyParams"]

_NO_OPTIONS = dict.fromkeys("ABCDE", "")
_SHORT = 12  # words; so short an answer that names one option has chosen it
_GAP = 40  # characters between "the answer is" and the words of an option

_SUBJECT = (
    r"(?:(?:correct|best|right|final|most appropriate|most likely|appropriate|my|chosen|keyed|single best) {1,3}){0,3}"
    r"(?:answer|option|choice|response|selection)"
)
_IS = r"(?:'s\b| {0,3}(?:is|would be|must be|should be|was|has to be|=|:|->))"
_FIRM = re.compile(
    r"\b(?:final answer|corrected answer|my final (?:answer|choice))[*_ ]{0,4}(?:is|:|=)?"
    r"|\bcorrection\b[:,.]?[^.\n]{0,40}?\b(?:answer|option|choice) (?:is|should be)"
    r"|\\boxed\{|<answer>",
    re.IGNORECASE,
)
_STATED = re.compile(
    rf"\b{_SUBJECT}\b[*_ ]{{0,4}}{_IS}"
    r"|\bi(?:'d| would| will|'ll)? (?:choose|select|pick|go (?:with|for)|opt for|answer|say)\b"
    r"|\b(?:choose|select|pick) (?=option|answer|\()"
    r"|\b(?:it|this)(?:'s| is| must be| has to be)\b"
    r"|\bans\b[.:]"
    r"|^[*_# ]{0,6}answer\b[*_ ]{0,4}[:=]?",
    re.IGNORECASE | re.MULTILINE,
)
_IN_WORDS = re.compile(
    r"\b(?:most (?:appropriate|likely|suitable)|best|correct|right|preferred|next)\b[^.\n:;]{0,60}?"
    r"(?:\b(?:is|would be)\b|:)",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"[\s*_:=\"'(\[{]*(?:(?:the|option|answer|choice|letter|number)\b[\s*_:=\"'(\[{]*){0,3}", re.IGNORECASE
)
_NOT = re.compile(r"\b(?:not|n't|never|wrong|incorrect|except|unlikely|no|neither|nor|exclude[sd]?|rather than)\b")
_UNIT = re.compile(r"\.\d|\s?(?:mg|ml|g|mcg|%|units|days|hours|weeks|mmol|times|years)\b")
_LIST_SIGN = re.compile(r"[)\].*_\s]*(?:,|/|&|\bor\b|\band\b)[\s(*_]*(?:option )?", re.IGNORECASE)


class AnswerKeyParams(CheckParams):
    """No parameters: the item says which option is right."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """Options that one statement names (two where it wavers), and the statement."""

    keys: frozenset[str]
    span: Span


def judge(given: CheckInput, _params: AnswerKeyParams) -> Judgement:
    """Pass when the chosen option is the keyed one.

    Definition: the extracted short answer when there is one that names an option; else what the text chooses: a
    statement marked as final or as a correction, else "the answer is B" or "the best drug is glipizide", else a first
    or last line that is an option ("B)", "B. Glipizide"), else a short answer that names one option alone. The value
    is 1 for the keyed option and 0 for another.

    Undefined when no option is chosen, or two (``unparsed``).

    Raises:
        ValueError: the keyed option is none of the options.

    Example:
        >>> key = {"options": {"A": "Metformin", "B": "Glipizide"}, "correct": "B"}
        >>> judge(CheckInput("The answer is A.", reference={"key": key}), AnswerKeyParams()).failure_mode
        'wrong_answer'
    """
    key: Mapping[str, Any] = given.reference["key"]
    options = {str(letter): str(text) for letter, text in (key.get("options") or _NO_OPTIONS).items()}
    correct = str(key["correct"])
    if correct not in options:
        raise ValueError(f"the keyed option {correct!r} is none of the options")
    if given.answer and given.answer.strip():
        short = _chosen(fold(given.answer), options)
        if short is not None and len(short.keys) == 1:
            return _judgement(short, correct, ())
    folded = fold(given.text or "")
    choice = _chosen(folded, options)
    if choice is None or len(choice.keys) != 1:
        return Judgement.undecided(Reason.unparsed)
    return _judgement(choice, correct, (folded.span(*choice.span),))


def _judgement(choice: _Choice, correct: str, spans: tuple[Span, ...]) -> Judgement:
    if choice.keys == {correct}:
        return Judgement(Outcome.passed, value=1.0, spans=spans)
    return Judgement(Outcome.failed, value=0.0, failure_mode="wrong_answer", spans=spans)


def _chosen(folded: Folded, options: Mapping[str, str]) -> _Choice | None:
    """What a text chooses; the first of the ways to say it that says anything decides."""
    ways = (
        lambda: _after(folded, options, _FIRM),
        lambda: [
            *_after(folded, options, _STATED),
            *_after(folded, options, _IN_WORDS, letters=False),
            *_before(folded, options),
        ],
        lambda: _lines(folded, options),
        lambda: _named_with_letter(folded, options),
        lambda: _alone(folded, options),
    )
    for way in ways:
        found = list(way())
        if found:
            return _Choice(frozenset().union(*(each.keys for each in found)), found[-1].span)
    return None


def _after(
    folded: Folded, options: Mapping[str, str], cue: re.Pattern[str], *, letters: bool = True
) -> Iterator[_Choice]:
    """Choices that follow a cue such as "the answer is": a letter, or the words of an option."""
    hits = _hits(folded, options)
    for found in cue.finditer(folded.text):
        lead = _LEAD.match(folded.text, found.end())
        place = lead.end() if lead else found.end()
        choice = _letter_at(folded.text, place, options) if letters else None
        if choice is None:
            near = hits[bisect_left(hits, (place, 0, 0)) : bisect_left(hits, (place + _GAP, 0, 0))]
            between = folded.lower[place : near[0][0]] if near else ""
            if near and not re.search(r"[.;\n]", between) and not _NOT.search(between):
                choice = _Choice(frozenset({list(options)[near[0][2]]}), near[0][:2])
        if choice is not None:
            yield _Choice(choice.keys, (found.start(), choice.span[1]))


def _before(folded: Folded, options: Mapping[str, str]) -> Iterator[_Choice]:
    """Letters that are called right ("B is the correct answer") or concluded ("so B.")."""
    for pattern in (_called_right(tuple(options)), _concluded(tuple(options))):
        for found in pattern.finditer(folded.text):
            yield _Choice(frozenset({found.group(1)}), found.span())


def _letter_at(text: str, place: int, options: Mapping[str, str]) -> _Choice | None:
    """The letter or digit of an option that stands at a place, with a second one where the text wavers."""
    found = _letter(tuple(options)).match(text, place)
    if found is None or _UNIT.match(text, found.end()):
        return None
    keys = {_key(found.group(1), options)}
    end = found.end()
    while (more := _LIST_SIGN.match(text, end)) and (other := _letter(tuple(options)).match(text, more.end())):
        keys.add(_key(other.group(1), options))
        end = other.end()
    named = _option_in(text, found.end(), options)
    return _Choice(frozenset(keys | ({named} if named else set())), (found.start(), end))


def _option_in(text: str, place: int, options: Mapping[str, str]) -> str | None:
    """The option whose words follow a letter directly: "A: Glipizide" names another one than A, perhaps."""
    rest = Folded(text[place : place + 200], min(200, max(0, len(text) - place)), None)
    hits = _hits(rest, options)
    if hits and not re.search(r"\w", rest.text[: hits[0][0]]) and "\n" not in rest.text[: hits[0][0]]:
        return list(options)[hits[0][2]]
    return None


def _lines(folded: Folded, options: Mapping[str, str]) -> Iterator[_Choice]:
    """The first or last line, when it is an option and no list of all options is there."""
    text = folded.text
    found: list[_Choice] = []
    position = 0
    for content in text.split("\n"):
        choice = _line(text, position, content, options)
        if choice is not None:
            found.append(choice)
        position += len(content) + 1
    if len({choice.keys for choice in found}) == 1:
        yield found[-1]


def _line(text: str, position: int, content: str, options: Mapping[str, str]) -> _Choice | None:
    """A line that is a letter, an option with its letter, or the words of an option."""
    span = (position, position + len(content))
    bare = " ".join(plain_words(content.lower()).split())
    if not bare:
        return None
    for letter, option in options.items():
        words = " ".join(plain_words(fold(option).lower).split())
        low = letter.lower()
        if bare in {low, f"option {low}", f"answer {low}"} or (words and bare in {words, f"{low} {words}"}):
            return _Choice(frozenset({letter}), span)
    lead = _LEAD.match(text, position)
    place = lead.end() if lead else position
    found = _letter(tuple(options)).match(text, place, span[1])
    if found and re.match(r"[).:\]]", text[found.end() :]) and _option_in(text, found.end(), options):
        named = _option_in(text, found.end(), options)
        key = _key(found.group(1), options)
        return _Choice(frozenset({key, named or key}), span)
    return None


def _named_with_letter(folded: Folded, options: Mapping[str, str]) -> Iterator[_Choice]:
    """The only option that is named with its own letter in brackets: "hyperkalaemia (option 2)"."""
    keys = list(options)
    found = []
    for start, end, place in _hits(folded, options):
        after = re.match(r"\s?\((?:option |answer )?(\w{1,3})\)", folded.text[end : end + 16], re.IGNORECASE)
        if after and after.group(1).lower() == keys[place].lower():
            found.append(_Choice(frozenset({keys[place]}), (start, end + after.end())))
    if len({choice.keys for choice in found}) == 1 and not _NOT.search(
        folded.lower[max(0, found[0].span[0] - 30) : found[0].span[0]]
    ):
        yield found[0]


def _alone(folded: Folded, options: Mapping[str, str]) -> Iterator[_Choice]:
    """The only option that a short answer names."""
    if len(folded.text.split()) > _SHORT or _NOT.search(folded.lower):
        return
    hits = _hits(folded, options)
    if len({place for _, _, place in hits}) == 1:
        yield _Choice(frozenset({list(options)[hits[0][2]]}), hits[0][:2])


def _hits(folded: Folded, options: Mapping[str, str]) -> tuple[Hit, ...]:
    return matcher(tuple(options.values())).find(folded)


def _key(found: str, options: Mapping[str, str]) -> str:
    return found if found in options else next(letter for letter in options if letter.lower() == found.lower())


@lru_cache(maxsize=1024)
def _letter(keys: tuple[str, ...]) -> re.Pattern[str]:
    """A letter or digit of an option; in lower case only where it ends what it stands in."""
    exact = "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))
    low = "|".join(re.escape(key.lower()) for key in sorted(keys, key=len, reverse=True))
    return re.compile(rf"((?:{exact})(?![\w'])(?!\s+(?:is|are|was)\b)|(?:{low})(?=[).:,;\]*_<}}]|\s*(?:\n|\Z)))")


@lru_cache(maxsize=1024)
def _called_right(keys: tuple[str, ...]) -> re.Pattern[str]:
    joined = "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))
    right = r"(?:(?:correct|right|best|most appropriate)(?: (?:answer|option|choice))?|answer)\b"
    return re.compile(
        rf"(?<![\w'.])({joined})[)*_]{{0,4}} (?:is|would be|must be) (?:therefore |clearly |probably )?(?:the )?{right}"
    )


@lru_cache(maxsize=1024)
def _concluded(keys: tuple[str, ...]) -> re.Pattern[str]:
    joined = "|".join(re.escape(key) for key in sorted(keys, key=len, reverse=True))
    return re.compile(rf"\b(?:[Ss]o|[Tt]hus|[Tt]herefore|[Hh]ence|[Ll]eaving|[Ll]eaves),? ({joined})(?=[.,;)]|\s*\Z)")


_KEY = {"key": {"options": {"A": "Metformin", "B": "Glipizide", "C": "Insulin"}, "correct": "B"}}

KIND = CheckKind(
    name="answer_key",
    version=1,
    title="Chosen option against the answer key",
    claim="A failing finding shows that the answer chooses another option than the keyed one.",
    blind_spots=(
        "An option told in other words than the item uses is not recognised.",
        "A choice that is only argued for and never stated is not read.",
        "Whether the key is right is not checked.",
    ),
    unit="1 for the keyed option, 0 for another",
    params=AnswerKeyParams,
    judge=judge,
    failure_modes=(FailureMode("wrong_answer", "commission", "Another option is chosen"),),
    examples=(
        Example("The answer is B.", Outcome.passed, "The keyed letter.", value=1.0, reference=_KEY),
        Example(
            "**A. Metformin**",
            Outcome.failed,
            "Another option, with its letter.",
            failure_mode="wrong_answer",
            value=0.0,
            reference=_KEY,
        ),
        Example("Glipizide", Outcome.passed, "The words of the keyed option alone.", reference=_KEY),
        Example(
            "The answer is A. Correction: the correct answer is B.",
            Outcome.passed,
            "A correction counts.",
            reference=_KEY,
        ),
        Example("See the reasons below.", Outcome.passed, "The extracted answer.", answer="B", reference=_KEY),
        Example(
            "The answer is A. So the answer is B.",
            Outcome.not_assessable,
            "Two different answers.",
            reason=Reason.unparsed,
            reference=_KEY,
        ),
        Example(
            "The answer is A: Glipizide.",
            Outcome.not_assessable,
            "Letter and words name different options.",
            reason=Reason.unparsed,
            reference=_KEY,
        ),
        Example("It depends.", Outcome.not_assessable, "No option.", reason=Reason.unparsed, reference=_KEY),
    ),
    languages=("en",),
    needs=("key",),
)
