"""What raters most likely saw alike: the model of Dawid and Skene, as a description and nothing more.

It weighs raters by how often each agrees with what all of them together make likely. No gate and no score reads it:
with few raters it is weakly identified and would overrule clinicians by a formula.
May import numpy, ``dualtrack.terms`` and its own package.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dualtrack.stats._arrays import Floats, as_integers
from dualtrack.terms import Reason

__all__ = ["LEAST_RATERS", "LatentLabels", "latent_labels"]

LEAST_RATERS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatentLabels:
    """Most likely labels, or the reason for none.

    Attributes:
        chances: chance of each label for each unit, shape (units, labels); empty where undefined.
        says: chance that a rater gives each label where each is the true one, shape (raters, true, given).
        converged: whether the chances had stopped moving.
        reason: why there are none.
    """

    chances: Floats
    says: Floats
    converged: bool = False
    reason: Reason | None = None


def latent_labels(
    labels: npt.ArrayLike, raters: npt.ArrayLike, units: npt.ArrayLike, *, n_labels: int, steps: int = 200
) -> LatentLabels:
    """Most likely true label of each unit and the confusion of each rater, by expectation and maximisation.

    Definition: begin with the shares of the labels given to each unit; in turn estimate how often each rater gives each
    label for each true one, with the share of each label, and from these the chance of each label for each unit; stop
    when no chance moves by more than 1e-8.

    Args:
        labels: label of each rating, from 0, shape (ratings,).
        raters: number of the rater, from 0, shape (ratings,).
        units: number of what was rated, from 0, every number used, shape (ratings,).
        n_labels: how many labels there are.
        steps: most rounds.

    Returns:
        LatentLabels.

    Raises:
        ValueError: arrays that are not whole numbers, or a label out of range.

    Undefined when: fewer than five raters (too_few_raters); one label only (one_level_only).

    Example:
        >>> given = [0, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1]
        >>> found = latent_labels(given, [0, 1, 2, 3, 4] * 4, [k // 5 for k in range(20)], n_labels=2)
        >>> found.chances.argmax(axis=1)
        array([0, 1, 0, 1])

    Source: Dawid and Skene 1979, J R Stat Soc C 28:20-28, doi:10.2307/2346806.
    """
    label, rater, unit = (
        as_integers(name, each, n_dimensions=1)
        for name, each in (("labels", labels), ("raters", raters), ("units", units))
    )
    if label.size and not 0 <= label.min() <= label.max() < n_labels:
        raise ValueError(f"labels lie in 0..{n_labels - 1}")
    nothing = np.zeros((0, n_labels))
    if np.unique(rater).size < LEAST_RATERS:
        return LatentLabels(chances=nothing, says=nothing[:, None], reason=Reason.too_few_raters)
    if np.unique(label).size < 2:  # noqa: PLR2004 -- two labels are the fewest that differ
        return LatentLabels(chances=nothing, says=nothing[:, None], reason=Reason.one_level_only)
    given = np.zeros((int(unit.max()) + 1, int(rater.max()) + 1, n_labels))
    np.add.at(given, (unit, rater, label), 1.0)
    votes = given.sum(axis=1)
    chances = votes / votes.sum(axis=1, keepdims=True)
    converged = False
    for _ in range(steps):
        says = np.einsum("ut,url->rtl", chances, given) + 1e-12
        says /= says.sum(axis=2, keepdims=True)
        log = np.log(chances.mean(axis=0) + 1e-300) + np.einsum("url,rtl->ut", given, np.log(says))
        fresh = np.exp(log - log.max(axis=1, keepdims=True))
        fresh /= fresh.sum(axis=1, keepdims=True)
        moved, chances = float(np.abs(fresh - chances).max()), fresh
        if moved < 1e-8:  # noqa: PLR2004 -- far below what is shown
            converged = True
            break
    return LatentLabels(chances=chances, says=says, converged=converged)
