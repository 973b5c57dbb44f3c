"""What was removed on purpose: the tombstones of a chain, and which missing or changed file they explain.

May import its own package.
"""

from collections.abc import Sequence

from dualtrack.ledger.chain import Record

__all__ = ["explained", "told_tombstone"]


def explained(records: Sequence[Record], file: str, was: str, now: str | None) -> tuple[Record, ...] | None:
    """The tombstones that lead from one state of a file to another.

    Args:
        records: the chain.
        file: name of the file, relative to the study or the run.
        was: its digest as it was.
        now: its digest as it is; None when it is gone.

    Returns:
        The tombstones in their order; None when they do not explain the difference.
    """
    found: list[Record] = []
    state: str | None = was
    for record in records:
        if state == now:
            break
        payload = record.payload
        if record.kind == "tombstone" and payload["file"] == file and payload["before"] == state:
            found.append(record)
            state = payload["after"]
    return tuple(found) if found and state == now else None


def told_tombstone(record: Record) -> str:
    """A tombstone in one line.

    Args:
        record: of kind ``tombstone``.
    """
    payload = record.payload
    cells = payload["cells"]
    what = "the whole file" if payload["after"] is None else f"{len(cells)} cell{'s' if len(cells) != 1 else ''}"
    return f"{payload['file']}: {what} removed by {record.by} at {record.at}: {payload['why']}"
