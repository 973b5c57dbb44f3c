"""How often gates on differences within pairs are met, or not met, though the true difference lies at the margin.

Run: python benchmarks/paired_gates.py [--studies 4000] [--only exact|clusters]. Made-up pairs from a fixed seed, a few
minutes on one core. At the margin a gate should be met in at most 2.5 % of studies, and be not met in at most 2.5 %.

Independent pairs with gaps of one step are not simulated: all tables of n pairs are gone through with their exact
probabilities, so these figures have no simulation error. Clusters, and gaps of a quarter, a half and a whole step, are
simulated; the sums go through ``effective_n``, ``tango_upper``, ``tango_lower`` and ``least_pairs`` as in gates of the
kinds not_worse_than and difference_within, and through ``linearised_ratio`` (t by cluster), which is shown beside gaps
and decides nothing.
"""

import argparse
import math
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import product

import numpy as np
from scipy.special import gammaln, xlogy

from dualtrack.stats import effective_n, least_pairs, linearised_ratio, tango_lower, tango_upper

SEED = 20261124
ALPHA = 0.025
MARGINS = (0.02, 0.05, 0.10, 0.20)
PAIRS = (40, 60, 80, 100, 150, 200, 300, 400)
BACK = (0.0, 0.001, 0.0025, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.39)
"""True shares of pairs that go against the difference; with the margin added, those that go with it."""
TOLERANCE = 1e-12
STEPS = 4


def uppers(n: int) -> np.ndarray:
    """Upper limit for every number of pairs going up and down; nan where there are more than n."""
    found = np.full((n + 1, n + 1), np.nan)
    for up, down in product(range(n + 1), repeat=2):
        if up + down <= n:
            found[up, down] = tango_upper(up, down, n, alpha=ALPHA)
    return found


def chances(n: int, up: float, down: float) -> np.ndarray:
    """Probability of every number of pairs going up and down."""
    i, j = np.indices((n + 1, n + 1))
    rest = np.maximum(n - i - j, 0)
    log = gammaln(n + 1) - gammaln(i + 1) - gammaln(j + 1) - gammaln(rest + 1)
    log = log + xlogy(i, up) + xlogy(j, down) + xlogy(rest, max(1.0 - up - down, 0.0))
    return np.where(i + j <= n, np.exp(log), 0.0)


def exact() -> Iterator[str]:
    """Rows of the table of independent pairs."""
    yield "| pairs | margin | met at most | at a share going against | not met at most | at a share going against |"
    yield "|---|---|---|---|---|---|"
    for n in PAIRS:
        upper = uppers(n)
        lower = -upper.T
        for margin in MARGINS:
            if n < least_pairs(margin, alpha=ALPHA):
                continue
            found = []
            for back in BACK:
                if margin + 2 * back <= 1:
                    chance = chances(n, margin + back, back)
                    met = float(chance[upper <= margin + TOLERANCE].sum())
                    found.append((met, float(chance[lower > margin + TOLERANCE].sum()), back))
            met, at_met = max((met, back) for met, _, back in found)
            not_met, at_not = max((not_met, back) for _, not_met, back in found)
            yield f"| {n} | {margin:g} | {met:.2%} | {at_met:g} | {not_met:.2%} | {at_not:g} |"


@dataclass(frozen=True, slots=True)
class Design:
    """Pairs in clusters: how many, how alike, the margin, the share going against it, and the sizes of gaps."""

    clusters: int
    per_cluster: int
    icc: float
    margin: float
    back: float
    sizes: tuple[int, ...]

    def cluster_sizes(self) -> np.ndarray:
        """From a quarter to seven quarters of the mean."""
        return np.maximum(1, np.rint(np.linspace(0.25, 1.75, self.clusters) * self.per_cluster)).astype(np.int64)

    def sums(self, rng: np.random.Generator, studies: int) -> tuple[np.ndarray, np.ndarray]:
        """What goes up and down in each cluster, in quarters of a step; shape (studies, clusters)."""
        mean = float(np.mean(self.sizes)) / STEPS
        up, down = self.margin / mean + self.back, self.back
        strength = (1.0 - self.icc) / self.icc
        parts = rng.standard_gamma(strength * np.array([up, down, 1 - up - down]), (studies, self.clusters, 3))
        rates = parts / parts.sum(axis=2, keepdims=True)
        n_up = rng.binomial(self.cluster_sizes(), rates[:, :, 0])
        rest = np.where(rates[:, :, 0] < 1, rates[:, :, 1] / np.maximum(1 - rates[:, :, 0], TOLERANCE), 0.0)
        n_down = rng.binomial(self.cluster_sizes() - n_up, np.minimum(rest, 1.0))
        return self._sized(rng, n_up), self._sized(rng, n_down)

    def _sized(self, rng: np.random.Generator, number: np.ndarray) -> np.ndarray:
        shares = [1.0 / len(self.sizes)] * len(self.sizes)
        return rng.multinomial(number, shares) @ np.array(self.sizes)


def designs() -> Iterator[Design]:
    """All designs, gaps of one step and of mixed size."""
    for sizes, (clusters, per_cluster), icc in product(((4,), (1, 2, 4)), ((20, 20), (60, 8)), (0.05, 0.2)):
        for margin, back in product((0.05, 0.10), (0.005, 0.02, 0.10)):
            yield Design(clusters, per_cluster, icc, margin, back, sizes)


def decided(design: Design, rng: np.random.Generator, studies: int) -> dict[str, list[float]]:
    """Shares of studies that meet, or do not meet, the gates at the margin; [0] rho0 true, [1] twice that."""
    up, down = design.sums(rng, studies)
    sizes = design.cluster_sizes()
    n = int(sizes.sum())
    shares: dict[str, list[float]] = {"met": [], "within": [], "not_met": [], "n_eff": []}
    for rho0 in (design.icc, 2 * design.icc):
        n_eff = effective_n(sizes, rho0)

        @cache
        def limits(n_up: int, n_down: int, n_eff: float = n_eff) -> tuple[float, float]:
            sums = n_up * n_eff / (STEPS * n), n_down * n_eff / (STEPS * n)
            return tango_lower(*sums, n_eff, alpha=ALPHA), tango_upper(*sums, n_eff, alpha=ALPHA)

        totals = zip(up.sum(axis=1).tolist(), down.sum(axis=1).tolist(), strict=True)
        low, high = np.array([limits(*each) for each in totals]).T
        enough = n_eff >= least_pairs(design.margin, alpha=ALPHA)
        shares["met"].append(float((high <= design.margin).mean()) if enough else math.nan)
        inside = (high <= design.margin) & (low >= -design.margin)
        shares["within"].append(float(inside.mean()) if enough else math.nan)
        shares["not_met"].append(float((low > design.margin).mean()))
        shares["n_eff"].append(n_eff)
    some = slice(0, studies // 4)
    by_t = [
        linearised_ratio(a - b, sizes, scale=STEPS, bounds=(-1.0, 1.0))
        for a, b in zip(up[some], down[some], strict=True)
    ]
    shares["t"] = [float(np.mean([each.upper < design.margin for each in by_t]))]
    shares["t"].append(float(np.mean([each.lower > design.margin for each in by_t])))
    return shares


def clusters(studies: int) -> Iterator[str]:
    """Rows of the table of pairs in clusters: of six margins and shares going against, the worst on each side."""
    yield (
        "| gaps | clusters | pairs | icc | n_eff | met at most | within, met at most | not met at most "
        "| with twice rho0: met | not met | t, above at most | t, below at most |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|---|---|"
    groups: dict[tuple[int, int, float], list[dict[str, list[float]]]] = {}
    kept: dict[tuple[int, int, float], Design] = {}
    for place, design in enumerate(designs()):
        key = (len(design.sizes), design.clusters, design.icc)
        kept[key] = design
        groups.setdefault(key, []).append(decided(design, np.random.default_rng([SEED, 1, place]), studies))
    for key, found in groups.items():
        design = kept[key]
        gaps = "one step" if len(design.sizes) == 1 else "quarter, half, one"
        worst = {name: np.nanmax([each[name] for each in found], axis=0) for name in found[0]}
        yield (
            f"| {gaps} | {design.clusters} | {int(design.cluster_sizes().sum())} | {design.icc:g} "
            f"| {worst['n_eff'][0]:.0f} | {worst['met'][0]:.2%} | {worst['within'][0]:.2%} | {worst['not_met'][0]:.2%} "
            f"| {worst['met'][1]:.2%} | {worst['not_met'][1]:.2%} | {worst['t'][0]:.1%} | {worst['t'][1]:.1%} |"
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=4000)
    parser.add_argument("--only", choices=("exact", "clusters"))
    asked = parser.parse_args()
    versions = ", ".join(f"{name} {version(name)}" for name in ("dualtrack", "numpy", "scipy"))
    error = math.sqrt(ALPHA * (1 - ALPHA) / asked.studies)
    print(
        f"Python {platform.python_version()}, {versions}; seed {SEED}; {asked.studies:,} studies a row in clusters, so"
    )
    print(f"that a true 2.5 % has a Monte Carlo standard error of {error:.2%} (t: {2 * error:.2%})\n")
    for name, rows in (("exact", exact()), ("clusters", clusters(asked.studies))):
        if asked.only in (None, name):
            for line in rows:
                print(line, flush=True)
            print()


if __name__ == "__main__":
    main()
