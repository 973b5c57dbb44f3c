"""What stands before the results: document control, context of use, systems, protocol, data, reference standard.

May import the dossier, ``render`` and report. Most of it only people can state; what nobody stated is printed as such.
"""

from collections.abc import Iterator

from dualtrack.records.dossier import Dossier
from dualtrack.render import Cell, Column, Fact, Group, Row, Section, Table, numbers
from dualtrack.report.document import Document, GateRule, Metric
from dualtrack.report.gates import failing_text, rule_text
from dualtrack.report.sheet import Sheet
from dualtrack.report.stated import columns_of, facts_of, missing, supplied, table
from dualtrack.report.view import FACTS, TABLES, FactsView, TablesView
from dualtrack.report.words import Words

__all__ = ["control_section", "front_sections"]

CONTEXT = ("intended_use", "population", "workflow", "automation", "misuse", "cautions")
SYSTEM = (
    "architecture", "base_model", "prompts", "retrieval", "tools", "post_processing", "endpoint", "settings",
    "tested_is_offered", "regulatory_status",
)  # fmt: skip
PROTOCOL = ("protocol", "registration", "objectives", "sample_size", "missing_data")
DATA = ("data_sources", "inclusion", "separation", "custody", "not_represented")
REFERENCE = ("reference_standard", "raters_who", "blinding", "adjudication", "rater_training")
SIGNED = ("author", "reviewer", "owner")


def control_section(dossier: Dossier | None, words: Words) -> Section:
    """Document control, who paid, and room for signatures; the tool signs nothing.

    Args:
        dossier: what people state.
        words: the sentences.
    """
    control = dossier.control if dossier else None
    held = {
        "control_id": control.id if control else None,
        "control_version": control.version if control else None,
        "control_status": words.say(f"front.status.{control.status}") if control else None,
        "authors": "; ".join(f"{each.name}, {each.role}" for each in control.authors) if control else None,
        "supersedes": control.supersedes if control else None,
        "distribution": control.distribution if control else None,
        "retention": control.retention if control else None,
    }
    facts = tuple(Fact(words.say(f"front.{name}"), text or words.say("stated.missing")) for name, text in held.items())
    stated = facts_of(words, dossier, ("funding", "conflicts"), group="stated.topics")
    rows = [
        (Cell(words.say(f"front.signs.{each}")), *(Cell(words.say("front.to_sign")) for _ in range(4)))
        for each in SIGNED
    ]
    columns = columns_of(words, "signs", "printed_name", "date_time", "meaning", "signed_digest*")
    signatures = table(words, "signatures", columns, rows)
    return Section("control", words.say("sections.control"), FACTS, FactsView((*facts, *stated), (signatures,)))


def front_sections(
    document: Document, sheets: tuple[Sheet, ...], dossier: Dossier | None, words: Words
) -> Iterator[Section]:
    """Context of use, systems, protocol and plan, data, reference standard.

    Args:
        document: the results.
        sheets: both tracks.
        dossier: what people state.
        words: the sentences.

    Yields:
        The sections in the order of a submission.
    """
    study = document.study
    used = (
        Fact(words.say("facts.use"), study.use),
        Fact(words.say("facts.users"), study.users),
        Fact(words.say("facts.setting"), study.setting),
        Fact(words.say("facts.languages"), ", ".join(study.languages)),
    )
    yield _facts("context", (*used, *facts_of(words, dossier, CONTEXT, group="stated.topics")), words)
    yield Section("systems", words.say("sections.systems"), TABLES, _systems(document, dossier, words))
    boards = tuple(_endpoints(sheet, words) for sheet in sheets if sheet.scoped)
    yield _facts(
        "protocol",
        (*_plan(document, words), *facts_of(words, dossier, PROTOCOL, group="stated.topics")),
        words,
        tables=boards,
    )
    yield _facts("data", facts_of(words, dossier, DATA, group="stated.topics"), words)
    yield _facts("reference", facts_of(words, dossier, REFERENCE, group="stated.topics"), words)


def _facts(name: str, facts: tuple[Fact, ...], words: Words, *, tables: tuple[Table, ...] = ()) -> Section:
    return Section(name, words.say(f"sections.{name}"), FACTS, FactsView(facts, tables))


def _systems(document: Document, dossier: Dossier | None, words: Words) -> TablesView:
    systems = document.study.systems
    known = {
        "vendor": [system.vendor for system in systems],
        "version": [system.version for system in systems],
        "accessed": [None if system.accessed is None else numbers.day(system.accessed) for system in systems],
    }
    rows = [
        (Cell(words.say(f"columns.{name}")), *(supplied(words, each) for each in cells))
        for name, cells in known.items()
    ]
    for topic in SYSTEM:
        cells = []
        for system in systems:
            stated = dossier.systems.get(system.id) if dossier else None
            (fact,) = facts_of(words, stated, (topic,), group="stated.system_topics")
            cells.append(missing(words) if getattr(stated, topic, None) is None else Cell(fact.text))
        rows.append((Cell(words.say(f"stated.system_topics.{topic}")), *cells))
    columns = (*columns_of(words, "topic*"), *(Column(system.name, wide=True) for system in systems))
    return TablesView(words.say("front.systems_lead"), (table(words, "identity", columns, rows),))


def _plan(document: Document, words: Words) -> Iterator[Fact]:
    run, plan = document.run, document.study.plan
    yield Fact(
        words.say("facts.planned"), words.say("facts.planned_after" if run.retrospective else "facts.planned_before")
    )
    yield Fact(words.say("overview.cluster"), plan.cluster)
    rho0 = numbers.level(plan.rho0)
    yield Fact(
        words.say("overview.rho0"),
        words.say("overview.rho0_value", rho0=rho0, why=plan.rho0_why) if plan.rho0_why else rho0,
    )
    yield Fact(words.say("overview.samples"), numbers.count(plan.samples))
    yield Fact(words.say("overview.confidence"), numbers.exact_percent(run.confidence))
    yield Fact(words.say("front.coverage_floor"), numbers.exact_percent(plan.coverage_floor))
    margins = "; ".join(f"{name}: {numbers.level(margin)}" for name, margin in plan.margins.items())
    yield Fact(words.say("front.margins"), margins or words.say("front.no_margins"))


def _endpoints(sheet: Sheet, words: Words) -> Table:
    """Every gate as an acceptance criterion, with its clinical reason and who stands behind the threshold."""
    rows = tuple(Row(_endpoint(sheet, metric, rule, words)) for metric in sheet.scoped for rule in metric.gates)
    columns = columns_of(words, "code", "metric*", "criterion*", "reason*", "threshold")
    track = words.say(f"track_titles.{sheet.track}")
    none = () if rows else (words.say("front.no_criteria"),)
    caption = words.say("captions.endpoints", track=track)
    return Table(f"endpoints-{sheet.track}", caption, columns, groups=(Group(track, rows),), notes=none)


def _endpoint(sheet: Sheet, metric: Metric, rule: GateRule, words: Words) -> tuple[Cell, ...]:
    names = {system.id: system.name for system in sheet.study.systems}
    fails = failing_text(words, rule.fails, None if metric.scale is None else sheet.scales[metric.scale])
    lines = (words.say("gates.fails", levels=fails),) if fails else ()
    stated = words.say(f"front.thresholds.{rule.threshold or 'none'}")
    why = rule.why or metric.weight_why
    return (
        Cell(metric.code),
        Cell(metric.title),
        Cell(rule_text(words, rule, names), lines=lines),
        Cell(why),
        Cell(stated),
    )
