"""The verbs for what comes back from a panel: who has returned what, and what of it enters the study.

May import the verb that plans and everything below it. Only the import opens the key, and that is written down.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.accept import Accepted, BlindingGuess, accepted
from dualtrack.panel.csv_text import unheld
from dualtrack.panel.foreign import CALIBRATION
from dualtrack.panel.key import read_key
from dualtrack.panel.pack import Pack
from dualtrack.panel.passages import put_back, ways_back
from dualtrack.panel.received import Reading
from dualtrack.panel.return_files import read_packs, read_return_files, record_opening, write_accepted
from dualtrack.panel.returns import read_returns
from dualtrack.panel.status import Status, status
from dualtrack.panel.study_side import people_of, systems_of, texts_of
from dualtrack.panel_verbs import quiet, read_ground
from dualtrack.stats.blinding import blinding_index
from dualtrack.stats.interval import Interval
from dualtrack.verbs import Progress

__all__ = ["Imported", "Returned", "panel_import", "panel_status"]


@dataclass(frozen=True, slots=True)
class Returned:
    """What has come back so far: the files as read, and where every pack stands."""

    reading: Reading
    status: Status

    def lines(self) -> Iterator[str]:
        """One line for each pack, and the total."""
        for pack in self.status.packs:
            states = ", ".join(f"{state} {n:,}" for state, n in pack.counts.items() if n)
            yield f"{pack.rater_id}  {pack.purpose}  {states}  owed {pack.owed:,} of {pack.asked:,}"
        total = ", ".join(f"{state} {n:,}" for state, n in self.status.counts.items() if n)
        yield f"all  {total}  owed {self.status.owed:,}"


@dataclass(frozen=True, slots=True)
class Imported:
    """What entered: the tables that were written, and how well raters recognised each system."""

    reading: Reading
    accepted: Accepted
    files: tuple[Path, ...]
    recognised: dict[str, Interval]


def panel_status(returns: Sequence[str | Path], packs: str | Path, *, accept_late: Collection[str] = ()) -> Returned:
    """Say who has returned what and what is still owed; the key stays closed.

    Args:
        returns: files that came back, or folders of them.
        packs: the folder of the packs.
        accept_late: ids of raters whose late answers count.

    Raises:
        PanelError: the packs cannot be read (PAN035), a file is not there (PAN036).
    """
    made = read_packs(Path(packs))
    reading = read_returns(read_return_files(Path(each) for each in returns), made)
    return Returned(reading, status(reading, made, accept_late=accept_late))


def panel_import(
    study: str | Path,
    returns: Sequence[str | Path],
    *,
    packs: str | Path,
    key: str | Path,
    out: str | Path,
    by: str,
    clock: datetime,
    accept_late: Collection[str] = (),
    progress: Progress = quiet,
) -> Imported:
    """Turn what came back into the table ``ratings``, and account for every assignment.

    What is written into ``out``: ratings.csv (and preferences.csv) to be put into the study folder; accounts.csv, one
    row for each assignment with what became of it; history.csv, answers that were changed before; guesses.csv.

    Args:
        study: the study folder, with panel.yaml and assignments.
        returns: files that came back, or folders of them.
        packs: the folder of the packs.
        key: the folder of the key; that it was opened is written down beside it.
        out: folder for the tables.
        by: who opens the key.
        clock: when, with zone.
        accept_late: ids of raters whose late answers count.
        progress: told the name of each stage.

    Raises:
        PanelError: panel.yaml, packs, files or key (PAN...); PAN129 packs of calibration among them.
        RecordError, RubricError, ScoringError: the study, as ``validate``.
        OutputError: the tables cannot be written (OUT...).
    """
    ground = read_ground(Path(study), progress)
    progress("returns")
    made = read_packs(Path(packs))
    refuse_calibration(made)
    reading = read_returns(read_return_files(Path(each) for each in returns), made)
    rows = read_key(key)
    record_opening(Path(key), by=by, at=clock.astimezone(UTC).isoformat(timespec="seconds"))
    ways = ways_back(made, rows, texts_of(ground.study.tables["responses"]), ground.panel.settings.display)
    reading = put_back(reading, ways)
    table = ground.study.tables["assignments"].astype("object")
    assignments = [
        {str(name): cell for name, cell in row.items()} for row in table.where(table.notna(), None).to_dict("records")
    ]
    taken = accepted(
        reading,
        made,
        rows,
        assignments,
        people=people_of(ground.panel.settings, ground.study.tables["raters"]),
        systems=systems_of(ground.study.file),
        accept_late=accept_late,
    )
    tables = {
        "ratings": (*taken.ratings, *taken.controls),
        "preferences": taken.preferences,
        "accounts": taken.accounts,
        "history": taken.history,
        "guesses": tuple(asdict(guess) for guess in taken.guesses),
    }
    files = write_accepted(tables, Path(out))
    reading = replace(reading, notes=(*reading.notes, *_replaced(tables)))
    return Imported(reading, taken, files, _recognised(taken.guesses, len(systems_of(ground.study.file))))


def _replaced(tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Iterator[Problem]:
    """A note for each table in which a text was not written to the letter."""
    for name, rows in tables.items():
        n = sum(unheld(cell) for row in rows for cell in row.values())
        if n:
            yield Problem(
                "PAN152",
                "characters that no text file holds were written as U+FFFD",
                Place(f"{name}.csv"),
                found=f"{n:,} cells with zero bytes or half surrogates",
                expected="text",
                fix="nothing needs to be done; ask the rater where the words are not clear",
            )


def refuse_calibration(made: Sequence[Pack]) -> None:
    """Refuse packs of calibration where the study is brought in.

    Args:
        made: the packs that were handed out.

    Raises:
        PanelError: PAN129.
    """
    strangers = [pack for pack in made if pack.purpose == CALIBRATION]
    if strangers:
        fix = "give the folder of the study's packs; calibration goes to `dualtrack panel calibrate`"
        raise PanelError(
            Problem("PAN129", "a pack of calibration is no pack of the study", Place(f"{pack.pack_id}.zip"),
                    pack.purpose, "packs of the study", fix)
            for pack in strangers
        )  # fmt: skip


def _recognised(guesses: Sequence[BlindingGuess], n_systems: int) -> dict[str, Interval]:
    """How much oftener than by chance raters recognised each system; nothing where nobody guessed."""
    if n_systems < 2:  # noqa: PLR2004 -- one system cannot be told from others
        return {}
    counts = Counter((guess.system_id, guess.correct) for guess in guesses)
    return {
        system: blinding_index(counts[system, True], counts[system, False], counts[system, None], n_systems=n_systems)
        for system in sorted({guess.system_id for guess in guesses})
    }
