"""The table of findings, made of what the checks said.

Why it exists: most responses to an item get the same few judgements, so each judgement is written down once and the
table is put together from numbers: which response, which judgement. Pure. May import terms, what a bound check is and
the rows of the responses.
"""

from array import array
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from dualtrack.checks.base import Judgement
from dualtrack.checks.bind import BoundCheck
from dualtrack.checks.tables import Response
from dualtrack.terms import SourceKind

__all__ = ["FINDING_COLUMNS", "Sayings"]

FINDING_COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "system_id": "category",
        "item_id": "category",
        "sample": "int64",
        "unit_id": "category",
        "probe_id": "category",
        "source_id": "category",
        "occasion": "int64",
        "source_kind": "category",
        "outcome": "category",
        "level": "category",
        "value": "float64",
        "failure_mode": "category",
        "act": "category",
        "harm_level": "category",
        "severities": "category",
        "spans": "object",
        "reason": "category",
        "proof": "category",
    }
)
"""Columns of the findings table and their types; the first seven are the key."""

_OF_RESPONSE = ("system_id", "item_id", "sample")
_OF_SAYING = tuple(name for name in FINDING_COLUMNS if name not in _OF_RESPONSE)


class Sayings:
    """What the checks of a run said, each judgement with the check that gave it; a finding is the number of one."""

    def __init__(self) -> None:
        self._rows: list[tuple[Any, ...]] = []

    def add(self, check: BoundCheck, judgements: Sequence[Judgement]) -> range:
        """Write down judgements of one check.

        Returns:
            Their numbers, to be given to ``frame`` for every response of which the check says this.
        """
        first = len(self._rows)
        self._rows += [_row(check, judgement) for judgement in judgements]
        return range(first, len(self._rows))

    def frame(self, responses: Sequence[Response], said: Sequence[Sequence[int]]) -> pd.DataFrame:
        """The table.

        Args:
            responses: in the order of the table.
            said: for each of them the numbers of what was said of it, in the order of the table.

        Returns:
            One row per number, with the columns of ``FINDING_COLUMNS``; only words that occur are categories. Rows of
            one number share their list of spans.
        """
        flat = array("q")
        for each in said:
            flat.extend(each)
        number, rows = np.asarray(flat, dtype=np.int64), self._rows
        occurs = np.bincount(number, minlength=len(rows)) > 0
        if not occurs.all():
            rows = [row for row, wanted in zip(rows, occurs.tolist(), strict=True) if wanted]
            number = (np.cumsum(occurs) - 1)[number]
        place = np.repeat(np.arange(len(said)), np.fromiter(map(len, said), np.int64, len(said)))
        columns: dict[str, Any] = {}
        for names, cells, index in ((_OF_RESPONSE, responses, place), (_OF_SAYING, rows, number)):
            for at, name in enumerate(names):
                columns[name] = _column([cell[at] for cell in cells], index, FINDING_COLUMNS[name])
        return pd.DataFrame({name: columns[name] for name in FINDING_COLUMNS}, copy=False)


def _column(cells: Sequence[Any], index: npt.NDArray[np.int64], dtype: str) -> Any:  # noqa: ANN401 - array or categories
    """The cells at the places of an index, as a column of the table."""
    if dtype != "category":
        return np.fromiter(cells, object, len(cells)).astype(dtype)[index]
    words = sorted({cell for cell in cells if cell is not None})
    code = {word: at for at, word in enumerate(words)}
    codes = np.fromiter((code.get(cell, -1) for cell in cells), np.int64, len(cells))
    narrow = codes.astype(np.min_scalar_type(-len(words) - 1))
    return pd.Categorical.from_codes(narrow[index], pd.Index(words, dtype="str"))


def _row(check: BoundCheck, judgement: Judgement) -> tuple[Any, ...]:
    """Cells in the order of ``_OF_SAYING``."""
    mode, act = (None, None) if judgement.failure_mode is None else check.modes[judgement.failure_mode]
    return (
        judgement.unit,
        check.probe_id,
        check.kind.source_id,
        1,
        SourceKind.check.value,
        judgement.outcome.value,
        None,
        judgement.value,
        mode,
        act,
        None,
        None,
        [[start, end] for start, end in judgement.spans],
        None if judgement.reason is None else judgement.reason.value,
        check.proof.value,
    )
