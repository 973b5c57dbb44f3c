"""Finds in one pass over a text which of many checks have to look at it at all.

Why it exists: forty rules put to every response are mostly silent. A kind may name cues, words of which one stands in
every text of which it says anything else than of a page without words. One pass of a set matcher finds the cues of all
checks together, and only a check that has a cue in the text is asked. Pure. May import what a bound check is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ahocorasick_rs import BytesAhoCorasick, Implementation

from dualtrack.checks.base import WITH_TEXT, CheckInput, Judgement
from dualtrack.checks.bind import BoundCheck
from dualtrack.checks.folding import fold, folded_bytes
from dualtrack.checks.judging import judge_selected
from dualtrack.checks.registry import origin_of

__all__ = ["PAGE_WITHOUT_WORDS", "Scan", "Silence", "silence"]

PAGE_WITHOUT_WORDS = "."
"""A text in which no cue stands."""

_MANY_TEXTS = 200  # from which a table of states, which is slow to build and quick to read, is worth its time


@dataclass(frozen=True, slots=True)
class Silence:
    """What a check says of every readable text in which none of its cues stands."""

    judgements: tuple[Judgement, ...]
    cues: frozenset[str]


def silence(check: BoundCheck, given: CheckInput) -> Silence | None:
    """What a check says of the responses to an item in which none of its cues stands.

    Definition: what it says of a page without words, which the kind promises to be the same for all of them. A check
    that does not apply to the item says so of every response.

    Args:
        check: a bound check.
        given: language, prompt and reference of the item; nothing else of it is read.

    Returns:
        None where the check has to be asked each time: its kind names no cues, not for this item, not for all texts
        or not in words as a folded text has them; it is one of another package; or it breaks on this item.
    """
    page = CheckInput(PAGE_WITHOUT_WORDS, given.language, prompt=given.prompt, reference=given.reference)
    asked: list[CheckInput] = []

    def ask(check: BoundCheck, seen: CheckInput) -> object:
        asked.append(seen)
        return check.kind.judge(seen, check.params)

    name_cues = check.kind.cues
    try:
        facts = check.facts(given.reference)
        if facts is None:
            return Silence(judge_selected(check, page, None), frozenset())
        if name_cues is None or not check.kind.statuses >= WITH_TEXT or origin_of(check.kind) is not None:
            return None
        judgements = judge_selected(check, page, facts, ask=ask)
        cues = name_cues(asked[0], check.params) if asked else None
    except Exception:  # noqa: BLE001 - it breaks again where it is asked, and is reported there
        return None
    if cues is None or not all(cue.isalnum() and cue == fold(cue).lower for cue in cues):
        return None
    return Silence(judgements, frozenset(cues))


class Scan:
    """The cues of several checks, looked for together.

    Args:
        cues: for each check its cues, or None for a check that every text wakes.
        n_texts: about how many texts there are.

    Example:
        >>> scan = Scan([frozenset({"aspirin"}), None, frozenset({"999", "ambulanc"})], n_texts=1)
        >>> sorted(scan.woken("Take ASPIRIN.")), sorted(scan.woken("Rest."))
        ([0, 1], [1])
    """

    def __init__(self, cues: Sequence[frozenset[str] | None], *, n_texts: int) -> None:
        self._always = frozenset(place for place, each in enumerate(cues) if each is None)
        wakes: dict[str, list[int]] = {}
        for place, each in enumerate(cues):
            for cue in sorted(each or ()):
                wakes.setdefault(cue, []).append(place)
        self._wakes = tuple(map(frozenset, wakes.values()))
        table = Implementation.DFA if n_texts >= _MANY_TEXTS else None
        self._cues = BytesAhoCorasick([cue.encode() for cue in wakes], implementation=table) if wakes else None

    def woken(self, text: str) -> frozenset[int]:
        """The places of the checks that have to look at a text.

        Args:
            text: the response as given; cues are found in it as in the folded text.
        """
        if self._cues is None:
            return self._always
        hits = self._cues.find_matches_as_indexes(folded_bytes(text), overlapping=True)
        return self._always.union(*(self._wakes[cue] for cue, _, _ in hits)) if hits else self._always
