"""The failure-mode catalogue of one track: omission and commission apart, each way to fail with its rate by system.

May import terms, ``render`` and report. Every number is a cell of the table failure_modes.
"""

from collections.abc import Iterator
from dataclasses import replace

from dualtrack.render import Axis, Cell, Column, Group, Row, Section, Table, interval_bar, numbers
from dualtrack.render.chart import axis_over
from dualtrack.report.clinical.looks import filter_link, harm_cell, link_to, metric_text, mode_name
from dualtrack.report.clinical.modes import Mode, modes_of, rate_text
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document
from dualtrack.report.figures import SHARE
from dualtrack.report.rows import FailureMode
from dualtrack.report.words import Words
from dualtrack.terms import Track

__all__ = ["catalogue_section"]

ACTS = ("omission", "commission", None)
MOST_LEVELS = 3


def catalogue_section(document: Document, words: Words, track: Track) -> Section:
    """The catalogue of one track.

    Args:
        document: the results.
        words: the sentences.
        track: the track.
    """
    modes = modes_of(document, track)
    shown = [mode for mode in modes if mode.occurs]
    axis = _axis(shown)
    tables = [
        _table(
            document,
            words,
            [mode for mode in shown if mode.act == act],
            track=track,
            axis=axis,
        )
        for act in ACTS
    ]
    never = [mode for mode in modes if not mode.occurs and mode.id]
    safety = track is Track.safety
    view = SaidView(
        quiet="" if modes else words.say("clinical.modes.nothing"),
        lead=words.say("clinical.modes.lead") if modes else "",
        tables=(*(table for table in tables if table is not None), *_never(document, words, never, track)),
        notes=(words.say("clinical.modes.not_linked"),) if safety and shown else (),
    )
    name = "catalogue" if safety else "apart"
    return Section(f"modes-{track.value}", words.say(f"clinical.sections.{name}"), SAID, view)


def _axis(modes: list[Mode]) -> Axis:
    rows = [row for mode in modes for row in mode.rows]
    values = [value for row in rows for value in (row.value, row.lower, row.upper) if value is not None]
    return axis_over([0.0, *values], SHARE.tick, within=SHARE.within)


def _table(document: Document, words: Words, modes: list[Mode], *, track: Track, axis: Axis) -> Table | None:
    if not modes:
        return None
    confidence = numbers.exact_percent(document.run.confidence)
    columns = (
        Column(words.say("clinical.columns.system"), head=True),
        Column(words.say("clinical.columns.failing"), "number"),
        Column(words.say("clinical.columns.rate", confidence=confidence), "number"),
        Column(words.say("clinical.columns.plot"), "plot", axis=axis),
        Column(words.say("clinical.columns.harm")),
        Column(words.say("clinical.columns.repeated"), "number"),
        Column(words.say("clinical.columns.opened"), "number"),
        Column(words.say("clinical.columns.strata"), wide=True),
        Column(words.say("clinical.columns.evidence"), wide=True),
    )
    return Table(
        anchor=f"modes-{track.value}-{modes[0].act or 'other'}",
        caption=words.say(f"clinical.modes.{modes[0].act or 'other'}", track=words.say(f"tracks.{track}")),
        columns=columns,
        groups=tuple(_group(document, words, mode, axis) for mode in modes),
        notes=(words.say("clinical.modes.note"),),
    )


def _group(document: Document, words: Words, mode: Mode, axis: Axis) -> Group:
    title = words.say(
        "clinical.modes.group",
        mode=mode_name(document, words, mode.metric, mode.id),
        metric=metric_text(document, mode.metric),
    )
    names = {system.id: system.name for system in document.study.systems}
    return Group(title, tuple(_row(words, mode, row, (names[row.system_id], axis)) for row in mode.rows))


def _row(words: Words, mode: Mode, row: FailureMode, drawn: tuple[str, Axis]) -> Row:
    name, axis = drawn
    limits = None if row.lower is None or row.upper is None else (row.lower, row.upper)
    target = filter_link(system=row.system_id, metric=mode.metric, mode=mode.id)
    nothing = Cell(words.say("clinical.script.none"), muted=True)
    text, span = rate_text(words, row)
    repeated = words.say("clinical.modes.of", k=numbers.count(row.n_repeated or 0), n=numbers.count(row.n_repeats or 0))
    return Row(
        (
            Cell(name, target=target if row.n_events or row.n_open else ""),
            Cell(numbers.count_of(row.n_events or 0, row.n_items or 0)),
            Cell(text, lines=(span,) if span else (), muted=row.value is None),
            Cell(bar=interval_bar(axis, row.value, interval=limits)),
            harm_cell(words, row.worst_harm, row.worst_harm_from) if row.n_events else nothing,
            Cell(repeated) if row.n_repeats else Cell(words.say("clinical.modes.none_repeated"), muted=True),
            Cell(numbers.count(row.n_open or 0)),
            Cell(lines=tuple(_levels(words, mode, row))) if row.n_events else nothing,
            _exemplar(mode, row) or nothing,
        )
    )


def _levels(words: Words, mode: Mode, row: FailureMode) -> Iterator[str]:
    """The subgroups in which it occurs, the highest rate first."""
    mine = [part for part in mode.parts if part.system_id == row.system_id and part.n_events]
    for part in sorted(mine, key=lambda part: (-(part.value or 0.0), part.stratum, part.stratum_level))[:MOST_LEVELS]:
        failing = numbers.count_of(part.n_events or 0, part.n_items or 0)
        level = f"{part.stratum}: {part.stratum_level}"
        yield words.say("clinical.modes.in_level", level=level.replace("_", " "), failing=failing)
    if not mine:
        yield words.say("clinical.modes.no_group")


def _exemplar(mode: Mode, row: FailureMode) -> Cell | None:
    if row.exemplar_item is None or row.exemplar_sample is None:
        return None
    found = {"system_id": row.system_id, "item_id": row.exemplar_item, "sample": row.exemplar_sample}
    return Cell(row.exemplar_item, target=link_to({**found, "metric_id": mode.metric}))


def _never(document: Document, words: Words, modes: list[Mode], track: Track) -> Iterator[Table]:
    """What the rubric names and nobody saw, with the rate that it could have all the same."""
    assessed = [mode for mode in modes if any(row.n_items for row in mode.rows)]
    if not assessed:
        return
    yield Table(
        anchor=f"modes-{track.value}-never",
        caption=words.say("clinical.modes.never", track=words.say(f"tracks.{track}")),
        columns=(
            Column(words.say("clinical.columns.mode"), head=True, wide=True),
            Column(words.say("clinical.columns.metric"), wide=True),
            *(Column(system.name, "number") for system in document.study.systems),
        ),
        rows=tuple(
            Row(
                (
                    Cell(mode_name(document, words, mode.metric, mode.id)),
                    Cell(metric_text(document, mode.metric)),
                    *(_upper(words, row) for row in mode.rows),
                )
            )
            for mode in assessed
        ),
        notes=(words.say("clinical.modes.never_note"),),
    )


def _upper(words: Words, row: FailureMode) -> Cell:
    counted = Cell(numbers.count_of(row.n_events or 0, row.n_items or 0))
    if row.upper is None:
        return counted
    upper = numbers.percent(row.upper, n=row.n_items)
    return replace(counted, lines=(words.say("clinical.modes.upper", upper=upper),))
