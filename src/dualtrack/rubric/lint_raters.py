"""What a reviewer would find in what raters are asked: levels without words, no way out, too many questions.

One small function per rule, read by ``dualtrack.rubric.lint``. May import errors, terms and the rubric schemas.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import Condition, Metric
from dualtrack.rubric.rule import Flaw, RubricRule
from dualtrack.rubric.scale import CANNOT_JUDGE, ScaleKind

__all__ = ["MOST_QUESTIONS", "RATER_RULES", "questions"]

MOST_QUESTIONS = 7
"""Questions that a rater answers about one response, at most."""

_WORD = re.compile(r"[^\W\d_]{3,}")


def level_without_words(rubric: Rubric) -> Iterator[Flaw]:
    """RUB117: a level says nothing that a rater could apply, or what another level says."""
    for scale in rubric.scales.values():
        same = Counter(level.anchor.casefold() for level in scale.levels)
        for number, level in enumerate(scale.levels):
            what = ""
            if not _WORD.search(level.anchor) or level.anchor.strip(" .").casefold() == level.id.casefold():
                what = "the level has no words that a rater can apply"
            elif same[level.anchor.casefold()] > 1:
                what = "two levels have the same words"
            if what:
                fix = "say what an answer on this level looks like"
                at = ("levels", number, "anchor")
                yield Flaw(of=scale, at=at, code="RUB117", what=what, found=repr(level.anchor), fix=fix)


def no_way_out(rubric: Rubric) -> Iterator[Flaw]:
    """RUB118: a rater who cannot judge would have to guess."""
    for scale in rubric.scales.values():
        if scale.kind is ScaleKind.number or scale.kind is ScaleKind.preference:
            continue
        if not any(level.id == CANNOT_JUDGE and level.value is None for level in scale.levels):
            what, fix = f"the scale has no level {CANNOT_JUDGE}", f"add {CANNOT_JUDGE} with value: null"
            yield Flaw(of=scale, at=("levels",), code="RUB118", what=what, fix=fix)


def too_many_questions(rubric: Rubric) -> Iterator[Flaw]:
    """RUB119: some response of a profile may ask more of its raters than they can answer with care."""
    for profile in rubric.profiles.values():
        chosen = [metric for metric in rubric.metrics if metric.id in profile.metrics]
        asked = questions(chosen)
        if len(asked) > MOST_QUESTIONS:
            yield Flaw(
                of=profile,
                at=("metrics",),
                code="RUB119",
                what="one response may ask too many questions of a rater",
                found=f"{len(asked)}: {', '.join(asked)}",
                expected=f"at most {MOST_QUESTIONS}",
                fix="leave a metric out, or let two metrics read one scale",
            )


def questions(metrics: list[Metric]) -> tuple[str, ...]:
    """The largest set of scales that one item can ask for, in order.

    Two metrics that need different values of one closed fact of the item (``reference.should``) never meet, so the
    largest set is sought over the values of such facts.

    Args:
        metrics: the metrics in scope.
    """
    asked: tuple[str, ...] = ()
    for one in metrics:
        together = [other for other in metrics if _may_meet(one.applies_when, other.applies_when)]
        scales = tuple(sorted({each.ratings.scale for each in together if each.ratings is not None}))
        asked = max(asked, scales, key=len)
    return asked


def _may_meet(one: Mapping[str, Condition], other: Mapping[str, Condition]) -> bool:
    """Say whether one item can satisfy both; only facts with a single value can keep them apart."""
    for path in ("reference.should", "reference.urgency", "language"):
        mine, theirs = one.get(path), other.get(path)
        if isinstance(mine, tuple) and isinstance(theirs, tuple) and not set(mine) & set(theirs):
            return False
    return True


def failure_mode_twice(rubric: Rubric) -> Iterator[Flaw]:
    """RUB120: two metrics have one failure mode, so a tick would count for both."""
    first: dict[str, Metric] = {}
    for metric in rubric.metrics:
        for number, mode in enumerate(metric.failure_modes):
            other = first.setdefault(mode.id, metric)
            if other is not metric and metric.ratings is not None and metric.ratings.attributed:
                what, found = f"the failure mode {mode.id} stands in two metrics", f"also {other.id}"
                at = ("failure_modes", number, "id")
                yield Flaw(of=metric, at=at, code="RUB120", what=what, found=found, fix="give each its own")


RATER_RULES: tuple[RubricRule, ...] = (level_without_words, no_way_out, too_many_questions, failure_mode_twice)
