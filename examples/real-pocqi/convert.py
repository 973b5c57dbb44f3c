"""Make the tables of this study from the files that its two publications released.

Usage: python convert.py FOLDER [OUT]

FOLDER holds five files of github.com/KAVentures/clinical-ai-reconciliation, commit
ae92c3bff5593fdd4b14e993533ba24fa4291788:

    data/ratings.parquet and data/questions.parquet (copies of Real-POCQi)
    dataset/tables/llm_rubric.csv and llm_pairwise.csv, under their own names
    dataset/tables/answers.csv, saved as answer_lengths.csv

Their SHA-256 is checked. The tables are written beside this file, or to OUT; study.yaml and SOURCE.txt are written by
hand and stay as they are. Needs pyarrow. SOURCE.txt says what is changed on the way and why.
"""

import csv
import hashlib
import json
import sys
from pathlib import Path

from pyarrow import parquet

DIGESTS = {
    "ratings.parquet": "e1e2f9c53bfd819279c90dc8bb39656d7a69ffa3fbfe40e5c5902a54a2964321",
    "questions.parquet": "1af9b254151ac659286ab609e7c7b7f6bb8f830fa82eecb5b9eddb3a2322b9b3",
    "llm_rubric.csv": "84de06e9f48dc4922a93eb9cfd629a2006bd762406c6e4b981a0692c409e4e18",
    "llm_pairwise.csv": "638b8845217f735f5ae78471574ce3ac0e93e57a534edfdcbedbb035689b238c",
    "answer_lengths.csv": "d12981627a5874e4c6a99f662f4d7fa233a8d28c9b06c1e2d571137d3f180919",
}
SYSTEMS = {
    "openevidence": "openevidence",
    "claude-opus-4-8": "claude-opus-4.8",
    "gemini-3.1-pro": "gemini-3.1-pro",
    "gpt-5.5": "gpt-5.5",
}  # theirs: ours
CHOICES = {
    "strongly_a": "a_much",
    "slightly_a": "a_slightly",
    "tie": "tie",
    "slightly_b": "b_slightly",
    "strongly_b": "b_much",
}
VOTES = {"1": "a", "0": "tie", "-1": "b"}  # of judges: for or against OpenEvidence, which stands as A
SHOWN_TO_JUDGES = "answer_markdown"


def main(raw: Path, out: Path) -> None:
    """Read the raw files and write all tables."""
    files = {name: read(raw / name) for name in DIGESTS}
    questions = sorted(files["questions.parquet"], key=lambda row: row["question_id"])
    names = {row["question_id"]: f"q{place:03d}" for place, row in enumerate(questions, 1)}
    ratings, votes, graded = files["ratings.parquet"], files["llm_pairwise.csv"], files["llm_rubric.csv"]
    write_jsonl(out / "items.jsonl", [item(row, names) for row in questions])
    write_csv(out / "responses.csv", responses(ratings, graded, files["answer_lengths.csv"], names))
    choices = [physicians_choice(row, names) for row in ratings] + [judges_choice(row, names) for row in votes]
    numbered = [{"preference_id": f"p{place:05d}", **row} for place, row in enumerate(choices, 1)]
    write_csv(out / "preferences.csv", numbered)
    write_csv(out / "scores.csv", [score(row, names) for row in graded])


def read(path: Path) -> list[dict]:
    """The rows of one raw file in their order, after checking that it is the file we know."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != DIGESTS[path.name]:
        sys.exit(f"{path.name} is not the file of that commit: its SHA-256 differs")
    if path.suffix == ".parquet":
        return parquet.read_table(path).to_pylist()
    return list(csv.DictReader(data.decode().splitlines(keepends=True)))


def item(row: dict, names: dict[str, str]) -> dict:
    """One item per question, with its identifier in the published files."""
    return {
        "item_id": names[row["question_id"]],
        "prompt": row["question_text"],
        "language": "en",
        "task_source": "real_query",
        "strata": {"specialty": row["specialty"]},
        "x_question_id": row["question_id"],
    }


def responses(ratings: list[dict], graded: list[dict], lengths: list[dict], names: dict[str, str]) -> list[dict]:
    """One row per answer that somebody judged; its text is not in this copy, its length is for 150 questions."""
    judged = {(row[slot], row["question_id"]) for row in ratings for slot in ("slot_a_provider", "slot_b_provider")}
    judged |= {(row["provider"], row["question_id"]) for row in graded}
    known = {(row["provider"], row["question_id"]): row for row in lengths}
    return [
        {
            "system_id": SYSTEMS[provider],
            "item_id": names[question],
            "status": "withheld",
            "x_char_len": known.get((provider, question), {}).get("char_len", ""),
            "x_has_citation": known.get((provider, question), {}).get("has_citation", ""),
        }
        for provider, question in judged
    ]


def physicians_choice(row: dict, names: dict[str, str]) -> dict:
    """One choice of an unnamed physician on one axis."""
    return {
        "item_id": names[row["question_id"]],
        "system_a": SYSTEMS[row["slot_a_provider"]],
        "system_b": SYSTEMS[row["slot_b_provider"]],
        "scale_id": f"prefer_{row['axis']}",
        "choice": CHOICES[row["choice"]],
        "source_id": "",
        "condition": row["render_mode"],
    }


def judges_choice(row: dict, names: dict[str, str]) -> dict:
    """One choice of a language-model judge on one axis."""
    return {
        "item_id": names[row["question_id"]],
        "system_a": "openevidence",
        "system_b": SYSTEMS[row["opponent"]],
        "scale_id": f"prefer_{row['axis']}",
        "choice": VOTES[row["vote"]],
        "source_id": f"judge-{row['judge']}",
        "condition": SHOWN_TO_JUDGES,
    }


def score(row: dict, names: dict[str, str]) -> dict:
    """One score of a language-model judge for one answer on one axis."""
    return {
        "system_id": SYSTEMS[row["provider"]],
        "item_id": names[row["question_id"]],
        "scale_id": row["axis"],
        "source_id": f"judge-{row['judge']}",
        "level": row["score_1to4"],
    }


def write_jsonl(path: Path, rows: list[dict]) -> None:
    """One object per line."""
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    path.write_text("".join(lines), encoding="utf-8", newline="\n")


def write_csv(path: Path, rows: list[dict]) -> None:
    """Rows sorted by their identifiers, in UTF-8 with LF."""
    columns = list(rows[0])
    key = [name for name in columns if name.endswith("_id")]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: [row[name] for name in key]))


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).resolve().parent)
