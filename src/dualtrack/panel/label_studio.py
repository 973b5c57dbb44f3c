"""A pack as tasks and labelling configuration of Label Studio, and its export back.

May import errors and the panel's own ground. Each pack is a project of its own, so that the rater is known by the pack;
names of controls are q1, q2, ... in the order of the pack's questions, because ids may hold any text. Passages are
marked in the form alone.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import quoteattr

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.fitting import levels_of
from dualtrack.panel.foreign import foreign_pack
from dualtrack.panel.pack import Pack, Question
from dualtrack.panel.parts import pack_words
from dualtrack.panel.received import Incoming, Said, refuse
from dualtrack.panel.workbook import anchors_of

__all__ = ["from_label_studio", "label_studio_config", "label_studio_tasks"]

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
SKIPPED = "skipped in Label Studio"


def label_studio_tasks(pack: Pack) -> str:
    """Tasks to import.

    Args:
        pack: what the rater is asked.

    Returns:
        JSON, one task per task of the pack; ``data`` holds pack id, digest and code, texts, and no name of a system.
    """
    tasks = []
    for task in pack.tasks:
        data = {"pack_id": pack.pack_id, "of": pack.digest, "code": task.code, "prompt": task.prompt,
                "context": task.context or ""}  # fmt: skip
        for letter, side in zip("ab", task.sides, strict=False):
            thread = [f"{turn.role}: {turn.text}" for turn in side.turns]
            data[f"answer_{letter}"] = "\n\n".join([*thread, side.text])
        tasks.append({"data": data})
    return json.dumps(tasks, ensure_ascii=True, indent=1) + "\n"


def label_studio_config(pack: Pack) -> str:
    """The labelling configuration of the project.

    Args:
        pack: what the rater is asked.

    Returns:
        XML. Choices show the anchors and record the ids of the levels.

    Raises:
        FileNotFoundError: no words ship in the pack's language.
    """
    sides = "ab" if len(pack.tasks[0].sides) > 1 else "a"
    lines = ["<View>", '  <Text name="prompt" value="$prompt"/>', '  <Text name="context" value="$context"/>']
    for letter in sides:
        if len(sides) > 1:
            lines.append(f'  <Header value="{letter.upper()}"/>')
        lines.append(f'  <Text name="answer_{letter}" value="$answer_{letter}"/>')
    for number, question in enumerate(pack.questions, start=1):
        lines += _controls(f"q{number}", question, pack)
    return "\n".join([*lines, "</View>", ""])


def _controls(name: str, question: Question, pack: Pack) -> Iterator[str]:
    yield f"  <Header value={_attribute(question.title)}/>"
    yield f'  <Header size="5" value={_attribute(question.ask)}/>'
    if question.choices:
        yield f'  <Choices name="{name}" toName="answer_a" choice="single-radio">'
        for anchor, level in anchors_of(question, pack.language).items():
            yield f"    <Choice value={_attribute(anchor)} alias={_attribute(level)}/>"
        yield "  </Choices>"
    else:
        limits = [f"{key}={_attribute(f'{limit:g}')}" for key, limit in
                  (("min", question.least), ("max", question.most)) if limit is not None]  # fmt: skip
        yield f'  <Number name="{name}" toName="answer_a" {" ".join(limits)}/>'
    modes = [mode for mode in pack.modes if not question.modes or mode.id in question.modes]
    if question.asks_modes and modes:
        yield f'  <Choices name="{name}_modes" toName="answer_a" choice="multiple">'
        for mode in modes:
            yield f"    <Choice value={_attribute(mode.title)} alias={_attribute(mode.id)}/>"
        yield "  </Choices>"
    comment = _attribute(pack_words(pack.language)["label_studio"]["comment"])
    yield f'  <TextArea name="{name}_comment" toName="answer_a" placeholder={comment}/>'


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", text), {"\n": " ", "\r": " ", "\t": " "})


def from_label_studio(
    name: str, content: Sequence[Any], packs: Mapping[str, Pack]
) -> tuple[list[Incoming], list[Problem]]:
    """Read an export (JSON, one object per task with its annotations).

    Definition: the latest annotation of a task counts, earlier ones of the same person are its history. Cancelled
    annotations are cancelled answers; a task with drafts alone is a draft. ``completed_by`` is an id or an object with
    one, depending on how the export was made. ``lead_time`` is the time of the whole task, which is put on its first
    question.

    Args:
        name: name of the file.
        content: the list of tasks.
        packs: every pack of the study by id.

    Returns:
        What it says for each pack, and problems of tasks whose pack cannot be told.

    Raises:
        PanelError: PAN101 it is no export with tasks.
    """
    if content and not any(isinstance(task, dict) and isinstance(task.get("data"), dict) for task in content):
        raise refuse(
            "PAN101", "this is not an export of Label Studio with its tasks", Place(name, row=1, column="data"),
            expected="one object per task, with data and annotations", fix="export as JSON, not as JSON-MIN",
        )  # fmt: skip
    found: dict[str, list[Said]] = {}
    digests: dict[str, str | None] = {}
    people: dict[str, set[str]] = {}
    problems: list[Problem] = []
    for row, task in enumerate(content, start=1):
        try:
            pack, data = _pack_of(name, row, task, packs)
            annotations = _annotations(name, row, task)
            people.setdefault(pack.pack_id, set()).update(_person(each) for each in annotations)
            found.setdefault(pack.pack_id, []).extend(_task(Place(name, row=row), task, annotations, pack=pack))
            digest = str(data.get("of"))
            digests[pack.pack_id] = digest if digests.get(pack.pack_id, digest) == digest else "different digests"
        except PanelError as error:
            problems += error.problems
    incoming = []
    for pack_id, said in found.items():
        pack = packs[pack_id]
        several = len(people[pack_id]) > 1
        problem = _several(name, sorted(people[pack_id]), pack) if several else None
        answers = tuple(_with(each, problem) for each in said) if problem else tuple(said)
        incoming.append(Incoming(name, "label_studio", pack, pack.rater_id, answers, of=digests[pack_id]))
    return incoming, problems


def _with(said: Said, problem: Problem) -> Said:
    return Said(said.place, said.code, said.scale_id, said.level, said.state, problem=said.problem or problem)


def _pack_of(name: str, row: int, task: object, packs: Mapping[str, Pack]) -> tuple[Pack, Mapping[str, Any]]:
    data = task.get("data") if isinstance(task, dict) else None
    pack_id = data.get("pack_id") if isinstance(data, dict) else None
    pack = packs.get(pack_id) if isinstance(pack_id, str) else None
    if pack is None or not isinstance(data, dict):
        raise foreign_pack(pack_id, Place(name, row=row, column="data.pack_id"), packs)
    return pack, data


def _annotations(name: str, row: int, task: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every annotation of a task, oldest first."""
    given = task.get("annotations", task.get("completions", []))
    if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
        raise refuse("PAN101", "annotations are no list", Place(name, row=row, column="annotations"), found=given,
                     fix="export as JSON, not as JSON-MIN")  # fmt: skip
    return sorted(given, key=lambda each: _time(each) or "")


def _person(annotation: Mapping[str, Any]) -> str:
    by = annotation.get("completed_by")
    return str(by.get("id", by.get("email"))) if isinstance(by, dict) else str(by)


def _time(annotation: Mapping[str, Any]) -> str | None:
    given = annotation.get("updated_at") or annotation.get("created_at")
    try:
        return dt.datetime.fromisoformat(given).isoformat() if isinstance(given, str) else None
    except ValueError:
        return None


def _several(name: str, people: Sequence[str], pack: Pack) -> Problem:
    return refuse(
        "PAN123", "several people answered one rater's pack", Place(name, column="completed_by"),
        found=", ".join(people), expected=f"rater {pack.rater_id} alone",
        fix="give every rater a project of their own, or export the annotations of this rater alone",
    ).problems[0]  # fmt: skip


def _task(place: Place, task: Mapping[str, Any], annotations: Sequence[Any], *, pack: Pack) -> Iterator[Said]:
    """What a task says about each of its questions."""
    code = str(task["data"].get("code"))
    asked = next((each.questions for each in pack.tasks if each.code == code), None)
    scales = [question.scale_id for question in pack.questions]
    finished = [each for each in annotations if not each.get("was_cancelled") and not each.get("skipped")]
    for scale in asked if asked is not None else scales:
        control = f"q{scales.index(scale) + 1}"
        first = scale == (asked or scales)[0]
        if not finished:
            if annotations or task.get("drafts"):
                state = "cancelled" if annotations else "draft"
                yield Said(place, code, scale, None, state, reason=SKIPPED if annotations else "")
            continue
        named = _names(pack, scales.index(scale))
        yield _said(place, (code, scale), control, finished=[_recorded(each, named) for each in finished], first=first)


def _names(pack: Pack, place: int) -> dict[str, str]:
    """Ids by what a choice shows, for installations that record what was shown and not the alias."""
    question = pack.questions[place]
    shown = {mode.title: mode.id for mode in pack.modes}
    shown |= {anchor: level for anchor, level in anchors_of(question, pack.language).items() if level not in shown}
    taken = {*levels_of(question), *(mode.id for mode in pack.modes)}
    return {" ".join(_NOT_XML.sub("\ufffd", text).split()): id_ for text, id_ in shown.items() if text not in taken}


def _recorded(annotation: Mapping[str, Any], named: Mapping[str, str]) -> dict[str, Any]:
    """The annotation with ids in its choices."""
    results = annotation.get("result")
    if not isinstance(results, list):
        return {**annotation}
    return {**annotation, "result": [_with_ids(each, named) for each in results]}


def _with_ids(result: object, named: Mapping[str, str]) -> object:
    value = result.get("value") if isinstance(result, dict) else None
    choices = value.get("choices") if isinstance(value, dict) else None
    if not isinstance(result, dict) or not isinstance(value, dict) or not isinstance(choices, list):
        return result
    ids = [named.get(" ".join(str(each).split()), each) for each in choices]
    return {**result, "value": {**value, "choices": ids}}


def _said(place: Place, cell: tuple[str, str], control: str, *, finished: Sequence[Any], first: bool) -> Said:
    last = finished[-1]
    values = [_values(each, control) for each in finished]
    level = values[-1][0] if values[-1] else None
    before = tuple((value[0], _time(each) or "") for each, value in zip(finished[:-1], values, strict=False) if value)
    seconds = last.get("lead_time")
    timed = first and isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 <= seconds < float("inf")
    return Said(
        place,
        *cell,
        level,
        "done" if level is not None else "draft",
        comment="\n".join(_values(last, f"{control}_comment")),
        modes=tuple(dict.fromkeys(_values(last, f"{control}_modes"))),
        seconds=float(seconds) if timed else None,
        rated_at=_time(last),
        before=tuple(pair for pair in before if pair[0] != level),
    )


def _values(annotation: Mapping[str, Any], control: str) -> list[str]:
    """What an annotation says with one control, as texts."""
    results = annotation.get("result")
    mine = [each for each in results if isinstance(each, dict) and each.get("from_name") == control] if isinstance(
        results, list) else []  # fmt: skip
    values: list[str] = []
    for value in (each.get("value") for each in mine):
        for key in ("choices", "number", "rating", "text"):
            given = value.get(key) if isinstance(value, dict) else None
            values += [_text(each) for each in (given if isinstance(given, list) else [given]) if each is not None]
    return values


def _text(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
