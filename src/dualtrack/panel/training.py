"""Calibration returns taken in: first answers, numbers by scale, and the lines that they add to the record.

May import errors, rubric and the panel's own ground. Nothing of it is a rating of the study.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from dualtrack.errors import Place, Problem
from dualtrack.panel.calibration import case_codes
from dualtrack.panel.calibration_file import Agreed, Case, CaseFile, set_digest
from dualtrack.panel.pack import Pack
from dualtrack.panel.readiness import First, Given, Numbers, first_answers, numbers_of
from dualtrack.panel.received import Reading, Received
from dualtrack.panel.rule import Calibration, rule_digest
from dualtrack.panel.training_rows import Attempt, answer_row, attempt_row, new_rows, recorded_answers
from dualtrack.rubric.scale import Scale

__all__ = ["Taken", "taken"]

FORM = "form"
OPEN = First(Given.open)
Rows = Sequence[Mapping[str, str]]
Firsts = Mapping[tuple[str, str], First]


@dataclass(frozen=True, slots=True)
class Taken:
    """What returns of calibration show.

    Attributes:
        attempts: new rows of training.csv.
        answers: new rows of answers.csv.
        numbers: by rater, attempt and scale, for every pack of which anything is known.
        problems: what was refused in this step.
        notes: answers that were given again after the agreed level was shown; the first counts.
    """

    attempts: tuple[Mapping[str, str], ...]
    answers: tuple[Mapping[str, str], ...]
    numbers: Mapping[tuple[str, int, str], Numbers]
    problems: tuple[Problem, ...]
    notes: tuple[Problem, ...]


def taken(
    reading: Reading,
    packs: Sequence[Pack],
    calibration: Calibration,
    cases: CaseFile,
    *,
    attempts: Mapping[str, int],
    seed: int,
    scales: Mapping[str, Scale],
    held: tuple[Rows, Rows],
    at: str,
) -> Taken:
    """Hold what came back against what was agreed.

    Args:
        reading: what came back.
        packs: the packs of calibration.
        calibration: the part of panel.yaml.
        cases: the cases.
        attempts: which attempt each pack is of.
        seed: the panel's seed.
        scales: scales of the rubric.
        held: rows of training.csv and of answers.csv as they are.
        at: when this is recorded.
    """
    back, problems = _forms(reading)
    numbers: dict[tuple[str, int, str], Numbers] = {}
    rows: list[dict[str, str]] = []
    answers: list[dict[str, str]] = []
    notes: list[Problem] = []
    rules = {rule.scale: rule for rule in calibration.rules}
    for pack in sorted(packs, key=lambda each: (each.rater_id, attempts[each.pack_id])):
        number = attempts[pack.pack_id]
        recorded = recorded_answers(held[1], pack.pack_id)
        firsts = first_answers(back.get(pack.pack_id, ()), recorded)
        if all(first.given is Given.open for first in firsts.values()):
            continue
        notes += [
            _again(first, *cell) for cell, first in firsts.items() if first.changed and recorded.get(cell) != first
        ]
        attempt = Attempt(at, pack.rater_id, number, pack.pack_id, rule_digest(calibration), set_digest(cases, number))
        codes = case_codes(seed, pack.rater_id, number, cases.of_set(number))
        answers += _answers(attempt, codes, firsts)
        for scale, told in _by_scale(codes, firsts):
            found = numbers_of(scales[scale], told, rules.get(scale))
            numbers[pack.rater_id, number, scale] = found
            rows.append(attempt_row(attempt, scale, found))
    return Taken(
        tuple(new_rows(held[0], rows)), tuple(new_rows(held[1], answers)), numbers, tuple(problems), tuple(notes)
    )


def _answers(attempt: Attempt, codes: Mapping[str, Case], firsts: Firsts) -> Iterator[dict[str, str]]:
    for code, case in codes.items():
        for scale in case.levels:
            first = firsts.get((code, scale), OPEN)
            if first.given is not Given.open:
                yield answer_row(attempt, code, case, scale_id=scale, first=first)


def _by_scale(codes: Mapping[str, Case], firsts: Firsts) -> Iterator[tuple[str, list[tuple[Agreed, First]]]]:
    """For each scale what was agreed and answered, case by case."""
    for scale in sorted({scale for case in codes.values() for scale in case.levels}):
        yield (
            scale,
            [
                (case.levels[scale], firsts.get((code, scale), OPEN))
                for code, case in codes.items()
                if scale in case.levels
            ],
        )


def _forms(reading: Reading) -> tuple[dict[str, list[Received]], list[Problem]]:
    """Every return that the form saved, replaced ones included, by pack; others are refused."""
    found: dict[str, list[Received]] = {}
    problems: list[Problem] = []
    for received in (*reading.kept, *reading.superseded):
        if received.back.medium == FORM:
            found.setdefault(received.back.pack_id, []).append(received)
            continue
        problems.append(
            Problem(
                "PAN133",
                "calibration comes back as the form's own file alone",
                Place(received.file),
                found=received.back.medium,
                expected="the file that the form saved",
                fix="ask the rater for that file; elsewhere nobody can tell what was answered first",
            )
        )
    return found, problems


def _again(first: First, code: str, scale: str) -> Problem:
    return Problem(
        "PAN132",
        "an answer was given again after the agreed level was shown; the first counts",
        Place(first.file, column=f"{code}, {scale}"),
        found=f"first {first.level}, at {first.at}",
        expected="one answer",
        fix="nothing needs to be done; the record keeps the first and says that there was another",
    )
