"""How steady raters are: whether they give the same level again.

May import stats and its own package.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from dualtrack.ratings.rows import Row, numbered, share_columns
from dualtrack.stats.detection import detection_interval

__all__ = ["repeat_rows"]


def repeat_rows(mine: pd.DataFrame, confidence: float, rho0: float) -> Iterator[Row]:
    """Share of repeated ratings that stand on the level of the first occasion, for each rater.

    Args:
        mine: the first ratings and repeats of one scale, in plain columns.
        confidence: two-sided confidence.
        rho0: intra-cluster correlation assumed.

    Yields:
        Rows without the scale. What could not be judged on one of both occasions is no pair.
    """
    judged = mine[(mine["place"] >= 0).to_numpy()]
    columns = ["rater", "thing", "level", "cluster"]
    again = _plain_names(judged[(judged["occasion"] > 1).to_numpy()][columns])
    repeated = (judged["occasion"] == 1).to_numpy() & judged["thing"].isin(again["thing"]).to_numpy()
    first = _plain_names(judged[repeated][columns[:3]])
    pairs = again.merge(first, on=["rater", "thing"], suffixes=("", "_first"))
    for rater in numbered(mine["rater"])[0]:
        own = pairs[(pairs["rater"] == rater).to_numpy()]
        same = (own["level"] == own["level_first"]).to_numpy(dtype=np.int64)
        interval = detection_interval(
            same, np.ones(len(own)), own["cluster"].to_numpy(dtype=np.int64), rho0=rho0, confidence=confidence
        )
        yield {"rater_id": rater, "show": "self_agreement"} | share_columns(interval, len(own))


def _plain_names(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(rater=frame["rater"].astype("str"), level=frame["level"].astype("str"))
