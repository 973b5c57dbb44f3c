"""Passages that raters marked in the text as it was shown, put back into the text of the study.

May import errors, records and the panel's own ground. panel.yaml may take marks, links or numbers of references away
before a response is shown; a passage then stands elsewhere in the response than in what was shown.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dualtrack.errors import Place, Problem
from dualtrack.panel.display import Shown, shown_of
from dualtrack.panel.key_entry import KeyEntry
from dualtrack.panel.pack import Answer, Pack
from dualtrack.panel.received import Reading, Received
from dualtrack.panel.work import Response

__all__ = ["put_back", "ways_back"]


def ways_back(
    packs: Sequence[Pack], key: Iterable[KeyEntry], texts: Mapping[Response, str], rules: Sequence[str]
) -> dict[str, Shown]:
    """For each code of a pack the way from what was shown back to the response.

    Args:
        packs: every pack that was handed out.
        key: which code stands for what.
        texts: the responses of the study.
        rules: the changes that panel.yaml declares by now.

    Returns:
        Code -> way. A code is left out where the text that was shown is neither the response nor the response after
        these changes, so that no way is known.
    """
    entries = {entry.code: entry for entry in key}
    ways = {}
    for pack in packs:
        for task in pack.tasks:
            entry = entries.get(task.code)
            if entry is None or len(task.sides) > 1:
                continue
            text = texts.get(Response(entry.item_id, entry.system_id, entry.sample))
            way = None if text is None else _way(text, task.sides[0].text, rules)
            if way is not None:
                ways[task.code] = way
    return ways


def _way(text: str, seen: str, rules: Sequence[str]) -> Shown | None:
    return next((way for way in (shown_of(text, rules), Shown(text)) if way.text == seen), None)


def put_back(reading: Reading, ways: Mapping[str, Shown]) -> Reading:
    """What came back with its passages as code points of the responses of the study.

    Args:
        reading: what came back, with passages of the texts that were shown.
        ways: code -> way back.

    Returns:
        The reading; where no way is known the passages are left out, and a note (PAN151) for each file says how many.
        The digest of a return stays that of what was handed in.
    """
    kept, notes = [], []
    for received in reading.kept:
        lost = sum(len(answer.spans) for answer in received.back.answers if answer.code not in ways)
        answers = tuple(_put_back(answer, ways.get(answer.code)) for answer in received.back.answers)
        kept.append(Received(received.file, received.back.model_copy(update={"answers": answers})))
        notes += [_left_out(received.file, lost)] if lost else []
    return replace(reading, kept=tuple(kept), notes=(*reading.notes, *notes))


def _put_back(answer: Answer, way: Shown | None) -> Answer:
    spans = () if way is None else tuple(way.passage(start, end) for start, end in answer.spans)
    return answer.model_copy(update={"spans": spans}) if spans != answer.spans else answer


def _left_out(file: str, n: int) -> Problem:
    return Problem(
        "PAN151",
        "passages of another text than that of the study are left out",
        Place(file, column="spans"),
        found=f"{n:,} passages",
        expected="passages of the response, or of the response after the changes that panel.yaml declares",
        fix="import with the responses and the panel.yaml that the packs were made from",
    )
