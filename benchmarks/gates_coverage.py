"""How often the limits of gates miss the true failing share, with clusters, rare failures and few clusters.

Run: python benchmarks/gates_coverage.py [--studies 5000] [--again 50000]. Made-up studies from a fixed seed, minutes
on one core. Cases fail by chance; the failures are counted and go through ``effective_n``, ``exact_upper`` and
``exact_lower`` of the engine, from which every limit gate is decided. A limit misses where it lies on the wrong side of
the true share. For the upper one that is a false ``met`` at a threshold just below the truth, for the lower one a false
``not_met`` at a threshold just above it. A design that misses more often than 2.5 % is simulated once more with new,
and more, studies, and that figure is printed: among hundreds of designs some exceed a bound by luck.
"""

import argparse
import math
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import product
from types import SimpleNamespace
from typing import cast

import numpy as np

from dualtrack.scoring.gates import few_clusters
from dualtrack.scoring.plan import Plan
from dualtrack.stats import effective_n, exact_lower, exact_upper

SEED = 20261124
ALPHA = 0.025
CLUSTERS = (8, 20, 60)
CASES = (8, 40)
RATES = (0.005, 0.01, 0.02, 0.05, 0.10, 0.20)
ICCS = (0.0, 0.01, 0.05, 0.2, 0.5, 1.0)
SIZES = ("equal", "unequal", "few carry all")
SOURCES = ("beta", "few fail")
TOLERANCE = 1e-12


@dataclass(frozen=True, slots=True)
class Design:
    """What is made up: number and sizes of clusters, true rate and correlation, and how clusters differ."""

    clusters: int
    cases: int
    sizes: str
    rate: float
    icc: float
    source: str

    def cluster_sizes(self) -> np.ndarray:
        """All alike; from a quarter to seven quarters of the mean; or three clusters with 70 % of all cases."""
        total = self.cases * self.clusters
        if self.sizes == "equal":
            return np.full(self.clusters, self.cases)
        if self.sizes == "unequal":
            return np.maximum(1, np.rint(np.linspace(0.25, 1.75, self.clusters) * self.cases)).astype(np.int64)
        small = max(1, round(0.3 * total / (self.clusters - 3)))
        large = round(0.7 * total / 3)
        return np.array([large] * 3 + [small] * (self.clusters - 3))

    def cluster_rates(self, rng: np.random.Generator, studies: int) -> np.ndarray:
        """Failing rate of each cluster. Beta: clusters differ by degrees. Few fail: most never fail, a few often do."""
        shape = (studies, self.clusters)
        if self.icc == 0:
            return np.full(shape, self.rate)
        if self.icc == 1:
            return (rng.random(shape) < self.rate).astype(np.float64)
        if self.source == "few fail":
            high = self.rate + self.icc * (1.0 - self.rate)
            return np.where(rng.random(shape) < self.rate / high, high, 0.0)
        strength = (1.0 - self.icc) / self.icc
        return rng.beta(self.rate * strength, (1.0 - self.rate) * strength, shape)

    def failures(self, rng: np.random.Generator, studies: int) -> np.ndarray:
        """Number of failing cases in each study."""
        return rng.binomial(self.cluster_sizes(), self.cluster_rates(rng, studies)).sum(axis=1)


@dataclass(frozen=True, slots=True)
class Missed:
    """What came of one design under one rho0.

    Shares of studies in which the upper and the lower limit lie on the wrong side, and of those without a failure;
    whether too few effective clusters hold the gate back; number of studies.
    """

    upper: float
    lower: float
    none: float
    held_back: bool
    studies: int

    @property
    def counted(self) -> float:
        """The share of false states: a gate that is held back cannot be met falsely."""
        return self.lower if self.held_back else max(self.upper, self.lower)


def planned(rho0: float) -> Plan:
    """As much of a plan as the rule about few clusters reads."""
    frozen = SimpleNamespace(rho0=SimpleNamespace(value=rho0))
    return cast("Plan", SimpleNamespace(study=SimpleNamespace(plan=frozen), cluster_floor=8))


def missed(design: Design, failures: np.ndarray, rho0: float) -> Missed:
    """Look up the limits of every number of failures and count where they miss."""
    sizes = design.cluster_sizes()
    n, n_eff = int(sizes.sum()), effective_n(sizes, rho0)
    seen, times = np.unique(failures, return_counts=True)
    share = times / failures.size
    uppers = np.array([exact_upper(int(k) / n, n_eff, alpha=ALPHA) for k in seen])
    lowers = np.array([exact_lower(int(k) / n, n_eff, alpha=ALPHA) for k in seen])
    return Missed(
        upper=float(share[uppers < design.rate - TOLERANCE].sum()),
        lower=float(share[lowers > design.rate + TOLERANCE].sum()),
        none=float(share[seen == 0].sum()),
        held_back=bool(few_clusters(planned(rho0), n, n_eff)),
        studies=failures.size,
    )


def designs() -> Iterator[tuple[int, Design]]:
    """All designs with their number, which is part of the seed."""
    made = product(CLUSTERS, CASES, SIZES, RATES, ICCS, SOURCES)
    for place, (clusters, cases, sizes, rate, icc, source) in enumerate(made):
        if source == "few fail" and icc in (0.0, 1.0):
            continue  # the same as beta
        yield place, Design(clusters, cases, sizes, rate, icc, source)


def rhos(icc: float) -> dict[str, float]:
    """Frozen correlations at or above the true one, in words."""
    between = (icc + 1.0) / 2.0 if icc < 1 else 1.0
    return {"true": icc, "above": between if icc else 0.2, "1": 1.0}


def tried(asked: argparse.Namespace) -> Iterator[tuple[Design, str, Missed]]:
    """Every design under every rho0, simulated anew with more studies where it missed more often than it may."""
    for place, design in designs():
        failures = design.failures(np.random.default_rng([SEED, 1, place]), asked.studies)
        more = None
        for word, rho0 in rhos(design.icc).items():
            found = missed(design, failures, rho0)
            if max(found.upper, found.lower) > ALPHA:
                if more is None:
                    more = design.failures(np.random.default_rng([SEED, 2, place]), asked.again)
                found = missed(design, more, rho0)
            yield design, word, found


def per_cent(share: float, studies: int) -> str:
    """A share with its Monte Carlo standard error."""
    return f"{share:.2%} (+-{math.sqrt(share * (1 - share) / studies):.2%})"


def named(design: Design) -> str:
    """The design behind a worst figure."""
    return f"{design.cases} cases, {design.sizes}, rate {design.rate:.1%}, icc {design.icc:g}, {design.source}"


def worst_table(results: list[tuple[Design, str, Missed]]) -> Iterator[str]:
    """The worst design of each number of clusters and each rho0, on both sides."""
    yield "| clusters | rho0 | a gate | designs | upper misses | where | lower misses | where | above 2.5 % |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for clusters, word, held_back in product(CLUSTERS, ("true", "above", "1"), (False, True)):
        mine = [
            (design, found)
            for design, name, found in results
            if design.clusters == clusters and name == word and found.held_back == held_back
        ]
        if not mine:
            continue
        up = max(mine, key=lambda each: each[1].upper)
        low = max(mine, key=lambda each: each[1].lower)
        beyond = sum(max(found.upper, found.lower) > ALPHA for _, found in mine)
        yield (
            f"| {clusters} | {word} | {'cannot be met' if held_back else 'may be met'} | {len(mine)} "
            f"| {per_cent(up[1].upper, up[1].studies)} | {named(up[0])} "
            f"| {per_cent(low[1].lower, low[1].studies)} | {named(low[0])} | {beyond} |"
        )


def rate_table(results: list[tuple[Design, str, Missed]]) -> Iterator[str]:
    """The worst design at each true rate with rho0 at the true correlation, and how often nothing failed."""
    yield "| true rate | clusters | false met at most | false not met at most | no failure at all, up to |"
    yield "|---|---|---|---|---|"
    for rate, clusters in product(RATES, CLUSTERS):
        mine = [
            found
            for design, word, found in results
            if word == "true" and design.rate == rate and design.clusters == clusters
        ]
        up = max((each for each in mine if not each.held_back), key=lambda each: each.upper)
        low = max(mine, key=lambda each: each.lower)
        none = max(each.none for each in mine)
        yield (
            f"| {rate:.1%} | {clusters} | {per_cent(up.upper, up.studies)} | {per_cent(low.lower, low.studies)} "
            f"| {none:.0%} |"
        )


def beyond_table(results: list[tuple[Design, str, Missed]]) -> Iterator[str]:
    """Designs whose gate may be met and in which a limit missed by more than two errors beyond 2.5 %."""
    yield "| clusters | cases each | sizes | true rate | icc | source | rho0 | upper misses | lower misses |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for design, word, found in results:
        error = math.sqrt(ALPHA * (1 - ALPHA) / found.studies)
        if not found.held_back and found.counted > ALPHA + 2 * error:
            yield (
                f"| {design.clusters} | {design.cases} | {design.sizes} | {design.rate:.1%} | {design.icc:g} "
                f"| {design.source} | {word} | {per_cent(found.upper, found.studies)} "
                f"| {per_cent(found.lower, found.studies)} |"
            )


def too_low_table(studies: int) -> Iterator[str]:
    """What happens where the true correlation is above the frozen one, which the rule does not cover."""
    yield "| clusters | true icc | rho0 | true rate | upper misses | lower misses |"
    yield "|---|---|---|---|---|---|"
    for place, (clusters, (icc, rho0)) in enumerate(product(CLUSTERS, ((0.2, 0.0), (0.2, 0.05), (0.5, 0.2)))):
        design = Design(clusters, 8, "unequal", 0.10, icc, "beta")
        found = missed(design, design.failures(np.random.default_rng([SEED, 3, place]), studies), rho0)
        yield (
            f"| {clusters} | {icc:g} | {rho0:g} | 10% | {per_cent(found.upper, studies)} "
            f"| {per_cent(found.lower, studies)} |"
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=5_000)
    parser.add_argument("--again", type=int, default=50_000)
    asked = parser.parse_args()
    named_versions = ", ".join(f"{name} {version(name)}" for name in ("dualtrack", "numpy", "scipy"))
    print(f"Python {platform.python_version()}, {named_versions}; seed {SEED}; {asked.studies:,} studies a design,")
    print(f"{asked.again:,} new ones where a limit missed in more than 2.5 %\n")
    results = list(tried(asked))
    tables = (worst_table(results), rate_table(results), beyond_table(results), too_low_table(asked.studies))
    for table in tables:
        print("\n".join(table), end="\n\n", flush=True)


if __name__ == "__main__":
    main()
