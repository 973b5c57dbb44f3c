"""Validate and score one million synthetic ratings: time and peak memory, beside what a user would write by hand.

Run: python benchmarks/million_ratings.py [--items 2069] [--format csv]

Makes a synthetic study (items x 6 systems x 30 scales x 3 raters; 1,117,260 ratings by default) in a temporary
folder, then runs, each in a process of its own: reading and validating alone, the whole of `dualtrack score` (reading,
scoring, all tables written, no pages), and a plain pandas script that reads the same file and prints the 180 means,
without validation, bounds, intervals, gates or output tables. Prints the median of three runs and the ratio to the
plain script.
"""

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

SYSTEMS, SCALES, RATERS = 6, 30, 3
SAFETY_SCALES = 17

PLAIN = """
import sys, pandas as pd
frame = pd.read_csv(sys.argv[1] + "/ratings.csv", usecols=["system_id", "item_id", "scale_id", "level"])
frame["level"] = (frame["level"] - 1) / 4
cells = frame.groupby(["system_id", "scale_id", "item_id"])["level"].median()
print(cells.groupby(["system_id", "scale_id"]).mean().to_string())
"""
VALIDATE = "import sys; from dualtrack.verbs import validate; print(repr(validate(sys.argv[1])))"
SCORE = "import sys; from dualtrack.verbs import score; score(sys.argv[1]).save(sys.argv[1] + '-results')"


def scale_file(k: int) -> str:
    """One five-level scale."""
    levels = "\n".join(f'  - {{id: "{n + 1}", value: {n / 4}, anchor: "level {n + 1}"}}' for n in range(5))
    return (
        f"schema: dualtrack.scale/1\nid: scale_{k:02d}\ntitle: Synthetic scale {k}\nask: How good?\n"
        f"applies_to: response\nkind: ordinal\nlevels:\n{levels}\nwhy: Equal steps.\n"
    )


def metric_file(k: int, track: str) -> str:
    """One ordinal metric with a gate on its scale."""
    return (
        f"schema: dualtrack.metric/1\nid: metric_{k:02d}\ncode: {track[0].upper()}{k:02d}\ntrack: {track}\n"
        f"title: Synthetic metric {k}\ndefinition: Made up.\ndoes_not_show: Anything.\nlifecycle: draft\n"
        "quantity: {type: ordinal, per: response, show: mean_value}\n"
        f'ratings: {{scale: scale_{k:02d}, fail_when: {{at_most: "2"}}}}\ncombine: clinician_only\n'
        "weight: {value: 1, why: Made up.}\n"
        "gates:\n  - {id: rate, kind: failure_at_most, limit: 0.3}\n"
    )


def make_study(folder: Path, n_items: int, file_format: str) -> int:
    """Write rubric and study; returns the number of ratings."""
    rubric, study = folder / "rubric", folder / "study"
    for part in ("scales", "metrics/safety", "metrics/effectiveness"):
        (rubric / part).mkdir(parents=True)
    study.mkdir()
    (rubric / "rubric.yaml").write_text(
        "schema: dualtrack.rubric/1\nid: rubric\nversion: 0.1.0\ntitle: Synthetic\nabout: Synthetic.\n"
        "licence: CC0-1.0\n"
    )
    for k in range(SCALES):
        track = "safety" if k < SAFETY_SCALES else "effectiveness"
        (rubric / "scales" / f"scale_{k:02d}.yaml").write_text(scale_file(k))
        (rubric / "metrics" / track / f"metric_{k:02d}.yaml").write_text(metric_file(k, track))
    systems = "\n".join(f"  - {{id: s{k}, name: System {k}, kind: general_llm}}" for k in range(SYSTEMS))
    (study / "study.yaml").write_text(
        "schema: dualtrack.study/1\nid: million\ntitle: A million synthetic ratings\ndata_kind: synthetic\n"
        "data_class: synthetic\ncontext: {use: benchmark, users: none, setting: none, languages: [en]}\n"
        f"rubric: {{path: ../rubric}}\nsystems:\n{systems}\nplan:\n  cluster: strata.topic\n"
        "  rho0: {value: 0.2, why: Made up.}\n"
    )
    items = [f"item{k:05d}" for k in range(n_items)]
    rows = ({"item_id": item, "prompt": "p", "strata": {"topic": f"t{k % 60}"}} for k, item in enumerate(items))
    (study / "items.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    write_ratings(study, np.array(items), file_format)
    pd.DataFrame({"rater_id": [f"r{k}" for k in range(RATERS)], "kind": "person"}).to_csv(
        study / "raters.csv", index=False
    )
    return n_items * SYSTEMS * SCALES * RATERS


def write_ratings(study: Path, items: np.ndarray, file_format: str) -> None:
    """The ratings table, in random order."""
    shape = (SYSTEMS, items.size, SCALES, RATERS)
    generator = np.random.default_rng(20250101)
    system, item, scale, rater = (part.ravel() for part in np.indices(shape))
    order = generator.permutation(system.size)
    frame = pd.DataFrame(
        {
            "system_id": np.char.add("s", system.astype(str)),
            "item_id": items[item],
            "scale_id": np.char.add("scale_", np.char.zfill(scale.astype(str), 2)),
            "rater_id": np.char.add("r", rater.astype(str)),
            "level": generator.choice(["1", "2", "3", "4", "5"], p=[0.03, 0.07, 0.2, 0.3, 0.4], size=system.size),
        }
    ).iloc[order]
    path = study / f"ratings.{file_format}"
    if file_format == "csv":
        frame.to_csv(path, index=False)
    elif file_format == "jsonl":
        frame.to_json(path, orient="records", lines=True)
    else:
        frame.to_parquet(path, index=False)


def timed(code: str, study: Path) -> tuple[float, float]:
    """Wall seconds and peak MiB of one process."""
    runner = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run([sys.executable, '-c', *sys.argv[1:]], stdout=subprocess.DEVNULL)\n"
        "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", runner, code, str(study)], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    status, peak = done.stdout.split()
    if status != "0":
        raise RuntimeError(f"the measured program failed:\n{done.stderr}")
    return seconds, int(peak) / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=2069)
    parser.add_argument("--format", choices=("csv", "jsonl", "parquet"), default="csv")
    parser.add_argument("--runs", type=int, default=3)
    chosen = parser.parse_args()
    programs = {"validate": VALIDATE, "score": SCORE} | ({"plain pandas": PLAIN} if chosen.format == "csv" else {})
    with tempfile.TemporaryDirectory() as folder:
        n = make_study(Path(folder), chosen.items, chosen.format)
        measured = {name: [] for name in programs}
        for _ in range(chosen.runs):  # in turn, so that a drift of the machine falls on all
            for name, code in programs.items():
                measured[name].append(timed(code, Path(folder) / "study"))
    versions = ", ".join(f"{name} {version(name)}" for name in ("dualtrack", "numpy", "pandas", "pyarrow", "scipy"))
    print(f"{n:,} synthetic ratings as {chosen.format}; Python {platform.python_version()}, {versions}")
    print(
        f"{'program':<14}{'seconds':>9}{'peak MiB':>10}{'ratio':>8}   median of {chosen.runs} processes, start included"
    )
    base = statistics.median(seconds for seconds, _ in measured.get("plain pandas", measured["validate"]))
    for name, runs in measured.items():
        seconds = statistics.median(each for each, _ in runs)
        peak = statistics.median(each for _, each in runs)
        print(f"{name:<14}{seconds:>9.2f}{peak:>10.0f}{seconds / base:>8.2f}")


if __name__ == "__main__":
    main()
