"""Made-up studies with calibration for tests: cases that bring their own texts, agreed levels, a rule, answers."""

import json

import yaml

from dualtrack.panel.pack import seal
from tests.unit.panel import handed_in
from tests.unit.panel.studies import write_study

AGREED = ("5", "4", "2", "1", "3", "5")
RULES = (
    {"scale": "correctness", "least": 6, "exact": 0.5, "within_one": 0.8, "harm_levels": ["1", "2"]},
    {"scale": "relevance", "least": 3, "exact": 0.3},
)


def case(n, *, level, set_=1, also=(), scales=("correctness", "relevance")):
    """A synthetic case with a prompt and an answer of its own."""
    agreed = {"level": level, "also": list(also), "why": f"Synthetic reason {n}."}
    levels = {"correctness": agreed, "relevance": {"level": "5", "why": "It answers what was asked."}}
    return {
        "id": f"c{set_}{n:02d}", "set": set_, "prompt": f"Synthetic calibration question {set_}-{n}?",
        "answer": f"Synthetic calibration answer {n}.", "levels": {name: levels[name] for name in scales},
    }  # fmt: skip


def cases(*, sets=1, levels=AGREED):
    """Six cases a set; the first also accepts level 4, the last does not ask for relevance."""
    return [
        case(n, level=level, set_=set_, also=["4"] if n == 0 else (),
             scales=("correctness",) if n == len(levels) - 1 else ("correctness", "relevance"))
        for set_ in range(1, sets + 1) for n, level in enumerate(levels)
    ]  # fmt: skip


def write_cases(folder, held, **changes):
    content = {
        "schema": "dualtrack.calibration/1", "synthetic": True, "agreed_by": ["dr_oak", "dr_yew"],
        "agreed_on": "2026-01-05", "cases": held,
    } | changes  # fmt: skip
    (folder / "calibration.yaml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def write_calibrated(folder, *, sets=1, required=True, rules=RULES, items=(), held=None, **panel):
    """A made-up study with calibration before it."""
    calibration = {"required": required, "rules": [dict(rule) for rule in rules], "items": list(items)}
    folder = write_study(folder, calibration=calibration, **panel)
    write_cases(folder, held if held is not None else cases(sets=sets))
    return folder


def right(pack):
    """The agreed level of every question."""
    return {(task.code, scale): level for task in pack.tasks for scale, (level, _) in task.explained.items()}


def change_panel(folder, change):
    """Read panel.yaml, change it, write it."""
    path = folder / "panel.yaml"
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def at(minute):
    """A time of the evening."""
    return f"2026-01-10T19:{minute:02d}:00+00:00"


def hand_in(folder, pack, levels, *, name=None, minute=30, finished=True, **changes):
    """Write what a form saves; ``minute`` is when every answer was given."""
    folder.mkdir(exist_ok=True)
    answers = [handed_in.entry(*cell, level, rated_at=at(minute)) for cell, level in levels.items()]
    told = {"answers": answers, "finished_at": at(minute + 1) if finished else None, "locked_at": None} | changes
    path = folder / (name or f"return-{pack.pack_id}.json")
    path.write_text(json.dumps(seal(handed_in.content(pack, levels, **told))), encoding="utf-8")
    return path
