"""Returns, key and assignments put together: rows of ``ratings``, and one state for every assignment.

May import errors and the panel's own ground. This is the one step that needs the key.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dualtrack.errors import PanelError, Place, Problem
from dualtrack.panel.accept_pairs import preference_rows
from dualtrack.panel.account import CellState, State, account
from dualtrack.panel.key_entry import KeyEntry
from dualtrack.panel.pack import Pack
from dualtrack.panel.raters import Person, System
from dualtrack.panel.received import Reading

__all__ = ["Accepted", "BlindingGuess", "KeyEntry", "accepted"]

KEY_FILE = "KEY.csv"
CONFLICT = "PAN111"
PRIMARY, ADJUDICATION = "primary", "adjudication"
ROLES = {"ratings": PRIMARY, "adjudication": ADJUDICATION}
Owed = tuple[str, str, int, str, str, str, int]


@dataclass(frozen=True, slots=True)
class BlindingGuess:
    """One guess with the truth beside it; ``correct`` is None for "I do not know"."""

    rater_id: str
    pack_id: str
    code: str
    system_id: str
    guessed: str | None
    sure: str | None
    correct: bool | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """What enters the study, and what became of the rest.

    Attributes:
        ratings: rows of the table ``ratings``; those of adjudication have no chance of being drawn.
        controls: rows of the same form about control responses, which no assignment owes.
        accounts: one row per assignment: its columns, ``state``, ``reason``, ``file`` and ``code``.
        history: levels that were changed before the pack was handed in, oldest first.
        guesses: guesses at the end of each pack.
        preferences: rows of the table ``preferences``, from packs of pairs.
        apart: questions of practice, pairs and adjudication with their states; no assignment owes them.
        problems: what was refused in this step.
    """

    ratings: tuple[dict[str, object], ...]
    controls: tuple[dict[str, object], ...]
    accounts: tuple[dict[str, object], ...]
    history: tuple[dict[str, object], ...]
    guesses: tuple[BlindingGuess, ...]
    preferences: tuple[dict[str, object], ...]
    apart: tuple[CellState, ...]
    problems: tuple[Problem, ...]


def accepted(
    reading: Reading,
    packs: Sequence[Pack],
    key: Iterable[KeyEntry],
    assignments: Sequence[Mapping[str, object]],
    *,
    people: Sequence[Person] = (),
    systems: Mapping[str, System] | None = None,
    accept_late: Collection[str] = (),
) -> Accepted:  # fmt: skip
    """Turn what came back into ratings and account for every assignment.

    Args:
        reading: what came back.
        packs: every pack that was handed out.
        key: which code stands for what.
        assignments: rows of the table ``assignments``.
        people: raters, with the conflicts of interest that they have declared by now.
        systems: systems by id, with the names under which a conflict may have been declared.
        accept_late: ids of raters whose late answers count.

    Returns:
        Rows and states; the states of the assignments add up to their number.

    Raises:
        PanelError: PAN125 the key does not fit the packs.
    """
    systems = systems or {}
    key = tuple(key)
    sides = {(entry.code, str(getattr(entry, "side", ""))): entry for entry in key}
    entries = {entry.code: entry for entry in key}
    _key_fits(entries, packs)
    roles = {pack.pack_id: ROLES.get(pack.purpose) for pack in packs}
    against = {person.rater_id: {each.strip().casefold() for each in person.conflicts} for person in people}
    cells: dict[Owed, tuple[CellState, KeyEntry]] = {}
    extra: list[tuple[CellState, KeyEntry]] = []
    apart: list[CellState] = []
    owed = {_owed(row) for row in assignments}
    for cell in account(reading, packs, accept_late=accept_late):
        if roles[cell.pack_id] != PRIMARY:
            apart.append(cell)
            continue
        entry = entries[cell.code]
        if against.get(cell.rater_id, set()) & _names(entry.system_id, systems):
            cell = _in_conflict(cell)  # noqa: PLW2901 -- the same question in another state
        name = _name(cell, entry)
        if name in owed and not entry.control:
            cells[name] = (cell, entry)
        else:
            extra.append((cell, entry))
    chance = {_owed(row): row.get("inclusion_probability") for row in assignments}
    done = [(cell, entry, chance[name]) for name, (cell, entry) in cells.items() if cell.state is State.returned]
    return Accepted(
        (
            *(_row(cell, entry, p, role=PRIMARY) for cell, entry, p in done),
            *(_row(cell, entries[cell.code], None, role=ADJUDICATION) for cell in apart
              if roles[cell.pack_id] == ADJUDICATION and cell.state is State.returned),
        ),
        tuple(_row(cell, entry, None, role=PRIMARY) for cell, entry in extra
              if cell.state is State.returned and entry.control),
        tuple(_accounted(row, cells.get(_owed(row))) for row in assignments),
        tuple(each for cell, entry, _ in done for each in _history(cell, entry)),
        tuple(_guesses(reading, sides, systems)),
        preference_rows(apart, sides),
        tuple(apart),
        (*_conflicts([cell for cell, _ in cells.values()]), *_unasked(extra)),
    )  # fmt: skip


def _key_fits(entries: Mapping[str, KeyEntry], packs: Sequence[Pack]) -> None:
    problems = [
        Problem(
            "PAN125",
            "the key is not the one of this pack",
            Place(KEY_FILE, column="code"),
            found=f"{task.code}: {entry.pack_id if entry else 'not in the key'}",
            expected=f"pack {pack.pack_id} of rater {pack.rater_id}",
            fix="give the key that was written together with the packs",
        )
        for pack in packs
        if pack.purpose in ROLES
        for task in pack.tasks
        for entry in [entries.get(task.code)]
        if entry is None or (entry.pack_id, entry.rater_id) != (pack.pack_id, pack.rater_id)
    ]
    if problems:
        raise PanelError(problems)


def _owed(row: Mapping[str, object]) -> Owed:
    return (
        str(row["system_id"]),
        str(row["item_id"]),
        int(str(row.get("sample") or 1)),
        str(row.get("unit_id") or ""),
        str(row["scale_id"]),
        str(row["rater_id"]),
        int(str(row.get("occasion") or 1)),
    )


def _name(cell: CellState, entry: KeyEntry) -> Owed:
    return (
        entry.system_id, entry.item_id, entry.sample, entry.unit_id, cell.scale_id, cell.rater_id, entry.occasion
    )  # fmt: skip


def _names(system_id: str, systems: Mapping[str, System]) -> frozenset[str]:
    return systems[system_id].names if system_id in systems else frozenset({system_id.casefold()})


def _in_conflict(cell: CellState) -> CellState:
    """Whatever was said is refused; what was not said stays not returned, with the reason."""
    said = cell.answer is not None
    return replace(
        cell,
        state=State.refused if said else cell.state,
        reason=f"{CONFLICT} conflict of interest" if said else "conflict of interest",
    )


def _conflicts(cells: Sequence[CellState]) -> Iterator[Problem]:
    """One problem per rater, not one per answer."""
    counts: dict[str, int] = {}
    for cell in cells:
        if cell.reason.startswith(CONFLICT):
            counts[cell.rater_id] = counts.get(cell.rater_id, 0) + 1
    for rater, n in sorted(counts.items()):
        yield Problem(
            CONFLICT,
            "a rater has a conflict of interest",
            Place("raters", column="conflicts"),
            found=f"{rater}: {n:,} answers about systems of the declared company",
            expected="ratings by raters without one",
            fix="let another rater rate these responses",
        )


def _unasked(extra: Sequence[tuple[CellState, KeyEntry]]) -> Iterator[Problem]:
    """Answers about responses of the study that no assignment owes."""
    for cell, entry in extra:
        if cell.answer is not None and not entry.control:
            yield Problem(
                "PAN126",
                "nobody asked this rater for this answer",
                Place(cell.file, column=cell.code),
                found=cell.scale_id,
                expected="a row of assignments",
                fix="give the assignments that the packs were made from",
            )


def _row(cell: CellState, entry: KeyEntry, chance: object, *, role: str | None) -> dict[str, object]:
    answer = cell.answer
    if answer is None:
        raise ValueError("a returned question has an answer")
    return {
        **_key_columns(cell, entry),
        "level": answer.level,
        "role": role,
        "comment": answer.comment,
        "failure_modes": list(answer.modes),
        "severities": dict(answer.severities) or None,
        "spans": [list(span) for span in answer.spans],
        "seconds": answer.seconds,
        "rated_at": answer.rated_at,
        "pack_id": cell.pack_id,
        "inclusion_probability": chance,
    }


def _key_columns(cell: CellState, entry: KeyEntry) -> dict[str, object]:
    return {
        "system_id": entry.system_id,
        "item_id": entry.item_id,
        "sample": entry.sample,
        "unit_id": entry.unit_id,
        "scale_id": cell.scale_id,
        "rater_id": cell.rater_id,
        "occasion": entry.occasion,
    }


def _accounted(row: Mapping[str, object], found: tuple[CellState, KeyEntry] | None) -> dict[str, object]:
    if found is None:
        told = {"state": State.not_returned.value, "reason": "no pack asks for it", "file": "", "code": ""}
    else:
        cell = found[0]
        told = {"state": cell.state.value, "reason": cell.reason, "file": cell.file, "code": cell.code}
    return {**row, **told}


def _history(cell: CellState, entry: KeyEntry) -> Iterator[dict[str, object]]:
    for level, at in cell.answer.before if cell.answer else ():
        yield {**_key_columns(cell, entry), "level": level, "rated_at": at, "pack_id": cell.pack_id}


def _guesses(
    reading: Reading, sides: Mapping[tuple[str, str], KeyEntry], systems: Mapping[str, System]
) -> Iterator[BlindingGuess]:
    for received in reading.kept:
        for guess in received.back.guesses:
            entry = sides.get((guess.code, guess.side or ""))
            if entry is None:
                continue
            correct = None
            if guess.system is not None:
                correct = guess.system.casefold() in _names(entry.system_id, systems)
            yield BlindingGuess(
                received.back.rater_id, received.back.pack_id, guess.code, entry.system_id, guess.system, guess.sure,
                correct,
            )  # fmt: skip
