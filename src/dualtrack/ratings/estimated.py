"""One statistic of choices with its interval: for one judge, or as the mean of several.

Intervals allow for which cases were drawn; where it is recorded which persons chose, and enough of them did, also for
who chose. May import terms and ``stats``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from dualtrack.ratings.comparisons import Choices
from dualtrack.stats import (
    DrawnDifferences,
    Interval,
    Tallies,
    clustered_interval,
    difference_influences,
    difference_interval,
    resampled_preferences,
    resampled_strengths,
    resampling_weights,
    strength_influences,
    win_differences,
)
from dualtrack.terms import Reason

__all__ = ["Estimated", "Settings", "Summary"]

LEAST_CLUSTERS = 30
"""Percentile limits under-cover below this number of clusters; t limits take over (as for the tracks)."""

STREAM = 2
"""Third of the random streams of a study: the tracks have 0 and 1."""

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Settings:
    """Margins by question, and how intervals are made; ``persons`` are ids of raters that are one person each.

    ``sealed`` are the questions whose margin was sealed before the answers were seen; another margin decides nothing.
    """

    margins: Mapping[str, float]
    persons: frozenset[str]
    confidence: float
    floor: int
    resamples: int
    seed: int
    sealed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Estimated:
    """A value with its interval, or the reason why one of them is missing."""

    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    method: str | None = None
    standard_error: float | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Member:
    """One judge: the choices with systems and clusters numbered within the instrument, counted and drawn again."""

    choices: Choices
    a: Whole
    b: Whole
    counted: Tallies
    drawn: Tallies


@dataclass(frozen=True, slots=True, eq=False)
class _Statistic:
    """One statistic of one judge: in the data, in all draws, and what each choice moves it by; and who took part."""

    value: float | None
    drawn: Floats
    defined: Mask
    moved: Floats
    took_part: Mask


class Summary:
    """All statistics of one instrument, from one set of draws.

    Args:
        members: the choices of each judge that counts alike.
        present: indices of the systems that were compared, in order.
        settings: how intervals are made.
    """

    def __init__(self, members: Sequence[Choices], present: list[int], settings: Settings) -> None:
        self._present, self._settings = present, settings
        whole = bool(members) and all(each.a.size for each in members)
        names = np.unique(np.concatenate([each.cluster for each in members])) if whole else np.zeros(0, dtype=np.int64)
        self._members = [_member(each, np.array(present), names, settings) for each in members] if whole else []

    def against_the_rest(self, show: str) -> list[Estimated]:
        """One number per system that is present, in order.

        Args:
            show: win_difference, win_difference_equal_pairs or bradley_terry.
        """
        parts = [_columns(show, each, len(self._present)) for each in self._members]
        undefined = Reason.not_connected if show == "bradley_terry" else Reason.no_evidence
        bounds = None if show == "bradley_terry" else (-1.0, 1.0)
        return [self._joined([part[place] for part in parts], undefined, bounds) for place in range(len(self._present))]

    def pair(self, a: int, b: int) -> Estimated:
        """Wins of a over b minus losses, over their comparisons with each other.

        Args:
            a: index of a system that is present.
            b: index of another.
        """
        one, other = self._present.index(a), self._present.index(b)
        return self._joined([_pair(each, one, other) for each in self._members], Reason.no_overlap, (-1.0, 1.0))

    def _joined(self, parts: list[_Statistic], undefined: Reason, bounds: tuple[float, float] | None) -> Estimated:
        """The mean over the judges, with its interval."""
        values = [each.value for each in parts if each.value is not None]
        if not parts or len(values) < len(parts):
            return Estimated(reason=undefined if parts else Reason.no_evidence)
        mine = np.concatenate([each.took_part for each in parts])
        moved = np.concatenate([each.moved for each in parts])[mine] / len(parts)
        clusters = np.concatenate([each.choices.cluster for each in self._members])[mine]
        authors = np.concatenate([each.choices.author for each in self._members])[mine]
        value, settings = float(np.mean(values)), self._settings
        kinds = [clusters, *_persons(authors, settings)]
        linear = clustered_interval(
            value, moved, kinds, confidence=settings.confidence, floor=settings.floor, bounds=bounds
        )
        if len(kinds) > 1 or not linear.defined or (linear.n_clusters or 0) < LEAST_CLUSTERS:
            return _given(linear, linear)
        drawn = np.mean([each.drawn for each in parts], axis=0)
        defined = np.logical_and.reduce([each.defined for each in parts])
        zeros = np.zeros(drawn.size)
        resampled = difference_interval(drawn, zeros, confidence=settings.confidence, defined=defined, value=value)
        return _given(resampled if resampled.defined and resampled.lower != resampled.upper else linear, linear)


def _given(interval: Interval, linear: Interval) -> Estimated:
    return Estimated(
        value=interval.value,
        lower=interval.lower,
        upper=interval.upper,
        method=interval.method.value if interval.defined else None,
        standard_error=linear.standard_error,
        reason=interval.reason,
    )


def _persons(authors: Words, settings: Settings) -> list[Whole]:
    """The person behind each choice, where every one is known and there are enough of them; else nothing."""
    names = set(authors)
    if not names <= settings.persons or len(names) < settings.floor:
        return []
    return [np.unique(authors.astype("str"), return_inverse=True)[1].astype(np.int64)]


def _member(choices: Choices, present: Whole, names: Whole, settings: Settings) -> _Member:
    a, b = np.searchsorted(present, choices.a), np.searchsorted(present, choices.b)
    cluster = np.searchsorted(names, choices.cluster)
    counted, drawn = (
        resampled_preferences(matrix, a, b, choices.outcome, clusters=cluster, n_systems=present.size)
        for matrix in (
            np.ones((1, names.size), dtype=np.int64),
            _weights(names.size, settings.resamples, settings.seed),
        )
    )
    return _Member(choices, a, b, counted, drawn)


def _columns(show: str, member: _Member, size: int) -> list[_Statistic]:
    """The statistic of every system."""
    model, outcome = show == "bradley_terry", member.choices.outcome
    point, drawn = (_table(show, each) for each in (member.counted, member.drawn))
    if not model:
        equal = show == "win_difference_equal_pairs"
        moved = difference_influences(member.a, member.b, outcome, n_systems=size, equal_pairs=equal)
    elif point.defined.all():
        moved = strength_influences(member.a, member.b, outcome, n_systems=size)
    else:
        moved = np.zeros((outcome.size, size))
    return [
        _Statistic(
            value=float(point.values[0, place]) if point.defined[0, place] else None,
            drawn=drawn.values[:, place],
            defined=drawn.defined[:, place],
            moved=moved[:, place],
            took_part=np.ones(outcome.size, dtype=np.bool_) if model else (member.a == place) | (member.b == place),
        )
        for place in range(size)
    ]


def _table(show: str, tallies: Tallies) -> DrawnDifferences:
    if show == "bradley_terry":
        return resampled_strengths(tallies.wins, tallies.ties)
    return win_differences(tallies.wins, tallies.ties, equal_pairs=show == "win_difference_equal_pairs")


def _pair(member: _Member, one: int, other: int) -> _Statistic:
    """Two systems alone: one against the rest, where the rest is the other."""
    both = np.array([one, other])
    point, drawn = (
        win_differences(each.wins[:, both[:, None], both], each.ties[:, both[:, None], both])
        for each in (member.counted, member.drawn)
    )
    ahead = (member.a == one) & (member.b == other)
    took_part = ahead | ((member.a == other) & (member.b == one))
    value = float(point.values[0, 0]) if point.defined[0, 0] else None
    seen = np.where(ahead, member.choices.outcome, -member.choices.outcome)
    moved = np.where(took_part, seen - (value or 0.0), 0.0) / max(1, int(took_part.sum()))
    return _Statistic(value, drawn.values[:, 0], drawn.defined[:, 0], moved, took_part)


@lru_cache(maxsize=2)
def _weights(n_clusters: int, resamples: int, seed: int) -> Whole:
    """The same draws for every instrument on as many clusters."""
    return resampling_weights(n_clusters, resamples=resamples, seed=[seed, STREAM])
