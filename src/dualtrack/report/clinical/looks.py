"""How failures look in tables: state, harm, ways to fail, and the link that opens one in the browser.

May import terms, ``render`` and report.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from dualtrack.render import Cell, Mark, Shape, Tone
from dualtrack.report.clinical.pack import mode_title
from dualtrack.report.document import Document
from dualtrack.report.words import Words

__all__ = ["filter_link", "harm_cell", "link_to", "metric_text", "mode_name", "modes_text", "state_cell", "state_mark"]

_PAGE = "failures.html"
_LOOKS: dict[str, tuple[Shape, Tone]] = {
    "confirmed": ("cross", "bad"),
    "open": ("triangle", "open"),
    "failing": ("cross", "bad"),
    "cleared": ("check", "good"),
    "flagged": ("ring", "none"),
    "missing": ("ring", "none"),
}


def state_mark(words: Words, state: str) -> Mark:
    """The mark of a failure's state.

    Args:
        words: the sentences.
        state: one of the states of the failures table.
    """
    shape, tone = _LOOKS[state]
    return Mark(shape, words.say(f"clinical.script.states.{state}"), tone)


def state_cell(words: Words, state: str) -> Cell:
    """A cell with that mark.

    Args:
        words: the sentences.
        state: one of the states of the failures table.
    """
    return Cell(mark=state_mark(words, state))


def harm_cell(words: Words, harm: object, harm_from: object) -> Cell:
    """Worst harm with its meaning and where it comes from.

    Args:
        words: the sentences.
        harm: step of a ladder, or nothing.
        harm_from: ruling or rating, or nothing.
    """
    if not isinstance(harm, str):
        return Cell(words.say("clinical.not_rated"), muted=True)
    source = words.say(f"clinical.harm_from.{harm_from}") if isinstance(harm_from, str) else ""
    return Cell(words.word("clinical.harm_short", harm, harm=harm), lines=(source,) if source else ())


def metric_text(document: Document, metric_id: str) -> str:
    """Code and title of a metric.

    Args:
        document: the results.
        metric_id: its id.
    """
    metric = next((each for each in document.metrics if each.id == metric_id), None)
    return metric_id if metric is None else f"{metric.code} {metric.title}"


def mode_name(document: Document, words: Words, metric_id: str, mode: str) -> str:
    """Title of a way to fail.

    Args:
        document: the results.
        words: the sentences.
        metric_id: the metric.
        mode: id of the way to fail; "" is none named.
    """
    metric = next((each for each in document.metrics if each.id == metric_id), None)
    declared = metric.failure_modes if metric is not None else ()
    title = next((each.title for each in declared if each.id == mode), None)
    return title or mode_title(words, mode)


def modes_text(document: Document, words: Words, metric_id: str, modes: object) -> Cell:
    """The ways to fail of a response.

    Args:
        document: the results.
        words: the sentences.
        metric_id: the metric.
        modes: ids with spaces between, or nothing.
    """
    if not isinstance(modes, str):
        return Cell(words.say("clinical.modes.unnamed"), muted=True)
    return Cell("; ".join(mode_name(document, words, metric_id, each) for each in modes.split()))


def link_to(row: Mapping[Any, Any], *, page: str = _PAGE) -> str:
    """The address that opens one failure in the browser.

    Args:
        row: a row of the failures table.
        page: file of the browser; "" from within it.

    Example:
        >>> link_to({"system_id": "a", "item_id": "b/c", "sample": 1, "metric_id": "m"})
        'failures.html#case=a%2Fb%252Fc%2F1%2Fm'
    """
    parts = (row["system_id"], row["item_id"], str(row["sample"]), row["metric_id"])
    name = "/".join(quote(str(part), safe="!'()*", errors="replace") for part in parts)
    return f"{page}#case={quote(name, safe='')}"


def filter_link(**chosen: str) -> str:
    """The address that opens the browser with some choices made.

    Args:
        **chosen: facet -> value.

    Example:
        >>> filter_link(system="a", mode="late_escalation")
        'failures.html#system=a&mode=late_escalation'
    """
    return f"{_PAGE}#{urlencode(chosen, errors='replace')}"
