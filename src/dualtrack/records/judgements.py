"""Checks of ratings and scores against the scales and the plan.

May import typed columns, the study file and the collector of problems. Scales come from a rubric, which this package
does not know; what it needs of one is written down here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dualtrack.errors import Place, Problem
from dualtrack.records.keys import combine, match, ranks
from dualtrack.records.problems import Notes, shown, some
from dualtrack.records.refuse import rows_of
from dualtrack.records.typed import Typed

__all__ = ["LevelLike", "Owed", "ScaleLike", "check_judgements"]

_THING = ("system_id", "item_id", "sample", "unit_id", "scale_id")
_UNIT = ("system_id", "item_id", "sample", "unit_id")


class LevelLike(Protocol):
    """What is needed of a level."""

    @property
    def id(self) -> str:
        """The identifier that stands in ratings."""
        ...


class ScaleLike(Protocol):
    """What is needed of a scale."""

    @property
    def kind(self) -> str:
        """binary, nominal, ordinal, number or preference."""
        ...

    @property
    def levels(self) -> Sequence[LevelLike]:
        """The levels; none on a number scale."""
        ...

    @property
    def min(self) -> float | None:
        """Least number of a number scale."""
        ...

    @property
    def max(self) -> float | None:
        """Greatest number of a number scale."""
        ...

    @property
    def applies_to(self) -> Collection[str]:
        """What one judgement is about: response, sentence, claim, opportunity, turn, ..."""
        ...


@dataclass(frozen=True, slots=True)
class Owed:
    """The plan for ratings: how many per response or unit and scale, by scale; ``default`` for the others."""

    per_unit: Mapping[str, int]

    def of(self, scale: str) -> int | None:
        """Ratings owed for one scale, None when the plan does not say."""
        return self.per_unit.get(scale, self.per_unit.get("default"))


def check_judgements(
    tables: Mapping[str, Typed], scales: Mapping[str, ScaleLike] | None, owed: Owed | None, notes: Notes
) -> None:
    """Note ratings and scores that the scales or the plan do not allow.

    Args:
        tables: the tables that could be typed, by name.
        scales: the scales of the rubric by id; None leaves levels unchecked.
        owed: the plan of study.yaml, None when it is not known. An assignments table replaces it.
        notes: takes REC028 level that is not on the scale, REC029 scale that does not apply, REC031 more ratings than
            planned, REC032 rating that was not assigned.
    """
    for name in ("ratings", "scores"):
        table = tables.get(name)
        if table is not None and scales is not None:
            _levels(table, scales, notes)
            _grains(table, tables.get("units"), scales, notes)
    if "preferences" in tables and scales is not None:
        _questions(tables["preferences"], scales, notes)
    ratings = tables.get("ratings")
    if ratings is None:
        return
    primary = _is_primary(ratings)
    if "assignments" in tables:
        _unassigned(ratings, tables["assignments"], primary, notes)
    elif owed is not None:
        _too_many(ratings, primary, owed, notes)


def _is_primary(ratings: Typed) -> NDArray[np.bool_]:
    role = ratings.codes("role")
    return np.array([*(word == "primary" for word in role.words), False], dtype=np.bool_)[role.codes]


def _levels(table: Typed, scales: Mapping[str, ScaleLike], notes: Notes) -> None:
    """Each distinct pair of scale and level is looked at once."""
    scale, level = table.codes("scale_id"), table.codes("level")
    width = len(level.words) + 1
    pairs = np.where(level.codes >= 0, scale.codes.astype(np.int64) * width + level.codes, -1)
    pairs[scale.codes < 0] = -1
    bad: dict[int, list[int]] = {}
    wanted: dict[int, str] = {}
    for pair in np.unique(pairs[pairs >= 0]).tolist():
        code, place = divmod(pair, width)
        if scale.words[code] in scales:
            expected = _misfit(scales[scale.words[code]], level.words[place], table.table.name)
            if expected is not None:
                bad.setdefault(code, []).append(pair)
                wanted[code] = expected
    for code, misfits in bad.items():
        notes.add_rows(
            table,
            Problem(
                "REC028",
                f"the level is not on the scale {scale.words[code]}",
                Place(column="level"),
                expected=wanted[code],
                fix="correct the level or the scale_id",
            ),
            rows_of(np.isin(pairs, misfits)),
            found=lambda row: shown(level.word(row)),
        )
    if table.table.name == "scores":
        _values(table, scales, notes)


def _misfit(scale: ScaleLike, level: str, table: str) -> str | None:
    """What should stand there instead of the level, None when it fits."""
    if scale.kind != "number":
        ids = [each.id for each in scale.levels]
        return None if level in ids else f"one of {', '.join(ids)}"
    if table == "scores":
        return "a number in the column value"
    low, high = scale.min, scale.max
    try:
        number = float(level)
    except ValueError:
        number = float("nan")
    fits = (low is None or number >= low) and (high is None or number <= high)
    return None if fits and np.isfinite(number) else f"a number from {low:g} to {high:g}"


def _values(table: Typed, scales: Mapping[str, ScaleLike], notes: Notes) -> None:
    """Numbers of scores belong to number scales and stay inside their bounds."""
    scale, value = table.codes("scale_id"), table.numbers("value")
    for code, name in enumerate(scale.words):
        if name not in scales:
            continue
        mine = (scale.codes == code) & ~value.null
        low, high = scales[name].min, scales[name].max
        if scales[name].kind == "number":
            below = np.zeros(table.n_rows, dtype=np.bool_) if low is None else value.values < low
            mine &= below if high is None else below | (value.values > high)
            expected = f"a number from {low:g} to {high:g}"
        else:
            expected = f"one of {', '.join(level.id for level in scales[name].levels)} in the column level"
        notes.add_rows(
            table,
            Problem(
                "REC028",
                f"the value is not on the scale {name}",
                Place(column="value"),
                expected=expected,
                fix="correct the value or the scale_id",
            ),
            rows_of(mine),
            found=lambda row: f"{value.values[row]:g}",
        )


def _grains(table: Typed, units: Typed | None, scales: Mapping[str, ScaleLike], notes: Notes) -> None:
    """A scale is asked only of what it applies to."""
    unit, scale = table.codes("unit_id"), table.codes("scale_id")
    grains: tuple[str, ...] = ("response",)
    grain = np.where(_is_whole(table), 0, -1)
    if units is not None:
        kinds = units.codes("kind")
        place = match(table, _UNIT, units, _UNIT)
        grains = ("response", *kinds.words)
        grain = np.where((grain < 0) & (place >= 0), kinds.codes[place].astype(np.int64) + 1, grain)
    for code, name in enumerate(scale.words):
        if name not in scales:
            continue
        applies = np.array([*(word in scales[name].applies_to for word in grains), True], dtype=np.bool_)
        notes.add_rows(
            table,
            Problem(
                "REC029",
                f"the scale {name} does not apply to this",
                Place(column="unit_id"),
                expected=f"a judgement of: {some(scales[name].applies_to)}",
                fix="correct unit_id or scale_id, or let the scale apply to it",
            ),
            rows_of((scale.codes == code) & ~applies[grain]),
            found=lambda row: f"{shown(unit.word(row))}, a {grains[grain[row]]}",
        )


def _questions(table: Typed, scales: Mapping[str, ScaleLike], notes: Notes) -> None:
    """A choice between two responses answers a question that compares two; one about a single response is another."""
    scale = table.codes("scale_id")
    fitting = [name for name, each in scales.items() if each.kind == "preference"]
    others = [name for name in scale.words if name in scales and name not in fitting]
    notes.add_rows(
        table,
        Problem(
            "REC029",
            "the scale is no preference scale",
            Place(column="scale_id"),
            expected=f"a scale of kind preference: {some(fitting)}",
            fix="name the question that compares two responses, or put what was said of one response into ratings",
        ),
        rows_of(scale.positions_in(others) >= 0),
        found=lambda row: shown(scale.word(row)),
    )


def _is_whole(table: Typed) -> NDArray[np.bool_]:
    unit = table.codes("unit_id")
    return np.array([*(word == "" for word in unit.words), False], dtype=np.bool_)[unit.codes]


def _too_many(ratings: Typed, primary: NDArray[np.bool_], owed: Owed, notes: Notes) -> None:
    """Distinct primary raters of one thing on one scale; a second occasion of the same rater is not one more."""
    thing = combine([ranks(ratings, name) for name in _THING])
    rater = ranks(ratings, "rater_id")
    pair = combine([thing, rater])[0]
    order = np.flatnonzero(primary)
    order = order[np.argsort(pair[order], kind="stable")]
    fresh = np.append(True, pair[order[1:]] != pair[order[:-1]])[: len(order)]
    order = order[fresh]
    groups = thing[0][order]
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1])[: len(groups)])
    sizes = np.diff(np.append(starts, len(groups)))
    scale = ratings.codes("scale_id")
    limits = np.array([*(_or_endless(owed.of(word)) for word in scale.words), np.inf])[scale.codes[order[starts]]]
    over = np.flatnonzero(sizes > limits)
    raters = ratings.codes("rater_id")
    found = {}
    for group in over.tolist():
        rows = order[starts[group] : starts[group] + sizes[group]]
        who = some(raters.word(row) or "" for row in rows.tolist())
        found[int(rows.max())] = f"{sizes[group]} by {who}; planned {limits[group]:g}"
    notes.add_rows(
        ratings,
        Problem(
            "REC031",
            "more ratings than planned",
            Place(column="rater_id"),
            expected="at most as many primary ratings of one thing on one scale as plan.ratings_per_unit says",
            fix="correct the plan, mark extra ratings as tie_break or training, or list what is owed in assignments",
        ),
        np.array(sorted(found), dtype=np.int64),
        found=lambda row: found[row],
    )


def _or_endless(number: int | None) -> float:
    return np.inf if number is None else float(number)


def _unassigned(ratings: Typed, assignments: Typed, primary: NDArray[np.bool_], notes: Notes) -> None:
    key = assignments.table.key
    place = match(ratings, key, assignments, key)
    raters = ratings.codes("rater_id")
    notes.add_rows(
        ratings,
        Problem(
            "REC032",
            "the rating was not assigned",
            Place(column="rater_id"),
            expected="a row of assignments with the same key",
            fix="add the assignment, or correct the rating's role",
        ),
        rows_of(primary & (place < 0)),
        found=lambda row: f"{shown(raters.word(row))} on {shown(ratings.codes('item_id').word(row))}",
    )
