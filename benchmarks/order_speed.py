"""How long the order of the systems takes once sums over clusters are there: draws, rank sets, every change of weights.

    python benchmarks/order_speed.py [--systems 6] [--metrics 30] [--clusters 60] [--resamples 2000]

The sums are made up. What is timed, in processor time, is what ``score`` runs for one track after aggregation; the
cost does not depend on the number of ratings.
"""

import argparse
import time
from types import SimpleNamespace

import numpy as np

from dualtrack.scoring.comparable import Ground
from dualtrack.scoring.ranks import rank_rows
from dualtrack.scoring.robustness import robustness_rows
from dualtrack.scoring.track_evidence import evidence_on, track_draws
from dualtrack.terms import Track


def made_up(systems: int, metrics: int, clusters: int, resamples: int) -> tuple[SimpleNamespace, Ground]:
    """A plan with the few fields that are read, and sums of systems that differ by a little."""
    generator = np.random.default_rng(1)
    counts = generator.integers(1, 60, (1, metrics, clusters)).repeat(systems, axis=0)
    share = np.clip(
        generator.normal(0.8, 0.15, (systems, metrics, clusters)) - 0.01 * np.arange(systems)[:, None, None], 0, 1
    )
    weights = tuple(float(weight) for weight in generator.integers(1, 6, metrics))
    sums = np.floor(share * counts * 1_000_000).astype(np.int64)
    ground = Ground(tuple(range(systems)), {}, tuple(range(metrics)), weights, sums, counts, np.ones(1, dtype=np.bool_))
    interval = SimpleNamespace(seed=1, resamples=resamples, confidence=0.95)
    study = SimpleNamespace(
        plan=SimpleNamespace(interval=interval, comparisons=SimpleNamespace(pairs="all", margins={})), baseline=None
    )
    plan = SimpleNamespace(
        study=study,
        systems=tuple(f"s{k}" for k in range(systems)),
        clusters=tuple(range(clusters)),
        metrics=[SimpleNamespace(metric=SimpleNamespace(id=f"m{k}")) for k in range(metrics)],
        cluster_floor=8,
    )
    return plan, ground


def main() -> None:
    """Time each part, best of three."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, size in (("systems", 6), ("metrics", 30), ("clusters", 60), ("resamples", 2000)):
        parser.add_argument(f"--{name}", type=int, default=size)
    sizes = vars(parser.parse_args())
    plan, ground = made_up(**sizes)
    best: dict[str, float] = {}
    for _ in range(3):
        start = time.process_time()
        evidence = evidence_on(plan, ground, track_draws(plan, Track.safety))
        drawn = time.process_time()
        ranks = list(rank_rows(plan, evidence, Track.safety))
        ranked = time.process_time()
        rows = list(robustness_rows(plan, evidence, Track.safety))
        done = time.process_time()
        for name, seconds in (
            ("scores in resamples", drawn - start),
            (f"ranks ({len(ranks)} rows)", ranked - drawn),
            (f"robustness ({len(rows)} rows)", done - ranked),
            ("together", done - start),
        ):
            best[name] = min(seconds, best.get(name, seconds))
    print(", ".join(f"{size} {name}" for name, size in sizes.items()))
    for name, seconds in best.items():
        print(f"{name:28} {seconds:7.3f} s")


if __name__ == "__main__":
    main()
