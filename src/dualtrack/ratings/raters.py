"""What is known of each rater: severity, drift, steadiness, time, and how often nothing could be judged.

May import terms, stats, rubric and its own package. First ratings only, and never of controls: what was asked because
of a disagreement, or after it, says nothing about how somebody rates. All of it describes; no gate reads it.
What is decided here:

- Severity compares raters who share cases, directly or through others; panels that never meet are fitted apart, each
  against its own mean rater. The groups of the model are the systems, so cases are taken as alike for all raters of a
  panel: sound where packs were dealt by chance, and said on the page.
- Drift is the severity of the later half of a rater's ratings, by the time they were given, less that of the earlier
  half; without times, that of later occasions less that of the first.
- A rating is fast when it took less than 30 % of the median time of ratings of answers of like length (four classes of
  equal number, by the length of the answer; one class where texts are withheld). Greszki, Meyer and Schoen 2015, Public
  Opin Q 79:471-503, doi:10.1093/poq/nfu058, compare 50, 40 and 30 % of the median; the strictest raises least alarms.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from dualtrack.ratings.latent import latent_rows
from dualtrack.ratings.panels import LevelsOf, severity_rows
from dualtrack.ratings.rows import PANEL, Row, number_columns, share_columns
from dualtrack.ratings.steady import repeat_rows
from dualtrack.rubric.scale import Scale, ScaleKind
from dualtrack.stats.detection import detection_interval
from dualtrack.terms import RatingRole, Reason

__all__ = ["Settings", "rater_rows"]

FAST = 0.3
"""Share of the median time of like answers below which a rating is fast."""
LENGTH_CLASSES = 4


@dataclass(frozen=True, slots=True)
class Settings:
    """What the study fixed beforehand.

    Attributes:
        confidence: two-sided confidence of intervals.
        floor: least number of clusters for an interval of a model.
        rho0: intra-cluster correlation assumed by exact limits.
        clusters: cluster of each item.
    """

    confidence: float
    floor: int
    rho0: float
    clusters: Mapping[str, int]


def rater_rows(
    ratings: pd.DataFrame, responses: pd.DataFrame, scales: Mapping[str, Scale], settings: Settings
) -> Iterator[Row]:
    """Rows of the rater_effects table, for every scale that was answered.

    Args:
        ratings: the ratings table, without controls.
        responses: the responses table, for the length of answers.
        scales: scales by id; answers to others are left out.
        settings: what the study fixed beforehand.
    """
    primary = ratings[(ratings["role"].astype("str") == RatingRole.primary.value).to_numpy()]
    asked = primary["scale_id"].astype("str")
    length = _lengths(primary, responses)
    for scale_id in sorted(set(asked) & set(scales)):
        chosen = (asked == scale_id).to_numpy()
        mine = _tidy(primary[chosen], scales[scale_id], settings).assign(length=length[chosen])
        first = mine[(mine["occasion"] == 1).to_numpy()]
        for row in (
            *severity_rows(LevelsOf(scales[scale_id]), mine, settings.confidence, settings.floor),
            *repeat_rows(mine, settings.confidence, settings.rho0),
            *latent_rows(LevelsOf(scales[scale_id]), first),
            *_times(first),
            *_cannot_judge(first, scales[scale_id], settings),
        ):
            yield {"scale_id": scale_id, "metric_id": "", "system_id": "", "rater_id": PANEL} | row


def _tidy(mine: pd.DataFrame, scale: Scale, settings: Settings) -> pd.DataFrame:
    """Plain columns: who, what, which system and cluster, which level (place from the worst, -1 for no value)."""
    item = mine["item_id"].astype("str")
    values = scale.values
    order = sorted({value for value in values.values() if value is not None})
    place = {level: -1 if value is None else order.index(value) for level, value in values.items()}
    level = mine["level"].astype("str")
    thing = mine["system_id"].astype("str") + "\x1f" + item + "\x1f" + mine["sample"].astype("str")
    return pd.DataFrame(
        {
            "rater": mine["rater_id"].astype("str").to_numpy(),
            "system": mine["system_id"].astype("str").to_numpy(),
            "thing": (thing + "\x1f" + mine["unit_id"].astype("str")).to_numpy(),
            "cluster": item.map(settings.clusters).to_numpy(dtype=np.int64),
            "level": level.to_numpy(),
            "place": level.map(place).fillna(-1).to_numpy(dtype=np.int64),
            "occasion": mine["occasion"].to_numpy(dtype=np.int64),
            "rated_at": mine["rated_at"].to_numpy(dtype=object),
            "seconds": mine["seconds"].to_numpy(dtype=np.float64),
        }
    )


def _lengths(primary: pd.DataFrame, responses: pd.DataFrame) -> np.ndarray:
    """Length of the answer that each rating is about, NaN where its text is not there."""
    key = ["system_id", "item_id", "sample"]
    if responses.empty or primary.empty:
        return np.full(len(primary), np.nan)
    known = pd.Series(
        responses["text"].str.len().to_numpy(dtype=np.float64),
        index=pd.MultiIndex.from_frame(responses[key].astype("str")),
    )
    asked = pd.MultiIndex.from_frame(primary[key].astype("str"))
    found: np.ndarray = known.reindex(asked).to_numpy(dtype=np.float64)
    return found


def _times(first: pd.DataFrame) -> Iterator[Row]:
    """Median time of all and of each, and the share of each rater's ratings that were fast."""
    timed = first[first["seconds"].notna().to_numpy()]
    fast = _fast(timed)
    for rater in (PANEL, *sorted(set(first["rater"]))):
        mine = np.ones(len(timed), dtype=np.bool_) if rater == PANEL else (timed["rater"] == rater).to_numpy()
        n = int(mine.sum())
        median = float(np.median(timed["seconds"].to_numpy()[mine])) if n else None
        yield {"rater_id": rater, "show": "seconds_median"} | number_columns(median, n, reason=Reason.not_recorded)
        if rater != PANEL:
            share = int(fast[mine].sum()) / n if n else None
            yield {"rater_id": rater, "show": "speeding_share"} | number_columns(share, n, reason=Reason.not_recorded)


def _fast(timed: pd.DataFrame) -> np.ndarray:
    length = timed["length"].to_numpy()
    known = length[~np.isnan(length)]
    classes = np.zeros(len(timed), dtype=np.int64)
    if known.size:
        edges = np.quantile(known, np.arange(1, LENGTH_CLASSES) / LENGTH_CLASSES)
        classes = np.where(np.isnan(length), LENGTH_CLASSES, np.searchsorted(edges, length, side="left"))
    seconds = timed["seconds"].to_numpy()
    fast = np.zeros(len(timed), dtype=np.bool_)
    for each in np.unique(classes):
        mine = classes == each
        fast[mine] = seconds[mine] < FAST * np.median(seconds[mine])
    return fast


def _cannot_judge(first: pd.DataFrame, scale: Scale, settings: Settings) -> Iterator[Row]:
    """Share of first answers that say that nothing can be judged; a scale that does not offer it has none."""
    if scale.kind is ScaleKind.number or all(level.value is not None for level in scale.levels):
        return
    for rater in (PANEL, *sorted(set(first["rater"]))):
        mine = first if rater == PANEL else first[(first["rater"] == rater).to_numpy()]
        interval = detection_interval(
            (mine["place"] < 0).to_numpy(dtype=np.int64),
            np.ones(len(mine)),
            mine["cluster"].to_numpy(),
            rho0=settings.rho0,
            confidence=settings.confidence,
        )
        yield {"rater_id": rater, "show": "cannot_judge_share"} | share_columns(interval, len(mine))
