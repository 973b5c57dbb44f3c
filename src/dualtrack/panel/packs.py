"""Packs from what is owed: one for each rater, with codes in place of names, and the rows of the key beside them.

May import rubric, records and the panel's own ground. Everything is a function of its arguments: the same study and
panel give the same packs.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dualtrack.panel.codes import pack_id_of, sealed_name
from dualtrack.panel.display import displayed
from dualtrack.panel.key import KeyRow
from dualtrack.panel.order import Turn
from dualtrack.panel.owed import Owed
from dualtrack.panel.pack import Choice, Cover, Mode, Pack, Question, Side, Task, seal
from dualtrack.panel.pack import Turn as Spoken
from dualtrack.panel.settings import PanelFile
from dualtrack.panel.work import Response

__all__ = [
    "Made",
    "Material",
    "Text",
    "adjudication_packs",
    "cover_of",
    "practice_packs",
    "rating_packs",
    "sealed_pack",
    "side_of",
]


@dataclass(frozen=True, slots=True)
class Text:
    """What is read: of an item its prompt and context, of a response its text; and the turns before it."""

    text: str
    context: str | None = None
    turns: tuple[Spoken, ...] = ()


@dataclass(frozen=True, slots=True)
class Material:
    """What packs are made of.

    Attributes:
        study_id, title: of the study.
        rubric: its name and version.
        synthetic: whether the cases were made up.
        questions, modes: those of all scales that are asked, in order.
        items, responses: their texts.
        systems: name of each system under test, by id; controls are not among them.
        control: what raters should find in a seeded response.
        explained: agreed levels of practice responses, with the reason: scale -> (level, why).
        severities: how bad a failure mode may be, from mildest to worst; none where it is not asked.
    """

    study_id: str
    title: str
    rubric: str
    synthetic: bool
    questions: tuple[Question, ...]
    modes: tuple[Mode, ...]
    items: Mapping[str, Text]
    responses: Mapping[Response, Text]
    systems: Mapping[str, str]
    control: Mapping[Response, str]
    explained: Mapping[Response, Mapping[str, tuple[str, str]]]
    severities: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A pack and the rows of the key for it."""

    pack: Pack
    key: tuple[KeyRow, ...]


def rating_packs(settings: PanelFile, given: Material, owed: Mapping[str, Owed]) -> tuple[Made, ...]:
    """The packs of ratings.

    Args:
        settings: panel.yaml.
        given: texts and questions.
        owed: what each rater owes, in order.

    Returns:
        One for each rater who owes something, by rater.
    """
    return tuple(_rating_pack(settings, given, rater, mine) for rater, mine in sorted(owed.items()))


def adjudication_packs(settings: PanelFile, given: Material, owed: Mapping[str, Owed]) -> tuple[Made, ...]:
    """The packs of those who settle what first ratings left open.

    Args:
        settings: panel.yaml.
        given: texts and questions.
        owed: what each of them is asked.

    Returns:
        One for each of them, by rater.
    """
    each = sorted(owed.items())
    return tuple(_made(settings, given, rater, mine, purpose="adjudication", guesses=()) for rater, mine in each)


def practice_packs(
    settings: PanelFile, given: Material, raters: Sequence[str], asked: Mapping[str, Sequence[str]]
) -> tuple[Made, ...]:
    """Packs to practise on, the same responses for everybody in an order of their own; they enter no study.

    Args:
        settings: panel.yaml, with the practice items.
        given: texts and questions.
        raters: who practises.
        asked: scales that each item asks.

    Returns:
        One for each rater, none where there is nothing to practise on.
    """
    practice = [
        each for each in sorted(given.responses) if each.item_id in settings.practice and asked.get(each.item_id)
    ]
    packs = []
    for rater in raters if practice else ():
        turns = tuple(sorted(map(Turn, practice), key=lambda turn: _code(settings, rater, turn, "practice")))
        mine = Owed(turns, {turn: frozenset(asked[turn.response.item_id]) for turn in turns})
        packs.append(_made(settings, given, rater, mine, purpose="practice", guesses=()))
    return tuple(packs)


def side_of(settings: PanelFile, given: Material, response: Response) -> Side:
    """A response as raters see it, with the conversation before it.

    Args:
        settings: panel.yaml, which may declare changes.
        given: the texts.
        response: which one.
    """
    item, answer = given.items[response.item_id], given.responses[response]
    turns = answer.turns or item.turns
    return Side(text=displayed(answer.text, settings.display), turns=turns)


def sealed_pack(content: Mapping[str, object]) -> Pack:
    """A pack with its digest.

    Args:
        content: everything but the digest; defaults may be left out.
    """
    bare = Pack.model_validate_json(json.dumps(seal(content)))  # the digest is that of the whole, defaults included
    return Pack.model_validate_json(json.dumps(seal(bare.model_dump(mode="json", by_alias=True))))


def _rating_pack(settings: PanelFile, given: Material, rater: str, mine: Owed) -> Made:
    return _made(settings, given, rater, mine, purpose="ratings", guesses=_guesses(settings, given, rater, mine.turns))


def _guesses(settings: PanelFile, given: Material, rater: str, turns: Sequence[Turn]) -> tuple[str, ...]:
    """Codes of one task for each system under test, drawn by a hash; the rater is asked at the end whose they are."""
    drawn: dict[str, str] = {}
    for turn in turns:
        code = _code(settings, rater, turn, "ratings")
        system = turn.response.system_id
        if turn.occasion == 1 and system in given.systems:
            lot = sealed_name(settings.seed, "guess", code)
            if system not in drawn or lot < sealed_name(settings.seed, "guess", drawn[system]):
                drawn[system] = code
    return tuple(sorted(drawn.values()))


def _made(
    settings: PanelFile, given: Material, rater: str, mine: Owed, *, purpose: str, guesses: tuple[str, ...]
) -> Made:
    asked = set().union(*mine.scales.values())
    questions = [question for question in given.questions if question.scale_id in asked]
    named = {mode for question in questions for mode in question.modes}
    pack_id = pack_id_of(settings.seed, given.study_id, rater, purpose)
    codes = {turn: _code(settings, rater, turn, purpose) for turn in mine.turns}
    tasks = [
        _task(
            settings,
            given,
            turn,
            codes[turn],
            questions=[q.scale_id for q in questions if q.scale_id in mine.scales[turn]],
        )
        for turn in mine.turns
    ]
    if purpose == "practice":
        tasks = [_explained(given, turn, task) for turn, task in zip(mine.turns, tasks, strict=True)]
    content = {
        "schema": "dualtrack.pack/1",
        "pack_id": pack_id,
        "study_id": given.study_id,
        "rater_id": rater,
        "purpose": purpose,
        "language": settings.language,
        "rubric": given.rubric,
        "cover": cover_of(settings, given, len(tasks)).model_dump(mode="json"),
        "questions": [question.model_dump(mode="json") for question in questions],
        "modes": [mode.model_dump(mode="json") for mode in given.modes if mode.id in named],
        "severities": [each.model_dump(mode="json") for each in given.severities] if named else [],
        "tasks": [task.model_dump(mode="json") for task in tasks],
        "guesses": list(guesses),
        "systems": sorted(set(given.systems.values())) if guesses else [],
    }
    rows = tuple(_key_row(given, turn, codes[turn], rater=rater, pack_id=pack_id) for turn in mine.turns)
    return Made(sealed_pack(content), rows)


def cover_of(settings: PanelFile, given: Material, n_tasks: int) -> Cover:
    """The cover of a pack.

    Args:
        settings: panel.yaml.
        given: the study.
        n_tasks: responses, or pairs, in the pack.
    """
    return Cover(
        study=given.title,
        hours=round(n_tasks * settings.minutes_per_response / 60, 2),
        data_use=settings.data_use,
        contact=settings.contact,
        deadline=settings.deadline,
        synthetic=given.synthetic,
    )


def _task(settings: PanelFile, given: Material, turn: Turn, code: str, *, questions: Sequence[str]) -> Task:
    item = given.items[turn.response.item_id]
    return Task(
        code=code,
        prompt=item.text,
        context=item.context,
        sides=(side_of(settings, given, turn.response),),
        questions=tuple(questions),
    )


def _explained(given: Material, turn: Turn, task: Task) -> Task:
    agreed = given.explained.get(turn.response, {})
    return task.model_copy(update={"explained": {name: agreed[name] for name in task.questions if name in agreed}})


def _key_row(given: Material, turn: Turn, code: str, *, rater: str, pack_id: str) -> KeyRow:
    row = KeyRow(code, pack_id, rater, turn.response.system_id, turn.response.item_id, turn.response.sample, "", 1, "")
    return replace(row, occasion=turn.occasion, control=given.control.get(turn.response, ""))


def _code(settings: PanelFile, rater: str, turn: Turn, purpose: str) -> str:
    response = turn.response
    parts = (response.item_id, response.system_id, response.sample, turn.occasion)
    return sealed_name(settings.seed, purpose, rater, *parts)
