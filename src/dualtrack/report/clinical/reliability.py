"""Whether the harm ratings can be relied on: agreement, every disagreement level by level, and what was adjudicated.

May import ``render`` and report.
"""

from collections.abc import Iterator
from dataclasses import replace

from dualtrack.render import Cell, Column, Row, Section, Table, anchor, numbers
from dualtrack.report.agreement import agreement_section
from dualtrack.report.clinical.order import HARMS
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document
from dualtrack.report.pair_counts import RatingPair
from dualtrack.report.sheet import sheet_of
from dualtrack.report.words import Words
from dualtrack.terms import Track

__all__ = ["reliability_section"]

SETTLED = ("rated_twice", "differing", "adjudicated", "tie_broken", "differing_settled")
SHADES = (0.02, 0.05, 0.1, 0.2)
SHADE_NAMES = ("0", "1", "2", "3", "4")
Question = tuple[str, str]
"""A scale and what one judgement is about."""


def reliability_section(document: Document, words: Words) -> Section:
    """Agreement on the harm questions, the cross table of all pairs of first ratings, and the share adjudicated.

    Args:
        document: the results.
        words: the sentences.
    """
    ladders = document.risk.ladders if document.risk is not None else ()
    steps = {*HARMS, *(step.id for ladder in ladders for step in ladder.levels)}
    scales = {scale.id for scale in document.scales.values() if any(level.id in steps for level in scale.levels)}
    rows = tuple(row for row in document.agreement if row.scale_id in scales)
    counts = tuple(row for row in document.rating_pairs if row.scale_id in scales)
    sheet = replace(sheet_of(document, Track.safety), agreement=rows, scales=document.scales)
    drawn = agreement_section(sheet, words) if rows else None
    title = words.say("clinical.sections.reliability")
    if drawn is None and not counts:
        return Section("reliability", title, SAID, SaidView(quiet=words.say("clinical.reliability.none")))
    tables = (*getattr(getattr(drawn, "view", None), "tables", ()), *_pair_tables(document, words, counts))
    told = {row.scale_id for row in counts if row.show == "pair"}
    without = "" if told or not counts else words.say("clinical.reliability.no_pairs")
    old = words.say("clinical.reliability.no_table") if not counts else without
    view = SaidView(lead=words.say("clinical.reliability.lead"), tables=tables, notes=(old,) if old else ())
    return Section("reliability", title, SAID, view)


def _pair_tables(document: Document, words: Words, counts: tuple[RatingPair, ...]) -> Iterator[Table]:
    questions: dict[Question, dict[tuple[str, str, str], RatingPair]] = {}
    for row in counts:
        questions.setdefault((row.scale_id, row.grain), {})[row.show, row.level, row.other_level] = row
    for question, mine in sorted(questions.items()):
        if any(show == "pair" for show, _, _ in mine):
            yield _crossed(document, words, question, mine)
    if questions:
        yield _settled(document, words, questions)


def _title(document: Document, words: Words, question: Question) -> str:
    unit = words.word("check_proofs.units", question[1], unit=question[1])
    return words.say("agreement.group", title=document.scales[question[0]].title, units=unit)


def _crossed(
    document: Document, words: Words, question: Question, mine: dict[tuple[str, str, str], RatingPair]
) -> Table:
    """Each pair of levels once: the level that stands earlier on the scale heads the row."""
    named = {level for show, *both in mine if show == "pair" for level in both}
    levels = [level.id for level in document.scales[question[0]].levels if level.id in named]
    total = next(row.n_of for (show, *_), row in mine.items() if show == "pair")
    return Table(
        anchor=anchor("rating-pairs", *question),
        caption=words.say(
            "clinical.reliability.pairs", title=_title(document, words, question), n=numbers.count(total)
        ),
        columns=(
            Column(words.say("clinical.reliability.one_rater"), head=True),
            *(Column(words.say("clinical.reliability.other_rater", level=_level(level)), "number") for level in levels),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_harm(words, one)),
                    *(_pair(words, mine.get(("pair", one, other)), one == other) for other in levels),
                )
            )
            for one in levels
        ),
        notes=(words.say("clinical.reliability.pairs_note"),),
    )


def _harm(words: Words, level: str) -> str:
    return words.word("clinical.harm_short", level, harm=_level(level))


def _level(level: str) -> str:
    return level.replace("_", " ")


def _pair(words: Words, row: RatingPair | None, alike: bool) -> Cell:  # noqa: FBT001 -- one cell of a private table
    if row is None:
        return Cell(words.say("clinical.reliability.above"), muted=True)
    if not row.n or row.share is None:
        return Cell(numbers.count(row.n))
    shade = "" if alike else SHADE_NAMES[sum(row.share >= limit for limit in SHADES)]
    return Cell(numbers.count(row.n), lines=(numbers.percent(row.share, n=row.n_of),), shade=shade)


def _settled(
    document: Document, words: Words, questions: dict[Question, dict[tuple[str, str, str], RatingPair]]
) -> Table:
    return Table(
        anchor="ratings-settled",
        caption=words.say("clinical.reliability.settled"),
        columns=(
            Column(words.say("clinical.columns.question"), head=True, wide=True),
            *(Column(words.say(f"clinical.reliability.columns.{show}"), "number") for show in SETTLED),
        ),
        rows=tuple(
            Row(
                (
                    Cell(_title(document, words, question)),
                    *(_share(words, mine.get((show, "", ""))) for show in SETTLED),
                )
            )
            for question, mine in sorted(questions.items())
        ),
        notes=(words.say("clinical.reliability.settled_note"),),
    )


def _share(words: Words, row: RatingPair | None) -> Cell:
    if row is None:
        return Cell(words.say("metrics.not_computed"), muted=True)
    text = words.say("clinical.modes.of", k=numbers.count(row.n), n=numbers.count(row.n_of))
    return Cell(text, lines=() if row.share is None else (numbers.percent(row.share, n=row.n_of),))
