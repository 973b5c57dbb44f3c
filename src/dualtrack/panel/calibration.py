"""Calibration packs: the same cases for every rater in an order of their own, with levels that were agreed beforehand.

May import the panel's own ground. Everything is a function of its arguments. Ids of these packs and codes of their
tasks begin with ``cal``, which no other id does, so that nobody takes such a return for one of the study.
"""

from collections.abc import Mapping, Sequence

from dualtrack.panel.calibration_file import Case
from dualtrack.panel.codes import CALIBRATION_PREFIX as PREFIX
from dualtrack.panel.codes import pack_id_of, sealed_name
from dualtrack.panel.pack import Mode, Pack, Question, Side, Task
from dualtrack.panel.packs import Material, Text, cover_of, sealed_pack, side_of
from dualtrack.panel.rule import Calibration, rule_digest
from dualtrack.panel.settings import PanelFile
from dualtrack.panel.work import Response

__all__ = ["PURPOSE", "calibration_id", "calibration_packs", "case_codes", "own_texts", "source_of"]

PURPOSE = "calibration"
OWN = "own"


def calibration_id(seed: int, study_id: str, rater_id: str, attempt: int) -> str:
    """Id of the calibration pack of a rater.

    Args:
        seed: the panel's seed.
        study_id: id of the study.
        rater_id: the rater.
        attempt: which attempt, from 1.
    """
    return PREFIX + pack_id_of(seed, study_id, rater_id, f"{PURPOSE} {attempt}")


def case_codes(seed: int, rater_id: str, attempt: int, cases: Sequence[Case]) -> dict[str, Case]:
    """Code of each case for a rater; sorted by code, which is the order in which the rater meets them.

    Args:
        seed: the panel's seed.
        rater_id: the rater.
        attempt: which attempt.
        cases: the cases of the attempt.
    """
    codes = {PREFIX + sealed_name(seed, PURPOSE, attempt, rater_id, case.id): case for case in cases}
    return dict(sorted(codes.items()))


def source_of(case: Case) -> Response:
    """The response behind a case; one that no study has where the case brings its own texts.

    Args:
        case: the case.
    """
    if case.response is None:
        return Response(f"{OWN} {case.id}", OWN)  # a blank stands in no id of the study
    return Response(case.response.item, case.response.system, case.response.sample)


def own_texts(cases: Sequence[Case]) -> tuple[dict[str, Text], dict[Response, Text]]:
    """Prompts and answers of cases with texts of their own, as material for packs.

    Args:
        cases: the cases.
    """
    own = [case for case in cases if case.response is None]
    prompts = {source_of(case).item_id: Text(case.prompt or "", case.context) for case in own}
    return prompts, {source_of(case): Text(case.answer or "") for case in own}


def calibration_packs(
    settings: PanelFile,
    calibration: Calibration,
    given: Material,
    raters: Sequence[str],
    *,
    attempt: int,
    cases: Sequence[Case],
) -> tuple[Pack, ...]:
    """The packs of one attempt.

    Args:
        settings: panel.yaml.
        calibration: its part on calibration.
        given: texts and questions, those of the cases included; ``synthetic`` is that of the cases.
        raters: who calibrates.
        attempt: which attempt, from 1.
        cases: the cases of the attempt.

    Returns:
        One pack for each rater.
    """
    asked = {scale for case in cases for scale in case.levels}
    questions = [question for question in given.questions if question.scale_id in asked]
    modes = _modes(given.modes, questions)
    return tuple(
        _pack(settings, given, rater, attempt=attempt, cases=cases, rule=rule_digest(calibration),
              parts={"questions": questions, "modes": modes})
        for rater in raters
    )  # fmt: skip


def _modes(modes: Sequence[Mode], questions: Sequence[Question]) -> list[Mode]:
    named = {mode for question in questions for mode in question.modes}
    return [mode for mode in modes if mode.id in named]


def _pack(
    settings: PanelFile,
    given: Material,
    rater: str,
    *,
    attempt: int,
    cases: Sequence[Case],
    rule: str,
    parts: Mapping[str, Sequence[Question] | Sequence[Mode]],
) -> Pack:
    order = [question.scale_id for question in parts["questions"] if isinstance(question, Question)]
    codes = case_codes(settings.seed, rater, attempt, cases)
    tasks = [_task(settings, given, code, case, order=order) for code, case in codes.items()]
    cover = cover_of(settings, given, len(tasks)).model_copy(update={"deadline": None})  # the day of the study is later
    return sealed_pack(
        {
            "schema": "dualtrack.pack/1",
            "pack_id": calibration_id(settings.seed, given.study_id, rater, attempt),
            "study_id": given.study_id,
            "rater_id": rater,
            "purpose": PURPOSE,
            "language": settings.language,
            "rubric": given.rubric,
            "cover": cover.model_dump(mode="json"),
            **{name: [each.model_dump(mode="json") for each in held] for name, held in parts.items()},
            "tasks": [task.model_dump(mode="json") for task in tasks],
            "rule": rule,
        }
    )


def _task(settings: PanelFile, given: Material, code: str, case: Case, *, order: Sequence[str]) -> Task:
    source = source_of(case)
    item = given.items[source.item_id]
    side: Side = side_of(settings, given, source)
    return Task(
        code=code,
        prompt=item.text,
        context=item.context,
        sides=(side,),
        questions=tuple(scale for scale in order if scale in case.levels),
        explained={scale: (agreed.level, agreed.why) for scale, agreed in case.levels.items()},
        accepted={scale: agreed.also for scale, agreed in case.levels.items() if agreed.also},
    )
