"""Make the tables of this study from the two files that its authors published.

Usage: python convert.py FOLDER [OUT]

FOLDER holds two files of github.com/federicabologna/m3-eval, commit a46365c4308577aeef06cb31d7e7543d522ed036:

    data/coarse_5pt_expert+llm_consolidated.jsonl, saved as coarse.jsonl (one line per answer)
    data/fine_5pt_expert+llm_consolidated.jsonl, saved as fine.jsonl (one line per rated sentence)

Their SHA-256 is checked. The tables are written beside this file, or to OUT; study.yaml and SOURCE.txt are written by
hand and stay as they are. Needs nothing but Python. SOURCE.txt says what is changed on the way and why.
"""

import csv
import hashlib
import json
import re
import sys
from pathlib import Path

DIGESTS = {
    "coarse.jsonl": "6f127a688c4c47cada5d08e194d4d8d1276cbe533d003e357edaba9850b3dab9",
    "fine.jsonl": "ccfa48cef3d7652b4e9037c1a407d565c7ae3031f10ff2094619e44a56562214",
}
SCALES = {"correctness": "correctness", "relevance": "relevance", "risk_communication": "safety"}  # ours: theirs
PANELS = {"A": ("annotator_1", "annotator_2", "annotator_6"), "B": ("annotator_3", "annotator_4", "annotator_5")}
PANEL_OF = {rater: panel for panel, raters in PANELS.items() for rater in raters}
MARKED = re.compile("<mark>(.*?)</mark>", re.DOTALL)


def main(raw: Path, out: Path) -> None:
    """Read the raw files and write all tables."""
    answers = read(raw / "coarse.jsonl")
    sentences = read(raw / "fine.jsonl")
    texts = {answer["answer_id"]: answer["answer"] for answer in answers}
    write_jsonl(out / "items.jsonl", items(answers))
    write_jsonl(out / "responses.jsonl", responses(answers))
    write_csv(out / "raters.csv", raters())
    write_csv(out / "units.csv", [unit(sentence, texts) for sentence in sentences])
    write_csv(out / "ratings.csv", [row for record in answers + sentences for row in ratings(record)])
    write_csv(out / "scores.csv", [row for record in answers + sentences for row in scores(record)])


def read(path: Path) -> list[dict]:
    """The records of one raw file, after checking that it is the file we know."""
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != DIGESTS[path.name]:
        sys.exit(f"{path.name} is not the file of that commit: its SHA-256 differs")
    return [json.loads(line) for line in data.decode().splitlines()]


def items(answers: list[dict]) -> list[dict]:
    """One item per question, with the statements that an answer must hold (they stand on the physician's record)."""
    rows = []
    for answer in answers:
        if answer["answer_type"] != "physician":
            continue
        elements = [
            {"id": f"e{number}", "text": text.strip(), "role": "must_have", "critical": True}
            for number, text in enumerate(answer["Must_have"], start=1)
        ]
        rows.append({
            "item_id": answer["question_id"],
            "prompt": answer["question"],
            "language": "en",
            "task_source": "real_query",
            "strata": {"panel": panel(answer)},
            "reference": {"should": "answer", "elements": elements},
        })
    return sorted(rows, key=lambda row: row["item_id"])


def panel(record: dict) -> str:
    """The panel that rated an answer or a sentence."""
    (letter,) = {PANEL_OF[rater] for rater in record["annotator_ratings"]}
    assert set(record["annotator_ratings"]) == set(PANELS[letter])
    return letter


def responses(answers: list[dict]) -> list[dict]:
    """One response per answer, its text unchanged."""
    rows = [
        {
            "system_id": answer["answer_type"],
            "item_id": answer["question_id"],
            "sample": 1,
            "status": "answered",
            "text": answer["answer"],
        }
        for answer in answers
    ]
    return sorted(rows, key=lambda row: (row["system_id"], row["item_id"]))


def raters() -> list[dict]:
    """The six physicians."""
    return [
        {"rater_id": rater, "kind": "person", "panel": letter, "profession": "physician"}
        for letter, members in PANELS.items()
        for rater in members
    ]


def unit(sentence: dict, texts: dict[str, str]) -> dict:
    """One rated sentence and where it stands in the answer.

    The file of sentences repeats the answer with other white space, so the marked words are looked up in the answer
    itself. Five sentences introduce a list and are marked in several pieces: the unit reaches from the first to the last.
    """
    text = texts[sentence["answer_id"]]
    pieces = [piece.strip() for piece in MARKED.findall(sentence["answer"])]
    start = text.index(pieces[0])
    end = start
    for piece in pieces:
        end = text.index(piece, end) + len(piece)
    return {
        **keys(sentence),
        "unit_id": sentence["sentence_id"],
        "kind": "sentence",
        "text": text[start:end],
        "start": start,
        "end": end,
    }


def keys(record: dict) -> dict:
    """The response that a record is about."""
    return {"system_id": record["answer_type"], "item_id": record["question_id"]}


def ratings(record: dict) -> list[dict]:
    """Three answers of each rater: the form asked for all three scales at once."""
    return [
        {
            **keys(record),
            "unit_id": record.get("sentence_id", ""),
            "scale_id": scale,
            "rater_id": rater,
            "level": given[theirs],
            "confidence": given["confidence"],
            "x_form_seconds": round(given["time"], 2),
        }
        for rater, given in record["annotator_ratings"].items()
        for scale, theirs in SCALES.items()
    ]


def scores(record: dict) -> list[dict]:
    """Three scores of the judge; three sentences have none."""
    rows = []
    for scale, theirs in SCALES.items():
        level = record[f"{theirs}_llm"]
        rows.append({
            **keys(record),
            "unit_id": record.get("sentence_id", ""),
            "scale_id": scale,
            "source_id": "judge",
            "level": "" if level is None else level,
            "outcome": "not_assessable" if level is None else "",
            "reason": "no score in the published file" if level is None else "",
        })
    return rows


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
