"""How often each rater gives the level that all of them together make likely.

May import terms, stats and its own package. It is a description, and needs five raters; nothing reads it.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dualtrack.ratings.panels import LevelsOf
from dualtrack.ratings.rows import Row, number_columns, numbered
from dualtrack.stats.labels import latent_labels

__all__ = ["latent_rows"]


def latent_rows(levels: LevelsOf, first: pd.DataFrame) -> Iterator[Row]:
    """Share of each rater's first ratings that stand on the most likely level of what was rated.

    Args:
        levels: the levels of the scale.
        first: the first ratings of one scale, in plain columns.

    Yields:
        Rows without the scale; none for scales without levels in order.
    """
    judged = first[(first["place"] >= 0).to_numpy()]
    if not levels.ordered or judged.empty:
        return
    names, who = numbered(judged["rater"])
    things = np.unique(judged["thing"].to_numpy(), return_inverse=True)[1]
    given = judged["place"].to_numpy()
    found = latent_labels(given, who, things, n_labels=len(levels.values))
    likely = found.chances.argmax(axis=1) if found.reason is None else np.full(int(things.max()) + 1, -1)
    for place, rater in enumerate(names):
        mine = who == place
        row: Row = {"rater_id": rater, "show": "latent_agreement"}
        if found.reason is not None:
            yield row | number_columns(None, int(mine.sum()), reason=found.reason)
        else:
            yield row | number_columns(float((likely[things] == given)[mine].mean()), int(mine.sum()))
