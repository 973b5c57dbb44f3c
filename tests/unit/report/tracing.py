"""Tracing the numbers of a page back to a results folder: by value and decimals, whatever form they are written in.

A number is traced when a value of the results rounds to it, as it is or times a hundred; when it stands in a text of
the results, of the files beside them or of our own sentences; or when it counts rows of a table that are alike.
"""

import bisect
import json
import math
from dataclasses import astuple
from itertools import combinations

import pandas as pd
import yaml

from dualtrack.records.source_attributes import source_attributes
from dualtrack.report import load_words
from dualtrack.report.difference_cells import LEAST_P
from dualtrack.report.regulatory.evidence import clauses
from tests.unit.report.reading import numbers_in

CATALOGUES = ("procurement", "regulatory", "clinical", "record", "rubric", "cases", "selftest")
ALIKE = ("state", "system_id", "track", "metric_id", "harm", "acts", "item_id", "why", "settled")
"""Columns of the long tables by which pages count rows."""


def leaves(value):
    """Every number and text of a document, names of its fields included."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield str(key)
            yield from leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each)
    elif value is not None and not isinstance(value, bool):
        yield value if isinstance(value, int | float | str) else str(value)


def _tables(folder):
    for path in sorted((folder / "tables").glob("*.parquet")):
        yield pd.read_parquet(path)
    for path in sorted((folder / "tables").glob("*.csv")):
        yield pd.read_csv(path, dtype=str, keep_default_na=False)


def _counts(table):
    """How many rows are alike in up to three columns, and how many different answers they are about."""
    columns = [name for name in ALIKE if name in table.columns]
    yield len(table)
    for n in range(1, min(3, len(columns)) + 1):
        for names in combinations(columns, n):
            groups = table.groupby(list(names), dropna=False, observed=True)
            yield from groups.size().tolist()
            if "item_id" in table.columns:
                yield from groups["item_id"].nunique().tolist()


def _left_out(document):
    """How many rows each table of results without disputed cases leaves out, since both sides say the same."""
    rows = document["tables"].get("without_disputed", [])
    for basis in {row["basis"] for row in rows}:
        alike = [row for row in rows if row["basis"] == basis and not row["changes"]]
        yield len([row for row in alike if row["kind"] in {"gate", "difference"}])


class Known:
    """The numbers that a results folder holds."""

    def __init__(self, values, texts):
        """Take the values apart by size and read the numbers in the texts."""
        self.values = sorted({abs(float(each)) for each in values if math.isfinite(each)})
        self.written = numbers_in(" ".join(texts)) | {"0.001", str(LEAST_P)}

    @classmethod
    def of(cls, folder):
        """Everything in a results folder, and our own sentences."""
        document = json.loads((folder / "scorecards.json").read_bytes())
        found = [*leaves(document), *_left_out(document)]
        for name in ("dossier.yaml", "report.yaml"):
            if (folder / name).is_file():
                found += leaves(yaml.safe_load((folder / name).read_text(encoding="utf-8")))
        for table in _tables(folder):
            for name in table.columns:
                found += [name, *(each for each in table[name].drop_duplicates().tolist() if each is not None)]
            found += _counts(table)
        texts = [each for each in found if isinstance(each, str)]
        texts += load_words("en", *CATALOGUES).sentences.values()
        texts.append(source_attributes().edition)
        texts += [text for clause in clauses() for text in astuple(clause) if text]
        return cls([each for each in found if isinstance(each, int | float) and not isinstance(each, bool)], texts)

    def holds(self, number):
        """Whether a number as it is written on a page stands in the results."""
        if number in self.written or number.lstrip("+\N{MINUS SIGN}") in self.written:
            return True
        plain = number.replace(",", "").lstrip("+\N{MINUS SIGN}")
        half = 0.5 * 10.0 ** -len(plain.partition(".")[2])
        return any(self._near(float(plain), half, scale) for scale in (1, 100))

    def _near(self, value, half, scale):
        """Whether a value of the results lies where it is rounded to this one."""
        low, high = (value - half) / scale, (value + half) / scale
        slack = 1e-9 * max(1.0, high)
        place = bisect.bisect_left(self.values, low - slack)
        return place < len(self.values) and self.values[place] <= high + slack
