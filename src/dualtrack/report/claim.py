"""The one sentence that a page claims, made from states alone.

It exists so that no headline can say more than the verdicts: every combination of states has exactly one sentence, and
a test goes through all of them. May import terms, ``render`` and the words.
"""

from collections.abc import Sequence

from dualtrack.render import listed, numbers
from dualtrack.report.words import Words
from dualtrack.terms import Reason, State, Track

__all__ = ["claim"]

MOST_NAMES = 4
_ORDER = (State.met, State.not_met, State.not_demonstrated, State.not_assessed)
_BECAUSE = (Reason.no_gate, Reason.no_threshold, Reason.nothing_assessed, Reason.retrospective)


def claim(words: Words, track: Track, verdicts: Sequence[tuple[str, str, tuple[str, ...]]]) -> str:
    """The claim of one track.

    Args:
        words: the sentences.
        track: the track.
        verdicts: per system its name, its state and the reasons of the verdict.

    Returns:
        One sentence. Where all systems are in one state it speaks of all, with the reason that all of them share;
        otherwise it goes through the states in order, naming the systems, or counting more than ``MOST_NAMES``.
    """
    name = words.say(f"tracks.{track}")
    if not verdicts:
        return words.say("claims.nobody")
    states = {state for _, state, _ in verdicts}
    if len(states) == 1 and len(verdicts) > 1:
        return _of_all(words, name, states.pop(), [reasons for _, _, reasons in verdicts])
    clauses = [
        _clause(words, name, state, [system for system, each, _ in verdicts if each == state])
        for state in _ORDER
        if state in states
    ]
    return "; ".join(clauses) + "."


def _of_all(words: Words, track: str, state: str, reasons: list[tuple[str, ...]]) -> str:
    sentence = words.say(f"claims.every.{state}", track=track)
    shared = [reason for reason in _BECAUSE if all(reason in each for each in reasons)]
    if not shared or state in (State.met, State.not_met):
        return sentence
    return words.say(f"claims.because.{shared[0]}", claim=sentence.removesuffix("."), track=track)


def _clause(words: Words, track: str, state: str, systems: list[str]) -> str:
    many = len(systems) > MOST_NAMES
    names = words.say("claims.many", number=numbers.count(len(systems))) if many else listed(tuple(systems))
    return words.say(f"claims.{'one' if len(systems) == 1 else 'several'}.{state}", names=names, track=track)
