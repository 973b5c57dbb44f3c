"""Resampling of clusters: the engine's path beside scipy, arch and a plain pandas loop, in one run.

Run: python benchmarks/resample_speed.py [--resamples 2000] [--runs 5]. Made-up ratings of 6 systems x 30 metrics by 3
raters on 207 and on 2,069 items (111,780 and 1,117,260 rows) in 60 topics. What is timed starts with the sums by
system, metric and cluster and ends with 2,000 draws of every metric and score and the 95 % limits of the 15 differences
of scores; the pandas loop starts with the rows, since it does not know sums. Each program runs in a process of its own,
on one thread; seconds are the least of the runs, memory is what the process grew by at its peak. arch (NCSA licence) is
no dependency and is measured where it can be imported.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from itertools import combinations
from pathlib import Path

import numpy as np

SYSTEMS, METRICS, RATERS, TOPICS = 6, 30, 3, 60
TOP = 1_000_000
SEED = 20261124
PANDAS_DRAWS = 10
WEIGHTS = [1.0 + metric % 3 for metric in range(METRICS)]
PAGE = resource.getpagesize()
SETS = {"111,780 rows": (207, TOPICS), "1,117,260 rows": (2069, TOPICS), "1,117,260 rows, each item alone": (2069, 0)}
"""Number of items and of topics; 0 where every item is a cluster of its own."""


def make_ratings(n_items: int, n_topics: int) -> dict[str, np.ndarray]:
    """Rows in random order: cluster, system, metric and a value in millionths; topics and systems differ."""
    rng = np.random.default_rng(SEED)
    shape = (SYSTEMS, METRICS, n_items, RATERS)
    system, metric, item, _ = (part.ravel() for part in np.indices(shape))
    cluster = item % n_topics if n_topics else item
    n_clusters = int(cluster.max()) + 1
    rate = 0.6 + 0.02 * system + rng.normal(0.0, 0.08, (METRICS, n_clusters))[metric, cluster]
    value = rng.binomial(4, np.clip(rate, 0.05, 0.95)) * (TOP // 4)
    order = rng.permutation(system.size)
    columns = {"cluster": cluster, "system": system, "metric": metric, "value": value}
    return {name: column[order] for name, column in columns.items()}


def aggregate(rows: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Sums and counts, whole numbers, shape (systems, metrics, clusters)."""
    n_clusters = int(rows["cluster"].max()) + 1
    key = (rows["system"] * METRICS + rows["metric"]) * n_clusters + rows["cluster"]
    shape = (SYSTEMS, METRICS, n_clusters)
    size = SYSTEMS * METRICS * n_clusters
    sums = np.bincount(key, weights=rows["value"], minlength=size).astype(np.int64)
    return sums.reshape(shape), np.bincount(key, minlength=size).astype(np.int64).reshape(shape)


def scores_of(values: np.ndarray) -> np.ndarray:
    """Weighted mean over the second axis (metrics)."""
    return np.tensordot(values, np.array(WEIGHTS), axes=([1], [0])) / sum(WEIGHTS)


def limits(scores: np.ndarray) -> list[tuple[float, float]]:
    """Percentile limits of all pairs of systems; scores of shape (systems, draws)."""
    return [tuple(np.quantile(scores[a] - scores[b], [0.025, 0.975])) for a, b in combinations(range(SYSTEMS), 2)]


def with_dualtrack(folder: Path, resamples: int) -> list[tuple[float, float]]:
    """The engine's own path."""
    from dualtrack.stats import difference_interval, resampled_scores, resampling_weights  # noqa: PLC0415 -- memory

    sums, counts = np.load(folder / "sums.npy"), np.load(folder / "counts.npy")
    draws = resampling_weights(sums.shape[2], resamples=resamples, seed=[SEED, 0])
    drawn = resampled_scores(draws, sums, counts, WEIGHTS, scale=TOP)
    found = [
        difference_interval(drawn.scores[:, a], drawn.scores[:, b], defined=drawn.score_defined)
        for a, b in combinations(range(SYSTEMS), 2)
    ]
    return [(each.lower, each.upper) for each in found]


def with_scipy(folder: Path, resamples: int) -> list[tuple[float, float]]:
    """scipy.stats.bootstrap over the numbers of the clusters, vectorised in batches."""
    from scipy.stats import bootstrap  # noqa: PLC0415 -- memory

    sums, counts = np.load(folder / "sums.npy"), np.load(folder / "counts.npy")

    def statistic(chosen: np.ndarray, axis: int = -1) -> np.ndarray:
        values = sums[:, :, chosen].sum(axis=axis) / (TOP * counts[:, :, chosen].sum(axis=axis))
        return values.reshape(SYSTEMS * METRICS, *values.shape[2:])

    rng = np.random.default_rng(SEED)
    clusters = (np.arange(sums.shape[2]),)
    batch = max(1, 6000 // sums.shape[2])
    made = bootstrap(clusters, statistic, n_resamples=resamples, batch=batch, method="percentile", rng=rng)
    values = made.bootstrap_distribution.reshape(SYSTEMS, METRICS, resamples)
    return limits(scores_of(values))


def with_arch(folder: Path, resamples: int) -> list[tuple[float, float]]:
    """arch.bootstrap.IIDBootstrap over the numbers of the clusters."""
    from arch.bootstrap import IIDBootstrap  # noqa: PLC0415 -- memory

    sums, counts = np.load(folder / "sums.npy"), np.load(folder / "counts.npy")

    def statistic(chosen: np.ndarray) -> np.ndarray:
        return (sums[:, :, chosen].sum(axis=2) / (TOP * counts[:, :, chosen].sum(axis=2))).ravel()

    made = IIDBootstrap(np.arange(sums.shape[2]), seed=SEED).apply(statistic, resamples)
    return limits(scores_of(made.reshape(resamples, SYSTEMS, METRICS).transpose(1, 2, 0)))


def with_pandas(folder: Path, resamples: int) -> list[tuple[float, float]]:
    """Draw clusters, put their rows together, take the means: what one writes by hand."""
    import pandas as pd  # noqa: PLC0415 -- memory

    with np.load(folder / "rows.npz") as rows:
        frame = pd.DataFrame({name: rows[name] for name in rows.files})
    parts = dict(iter(frame.groupby("cluster")))
    rng = np.random.default_rng(SEED)
    scores = np.empty((SYSTEMS, resamples))
    for draw in range(resamples):
        chosen = rng.choice(list(parts), size=len(parts))
        sample = pd.concat([parts[name] for name in chosen])
        means = sample.groupby(["system", "metric"])["value"].mean() / TOP
        scores[:, draw] = (means.to_numpy().reshape(SYSTEMS, METRICS) * WEIGHTS).sum(axis=1) / sum(WEIGHTS)
    return limits(scores)


PROGRAMS: dict[str, Callable[[Path, int], list[tuple[float, float]]]] = {
    "dualtrack": with_dualtrack,
    "scipy.stats.bootstrap": with_scipy,
    "arch IIDBootstrap": with_arch,
    "plain pandas loop": with_pandas,
}


def measure(name: str, folder: Path, *, resamples: int, runs: int) -> None:
    """Run one program in this process and print what was seen as JSON."""
    program = PROGRAMS[name]
    program(folder, 1 if name == "plain pandas loop" else 50)  # imports, and what is made at the first call
    before = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 2**20
    wall, busy, found = [], [], []
    for _ in range(runs):
        start, cpu = time.perf_counter(), time.process_time()
        found = program(folder, resamples)
        wall.append(time.perf_counter() - start)
        busy.append(time.process_time() - cpu)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    width = found[0][1] - found[0][0]
    print(json.dumps({"wall": min(wall), "cpu": min(busy), "grew": peak - before, "peak": peak, "width": width}))


def child(name: str, folder: Path, *, resamples: int, runs: int) -> dict[str, float]:
    """Run one program in a process of its own, on one thread."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    command = [sys.executable, __file__, "--one", name, "--folder", str(folder)]
    command += ["--resamples", str(resamples), "--runs", str(runs)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | threads)
    seen: dict[str, float] = json.loads(done.stdout)
    return seen


def versions() -> str:
    """What was measured."""
    named = []
    for name in ("dualtrack", "numpy", "scipy", "arch", "pandas"):
        try:
            named.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            named.append(f"{name} not installed")
    return f"Python {platform.python_version()}, " + ", ".join(named)


def report(resamples: int, runs: int) -> None:
    """Make the ratings, run all programs on them, print the table."""
    print(f"{resamples:,} resamples of {SYSTEMS} systems x {METRICS} metrics; {versions()}; seed {SEED}\n")
    print("| ratings | clusters | program | s | processor s | to dualtrack | grew by MiB | peak MiB | width |")
    print("|---|---|---|---|---|---|---|---|---|")
    for title, (n_items, n_topics) in SETS.items():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            rows = make_ratings(n_items, n_topics)
            start = time.process_time()
            sums, counts = aggregate(rows)
            spent = time.process_time() - start
            np.save(folder / "sums.npy", sums)
            np.save(folder / "counts.npy", counts)
            np.savez(folder / "rows.npz", **rows)
            del rows
            base = 0.0
            for program in PROGRAMS:
                plain = program == "plain pandas loop"
                if program == "arch IIDBootstrap" and "arch not" in versions():
                    continue
                drawn = PANDAS_DRAWS if plain else resamples
                seen = child(program, folder, resamples=drawn, runs=1 if plain else runs)
                factor = resamples / drawn
                base = base or seen["cpu"]
                print(
                    f"| {title} | {sums.shape[2]} | {program}{f', from {drawn} draws' if plain else ''} "
                    f"| {seen['wall'] * factor:.3f} | {seen['cpu'] * factor:.3f} | {seen['cpu'] * factor / base:,.1f} "
                    f"| {seen['grew']:.0f} | {seen['peak']:.0f} | {'' if plain else format(seen['width'], '.4f')} |",
                    flush=True,
                )
            print(f"| {title} | {sums.shape[2]} | (adding up the rows once, before) | | {spent:.3f} | | | | |")


def main() -> None:
    """Print the table, or measure one program for it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--one", choices=tuple(PROGRAMS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        measure(asked.one, asked.folder, resamples=asked.resamples, runs=asked.runs)
    else:
        report(asked.resamples, asked.runs)


if __name__ == "__main__":
    main()
