"""A small study on disk that can meet its gates: one metric for each track, made up and named so."""

import csv
import json
from pathlib import Path

import yaml

N_ITEMS = 40
GATES = {"harm_rate.rate": 0.2, "accuracy.enough": 0.6}


def _scale(scale_id, levels):
    return {
        "schema": "dualtrack.scale/1", "id": scale_id, "title": scale_id, "ask": "How is it?",
        "applies_to": ["response"], "kind": "ordinal", "why": "made up for tests",
        "levels": [*levels, {"id": "cannot_judge", "value": None, "anchor": "c"}],
    }  # fmt: skip


def _metric(metric_id, code, track, scale, **more):
    return {
        "schema": "dualtrack.metric/1", "id": metric_id, "code": code, "track": track, "title": metric_id,
        "definition": "made up", "does_not_show": "anything", "lifecycle": "draft",
        "quantity": {"type": "binary", "per": "response", "show": "failure_rate"},
        "ratings": {"scale": scale, "fail_when": {"at_most": "0"}},
        "combine": "clinician_only", "weight": {"value": 2, "why": "made up"}, **more,
    }  # fmt: skip


def make_rubric(folder: Path) -> Path:
    """A rubric of two metrics, each with one threshold that is ours."""
    bad_good = [{"id": "0", "value": 0.0, "anchor": "bad"}, {"id": "1", "value": 1.0, "anchor": "good"}]
    files = {
        "rubric.yaml": {
            "schema": "dualtrack.rubric/1", "id": folder.name, "version": "0.1.0", "title": "Made up", "about": "tests",
            "licence": "CC0-1.0", "floors": {"coverage": 0.5, "items": 20, "clusters": 8},
        },
        "scales/harm.yaml": _scale("harm", bad_good),
        "scales/quality.yaml": _scale("quality", bad_good),
        "metrics/safety/harm_rate.yaml": _metric(
            "harm_rate", "S01", "safety", "harm",
            gates=[{"id": "rate", "kind": "failure_at_most", "limit": GATES["harm_rate.rate"], "threshold": "ours"}],
        ),
        "metrics/effectiveness/accuracy.yaml": _metric(
            "accuracy", "E01", "effectiveness", "quality",
            gates=[
                {"id": "enough", "kind": "success_at_least", "limit": GATES["accuracy.enough"], "threshold": "ours"}
            ],
        ),
        "metrics/effectiveness/tone.yaml": _metric("tone", "E02", "effectiveness", "quality"),
    }  # fmt: skip
    for name, plain in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(plain, sort_keys=False), encoding="utf-8")
    return folder


def make_study(folder: Path, systems=("alpha", "beta"), n_items=N_ITEMS, **plan) -> Path:
    """A study without answers; its rubric lies in ``folder/small``."""
    folder.mkdir(parents=True)
    make_rubric(folder / "small")
    study = {
        "schema": "dualtrack.study/1", "id": "sealed", "title": "Made up", "data_kind": "synthetic",
        "data_class": "synthetic", "context": {"use": "u", "users": "v", "setting": "s", "languages": ["en"]},
        "rubric": {"path": "small"},
        "systems": [{"id": each, "name": each, "kind": "general_llm", "version": "1"} for each in systems],
        "plan": {
            "ratings_per_unit": {"default": 2}, "interval": {"resamples": 200},
            "floors": {"coverage": 0.5, "items": 20, "clusters": 8}, **plan,
        },
    }  # fmt: skip
    (folder / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False), encoding="utf-8")
    items = [json.dumps({"item_id": f"q{k:03d}", "prompt": f"question {k}"}) for k in range(n_items)]
    (folder / "items.jsonl").write_text("\n".join(items) + "\n", encoding="utf-8")
    return folder


def answer(folder: Path, systems=("alpha", "beta"), n_items=N_ITEMS, bad=()) -> Path:
    """Answers, and two ratings of each on both scales, all good except for pairs (system, item number) in ``bad``."""
    said = {"sample": 1, "status": "answered"}
    rows = [
        json.dumps({"system_id": system, "item_id": f"q{k:03d}", **said, "text": f"answer {k}"})
        for system in systems for k in range(n_items)
    ]  # fmt: skip
    (folder / "responses.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    rate(folder, systems, range(n_items), bad)
    return folder


def rate(folder: Path, systems, numbers, bad=()) -> None:
    """Two ratings of each answer on both scales, as ``answer``."""
    with (folder / "ratings.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("system_id", "item_id", "sample", "scale_id", "rater_id", "level"))
        writer.writerows(
            (system, f"q{k:03d}", 1, scale, rater, "0" if (system, k) in bad else "1")
            for system in systems for k in numbers for scale in ("harm", "quality") for rater in ("r1", "r2")
        )  # fmt: skip
    (folder / "raters.csv").write_text("rater_id,kind\nr1,person\nr2,person\n", encoding="utf-8")


def confirmations(folder: Path, **changed: float) -> Path:
    """A table in which somebody agrees with every threshold that is ours."""
    limits = GATES | {name.replace("__", "."): value for name, value in changed.items()}
    path = folder.parent / "confirmations.csv"
    lines = [f"{gate},{limit},Dr A. Example,2026-01-01T09:00:00Z,fits our use" for gate, limit in limits.items()]
    path.write_text("\n".join(["gate,limit,by,at,why", *lines]) + "\n", encoding="utf-8")
    return path


def edit(path: Path, old: str, new: str) -> None:
    """Change one place of a text file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
