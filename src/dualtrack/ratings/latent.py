"""How often each rater gives the level that all of them together make likely.

May import terms, stats and its own package. It is a description, and needs five raters; nothing reads it.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dualtrack.ratings.rows import Row, number_columns, numbered
from dualtrack.ratings.severities import LevelsOf
from dualtrack.stats.labels import latent_labels
from dualtrack.stats.severity import connected_raters

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
    panel = connected_raters(who, things)
    for each in np.unique(panel):
        inside = panel[who] == each
        members = [names[place] for place in np.flatnonzero(panel == each)]
        yield from _of_panel(levels, judged["place"].to_numpy()[inside], who[inside], things[inside], members=members)


def _of_panel(
    levels: LevelsOf, given: np.ndarray, who: np.ndarray, things: np.ndarray, *, members: list[str]
) -> Iterator[Row]:
    """The rows of one panel: raters who share nothing say nothing about each other."""
    rater = np.unique(who, return_inverse=True)[1]
    thing = np.unique(things, return_inverse=True)[1]
    found = latent_labels(given, rater, thing, n_labels=len(levels.values))
    for place, name in enumerate(members):
        mine = rater == place
        row: Row = {"rater_id": name, "show": "latent_agreement"}
        if found.reason is not None:
            yield row | number_columns(None, int(mine.sum()), reason=found.reason)
        else:
            likely = found.chances.argmax(axis=1)[thing]
            yield row | number_columns(float((likely == given)[mine].mean()), int(mine.sum()))
