"""Make the tables of this study from the dermatologists' ratings that the authors of CRAFT-MD published.

Usage: python convert.py FOLDER [OUT]

FOLDER holds ratings.csv and conversations.csv: the three workbooks of results/expert_annotations of
github.com/rajpurkarlab/craft-md, commit 3bb2737d4fae5d64694d38456f878c2c5d35576a, re-laid as two tables with every value
as it was. Their SHA-256 is checked. The tables are written beside this file, or to OUT; study.yaml and SOURCE.txt are
written by hand and stay as they are. Needs nothing but Python.
"""

import csv
import hashlib
import json
import re
import sys
from pathlib import Path

DIGESTS = {
    "ratings.csv": "2c25edb373430e6d576f93e7bbd7baeecc0937582b5c14212051e6ab25c118f0",
    "conversations.csv": "2003de919c2303b9cb641ae2a7515e8efef61b8e5fa9ad652ec597af02dce7b9",
}
SYSTEMS = {"GPT-4": "gpt4", "GPT-3.5": "gpt35", "LLaMA2": "llama2", "Mistral-v2": "mistral2"}
SCALES = {"Q1": "diagnosis_reachable", "Q2": "history_complete", "Q3": "patient_used_terms"}
RATERS = {"d1": "primary", "d2": "primary", "d3": "tie_break"}
TURN = re.compile(r"^\s*(Doctor-AI|Patient-AI) :", re.MULTILINE)
ASKS_FOR_A_DIAGNOSIS = re.compile(r"(final|most likely) diagnosis")


def main(raw: Path, out: Path) -> None:
    """Read the raw files and write all tables."""
    conversations, rated = (read(raw / name) for name in ("conversations.csv", "ratings.csv"))
    by_case = {}
    for row in conversations:
        by_case.setdefault(item_id(row), row)
    write_jsonl(out / "items.jsonl", [item(row) for _, row in sorted(by_case.items())])
    order = sorted(conversations, key=lambda row: (item_id(row), SYSTEMS[row["model"]]))
    write_jsonl(out / "responses.jsonl", [response(row) for row in order])
    given = sorted(
        (rating for row in rated for rating in ratings(row)),
        key=lambda row: (row["item_id"], row["system_id"], row["scale_id"], row["rater_id"]),
    )
    write_csv(out / "ratings.csv", given)
    write_csv(out / "assignments.csv", [{name: row[name] for name in row if name not in ("level", "role")} for row in given])
    people = [{"rater_id": rater, "kind": "person", "profession": "dermatologist"} for rater in RATERS]
    write_csv(out / "raters.csv", people)


def read(path: Path) -> list[dict]:
    """The rows of a raw file, after checking that it is the file we know."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != DIGESTS[path.name]:
        sys.exit(f"{path.name} is not the file of that commit: its SHA-256 differs")
    return list(csv.DictReader(data.decode().splitlines(keepends=True)))


def item_id(row: dict) -> str:
    """The case, under the authors' number."""
    return row["case_id"].removesuffix(".json")


def item(row: dict) -> dict:
    """One case; the reference diagnosis stands only where a diagnosis was asked for."""
    facts = {"should": "answer"}
    if ASKS_FOR_A_DIAGNOSIS.search(row["question"]):
        facts["diagnosis"] = {"names": [row["correct_diagnosis"].strip()], "top_k": 1}
    return {
        "item_id": item_id(row),
        "prompt": row["question"],
        "language": "en",
        "task_source": "written_case",
        "reference": facts,
        "x_vignette": row["case_vignette"],
        "x_reference_answer": row["correct_diagnosis"],
    }


def response(row: dict) -> dict:
    """What one system said in the end, with the conversation before it."""
    return {
        "system_id": SYSTEMS[row["model"]],
        "item_id": item_id(row),
        "sample": 1,
        "status": "answered",
        "text": row["final_diagnosis"].strip(),
        "turns": turns(row["conversation"]),
    }


def turns(conversation: str) -> list[dict]:
    """The conversation, turn by turn, in the authors' names for the two sides."""
    parts = TURN.split(conversation)[1:]
    return [{"role": role, "text": text.strip()} for role, text in zip(parts[::2], parts[1::2], strict=True)]


def ratings(row: dict) -> list[dict]:
    """Up to three answers of one dermatologist about one conversation; a blank is a question that was not put."""
    return [
        {
            "system_id": SYSTEMS[row["model"]],
            "item_id": item_id(row),
            "scale_id": scale,
            "rater_id": row["rater"],
            "level": row[question],
            "role": RATERS[row["rater"]],
        }
        for question, scale in SCALES.items()
        if row[question]
    ]


def write_jsonl(path: Path, rows: list[dict]) -> None:
    """One JSON object per line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8", newline="\n")


def write_csv(path: Path, rows: list[dict]) -> None:
    """A table with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) == 3 else Path(__file__).parent)
