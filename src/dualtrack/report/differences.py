"""Differences between systems: the baseline first, over all planned cases, with what both have beside.

May import terms, ``render`` and report.
"""

from collections.abc import Iterator

from dualtrack.render import Column, Group, Section, Table, numbers
from dualtrack.report.difference_cells import Shown, axis_of_differences
from dualtrack.report.rows import Comparison
from dualtrack.report.sheet import Sheet
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Role

__all__ = ["comparisons_section"]

ALPHA = 0.05
COMMON, RANKED = "common", "hodges_lehmann"


def comparisons_section(sheet: Sheet, words: Words) -> Section | None:
    """Differences in the score of the track, then in each metric; None where the results hold none.

    Args:
        sheet: what the page may see.
        words: the sentences.
    """
    if not sheet.comparisons:
        return None
    rows = sorted(sheet.comparisons, key=lambda row: not row.against_baseline)
    planned = [row for row in rows if row.basis != COMMON]
    main = [row for row in planned if not row.stratum and row.estimator != RANKED]
    pairs = [row for row in main if row.comparison_kind != "group"]
    groups = [row for row in main if row.comparison_kind == "group"]
    common = {_key(row): row for row in rows if row.basis == COMMON}
    tables = [
        _table(sheet, words, pairs, common, name="differences"),
        _table(sheet, words, groups, common, name="groups"),
        _table(sheet, words, [row for row in planned if row.estimator == RANKED], common, name="ranked"),
        _table(sheet, words, [row for row in planned if row.stratum], {}, name="strata"),
    ]
    lead = " ".join(_lead(sheet, words, pairs))
    view = TablesView(lead, tuple(table for table in tables if table is not None))
    return Section("comparisons", _claim(sheet, words, pairs), TABLES, view)


def _key(row: Comparison) -> tuple[str, ...]:
    return row.subject_id, row.system_a, row.system_b, row.show, row.comparison_kind, row.stratum, row.stratum_level


def _claim(sheet: Sheet, words: Words, pairs: list[Comparison]) -> str:
    """What the differences in the score of the track come to."""
    if all(row.value is None for row in pairs):
        return words.say("comparisons.claims.none")
    tested = [row for row in pairs if row.subject_id == sheet.track and row.p_adjusted is not None]
    if not tested:
        return words.say("comparisons.claims.untested")
    n = sum(row.p_adjusted is not None and row.p_adjusted <= ALPHA for row in tested)
    if not n:
        return words.say("comparisons.claims.alike")
    if len(tested) == 1:
        return words.say("comparisons.claims.differ_one")
    return words.say("comparisons.claims.differ", n=numbers.numeral(n), all=numbers.numeral(len(tested)))


def _lead(sheet: Sheet, words: Words, pairs: list[Comparison]) -> Iterator[str]:
    yield words.say("comparisons.lead")
    exploratory = all(row.role == Role.exploratory for row in sheet.comparisons)
    yield words.say("comparisons.exploratory" if exploratory else "comparisons.confirmatory")
    baseline = sheet.study.baseline
    if baseline is None:
        yield words.say("comparisons.no_baseline")
    else:
        yield words.say("comparisons.baseline", name=sheet.system_name(baseline))
    if all(row.margin is None for row in pairs):
        yield words.say("comparisons.no_margins")
    of_track = [row.assay for row in pairs if row.subject_id == sheet.track and row.assay is not None]
    if of_track:
        yield words.say(f"comparisons.assay.{of_track[0]}")


def _table(
    sheet: Sheet, words: Words, rows: list[Comparison], common: dict[tuple[str, ...], Comparison], *, name: str
) -> Table | None:
    if not rows:
        return None
    axis = axis_of_differences(rows)
    has_common = bool(common)
    tested = any(row.p is not None for row in rows)
    judged = name == "differences" and any(row.margin is not None for row in rows)
    shown = Shown(sheet, words, axis, common=has_common, tested=tested, judged=judged)
    groups = tuple(
        Group(title, tuple(shown.row(row, common.get(_key(row))) for row in chosen))
        for title, chosen in _grouped(sheet, words, rows)
    )
    columns = (
        Column(words.say("columns.pair"), head=True),
        Column(words.say("columns.difference", confidence=numbers.exact_percent(sheet.run.confidence)), "number"),
        *([Column(words.say("columns.plot"), "plot", axis=axis)] if axis else []),
        Column(words.say("columns.cases_compared"), "number"),
        *([Column(words.say("columns.on_common"), "number")] if has_common else []),
        *([Column(words.say("columns.p"), "number")] if tested else []),
        *([Column(words.say("columns.decision"), wide=True)] if judged else []),
    )
    return Table(
        anchor="differences-table" if name == "differences" else f"differences-{name}-table",
        caption=words.say("comparisons.caption" if name == "differences" else f"comparisons.{name}_caption"),
        columns=columns,
        groups=groups,
        notes=(
            *([words.say(f"comparisons.{name}_note")] if words.known("comparisons", f"{name}_note") else []),
            *_methods(sheet, words, rows),
        ),
    )


def _grouped(sheet: Sheet, words: Words, rows: list[Comparison]) -> Iterator[tuple[str, list[Comparison]]]:
    """Rows under their subject, the track first; of the strata under their level."""
    titles = {sheet.track.value: words.say("comparisons.track")} | {each.id: each.title for each in sheet.scoped}
    for subject, title in titles.items():
        mine = [row for row in rows if row.subject_id == subject]
        for stratum, level in dict.fromkeys((row.stratum, row.stratum_level) for row in mine):
            chosen = [row for row in mine if (row.stratum, row.stratum_level) == (stratum, level)]
            name = words.say("gates.part", stratum=stratum, level=level) if stratum else title
            roles = ", ".join(words.say(f"roles.{role}") for role in dict.fromkeys(row.role for row in chosen))
            yield words.say("comparisons.group", title=name, roles=roles), chosen


def _methods(sheet: Sheet, words: Words, rows: list[Comparison]) -> Iterator[str]:
    methods = dict.fromkeys(row.method for row in rows if row.lower is not None and row.method is not None)
    resamples = numbers.count(sheet.run.resamples)
    texts = [words.word("methods", method, method=method, resamples=resamples) for method in methods]
    confidence = numbers.exact_percent(sheet.run.confidence)
    if texts:
        yield words.say("metrics.interval_note", confidence=confidence, methods="; ".join(texts))
    for how in dict.fromkeys(row.adjustment for row in rows if row.adjustment is not None):
        yield words.say(f"comparisons.adjustments.{how}")
