"""What an answer says about a thing that it mentions: advised, negated, stopped, conditional, or merely mentioned.

Why it exists: an answer that warns against a medicine names it just as one that recommends it does. The scheme is that
of ConText (Harkema and others 2009): triggers with a direction and a scope, ended by terminators; here they are joined
from the innermost outward, and headings, list items, table cells, quotations and turns count. The triggers are data:
``assertion.yaml``. May import the checks' own ground floor.
"""

from dataclasses import dataclass

from dualtrack.checks.base import Span
from dualtrack.checks.chains import Assertion
from dualtrack.checks.folding import Folded
from dualtrack.checks.layout import layout
from dualtrack.checks.matching import matcher, plain_words
from dualtrack.checks.scene import Scene
from dualtrack.checks.triggers import listed, triggers

__all__ = ["Assertion", "Mention", "mentions", "state_of"]

_MOST_MENTIONS = 2000  # that are looked at in one text; bounds the time on hostile texts


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
        Mentions in order, to the first 2,000.

    Example:
        >>> from dualtrack.checks.folding import fold
        >>> text = fold("Switch from ibuprofen to paracetamol.")
        >>> [(text.text[m.start : m.end], m.state.value) for m in mentions(text, ("ibuprofen", "paracetamol"))]
        [('ibuprofen', 'stopped'), ('paracetamol', 'advised')]

    Source: Harkema H, Dowling JN, Thornblade T, Chapman WW (2009), J Biomed Inform 42:839-851,
    doi 10.1016/j.jbi.2009.05.002.
    """
    hits = matcher(terms).find(folded)[:_MOST_MENTIONS]
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
    scene = Scene(page, triggers(folded), line, index, action=_instructs(page.text, span, action=action))
    return scene.state(span, sentence), sentence


def _instructs(text: str, span: Span, *, action: bool) -> bool:
    """Whether the passage can be an instruction: its first word is a verb that is not inflected."""
    first = (plain_words(text[span[0] : span[1]]).split() or [""])[0]
    return first in listed("verbs") or (action and not first.endswith(("ing", "ed")))
