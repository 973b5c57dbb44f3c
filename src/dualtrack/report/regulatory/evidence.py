"""The evidence map: clause, edition, status and the part of this run that bears on it, with gaps in sight.

May import the dossier, ``render``, report and pyyaml; reads a file of its own package. A map says where to look. It
never says that a clause is fulfilled: that is a judgement of people.
"""

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources

import yaml

from dualtrack.records.dossier import Dossier
from dualtrack.render import Cell, Group, Row, Section, Table
from dualtrack.report.document import Document, Metric
from dualtrack.report.stated import columns_of
from dualtrack.report.unfixed import is_fixed
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words
from dualtrack.terms import Track

__all__ = ["Clause", "clauses", "evidence_section", "gaps", "metric_map_section", "places_of"]

Facts = tuple[Document, Dossier | None]
ALIASES = {"strata": ("strata", "high-risk", "task-sources"), "raters": ("agreement", "raters")}
"""Parts of the map that stand for several sections; each track has its own of either."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One row of the map as it ships."""

    framework: str
    edition: str
    status: str
    verified: str
    clause: str
    part: str | None
    needs: str


def _stated(name: str) -> Callable[[Document, Dossier | None], bool]:
    return lambda _document, dossier: dossier is not None and getattr(dossier.statements, name) is not None


NEEDS: dict[str, Callable[[Document, Dossier | None], bool]] = {
    "nothing": lambda _document, _dossier: True,
    "results": lambda document, _dossier: any(row.value is not None for row in document.estimates),
    "frozen": lambda document, _dossier: not document.run.retrospective,
    "strata": lambda document, _dossier: any(row.stratum for row in document.estimates),
    "repeats": lambda document, _dossier: document.study.plan.samples > 1,
    "raters": lambda document, _dossier: any(row.value is not None for row in document.agreement),
    "versions": lambda document, _dossier: all(
        is_fixed(system.version) for system in document.study.systems if system.role == "candidate"
    ),
    "hazards": lambda _document, dossier: dossier is not None and bool(dossier.hazards),
    "control": lambda _document, dossier: dossier is not None and dossier.control is not None,
    **{
        name: _stated(name)
        for name in ("intended_use", "reference_standard", "data_sources", "monitoring", "funding", "protocol")
    },
}
"""What must be there for a row of the map to be evidence, by name."""


@functools.cache
def clauses() -> tuple[Clause, ...]:
    """The rows of the map that ships.

    Example:
        >>> {clause.verified for clause in clauses()} <= {"primary", "secondary"}
        True
    """
    text = resources.files("dualtrack.report.regulatory").joinpath("evidence.yaml").read_text(encoding="utf-8")
    return tuple(Clause(**row) for row in yaml.safe_load(text)["rows"])


def gaps(document: Document, dossier: Dossier | None) -> tuple[Clause, ...]:
    """Clauses for which this run holds no evidence.

    Args:
        document: the results.
        dossier: what people state.
    """
    return tuple(each for each in clauses() if each.part is None or not NEEDS[each.needs](document, dossier))


def places_of(part: str | None, titles: Mapping[str, str]) -> tuple[str, ...]:
    """Anchors of the sections of this report that a part of the map stands for; none where the run has none.

    Args:
        part: as the map names it.
        titles: titles of the sections of this report by anchor.

    Example:
        >>> places_of("raters", {"raters-safety": "Safety: Raters", "run": "The run"})
        ('raters-safety',)
    """
    wanted = {f"{name}{end}" for name in ALIASES.get(part or "", (part,)) for end in ("", *(f"-{t}" for t in Track))}
    return tuple(anchor for anchor in titles if anchor in wanted)


def evidence_section(document: Document, dossier: Dossier | None, titles: Mapping[str, str], words: Words) -> Section:
    """The map, framework by framework.

    Args:
        document: the results.
        dossier: what people state.
        titles: titles of the sections of this report by anchor.
        words: the sentences.
    """
    missing = {*gaps(document, dossier), *(each for each in clauses() if not places_of(each.part, titles))}
    groups = []
    for framework, edition in dict.fromkeys((each.framework, each.edition) for each in clauses()):
        mine = [each for each in clauses() if (each.framework, each.edition) == (framework, edition)]
        rows = tuple(Row(_cells(words, each, gap=each in missing, titles=titles)) for each in mine)
        groups.append(Group(words.say("evidence_map.framework", framework=framework, edition=edition), rows))
    columns = columns_of(words, "clause*", "status", "read", "evidence*")
    board = Table("evidence-table", words.say("captions.evidence"), columns, groups=tuple(groups))
    view = TablesView(words.say("evidence_map.lead"), (board,))
    return Section("evidence", words.say("sections.evidence"), TABLES, view)


def metric_map_section(document: Document, words: Words) -> Section:
    """Which clauses each metric gives evidence for, as the rubric says; clauses that nobody read are left out.

    Args:
        document: the results.
        words: the sentences.
    """
    rows = [Row(cells) for metric in document.metrics if metric.in_scope for cells in _of_metric(words, metric)]
    columns = columns_of(words, "code", "metric*", "framework*", "clause*", "status", "read")
    boards = (Table("metric-map-table", words.say("captions.metric_map"), columns, tuple(rows)),) if rows else ()
    lead = words.say("evidence_map.metric_lead" if rows else "evidence_map.no_metric")
    return Section("metric-map", words.say("sections.metric_map"), TABLES, TablesView(lead, boards))


def _cells(words: Words, clause: Clause, *, gap: bool, titles: Mapping[str, str]) -> tuple[Cell, ...]:
    if clause.part is None:
        evidence = Cell(words.say("evidence_map.outside"), muted=True)
    elif gap:
        named = tuple(words.say("evidence_map.see", title=titles[place]) for place in places_of(clause.part, titles))
        why = words.say(f"evidence_map.needs.{clause.needs}")
        evidence = Cell(words.say("evidence_map.gap", why=why), lines=named)
    else:
        first, *more = places_of(clause.part, titles)
        evidence = Cell(titles[first], lines=tuple(titles[place] for place in more), target=f"#{first}")
    return (Cell(clause.clause), *_standing(words, clause.status, clause.verified), evidence)


def _of_metric(words: Words, metric: Metric) -> list[tuple[Cell, ...]]:
    return [
        (
            Cell(metric.code),
            Cell(metric.title),
            Cell(each.framework, lines=(each.edition,)),
            Cell(each.clause),
            *_standing(words, each.status, each.verified),
        )
        for each in metric.crosswalk
        if each.verified != "unverified"
    ]


def _standing(words: Words, status: str, verified: str) -> tuple[Cell, Cell]:
    return Cell(words.say(f"evidence_map.status.{status}")), Cell(words.say(f"evidence_map.read.{verified}"))
