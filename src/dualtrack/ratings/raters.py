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
from dualtrack.ratings.rows import PANEL, Row, number_columns, numbered, share_columns
from dualtrack.ratings.severities import LevelsOf, severity_rows
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
    plain = _plain(primary, responses, settings)
    asked, number = numbered(primary["scale_id"].astype("category"))
    for place, scale_id in enumerate(asked):
        if scale_id not in scales:
            continue
        mine = _placed(plain[number == place], scales[scale_id])
        first = mine[(mine["occasion"] == 1).to_numpy()]
        for row in (
            *severity_rows(LevelsOf(scales[scale_id]), mine, settings.confidence, settings.floor),
            *repeat_rows(mine, settings.confidence, settings.rho0),
            *latent_rows(LevelsOf(scales[scale_id]), first),
            *_times(first),
            *_cannot_judge(first, scales[scale_id], settings),
        ):
            yield {"scale_id": scale_id, "metric_id": "", "system_id": "", "rater_id": PANEL} | row


def _plain(primary: pd.DataFrame, responses: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Who rated what, as numbers: what was rated, which cluster it is in, when and how long it took."""
    item = primary["item_id"].astype("category")
    response = _combined(primary, ("system_id", "item_id", "sample"))
    cluster = np.array([settings.clusters[str(name)] for name in item.cat.categories], dtype=np.int64)
    seconds = primary["seconds"].to_numpy(dtype=np.float64)
    length = np.full(len(primary), np.nan)
    if not np.isnan(seconds).all():
        length = _lengths(primary, response, responses)
    return pd.DataFrame(
        {
            "rater": primary["rater_id"].astype("category").array,
            "system": primary["system_id"].astype("category").array,
            "thing": _combined(primary, ("system_id", "item_id", "sample", "unit_id")),
            "cluster": cluster[item.cat.codes.to_numpy()],
            "level": primary["level"].astype("category").array,
            "occasion": primary["occasion"].to_numpy(dtype=np.int64),
            "rated_at": primary["rated_at"].array,
            "seconds": seconds,
            "length": length,
        }
    )


def _combined(frame: pd.DataFrame, columns: tuple[str, ...]) -> np.ndarray:
    """One whole number for each combination of cells."""
    key = np.zeros(len(frame), dtype=np.int64)
    for name in columns:
        codes = frame[name].astype("category").cat.codes.to_numpy().astype(np.int64)
        key = np.unique(key * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)[1]
    return key


def _placed(mine: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """The ratings of one scale with the place of each level, from the worst; -1 for a level without a value."""
    order = sorted({value for value in scale.values.values() if value is not None})
    place = {level: -1 if value is None else order.index(value) for level, value in scale.values.items()}
    levels = [place.get(str(level), -1) for level in mine["level"].cat.categories]
    return mine.assign(place=np.array(levels, dtype=np.int64)[mine["level"].cat.codes.to_numpy()])


def _lengths(primary: pd.DataFrame, response: np.ndarray, responses: pd.DataFrame) -> np.ndarray:
    """Length of the answer that each rating is about, NaN where its text is not there."""
    key = ["system_id", "item_id", "sample"]
    known: dict[tuple[str, ...], float] = {}
    if not responses.empty:
        ids = responses[key].astype("str").itertuples(index=False, name=None)
        known = dict(zip(ids, responses["text"].str.len().to_numpy(dtype=np.float64).tolist(), strict=True))
    _, first, number = np.unique(response, return_index=True, return_inverse=True)
    distinct = primary.iloc[first][key].astype("str").itertuples(index=False, name=None)
    return np.array([known.get(each, np.nan) for each in distinct], dtype=np.float64)[number]


def _times(first: pd.DataFrame) -> Iterator[Row]:
    """Median time of all and of each, and the share of each rater's ratings that were fast."""
    timed = first[first["seconds"].notna().to_numpy()]
    fast = _fast(timed)
    for rater in (PANEL, *numbered(first["rater"])[0]):
        mine = (
            np.ones(len(timed), dtype=np.bool_)
            if rater == PANEL
            else (timed["rater"] == rater).to_numpy(dtype=np.bool_)
        )
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
    for rater in (PANEL, *numbered(first["rater"])[0]):
        mine = first if rater == PANEL else first[(first["rater"] == rater).to_numpy()]
        interval = detection_interval(
            (mine["place"] < 0).to_numpy(dtype=np.int64),
            np.ones(len(mine)),
            mine["cluster"].to_numpy(),
            rho0=settings.rho0,
            confidence=settings.confidence,
        )
        yield {"rater_id": rater, "show": "cannot_judge_share"} | share_columns(interval, len(mine))
