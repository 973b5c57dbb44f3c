"""The operating curve of a veto, and whether every system was exposed to it alike. May import ``render`` and report."""

from collections.abc import Iterator, Mapping

from dualtrack.render import Cell, Column, Row, Table, anchor, listed, numbers
from dualtrack.report.document import GateRule, Metric
from dualtrack.report.rows import VetoCurve
from dualtrack.report.sheet import Sheet
from dualtrack.report.words import Words
from dualtrack.terms import GateKind

__all__ = ["veto_curve_table"]

RATES = ("strikes_at_0_1", "strikes_at_0_5", "strikes_at_1", "strikes_at_2")


def veto_curve_table(
    sheet: Sheet, words: Words, metric: Metric, rule: GateRule, *, names: Mapping[str, str]
) -> Table | None:
    """How often this veto strikes at four true rates; None for any other rule, and where the results say nothing.

    Args:
        sheet: what the page may see.
        words: the sentences.
        metric: the metric.
        rule: the rule.
        names: names of systems by id.
    """
    rows = [row for row in sheet.veto_curves if row.gate_id == f"{metric.id}.{rule.id}"]
    if rule.kind != GateKind.veto or not rows:
        return None
    return Table(
        anchor=anchor("curve", metric.id, rule.id),
        caption=words.say("curves.caption", metric=metric.title),
        columns=(
            Column(words.say("columns.system"), head=True),
            Column(words.say("curves.assessed"), "number"),
            *(Column(words.say(f"curves.{name}"), "number") for name in RATES),
        ),
        rows=tuple(_row(words, row, names[row.system_id]) for row in rows),
        notes=(words.say("curves.note"), *_exposure(words, rows, names)),
    )


def _row(words: Words, row: VetoCurve, name: str) -> Row:
    lines: tuple[str, ...] = ()
    if row.n_effective is not None and row.n_effective != row.n_assessed:
        lines = (words.say("gates.effective", n=numbers.plain(row.n_effective, decimals=1)),)
    chances = (getattr(row, each) for each in RATES)
    return Row(
        (
            Cell(name),
            Cell(words.say("curves.cases", n=numbers.count(row.n_assessed or 0)), lines=lines),
            *(
                Cell(words.say("metrics.not_computed"), muted=True) if each is None else Cell(numbers.percent(each))
                for each in chances
            ),
        )
    )


def _exposure(words: Words, rows: list[VetoCurve], names: Mapping[str, str]) -> Iterator[str]:
    """Whether every system was looked at equally often; a veto has more chances where more is looked at."""
    if len(rows) == 1:
        return
    if len({(row.n_responses, row.n_assessed) for row in rows}) == 1:
        yield words.say("curves.equal")
        return
    each = (
        words.say(
            "curves.exposed",
            system=names[row.system_id],
            cases=numbers.count(row.n_assessed or 0),
            answers=numbers.count(row.n_responses or 0),
        )
        for row in rows
    )
    yield words.say("curves.unequal", systems=listed(tuple(each)))
