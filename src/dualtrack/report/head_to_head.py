"""Every two systems on the score of a track, and whether their difference lies inside the margin set beforehand.

May import ``render`` and report. What is inside and what is not is read off the decision words of the results.
"""

from dualtrack.render import Cell, Column, Row, Table, numbers, sentence
from dualtrack.report.difference_cells import difference_text, sides_text
from dualtrack.report.rows import Comparison
from dualtrack.report.sheet import Sheet
from dualtrack.report.words import Words

__all__ = ["head_to_head", "margin_came_late"]

SCORE, PLANNED, RANKED = "score", "planned", "hodges_lehmann"
RETROSPECTIVE = "retrospective"


def _on_score(sheet: Sheet) -> list[Comparison]:
    """The pairs on the score of the track, over all planned cases; the baseline first."""
    rows = [
        row
        for row in sheet.comparisons
        if (row.subject_id, row.show, row.comparison_kind, row.basis) == (sheet.track, SCORE, "pair", PLANNED)
        and not row.stratum
        and row.estimator != RANKED
    ]
    return sorted(rows, key=lambda row: not row.against_baseline)


def margin_came_late(sheet: Sheet) -> bool:
    """Whether the track has a margin that was not sealed before the answers were seen, so that it decides nothing."""
    return any(row.margin is not None and row.margin_pre_specified is False for row in _on_score(sheet))


def head_to_head(sheet: Sheet, words: Words) -> Table | None:
    """The head-to-head table of a track; None where no two systems were compared on its score.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    rows = _on_score(sheet)
    if not rows:
        return None
    margins = dict.fromkeys(row.margin for row in rows if row.margin is not None)
    stated = words.say("order.pairs.no_margin")
    if margins:
        shown = "; ".join(numbers.hundredths(margin) for margin in margins)
        stated = words.say("order.pairs.late" if margin_came_late(sheet) else "order.pairs.margin", margin=shown)
    return Table(
        anchor="head-to-head-table",
        caption=words.say("order.pairs.caption"),
        columns=(
            Column(words.say("columns.pair"), head=True, wide=True),
            Column(words.say("columns.difference", confidence=numbers.exact_percent(sheet.run.confidence)), "number"),
            Column(words.say("columns.cases_compared"), "number"),
            Column(words.say("order.pairs.inside"), wide=True),
        ),
        rows=tuple(_row(sheet, words, row) for row in rows),
        notes=(stated,),
    )


def _row(sheet: Sheet, words: Words, row: Comparison) -> Row:
    against = (words.say("comparisons.against"),) if row.against_baseline else ()
    cases = Cell(words.say("metrics.not_computed"), muted=True)
    if row.n_items is not None:
        cases = Cell(words.say("comparisons.planned", n=numbers.count(row.n_items)))
    return Row(
        (
            Cell(sides_text(sheet, words, row), lines=against),
            Cell(difference_text(words, row), muted=row.value is None),
            cases,
            _inside(sheet, words, row),
        )
    )


def _inside(sheet: Sheet, words: Words, row: Comparison) -> Cell:
    if row.margin is None:
        return Cell(words.say("order.pairs.none_set"), muted=True)
    if RETROSPECTIVE in row.reasons or row.decision is None:
        reasons = row.reasons or ("not_recorded",)
        return Cell(words.say("order.pairs.not_decided"), lines=_why(words, reasons), muted=True)
    a, b = sheet.system_name(row.system_a), sheet.system_name(row.system_b)
    text = words.word("order.pairs.decisions", row.decision, a=a, b=b, decision=row.decision)
    return Cell(text, lines=_why(words, row.reasons))


def _why(words: Words, reasons: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sentence(words.say(f"reasons.{reason}.short")) for reason in reasons)
