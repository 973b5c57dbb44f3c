"""The one way in for what comes back: files in, returns out, every problem with its place, nothing lost.

May import errors and the panel's own ground.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.fitting import changed_scales, fitted
from dualtrack.panel.label_studio import from_label_studio
from dualtrack.panel.pack import Pack
from dualtrack.panel.received import Incoming, Reading, Received, Refusal, ReturnFile, moment, refuse
from dualtrack.panel.return_csv import from_csv
from dualtrack.panel.return_json import from_form, refused_cells
from dualtrack.panel.workbook_back import from_workbook

__all__ = ["read_returns"]

ZIP = b"PK\x03\x04"


@dataclass(slots=True)
class _Found:
    """What has been read so far."""

    received: list[Received] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)


def read_returns(files: Sequence[ReturnFile], packs: Sequence[Pack]) -> Reading:
    """Read what raters handed in.

    Definition: the form's JSON, the workbook, exports of Label Studio and CSV are told apart by their content. Of two
    files of one rater that answer the same question, the later one counts whole (by ``finished_at``, of a progress
    file by its last answer), the other is kept beside it; files that answer different questions count together; equal
    files count once; files that differ and have no times are both refused.

    Args:
        files: names and bytes, in any order.
        packs: every pack of the study that was handed out.

    Returns:
        Returns that count, those that were replaced, and every problem; the same for any order of the files.

    Example:
        >>> reading = read_returns([ReturnFile("notes.txt", b"see you on Monday")], [])
        >>> print(reading.problems[0].code, reading.problems[0].place)
        PAN101 notes.txt, line 1, column code
    """
    by_id = {pack.pack_id: pack for pack in packs}
    changed = changed_scales(packs)
    found = _Found()
    for file in sorted(files, key=lambda each: (each.name, each.content)):
        try:
            incoming, problems = _incoming(file, by_id)
        except PanelError as error:
            found.problems += error.problems
            found.refused += refused_cells(file.name, _json(file.content), by_id, error.problems[0])
            continue
        found.problems += problems
        for each in incoming:
            _take(each, changed, found)
    kept, superseded = _settled(found)
    return Reading(kept, superseded, tuple(found.refused), tuple(found.problems), tuple(found.notes))


def _incoming(file: ReturnFile, packs: Mapping[str, Pack]) -> tuple[list[Incoming], list[Problem]]:
    if file.content.startswith(ZIP):
        return [from_workbook(file.name, file.content, packs)], []
    content = _json(file.content)
    if isinstance(content, list):
        return from_label_studio(file.name, content, packs)
    if isinstance(content, dict):
        return [from_form(file.name, content, packs)], []
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refuse(
            "PAN101",
            "the file cannot be read",
            Place(file.name),
            found=f"byte {error.start} is not UTF-8",
            expected="the form's file, the workbook, an export of Label Studio, or CSV in UTF-8",
            fix="save it again in one of these forms",
        ) from error
    if text.lstrip()[:1] in ("{", "["):
        raise refuse(
            "PAN101",
            "the file is cut off or damaged",
            Place(file.name),
            expected="JSON to the end",
            fix="ask the rater to save and send it again",
        )
    return from_csv(file.name, text, packs)


def _json(content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _take(incoming: Incoming, changed: Mapping[tuple[str, str], Problem], found: _Found) -> None:
    found.notes += incoming.notes
    try:
        received, refused, problems = fitted(incoming, changed)
    except PanelError as error:
        found.problems += error.problems
        asked = {(task.code, scale) for task in incoming.pack.tasks for scale in task.questions}
        cells = dict.fromkeys(said.cell for said in incoming.said if said.cell in asked)
        found.refused += [Refusal(incoming.file, incoming.pack.pack_id, *cell, error.problems[0]) for cell in cells]
        return
    found.received.append(received)
    found.refused += refused
    found.problems += problems


def _settled(found: _Found) -> tuple[tuple[Received, ...], tuple[Received, ...]]:
    """Which of several returns for one pack count."""
    by_pack: dict[str, list[Received]] = {}
    for each in found.received:
        by_pack.setdefault(each.back.pack_id, []).append(each)
    kept: list[Received] = []
    superseded: list[Received] = []
    for _, mine in sorted(by_pack.items()):
        standing: list[Received] = []
        contested: list[Received] = []
        for later in sorted(mine, key=lambda each: (each.at is None, moment(each.at), each.file), reverse=True):
            _stand(later, standing, contested, found=found, superseded=superseded)
        kept += reversed(standing)
    return tuple(kept), tuple(superseded)


def _stand(
    earlier: Received, standing: list[Received], contested: list[Received], *, found: _Found, superseded: list[Received]
) -> None:
    """Let a return stand beside those that came later, or be replaced by one of them."""
    rival = next((each for each in (*standing, *contested) if each.says.keys() & earlier.says.keys()), None)
    if rival is None:
        standing.append(earlier)
        return
    same = rival.says == earlier.says
    in_time = rival not in contested and None not in (rival.at, earlier.at) and moment(rival.at) > moment(earlier.at)
    superseded.append(earlier)
    if same or in_time:
        what = "the same answers came twice" if same else "a later file of the same rater replaces this one"
        alone = len(earlier.says.keys() - rival.says.keys())
        found.notes.append(
            Problem(
                "PAN108",
                what,
                Place(earlier.file),
                found=f"{earlier.at or 'no time'}, {alone:,} answers stand in this file alone",
                expected=rival.file,
                fix="nothing needs to be done; the file is kept beside the other",
            )
        )
        return
    problem = Problem(
        "PAN109",
        "two files of one rater differ and it cannot be told which is later",
        Place(earlier.file),
        found=f"other answers than in {rival.file}",
        expected="a time in both files",
        fix="ask the rater which file counts, and give that one alone",
    )
    found.problems.append(problem)
    if rival in standing:
        standing.remove(rival)
        superseded.append(rival)
        contested.append(rival)
    contested.append(earlier)
    found.refused += [
        Refusal(each.file, each.back.pack_id, *cell, problem) for each in (rival, earlier) for cell in each.says
    ]
