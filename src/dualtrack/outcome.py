"""What the verbs give back: plain objects with a readable face in a terminal and in a notebook.

May import everything below the command line.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from dualtrack.errors import Problem
from dualtrack.ledger.files import manifest_beside
from dualtrack.ledger.manifest import RunInputs
from dualtrack.records import write_results
from dualtrack.records.beside import keep_beside
from dualtrack.render import visible
from dualtrack.report.words import load_words
from dualtrack.report.write import pages_into
from dualtrack.terms import State

__all__ = ["Results", "Validation"]


@dataclass(frozen=True, slots=True, repr=False)
class Validation:
    """A study that can be read and scored: what it holds.

    Attributes:
        study_id, title: of the study.
        rubric: id and version of its rubric.
        rows: rows of each input table that is there.
        n_owed: responses that the plan asks for.
        remarks: what was accepted although it was written in another way, with counts.
    """

    study_id: str
    title: str
    rubric: str
    rows: Mapping[str, int]
    n_owed: int
    remarks: tuple[str, ...]

    def __repr__(self) -> str:
        """One line per table, as ``dualtrack validate`` prints it."""
        lines = [f"{self.study_id}: {visible(self.title)}", f"rubric {self.rubric}; {self.n_owed:,} responses owed"]
        lines += [f"  {name:<14}{n:>12,} rows" for name, n in self.rows.items()]
        return "\n".join([*lines, *self.remarks])


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Results:
    """The results of one study: two scorecards that never mix.

    Attributes:
        document: study, rubric, metrics and run as plain data (scorecards.json without its tables).
        tables: every result table by name, as data frames; columns as in the contract.
        broken: a problem for each response on which a check broke; its finding says ``error``.
        beside: dossier.yaml and report.yaml of the study, where it has them, as they are.
        run: what the manifest says beside the document; without it none is written.
    """

    document: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    broken: tuple[Problem, ...] = ()
    beside: Mapping[str, bytes] = field(default_factory=dict)
    run: RunInputs | None = None

    @property
    def verdicts(self) -> pd.DataFrame:
        """One row per system and track: state, reasons, coverage."""
        return self.tables["verdicts"]

    @property
    def estimates(self) -> pd.DataFrame:
        """One row per number, with everything needed to read it."""
        return self.tables["estimates"]

    @property
    def gates(self) -> pd.DataFrame:
        """One row per gate and system."""
        return self.tables["gates"]

    @property
    def settled(self) -> bool:
        """Whether every gate is met."""
        return bool((self.gates["state"] == State.met.value).all())

    def lines(self) -> Iterator[str]:
        """One line per system and track: name, track, state, and why in plain words."""
        words = load_words()
        names = {system["id"]: visible(system["name"]) for system in self.document["study"]["systems"]}
        width = max(len(name) for name in names.values())
        for row in self.verdicts.to_dict("records"):
            reasons = "; ".join(words.say(f"reasons.{reason}.short") for reason in row["reasons"])
            state = words.say(f"states.{row['state']}.word")
            why = f" ({reasons})" if reasons else ""
            yield f"{names[row['system_id']]:<{width}}  {row['track']:<14} {state}{why}"

    def save(self, folder: str | Path, *, pages: bool = False) -> Path:
        """Write scorecards.json, the tables and the manifest into a folder, all or nothing.

        Args:
            folder: a new folder, an empty one, or one that holds earlier results, which are replaced.
            pages: whether the pages are made as well and take their places at the same moment.

        Returns:
            The folder.

        Raises:
            OutputError: the folder holds something else, or cannot be written (OUT...).
        """
        target = Path(folder)

        def finish(staging: Path) -> None:
            self._manifest(staging)
            if pages:
                keep_beside(target, staging)
                pages_into(staging)

        write_results(self.tables, self.document, target, beside=self.beside, finish=finish)
        return target

    def _manifest(self, staging: Path) -> None:
        if self.run is not None:
            manifest_beside(staging, self.document, self.run, apart=self.beside)

    def __repr__(self) -> str:
        """Title and verdicts."""
        return "\n".join([visible(str(self.document["study"]["title"])), *self.lines()])

    def _repr_html_(self) -> str:
        """The verdicts as a table, for notebooks; every text escaped."""
        title = escape(str(self.document["study"]["title"]))
        return f"<p><strong>{title}</strong></p>{self.verdicts.to_html(index=False, escape=True)}"
