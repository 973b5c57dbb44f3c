"""What a difference says about a margin that was written before scoring.

May import terms, stats and the scoring ground. A claim rests on limits with 2.5 % of error on each side, with what is
missing counting against it; the pairs of one track are one family for each kind of claim.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import t as student_t

from dualtrack.stats.interval import Interval
from dualtrack.stats.multiple import holm
from dualtrack.terms import Reason

__all__ = ["Claim", "decide", "holds_in_family"]

FAMILY_ALPHA = 0.05
"""Two-sided, so 2.5 % on each side."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the limits allow to say, and why not more.

    ``word``: superior, non_inferior, equivalent, inferior or not_demonstrated. ``reasons``: empty for a claim.
    """

    word: str
    reasons: tuple[Reason, ...] = ()


def decide(
    limits: tuple[float | None, float | None],
    adverse: tuple[float | None, float | None],
    margin: float,
    *,
    frozen: bool,
) -> Claim:
    """Decide one difference against its margin.

    Definition: superior where lower > margin; inferior where upper < -margin; equivalent where -margin < lower and
    upper < margin; non-inferior where lower > -margin; otherwise not demonstrated. A claim has to hold with the limits
    as printed and with those in which what is missing counts against it.

    Args:
        limits: lower and upper limit of the difference a - b.
        adverse: lower limit with what is missing hurting a most, upper limit with it helping a most.
        margin: the greatest difference that does not matter, 0..1.
        frozen: whether the margin was sealed before the responses were seen.

    >>> decide((-0.02, 0.04), (-0.02, 0.04), 0.05, frozen=True).word
    'equivalent'
    >>> decide((-0.02, 0.04), (-0.2, 0.2), 0.05, frozen=True)
    Claim(word='not_demonstrated', reasons=(<Reason.missing_evidence: 'missing_evidence'>,))
    """
    (lower, upper), (low, high) = limits, adverse
    if lower is None or upper is None:
        return Claim("not_demonstrated", (Reason.too_few_clusters, *(() if frozen else (Reason.retrospective,))))
    as_printed = _word(lower, upper, margin)
    word = _word(min(lower, lower if low is None else low), max(upper, upper if high is None else high), margin)
    reasons = []
    if word == "not_demonstrated":
        reasons.append(Reason.straddles if as_printed == word else Reason.missing_evidence)
    if not frozen:
        reasons.append(Reason.retrospective)
    return Claim("not_demonstrated", tuple(reasons)) if reasons else Claim(word)


def _word(lower: float, upper: float, margin: float) -> str:
    if lower > margin:
        return "superior"
    if upper < -margin:
        return "inferior"
    if -margin < lower and upper < margin:
        return "equivalent"
    return "non_inferior" if lower > -margin else "not_demonstrated"


_WEAKER: Mapping[str, tuple[str, ...]] = {
    "superior": ("superior", "non_inferior"),
    "inferior": ("inferior",),
    "equivalent": ("equivalent", "non_inferior"),
    "non_inferior": ("non_inferior",),
    "not_demonstrated": (),
}
_FAMILY = {"superior": "beyond", "inferior": "beyond", "equivalent": "within", "non_inferior": "not_below"}


def holds_in_family(claims: Sequence[Claim], linear: Sequence[Interval], margin: float) -> list[Claim]:
    """The claims of one family that stand after Holm's correction, each at its own margin.

    Definition: for each kind of claim the p value of every pair, two-sided in scale so that a single pair keeps 2.5 %
    on each side: of a difference beyond the margin 2 P(T > (|d| - margin) / se); of one not below it
    2 P(T > (d + margin) / se); of one within it 2 P(T > (margin - |d|) / se). Holm over the pairs, for each kind; a
    claim that does not stand falls to the next weaker that does.

    Args:
        claims: what the limits of each pair allow.
        linear: the linearised difference of each.
        margin: the margin of the family.

    Source: Holm 1979, Scand J Stat 6:65-70; one-sided tests at the margin Schuirmann 1987, doi:10.1007/BF01068419.
    """
    adjusted = {kind: holm([_p_of(kind, each, margin) for each in linear]) for kind in set(_FAMILY.values())}
    result = []
    for place, claim in enumerate(claims):
        standing = [word for word in _WEAKER[claim.word] if adjusted[_FAMILY[word]][place] <= FAMILY_ALPHA]
        if claim.word == "not_demonstrated" or (standing and standing[0] == claim.word):
            result.append(claim)
        else:
            why = Reason.multiplicity if len(claims) > 1 else Reason.straddles  # resampled limits may be the shorter
            result.append(Claim(standing[0]) if standing else Claim("not_demonstrated", (why,)))
    return result


def _p_of(kind: str, linear: Interval, margin: float) -> float:
    if linear.value is None or not linear.standard_error or linear.degrees_of_freedom is None:
        return 1.0
    beyond = {
        "beyond": abs(linear.value) - margin,
        "within": margin - abs(linear.value),
        "not_below": linear.value + margin,
    }[kind]
    return min(1.0, 2.0 * float(student_t.sf(beyond / linear.standard_error, linear.degrees_of_freedom)))
