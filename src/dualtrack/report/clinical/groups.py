"""High-risk groups on safety: each beside all cases, with its difference from all others and the limits of that.

May import terms, ``render`` and report.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dualtrack.render import Cell, Column, Group, Row, Section, Table, numbers
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document
from dualtrack.report.figures import form_of, show_words, undefined_text
from dualtrack.report.rows import Estimate
from dualtrack.report.scores import interval_notes
from dualtrack.report.sheet import sheet_of
from dualtrack.report.words import Words
from dualtrack.terms import Fill, Reason, Track

__all__ = ["groups_section"]

Level = tuple[str, str]
Found = Mapping[tuple[str, str, str, str, str], Estimate]
DIFFERENCE, RISK = "high_risk_difference", "high_risk"
WHOLE, TOGETHER = ("", ""), (RISK, RISK)
SCORE = "score"


@dataclass(frozen=True, slots=True)
class _Groups:
    """What the rows share; ``found`` has metric or track, system, what is shown, stratum and level as its key."""

    document: Document
    words: Words
    found: Found
    levels: tuple[Level, ...]

    def row(self, subject: str, system: str, show: str, level: Level) -> Estimate | None:
        """One estimate; the difference of all high-risk cases together stands under no level."""
        at = (RISK, "") if show == DIFFERENCE and level == TOGETHER else level
        return self.found.get((subject, system, show, *at))


def groups_section(document: Document, words: Words) -> Section:
    """The groups that the study calls high risk.

    Args:
        document: the results.
        words: the sentences.
    """
    stated = document.risk.high_risk if document.risk is not None else ()
    high = [(name.removeprefix("strata."), levels) for name, levels in stated]
    found = {
        (row.subject_id, row.system_id, row.show, row.stratum, row.stratum_level): row
        for row in document.estimates
        if (row.basis, row.missing, row.track) == ("primary", Fill.observed, Track.safety)
    }
    levels = tuple((name, level) for name, levels in high for level in levels)
    shared = _Groups(document, words, found, levels)
    reported = {stratum for *_, stratum, _ in found}
    groups = tuple(_drawn(shared))
    view = SaidView(
        quiet="" if groups else words.say("clinical.groups.no_rows" if high else "clinical.groups.none"),
        lead=words.say("clinical.groups.lead") if groups else "",
        tables=(_table(shared, groups),) if groups else (),
        notes=tuple(
            words.say("clinical.groups.not_reported", stratum=name) for name, _ in high if name not in reported
        ),
    )
    return Section("groups", words.say("clinical.sections.groups"), SAID, view)


def _table(shared: _Groups, groups: tuple[Group, ...]) -> Table:
    words, document = shared.words, shared.document
    confidence = numbers.exact_percent(document.run.confidence)
    places = {WHOLE, TOGETHER, (RISK, ""), *shared.levels}
    shows = {SCORE, DIFFERENCE, *(metric.quantity.show for metric in document.metrics)}
    drawn = [row for (*_, show, name, level), row in shared.found.items() if (name, level) in places and show in shows]
    return Table(
        anchor="high-risk",
        caption=words.say("clinical.groups.title", confidence=confidence),
        columns=(
            Column(words.say("clinical.columns.group"), head=True),
            *(Column(system.name, "number", wide=True) for system in document.study.systems),
        ),
        groups=groups,
        notes=(
            words.say("clinical.groups.note"),
            *_no_limits(words, drawn),
            *interval_notes(sheet_of(document, Track.safety), words, drawn),
        ),
    )


def _drawn(shared: _Groups) -> Iterator[Group]:
    """The score of the track first, then every metric of safety that has a number in a high-risk group."""
    words = shared.words
    subjects = [(Track.safety.value, SCORE, words.say("clinical.groups.track"))]
    for metric in shared.document.metrics:
        if metric.track == Track.safety and metric.in_scope:
            show = metric.quantity.show
            shows = show_words(words, show, "short")
            caption = words.say("clinical.groups.caption", metric=f"{metric.code} {metric.title}", shows=shows)
            subjects.append((metric.id, show, caption))
    systems = [system.id for system in shared.document.study.systems]
    for subject, show, title in subjects:
        seen = [
            level
            for level in shared.levels
            if any(_known(shared.row(subject, system, show, level)) for system in systems)
        ]
        if seen:
            together = any(shared.row(subject, system, show, TOGETHER) is not None for system in systems)
            rows = (WHOLE, *([TOGETHER] if together else []), *seen)
            yield Group(title, tuple(_row(shared, subject, show, level) for level in rows))


def _known(row: Estimate | None) -> bool:
    return row is not None and row.value is not None


def _row(shared: _Groups, subject: str, show: str, level: Level) -> Row:
    words = shared.words
    stratum, name = level
    own = {WHOLE: "clinical.columns.overall", TOGETHER: "clinical.groups.together"}
    title = words.say(own[level]) if level in own else f"{stratum}: {name}".replace("_", " ")
    return Row(
        (
            Cell(title),
            *(_cell(shared, subject, show, level, system=system.id) for system in shared.document.study.systems),
        )
    )


def _cell(shared: _Groups, subject: str, show: str, level: Level, *, system: str) -> Cell:
    words, row = shared.words, shared.row(subject, system, show, level)
    if row is None:
        return Cell(words.say("metrics.not_computed"), muted=True)
    difference = () if level == WHOLE else (_difference(shared, subject, level, system=system),)
    if row.value is None:
        return Cell(undefined_text(words, row.reason), lines=difference if row.n_items else (), muted=True)
    return Cell(_with_limits(words, row), lines=(_cases(words, row), *difference))


def _with_limits(words: Words, row: Estimate) -> str:
    """A value with its limits; why some have none stands under the table, once for all of them."""
    form, value = form_of(row.show), row.value or 0.0
    decimals = form.decimals(value, row.n_items)
    limits = words.say("clinical.groups.no_limits")
    if row.lower is not None and row.upper is not None:
        limits = form.span(row.lower, row.upper, decimals)
    return words.say("metrics.estimate", value=form.value(value, decimals), interval=limits)


def _cases(words: Words, row: Estimate) -> str:
    if row.n_events is None or row.n_items is None:
        return words.say("clinical.groups.n", n=numbers.count(row.n_items or 0))
    return words.say("clinical.groups.events", k=numbers.count(row.n_events), n=numbers.count(row.n_items))


def _difference(shared: _Groups, subject: str, level: Level, *, system: str) -> str:
    """The difference from all other cases with its limits, or why there is none."""
    words, row = shared.words, shared.row(subject, system, DIFFERENCE, level)
    if row is not None and row.value is not None:
        return words.say("clinical.groups.difference", difference=_with_limits(words, row))
    why = "metrics.not_computed" if row is None else "metrics.unknown_reason"
    if row is not None and row.reason is not None:
        one_side = row.reason == Reason.no_evidence
        why = "clinical.groups.one_side" if one_side else f"reasons.{row.reason}.short"
    return words.say("clinical.groups.no_difference", reason=words.say(why))


def _no_limits(words: Words, rows: list[Estimate]) -> Iterator[str]:
    """Why some of the numbers have no limits."""
    bare = [row for row in rows if row.value is not None and row.lower is None]
    names = dict.fromkeys(
        "metrics.unknown_reason" if row.interval_reason is None else f"reasons.{row.interval_reason}.short"
        for row in bare
    )
    if names:
        yield words.say("clinical.groups.limits_note", reasons="; ".join(words.say(name) for name in names))
