"""Coefficients of agreement against the packages that compute them: prints a table of seconds and ratios.

Run: python benchmarks/agreement_speed.py [--repeats 7]
12,414 units x 3 raters x 5 levels, 5 % missing, in 60 clusters; each is timed in this process, best of the repeats.
krippendorff and pingouin (GPL) and evalica are measured where they can be imported, and are never needed.
"""

import argparse
import importlib
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from statsmodels.stats import inter_rater

from dualtrack import stats
from dualtrack.stats import agreement

N_UNITS, N_LEVELS, N_CLUSTERS = 12_414, 5, 60
MISSING = 0.05
RESAMPLES = 2_000


def table() -> npt.NDArray[np.int64]:
    """Synthetic levels, -1 where a rating is missing."""
    chance = np.random.default_rng(1)
    codes = chance.integers(0, N_LEVELS, (N_UNITS, 1)) + chance.integers(-1, 2, (N_UNITS, 3))
    codes = np.clip(codes, 0, N_LEVELS - 1).astype(np.int64)
    codes[chance.random(codes.shape) < MISSING] = -1
    return codes


def seconds(call: Callable[[], Any], repeats: int) -> float:
    """Best of several calls."""
    best = float("inf")
    for _ in range(repeats):
        begin = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - begin)
    return best


def others(name: str) -> Any:  # noqa: ANN401 -- a module without types, or None
    """A package that need not be there."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def alpha_rows(codes: npt.NDArray[np.int64], clusters: npt.NDArray[np.int64]) -> dict[str, Callable[[], Any]]:
    """Ordinal alpha."""
    numbers = np.where(codes < 0, np.nan, codes.astype(float)).T
    rows: dict[str, Callable[[], Any]] = {
        "dualtrack, with interval by unit": lambda: stats.krippendorff_alpha(
            codes, n_levels=N_LEVELS, metric="ordinal"
        ),
        "dualtrack, with interval by cluster": lambda: stats.krippendorff_alpha(
            codes, n_levels=N_LEVELS, metric="ordinal", clusters=clusters
        ),
        "percentile bootstrap of clusters, 2,000 (the same sums)": lambda: bootstrap(codes, clusters),
    }
    if (krippendorff := others("krippendorff")) is not None:
        rows["krippendorff, no interval"] = lambda: krippendorff.alpha(numbers, level_of_measurement="ordinal")
    if (evalica := others("evalica")) is not None:
        frame = pd.DataFrame(numbers)
        rows["evalica, no interval"] = lambda: evalica.alpha(frame, distance="ordinal")
    return rows


def bootstrap(codes: npt.NDArray[np.int64], clusters: npt.NDArray[np.int64]) -> Any:  # noqa: ANN401
    """Limits from resampled clusters, without the building of the draws."""
    tally = stats.level_tally(codes, n_levels=N_LEVELS, clusters=clusters)
    draws = stats.resampling_weights(N_CLUSTERS, resamples=RESAMPLES, seed=1)
    sums = draws.astype(np.float64) @ tally.by_cluster.sums.astype(np.float64)
    return np.quantile(agreement._alpha(tally, True, sums), (0.025, 0.975))  # noqa: FBT003, SLF001


def fleiss_rows(codes: npt.NDArray[np.int64]) -> dict[str, Callable[[], Any]]:
    """Fleiss kappa of units with three ratings, since statsmodels takes no others."""
    whole = codes[(codes >= 0).all(axis=1)]
    return {
        "dualtrack, with interval": lambda: stats.fleiss_kappa(whole, n_levels=N_LEVELS),
        "statsmodels aggregate_raters and fleiss_kappa, no interval": lambda: inter_rater.fleiss_kappa(
            inter_rater.aggregate_raters(whole)[0]
        ),
    }


def cohen_rows(codes: npt.NDArray[np.int64]) -> dict[str, Callable[[], Any]]:
    """Quadratic kappa of the first two raters."""
    whole = codes[(codes[:, :2] >= 0).all(axis=1), :2]

    def known() -> Any:  # noqa: ANN401
        counts = np.bincount(whole[:, 0] * N_LEVELS + whole[:, 1], minlength=N_LEVELS**2)
        return inter_rater.cohens_kappa(counts.reshape(N_LEVELS, N_LEVELS), wt="quadratic")

    return {
        "dualtrack, with interval": lambda: stats.conger_kappa(whole, n_levels=N_LEVELS, weights="quadratic"),
        "counts and statsmodels cohens_kappa, with interval": known,
    }


def icc_rows(codes: npt.NDArray[np.int64]) -> dict[str, Callable[[], Any]]:
    """ICC(2,1) of units with three ratings."""
    whole = codes[(codes >= 0).all(axis=1)]
    rows: dict[str, Callable[[], Any]] = {
        "dualtrack, with interval": lambda: stats.intraclass(whole, form="2_1"),
        "numpy closed form, no interval": lambda: closed_form(whole.astype(float)),
    }
    if (package := others("pingouin")) is not None:
        n, k = whole.shape
        frame = pd.DataFrame(
            {"unit": np.repeat(np.arange(n), k), "rater": np.tile(np.arange(k), n), "value": whole.ravel()}
        )
        rows["pingouin, six forms with intervals"] = lambda: package.intraclass_corr(
            frame, targets="unit", raters="rater", ratings="value"
        )
    return rows


def closed_form(x: npt.NDArray[np.float64]) -> float:
    """ICC(2,1) from the definitions."""
    n, k = x.shape
    mean, rows, columns = x.mean(), x.mean(axis=1), x.mean(axis=0)
    between = k * ((rows - mean) ** 2).sum() / (n - 1)
    raters = n * ((columns - mean) ** 2).sum() / (k - 1)
    error = ((x - rows[:, None] - columns + mean) ** 2).sum() / ((n - 1) * (k - 1))
    return float((between - error) / (between + (k - 1) * error + k * (raters - error) / n))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    codes, clusters = table(), np.arange(N_UNITS) % N_CLUSTERS
    blocks = {
        "alpha, ordinal": alpha_rows(codes, clusters),
        "Fleiss kappa": fleiss_rows(codes),
        "Cohen kappa, quadratic": cohen_rows(codes),
        "ICC(2,1)": icc_rows(codes),
    }
    print("| coefficient | program | s | to the best |")
    print("|---|---|---|---|")
    for name, rows in blocks.items():
        measured = {program: seconds(call, repeats) for program, call in rows.items()}
        best = min(measured.values())
        for program, each in sorted(measured.items(), key=lambda pair: pair[1]):
            print(f"| {name} | {program} | {each:.4f} | {each / best:.1f} |", flush=True)


if __name__ == "__main__":
    main()
