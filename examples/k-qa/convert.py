"""Make the tables of this study from the file of physicians' labels that the authors of K-QA published.

Usage: python convert.py FOLDER [OUT]

FOLDER holds dataset/NLI_medical_annotator.csv of github.com/Itaymanes/K-QA, commit
ef403d012e199fcfa0d8c02b38a96ff95164f4d0, under its own name. Its SHA-256 is checked. The tables are written beside this
file, or to OUT; study.yaml and SOURCE.txt are written by hand and stay as they are. Needs nothing but Python.
"""

import csv
import hashlib
import json
import sys
from pathlib import Path

RAW = "NLI_medical_annotator.csv"
DIGEST = "98372a3feea2ac7b445357ec2ab2e6f6251ecd72ad03a102ea4e4cdf53956779"
LABELS = ("label_0", "label_1", "label_2")
KINDS = {"Must_have": "opportunity", "Nice_to_have": "claim"}


def main(raw: Path, out: Path) -> None:
    """Read the raw file and write all tables."""
    rows = read(raw / RAW)
    numbers = {question: f"q{place:02d}" for place, question in enumerate(sorted({row["Question"] for row in rows}), 1)}
    grouped = {numbers[row["Question"]]: [] for row in rows}
    for row in rows:
        grouped[numbers[row["Question"]]].append(row)
    grouped = dict(sorted(grouped.items()))
    write_jsonl(out / "items.jsonl", [item(item_id, mine) for item_id, mine in grouped.items()])
    write_jsonl(out / "responses.jsonl", [response(item_id, mine) for item_id, mine in grouped.items()])
    write_csv(out / "units.csv", [unit for item_id, mine in grouped.items() for unit in units(item_id, mine)])
    write_csv(out / "ratings.csv", [rating for item_id, mine in grouped.items() for rating in ratings(item_id, mine)])
    write_csv(out / "raters.csv", [{"rater_id": label, "kind": "position", "profession": "physician"} for label in LABELS])


def read(path: Path) -> list[dict]:
    """The rows of the raw file, after checking that it is the file we know."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != DIGEST:
        sys.exit(f"{path.name} is not the file of that commit: its SHA-256 differs")
    return list(csv.DictReader(data.decode().splitlines(keepends=True)))


def item(item_id: str, rows: list[dict]) -> dict:
    """One item per question, with its statements in the order of the file."""
    elements = [
        {"id": f"e{place}", "text": row["claim"].strip(), "role": "content", "critical": row["category_x"] == "Must_have"}
        for place, row in enumerate(rows, 1)
    ]
    return {
        "item_id": item_id,
        "prompt": rows[0]["Question"],
        "language": "en",
        "task_source": "real_query",
        "reference": {"should": "answer", "elements": elements},
    }


def response(item_id: str, rows: list[dict]) -> dict:
    """The one answer to a question: each question was put to one system alone."""
    (system,), (text,) = {row["llm_x"] for row in rows}, {row["answer"] for row in rows}
    return {"system_id": system, "item_id": item_id, "sample": 1, "status": "answered", "text": text}


def units(item_id: str, rows: list[dict]) -> list[dict]:
    """One unit per statement: what must be held is an opportunity, what may be held a claim."""
    return [
        {
            "system_id": row["llm_x"],
            "item_id": item_id,
            "unit_id": f"e{place}",
            "kind": KINDS[row["category_x"]],
            "text": row["claim"].strip(),
        }
        for place, row in enumerate(rows, 1)
    ]


def ratings(item_id: str, rows: list[dict]) -> list[dict]:
    """Three labels per statement."""
    return [
        {
            "system_id": row["llm_x"],
            "item_id": item_id,
            "unit_id": f"e{place}",
            "scale_id": "entailment",
            "rater_id": label,
            "level": row[label],
        }
        for place, row in enumerate(rows, 1)
        for label in LABELS
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
