"""Which files of a study folder are which tables.

May import the table specifications and the collector of problems. Nothing that looks like a table is passed over in
silence: a misspelt name, a second form of the same table and a form that is not read are problems.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dualtrack.errors import Place, Problem
from dualtrack.records.inputs import INPUT_TABLES
from dualtrack.records.problems import Notes, nearest, shown, some

__all__ = ["FORMS", "HISTORY", "Found", "find_tables"]

FORMS = ("jsonl", "csv", "parquet")
"""Forms of a table, as file endings; a folder of Parquet parts is the fourth."""

HISTORY = "history.jsonl"
"""The chain of records of a study: no table, though it looks like one."""

_NAMES = tuple(table.name for table in INPUT_TABLES)


@dataclass(frozen=True, slots=True)
class Found:
    """One table on disk: its form and its files, by name relative to the study folder, in order."""

    name: str
    form: str
    files: Mapping[str, Path]

    @property
    def file(self) -> str:
        """Name for messages."""
        return next(iter(self.files)) if self.form != "parts" else f"{self.name}/"


def find_tables(folder: Path, notes: Notes) -> tuple[dict[str, Found], set[str]]:
    """Find the tables of a study.

    Args:
        folder: an existing folder.
        notes: takes REC005 no items, REC006 one table in two forms, REC007 a file that looks like a table and is not
            one that is read.

    Returns:
        Table name -> what was found; and the names of tables that are there and cannot be told or read.
    """
    candidates: dict[str, list[Found]] = {}
    unclear: set[str] = set()
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == HISTORY:
            continue
        found = _part_folder(path, notes) if path.is_dir() else _single(path, notes)
        if found is None:
            unclear |= {path.name.partition(".")[0].casefold()} & set(_NAMES)
        else:
            candidates.setdefault(found.name, []).append(found)
    tables: dict[str, Found] = {}
    for name, forms in candidates.items():
        if len(forms) == 1:
            tables[name] = forms[0]
            continue
        notes.add(
            Problem(
                "REC006",
                "one table in two forms",
                Place(forms[0].file),
                found=some(form.file for form in forms),
                expected=f"{name} in one form",
                fix="keep one of them; nothing says which is right",
            )
        )
    if "items" not in candidates:
        notes.add(
            Problem(
                "REC005",
                "the table of items is missing",
                Place("items"),
                found=some(candidates),
                expected=_some_forms("items"),
                fix="add items: one row per test case, with item_id and prompt",
            )
        )
    return tables, unclear | (candidates.keys() - tables.keys())


def _some_forms(name: str) -> str:
    return ", ".join(f"{name}.{form}" for form in FORMS) + f" or a folder {name}/ of Parquet parts"


def _single(path: Path, notes: Notes) -> Found | None:
    stem, _, ending = path.name.partition(".")
    if stem in _NAMES and ending in FORMS:
        return Found(stem, ending, {path.name: path})
    is_table = stem.casefold() in _NAMES or path.suffix.removeprefix(".").casefold() in FORMS
    if is_table:
        wanted = nearest(stem, _NAMES, otherwise="")
        name = stem.casefold() if stem.casefold() in _NAMES else ""
        if name:
            fix = f"save it as {name}.csv, {name}.jsonl or {name}.parquet"
        else:
            fix = f"{wanted} Else move it into a folder of its own, such as raw/".strip()
        notes.add(
            Problem(
                "REC007",
                "a file that looks like a table is not read",
                Place(path.name),
                found=shown(path.name),
                expected=f"one of {some(_NAMES, most=30)}, as .jsonl, .csv or .parquet",
                fix=fix,
            )
        )
    return None


def _part_folder(path: Path, notes: Notes) -> Found | None:
    if path.name not in _NAMES:
        return None
    parts = [part for part in sorted(path.iterdir()) if not part.name.startswith((".", "_"))]
    strangers = [part.name for part in parts if part.suffix != ".parquet" or not part.is_file()]
    if strangers or not parts:
        notes.add(
            Problem(
                "REC007",
                "a folder of parts holds something else",
                Place(f"{path.name}/"),
                found=some(strangers),
                expected="Parquet files only",
                fix="move the rest elsewhere" if strangers else "add the parts",
            )
        )
        return None
    return Found(path.name, "parts", _relative(path, parts))


def _relative(folder: Path, parts: Iterable[Path]) -> dict[str, Path]:
    return {f"{folder.name}/{part.name}": part for part in parts}
