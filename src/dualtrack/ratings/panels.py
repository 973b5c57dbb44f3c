"""Which raters ever meet: panels whose raters share no case are apart, and nothing is pooled across them.

May import numpy and terms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dualtrack.terms import Reason

__all__ = ["EVERYONE", "Panel", "panels_of"]

IntArray = npt.NDArray[np.int64]

EVERYONE = ""
"""Name of the panel of all raters together."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Panel:
    """Some raters, by their numbers; ``reason`` says why they cannot be pooled, None where they can."""

    name: str
    raters: tuple[int, ...]
    reason: Reason | None = None


def panels_of(names: Sequence[str], groups: IntArray, stated: Mapping[str, str]) -> list[Panel]:
    """The panels to report: all raters together where they meet, each group apart, and each panel that a study names.

    Args:
        names: id of each rater.
        groups: group of each rater, from ``connected_raters``.
        stated: rater id -> panel, for raters whose panel is stated.

    Returns:
        First all raters (``EVERYONE``; raters who meet nobody are left out where the others form one group), then each
        group where there are several, then each stated panel that is a part of a group with at least two raters.
        ``EVERYONE`` has reason no_overlap where several groups exist or nobody meets, one_rater where only one rated.
    """
    members = [tuple(np.flatnonzero(groups == group).tolist()) for group in range(int(groups.max(initial=-1)) + 1)]
    several = [each for each in members if len(each) > 1]
    everyone = tuple(range(len(names)))
    if len(several) != 1:
        reason = Reason.one_rater if len(names) == 1 else Reason.no_overlap
        panels = [Panel(EVERYONE, everyone, reason)]
        panels += [Panel(name, each) for name, each in _named(names, several, stated).items()]
    else:
        panels = [Panel(EVERYONE, several[0])]
    taken = {panel.name for panel in panels}
    for group in several:
        for name, part in _parts(names, group, stated).items():
            panels.append(Panel(name if name not in taken else f"{name}: {_listed(names, part)}", part))
            taken.add(panels[-1].name)
    return panels


def _named(
    names: Sequence[str], groups: Sequence[tuple[int, ...]], stated: Mapping[str, str]
) -> dict[str, tuple[int, ...]]:
    """Groups by name: the panel that all their raters state, where no other group has it; else their raters."""
    labels = []
    for group in groups:
        said = {stated.get(names[rater], "") for rater in group}
        labels.append(said.pop() if len(said) == 1 else "")
    return {
        label if label and labels.count(label) == 1 else _listed(names, group): group
        for label, group in zip(labels, groups, strict=True)
    }


def _parts(names: Sequence[str], group: tuple[int, ...], stated: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """The stated panels inside a group that holds more than one, or raters of none."""
    labels = sorted({stated.get(names[rater], "") for rater in group})
    if len(labels) == 1:
        return {}
    inside = {label: tuple(rater for rater in group if stated.get(names[rater], "") == label) for label in labels}
    return {label: part for label, part in inside.items() if label and len(part) > 1}


def _listed(names: Sequence[str], group: tuple[int, ...]) -> str:
    """Their raters, the first few by name."""
    shown = "+".join(names[rater] for rater in group[:_NAMED])
    return shown if len(group) <= _NAMED else f"{shown}+{len(group) - _NAMED}"
