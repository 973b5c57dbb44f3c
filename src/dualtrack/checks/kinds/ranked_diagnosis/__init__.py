"""Check kind ``ranked_diagnosis``: does the reference diagnosis stand among the first that the answer names?

May import errors, terms and the checks' own ground floor. Phrases are data: ``phrases.yaml``.
"""

from typing import Annotated, Any

from pydantic import Field

from dualtrack.checks.base import CheckInput, CheckKind, CheckParams, Example, FailureMode, Judgement
from dualtrack.checks.folding import fold
from dualtrack.checks.kinds.ranked_diagnosis.listing import ranking
from dualtrack.terms import Outcome, Reason

__all__ = ["KIND", "RankedDiagnosisParams"]

_TOP = 3


class RankedDiagnosisParams(CheckParams):
    """How many of the first diagnoses count."""

    top_k: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description=f"First diagnoses among which the reference must stand; the item's own number when not given, and "
        f"{_TOP} when the item has none.",
    )


def judge(given: CheckInput, params: RankedDiagnosisParams) -> Judgement:
    r"""Pass when a name of the reference diagnosis stands among the first ones that the answer names.

    Definition: the answer's list is what it calls most likely, then its numbered or listed differential, then what it
    says to consider or to exclude; repeats count once. A diagnosis that is ruled out, denied, or somebody else's does
    not count as named. The value is the rank found, from 1.

    Undefined when no list can be read, or when the diagnosis is mentioned outside of the list that was read
    (``unparsed``).

    Example:
        >>> facts = {"diagnosis": {"names": ["gout"], "top_k": 1}}
        >>> judge(CheckInput("1. Septic arthritis\n2. Gout", reference=facts), RankedDiagnosisParams()).failure_mode
        'wrong_ranking'
    """
    fact: dict[str, Any] = given.reference["diagnosis"]
    names = tuple(str(name) for name in fact["names"])
    top_k = params.top_k or int(fact.get("top_k") or _TOP)
    folded = fold(given.text or "")
    found = ranking(folded, names)
    spans = () if found.span is None else (folded.span(*found.span),)
    if found.rank is not None:
        if found.rank <= top_k:
            return Judgement(Outcome.passed, value=float(found.rank), spans=spans)
        return Judgement(Outcome.failed, value=float(found.rank), failure_mode="wrong_ranking", spans=spans)
    if found.loose or not (found.n_named or found.ruled_out):
        return Judgement.undecided(Reason.unparsed)
    return Judgement(Outcome.failed, failure_mode="diagnosis_missed", spans=spans)


_GOUT = {"diagnosis": {"names": ["gout", "gouty arthritis"], "top_k": 2}}

KIND = CheckKind(
    name="ranked_diagnosis",
    version=1,
    title="Rank of the reference diagnosis",
    claim="A failing finding shows that no listed name of the reference diagnosis stands among the first that the "
    "answer names.",
    blind_spots=(
        "A name of the diagnosis that the item does not list is not recognised.",
        "A broader or narrower disease whose name holds a listed one is taken for it.",
        "A ranking by probabilities, in a table or spread over a narrative is not read.",
        "Words in a list that are no diagnosis count as one and push the later ones down.",
        "Whether the reasoning is sound is not read.",
    ),
    unit="rank of the reference diagnosis, 1 is first",
    params=RankedDiagnosisParams,
    judge=judge,
    failure_modes=(
        FailureMode("diagnosis_missed", "omission", "The reference diagnosis is not named"),
        FailureMode("wrong_ranking", "commission", "The reference diagnosis is named too far down"),
    ),
    examples=(
        Example(
            "1. Septic arthritis\n2. Gout\n3. Cellulitis",
            Outcome.passed,
            "Second of a numbered list.",
            value=2.0,
            reference=_GOUT,
        ),
        Example(
            "The most likely diagnosis is cellulitis, followed by septic arthritis and gout.",
            Outcome.failed,
            "Third, where two count.",
            failure_mode="wrong_ranking",
            value=3.0,
            reference=_GOUT,
        ),
        Example(
            "The most likely diagnosis is cellulitis. Gout is unlikely with a normal urate.",
            Outcome.failed,
            "Ruled out is not named.",
            failure_mode="diagnosis_missed",
            reference=_GOUT,
        ),
        Example(
            "Most likely diagnosis: cellulitis. We must also exclude gout.",
            Outcome.passed,
            "To be excluded is not ruled out.",
            value=2.0,
            reference=_GOUT,
        ),
        Example(
            "Rest the foot and keep it raised.",
            Outcome.not_assessable,
            "No diagnosis is named in a form that can be read.",
            reason=Reason.unparsed,
            reference=_GOUT,
        ),
    ),
    languages=("en",),
    needs=("diagnosis",),
)
