"""Time of Bradley-Terry strengths and their resampled intervals, beside the libraries that do the same.

Run: python benchmarks/preference_speed.py [--comparisons 100000] [--resamples 1000]

Draws comparisons of 6 and of 50 systems on 2,000 questions from a seed, a fifth of them ties. Measures, best of five
calls: counting wins and ties, the fit with its standard errors, and intervals from resampling whole questions (weights,
counts and fits together); choix (dense table, and pair by pair), evalica and a logistic regression of statsmodels fit
the same choices once. What these would take for the same resamples is one fit times their number. Says how far apart
the strengths are (ties are left out of that comparison, since not all of them take any). Libraries that are not
installed are left out.
"""

import argparse
import time
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import numpy as np

from dualtrack.stats import bradley_terry, resampled_preferences, resampled_strengths, resampling_weights

QUESTIONS, TIES, CALLS = 2000, 0.2, 5


def library(name: str) -> ModuleType | None:
    """An optional library, or None."""
    try:
        return import_module(name)
    except ImportError:
        return None


def best(call: Callable[[], object], calls: int = CALLS) -> float:
    """Least time of several calls, in seconds."""
    times = []
    for _ in range(calls):
        begun = time.perf_counter()
        call()
        times.append(time.perf_counter() - begun)
    return min(times)


def world(n: int, n_systems: int) -> tuple[np.ndarray, ...]:
    """First, second, outcome and question of random comparisons."""
    generator = np.random.default_rng(20250101)
    strength = generator.normal(size=n_systems)
    first = generator.integers(0, n_systems, n)
    second = (first + generator.integers(1, n_systems, n)) % n_systems
    ahead = generator.random(n) < 1 / (1 + np.exp(strength[second] - strength[first]))
    outcome = np.where(generator.random(n) < TIES, 0, np.where(ahead, 1, -1))
    return first, second, outcome, generator.integers(0, QUESTIONS, n)


def others(wins: np.ndarray) -> dict[str, Callable[[], np.ndarray]]:
    """One fit of the decided comparisons by each library that is installed."""
    size = len(wins)
    pairs = [(i, j) for i in range(size) for j in range(size) for _ in range(wins[i, j])]
    calls: dict[str, Callable[[], np.ndarray]] = {}
    if choix := library("choix"):
        calls["choix, dense table"] = lambda: choix.ilsr_pairwise_dense(wins.astype(float))
        calls["choix, pair by pair"] = lambda: choix.ilsr_pairwise(size, pairs)
    if evalica := library("evalica"):
        left, right = [str(a) for a, _ in pairs], [str(b) for _, b in pairs]
        won = [evalica.Winner.X] * len(pairs)

        def fitted() -> np.ndarray:
            scores = evalica.bradley_terry(left, right, won, tolerance=1e-12, limit=10_000).scores
            return np.log(np.array([scores[str(k)] for k in range(size)], dtype=float))

        calls["evalica"] = fitted
    if library("statsmodels"):
        api = import_module("statsmodels.api")
        design = np.zeros((len(pairs), size))
        place, (winners, losers) = np.arange(len(pairs)), np.array(pairs).T
        design[place, winners], design[place, losers] = 1.0, -1.0
        design[::2] *= -1.0  # both answers must occur
        answer = np.ones(len(pairs))
        answer[::2] = 0.0
        calls["statsmodels Logit"] = lambda: np.append(api.Logit(answer, design[:, :-1]).fit(disp=0).params, 0.0)
    return calls


def measure(n: int, n_systems: int, resamples: int) -> None:
    """Print one block."""
    first, second, outcome, question = world(n, n_systems)
    every = np.ones((1, QUESTIONS), dtype=np.int64)

    def counted(weights: np.ndarray, keep: np.ndarray | slice = slice(None)) -> object:
        kept = (first[keep], second[keep], outcome[keep])
        return resampled_preferences(weights, *kept, clusters=question[keep], n_systems=n_systems)

    def intervals() -> object:
        drawn = counted(resampling_weights(QUESTIONS, resamples=resamples, seed=1))
        return resampled_strengths(drawn.wins, drawn.ties)

    whole = counted(every)
    decided = counted(every, outcome != 0)
    ours = best(lambda: bradley_terry(whole.wins[0], whole.ties[0]))
    resampled = best(intervals, 3)
    print(f"\n{n:,} comparisons of {n_systems} systems on {QUESTIONS:,} questions")
    print(f"  counting                         {best(lambda: counted(every)):8.4f} s")
    print(f"  fit with errors                  {ours:8.4f} s    1.0")
    print(f"  {resamples:,} resamples of questions      {resampled:8.2f} s    1.0")
    strengths = bradley_terry(decided.wins[0], decided.ties[0]).log_strengths
    for name, call in others(decided.wins[0]).items():
        took, found = best(call, 2), call()
        apart = float(np.abs(found - found.mean() - strengths).max())
        print(
            f"  {name:<25} one fit {took:8.4f} s {took / ours:6.1f}    resamples "
            f"{took * resamples / resampled:8.1f} times ours    strengths apart {apart:.0e}"
        )


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--comparisons", type=int, default=100_000)
    parser.add_argument("--resamples", type=int, default=1000)
    given = parser.parse_args()
    for n_systems in (6, 50):
        measure(given.comparisons, n_systems, given.resamples)


if __name__ == "__main__":
    main()
