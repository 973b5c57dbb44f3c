"""Whether calibration cases and the rule of readiness fit the rubric, the study and each other.

May import errors, rubric, records and the panel's own ground.
"""

from collections.abc import Collection, Iterator, Mapping

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.calibration_file import CaseText, ResponseOf
from dualtrack.panel.panel_yaml import PanelText
from dualtrack.panel.rule import Calibration, Rule
from dualtrack.panel.work import Response
from dualtrack.records.problems import nearest, shown, some
from dualtrack.rubric.scale import CANNOT_JUDGE, Scale, ScaleKind

__all__ = ["levels_of_scale", "refuse_cases_that_do_not_fit"]

ASKED = (ScaleKind.binary, ScaleKind.nominal, ScaleKind.ordinal)


def levels_of_scale(scale: Scale) -> tuple[str, ...]:
    """Levels that can be agreed on, in the order of the scale; "cannot judge" is one.

    Args:
        scale: a scale with levels.
    """
    levels = tuple(level.id for level in scale.levels)
    return levels if CANNOT_JUDGE in levels else (*levels, CANNOT_JUDGE)


def refuse_cases_that_do_not_fit(
    panel: PanelText,
    calibration: Calibration,
    cases: CaseText,
    *,
    scales: Mapping[str, Scale],
    responses: Collection[Response],
    prompts: Collection[str] = (),
    assigned: Collection[str] = (),
) -> None:
    """Refuse cases and rules that name what does not exist, and rules that nobody can meet.

    Args:
        panel: panel.yaml as read.
        calibration: its part on calibration.
        cases: the cases as read.
        scales: scales of the rubric.
        responses: responses of the study that have a text.
        prompts: prompts that raters may meet in the study.
        assigned: ids of items that the plan of the study asks for.

    Raises:
        PanelError: PAN127, all problems at once.
    """
    problems = [*_rules(panel, calibration, cases, scales), *_cases(calibration, cases, scales, responses)]
    problems += _met_again(cases, prompts)
    for number, item in enumerate(calibration.items):
        if item in assigned:
            place, fix = panel.place("calibration", "items", number), "plan again, or take another item"
            problems.append(_problem("the plan asks for it already", place, item, expected="an item apart", fix=fix))
    if problems:
        raise PanelError(problems)


def _problem(what: str, place: Place, found: object, *, expected: str, fix: str) -> Problem:
    return Problem("PAN127", what, place, found=shown(found), expected=expected, fix=fix)


def _rules(
    panel: PanelText, calibration: Calibration, cases: CaseText, scales: Mapping[str, Scale]
) -> Iterator[Problem]:
    for number, rule in enumerate(calibration.rules):
        path = ("calibration", "rules", number)
        scale = scales.get(rule.scale)
        if scale is None or scale.kind not in ASKED:
            yield _unknown_scale(rule.scale, panel.place(*path, "scale"), scales)
            continue
        yield from _levels(rule, scale, panel.place(*path, "harm_levels"))
        if rule.within_one is not None and scale.kind is not ScaleKind.ordinal:
            place = panel.place(*path, "within_one")
            fix = "leave within_one out for this scale"
            yield _problem(
                "the levels have no order", place, f"{rule.scale}, {scale.kind}", expected="an ordinal scale", fix=fix
            )
        yield from _enough(rule, cases, panel.place(*path))


def _levels(rule: Rule, scale: Scale, place: Place) -> Iterator[Problem]:
    levels = levels_of_scale(scale)
    for level in rule.harm_levels:
        if level not in levels or level == CANNOT_JUDGE:
            yield _problem("no level of the scale stands for this harm", place, level, expected=some(levels),
                           fix=nearest(level, levels, otherwise="name levels of the scale"))  # fmt: skip


def _enough(rule: Rule, cases: CaseText, place: Place) -> Iterator[Problem]:
    """Every set must be able to make a rater ready, and to show a missed harm where that decides."""
    for number in cases.file.sets:
        asked = [case.levels[rule.scale] for case in cases.file.of_set(number) if rule.scale in case.levels]
        harms = [agreed for agreed in asked if set(agreed.accepted) <= set(rule.harm_levels)]
        if len(asked) < rule.least:
            yield _problem("the rule asks for more cases than there are", place,
                           f"{len(asked):,} cases of set {number} on {rule.scale}", expected=f"at least {rule.least:,}",
                           fix="add cases, or lower least")  # fmt: skip
        if rule.harm_levels and not harms:
            yield _problem("no case is a known harm", place, f"set {number} on {rule.scale}",
                           expected="a case whose accepted levels all stand in harm_levels",
                           fix="add such a case, or leave harm_levels out")  # fmt: skip


def _cases(
    calibration: Calibration, cases: CaseText, scales: Mapping[str, Scale], responses: Collection[Response]
) -> Iterator[Problem]:
    for number, case in enumerate(cases.file.cases):
        if case.response is not None:
            yield from _source(calibration, case.response, cases.place("cases", number, "response"), responses)
        for name, agreed in case.levels.items():
            place = cases.place("cases", number, "levels", name)
            scale = scales.get(name)
            if scale is None or scale.kind not in ASKED:
                yield _unknown_scale(name, place, scales)
                continue
            levels = levels_of_scale(scale)
            for level in agreed.accepted:
                if level not in levels:
                    yield _problem("the scale has no such level", place, level, expected=some(levels),
                                   fix=nearest(level, levels, otherwise="name a level of the scale"))  # fmt: skip
            if len(set(agreed.accepted)) < len(agreed.accepted):
                yield _problem(
                    "a level is accepted twice", place, agreed.accepted, expected="each level once", fix="remove one"
                )
            strangers = [who for who in agreed.by if who not in cases.file.agreed_by]
            if strangers:
                fix, known = "add the name to agreed_by", some(cases.file.agreed_by)
                yield _problem("who agreed is not named above", place, some(strangers), expected=known, fix=fix)


def _source(
    calibration: Calibration, named: ResponseOf, place: Place, responses: Collection[Response]
) -> Iterator[Problem]:
    wanted = Response(named.item, named.system, named.sample)
    if wanted not in responses:
        yield _problem("the study has no such response", place, f"{wanted.item_id}, {wanted.system_id}",
                       expected="a response with a text",
                       fix="correct item, system and sample, or give prompt and answer")  # fmt: skip
    if wanted.item_id not in calibration.items:
        yield _problem("the item could be rated in the study as well", place, wanted.item_id,
                       expected="an item under calibration.items of panel.yaml, which no plan uses",
                       fix="add it there, or give prompt and answer")  # fmt: skip


def _met_again(cases: CaseText, prompts: Collection[str]) -> Iterator[Problem]:
    """Cases whose prompt is that of an item of the study, and cases that are there twice."""
    known = {_plain(prompt) for prompt in prompts}
    seen: dict[tuple[object, ...], str] = {}
    for number, case in enumerate(cases.file.cases):
        same = seen.setdefault((case.response, _plain(case.prompt or ""), _plain(case.answer or "")), case.id)
        if same != case.id:
            yield _problem("the same case is there twice", cases.place("cases", number), f"{case.id} and {same}",
                           expected="cases that are new in every set", fix="write another case")  # fmt: skip
        if case.prompt is not None and _plain(case.prompt) in known:
            yield _problem("the prompt is one of the study as well", cases.place("cases", number, "prompt"), case.id,
                           expected="a prompt that raters do not meet again", fix="write another case")  # fmt: skip


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _unknown_scale(name: str, place: Place, scales: Mapping[str, Scale]) -> Problem:
    known = [scale.id for scale in scales.values() if scale.kind in ASKED]
    fix = nearest(name, known, otherwise="name a scale of the rubric")
    return _problem("the rubric asks no such question with levels", place, name, expected=some(known), fix=fix)
