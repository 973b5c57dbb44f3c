"""Subgroups of the cases: every stratum with its worst level named, high-risk cases, and where the tasks come from.

May import terms, ``render`` and report. Small subgroups are shown with all others.
"""

from dualtrack.render import Cell, Column, Group, Row, Section, Table, anchor, listed, numbers
from dualtrack.report.document import Metric, System
from dualtrack.report.figures import estimate_text, form_of, show_words, undefined_text, value_cell
from dualtrack.report.rows import Estimate
from dualtrack.report.scores import interval_notes
from dualtrack.report.sheet import Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words

__all__ = ["risk_section", "sources_of_tasks_section", "strata_section"]

SOURCE, RISK, OTHER = "task_source", "high_risk", "other"
DIFFERENCE, SHRUNKEN, PLACE, SHARE = "high_risk_difference", "shrunken", "worst_first", "share_of_cells"
LOWER_IS_BETTER = ("failure_rate", "brier")
MOST_NAMES = 3


def strata_section(sheet: Sheet, words: Words) -> Section | None:
    """Every metric in every subgroup that the study reports; None where it reports none.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    strata = sorted({stratum for _, _, _, stratum, _ in sheet.subgroups if stratum} - {SOURCE, RISK})
    if not strata:
        return None
    apart = any(
        _below_the_whole(sheet, metric, system, stratum)
        for stratum in strata
        for metric in sheet.scoped
        for system in sheet.study.systems
    )
    title = words.say("strata.claims.apart" if apart else "strata.claims.within")
    tables = tuple(_stratum_table(sheet, words, stratum) for stratum in strata)
    return Section("strata", title, TABLES, TablesView(words.say("strata.lead"), tables))


def risk_section(sheet: Sheet, words: Words) -> Section | None:
    """High-risk cases against the others; None where the plan names none.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    titles = {sheet.track.value: (words.say("risk.track"), "score")}
    titles |= {metric.id: (metric.title, metric.quantity.show) for metric in sheet.scoped}
    rows = {subject: _differences(sheet, subject) for subject in titles}
    if not any(rows.values()):
        return None
    known = {subject: found for subject, found in rows.items() if any(row.value is not None for row in found)}
    worse = tuple(
        titles[subject][0] for subject, found in known.items() if any(_worse(row, titles[subject][1]) for row in found)
    )
    claim = words.say("risk.claims.undecided" if known else "risk.claims.none")
    if worse:
        claim = words.say("risk.claims.worse", names=_some(words, worse))
    unknown = tuple(title for subject, (title, _) in titles.items() if rows[subject] and subject not in known)
    notes = (words.say("risk.unknown", metrics=listed(unknown)),) if unknown else ()
    tables = (_risk_table(sheet, words, {subject: titles[subject] for subject in known}, notes),) if known else ()
    lead = words.say("risk.lead") if known else " ".join((words.say("risk.lead"), *notes))
    return Section("high-risk", claim, TABLES, TablesView(lead, tables))


def sources_of_tasks_section(sheet: Sheet, words: Words) -> Section | None:
    """Which share of what was planned comes from exams, written cases or practice; None where the results say nothing.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    levels = sorted({level for _, _, show, name, level in sheet.subgroups if (show, name) == (SHARE, SOURCE)})
    if not levels:
        return None
    names = tuple(_source(words, level) for level in levels)
    claim = words.say("task_sources.claims.several", names=listed(names))
    if levels == ["unknown"]:
        claim = words.say("task_sources.claims.unknown")
    elif len(levels) == 1:
        claim = words.say("task_sources.claims.one", name=names[0])
    tables = [_shares_table(sheet, words, levels)]
    if len(levels) > 1:
        tables.append(_stratum_table(sheet, words, SOURCE))
    return Section("task-sources", claim, TABLES, TablesView(words.say("task_sources.lead"), tuple(tables)))


def _source(words: Words, level: str) -> str:
    return words.word("task_sources.names", level, name=level)


def _level_title(words: Words, stratum: str, level: str) -> str:
    return _source(words, level) if stratum == SOURCE else level


def _some(words: Words, names: tuple[str, ...]) -> str:
    return (
        listed(names) if len(names) <= MOST_NAMES else words.say("risk.and_more", names=", ".join(names[:MOST_NAMES]))
    )


def _group_title(words: Words, metric: Metric) -> str:
    return words.say("metrics.caption", title=metric.title, show=show_words(words, metric.quantity.show, "title"))


def _worst_levels(sheet: Sheet, metric: Metric, system: System, stratum: str) -> tuple[list[str], int]:
    """The levels that stand first from the worst, and how many have a place at all."""
    placed = {
        level: row.value
        for (subject, system_id, show, name, level), row in sheet.subgroups.items()
        if (subject, system_id, show, name) == (metric.id, system.id, PLACE, stratum) and row.value is not None
    }
    return sorted(level for level, place in placed.items() if place == 1), len(placed)


def _worst_cell(sheet: Sheet, words: Words, metric: Metric, system: System, *, stratum: str) -> Cell:
    worst, n = _worst_levels(sheet, metric, system, stratum)
    if n == 0:
        return Cell(words.say("strata.no_worst"), muted=True)
    if n == 1:
        return Cell(words.say("strata.one_level"), muted=True)
    if len(worst) == n:
        return Cell(words.say("strata.all_alike"), muted=True)
    return Cell(listed(tuple(_level_title(words, stratum, level) for level in worst)))


def _below_the_whole(sheet: Sheet, metric: Metric, system: System, stratum: str) -> bool:
    """Whether the worst level's interval ends below the estimate over all cases, on the scale where 1 is best."""
    show, whole = metric.quantity.show, sheet.estimate(metric.id, system, metric.quantity.show)
    worst = [
        sheet.subgroups.get((metric.id, system.id, show, stratum, level))
        for level in _worst_levels(sheet, metric, system, stratum)[0]
    ]
    limits = [row.score_upper for row in worst if row is not None and row.score_upper is not None]
    return whole is not None and whole.score is not None and any(limit < whole.score for limit in limits)


def _stratum_table(sheet: Sheet, words: Words, stratum: str) -> Table:
    """One row for every metric and system, one column for every level of the subgroup, and the worst level named."""
    levels = sorted({level for _, _, _, name, level in sheet.subgroups if name == stratum and level})
    confidence = numbers.exact_percent(sheet.run.confidence)
    groups, drawn = [], []
    planned = [metric for metric in sheet.scoped if _is_planned(sheet, metric, stratum)]
    for metric in planned:
        rows = []
        for system in sheet.study.systems:
            cells = []
            for level in levels:
                row, shrunken = (
                    sheet.subgroups.get((metric.id, system.id, show, stratum, level))
                    for show in (metric.quantity.show, SHRUNKEN)
                )
                drawn += [row] if row is not None else []
                cells.append(_stratum_cell(words, row, shrunken))
            rows.append(Row((Cell(system.name), _worst_cell(sheet, words, metric, system, stratum=stratum), *cells)))
        groups.append(Group(_group_title(words, metric), tuple(rows)))
    title = words.say("task_sources.stratum") if stratum == SOURCE else stratum
    others = tuple(metric.title for metric in sheet.scoped if metric not in planned)
    notes = (words.say("strata.not_planned", metrics=listed(others)),) if others else ()
    return Table(
        anchor=anchor("strata", stratum),
        caption=words.say("strata.caption", stratum=title, confidence=confidence),
        columns=(
            Column(words.say("columns.system"), head=True),
            Column(words.say("strata.worst")),
            *(Column(_level_title(words, stratum, level), "number") for level in levels),
        ),
        groups=tuple(groups),
        notes=(words.say("strata.shrunken_note"), *interval_notes(sheet, words, drawn), *notes),
    )


def _is_planned(sheet: Sheet, metric: Metric, stratum: str) -> bool:
    """Whether the plan asks for the metric at any level; where it does not, a row would only say so."""
    return any(
        row.n_planned != 0
        for (subject, _, show, name, _), row in sheet.subgroups.items()
        if (subject, show, name) == (metric.id, metric.quantity.show, stratum)
    )


def _stratum_cell(words: Words, row: Estimate | None, shrunken: Estimate | None) -> Cell:
    if row is None or row.value is None:
        return Cell(undefined_text(words, None if row is None else row.reason), muted=True)
    lines = () if row.n_items is None else (words.say("strata.cases", n=numbers.count(row.n_items)),)
    if shrunken is not None and shrunken.value is not None:
        form = form_of(row.show)
        value = form.value(shrunken.value, form.decimals(shrunken.value, row.n_items))
        lines = (*lines, words.say("strata.shrunken", value=value))
    return Cell(estimate_text(words, row), lines=lines)


def _differences(sheet: Sheet, subject: str) -> list[Estimate]:
    found = (sheet.subgroups.get((subject, system.id, DIFFERENCE, RISK, "")) for system in sheet.study.systems)
    return [row for row in found if row is not None]


def _worse(row: Estimate, show: str) -> bool:
    """Whether the whole interval lies on the side where high-risk cases fare worse."""
    if row.lower is None or row.upper is None:
        return False
    return row.lower > 0 if show in LOWER_IS_BETTER else row.upper < 0


def _risk_table(sheet: Sheet, words: Words, titles: dict[str, tuple[str, str]], notes: tuple[str, ...]) -> Table:
    confidence = numbers.exact_percent(sheet.run.confidence)
    groups, drawn = [], []
    for subject, (title, show) in titles.items():
        rows = []
        for system in sheet.study.systems:
            high, other, difference = (
                sheet.subgroups.get((subject, system.id, each, RISK, level))
                for each, level in ((show, RISK), (show, OTHER), (DIFFERENCE, ""))
            )
            drawn += [row for row in (high, other, difference) if row is not None]
            cells = (_stratum_cell(words, high, None), _stratum_cell(words, other, None), value_cell(words, difference))
            rows.append(Row((Cell(system.name), *cells)))
        groups.append(Group(_title(sheet, words, subject, title=title, show=show), tuple(rows)))
    return Table(
        anchor="high-risk-table",
        caption=words.say("risk.caption"),
        columns=(
            Column(words.say("columns.system"), head=True),
            Column(words.say("risk.high", confidence=confidence), "number"),
            Column(words.say("risk.other", confidence=confidence), "number"),
            Column(words.say("columns.difference", confidence=confidence), "number"),
        ),
        groups=tuple(groups),
        notes=(words.say("risk.note"), *interval_notes(sheet, words, drawn), *notes),
    )


def _title(sheet: Sheet, words: Words, subject: str, *, title: str, show: str) -> str:
    if subject == sheet.track:
        return title
    return words.say("metrics.caption", title=title, show=show_words(words, show, "title"))


def _shares_table(sheet: Sheet, words: Words, levels: list[str]) -> Table:
    rows = []
    for system in sheet.study.systems:
        found = [sheet.subgroups.get((sheet.track.value, system.id, SHARE, SOURCE, level)) for level in levels]
        rows.append(Row((Cell(system.name), *(_share_cell(words, row) for row in found))))
    return Table(
        anchor="task-sources-table",
        caption=words.say("task_sources.caption"),
        columns=(
            Column(words.say("columns.system"), head=True),
            *(Column(_source(words, level), "number") for level in levels),
        ),
        rows=tuple(rows),
        notes=(words.say("task_sources.note"),),
    )


def _share_cell(words: Words, row: Estimate | None) -> Cell:
    if row is None or row.value is None:
        return Cell(undefined_text(words, None if row is None else row.reason), muted=True)
    lines = () if row.n_items is None else (words.say("strata.cases", n=numbers.count(row.n_items)),)
    return Cell(numbers.percent(row.value, n=row.n_planned), lines=lines)
