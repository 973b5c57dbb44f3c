"""Who stated and tested what, how the tested cases fit the site, and who sat on the panel.

May import the dossier, ``render`` and report. All of it comes from people; what they left out is printed as such.
"""

from collections.abc import Iterator

from dualtrack.records.dossier import Claim, Dossier, Mark, PopulationShare
from dualtrack.render import Cell, Column, Fact, Section, Table, numbers
from dualtrack.report.document import Document, System
from dualtrack.report.rows import Estimate
from dualtrack.report.stated import columns_of, facts_of, missing, supplied, table
from dualtrack.report.view import FACTS, TABLES, FactsView, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Fill

__all__ = ["fit_section", "panel_section", "provenance_section", "status_section"]

STATUS = (
    "tested_is_offered",
    "regulatory_status",
    "assurance",
    "cautions",
    "contract",
    "endpoint",
    "settings",
    "base_model",
)


def provenance_section(document: Document, dossier: Dossier | None, words: Words) -> Section:
    """Every claim about a system, with who made it and who tested it; our own results are named as ours.

    Args:
        document: the results.
        dossier: what people state.
        words: the sentences.
    """
    names = {system.id: system.name for system in document.study.systems}
    rows = [
        _claim(words, names[system], claim)
        for system, facts in (dossier.systems.items() if dossier else ())
        for claim in facts.claims
    ]
    columns = columns_of(words, "system", "claim*", "said_by", "tester", "version", "date", "expires")
    board = table(words, "provenance", columns, rows)
    view = TablesView(words.say("evidence.provenance_lead"), (board,))
    return Section("provenance", words.say("sections.provenance"), TABLES, view)


def fit_section(document: Document, dossier: Dossier | None, words: Words) -> Section:
    """The site's patients beside the cases tested, stratum by stratum, and what is out of scope or not represented.

    Args:
        document: the results.
        dossier: what people state.
        words: the sentences.
    """
    counted = dict(_counted(document.estimates))
    local = dossier.population if dossier else ()
    named = {(share.stratum, share.level) for share in local}
    rows = [_fit(words, share, counted.get((share.stratum, share.level))) for share in local]
    rows += [_tested(words, key, row) for key, row in counted.items() if key not in named]
    board = table(words, "fit", columns_of(words, "stratum", "level", "local_share", "tested_cases"), rows)
    topics = ("local_population", "local_check", "cautions", "not_represented", "intended_use")
    facts = facts_of(words, dossier, topics, group="stated.topics")
    return Section("fit", words.say("sections.fit"), FACTS, FactsView(facts, (board,)))


def status_section(document: Document, dossier: Dossier | None, words: Words) -> Section:
    """Regulatory and assurance status, offered version and contract terms of each candidate, as stated.

    Args:
        document: the results.
        dossier: what people state.
        words: the sentences.
    """
    systems = [system for system in document.study.systems if system.role == "candidate"]
    rows = []
    for topic in STATUS:
        cells = []
        for system in systems:
            stated = dossier.systems.get(system.id) if dossier else None
            (fact,) = facts_of(words, stated, (topic,), group="stated.system_topics")
            cells.append(missing(words) if fact.text == words.say("stated.missing") else Cell(fact.text))
        rows.append((Cell(words.say(f"stated.system_topics.{topic}")), *cells))
    board = _by_system(words, "status", systems, rows)
    view = TablesView(words.say("evidence.status_lead"), (board,))
    return Section("status", words.say("sections.status"), TABLES, view)


def panel_section(dossier: Dossier | None, words: Words) -> Section:
    """Who decides, with conflicts, recusals and dissent; marks before and after moderation; who paid.

    Args:
        dossier: what people state.
        words: the sentences.
    """
    members = dossier.panel if dossier else ()
    rows = [
        (
            Cell(member.name),
            Cell(member.role),
            Cell(member.conflicts),
            Cell(", ".join(member.recused_from) or words.say("evidence.nobody")),
            supplied(words, member.abstained),
            supplied(words, member.minority_opinion),
        )
        for member in members
    ]
    board = table(
        words, "panel", columns_of(words, "member", "role", "conflicts*", "recused", "abstained*", "minority*"), rows
    )
    moderated = [
        tuple(
            Cell(each) for each in (mark.criterion, mark.system, mark.moderated_from, mark.mark, mark.reason, mark.by)
        )
        for mark in (dossier.marks if dossier else ())
        if mark.moderated_from is not None
    ]
    columns = columns_of(words, "criterion*", "system", "before", "after", "reason*", "who")
    moderation = table(words, "moderation", columns, moderated)
    given = [
        (*(Cell(each) for each in (mark.criterion, mark.system, mark.mark, mark.reason, mark.by)), _day(mark))
        for mark in (dossier.marks if dossier else ())
    ]
    columns = columns_of(words, "criterion*", "system", "mark", "reason*", "who", "date")
    marks = table(words, "marks", columns, given)
    silent = ", ".join(dossier.marked_without_conflicts) if dossier else ""
    topics = ("panel_procedure", "funding", "conflicts", "custody")
    facts = (
        *facts_of(words, dossier, topics, group="stated.topics"),
        *([Fact(words.say("evidence.marked_without"), silent)] if silent else []),
    )
    return Section("panel", words.say("sections.panel"), FACTS, FactsView(facts, (board, marks, moderation)))


def _day(mark: Mark) -> Cell:
    return Cell(numbers.day(mark.date))


def _claim(words: Words, system: str, claim: Claim) -> tuple[Cell, ...]:
    linked = (claim.link,) if claim.link is not None else ()
    return (
        Cell(system),
        Cell(claim.text, lines=linked),
        Cell(words.say(f"evidence.said_by.{claim.said_by}")),
        Cell(claim.tester),
        supplied(words, claim.version),
        Cell(numbers.day(claim.date)),
        supplied(words, claim.expires and numbers.day(claim.expires)),
    )


def _counted(estimates: tuple[Estimate, ...]) -> Iterator[tuple[tuple[str, str], Estimate]]:
    """Per level of a stratum the row that knows its number of cases: the first system's row with most of them."""
    found: dict[tuple[str, str], Estimate] = {}
    for row in estimates:
        key = (row.stratum.removeprefix("strata."), row.stratum_level)
        if row.subject == "track" and row.stratum and row.missing == Fill.observed and row.show == "score":
            known = found.get(key)
            if known is None or (row.n_items or 0) > (known.n_items or 0):
                found[key] = row
    yield from found.items()


def _fit(words: Words, share: PopulationShare, row: Estimate | None) -> tuple[Cell, ...]:
    local = words.say(
        "evidence.share", share=numbers.percent(share.share), source=share.source, date=numbers.day(share.date)
    )
    return (Cell(share.stratum), Cell(share.level), Cell(local), _cases(words, row))


def _tested(words: Words, key: tuple[str, str], row: Estimate) -> tuple[Cell, ...]:
    return (Cell(key[0]), Cell(key[1]), missing(words), _cases(words, row))


def _cases(words: Words, row: Estimate | None) -> Cell:
    if row is None or row.n_items is None:
        return Cell(words.say("evidence.not_tested"), muted=True)
    return Cell(numbers.count(row.n_items))


def _by_system(words: Words, name: str, systems: list[System], rows: list[tuple[Cell, ...]]) -> Table:
    """A table with one column for each system."""
    columns = (*columns_of(words, "topic*"), *(Column(system.name, wide=True) for system in systems))
    return table(words, name, columns, rows)
