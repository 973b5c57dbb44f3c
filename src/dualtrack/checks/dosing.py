"""Finds the doses that a text states of one medicine: how much, how often, by which route, and as what.

Why it exists: a dose is spread over a sentence, a list or a table row, stands beside doses of other medicines, and may
be advised, forbidden, remembered or a ceiling; every check on doses needs it in one form. Words are data
(``dosing.yaml``). May import the checks' own ground floor.

A sentence is read when it names the medicine, or goes on about it. An amount belongs to the medicine that it is said
to be "of", else to the last one named before it in the sentence, else to the next one. What is said about time and
route belongs to the amount before it, and to the first amount when it comes first.
"""

from collections.abc import Sequence
from functools import cache

from dualtrack.checks.assertion import Assertion, state_of
from dualtrack.checks.base import Span
from dualtrack.checks.dose_amounts import Amount, amounts, holds
from dualtrack.checks.dose_words import Dose, Draft, State, finished, judge_words, routes_in, with_sum
from dualtrack.checks.folding import Folded
from dualtrack.checks.layout import layout
from dualtrack.checks.matching import matcher
from dualtrack.checks.quantities import LONGEST, pieces
from dualtrack.checks.schedule import Mark, cue, dosing_words, schedule
from dualtrack.checks.sentences import sentences

__all__ = ["doses"]

_Name = tuple[int, int, bool]
"""Start and end of the name of a medicine, and whether it is the one that is looked for."""

# What the sentence says of the medicine, where that is not to take it; a condition leaves it advised. Where the words
# before the amount say nothing of the kind, the sentence may as well speak of something else ("no taper needed").
_STATES: dict[Assertion, State] = {
    Assertion.negated: "doubtful",
    Assertion.stopped: "doubtful",
    Assertion.historical: "doubtful",
    Assertion.quoted: "informational",
    Assertion.other_person: "informational",
}
_TO_TAKE = frozenset({Assertion.advised, Assertion.conditional})
_GOES_ON_FOR = 6  # sentences
_WORDS_BACK, _WORDS_AHEAD = 160, 80
_NEAR = 26
_SAME_DOSE = 40
_SMALLEST_PACK = 10  # tablets


def doses(folded: Folded, own: tuple[str, ...], others: tuple[str, ...] = ()) -> tuple[Dose, ...] | None:
    """The doses of one medicine that a text states.

    Args:
        folded: the text.
        own: names of the medicine.
        others: names of other medicines, whose doses are left out.

    Returns:
        Doses in the order of the text; None when the text does not name the medicine.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> (dose,) = doses(fold("Take ibuprofen 400 mg TDS for 5 days."), ("ibuprofen",))
        >>> dose.state, dose.amounts[0].high, dose.times, dose.duration
        ('advised', 400.0, Times(low=3.0, high=3.0), 5.0)
    """
    names = matcher((*own, *others, *_substances())).find(folded)
    if not any(place < len(own) for _, _, place in names):
        return None
    reader = _Reader(folded, [(start, end, place < len(own)) for start, end, place in names])
    for start, end in sentences(folded.text):
        reader.is_long = end - start > LONGEST
        for first, last in pieces(folded.text, start, end):
            reader.read(first, last)
    return tuple(finished(draft) for draft in reader.drafts if not draft.skipped)


class _Reader:
    """Goes through the sentences and remembers which medicine they are about."""

    def __init__(self, folded: Folded, names: list[_Name]) -> None:
        self.folded = folded
        self.text = folded.lower
        self.names = names
        self.next_name = 0
        self.named: list[_Name] = []  # in the sentence at hand
        self.quiet = _GOES_ON_FOR  # sentences since the medicine was named
        self.drafts: list[Draft] = []
        self.strength: Amount | None = None
        self.is_long = False  # nobody wrote this sentence, and what it says of a medicine is not looked for

    def read(self, start: int, end: int) -> None:
        named = []
        while self.next_name < len(self.names) and self.names[self.next_name][0] < end:
            named.append(self.names[self.next_name])
            self.next_name += 1
        is_own = any(own for _, _, own in named)
        if not is_own and (self.quiet >= _GOES_ON_FOR or named):
            self.quiet = _GOES_ON_FOR if named else self.quiet
            return
        named = _with_endings(self.text, named, start, end)
        if not is_own:
            self.quiet += 1
            if named or not cue("goes_on").search(self.text, start, end):
                self.quiet = _GOES_ON_FOR if named else self.quiet
                return
        else:
            self.quiet = 0 if named[-1][2] else _GOES_ON_FOR
        self._read_sentence(start, end, named)

    def _read_sentence(self, start: int, end: int, named: list[_Name]) -> None:
        self.named = named
        marks = schedule(self.text, start, end)
        found = [
            amount
            for amount in amounts(self.folded, start, end, marks)
            if not amount.is_bare or self._bare_counts(amount, named, marks)
        ]
        first = len(self.drafts)
        waiting: list[Mark] = []
        current: Draft | None = None
        region = start
        things: list[Mark | Amount] = [*marks, *found]
        for thing in sorted(things, key=lambda each: each.span):
            if isinstance(thing, Mark):
                target = current.marks if current else waiting
                target.append(thing)
                continue
            owner = self._owner(thing, end, named)
            if owner is not None and owner[2]:
                current = self._joined(thing, first, marks) or self._draft(thing, region, end)
                current.name = owner[:2]
                current.marks += waiting
            else:
                current = Draft(thing, thing.span, skipped=True)
            waiting, region = [], thing.span[1]
        self._addroutes_in(first, start, end, found=found)
        if waiting:
            self._without_amount(waiting, named, (start, end))
        elif len(self.drafts) == first:
            self._route_alone(named, start, end)
        self.drafts[first:] = with_sum(self.drafts[first:])
        is_question = cue("asks").search(self.text, max(start, end - 4), end) is not None
        for draft in self.drafts[first:]:
            draft.state = "informational" if is_question else self._state(draft, start)

    def _state(self, draft: Draft, start: int) -> State:
        """The state by the words before the amount, and by what the sentence says of the medicine.

        Where one of the two says that the dose is not to be taken and the other that it is, it is in doubt.
        """
        if draft.name is None or draft.state not in {"advised", "negated"} or self.is_long or _in_drops(draft):
            return draft.state
        if draft.state == "advised" and cue("answers_no").match(self.text, start, draft.span[0]):
            return draft.state  # "No - make that 1 g" takes back what was said before it
        said = state_of(self.folded, draft.name)[0]
        if draft.state == "negated":
            return "doubtful" if said in _TO_TAKE else "negated"
        return _STATES.get(said, "advised")

    def _bare_counts(self, amount: Amount, named: list[_Name], marks: Sequence[Mark]) -> bool:
        """Whether a number without a unit is an amount: beside a medicine, or right before a frequency."""
        start, end = amount.span
        for first, last, own in named:
            if own and _is_gap(self.text, end, first, name="to_medicine"):
                return True
            if (
                own
                and _is_gap(self.text, last, start, name="from_medicine")
                and self.text[end : end + 1] not in {"-", ":"}
            ):
                if amount.readings[0].parts:
                    combined = amount.readings[0].times(1.0, "milligram")
                    amount.readings, amount.kind, amount.has_form = [combined], "substance", True
                return True
        follows = [mark for mark in marks if 0 <= mark.span[0] - end <= 1 and not self.text[end : mark.span[0]].strip()]
        return any(mark.kind in {"often", "slot", "daily", "as_needed"} for mark in follows)

    def _owner(self, amount: Amount, end: int, named: list[_Name]) -> _Name | None:
        """The name that an amount belongs to; its own place, as own, where the sentence names no medicine."""
        is_of_another = cue("cues_after", "others").match(self.text[amount.span[1] : end][:_WORDS_AHEAD])
        if not named:
            return None if is_of_another else (*amount.span, True)
        before = [name for name in named if name[1] <= amount.span[0]]
        after = [name for name in named if name[0] >= amount.span[1]]
        # Side by side counts before what is named first.
        if before and _is_gap(self.text, before[-1][1], amount.span[0], name="from_medicine"):
            return before[-1]
        if after and _is_gap(self.text, amount.span[1], after[0][0], name="to_medicine"):
            return after[0]
        return None if is_of_another else next(iter(before[::-1] or after), None)

    def _joined(self, amount: Amount, first: int, marks: Sequence[Mark]) -> Draft | None:
        """The draft that this amount says again, or that it says the strength of."""
        last = self.drafts[-1] if self.drafts[first:] else None
        if last is None or last.amount is None or last.skipped:
            return None
        is_strength = amount.kind == "strength" and last.amount.kind == "count" and not last.marks
        if is_strength or (amount.kind == "substance" and self._is_strength_after_name(last, amount)):
            last.amount.take(amount.readings[0])
            return last
        if amount.kind == "count" and _is_gap(self.text, last.span[1], amount.span[0], name="dissolved"):
            return last
        if not self._is_said_again(last, amount, marks):
            return None
        if amount.kind == "strength":
            self.strength = amount
        else:
            last.amount.readings += amount.readings
            last.span = (last.span[0], amount.span[1])
        return last

    def _is_said_again(self, last: Draft, amount: Amount, marks: Sequence[Mark]) -> bool:
        again = cue("same_as").search(self.text[last.span[1] : amount.span[0]][-_SAME_DOSE:])
        if again is None or any(last.span[1] <= mark.span[0] < amount.span[0] for mark in marks):
            return False
        return not (again.group().startswith("(") and self._has_own_frequency(amount, marks))

    def _is_strength_after_name(self, last: Draft, amount: Amount) -> bool:
        """Whether the medicine stands between a count and its strength: two tablets of ibuprofen 200 mg."""
        if last.amount is None or last.amount.kind != "count" or len(last.amount.readings) > 1 or last.marks:
            return False
        between = [name for name in self.named if last.span[1] <= name[0] and name[1] <= amount.span[0]]
        return (
            len(between) == 1
            and _is_gap(self.text, last.span[1], between[0][0], name="to_medicine")
            and _is_gap(self.text, between[0][1], amount.span[0], name="from_medicine")
        )

    def _has_own_frequency(self, amount: Amount, marks: Sequence[Mark]) -> bool:
        close = self.text.find(")", amount.span[1], amount.span[1] + _WORDS_AHEAD)
        return any(amount.span[1] <= mark.span[0] < close and mark.kind in {"often", "slot"} for mark in marks)

    def _draft(self, amount: Amount, since: int, end: int) -> Draft:
        draft = Draft(amount, amount.span)
        before = self._heading(amount, since) + self.text[max(since, amount.span[0] - _WORDS_BACK) : amount.span[0]]
        after = self.text[amount.span[1] : min(end, amount.span[1] + _WORDS_AHEAD)]
        judge_words(draft, before, after)
        if cue("cues_after", "in_all").match(after) and amount.days is None:
            amount.days = 1.0
        if cue("cues_before", "changed").search(before):
            is_range = any(each.low < each.high for each in amount.readings)
            amount.readings = [each.last for each in amount.readings]
            draft.state = draft.state if is_range else "historical"
        last = self.drafts[-1] if self.drafts else None
        if last is not None and not last.marks and _is_gap(self.text, last.span[1], amount.span[0], name="in_a_row"):
            draft.state = last.state if draft.state == "advised" else draft.state
        if amount.kind == "strength":
            self.strength, draft.skipped = amount, True
        elif amount.kind == "count" and len(amount.readings) == 1:
            draft.skipped = draft.skipped or self._is_handed_out(amount, after)
            self._apply_strength(amount)
        if amount.strength is not None:
            self.strength = amount.strength
        elif amount.kind == "substance" and amount.has_form:
            self.strength = amount
        if draft.amount is not None and draft.amount.is_bare:
            unit = draft.amount.readings[0]
            draft.amount.readings[0] = unit.times(1.0, "tablet")
        self.drafts.append(draft)
        return draft

    def _is_handed_out(self, count: Amount, after: str) -> bool:
        """Whether a count at the end of a sentence is the size of the pack, since the dose stands before it."""
        last = self.drafts[-1] if self.drafts else None
        timed = last is not None and any(mark.kind == "often" for mark in last.marks)
        stated = count.readings[0]
        counted = stated.unit == "tablet" and stated.low == stated.high >= _SMALLEST_PACK
        return timed and counted and cue("handed_out").fullmatch(after) is not None

    def _heading(self, amount: Amount, since: int) -> str:
        """The heading of the column in which an amount stands."""
        line = layout(self.folded).line_at(amount.span[0])
        for number, (start, end) in enumerate(line.cells):
            if start <= amount.span[0] < end and number < len(line.header) and line.header[number] != (start, end):
                first, last = line.header[number]
                return f"{self.text[first:last]} " if since <= start else ""
        return ""

    def _apply_strength(self, count: Amount) -> None:
        if count.is_bare:
            count.readings[0] = count.readings[0].times(1.0, "tablet")
        last = self.drafts[-1] if self.drafts else None
        if last is not None and last.amount is not None and not last.marks and holds(last.amount, count, self.text):
            count.take(last.amount.readings[0])
            last.skipped = True
        elif self.strength is not None and holds(self.strength, count, self.text):
            count.take(self.strength.readings[0])

    def _addroutes_in(self, first: int, start: int, end: int, *, found: Sequence[Amount]) -> None:
        """Routes named between the amount before and the amount after."""
        bounds = [amount.span for amount in found]
        for draft in self.drafts[first:]:
            before = [span[1] for span in bounds if span[1] <= draft.span[0]]
            after = [span[0] for span in bounds if span[0] >= draft.span[1]]
            draft.routes |= routes_in(self.text, max(before, default=start), min(after, default=end))

    def _without_amount(self, marks: list[Mark], named: list[_Name], passage: Span) -> None:
        """A frequency without an amount: of the dose before, or of the medicine as such."""
        start, end = passage
        told = [mark for mark in marks if mark.kind in {"often", "slot", "daily", "as_needed"}]
        last = self.drafts[-1] if self.drafts else None
        if not told or self._is_not_of_a_dose(told[0], named, start):
            return
        if not named and last is not None and not any(mark.kind in {"often", "slot", "daily"} for mark in last.marks):
            last.marks += marks
        elif len(named) == 1 and named[0][2] and cue("gives").search(self.text, start, end):
            draft = Draft(None, named[0][:2], named[0][:2], marks=marks, routes=routes_in(self.text, start, end))
            judge_words(draft, self.text[start : named[0][0]][-_WORDS_BACK:], "")
            self.drafts.append(draft)

    def _is_not_of_a_dose(self, mark: Mark, named: list[_Name], start: int) -> bool:
        """Whether the words before a frequency deny it, or it says how often a test is due."""
        before = self.text[max(start, mark.span[0] - _WORDS_BACK) : mark.span[0]]
        if cue("cues_before", "negated").search(before):
            return True
        tested = cue("cues_before", "tested").search(self.text, max(start, mark.span[0] - _WORDS_BACK), mark.span[0])
        return tested is not None and not any(tested.start() <= name[0] < mark.span[0] for name in named)

    def _route_alone(self, named: list[_Name], start: int, end: int) -> None:
        if len(named) == 1 and named[0][2] and cue("gives").search(self.text, start, end):
            routes = routes_in(self.text, start, end)
            draft = Draft(None, named[0][:2], named[0][:2], routes=routes)
            judge_words(draft, self.text[start : named[0][0]][-_WORDS_BACK:], "")
            if routes:
                self.drafts.append(draft)


def _in_drops(draft: Draft) -> bool:
    """Whether the sentence has the unit "drop", which as a verb would say to stop."""
    return draft.amount is not None and any(each.unit == "drop" for each in draft.amount.readings)


def _is_gap(text: str, start: int, end: int, *, name: str) -> bool:
    """Whether only filling words stand between two places."""
    return 0 <= end - start <= _NEAR and (start == end or cue(name).fullmatch(text[start:end]) is not None)


def _with_endings(text: str, named: list[_Name], start: int, end: int) -> list[_Name]:
    """Names, with the words that end like the name of a medicine."""
    taken = [(first, last) for first, last, _ in named]
    more = [
        (*match.span(), False)
        for match in cue("name_endings").finditer(text, start, end)
        if all(match.end() <= first or match.start() >= last for first, last in taken)
    ]
    return sorted([*named, *more])


@cache
def _substances() -> tuple[str, ...]:
    return tuple(dosing_words()["other_substances"][0])
