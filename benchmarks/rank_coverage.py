"""How often the rank sets of all systems hold the true ranks at once, on made-up studies.

    python benchmarks/rank_coverage.py [--studies 1000] [--resamples 1000]

Each study has one binary and one graded metric, clusters of 1 to 9 cases that share their difficulty, and a second part
of the cluster effect that differs between systems. A set fails where a pair is put in the wrong order or in any order
although the two are alike, so the share of studies without such a pair is the coverage. "First by resamples" is the
share of studies in which a system that is no better than another came first in at least 95 % of the resamples: what
reading that share as confidence would claim. Prints a table in Markdown.
"""

import argparse
from types import SimpleNamespace

import numpy as np

from dualtrack.scoring.comparable import Ground
from dualtrack.scoring.ranks import rank_rows
from dualtrack.scoring.track_evidence import evidence_on, track_draws
from dualtrack.terms import Track

TOP = 1_000_000
WEIGHTS = (3.0, 1.0)
WORLDS = {
    "4 alike": (0.0, 0.0, 0.0, 0.0),
    "2 alike in front of 2 alike": (0.4, 0.4, 0.0, 0.0),
    "4 in steps": (0.9, 0.6, 0.3, 0.0),
    "8 alike": (0.0,) * 8,
}
CLUSTERS = (15, 20, 30, 60, 120)
OFTEN = 0.95


def study(skills: tuple[float, ...], clusters: int, generator: np.random.Generator) -> Ground:
    """Sums over clusters of one made-up study."""
    n_systems = len(skills)
    sizes = generator.integers(1, 10, clusters)
    shared = generator.normal(0, 0.8, clusters)
    own = generator.normal(0, 0.5, (n_systems, clusters))
    logit = 0.8 + np.array(skills)[:, None] + shared + own
    chance = 1 / (1 + np.exp(-logit))
    passed = generator.binomial(sizes, chance) * TOP
    graded = generator.binomial(4 * sizes, chance) * (TOP // 4)
    sums = np.stack([passed, graded], axis=1).astype(np.int64)
    counts = np.broadcast_to(sizes, sums.shape).astype(np.int64)
    return Ground(tuple(range(n_systems)), {}, (0, 1), WEIGHTS, sums, counts, np.ones(1, dtype=np.bool_))


def plan_of(n_systems: int, clusters: int, *, seed: int, resamples: int) -> SimpleNamespace:
    """A plan with the few fields that ranks read."""
    interval = SimpleNamespace(seed=seed, resamples=resamples, confidence=0.95)
    comparisons = SimpleNamespace(pairs="all", margins={})
    return SimpleNamespace(
        study=SimpleNamespace(plan=SimpleNamespace(interval=interval, comparisons=comparisons)),
        systems=tuple(f"s{k}" for k in range(n_systems)),
        clusters=tuple(range(clusters)),
        cluster_floor=8,
    )


def one(skills: tuple[float, ...], clusters: int, *, seed: int, resamples: int) -> tuple[float, ...] | None:
    """Whether the sets hold, share of true pairs shown, mean number of ranks left open, and the false first."""
    ground = study(skills, clusters, np.random.default_rng([seed, clusters, len(skills)]))
    plan = plan_of(len(skills), clusters, seed=seed, resamples=resamples)
    rows = list(rank_rows(plan, evidence_on(plan, ground, track_draws(plan, Track.safety)), Track.safety))
    if any(row["state"] == "undefined" for row in rows):
        return None
    place = {name: k for k, name in enumerate(plan.systems)}
    shown = {(j, place[other]) for j, row in enumerate(rows) for other in row["ahead_of"]}
    true = {(j, k) for j in range(len(skills)) for k in range(len(skills)) if skills[j] > skills[k]}
    width = np.mean([row["rank_worst"] - row["rank_best"] + 1 for row in rows])
    false_first = any(
        row.get("share_first", 0) >= OFTEN and any(skills[k] >= skills[j] for k in range(len(skills)) if k != j)
        for j, row in enumerate(rows)
    )
    return float(shown <= true), len(shown & true) / len(true) if true else np.nan, float(width), float(false_first)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--resamples", type=int, default=1000)
    asked = parser.parse_args()
    print("| systems | clusters | method | studies | sets hold | true pairs shown | ranks left open | false first |")
    print("|---|---|---|---|---|---|---|---|")
    for name, skills in WORLDS.items():
        for clusters in CLUSTERS:
            found = [one(skills, clusters, seed=seed, resamples=asked.resamples) for seed in range(asked.studies)]
            kept = np.array([each for each in found if each is not None])
            held, pairs, width, first = kept.mean(axis=0)
            method = "Holm, t" if clusters < 30 else "max-T"  # noqa: PLR2004 -- as the engine has it
            drawn = f"{first:.3f}" if clusters >= 30 else "-"  # noqa: PLR2004 -- as above
            shown = "-" if np.isnan(pairs) else f"{pairs:.2f}"
            print(
                f"| {name} | {clusters} | {method} | {len(kept)} | {held:.3f} | {shown} | {width:.2f} | {drawn} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
