"""What a design carries: which raters ever meet on an item, and which items are copies of one another.

May import numpy, pandas and ratings.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from dualtrack.stats.severity import connected_raters
from dualtrack.terms import RatingRole

__all__ = ["nobody_rated_twice", "not_shown_blinded", "panels_that_never_meet", "same_prompt_in_other_clusters"]


def panels_that_never_meet(ratings: pd.DataFrame) -> list[tuple[tuple[str, ...], int]]:
    """Groups of raters that share no item with any other group.

    Definition: connected parts of the graph that joins a rater and an item when the rater rated any response to it.
    With more than one part, levels and agreement cannot be compared across parts: a difference of severity between
    panels cannot be told from a difference between their items.

    Args:
        ratings: the ratings table, columns ``rater_id``, ``item_id`` and ``role``; training ratings are ignored.

    Returns:
        One entry per group: its raters in lexical order and the number of items it rated; sorted by first rater.

    Example:
        >>> frame = pd.DataFrame({"rater_id": ["a", "b", "c"], "item_id": ["1", "1", "2"], "role": "primary"})
        >>> panels_that_never_meet(frame)
        [(('a', 'b'), 1), (('c',), 1)]

    Source: Eckes 2015, Introduction to Many-Facet Rasch Measurement, section 9.2 (disconnected subsets).
    """
    given = ratings[(ratings["role"].astype("str") != RatingRole.training.value).to_numpy()]
    if given.empty:
        return []
    rater = given["rater_id"].astype("str").astype("category")
    item = given["item_id"].astype("str").astype("category")
    n_raters, n_items = len(rater.cat.categories), len(item.cat.categories)
    row, column = rater.cat.codes.to_numpy(), item.cat.codes.to_numpy()
    group = connected_raters(row.astype(np.int64), column.astype(np.int64), n_raters=n_raters)
    of_item = np.zeros(n_items, dtype=np.int64)
    of_item[column] = group[row]
    names = [str(name) for name in rater.cat.categories]
    groups = [
        (tuple(names[place] for place in np.flatnonzero(group == k).tolist()), int((of_item == k).sum()))
        for k in range(int(group.max()) + 1)
    ]
    return sorted(groups)


def same_prompt_in_other_clusters(prompts: pd.Series, clusters: npt.ArrayLike) -> list[int]:
    """Items whose prompt stands, word for word, in another cluster as well.

    Copies in clusters of their own count as new evidence and narrow every interval, which is right only when they are
    new cases; so they are reported.

    Args:
        prompts: prompt of each item.
        clusters: cluster of each item, same length.

    Returns:
        Positions of the items, ascending; empty when every prompt stays inside one cluster.

    Example:
        >>> same_prompt_in_other_clusters(pd.Series(["a", "b", "a"]), [0, 1, 2])
        [0, 2]
    """
    frame = pd.DataFrame({"prompt": prompts.astype("str").to_numpy(), "cluster": np.asarray(clusters)})
    spread = frame.groupby("prompt")["cluster"].transform("nunique").to_numpy()
    return [int(place) for place in np.flatnonzero(spread > 1)]


def not_shown_blinded(ratings: pd.DataFrame, raters: pd.DataFrame) -> tuple[int, int, int]:
    """How many of the people who rated saw too much, or are not recorded to have been blinded.

    Args:
        ratings: the ratings table, column ``rater_id``; training ratings are ignored.
        raters: the raters table, columns ``rater_id`` and, where it is recorded, ``blinded``.

    Returns:
        Recorded as not blinded, not recorded, and all who rated.

    Example:
        >>> given = pd.DataFrame({"rater_id": ["a", "b", "b"], "role": "primary"})
        >>> not_shown_blinded(given, pd.DataFrame({"rater_id": ["a", "b"], "blinded": [False, None]}))
        (1, 1, 2)
    """
    given = ratings[(ratings["role"].astype("str") != RatingRole.training.value).to_numpy()]
    rated = set(given["rater_id"].astype("str"))
    if "blinded" not in raters.columns:
        return 0, len(rated), len(rated)
    stated = dict(zip(raters["rater_id"].astype("str"), raters["blinded"], strict=True))
    recorded = {rater: bool(stated[rater]) for rater in rated if rater in stated and not pd.isna(stated[rater])}
    return sum(not blinded for blinded in recorded.values()), len(rated) - len(recorded), len(rated)


def nobody_rated_twice(ratings: pd.DataFrame) -> bool:
    """Whether there are ratings and no answer has two people's, so that nothing can be said of their agreement.

    Args:
        ratings: the ratings table; training ratings are ignored.

    Example:
        >>> frame = pd.DataFrame({"system_id": "s", "item_id": ["1", "2"], "sample": 1, "rater_id": ["a", "b"]})
        >>> nobody_rated_twice(frame.assign(role="primary"))
        True
    """
    given = ratings[(ratings["role"].astype("str") != RatingRole.training.value).to_numpy()]
    if given.empty:
        return False
    answer = ["system_id", "item_id", "sample"]
    texts = given[[*answer, "rater_id"]].astype(dict.fromkeys((*answer, "rater_id"), "str"))
    return int(texts.groupby(answer)["rater_id"].nunique().max()) == 1
