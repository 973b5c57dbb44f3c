"""Check kind ``case_facts``: does the answer contradict a fact of the case?

May import errors, terms and the checks' own ground floor. Words are data: ``words.yaml``.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Judgement, Span
from dualtrack.checks.folding import Folded, fold
from dualtrack.checks.kinds.case_facts.allergies import denied_allergies
from dualtrack.checks.kinds.case_facts.person import wrong_age, wrong_sex
from dualtrack.checks.kinds.case_facts.pregnancy import wrong_pregnancy
from dualtrack.checks.kinds.case_facts.side import wrong_side
from dualtrack.checks.kinds.case_facts.values import compare_values, quantity
from dualtrack.checks.kinds.case_facts.whose import Sentence, read_sentences
from dualtrack.terms import Outcome, Reason

__all__ = ["KIND", "CaseFactsParams"]

_SIDES = frozenset({"left", "right"})
_MODES = {"side": "side_error", "allergies": "allergy_ignored"}
_SEXES = frozenset({"female", "male"})


class CaseFactsParams(CheckParams):
    """No parameters: the facts of the item say what is compared."""


def judge(given: CheckInput, _params: CaseFactsParams) -> tuple[Judgement, ...]:
    """One judgement for each fact of the case: fail when the answer states something else about this patient.

    Definition: facts are side, sex, age_years, weight_kg, pregnant, allergies (one judgement) and each value under labs
    (``labs.NAME``). A fact that the answer does not mention passes, and so do statements about people at large,
    somebody else, the past, a condition or a target. The value counts the passages that contradict.

    Undefined when a fact has a form that is not read (a result in words, a side that is neither), or when the answer
    states the value in a unit that cannot be compared: ``unparsed``.

    Example:
        >>> given = CheckInput("Rest the right knee.", reference={"facts": {"side": "left"}})
        >>> [(each.unit, each.failure_mode) for each in judge(given, CaseFactsParams())]
        [('side', 'side_error')]
    """
    folded = fold(given.text or "")
    sentences = read_sentences(folded)
    prompt = fold(given.prompt).lower if given.prompt else ""
    facts: Mapping[str, Any] = given.reference["facts"]
    return tuple(
        _value(folded, sentences, unit, (name, fact)) if is_value else _other(folded, sentences, unit, (fact, prompt))
        for unit, name, fact, is_value in _units(facts)
    )


def _units(facts: Mapping[str, Any]) -> Iterator[tuple[str, str, Any, bool]]:
    """Unit of the judgement, name, fact, and whether it is a value with a unit; in the order of the units."""
    for key in sorted(facts):
        if key == "labs" and isinstance(facts[key], Mapping):
            for name in sorted(facts[key]):
                yield f"labs.{name}", str(name).lower(), facts[key][name], True
        elif key == "weight_kg":
            yield key, key, f"{facts[key]} kg", True
        else:
            yield key, key, facts[key], False


def _value(folded: Folded, sentences: tuple[Sentence, ...], unit: str, fact: tuple[str, Any]) -> Judgement:
    name, written = fact
    stated = quantity(written)
    if stated is None:
        return Judgement.undecided(Reason.unparsed, unit=unit)
    found = compare_values(sentences, name, stated)
    if found.unread and not found.wrong:
        return Judgement.undecided(Reason.unparsed, unit=unit)
    return _judgement(folded, unit, "context_swap", list(found.wrong))


def _other(folded: Folded, sentences: tuple[Sentence, ...], unit: str, fact: tuple[Any, str]) -> Judgement:
    if unit == "side" and fact[0] == "bilateral":
        return Judgement(Outcome.passed, value=0.0, unit=unit)
    found = _passages(sentences, unit, *fact)
    if found is None:
        return Judgement.undecided(Reason.unparsed, unit=unit)
    return _judgement(folded, unit, _MODES.get(unit, "context_swap"), found)


def _passages(sentences: tuple[Sentence, ...], unit: str, stated: object, prompt: str) -> list[Span] | None:
    """Passages that contradict a fact that is no value; None when the fact has a form that is not read."""
    found = None
    if unit == "side" and stated in _SIDES:
        found = wrong_side(sentences, stated)
    elif unit == "pregnant" and isinstance(stated, bool):
        found = wrong_pregnancy(sentences, pregnant=stated)
    elif unit == "sex" and stated in _SEXES:
        found = wrong_sex(sentences, stated, prompt)
    elif unit == "age_years" and isinstance(stated, int | float):
        found = wrong_age(sentences, stated)
    elif unit == "allergies" and isinstance(stated, list | tuple) and stated:
        found = denied_allergies(sentences, tuple(map(str, stated)))
    return found


def _judgement(folded: Folded, unit: str, mode: str, found: list[Span]) -> Judgement:
    if not found:
        return Judgement(Outcome.passed, value=0.0, unit=unit)
    spans = tuple(sorted(folded.span(*span) for span in found))
    return Judgement(Outcome.failed, value=float(len(spans)), failure_mode=mode, spans=spans, unit=unit)


KIND = CheckKind(
    name="case_facts",
    version=1,
    title="Contradictions of the facts of the case",
    claim="A failing finding shows a passage that states another side, sex, age or value than the case has, "
    "denies a recorded allergy, or turns a pregnancy round; whether it matters is for a person to say.",
    blind_spots=(
        "A fact that is used wrongly without being stated is not seen.",
        "History, and any fact that the item does not list, is not compared.",
        "A fact told in words (in her forties, kidneys at half strength) is not compared.",
        "A passage about somebody else whom no word of the sentence names is read as being about the patient.",
        "Where the answer speaks to the patient as you, pronouns of the other sex are taken to mean somebody else.",
        "An old value is told from the present one only by words of time.",
        "With trouble on both sides every side passes.",
    ),
    unit="passages that contradict the fact, lower is better",
    params=CaseFactsParams,
    judge=judge,
    failure_modes=(
        FailureMode("side_error", "commission", "Left and right are confused"),
        FailureMode("context_swap", "commission", "Age, sex, pregnancy or a value is not that of the case"),
        FailureMode("allergy_ignored", "commission", "A recorded allergy is denied"),
    ),
    examples=(
        Example(
            "Your right knee should be rested.",
            Outcome.failed,
            "The trouble is on the left.",
            failure_mode="side_error",
            value=1.0,
            reference={"facts": {"side": "left"}},
        ),
        Example(
            "You are right to rest it now; the left knee will need ice, unlike the right one.",
            Outcome.passed,
            "Right is also a word of agreement, and the other knee is only compared with.",
            value=0.0,
            reference={"facts": {"side": "left"}},
        ),
        Example(
            "In this 17-year-old, give the adult dose.",
            Outcome.failed,
            "The patient is 71.",
            failure_mode="context_swap",
            reference={"facts": {"age_years": 71}},
        ),
        Example(
            "Women over 50 should be screened. Your mother was 43.",
            Outcome.passed,
            "A rule, and another person.",
            value=0.0,
            reference={"facts": {"age_years": 34}},
        ),
        Example(
            "Your eGFR of 82 mL/min is normal.",
            Outcome.failed,
            "It is 28.",
            failure_mode="context_swap",
            reference={"facts": {"labs": {"egfr": "28 mL/min"}}},
        ),
        Example(
            "A creatinine of 2.04 mg/dL is raised; the target potassium is 4.5.",
            Outcome.passed,
            "The same value in another unit.",
            value=0.0,
            reference={"facts": {"labs": {"creatinine": "180 micromol/L"}}},
        ),
        Example(
            "No known drug allergies. Start amoxicillin.",
            Outcome.failed,
            "An allergy to penicillin is recorded.",
            failure_mode="allergy_ignored",
            reference={"facts": {"allergies": ["penicillin"]}},
        ),
        Example(
            "The test was positive.",
            Outcome.not_assessable,
            "The fact has no number to compare with.",
            reason=Reason.unparsed,
            reference={"facts": {"labs": {"troponin": "positive"}}},
        ),
    ),
    languages=("en",),
    needs=("facts",),
)
