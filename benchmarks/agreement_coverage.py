"""How often the intervals of agreement hold the true value, and how often there is none: prints a table.

Run: python benchmarks/agreement_coverage.py [--repeats 1000] [--seed 1]
Synthetic ratings: each unit has a place on a line, part of it shared by its cluster; three raters see it with noise and
choose a level by fixed cuts; a tenth of the ratings is missing. The true value is that of 600,000 units. A percentile
bootstrap of clusters stands beside some, 500 resamples. "Given" is the share of studies with an interval:
where one level prevails and fewer than 20 units have a rating off it, alpha and the kappas have none.
"""

import argparse
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dualtrack import stats
from dualtrack.stats import agreement

Array = npt.NDArray[Any]
EVEN = (-1.2, -0.4, 0.4, 1.2)
MILD = (-2.0, -1.6, -1.3, -1.0)
SKEW = (-2.6, -2.3, -2.0, -1.6)
VERY = (-3.0, -2.7, -2.4, -2.1)
TWO = (0.0,)
RARE = (-1.8,)
UNITS_OF_TRUTH = 600_000
RESAMPLES = 500
MISSING = 0.1
TWO_LEVELS = 2


@dataclass(frozen=True)
class World:
    """How ratings come about."""

    name: str
    clusters: int
    per_cluster: int
    cuts: tuple[float, ...]
    shared: float = 0.0

    def draw(self, chance: np.random.Generator, clusters: int) -> tuple[Array, Array]:
        """Codes (units x 3 raters) and the cluster of each unit."""
        cluster = np.repeat(np.arange(clusters), self.per_cluster)
        own = chance.standard_normal(cluster.size)
        place = math.sqrt(self.shared) * chance.standard_normal(clusters)[cluster] + math.sqrt(1 - self.shared) * own
        seen = place[:, None] + 0.6 * chance.standard_normal((cluster.size, 3))
        codes = np.searchsorted(np.array(self.cuts), seen).astype(np.int64)
        codes[chance.random(codes.shape) < MISSING] = -1
        return codes, cluster


WORLDS = (
    World("even, 40 units", 40, 1, EVEN),
    World("even, 200 units", 200, 1, EVEN),
    World("even, 40 clusters of 5", 40, 5, EVEN, 0.3),
    World("even, 12 clusters of 10", 12, 10, EVEN, 0.3),
    World("even, 15 units", 15, 1, EVEN),
    World("yes or no, 40 units", 40, 1, TWO),
    World("yes or no, 1 in 17 yes, 200 units", 200, 1, RARE),
    World("most on one level, 40 units", 40, 1, MILD),
    World("nine of ten on one level, 40 units", 40, 1, SKEW),
    World("nine of ten on one level, 200 units", 200, 1, SKEW),
    World("nine of ten on one level, 60 clusters of 5", 60, 5, SKEW, 0.3),
    World("96 of 100 on one level, 200 units", 200, 1, VERY),
    World("96 of 100 on one level, 500 units", 500, 1, VERY),
)


def coefficients(n_levels: int) -> dict[str, Callable[[Array, Array], stats.Interval]]:
    """Name -> the public function, of codes and clusters."""
    ordered = n_levels > TWO_LEVELS

    def alpha(codes: Array, clusters: Array) -> stats.Interval:
        return stats.krippendorff_alpha(
            codes, n_levels=n_levels, clusters=clusters, metric="ordinal" if ordered else "nominal"
        )

    def ac(codes: Array, clusters: Array) -> stats.Interval:
        return stats.gwet_ac(codes, n_levels=n_levels, clusters=clusters, weights="quadratic" if ordered else "nominal")

    def raw(codes: Array, clusters: Array) -> stats.Interval:
        return stats.raw_agreement(codes, n_levels=n_levels, clusters=clusters)

    def kappa(codes: Array, clusters: Array) -> stats.Interval:
        return stats.fleiss_kappa(codes, n_levels=n_levels, clusters=clusters)

    def icc(codes: Array, clusters: Array) -> stats.Interval:
        return stats.intraclass(np.maximum(codes, 0), present=codes >= 0, form="1_1", clusters=clusters)

    return {"alpha": alpha, "AC": ac, "raw": raw, "Fleiss": kappa, "ICC(1)": icc}


def percentiles(codes: Array, cluster: Array, n_levels: int, draws: Array) -> tuple[float, float]:
    """Percentile limits of alpha from resampled clusters."""
    tally = stats.level_tally(codes, n_levels=n_levels, clusters=cluster)
    rows = np.repeat(tally.by_cluster.sums, tally.by_cluster.times, axis=0).astype(np.float64)
    sums = draws[:, : len(rows)].astype(np.float64) @ rows
    low, high = np.nanquantile(agreement._alpha(tally, n_levels > TWO_LEVELS, sums), (0.025, 0.975))  # noqa: SLF001
    return float(low), float(high)


def run(world: World, name: str, repeats: int, seed: int) -> str:
    """One row of the table."""
    n_levels = len(world.cuts) + 1
    function = coefficients(n_levels)[name]
    chance = np.random.default_rng(seed)
    codes, cluster = world.draw(chance, UNITS_OF_TRUTH // world.per_cluster)
    truth = function(codes, cluster).value
    assert truth is not None
    levels = np.bincount(codes[codes >= 0])
    draws = stats.resampling_weights(world.clusters, resamples=RESAMPLES, seed=seed)
    given = held = booted = 0
    width = 0.0
    for _ in range(repeats):
        codes, cluster = world.draw(chance, world.clusters)
        interval = function(codes, cluster)
        if interval.lower is None or interval.upper is None:
            continue
        given += 1
        held += interval.lower <= truth <= interval.upper
        width += interval.upper - interval.lower
        if name == "alpha" and world.cuts is EVEN:
            low, high = percentiles(codes, cluster, n_levels, draws)
            booted += low <= truth <= high
    boot = f"{booted / given:.3f}" if name == "alpha" and world.cuts is EVEN else ""
    share = levels.max() / levels.sum()
    if not given:
        return f"| {world.name} | {name} | {share:.2f} | {truth:.3f} | | | | 0.00 |"
    return (
        f"| {world.name} | {name} | {share:.2f} | {truth:.3f} | {held / given:.3f} | {boot} | {width / given:.2f} "
        f"| {given / repeats:.2f} |"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="row to begin with, so that a stopped run can go on")
    options = parser.parse_args()
    print("| ratings | coefficient | commonest | true | held | bootstrap | mean width | given |")
    print("|---|---|---|---|---|---|---|---|")
    rows = [(world, name) for name in ("alpha", "AC", "raw", "Fleiss", "ICC(1)") for world in WORLDS]
    for world, name in rows[options.first - 1 :]:
        print(run(world, name, options.repeats, options.seed), flush=True)


if __name__ == "__main__":
    main()
