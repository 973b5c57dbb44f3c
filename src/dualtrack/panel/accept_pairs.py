"""Choices between two responses: rows of the table ``preferences``.

May import the panel's own ground.
"""

from collections.abc import Iterable, Mapping

from dualtrack.panel.account import CellState, State
from dualtrack.panel.key_entry import KeyEntry

__all__ = ["preference_rows"]


def preference_rows(
    cells: Iterable[CellState], sides: Mapping[tuple[str, str], KeyEntry]
) -> tuple[dict[str, object], ...]:
    """Rows of ``preferences`` from the questions that were returned about pairs.

    Args:
        cells: states of questions; those of practice, whose codes are not in the key as pairs, give no row.
        sides: rows of the key by code and side.

    Returns:
        The rows. Which of the two was read first is not known, since both stand on one page.
    """
    rows: list[dict[str, object]] = []
    for cell in cells:
        a, b = sides.get((cell.code, "a")), sides.get((cell.code, "b"))
        if cell.state is not State.returned or cell.answer is None or a is None or b is None:
            continue
        rows.append(
            {
                "preference_id": f"{cell.pack_id}.{cell.code}.{cell.scale_id}",
                "item_id": a.item_id,
                "system_a": a.system_id,
                "system_b": b.system_id,
                "scale_id": cell.scale_id,
                "choice": cell.answer.level,
                "sample_a": a.sample,
                "sample_b": b.sample,
                "comparison_id": f"{cell.pack_id}.{cell.code}",
                "rater_id": cell.rater_id,
                "shown_first": "unknown",
                "comment": cell.answer.comment,
                "seconds": cell.answer.seconds,
                "rated_at": cell.answer.rated_at,
            }
        )
    return tuple(rows)
