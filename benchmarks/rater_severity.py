"""Speed of rater severity on 37,242 synthetic ratings, beside OrderedModel of statsmodels on the same rows.

Prints seconds (best of three) and the largest difference of the coefficients. Run: python benchmarks/rater_severity.py
"""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from statsmodels.miscmodels.ordinal_model import OrderedModel

from dualtrack.stats import rater_severity

ITEMS, SYSTEMS, RATERS, TOPICS = 2069, 6, 3, 60


def simulated() -> tuple[np.ndarray, ...]:
    """Ratings on five levels: items differ, raters differ in severity by 0.3 on the log-odds scale."""
    rng = np.random.default_rng(1)
    grid = np.meshgrid(np.arange(ITEMS), np.arange(SYSTEMS), np.arange(RATERS), indexing="ij")
    item, system, rater = (each.ravel() for each in grid)
    quality, severity = np.array([0.0, 0.3, 0.5, -0.2, 0.8, 0.1]), np.array([-0.3, 0.0, 0.3])
    latent = quality[system] - severity[rater] + rng.normal(size=ITEMS)[item] + rng.logistic(size=item.size)
    return (latent[:, None] > [-2.0, -1.0, 0.0, 1.5]).sum(axis=1), rater, system, item % TOPICS


def best(call: Callable[[], Any], times: int = 3) -> tuple[float, Any]:
    """Least seconds of some calls, and what the last one gave."""
    seconds, result = [], None
    for _ in range(times):
        start = perf_counter()
        result = call()
        seconds.append(perf_counter() - start)
    return min(seconds), result


def main() -> None:
    """Measure and print."""
    level, rater, system, cluster = simulated()
    design = pd.get_dummies(
        pd.DataFrame({"s": system.astype("str"), "r": rater.astype("str")}), drop_first=True
    ).astype("float64")
    ours, found = best(lambda: rater_severity(level, rater, system, cluster, values=[0, 0.25, 0.5, 0.75, 1]))
    theirs, other = best(lambda: OrderedModel(level, design, distr="logit").fit(method="bfgs", disp=0), times=1)
    gap = max(abs(found.change(0, r).value + other.params[f"r_{r}"]) for r in (1, 2))
    print(f"ratings {level.size}")
    print(f"rater_severity, with the cluster sandwich and fair averages: {ours:.4f} s")
    print(f"statsmodels OrderedModel, BFGS, row by row: {theirs:.2f} s ({theirs / ours:.0f} times)")
    print(f"largest difference of the rater coefficients: {gap:.1e}")


if __name__ == "__main__":
    main()
