"""Whether what came back fits the pack: digest, rater, codes, questions, levels, modes, passages.

May import errors and the panel's own ground. Refused answers leave the others as they are.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.pack import CANNOT_JUDGE, Answer, Guess, Pack, Question, Return, seal
from dualtrack.panel.received import Cell, Incoming, Received, Refusal, Said, refuse
from dualtrack.panel.return_csv import looks_like_a_date

__all__ = ["changed_scales", "fitted", "levels_of"]


def levels_of(question: Question) -> tuple[str, ...]:
    """Levels that may be given to a question with choices.

    Args:
        question: the question.
    """
    cannot = question.cannot_judge.id if question.cannot_judge else CANNOT_JUDGE
    return (*(choice.id for choice in question.choices), cannot)


def changed_scales(packs: Sequence[Pack]) -> dict[Cell, Problem]:
    """Questions that are not the same in every pack.

    Definition: of two packs in one language, everything that the rater reads of a question must be equal; of two
    languages, its levels and limits. What most packs have counts as the scale (of equally many the pack that comes
    first by its id); the question of the other packs is changed.

    Args:
        packs: every pack of the study.

    Returns:
        The problem of each changed question, by pack and scale.
    """
    shapes: dict[str, dict[tuple[object, ...], list[Pack]]] = {}
    words: dict[tuple[str, str], dict[str, list[Pack]]] = {}
    for pack in sorted(packs, key=lambda each: each.pack_id):
        for question in pack.questions:
            shape = (levels_of(question), question.least, question.most)
            shapes.setdefault(question.scale_id, {}).setdefault(shape, []).append(pack)
            words.setdefault((question.scale_id, pack.language), {}).setdefault(repr(question), []).append(pack)
    changed: dict[Cell, Problem] = {}
    named = [(scale, list(kinds.values())) for scale, kinds in shapes.items()]
    named += [(scale, list(kinds.values())) for (scale, _), kinds in words.items()]
    for scale, groups in named:
        held = max(groups, key=len)
        for pack in (each for group in groups if group is not held for each in group):
            changed[pack.pack_id, scale] = Problem(
                "PAN107",
                "the scale is not the same in every pack",
                Place(f"pack {pack.pack_id}", column=scale),
                found=f"other levels or words than in {len(held)} packs, such as {held[0].pack_id}",
                expected="one scale for all raters",
                fix="make new packs from one rubric; answers on the two scales cannot be put together",
            )
    return changed


def fitted(
    incoming: Incoming, changed: Mapping[Cell, Problem]
) -> tuple[Received, tuple[Refusal, ...], tuple[Problem, ...]]:
    """Keep the answers that fit, refuse the others one by one.

    Args:
        incoming: what a file says for one pack.
        changed: questions that are not the same in every pack.

    Returns:
        The return with what fits, what was refused of it, and the problems behind that.

    Raises:
        PanelError: PAN103 the pack that was rated is not the one that was handed out; PAN112 the rater is not the one
            of the pack.
    """
    pack = incoming.pack
    _same_pack(incoming)
    known: dict[Cell, Said] = {}
    kept: list[Said] = []
    refused: list[Refusal] = []
    problems: list[Problem] = []
    for said in incoming.said:
        problem = said.problem or changed.get((pack.pack_id, said.scale_id)) or _misfit(said, pack)
        if problem is None and said.cell in known:
            problem = _twice(said, known[said.cell])
        if problem is None:
            kept += [] if said.cell in known else [said]
            known.setdefault(said.cell, said)
            continue
        refused.append(Refusal(incoming.file, pack.pack_id, *said.cell, problem))
        problems.append(problem if problem.code != "PAN107" else replace(problem, place=said.place))
    guesses = tuple(
        guess
        for guess in incoming.guesses
        if guess.code in pack.guesses and (guess.system is None or guess.system in pack.systems)
    )
    problems += [_foreign_guess(incoming.file, guess) for guess in incoming.guesses if guess not in guesses]
    if incoming.sealed is not None and not problems:
        return Received(incoming.file, incoming.sealed), (), ()
    back = _sealed(incoming, kept, guesses)
    return Received(incoming.file, back), tuple(refused), tuple(problems)


def _sealed(incoming: Incoming, kept: Sequence[Said], guesses: tuple[Guess, ...]) -> Return:
    """A return of what fits, with a digest of its own."""
    pack = incoming.pack
    answers = [_answer(said) for said in kept]
    content = {
        "schema": "dualtrack.return/1",
        "pack_id": pack.pack_id,
        "of": pack.digest,
        "rater_id": pack.rater_id,
        "medium": incoming.medium,
        "answers": [answer.model_dump(mode="json") for answer in answers],
        "guesses": [guess.model_dump(mode="json") for guess in guesses],
        "locked_at": incoming.locked_at,
        "finished_at": incoming.finished_at,
    }
    return Return.model_validate(
        content | {"answers": tuple(answers), "guesses": guesses, "digest": seal(content)["digest"]}
    )


def _same_pack(incoming: Incoming) -> None:
    pack = incoming.pack
    if incoming.of is not None and incoming.of != pack.digest:
        raise refuse(
            "PAN103",
            "another pack was rated than the one that was handed out",
            Place(incoming.file, column="of"),
            found=incoming.of,
            expected=pack.digest,
            fix="find out who changed the pack; the answers may be about other texts",
        )
    if incoming.rater_id != pack.rater_id:
        raise refuse(
            "PAN112",
            "the pack is not of this rater",
            Place(incoming.file, column="rater_id"),
            found=incoming.rater_id,
            expected=pack.rater_id,
            fix="ask who rated; nobody rates in the name of another",
        )


def _misfit(said: Said, pack: Pack) -> Problem | None:
    """Why an answer does not fit the pack."""
    task = next((each for each in pack.tasks if each.code == said.code), None)
    try:
        if task is None:
            raise refuse(
                "PAN105", "the pack has no such code", said.place, found=said.code,
                expected=f"a code of pack {pack.pack_id}", fix="ask for the file as the rater saved it",
            )  # fmt: skip
        question = next((each for each in pack.questions if each.scale_id == said.scale_id), None)
        if question is None or said.scale_id not in task.questions:
            raise refuse(
                "PAN118", "the task does not ask this question", said.place, found=said.scale_id,
                expected=", ".join(task.questions), fix="correct the name of the scale",
            )  # fmt: skip
        _fitting_level(said, question)
        _fitting_rest(said, pack)
        length = len(task.sides[0].text)
        if any(not 0 <= start < end <= length for start, end in said.spans) and len(task.sides) == 1:
            raise refuse(
                "PAN119", "a passage lies outside the text", said.place, found=said.spans,
                expected=f"within 0 and {length}", fix="mark the passage again",
            )  # fmt: skip
    except PanelError as error:
        return error.problems[0]
    return None


def _fitting_level(said: Said, question: Question) -> None:
    levels = levels_of(question)
    given = [said.level] if said.level is not None else []
    if said.state == "done" and said.level is None:
        raise refuse("PAN106", "a finished answer without a level", said.place, expected=" or ".join(levels))
    for level in (*given, *(level for level, _ in said.before)):
        if level in levels or (not question.choices and _within(level, question)):
            continue
        if looks_like_a_date(level):
            raise refuse(
                "PAN113", "a spreadsheet turned a level into a date", said.place, found=level,
                expected=" or ".join(levels), fix="format the column as text and enter the level again",
            )  # fmt: skip
        numbers = f"a number from {question.least} to {question.most}, or {levels[-1]}"
        raise refuse(
            "PAN106", "the scale has no such level", said.place, found=level,
            expected=" or ".join(levels) if question.choices else numbers, fix="ask the rater what was meant",
        )  # fmt: skip


def _within(level: str, question: Question) -> bool:
    try:
        number = float(level)
    except ValueError:
        return False
    least, most = question.least, question.most
    return math.isfinite(number) and (least is None or number >= least) and (most is None or number <= most)


def _fitting_rest(said: Said, pack: Pack) -> None:
    modes = {mode.id for mode in pack.modes}
    strange = [mode for mode in said.modes if mode not in modes]
    if strange:
        raise refuse(
            "PAN118", "the pack has no such failure mode", said.place, found=strange[0],
            expected=", ".join(sorted(modes)) or "none", fix="use the ids of the pack",
        )  # fmt: skip
    levels = [each.id for each in pack.severities]
    unfit = [f"{mode}: {level}" for mode, level in said.severities.items() if mode not in said.modes]
    unfit += [f"{mode}: {level}" for mode, level in said.severities.items() if level not in levels]
    if unfit:
        raise refuse(
            "PAN150", "how serious a failure is does not fit the pack", said.place, found=unfit[0],
            expected=f"for a ticked failure mode one of {', '.join(levels)}" if levels else "nothing; it is not asked",
            fix="tick the failure mode, and use the ids of the pack",
        )  # fmt: skip


def _twice(said: Said, first: Said) -> Problem | None:
    if (said.level, said.state) == (first.level, first.state):
        return None
    return refuse(
        "PAN120", "the same question is answered twice, differently", said.place, found=said.level,
        expected=f"one answer; {first.place} says {first.level}", fix="ask the rater which one counts",
    ).problems[0]  # fmt: skip


def _foreign_guess(file: str, guess: Guess) -> Problem:
    return refuse(
        "PAN105", "a guess about a task or a system that was not asked", Place(file, column="guesses"),
        found=f"{guess.code}: {guess.system}", expected="a task and a system of the pack", fix="ask the rater",
    ).problems[0]  # fmt: skip


def _answer(said: Said) -> Answer:
    state = said.state if said.state in ("draft", "cancelled") else "done"
    return Answer.model_validate(
        {
            "code": said.code, "scale_id": said.scale_id, "level": said.level, "state": state,
            "comment": said.comment, "reason": said.reason, "modes": said.modes, "severities": dict(said.severities),
            "spans": said.spans, "seconds": said.seconds, "rated_at": said.rated_at, "before": said.before,
        }
    )  # fmt: skip
