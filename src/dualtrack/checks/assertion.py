"""What an answer says about a thing that it mentions: advised, negated, stopped, conditional, or merely mentioned.

Why it exists: an answer that warns against a medicine names it just as one that recommends it does. The scheme is that
of ConText (Harkema and others 2009): triggers with a direction and a scope, ended by terminators; here they are joined
from the innermost outward, and headings, list items, table cells, quotations and turns count. The triggers are data:
``assertion.yaml``. May import the checks' own ground floor.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from dualtrack.checks.base import Span
from dualtrack.checks.chains import Assertion, chain_of, joined_state, reversed_state
from dualtrack.checks.folding import Folded
from dualtrack.checks.layout import Layout, Line, layout
from dualtrack.checks.matching import matcher, plain_words
from dualtrack.checks.packaged import packaged
from dualtrack.checks.triggers import Trigger, listed, triggers

__all__ = ["Mention", "Assertion", "mentions", "state_of"]

_PARENTHESIS = re.compile(
    r"[*_\s]*(?:\([^()\n]{0,200}\)"
    r"|,\s*(?:which|who|although|though|while|whilst|not|rather than|instead of|unlike|like|such as|for example|e\.g\."
    r"|including|however|as|in your case|on the other hand)\b[^,;\n]{0,200},"
    r"|\s-\s[^-\n]{3,120}\s-(?=\s))"
)
_BREAK = re.compile(r";|,\s*(?:and|but|or|so|you|it|they|i|we|then|please)\b")
_LABELLED = re.compile(r"[*_\s]*(?:\([^()\n]{0,80}\)[*_\s]*)?(?::|\s-(?=\s)|=|\?)[*_\s:]*")
_DOSED = re.compile(
    r"[\s*_:,(-]*(?:(?:tablets?|capsules?|cream|gel|ointment|inhaler|syrup|suspension|drops|spray)[\s,]*)?"
    r"(?:\d[\d.,/]*(?:\s?-\s?\d+)?\s?(?:mg|mcg|g|ml|micrograms?|units?|tablets?|puffs?|drops|mmol|%|iu)\b"
    r"|(?:once|twice|three times|four times) (?:daily|a day|per day|weekly|a week))"
)
_LABEL = re.compile(r"[^:\n]{1,60}?[*_]*:[*_]*\s")
_SUBJECT = re.compile(r"(?:,|\band|\s-)\s+(?:the |your )?[*_]*\Z")
_FINITE = re.compile(r"[*_\s]*(?:is|are|isn't|aren't|can|should|may|must|would|will|might|could|cannot|can't)\b")
_OUTER = re.compile(r"(?:^|[,:(;|]|\band|\bor|\bthen|\bbut|\bso)[\s*_\"']*(?:(?:please|then|immediately|also|just|first|always|simply|urgently|next|now|instead|to|and|or|finally|safely|gently|carefully|quickly|promptly|straight away|right away|otherwise)[\s,]+)*\Z")
_YES = re.compile(r"\W*(?:yes|yeah|certainly|absolutely(?! not)|of course|definitely(?! not)|sure)\b")
_NO = re.compile(r"\W*(?:no|nope|not|never|absolutely not|definitely not|certainly not|avoid|unfortunately not)\b")
_IT = re.compile(r"\b(?:it|this|them|these)\b(?: (?:medicine|drug|medication|tablet)s?\b)?")
_MUST = re.compile(r"\b(?:must|need to|have to|really|do)\b")
_SHORT_LABEL, _LONG_LABEL = 8, 12  # words
_LABEL_REACH = 45  # characters before a mention, to which a heading still speaks
_ANSWER_REACH = 40
_NEAR_ENOUGH = 12  # characters between "is a" and a word of approval
_DECIDED = frozenset({Assertion.advised, Assertion.negated, Assertion.stopped, Assertion.conditional})


@dataclass(frozen=True, slots=True)
class Mention:
    """A term in a text, and what the text says about it.

    Args:
        start, end: place in the folded text.
        term: index of the term.
        state: what is said.
        sentence: start and end of its sentence in the folded text.
    """

    start: int
    end: int
    term: int
    state: Assertion
    sentence: Span


def mentions(folded: Folded, terms: tuple[str, ...], *, actions: bool = False) -> tuple[Mention, ...]:
    """Every mention of the terms with its state.

    Definition: a term is found as whole words (see ``matching.Matcher``). Its state is ``quoted`` in a quotation or
    another speaker's turn; else what the triggers of its sentence make of it, from the innermost outward (not, stop,
    take: "do not stop taking" is advised); where its sentence decides nothing, what its table row, lead-in or heading
    says, an answering Yes or No, or a next sentence that refers to it as "it"; else ``informational``. A condition
    turns ``advised`` into ``conditional``.

    Args:
        folded: the text.
        terms: words to look for.
        actions: whether the terms are things to do; one that opens a clause is then an instruction, as are terms that
            begin with one of the listed verbs in any case.

    Returns:
        Mentions in order.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> text = fold("Switch from ibuprofen to paracetamol.")
        >>> [(text.text[m.start : m.end], m.state.value) for m in mentions(text, ("ibuprofen", "paracetamol"))]
        [('ibuprofen', 'stopped'), ('paracetamol', 'advised')]

    Source: Harkema H, Dowling JN, Thornblade T, Chapman WW (2009), J Biomed Inform 42:839-851,
    doi 10.1016/j.jbi.2009.05.002.
    """
    hits = matcher(terms).find(folded)
    return tuple(
        Mention(start, end, term, *state_of(folded, (start, end), action=actions)) for start, end, term in hits
    )


def state_of(folded: Folded, span: Span, *, action: bool = False) -> tuple[Assertion, Span]:
    """Assertion of one passage of a text, and its sentence.

    Args:
        folded: the text.
        span: start and end of the passage in the folded text; triggers inside it do not count.
        action: whether it is something to do; see ``mentions``.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> state_of(fold("Never drive. Rest."), (6, 11))
        (<Assertion.negated: 'negated'>, (0, 12))
    """
    page = layout(folded)
    index = page.sentence_at(span[0])
    sentence = page.sentences[index] if index >= 0 else span
    sentence = (min(sentence[0], span[0]), max(sentence[1], span[1]))
    line = page.line_at(span[0])
    if line.quoted or page.quotes(*span):
        return Assertion.quoted, sentence
    scene = _Scene(page, triggers(folded), line, index, action=_instructs(page.text, span, action=action))
    return scene.state(span, sentence), sentence


def _instructs(text: str, span: Span, *, action: bool) -> bool:
    """Whether the passage can be an instruction: its first word is a verb that is not inflected."""
    first = (plain_words(text[span[0] : span[1]]).split() or [""])[0]
    return first in listed("verbs") or (action and not first.endswith(("ing", "ed")))


@dataclass(frozen=True, slots=True)
class _Scene:
    """One mention's surroundings."""

    page: Layout
    found: tuple[Trigger, ...]
    line: Line
    index: int
    action: bool

    def state(self, span: Span, sentence: Span) -> Assertion:
        own, weak = self._own(span, sentence)
        if own is not None and not weak:
            return (self._referred(sentence) or own) if own is Assertion.informational else own
        label = self._label(span, sentence)
        if label is not None:
            return reversed_state(own) or label if label is Assertion.negated and own is Assertion.advised else label
        return own or self._answered(sentence) or self._referred(sentence) or Assertion.informational

    def _own(self, span: Span, sentence: Span) -> tuple[Assertion | None, bool]:
        """What the sentence makes of the mention, and whether another part of the page may overrule it."""
        text = self.page.text
        start, end = sentence
        cell = next((each for each in self.line.cells if each[0] <= span[0] < each[1]), None)
        if cell:
            start, end = max(start, cell[0]), min(end, cell[1])
        near = self._near(start, end, span)
        left = [each for each in near if each.end <= span[0]]
        right = [each for each in near if each.start >= span[1]]
        inside, condition, begin = _conditions(text, left, start, span[0])
        if inside is not None:
            return inside, False
        left = [each for each in left if each.start >= begin]
        chain = _without_subject(text, chain_of(text, left, begin, span[0]), span)
        chain += [Trigger(each.start, each.end, "close", None, close=True) for each in left[-1:] if _is_close(each, span)]
        state, weak = self._spoken(span, chain, right, begin=begin, end=end)
        if text[sentence[1] - 1] == "?" and state is not Assertion.quoted:
            return None, True
        return _with_condition(text, state, chain, left=left, right=right, condition=condition, after=span[1]), weak

    def _spoken(
        self, span: Span, chain: list[Trigger], right: list[Trigger], *, begin: int, end: int
    ) -> tuple[Assertion | None, bool]:
        """Assertion by the triggers on both sides, without conditions."""
        text = self.page.text
        kinds = [each.right or "" for each in chain]
        opens = bool(_OUTER.search(text[begin : span[0]])) or not text[begin : span[0]].strip(" *_")
        inner = Assertion.advised if self.action and (opens or kinds) else None
        gerund = bool(chain) and text[chain[0].start : chain[0].end].split()[0].endswith("ing") and kinds[0] != "may"
        if chain and not gerund:
            return joined_state(kinds, inner), kinds == ["take"] and opens
        state = joined_state(kinds, inner)
        if inner is not None and not chain and not _FINITE.match(text, span[1]):
            return inner, True
        verdict, informs = self._predicate(span, right, end)
        if verdict is not None:
            return _under(verdict, state), False
        if informs:
            return Assertion.informational if state is not Assertion.stopped else state, False
        if gerund and state is Assertion.advised:
            return Assertion.advised, True
        if state is None and _DOSED.match(text, span[1], end):
            return Assertion.advised, True
        return state, gerund or bool(inner)

    def _predicate(self, span: Span, right: list[Trigger], end: int) -> tuple[str | None, bool]:
        """What is said of the mention after it (good, bad, halted or was), and whether something else is."""
        text = self.page.text
        start = span[1]
        label = _LABELLED.match(text, start, end)
        if label and len(text[label.end() : end].split()) <= _LONG_LABEL:
            verdict = self._verdict(label.end(), end)
            if verdict is not None:
                return {Assertion.advised: "good", Assertion.stopped: "halted", Assertion.conditional: "maybe"}.get(
                    verdict, "bad"
                ), False
        while aside := _PARENTHESIS.match(text, start, end):
            start = aside.end()
        stop = _BREAK.search(text, start, end)
        limit = stop.start() if stop else end
        return _first_predicate(text, [each for each in right if start <= each.start < limit], start, limit)

    def _label(self, span: Span, sentence: Span) -> Assertion | None:
        """What the row, the lead-in or the headings say about a mention near the beginning of its line or cell."""
        text = self.page.text
        cell = next((k for k, each in enumerate(self.line.cells) if each[0] <= span[0] < each[1]), None)
        if cell is not None:
            return self._table(cell)
        inline = _LABEL.match(text, sentence[0], span[0])
        if inline and len(inline.group().split()) <= _SHORT_LABEL:
            state = self._verdict(sentence[0], inline.end() - 1)
            if state is not None:
                return state
        reach = span[0] - max(self.line.body, 0)
        if reach > _LABEL_REACH and sentence[0] - span[0] < -_LABEL_REACH:
            return None
        for label in self.line.labels:
            if len(text[label[0] : label[1]].split()) <= _LONG_LABEL * 2:
                state = self._verdict(*label)
                if state is not None:
                    return state
        return None

    def _table(self, cell: int) -> Assertion | None:
        text = self.page.text
        others = [each for k, each in enumerate(self.line.cells) if k != cell]
        heads = self.line.header[cell : cell + 1]
        for part in (*others, *heads, *self.line.labels):
            if len(text[part[0] : part[1]].split()) <= _LONG_LABEL:
                state = self._verdict(*part)
                if state is not None:
                    return state
        return None

    def _verdict(self, start: int, end: int) -> Assertion | None:
        """What a label, a cell or a heading says about what it stands for."""
        text = self.page.text
        words = " ".join(plain_words(text[start:end]).split())
        for name, state in (("state_facts", Assertion.informational), ("shun", Assertion.negated), ("plan", Assertion.advised)):
            if words in listed(name):
                return state
        near = self._near(start, end, (end, end))
        verdict, _ = _first_predicate(text, near, start, end)
        kinds = [each.right or "" for each in chain_of(text, near, start, end)]
        if any(each.right == "if" for each in near) and verdict is None:
            return Assertion.informational
        state = joined_state(kinds)
        if state is not None and (verdict is None or near[-1].left is None):
            return state
        return None if verdict is None else _under(verdict, None)

    def _answered(self, sentence: Span) -> Assertion | None:
        """What a Yes or No after the question that mentions it says."""
        text = self.page.text
        if text[sentence[1] - 1] != "?":
            return None
        following = text[sentence[1] : sentence[1] + _ANSWER_REACH]
        return Assertion.advised if _YES.match(following) else Assertion.negated if _NO.match(following) else None

    def _referred(self, sentence: Span) -> Assertion | None:
        """What the next sentence of the line says about "it"."""
        after = self.index + 1
        if not 0 <= after < len(self.page.sentences) or self.page.text[sentence[1] - 1] == "?":
            return None
        start, end = self.page.sentences[after]
        word = _IT.search(self.page.text, start, min(end, self.line.end))
        if word is None:
            return None
        near = [each for each in self._near(start, end, word.span())]
        chain = chain_of(self.page.text, [each for each in near if each.end <= word.start()], start, word.start())
        state = joined_state([each.right or "" for each in chain])
        if not chain and not self.page.text[start : word.start()].strip():
            verdict, _ = _first_predicate(
                self.page.text, [each for each in near if each.start >= word.end()], word.end(), end
            )
            state = None if verdict is None else _under(verdict, None)
        return state if state in _DECIDED else None

    def _near(self, start: int, end: int, span: Span) -> list[Trigger]:
        """Triggers of a passage that lie outside the mention, with those that patterns find."""
        place = bisect_left(self.found, start, key=lambda each: each.start)
        stop = bisect_left(self.found, end, key=lambda each: each.start)
        wide = [each for each in _patterned(self.page.text[start:end]) if each.end - each.start]
        moved = [Trigger(each.start + start, each.end + start, each.right, each.left, each.close) for each in wide]
        kept = [
            each
            for each in self.found[place:stop]
            if each.end <= end and not any(wider.start < each.end and each.start < wider.end for wider in moved)
        ]
        return sorted(
            (each for each in (*kept, *moved) if each.end <= span[0] or each.start >= span[1]),
            key=lambda each: each.start,
        )


def _conditions(text: str, left: Sequence[Trigger], start: int, end: int) -> tuple[Assertion | None, str | None, int]:
    """The state inside an if-clause; else the condition before the main clause, and where that clause begins."""
    condition, begin = None, start
    for trigger in left:
        if trigger.right == "end" and trigger.start >= begin:
            condition = None
        if trigger.right not in {"if", "unless", "approval"} or trigger.start < begin:
            continue
        if trigger.right == "approval":
            condition = "if"
            continue
        comma = text.find(",", trigger.end, end)
        then = text.find(" then ", trigger.end, end)
        ends = [place for place in (comma, then) if place >= 0]
        if not ends:
            asked = _MUST.search(text, trigger.end, end) or any(each.right == "ask" for each in left)
            return (Assertion.conditional if asked else Assertion.informational), None, begin
        condition, begin = trigger.right, min(ends)
    return None, condition, begin


def _with_condition(
    text: str,
    state: Assertion | None,
    chain: Sequence[Trigger],
    *,
    left: Sequence[Trigger],
    right: Sequence[Trigger],
    condition: str | None,
    after: int,
) -> Assertion | None:
    """The state once conditions on either side are counted."""
    later = None
    for trigger in right:
        if trigger.left in {"if", "unless", "approval"}:
            if not re.search(r"(?:\b(?:and|but|or|then)|;)\s*\Z", text[max(after, trigger.start - 8) : trigger.start]):
                later = later or trigger.left
        elif trigger.left == "manner" and state is Assertion.negated and any(each.right == "not" for each in chain):
            return Assertion.conditional
    met = condition or later or ("if" if any(each.right == "approval" for each in left) else None)
    return Assertion.conditional if state is Assertion.advised and met else state


def _without_subject(text: str, chain: list[Trigger], span: Span) -> list[Trigger]:
    """No chain, where the mention is the subject of a clause of its own ("avoid this, paracetamol is fine")."""
    if not chain or not _FINITE.match(text, span[1]):
        return chain
    between = text[chain[-1].end : span[0]]
    return [] if _SUBJECT.search(between) and len(between.split()) > 1 else chain


def _is_close(trigger: Trigger, span: Span) -> bool:
    return trigger.close and trigger.right is None and span[0] - trigger.end <= 1 + len("the your ")


def _first_predicate(text: str, right: Sequence[Trigger], start: int, end: int) -> tuple[str | None, bool]:
    """The first thing said of what stands to the left, turned where it is denied, and whether it only informs."""
    denied, informed, done = False, end, start
    for trigger in right:
        kind = trigger.left
        if kind == "end":
            break
        if kind == "not":
            denied, done = not denied, trigger.end
        elif kind == "was" and not denied and informed == end:
            return "was", False
        elif kind in {"bad", "halted"} or (kind == "good" and trigger.start - informed <= _NEAR_ENOUGH):
            if not denied:
                return kind, False
            return ("bad" if kind == "good" else "good"), False
        elif kind == "info":
            informed = trigger.end
    informs = informed < end
    if denied and not informs and not re.search(r"\w", text[done:end]):
        return "bad", False
    return None, informs


def _under(verdict: str, state: Assertion | None) -> Assertion | None:
    """A state once a verdict is given on it."""
    if verdict == "good":
        return Assertion.advised if state is None else state
    if verdict == "bad":
        return reversed_state(state)
    if verdict == "halted":
        return Assertion.stopped
    return Assertion.conditional if verdict == "maybe" else Assertion.historical


@lru_cache(maxsize=64)
def _patterned(passage: str) -> tuple[Trigger, ...]:
    """Triggers that the patterns find in a passage; the first pattern wins a place."""
    taken: list[Trigger] = []
    for kind, pattern in _patterns():
        for match in pattern.finditer(passage):
            if not any(each.start < match.end() and match.start() < each.end for each in taken):
                taken.append(Trigger(match.start(), match.end(), kind, kind, close=False))
    return tuple(taken)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    data = packaged("dualtrack.checks", "assertion.yaml")
    made = []
    for kind, phrases in data["patterns"].items():
        joined = "|".join(f"(?:{phrase})" for phrase in phrases)
        for part in ("doctor", "kin"):
            joined = joined.replace(f"{{{part}}}", data[part])
        made.append((kind, re.compile(joined)))
    return tuple(made)
