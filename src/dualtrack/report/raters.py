"""The clinicians who rated: severity, drift, steadiness, time, planted answers. Pseudonyms only, and no professions.

May import terms, ``render`` and report. A small panel is known to its readers, so nothing stands here that would name
anybody: no profession, no years, no specialty.
"""

from collections.abc import Iterator, Mapping

from dualtrack.render import (
    Axis,
    Bar,
    Cell,
    Column,
    Row,
    Section,
    Table,
    anchor,
    axis_over,
    interval_bar,
    listed,
    numbers,
)
from dualtrack.report.document import Metric, Scale
from dualtrack.report.rows import RaterEffect
from dualtrack.report.sheet import Sheet
from dualtrack.report.small_panels import FEWEST_SHOWN, grouped_raters
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["raters_section"]

EVERYBODY = ""
POSITION = "position"
FIRST_RATINGS = "first_ratings"
FARTHEST = 6.0
"""Log-odds beyond which a plot does not go: 400 times the odds."""
Effects = Mapping[tuple[str, str, str, str], RaterEffect]
"""Rows of one scale by metric, rater, system and what they show."""


def raters_section(sheet: Sheet, words: Words) -> Section | None:
    """Each rater of the scales of a track; None where nothing is known of any.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    tables: list[Table] = []
    for scale_id, scale in sorted(sheet.scales.items()):
        effects = {
            (row.metric_id, row.rater_id, row.system_id, row.show): row
            for row in sheet.rater_effects
            if row.scale_id == scale_id
        }
        if effects and _in_scope(sheet, scale_id):
            hidden = grouped_raters(effects.values())
            effects = {key: row for key, row in effects.items() if row.rater_id not in hidden}
            tables += _raters(sheet, words, scale, effects, first=not tables, n_grouped=len(hidden))
            tables += _controls(sheet, words, effects)
            tables += _averages(sheet, words, scale, effects)
    if not tables:
        return None
    lead = f"{words.say('raters.lead')} {_reach(sheet, words)}"
    return Section("raters", words.say("sections.raters"), TABLES, TablesView(lead, tuple(tables)))


def _in_scope(sheet: Sheet, scale_id: str) -> bool:
    return any(metric.scale == scale_id for metric in sheet.scoped)


def _reach(sheet: Sheet, words: Words) -> str:
    """Whether any number of the track holds for more than this panel."""
    wider = [metric.title for metric in sheet.scoped if _holds_for_others(sheet, metric)]
    return words.say("raters.other_raters", metrics=listed(tuple(wider))) if wider else words.say("raters.this_panel")


def _holds_for_others(sheet: Sheet, metric: Metric) -> bool:
    show = metric.quantity.show
    rows = (sheet.estimate(metric.id, system, show, basis=FIRST_RATINGS) for system in sheet.study.systems)
    return any(row is not None and row.lower is not None for row in rows)


def _raters(
    sheet: Sheet, words: Words, scale: Scale, effects: Effects, *, first: bool, n_grouped: int
) -> Iterator[Table]:
    names = sorted({rater for metric, rater, _, _ in effects if rater and not metric})
    if not names and not n_grouped:
        return
    confidence = numbers.exact_percent(sheet.run.confidence)
    drawn = [row for row in effects.values() if row.show == "severity" and row.value is not None]
    ends = [0.0, *(each for row in drawn for each in (row.value, row.lower, row.upper) if each is not None)]
    axis = axis_over(ends, lambda place: numbers.plain(place, decimals=2), within=(-FARTHEST, FARTHEST))
    panels = {row.panel for row in effects.values() if row.panel is not None}
    known = tuple(name for name, show in _COLUMNS.items() if _known(effects, show, n_grouped))
    columns = (
        Column(words.say("raters.rater"), head=True),
        Column(words.say("raters.severity", confidence=confidence), "number"),
        Column(words.say("raters.plot"), "plot", axis=axis),
        *(Column(words.say(f"raters.{name}"), "number") for name in known),
    )
    rows = [_rater(words, effects, rater, axis, known=known, several=len(panels) > 1) for rater in names]
    rows += [_grouped(words, n_grouped, len(known))] if n_grouped else []
    together = _together(words, effects, known)
    yield Table(
        anchor=anchor("raters", scale.id),
        caption=words.say("raters.caption", title=scale.title),
        columns=columns,
        rows=(*rows, *([together] if together is not None else [])),
        notes=(
            *(_explained(words, several=len(panels) > 1) if first else ()),
            *([words.say("raters.grouped_note", fewest=numbers.count(FEWEST_SHOWN))] if n_grouped else []),
            *_notes(words, effects, known=known),
        ),
    )


_COLUMNS = {
    "drift": "drift",
    "again": "self_agreement",
    "time": "seconds_median",
    "cannot_judge": "cannot_judge_share",
    "likely": "latent_agreement",
}
"""Columns that stand where a study recorded what they need, and what each shows."""


def _known(effects: Effects, show: str, n_grouped: int) -> bool:
    """Whether it is known of anybody who has a row, or of all together where some have none."""
    rows = (row for row in effects.values() if row.show == show and row.value is not None)
    return any(row.rater_id or n_grouped for row in rows)


def _rater(words: Words, effects: Effects, rater: str, axis: Axis, *, known: tuple[str, ...], several: bool) -> Row:
    severity = effects.get(("", rater, "", "severity"))
    lines = []
    if severity is not None and several and severity.panel is not None:
        lines.append(words.say("raters.panel", panel=numbers.count(severity.panel)))
    if severity is not None and severity.kind == POSITION:
        lines.append(words.say("raters.position"))
    cells = (_cell(words, effects, rater, name) for name in known)
    return Row((Cell(rater, lines=tuple(lines)), _odds(words, severity), Cell(bar=_bar(severity, axis)), *cells))


def _cell(words: Words, effects: Effects, rater: str, name: str) -> Cell:
    row = effects.get(("", rater, "", _COLUMNS[name]))
    if name == "drift":
        return _drift(words, row)
    if name == "time":
        return _time(words, row, effects.get(("", rater, "", "speeding_share")))
    return _share(words, row)


def _grouped(words: Words, n: int, n_known: int) -> Row:
    """One row in place of those of a panel too small for a row each."""
    nothing = Cell(words.say("raters.not_one_by_one"), muted=True)
    return Row(
        (
            Cell(words.say("raters.grouped", n=numbers.count(n), fewest=numbers.count(FEWEST_SHOWN))),
            nothing,
            Cell(),
            *[nothing] * n_known,
        )
    )


def _together(words: Words, effects: Effects, known: tuple[str, ...]) -> Row | None:
    """The row of all raters, where a time or an answer that could not be judged is known."""
    if not {"time", "cannot_judge"} & set(known):
        return None
    nothing = Cell(words.say("raters.absent"), muted=True)
    cells = (_cell(words, effects, EVERYBODY, name) for name in known)
    return Row((Cell(words.say("raters.everybody")), nothing, Cell(), *cells))


def _bar(row: RaterEffect | None, axis: Axis) -> Bar:
    if row is None or row.value is None:
        return interval_bar(axis, None)
    interval = None if row.lower is None or row.upper is None else (row.lower, row.upper)
    return interval_bar(axis, row.value, interval=interval, zero=0.0)


def _undefined(words: Words, row: RaterEffect | None) -> Cell:
    if row is None:
        return Cell(words.say("raters.absent"), muted=True)
    return Cell(words.say(f"reasons.{row.reason or 'no_evidence'}.short"), muted=True)


def _odds(words: Words, row: RaterEffect | None) -> Cell:
    """Log-odds, with two decimals."""
    if row is None or row.value is None:
        return _undefined(words, row)
    value = numbers.plain(row.value, decimals=2)
    if row.lower is None or row.upper is None:
        reason = words.say(f"reasons.{row.interval_reason or 'no_evidence'}.short")
        interval = words.say("metrics.no_interval", reason=reason)
    else:
        interval = numbers.plain_span(row.lower, row.upper, decimals=2)
    return Cell(words.say("metrics.estimate", value=value, interval=interval), lines=_counted(words, row))


def _drift(words: Words, row: RaterEffect | None) -> Cell:
    cell = _odds(words, row)
    if row is None or row.value is None or row.compared is None:
        return cell
    return Cell(cell.text, lines=(words.say(f"raters.compared.{row.compared}"), *cell.lines))


def _share(words: Words, row: RaterEffect | None) -> Cell:
    if row is None or row.value is None:
        return _undefined(words, row)
    decimals = numbers.percent_decimals(row.value, row.n)
    text = numbers.percent(row.value, decimals=decimals)
    if row.lower is not None and row.upper is not None:
        span = numbers.percent_span(row.lower, row.upper, decimals=decimals)
        text = words.say("metrics.estimate", value=text, interval=span)
    return Cell(text, lines=_counted(words, row))


def _counted(words: Words, row: RaterEffect) -> tuple[str, ...]:
    return () if row.n is None else (words.say("raters.counted", n=numbers.count(row.n)),)


def _time(words: Words, median: RaterEffect | None, fast: RaterEffect | None) -> Cell:
    if median is None or median.value is None:
        return _undefined(words, median)
    lines: tuple[str, ...] = ()
    if fast is not None and fast.value is not None:
        lines = (words.say("raters.fast", share=numbers.percent(fast.value, n=fast.n)),)
    return Cell(words.say("raters.seconds", seconds=numbers.plain(median.value, decimals=0)), lines=lines)


def _explained(words: Words, *, several: bool) -> Iterator[str]:
    """What severity is, under the first table alone."""
    yield words.say("raters.severity_note")
    if several:
        yield words.say("raters.panels_note")


def _notes(words: Words, effects: Effects, *, known: tuple[str, ...]) -> Iterator[str]:
    absent = tuple(words.say(f"raters.absent_names.{name}") for name in _COLUMNS if name not in known)
    shown = {show for (_, rater, _, show), row in effects.items() if rater and row.value is not None}
    if "self_agreement" in shown:
        yield words.say("raters.again_note")
    if "speeding_share" in shown:
        yield words.say("raters.fast_note")
    for show, note in (("discordant_share", "discordant_note"), ("unsettled_share", "unsettled_note")):
        row = effects.get(("", EVERYBODY, "", show))
        if row is not None and row.value and row.n:
            yield words.say(f"raters.{note}", share=numbers.percent(row.value, n=row.n), n=numbers.count(row.n))
    if absent:
        yield words.say("raters.absent_note", what=listed(absent))
    methods = sorted({row.method for row in effects.values() if row.rater_id and row.method is not None})
    if methods:
        named = "; ".join(words.word("methods", method, method=method) for method in methods)
        yield words.say("raters.method_note", methods=named)


def _controls(sheet: Sheet, words: Words, effects: Effects) -> Iterator[Table]:
    """What was found of planted answers, for each metric that they speak to."""
    confidence = numbers.exact_percent(sheet.run.confidence)
    for metric in sheet.scoped:
        names = sorted({rater for of, rater, _, _ in effects if of == metric.id and metric.id})
        if not names:
            continue
        rows = [
            Row(
                (
                    Cell(name or words.say("raters.everybody")),
                    _share(words, effects.get((metric.id, name, "", "control_detection"))),
                    _share(words, effects.get((metric.id, name, "", "control_false_alarm"))),
                )
            )
            for name in names
        ]
        yield Table(
            anchor=anchor("controls", metric.id),
            caption=words.say("raters.controls_caption", title=metric.title),
            columns=(
                Column(words.say("raters.rater"), head=True),
                Column(words.say("raters.found", confidence=confidence), "number"),
                Column(words.say("raters.alarms", confidence=confidence), "number"),
            ),
            rows=tuple(rows),
            notes=(words.say("raters.controls_note"),),
        )


def _averages(sheet: Sheet, words: Words, scale: Scale, effects: Effects) -> Iterator[Table]:
    """Means as they are and at mean severity, where severity could be estimated."""
    of = {
        show: [effects.get(("", EVERYBODY, system.id, show)) for system in sheet.study.systems]
        for show in ("raw_average", "fair_average")
    }
    if not any(fair is not None and fair.value is not None for fair in of["fair_average"]):
        return
    rows = [
        Row((Cell(system.name), _index(words, raw), _index(words, fair)))
        for system, raw, fair in zip(sheet.study.systems, of["raw_average"], of["fair_average"], strict=True)
    ]
    confidence = numbers.exact_percent(sheet.run.confidence)
    yield Table(
        anchor=anchor("averages", scale.id),
        caption=words.say("raters.averages_caption", title=scale.title),
        columns=(
            Column(words.say("columns.system"), head=True),
            Column(words.say("raters.raw"), "number"),
            Column(words.say("raters.fair", confidence=confidence), "number"),
        ),
        rows=tuple(rows),
        notes=(words.say("raters.averages_note"),),
    )


def _index(words: Words, row: RaterEffect | None) -> Cell:
    """A mean of mapped levels, with its interval where it has one."""
    if row is None or row.value is None:
        return _undefined(words, row)
    text = numbers.index(row.value)
    if row.lower is not None and row.upper is not None:
        text = words.say("metrics.estimate", value=text, interval=numbers.index_span(row.lower, row.upper))
    return Cell(text, lines=_counted(words, row))
