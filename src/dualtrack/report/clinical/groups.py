"""High-risk groups beside all cases, on every metric of safety. May import terms, ``render`` and report."""

from collections.abc import Iterator, Mapping

from dualtrack.render import Cell, Column, Group, Row, Section, Table, numbers
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document, Metric
from dualtrack.report.figures import form_of, show_words
from dualtrack.report.rows import Estimate
from dualtrack.report.words import Words
from dualtrack.terms import Fill, Track

__all__ = ["groups_section"]

Found = Mapping[tuple[str, str, str, str], Estimate]
Level = tuple[str, str]


def groups_section(document: Document, words: Words) -> Section:
    """The groups that the study calls high risk.

    Args:
        document: the results.
        words: the sentences.
    """
    stated = document.risk.high_risk if document.risk is not None else ()
    high = [(name.removeprefix("strata."), levels) for name, levels in stated]
    wanted = ("metric", "primary", Fill.observed, Track.safety)
    found = {
        (row.subject_id, row.system_id, row.stratum, row.stratum_level): row
        for row in document.estimates
        if (row.subject, row.basis, row.missing, row.track) == wanted and row.show in _shows(document, row.subject_id)
    }
    reported = {stratum for _, _, stratum, _ in found}
    groups = tuple(_groups(document, words, found, [(name, level) for name, levels in high for level in levels]))
    view = SaidView(
        quiet="" if groups else words.say("clinical.groups.no_rows" if high else "clinical.groups.none"),
        lead=words.say("clinical.groups.lead") if groups else "",
        tables=(_table(document, words, groups),) if groups else (),
        notes=tuple(
            words.say("clinical.groups.not_reported", stratum=name) for name, _ in high if name not in reported
        ),
    )
    return Section("groups", words.say("clinical.sections.groups"), SAID, view)


def _shows(document: Document, metric: str) -> set[str]:
    return {each.quantity.show for each in document.metrics if each.id == metric}


def _table(document: Document, words: Words, groups: tuple[Group, ...]) -> Table:
    return Table(
        anchor="high-risk",
        caption=words.say("clinical.groups.title"),
        columns=(
            Column(words.say("clinical.columns.group"), head=True),
            *(Column(system.name, "number") for system in document.study.systems),
        ),
        groups=groups,
        notes=(words.say("clinical.groups.note"),),
    )


def _groups(document: Document, words: Words, found: Found, levels: list[Level]) -> Iterator[Group]:
    systems = [system.id for system in document.study.systems]
    for metric in document.metrics:
        seen = [level for level in levels if any(_seen(found, metric, system, level) for system in systems)]
        if metric.track != Track.safety or not metric.in_scope or not seen:
            continue
        rows = [_row(document, words, found, metric=metric, level=level) for level in (("", ""), *seen)]
        shows = show_words(words, metric.quantity.show, "short")
        title = words.say("clinical.groups.caption", metric=f"{metric.code} {metric.title}", shows=shows)
        yield Group(title, tuple(rows))


def _seen(found: Found, metric: Metric, system: str, level: Level) -> bool:
    row = found.get((metric.id, system, *level))
    return row is not None and row.value is not None


def _row(document: Document, words: Words, found: Found, *, metric: Metric, level: Level) -> Row:
    stratum, name = level
    title = f"{stratum}: {name}".replace("_", " ") if stratum else words.say("clinical.columns.overall")
    cells = (_cell(words, found.get((metric.id, system.id, *level))) for system in document.study.systems)
    return Row((Cell(title), *cells))


def _cell(words: Words, row: Estimate | None) -> Cell:
    if row is None or row.value is None:
        return Cell(words.say("metrics.not_computed"), muted=True)
    form = form_of(row.show)
    decimals = form.decimals(row.value, row.n_items)
    n = words.say("clinical.groups.n", n=numbers.count(row.n_items or 0))
    if row.lower is None or row.upper is None:
        return Cell(form.value(row.value, decimals), lines=(words.say("clinical.groups.no_interval"), n))
    return Cell(form.value(row.value, decimals), lines=(form.span(row.lower, row.upper, decimals), n))
