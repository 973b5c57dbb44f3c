"""Coverage of the joins: prediction-powered means, and limits where clinicians saw flags and a sample of the rest.

Run: python benchmarks/joins_coverage.py [--repeats 2000]. Made-up cases from a fixed seed; minutes on one core. Every
share is printed with its Monte Carlo standard error. Targets: two-sided coverage 93.5 to 97 %; one-sided non-coverage
of the stratified limit at most 2.5 %; mean width at most 1.05 of the ratings alone when the check is useless.
"""

import argparse
import itertools
import math
from collections.abc import Iterator

import numpy as np

from dualtrack.stats import Stratum, effective_n, prediction_powered_mean, stratified_lower, stratified_upper

SEED = 20261124
CLOSE = 0.8  # share of cases on which a good check repeats the rating
DOUBTED = 0.5  # the check doubts what it puts at or below this
FLOOR = 8


def sizes_of(clusters: int, cases: int) -> np.ndarray:
    """Unequal cluster sizes with about ``cases`` cases in all: the largest has six times those of the smallest."""
    shape = np.linspace(2.0, 12.0, clusters)
    return np.maximum(1, np.rint(shape * cases / shape.sum())).astype(np.int64)


def beta_rates(draw: np.random.Generator, rate: float, icc: float, clusters: int) -> np.ndarray:
    """One failing rate per cluster; cases of a cluster are correlated by ``icc``."""
    if icc == 0:
        return np.full(clusters, rate)
    if icc == 1:
        return (draw.random(clusters) < rate).astype(np.float64)
    strength = (1 - icc) / icc
    return draw.beta(rate * strength, (1 - rate) * strength, clusters)


def said_by(kind: str, rating: np.ndarray, draw: np.random.Generator) -> np.ndarray:
    """What a check says: close to the rating, nothing to do with it, or close and always too kind."""
    noise = draw.random(rating.size)
    if kind == "useless":
        return np.rint(noise * 4) / 4
    near = np.where(noise < CLOSE, rating, np.rint(draw.random(rating.size) * 4) / 4)
    return np.minimum(1.0, near + 0.25) if kind == "biased" else near


def levels(draw: np.random.Generator, cluster: np.ndarray, kind: str) -> np.ndarray:
    """Ratings: five levels around a mean that differs between clusters, or passing and failing."""
    effect = draw.normal(0.0, 0.6, int(cluster.max()) + 1)[cluster]
    pass_rate = 1 / (1 + np.exp(-(0.8 + effect)))
    if kind == "binary":
        return (draw.random(cluster.size) < pass_rate).astype(np.float64)
    return draw.binomial(4, pass_rate) / 4


def true_mean() -> float:
    """Mean of both kinds of ratings: the mean over clusters of the passing rate."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    rates = 1 / (1 + np.exp(-(0.8 + 0.6 * nodes)))
    return float((weights * rates).sum() / weights.sum())


def drawn(draw: np.random.Generator, said: np.ndarray, n: int, *, by_flag: bool) -> tuple[np.ndarray, np.ndarray]:
    """Which cases were drawn, with which chance: n at random, or most of them where the check doubts."""
    if not by_flag:
        chance = np.full(said.size, n / said.size)
        rated = np.zeros(said.size, dtype=np.bool_)
        rated[draw.permutation(said.size)[:n]] = True
        return rated, chance
    doubted = said <= DOUBTED
    chance = np.where(doubted, min(1.0, 0.6 * n / max(1, doubted.sum())), 0.4 * n / max(1, (~doubted).sum()))
    return draw.random(said.size) < chance, chance


def powered(repeats: int) -> Iterator[str]:
    """Rows of the table of prediction-powered means."""
    truth = true_mean()
    yield "| clusters | ratings | check | drawn | coverage | width to ratings alone | alone covers | L |"
    yield "|---|---|---|---|---|---|---|---|"
    designs = itertools.product((30, 60, 120), ("levels", "binary"), ("good", "useless", "biased"), (False, True))
    for place, (clusters, kind, check, by_flag) in enumerate(designs):
        draw = np.random.default_rng([SEED, 1, place])
        cluster = np.repeat(np.arange(clusters), sizes_of(clusters, 1200))
        hits, alone_hits, widths, alone_widths, tunings = [], [], [], [], []
        for _ in range(repeats):
            rating = levels(draw, cluster, kind)
            said = said_by(check, rating, draw)
            rated, chance = drawn(draw, said, 200, by_flag=by_flag)
            known = np.where(rated, rating, np.nan)
            both = [
                prediction_powered_mean(said, known, chance, cluster, floor=FLOOR, tuning=tuning)
                for tuning in (None, 0.0)
            ]
            limits = [(each.interval.lower or 0.0, each.interval.upper or 0.0) for each in both]
            (hit, width), (alone_hit, alone_width) = [(low <= truth <= up, up - low) for low, up in limits]
            hits.append(hit)
            widths.append(width)
            alone_hits.append(alone_hit)
            alone_widths.append(alone_width)
            tunings.append(both[0].tuning)
        yield (
            f"| {clusters} | {kind} | {check} | {'by flag' if by_flag else 'at random'} | {share(hits)} "
            f"| {np.mean(widths) / np.mean(alone_widths):.3f} | {share(alone_hits)} | {np.mean(tunings):.2f} |"
        )


def audited(repeats: int) -> Iterator[str]:
    """Rows of the table of stratified limits: the worst designs of each number of clusters and rate."""
    yield "| clusters | rate | correlation | worst check and audit | upper fails | strata alone would | lower fails |"
    yield "|---|---|---|---|---|---|---|"
    checks = ((1.0, 0.0), (0.9, 0.02), (0.7, 0.05), (0.0, 0.02))
    rates, iccs = (0.001, 0.01, 0.03, 0.1), (0.0, 0.1, 0.3, 1.0)
    for place, (clusters, rate, icc) in enumerate(itertools.product((8, 20, 60), rates, iccs)):
        draw = np.random.default_rng([SEED, 2, place])
        found = []
        for (finds, alarms), audit in itertools.product(checks, (0.1, 0.5, 0.9)):
            tried = [
                _one_audit(draw, clusters, rate, icc=icc, check=(finds, alarms), audit=audit) for _ in range(repeats)
            ]
            fails = np.array(tried).mean(axis=0)
            found.append((tuple(fails), f"finds {finds:g}, alarms {alarms:g}, audit {audit:g}"))
        worst, named = max(found)
        plain, low = max(each[0][1] for each in found), max(each[0][2] for each in found)
        error = math.sqrt(worst[0] * (1 - worst[0]) / repeats)
        yield (
            f"| {clusters} | {rate:.1%} | {icc:g} | {named} | {worst[0]:.2%} (+-{error:.2%}) "
            f"| {plain:.2%} | {low:.2%} |"
        )


def _one_audit(
    draw: np.random.Generator, clusters: int, rate: float, *, icc: float, check: tuple[float, float], audit: float
) -> tuple[bool, bool, bool]:
    """Whether the upper limit, the one of the strata alone, and the lower limit miss the true rate."""
    cluster = np.repeat(np.arange(clusters), sizes_of(clusters, 20 * clusters))
    failing = draw.random(cluster.size) < beta_rates(draw, rate, icc, clusters)[cluster]
    flagged = draw.random(cluster.size) < np.where(failing, *check)
    rest = draw.permutation(np.flatnonzero(~flagged))
    seen = [np.flatnonzero(flagged), rest[: max(1, round(audit * rest.size))]]
    strata = []
    for places, cases in zip(seen, (int(flagged.sum()), rest.size), strict=True):
        if places.size:
            own = places.size / effective_n(np.bincount(cluster[places]), icc)
            most = 1 + (cluster.size / effective_n(np.bincount(cluster), icc) - 1) * places.size / cases
            hits = int(failing[places].sum())
            made = {"failing": hits, "drawn": places.size, "cases": cases, "design_effect": own}
            strata.append(Stratum(**made, greatest_effect=max(own, most)))
    alone = sum(
        each.cases / cluster.size * stratified_upper([Stratum(**_only(each))], alpha=0.025 / len(strata))
        for each in strata
    )
    return stratified_upper(strata) < rate, alone < rate, stratified_lower(strata) > rate


def _only(each: Stratum) -> dict[str, float]:
    """The stratum as if it were all there is: what was drawn stands for the whole."""
    return {
        "failing": each.failing,
        "drawn": each.drawn,
        "cases": each.drawn,
        "design_effect": each.design_effect,
        "greatest_effect": each.greatest_effect,
    }


def share(hits: list[bool]) -> str:
    """A share with its Monte Carlo standard error, in per cent."""
    mean = float(np.mean(hits))
    return f"{mean:.1%} (+-{math.sqrt(mean * (1 - mean) / len(hits)):.1%})"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=2000)
    parser.add_argument("--only", choices=("powered", "audited"))
    asked = parser.parse_args()
    if asked.only != "audited":
        for line in powered(asked.repeats):
            print(line, flush=True)
    if asked.only != "powered":
        for line in audited(asked.repeats):
            print(line, flush=True)


if __name__ == "__main__":
    main()
