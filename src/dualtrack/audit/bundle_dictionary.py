"""The data dictionary of a bundle, made from the frozen specifications of the tables.

May import records and its own package. Nothing about a column is written here a second time.
"""

import csv
import io
from collections.abc import Iterable, Iterator

from dualtrack.audit.bundle_endpoints import COLUMNS
from dualtrack.records.columns import Column, Table
from dualtrack.records.inputs import INPUT_TABLES
from dualtrack.records.results import RESULT_TABLES

__all__ = ["dictionary_csv"]

_HEADER = ("table", "row", "column", "key", "kind", "empty", "low", "high", "words", "meaning")


def dictionary_csv(files: Iterable[str]) -> bytes:
    """One row for each column of each table that a bundle holds.

    Args:
        files: names of the files of the run.

    Returns:
        The bytes of a CSV file.
    """
    stems = {name.rpartition(".")[0] for name in files}
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(_HEADER)
    for folder, tables in (("tables", RESULT_TABLES), ("inputs", INPUT_TABLES)):
        for table in tables:
            if f"{folder}/{table.name}" in stems:
                writer.writerows(_rows(f"run/{folder}/{table.name}", table))
    about = "one primary endpoint, and what is needed to compute it again"
    writer.writerows(
        ("recompute/endpoints", about, name, "", "", "yes", "", "", "", meaning) for name, meaning in COLUMNS.items()
    )
    return stream.getvalue().encode("utf-8")


def _rows(name: str, table: Table) -> Iterator[tuple[str, ...]]:
    for column in table.columns:
        yield (name, table.meaning, *_cells(column))
    for prefix in table.prefixes:
        yield (name, table.meaning, f"{prefix}*", "", "text", "yes", "", "", "", f"columns of the family {prefix}")


def _cells(column: Column) -> tuple[str, ...]:
    low, high = ("" if bound is None else f"{bound:g}" for bound in (column.low, column.high))
    key, empty = ("yes" if column.key else "no"), ("yes" if column.null and not column.key else "no")
    return column.name, key, column.kind.value, empty, low, high, " ".join(column.words), column.meaning
