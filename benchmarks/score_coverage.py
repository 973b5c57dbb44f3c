"""How often intervals of scores and differences hold the truth, and how often comparisons claim a difference falsely.

Run: python benchmarks/score_coverage.py [--studies 2000] [--only intervals|tests]. Made-up studies from a fixed seed,
minutes on one core. Four metrics of weights 3, 1, 2, 1 on different sets of cases: all cases, 70 % of them, 40 % of
them, and the cases of every second cluster; a tenth of the cells is missing. Cases of a cluster are alike through what
all systems and metrics share, through the metric and through the system; all systems meet the same cases. Everything is
then added up by cluster and goes through ``weighted_score``, ``linearised_difference``, and ``resampling_weights``,
``resampled_scores`` and ``difference_interval``, as the engine does it. The truth is the mean over all cases that could
have been drawn.
"""

import argparse
import gc
import math
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import combinations

import numpy as np
from scipy.stats import t as student_t

from dualtrack.stats import (
    Interval,
    difference_interval,
    effective_n,
    holm,
    linearised_difference,
    mcnemar_exact,
    resampled_scores,
    resampling_weights,
    step_down_max,
    weighted_score,
)

SEED = 20261124
TOP = 1_000_000
WEIGHTS = (3.0, 1.0, 2.0, 1.0)
APPLIES = (1.0, 0.7, 0.4, 1.0)
SD = {"cluster": 0.5, "metric": 0.4, "system": 0.4, "item": 0.8}
MISSING = 0.1
DRAWS = 1000
LEAST_CLUSTERS = 30
RHO0 = 0.2
LEAST_SHOWN = 100
"""Number of intervals below which no share is printed."""
MIXES = {
    "levels": ((0.8, 4), (0.4, 4), (1.2, 4), (0.0, 4)),
    "mixed": ((1.5, 1), (0.4, 4), (2.0, 1), (0.0, 4)),
    "rare failures": ((4.5, 1), (4.0, 1), (3.5, 1), (4.0, 1)),
    "one yes-or-no metric": ((1.5, 1),),
}
"""Per metric: place on the logit scale, and number of steps (1: pass or fail, 4: five levels)."""


def sizes_of(clusters: int, kind: str) -> np.ndarray:
    """Cases of each cluster: one; from 2 to 14; or three clusters with 70 % of about 8 a cluster."""
    if kind == "one case":
        return np.ones(clusters, dtype=np.int64)
    if kind == "unequal":
        return np.maximum(1, np.rint(np.linspace(2.0, 14.0, clusters))).astype(np.int64)
    total = 8 * clusters
    return np.array([round(0.7 * total / 3)] * 3 + [max(1, round(0.3 * total / (clusters - 3)))] * (clusters - 3))


@dataclass(frozen=True, slots=True)
class Design:
    """What is made up."""

    clusters: int
    sizes: str
    mix: str
    shifts: tuple[float, ...] = (0.3, 0.0)

    @property
    def weights(self) -> tuple[float, ...]:
        """Weight of each metric."""
        return WEIGHTS[: len(MIXES[self.mix])]

    def truth(self) -> np.ndarray:
        """True score of every system."""
        nodes, shares = np.polynomial.hermite_e.hermegauss(120)
        spread = math.sqrt(sum(sd * sd for sd in SD.values()))
        at = np.array([place for place, _ in MIXES[self.mix]])
        eta = at[None, :, None] + np.array(self.shifts)[:, None, None] + spread * nodes
        values = (shares * _share(eta)).sum(axis=2) / shares.sum()
        return values @ np.array(self.weights) / sum(self.weights)

    def drawn(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Values in millionths, whether they are owed, and whether they are there; shape (systems, metrics, items)."""
        cluster = np.repeat(np.arange(self.clusters), sizes_of(self.clusters, self.sizes))
        kinds = MIXES[self.mix]
        n_systems, n_metrics, n_items = len(self.shifts), len(kinds), cluster.size
        eta = np.array([place for place, _ in kinds])[:, None] + np.array(self.shifts)[:, None, None]
        eta = eta + rng.normal(0, SD["cluster"], self.clusters)[cluster] + rng.normal(0, SD["item"], n_items)
        eta = eta + rng.normal(0, SD["metric"], (n_metrics, self.clusters))[:, cluster]
        eta = eta + rng.normal(0, SD["system"], (n_systems, 1, self.clusters))[:, :, cluster]
        steps = np.array([step for _, step in kinds])[:, None]
        values = rng.binomial(steps, _share(eta)) * TOP // steps
        applies = rng.random((n_metrics, n_items)) < np.array(APPLIES[:n_metrics])[:, None]
        if n_metrics == len(APPLIES):
            applies[-1] &= cluster % 2 == 0
        owed = np.broadcast_to(applies, values.shape)
        return values, owed, owed & (rng.random(values.shape) >= MISSING)

    def added_up(self, values: np.ndarray, there: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Sums and counts by cluster."""
        starts = np.concatenate(([0], np.cumsum(sizes_of(self.clusters, self.sizes))[:-1]))
        return tuple(np.add.reduceat(part, starts, axis=-1) for part in (values * there, there.astype(np.int64)))


def _share(eta: np.ndarray) -> np.ndarray:
    return 1.0 / (1.0 + np.exp(-eta))


INTERVALS = (
    *(Design(clusters, "unequal", mix) for mix in list(MIXES)[:3] for clusters in (8, 12, 20, 30, 60)),
    *(Design(clusters, "unequal", "one yes-or-no metric") for clusters in (8, 20, 60)),
    *(Design(clusters, "few carry all", "mixed") for clusters in (20, 60)),
    *(Design(clusters, "one case", "mixed") for clusters in (60, 200)),
    *(Design(clusters, "unequal", mix) for mix in ("levels", "rare failures") for clusters in (100, 200)),
)


FLOOR = 8


class Kept:
    """What became of the intervals of one kind: those that the engine gives, and those that it withholds."""

    def __init__(self, truth: float) -> None:
        self.truth = truth
        self.given: list[tuple[float, float]] = []
        self.withheld: list[tuple[float, float]] = []

    def add(self, found: Interval, *, given: bool) -> None:
        """Keep one interval, if there is one."""
        if found.lower is not None and found.upper is not None:
            (self.given if given else self.withheld).append((found.lower, found.upper))

    def row(self) -> str:
        """Share given, how often it holds the truth, misses on both sides, mean width, and the withheld ones."""
        n = len(self.given)
        share = n / (n + len(self.withheld))
        limits = np.array(self.given).reshape(-1, 2)
        low, high = (float(x) for x in ((limits[:, 1] < self.truth).sum(), (limits[:, 0] > self.truth).sum()))
        few = n < LEAST_SHOWN
        mean = "" if few else f"{low / n:.1%} / {high / n:.1%} | {float((limits[:, 1] - limits[:, 0]).mean()):.3f}"
        held = "too few to say | |" if few else f"{self._held(self.given)} | {mean}"
        withheld = self._held(self.withheld) if len(self.withheld) >= LEAST_SHOWN else ""
        return f"{share:.0%} | {held} | {withheld} |"

    def _held(self, limits: list[tuple[float, float]]) -> str:
        share = float(np.mean([lower <= self.truth <= upper for lower, upper in limits]))
        return f"{share:.1%} (+-{math.sqrt(share * (1 - share) / len(limits)):.1%})"


def is_given(found: Interval) -> bool:
    """Whether the engine gives these limits: at least eight effective clusters."""
    return found.degrees_of_freedom is not None and found.degrees_of_freedom + 1.0 >= FLOOR


def intervals(studies: int, start: int) -> Iterator[str]:
    """Rows of the table of coverage."""
    yield "| clusters | sizes | metrics | limits of | given in | hold | miss low / high | width | withheld would hold |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for place, design in list(enumerate(INTERVALS))[start:]:
        rng = np.random.default_rng([SEED, 1, place])
        truth = design.truth()
        score = Kept(float(truth[0]))
        linear, resampled = Kept(float(truth[0] - truth[1])), Kept(float(truth[0] - truth[1]))
        matrix = resampling_weights(design.clusters, resamples=DRAWS, seed=[SEED, place])
        for study in range(studies):
            values, _, there = design.drawn(rng)
            sums, counts = design.added_up(values[:1], there[:1])
            n_eff = [effective_n(row[row > 0], RHO0) for row in counts[0]]
            one = weighted_score(sums[0], counts[0], design.weights, n_eff=n_eff, scale=TOP, floor=2).interval
            score.add(one, given=is_given(one))
            sums, counts = design.added_up(values, there & there.all(axis=0))
            difference = linearised_difference(sums, counts, design.weights, scale=TOP, floor=2)
            linear.add(difference, given=is_given(difference))
            if design.clusters >= LEAST_CLUSTERS and study < studies // 2:
                drawn = resampled_scores(matrix, sums, counts, design.weights, scale=TOP)
                found = difference_interval(*drawn.scores.T, defined=drawn.score_defined)
                resampled.add(found, given=is_given(difference))
        named = f"| {design.clusters} | {design.sizes} | {design.mix} |"
        yield f"{named} score, t | {score.row()}"
        yield f"{named} difference, t | {linear.row()}"
        if design.clusters >= LEAST_CLUSTERS:
            yield f"{named} difference, resampled | {resampled.row()}"


EQUAL, LEVEL, SMALL = 0.0, 0.05, 3
TESTS = (
    *(Design(60, "one case", "one yes-or-no metric", (EQUAL,) * n) for n in (3, 6)),
    *(Design(clusters, "unequal", "mixed", (EQUAL,) * n) for n in (3, 6) for clusters in (8, 20, 60)),
    Design(20, "unequal", "rare failures", (EQUAL,) * 6),
    Design(20, "unequal", "mixed", (-1.0, *(EQUAL,) * 5)),
    *(Design(150, "unequal", "mixed", (EQUAL,) * n) for n in (3, 6)),
)


def linear_test(found: Interval) -> tuple[float, float]:
    """Standard error and p value as in the comparisons: t of the linearised difference; p is 1 without limits."""
    if found.value is None or not found.standard_error or found.degrees_of_freedom is None:
        return 1.0, 1.0
    p = 2 * student_t.sf(abs(found.value) / found.standard_error, found.degrees_of_freedom)
    return found.standard_error, float(p)


def p_values(
    design: Design, rng: np.random.Generator, matrix: np.ndarray
) -> dict[str, tuple[list[float], list[float]]]:
    """Of one study, for each way of testing, the p values of all pairs as they are and corrected over the family.

    As in the primary analysis: all cases that are owed, and what is missing has failed.
    """
    values, owed, there = design.drawn(rng)
    passed = np.where(there, values, 0)
    sums, counts = design.added_up(passed, owed)
    pairs = list(combinations(range(len(design.shifts)), 2))
    found = [linearised_difference(sums[[a, b]], counts[[a, b]], design.weights, scale=TOP) for a, b in pairs]
    errors, plain = zip(*(linear_test(each) for each in found), strict=True)
    made = {"t, Holm": (list(plain), holm(plain))}
    if design.sizes == "one case":
        up = [int((passed[a] > passed[b]).sum()) for a, b in pairs]
        down = [int((passed[a] < passed[b]).sum()) for a, b in pairs]
        exact = [mcnemar_exact(*each) for each in zip(up, down, strict=True)]
        made["McNemar, Holm"] = (exact, holm(exact))
    if design.clusters >= LEAST_CLUSTERS:
        drawn = resampled_scores(matrix, sums, counts, design.weights, scale=TOP).scores
        seen = np.array([each.value for each in found])
        moved = np.array([drawn[:, a] - drawn[:, b] for a, b in pairs]).T - seen
        made["t, max-T"] = (list(plain), step_down_max(np.abs(seen) / errors, np.abs(moved) / errors))
    return made


def tests(studies: int, start: int) -> Iterator[str]:
    """Rows of the table of false claims."""
    yield "| systems | clusters | sizes | metrics | truly equal | test | one pair at 5 % | any pair at 5 % | studies |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for place, design in list(enumerate(TESTS))[start:]:
        rng = np.random.default_rng([SEED, 2, place])
        matrix = resampling_weights(design.clusters, resamples=DRAWS, seed=[SEED, place])
        pairs = list(combinations(design.shifts, 2))
        equal = np.array([a == b for a, b in pairs])
        repeats = studies if len(design.shifts) == SMALL else studies // 2
        claims: dict[str, list[tuple[float, bool]]] = {}
        for _ in range(repeats):
            for test, found in p_values(design, rng, matrix).items():
                plain, corrected = (np.array(p)[equal] <= LEVEL for p in found)
                claims.setdefault(test, []).append((float(plain.mean()), bool(corrected.any())))
        for test, seen in claims.items():
            one, family = np.array(seen, dtype=np.float64).T
            yield (
                f"| {len(design.shifts)} | {design.clusters} | {design.sizes} | {design.mix} "
                f"| {int(equal.sum())} of {len(pairs)} | {test} | {_mean(one)} | {_mean(family)} | {repeats:,} |"
            )


def _mean(shares: np.ndarray) -> str:
    return f"{shares.mean():.1%} (+-{shares.std() / math.sqrt(shares.size):.1%})"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=2000)
    parser.add_argument("--only", choices=("intervals", "tests"))
    parser.add_argument("--start", type=int, default=0, help="leave out so many designs at the head of a table")
    asked = parser.parse_args()
    gc.freeze()  # statsmodels collects garbage at every correction, which takes longer than the rest of a study
    versions = ", ".join(f"{name} {version(name)}" for name in ("dualtrack", "numpy", "scipy", "statsmodels"))
    print(f"Python {platform.python_version()}, {versions}; seed {SEED}; {asked.studies:,} studies a row (half as many")
    print(f"for resampled limits, of {DRAWS:,} draws, and for six systems)\n")
    for name, rows in (("intervals", intervals), ("tests", tests)):
        if asked.only in (None, name):
            for line in rows(asked.studies, asked.start):
                print(line, flush=True)
            print()


if __name__ == "__main__":
    main()
