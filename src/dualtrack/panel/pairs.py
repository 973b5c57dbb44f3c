"""Packs of preferences: two answers to the same item side by side, for every pair of systems.

May import rubric and the panel's own ground. Who judges which item is planned like ratings, with a pair in the place of
a response, so loads, conflicts, languages and overlap hold alike; a choice has no repeat and no audit.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from dualtrack.panel.codes import pack_id_of, sealed_name
from dualtrack.panel.key import KeyRow
from dualtrack.panel.pack import Choice, Question, Task
from dualtrack.panel.packs import Made, Material, cover_of, sealed_pack, side_of
from dualtrack.panel.parts import pack_words
from dualtrack.panel.plan import PanelPlan, plan_panel
from dualtrack.panel.raters import Item, Person, System
from dualtrack.panel.settings import PanelFile
from dualtrack.panel.work import Response
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.scale import ScaleKind

__all__ = ["plan_pairs", "preference_packs", "preference_questions"]

_BETWEEN = "\x1f"  # no identifier of a study holds it
_PURPOSE = "preferences"


@dataclass(frozen=True, slots=True)
class _Both(System):
    """Two systems that are judged together: a conflict with either keeps a rater away."""

    other: System | None = None

    @property
    def names(self) -> frozenset[str]:
        """The names of both."""
        mine = System(self.system_id, self.name, self.vendor).names
        return mine if self.other is None else mine | self.other.names


def plan_pairs(
    settings: PanelFile,
    people: Sequence[Person],
    responses: Collection[Response],
    *,
    items: Mapping[str, Item],
    systems: Mapping[str, System],
    baseline: str | None = None,
) -> PanelPlan:
    """Decide who compares what.

    Args:
        settings: panel.yaml; the load of a member counts pairs.
        people: the members.
        responses: those that can be compared; of systems under test.
        items: every item by id.
        systems: the systems under test by id.
        baseline: compare every other system with this one; every two systems where None.

    Returns:
        The plan; the system of a turn is a pair.

    Raises:
        PanelError: PAN002 the raters cannot give what is asked; PAN003 no item has answers of two systems.
    """
    there: dict[tuple[str, int], list[str]] = {}
    for each in sorted(responses):
        if each.system_id in systems:
            there.setdefault((each.item_id, each.sample), []).append(each.system_id)
    pairs = [
        Response(item, _BETWEEN.join(pair), sample)
        for (item, sample), held in there.items()
        for pair in combinations(held, 2)
        if baseline is None or baseline in pair
    ]
    both: dict[str, System] = {}
    for name in {each.system_id for each in pairs}:
        one, other = (systems[each] for each in name.split(_BETWEEN))
        both[name] = _Both(name, one.name, one.vendor, other)
    once = settings.model_copy(update={"repeats": 0.0, "audit": None})
    return plan_panel(once, people, pairs, items=items, systems=both)


def preference_questions(rubric: Rubric, language: str) -> tuple[Question, ...]:
    """The questions that compare two answers: every preference scale of the rubric.

    Args:
        rubric: the rubric.
        language: of the words of the choices, where the scale has none of its own.
    """
    scales = [scale for scale in rubric.scales.values() if scale.kind is ScaleKind.preference]
    words: Mapping[str, str] = pack_words(language)["choices"] if scales else {}
    return tuple(
        Question(
            scale_id=scale.id,
            title=scale.title,
            ask=scale.ask,
            choices=tuple(Choice(id=name, anchor=text) for name, text in words.items()),
        )
        for scale in scales
    )


def preference_packs(settings: PanelFile, given: Material, plan: PanelPlan) -> tuple[Made, ...]:
    """The packs of preferences.

    Definition: of the pairs of the same two systems that a rater gets, ordered by a hash, every other shows the first
    system on the left, so that each stands on each side equally often, to within one.

    Args:
        settings: panel.yaml.
        given: texts, and the questions that compare.
        plan: who compares what.

    Returns:
        One for each rater, by rater.
    """
    return tuple(
        _made(settings, given, rater, [turn.response for turn in turns]) for rater, turns in sorted(plan.turns.items())
    )


def _made(settings: PanelFile, given: Material, rater: str, pairs: Sequence[Response]) -> Made:
    pack_id = pack_id_of(settings.seed, given.study_id, rater, _PURPOSE)
    turned = _turned(settings, rater, pairs)
    tasks: list[Task] = []
    rows: list[KeyRow] = []
    for pair in pairs:
        code = _code(settings, rater, pair)
        held = pair.system_id.split(_BETWEEN)
        shown = [replace(pair, system_id=name) for name in (held[::-1] if pair in turned else held)]
        item = given.items[pair.item_id]
        tasks.append(
            Task(
                code=code,
                prompt=item.text,
                context=item.context,
                sides=tuple(side_of(settings, given, each) for each in shown),
                questions=tuple(question.scale_id for question in given.questions),
            )
        )
        rows += [
            KeyRow(code, pack_id, rater, each.system_id, each.item_id, each.sample, "", 1, "", side)
            for each, side in zip(shown, "ab", strict=True)
        ]
    content = {
        "schema": "dualtrack.pack/1",
        "pack_id": pack_id,
        "study_id": given.study_id,
        "rater_id": rater,
        "purpose": _PURPOSE,
        "language": settings.language,
        "rubric": given.rubric,
        "cover": cover_of(settings, given, len(tasks)).model_dump(mode="json"),
        "questions": [question.model_dump(mode="json") for question in given.questions],
        "tasks": [task.model_dump(mode="json") for task in tasks],
        "guesses": [min(task.code for task in tasks)],
        "systems": sorted(set(given.systems.values())),
    }
    return Made(sealed_pack(content), tuple(rows))


def _turned(settings: PanelFile, rater: str, pairs: Sequence[Response]) -> set[Response]:
    """The pairs whose second system stands on the left."""
    by_pair: dict[str, list[Response]] = {}
    for pair in pairs:
        by_pair.setdefault(pair.system_id, []).append(pair)
    turned: set[Response] = set()
    for name, mine in by_pair.items():
        lot = int(sealed_name(settings.seed, "side", rater, name), 16) % 2
        turned.update(sorted(mine, key=lambda pair: _code(settings, rater, pair))[lot::2])
    return turned


def _code(settings: PanelFile, rater: str, pair: Response) -> str:
    return sealed_name(settings.seed, _PURPOSE, rater, pair.item_id, pair.system_id, pair.sample)
