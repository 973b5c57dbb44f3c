"""Made-up study folders for tests of plans and packs: a few questions, systems and raters, with a panel."""

import json

import yaml

from dualtrack.rubric import load_rubric

SYSTEMS = (
    {"id": "aster", "name": "Aster Health", "vendor": "Aster Ltd", "kind": "specialised", "version": "1"},
    {"id": "birch", "name": "Birch GPT", "vendor": "OpenAI", "kind": "general_llm", "version": "2"},
)
CONTROL = {"id": "seeded", "name": "Seeded answers", "kind": "other", "role": "control"}


def write_study(
    folder, *, items=6, raters=3, load=20, rubric="longqa", systems=SYSTEMS, controls=0, study=None, **panel
):
    """A study of ``items`` questions that every system answers; the first ``controls`` have a seeded answer as well."""
    folder.mkdir(parents=True, exist_ok=True)
    held = [*systems, *([CONTROL] if controls else [])]
    sentences = [each.id for each in load_rubric("longqa").metrics if each.id.startswith("sentence_")]
    out = [{"metric": name, "reason": "No sentences.", "by": "A", "at": "2026-01-05"} for name in sentences]
    content = {
        "schema": "dualtrack.study/1", "id": "made-up", "title": "Made-up answers", "data_kind": "synthetic",
        "data_class": "synthetic", "context": {"use": "x", "users": "y", "setting": "z"}, "rubric": {"name": rubric},
        "systems": held, "scope": {"out": out if rubric == "longqa" else []},
        "plan": {"ratings_per_unit": {"default": 2}},
    } | (study or {})  # fmt: skip
    (folder / "study.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    rows = [
        {"item_id": f"q{n:03d}", "prompt": f"Question {n}?", "strata": {"field": "cardiology" if n % 2 else "general"},
         "turns": [{"role": "patient", "text": "Hello."}]}
        for n in range(items)
    ]  # fmt: skip
    write_rows(folder / "items.jsonl", rows)
    answers = [
        {"system_id": each["id"], "item_id": row["item_id"], "status": "answered",
         "text": f"**Answer** {n} of a kind [1]."}
        | ({"control": "known_harm"} if each.get("role") == "control" else {})
        for n, row in enumerate(rows) for each in held
        if each.get("role") != "control" or n < controls
    ]  # fmt: skip
    write_rows(folder / "responses.jsonl", answers)
    names = [f"r{n:02d}" for n in range(raters)]
    write_rows(folder / "raters.jsonl", [{"rater_id": name, "kind": "person"} for name in names])
    write_panel(folder, members=[{"rater_id": name, "load": load} for name in names], **panel)
    return folder


def write_panel(folder, **changes):
    content = {
        "schema": "dualtrack.panel/1", "seed": 11, "contact": "the study office", "data_use": "this study alone",
        "ratings_per_response": 2,
    } | changes  # fmt: skip
    (folder / "panel.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def rows_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
