"""The surroundings of one mention, and the order in which they decide: its sentence, then the page.

Why it exists: a bare name under a heading, in a table or after a question is judged by these, a full sentence by
itself. May import the checks' own ground floor.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from dualtrack.checks.answers import asked_state, signed, yes_or_no
from dualtrack.checks.base import Span
from dualtrack.checks.chains import Assertion, chain_of, joined_state
from dualtrack.checks.contrasts import attributed, excepted, is_unreal, main_clause, own_clause, reported, weighed
from dualtrack.checks.layout import Layout, Line
from dualtrack.checks.matching import plain_words
from dualtrack.checks.predicates import (
    Verdict,
    conditions,
    first_predicate,
    is_close,
    under,
    with_condition,
    without_subject,
)
from dualtrack.checks.triggers import Trigger, listed, near, shape

__all__ = ["Scene"]

_SHORT_LABEL, _LONG_LABEL, _LONG_HEADING = 8, 12, 24  # words
_WINDOW = 400  # characters on either side that bear on a mention; bounds the time on hostile texts
_LABEL_REACH = 45  # characters before a mention, to which a heading still speaks
_TOPIC_REACH = 25  # characters before a mention that its sentence is about
_SHORT_ANSWER = 4  # words
_SIGN_REACH = 4  # characters after a list mark in which a tick or a cross stands
_ANSWER_REACH = 40  # characters after a question in which the answer begins
_DECIDED = frozenset({Assertion.advised, Assertion.negated, Assertion.stopped, Assertion.conditional})
_TAKEN_BACK = frozenset({Assertion.advised, Assertion.conditional, Assertion.informational})
_OPEN = frozenset({Assertion.informational, Assertion.historical, Assertion.quoted})
_VERDICTS: dict[Assertion, Verdict] = {
    Assertion.advised: "good",
    Assertion.stopped: "halted",
    Assertion.conditional: "maybe",
    Assertion.negated: "bad",
    Assertion.historical: "was",
}
_WHOLE_LABELS = (
    ("state_facts", Assertion.informational),
    ("shun", Assertion.negated),
    ("plan", Assertion.advised),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """One mention's surroundings.

    Args:
        page: the layout of the text.
        found: all triggers of the text, in order.
        line: the line of the mention.
        index: which sentence it stands in.
        action: whether it can be an instruction.
    """

    page: Layout
    found: tuple[Trigger, ...]
    line: Line
    index: int
    action: bool

    def state(self, span: Span, sentence: Span) -> Assertion:
        """What is said about the mention."""
        own, weak = self._own(span, sentence)
        if own in _TAKEN_BACK and is_unreal(
            self.page.text, span, self._window(span, sentence), strict=own is Assertion.informational
        ):
            return Assertion.negated
        if own is not None and not weak:
            return (self._referred(span, sentence) or own) if own in _OPEN else own
        label = self._label(span, sentence)
        if label is Assertion.advised and own is not None:
            return own
        return (
            label or own or self._answered(span, sentence) or self._referred(span, sentence) or Assertion.informational
        )

    def _own(self, span: Span, sentence: Span) -> tuple[Assertion | None, bool]:
        """What the sentence makes of the mention, and whether another part of the page may overrule it."""
        text = self.page.text
        start, end = sentence
        cell = next((each for each in self.line.cells if each[0] <= span[0] < each[1]), None)
        if cell:
            start, end = max(start, cell[0]), min(end, cell[1])
        start, end = self._window(span, (start, end))
        around = near(text, self.found, (start, end), span)
        left = [each for each in around if each.end <= span[0]]
        right = [each for each in around if each.start >= span[1]]
        inside, condition, begin = conditions(text, left, start, span[0])
        if inside is not None:
            return inside, False
        begin = max(begin, main_clause(text, start, span[0]))
        left = [each for each in left if each.start >= begin]
        chain = without_subject(text, chain_of(text, left, begin, span[0]), span)
        chain += [
            Trigger(each.start, each.end, "close", None, close=True) for each in left[-1:] if is_close(each, span)
        ]
        state, weak = self._spoken(span, chain, right, begin=begin, end=end)
        if text[sentence[1] - 1] == "?":
            return None, True
        before = condition or any(each.right == "approval" for each in left)
        denied = any(each.right == "not" for each in chain)
        return with_condition(text, state, right, before=before, denied=denied, after=span[1]), weak

    @staticmethod
    def _window(span: Span, passage: Span) -> Span:
        return max(passage[0], span[0] - _WINDOW), min(passage[1], span[1] + _WINDOW)

    def _spoken(
        self, span: Span, chain: list[Trigger], right: list[Trigger], *, begin: int, end: int
    ) -> tuple[Assertion | None, bool]:
        """The state by the triggers on both sides without conditions, and whether the page may overrule it."""
        text = self.page.text
        kinds = [each.right or "" for each in chain]
        framed = self._framed(span, chain, right, (begin, end))
        if framed is not None:
            return framed, False
        state = joined_state(kinds, Assertion.advised if self.action and (self._opens(begin, span) or kinds) else None)
        gerund = bool(chain) and kinds[0] != "may" and text[chain[0].start :].split(maxsplit=1)[0].endswith("ing")
        if chain and not gerund:
            return state, kinds == ["take"] and not text[begin : chain[0].start].strip(" *_")
        if not chain and state is not None and not shape("finite").match(text, span[1]):
            return state, True
        verdict, informs = self._predicate(span, right, end)
        if verdict is not None:
            return under(verdict, state), False
        if informs and state is not Assertion.stopped:
            return Assertion.informational, False
        meant = shape("dosed").match(text, span[1], end) or (
            shape("denial").search(text, begin, span[0]) and shape("bare_verb").match(text, span[1], end)
        )
        return (Assertion.advised if state is None and meant else state), True

    def _opens(self, begin: int, span: Span) -> bool:
        """Whether the mention begins a clause."""
        before = self.page.text[begin : span[0]]
        return bool(shape("opener").search(before)) or not before.strip(" *_")

    def _framed(self, span: Span, chain: list[Trigger], right: list[Trigger], clause: Span) -> Assertion | None:
        """The state by what frames the mention: an instruction of its own, "so is", "leave ... out", a taking back."""
        text, begin = self.page.text, clause[0]
        if self.action and chain and self._opens(begin, span) and not own_clause(text, chain, span[0]):
            return Assertion.advised
        before = text[begin : span[0]]
        if shape("so_is").search(before):
            verdict, _ = first_predicate(text, near(text, self.found, (begin, span[0]), span), begin, span[0])
            return None if verdict is None else under(verdict, None)
        if shape("split").search(before) and shape("particle").match(text, span[1]):
            return joined_state([*(each.right or "" for each in chain), "avoid"])
        return self._turned(span, chain, right, clause)

    def _turned(self, span: Span, chain: list[Trigger], right: list[Trigger], clause: Span) -> Assertion | None:
        """The state where the sentence takes back a report, excepts the mention from a rule, or weighs it."""
        if not any(each.right in {"said", "avoid", "about", "past"} for each in chain):
            return None
        text = self.page.text
        verdict, _ = self._predicate(span, right, clause[1])
        said = None if verdict is None else under(verdict, None)
        if verdict is not None and attributed(text, chain):
            return said
        balance = weighed(text, chain, right)
        return (
            reported(text, chain, span, clause[1], said=said)
            or excepted(text, chain, span, clause, verdict=verdict)
            or (None if balance is None else under(balance, None))
        )

    def _predicate(self, span: Span, right: list[Trigger], end: int) -> tuple[Verdict | None, bool]:
        """What is said of the mention after it, and whether something is that only informs."""
        text = self.page.text
        start = span[1]
        tag = shape("tag").match(text, start, end)
        if tag:
            return ("good" if tag["yes"] else "bad"), False
        label = shape("labelled").match(text, start, end)
        if label and self._is_short(label.end(), end):
            agreed = yes_or_no(text[label.end() : end])
            if agreed is not None:
                return ("good" if agreed else "bad"), False
            said = self._verdict(label.end(), end)
            if said is not None:
                return _VERDICTS.get(said), False
        while aside := shape("aside").match(text, start, end):
            start = aside.end()
        stop = shape("clause_break").search(text, start, end)
        limit = stop.start() if stop else end
        return first_predicate(text, [each for each in right if start <= each.start < limit], start, limit)

    def _label(self, span: Span, sentence: Span) -> Assertion | None:
        """What the row, the lead-in or the headings say about a mention near the beginning of its line or cell."""
        text = self.page.text
        cell = next((k for k, each in enumerate(self.line.cells) if each[0] <= span[0] < each[1]), None)
        if cell is not None:
            return self._in_row(cell)
        sign = signed(text[self.line.start : min(self.line.body + _SIGN_REACH, span[0])])
        if sign is not None:
            return sign
        inline = shape("label").match(text, sentence[0], span[0])
        if inline and len(inline.group().split()) <= _SHORT_LABEL:
            said = self._verdict(sentence[0], inline.end() - 1)
            if said is not None:
                return said
        if min(span[0] - self.line.body, span[0] - sentence[0]) > _LABEL_REACH:
            return None
        return self._first_verdict(each for each in self.line.labels if self._is_short(*each, words=_LONG_HEADING))

    def _in_row(self, cell: int) -> Assertion | None:
        """What the other cells of its row, the head of its column or the headings say about a mention in a cell."""
        text, header = self.page.text, self.line.header
        for k, each in enumerate(self.line.cells):
            if k == cell or not self._is_short(*each):
                continue
            said = self._verdict(*each)
            answer = yes_or_no(text[slice(*each)])
            if answer is not None and k < len(header):
                asked = self._verdict(*header[k]) if self._is_short(*header[k]) else None
                return asked_state(asked, agreed=answer)
            if said is not None:
                return said
        parts = [*header[cell : cell + 1], *self.line.labels]
        return self._first_verdict(each for each in parts if self._is_short(*each))

    def _is_short(self, start: int, end: int, *, words: int = _LONG_LABEL) -> bool:
        return len(self.page.text[start:end].split()) <= words

    def _first_verdict(self, parts: Iterable[Span]) -> Assertion | None:
        return next((said for part in parts if (said := self._verdict(*part)) is not None), None)

    def _verdict(self, start: int, end: int) -> Assertion | None:
        """What a label, a cell or a heading says about what it stands for."""
        text = self.page.text
        sign = signed(text[start:end])
        if sign is not None:
            return sign
        words = " ".join(plain_words(text[start:end]).split())
        whole = next((state for name, state in _WHOLE_LABELS if words in listed(name)), None)
        if whole is not None:
            return whole
        if shape("complaint").fullmatch(text, start, end):
            return Assertion.advised
        around = near(text, self.found, (start, end), (end, end))
        verdict, _ = first_predicate(text, around, start, end)
        if verdict is None and any(each.right == "if" for each in around):
            return Assertion.informational
        state = joined_state([each.right or "" for each in chain_of(text, around, start, end)])
        if state is not None and (verdict is None or around[-1].left is None):
            return state
        return None if verdict is None else under(verdict, None)

    def _answered(self, span: Span, sentence: Span) -> Assertion | None:
        """What a Yes or No after the question that mentions it says."""
        text = self.page.text
        if text[sentence[1] - 1] != "?":
            return None
        asked = self._asked(span, sentence)
        answer = yes_or_no(text[sentence[1] : sentence[1] + _ANSWER_REACH], whole=False)
        if answer is not None:
            return asked_state(asked, agreed=answer)
        following = self.page.sentences[self.index + 1 : self.index + 2]
        return self._first_verdict(each for each in following if self._is_short(*each, words=_SHORT_ANSWER))

    def _asked(self, span: Span, sentence: Span) -> Assertion | None:
        """What a question asks about a mention in it: whether to take it, or whether to stop it."""
        text, (start, end) = self.page.text, self._window(span, sentence)
        around = near(text, self.found, (start, end), span)
        left = [each for each in around if each.end <= span[0]]
        return joined_state([each.right or "" for each in chain_of(text, left, start, span[0])])

    def _referred(self, span: Span, sentence: Span) -> Assertion | None:
        """What the rest of its sentence or the next says about "it", where the sentence begins with the mention."""
        if span[0] - sentence[0] > _TOPIC_REACH or shape("denial").search(self.page.text, *span):
            return None
        here = self._of_it(span[1], self._window(span, sentence)[1])
        if here is not None or not 0 < self.index + 1 < len(self.page.sentences):
            return here
        start, end = self.page.sentences[self.index + 1]
        return self._of_it(start, min(end, start + _WINDOW))

    def _of_it(self, start: int, end: int) -> Assertion | None:
        """What a passage says about the first "it" of it."""
        text = self.page.text
        word = shape("it").search(text, start, min(end, self.line.end))
        if word is None:
            return None
        around = near(text, self.found, (start, end), word.span())
        chain = chain_of(text, [each for each in around if each.end <= word.start()], start, word.start())
        state = joined_state([each.right or "" for each in chain])
        if not chain:
            verdict, _ = first_predicate(text, [each for each in around if each.start >= word.end()], word.end(), end)
            state = None if verdict is None else under(verdict, None)
        return state if state in _DECIDED else None
