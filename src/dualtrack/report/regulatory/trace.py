"""From failure to hazard to control and back, deviations, claims, and what this report does not cover.

May import the dossier, ``render`` and report. Rows without a partner are listed in both directions, since a hazard that
no metric looks for, and a failure that no hazard names, are what a reviewer asks for first.
"""

from collections.abc import Iterator, Mapping

from dualtrack.records.dossier import Claim, Dossier, Hazard
from dualtrack.render import Cell, Section, numbers
from dualtrack.report.document import Document
from dualtrack.report.figures import estimate_text
from dualtrack.report.gates import gate_name
from dualtrack.report.sheet import PRIMARY
from dualtrack.report.stated import columns_of, facts_of, missing, supplied, table
from dualtrack.report.view import FACTS, TABLES, FactsView, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Fill

__all__ = ["closing_sections", "trace_section"]

OUTSIDE = ("human_factors", "security", "monitoring", "change_control", "transfer")


def trace_section(document: Document, dossier: Dossier | None, words: Words) -> Section:
    """Every hazard with its failure modes, metrics and controls; then what stands alone on either side.

    Args:
        document: the results.
        dossier: what people state.
        words: the sentences.
    """
    raised, titles = _raised(document), document.mode_titles
    hazards = dossier.hazards if dossier else ()
    rows = [_hazard(words, each, raised, titles) for each in hazards]
    columns = columns_of(words, "hazard*", "failure_modes*", "metrics*", "controls*", "status")
    board = table(words, "trace", columns, rows)
    named = {mode for each in hazards for mode in each.failure_modes}
    alone = [
        (_mode(titles, mode), Cell(", ".join(metrics)), Cell(words.say("trace.no_hazard")))
        for mode, metrics in raised.items()
        if mode not in named
    ]
    idle = [
        (_mode(titles, mode), Cell(each.title), Cell(words.say("trace.no_metric")))
        for each in hazards
        for mode in each.failure_modes
        if mode not in raised
    ]
    orphans = table(words, "orphans", columns_of(words, "failure_mode", "named_by*", "missing"), [*alone, *idle])
    view = TablesView(words.say("trace.lead"), (board, orphans) if alone or idle else (board,))
    return Section("trace", words.say("sections.trace"), TABLES, view)


def closing_sections(document: Document, dossier: Dossier | None, words: Words) -> Iterator[Section]:
    """Deviations, claims, and what is outside of this report.

    Args:
        document: the results.
        dossier: what people state.
        words: the sentences.

    Yields:
        The sections, in order.
    """
    rows = [
        (
            Cell(each.planned),
            Cell(each.done),
            Cell(words.say(f"trace.sizes.{each.size}")),
            Cell(each.effect),
            Cell(each.by, lines=(numbers.day(each.date),)),
        )
        for each in (dossier.deviations if dossier else ())
    ]
    board = table(words, "deviations", columns_of(words, "planned*", "done*", "size", "effect*", "who"), rows)
    yield Section(
        "deviations", words.say("sections.deviations"), TABLES, TablesView(words.say("trace.deviations_lead"), (board,))
    )
    claims = [
        _claim(document, words, system, claim)
        for system, facts in (dossier.systems.items() if dossier else ())
        for claim in facts.claims
    ]
    register = table(
        words,
        "claims",
        columns_of(words, "system", "claim*", "rests_on*", "said_by", "tester", "version", "date"),
        claims,
    )
    yield Section(
        "claims", words.say("sections.claims"), TABLES, TablesView(words.say("trace.claims_lead"), (register,))
    )
    yield Section(
        "not-covered",
        words.say("sections.not_covered"),
        FACTS,
        FactsView(facts_of(words, dossier, OUTSIDE, group="stated.topics")),
    )


def _raised(document: Document) -> dict[str, list[str]]:
    """Per failure mode the titles of the metrics in scope that raise it."""
    raised: dict[str, list[str]] = {}
    for metric in document.metrics:
        if metric.in_scope:
            for mode in metric.failure_modes:
                raised.setdefault(mode.id, []).append(metric.title)
    return raised


def _mode(titles: Mapping[str, str], mode: str) -> Cell:
    """A way to fail under its title, with the id by which files name it."""
    title = titles.get(mode, mode)
    return Cell(title, lines=(mode,) if title != mode else ())


def _hazard(words: Words, hazard: Hazard, raised: dict[str, list[str]], titles: Mapping[str, str]) -> tuple[Cell, ...]:
    metrics = dict.fromkeys(title for mode in hazard.failure_modes for title in raised.get(mode, ()))
    controls = tuple(
        words.say(
            "trace.control",
            text=each.text,
            verified=words.say("trace.verified" if each.verified else "trace.not_verified"),
            evidence=each.evidence or words.say("stated.missing"),
        )
        for each in hazard.controls
    )
    alone = (words.say("trace.information_alone"),) if hazard.controlled_by_information_alone else ()
    return (
        Cell(hazard.title, lines=(hazard.id,)),
        supplied(words, "; ".join(titles.get(each, each) for each in hazard.failure_modes) or None),
        Cell(", ".join(metrics)) if metrics else Cell(words.say("trace.no_metric"), muted=True),
        Cell(lines=(*controls, *alone)) if controls else missing(words),
        Cell(words.say(f"trace.status.{hazard.status}")),
    )


def _claim(document: Document, words: Words, system: str, claim: Claim) -> tuple[Cell, ...]:
    name = next(each.name for each in document.study.systems if each.id == system)
    limits = words.say("trace.limits", text=claim.limits or words.say("stated.missing"))
    left_out = words.say("trace.left_out", text=claim.left_out or words.say("stated.missing"))
    rests_on = tuple(_result(document, words, system, each) for each in claim.rests_on)
    return (
        Cell(name),
        Cell(claim.text, lines=(limits, left_out)),
        Cell(lines=rests_on) if rests_on else missing(words),
        Cell(words.say(f"trace.said_by.{claim.said_by}")),
        Cell(claim.tester),
        supplied(words, claim.version),
        Cell(numbers.day(claim.date)),
    )


def _result(document: Document, words: Words, system: str, named: str) -> str:
    """What this study found where a claim says that it rests: a state of a gate or a track, or a number."""
    name = _named(document, words, named)
    states = {(row.gate_id, row.system_id): row.state for row in document.gates}
    states |= {(row.track, row.system_id): row.state for row in document.verdicts}
    state = states.get((named, system))
    if state is not None:
        return words.say("trace.result", name=name, found=words.say(f"states.{state}.word"))
    shown = {metric.id: metric.quantity.show for metric in document.metrics}
    main = (named, system, shown.get(named), "", PRIMARY, Fill.observed)
    for row in document.estimates:
        if (row.subject_id, row.system_id, row.show, row.stratum, row.basis, row.missing) == main:
            return words.say("trace.result", name=name, found=estimate_text(words, row))
    return words.say("trace.no_result", name=name)


def _named(document: Document, words: Words, named: str) -> str:
    """A track, a gate or a metric in words; what the study does not know stays as the claim wrote it."""
    titles = {each.id: each.title for each in document.metrics}
    if any(row.track == named for row in document.verdicts):
        return words.say("disputes.kinds.verdict", track=words.say(f"tracks.{named}"))
    metric, _, gate = named.partition(".")
    if gate and metric in titles:
        return gate_name(document, words, named)
    return titles.get(named, named)
