"""States as a reader sees them: shape, word and tone. May import terms and ``render``."""

from dualtrack.render import Mark, Shape, Tone
from dualtrack.report.words import Words
from dualtrack.terms import State

__all__ = ["state_mark"]

_LOOKS: dict[State, tuple[Shape, Tone]] = {
    State.met: ("check", "good"),
    State.not_met: ("cross", "bad"),
    State.not_demonstrated: ("triangle", "open"),
    State.not_assessed: ("ring", "none"),
}


def state_mark(words: Words, state: str) -> Mark:
    """The mark of a state.

    Args:
        words: the sentences.
        state: one of the four states.
    """
    shape, tone = _LOOKS[State(state)]
    return Mark(shape, words.say(f"states.{state}.word"), tone)
