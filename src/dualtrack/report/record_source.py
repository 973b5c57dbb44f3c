"""Reading the record of a run from its results. May import terms, ``report.taking`` and ``report.record_facts``."""

from dualtrack.report.record_facts import AmendmentFacts, ChangeFacts, RecordFacts
from dualtrack.report.taking import Taker
from dualtrack.terms import Track

__all__ = ["record_of"]


def record_of(run: Taker) -> RecordFacts | None:
    """The record of a run; None where the study was never sealed, or the results are of a version that knows none.

    Args:
        run: the object ``run`` of the results.
    """
    freeze = run.inner_or_empty("freeze")
    if not freeze.names():
        return None
    seals = [freeze.text("sha256"), *(each.text("sha256") for each in run.each("amendments", required=False))]
    return RecordFacts(
        at=freeze.text("at"),
        by=freeze.text("by"),
        role=freeze.text_or_none("role"),
        basis=freeze.text("basis"),
        counts=freeze.boolean("counts"),
        seal_at=freeze.text("seal_at"),
        digests=tuple(seals),
        changes=tuple(_change(each) for each in run.each("changes", required=False)),
        look=run.inner_or_empty("look").integer_or_none("number"),
    )


def _change(change: Taker) -> ChangeFacts:
    amended = change.inner_or_empty("amended")
    return ChangeFacts(
        track=change.word_or_none("track", tuple(Track)),
        what=change.text("what"),
        effect=change.text("effect"),
        old=change.value.get("old"),
        new=change.value.get("new"),
        amended=None
        if not amended.names()
        else AmendmentFacts(
            number=amended.integer("number"),
            at=amended.text("at"),
            by=amended.text("by"),
            why=amended.text("why"),
            grade=amended.text("grade"),
        ),
    )
