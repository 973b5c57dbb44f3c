"""One case of each way to fail on safety: the one with the worst harm. May import terms, ``render`` and report."""

from typing import Any

from dualtrack.render import Section, numbers
from dualtrack.report.clinical.cases import Cases
from dualtrack.report.clinical.finding import finding_view
from dualtrack.report.clinical.looks import mode_name
from dualtrack.report.clinical.modes import Mode, modes_of
from dualtrack.report.clinical.order import HARMS
from dualtrack.report.clinical.view import SAID, SaidView
from dualtrack.report.document import Document
from dualtrack.report.words import Words
from dualtrack.terms import Track

__all__ = ["exemplars_section"]

MOST = 15


def exemplars_section(document: Document, cases: Cases, words: Words) -> Section:
    """The exemplars, the worst harm first.

    Args:
        document: the results.
        cases: the long tables.
        words: the sentences.
    """
    found = [(mode, row) for mode in modes_of(document, Track.safety) if (row := _exemplar(cases, mode)) is not None]
    names = {system.id: system.name for system in document.study.systems}
    views = []
    for mode, row in found[:MOST]:
        title = f"{mode_name(document, words, mode.metric, mode.id)}: {names[row['system_id']]}"
        views.append(finding_view(document, cases, row, words, title=title))
    rest = len(found) - len(views)
    view = SaidView(
        quiet="" if views else words.say("clinical.exemplars.none"),
        lead=words.say("clinical.exemplars.lead") if views else "",
        findings=tuple(views),
        notes=(words.say("clinical.exemplars.more", n=numbers.count(rest)),) if rest else (),
    )
    return Section("exemplars", words.say("clinical.sections.exemplars"), SAID, view)


def _exemplar(cases: Cases, mode: Mode) -> dict[str, Any] | None:
    """The row of the failures table behind the worst system's exemplar."""
    known = [row for row in mode.rows if row.exemplar_item is not None]
    if not known:
        return None
    place = {step: number for number, step in enumerate(HARMS)}
    worst = min(known, key=lambda row: place.get(row.worst_harm or "", len(HARMS)))
    held = cases.failures
    mine = held[
        (held["system_id"] == worst.system_id)
        & (held["item_id"] == worst.exemplar_item)
        & (held["sample"] == worst.exemplar_sample)
        & (held["metric_id"] == mode.metric)
    ]
    return None if mine.empty else {str(name): value for name, value in mine.iloc[0].to_dict().items()}
