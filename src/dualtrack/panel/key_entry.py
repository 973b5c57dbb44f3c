"""What the import needs to know of a row of the key, whoever wrote and read it.

May import nothing of dualtrack.
"""

from typing import Protocol

__all__ = ["KeyEntry"]


class KeyEntry(Protocol):
    """What a row of the key says of one code; ``control`` is empty or false for answers of the study.

    The two of a pair share a code; their rows have an attribute ``side``, ``a`` or ``b``, beside these.
    """

    @property
    def code(self) -> str:
        """Code of the task."""

    @property
    def pack_id(self) -> str:
        """Pack that has it."""

    @property
    def rater_id(self) -> str:
        """Rater who has the pack."""

    @property
    def system_id(self) -> str:
        """System that answered."""

    @property
    def item_id(self) -> str:
        """The test case."""

    @property
    def sample(self) -> int:
        """Which repeat of the prompt."""

    @property
    def unit_id(self) -> str:
        """Part of the response."""

    @property
    def occasion(self) -> int:
        """Which time the rater sees it."""

    @property
    def control(self) -> object:
        """Whether, or as what, it was mixed in as a control."""
