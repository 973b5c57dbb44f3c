"""Coverage-guided fuzzing of everything that reads a response: no text may stop it, mislead its places or stall it.

Run: python tests/fuzz/fuzz_checks.py TARGET [--seconds 60] [--work FOLDER] [--keep]

Needs atheris, which is no dependency of the project (tried with 3.0.0). TARGET is a name of ``targets.py``, or ``all``.
Pytest does not run this; ``test_corpus.py`` replays the texts in ``corpus/``. A text that breaks a target is left in
the folder as ``TARGET-crash-...``: mend what it shows, and put it into a test. ``--keep`` fuzzes nothing and writes,
from what earlier runs have left in the folder, those texts into ``corpus/`` that reach the most code, up to 8 kB for
each target. Texts are bytes read as UTF-8; bytes that are none become lone surrogates.
"""

import argparse
import importlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "unit" / "checks"
LONGEST, LONGEST_WORD, SHORTEST_SENTENCE = 2000, 30, 15  # bytes of a text; characters
MOST_KEPT = 8_000  # bytes for each target
SENTENCES_OF = {
    "dosing": "dose_limits", "quantities": "numbers", "schedule": "dose_limits", "layout": "ranked_diagnosis",
}  # fmt: skip
ODD = (
    "\u200b", "\u202e", "\u0430", "\ufb01", "\u0661", "\ufdfa", "\u00bd", "\u2028", "\x00", "\u0130", "\n- ", "\n\n",
)  # fmt: skip


def instrumented(atheris: Any) -> ModuleType:
    """The targets, with the checks instrumented."""
    sys.path.insert(0, str(ROOT))
    with atheris.instrument_imports(include=["dualtrack.checks"]):
        return importlib.import_module("tests.fuzz.targets")


def seeds(name: str, targets: ModuleType) -> Iterator[str]:
    """Texts to begin with: those that are kept, the worked examples, and the sentences of the unit tests."""
    yield from targets.kept(name)
    kinds = targets.check_kinds()
    yield from (each.text[:LONGEST] for each in (kinds[name].examples if name in kinds else ()))
    path = CASES / f"{SENTENCES_OF.get(name, name)}_cases.yaml"
    if not path.is_file():
        path = CASES / "assertion_cases.yaml"
    yield from (text[:LONGEST] for text in texts_in(yaml.safe_load(path.read_text(encoding="utf-8"))))


def texts_in(data: object) -> Iterator[str]:
    """All texts of a file that are no labels."""
    if isinstance(data, str):
        if len(data) > SHORTEST_SENTENCE:
            yield data
    elif isinstance(data, list | dict):
        for each in data.values() if isinstance(data, dict) else data:
            yield from texts_in(each)


def word_list(texts: list[str]) -> str:
    """The words of the seeds in the form that libFuzzer reads, to be put together anew."""
    words = sorted({word for text in texts for word in text.split() if len(word) < LONGEST_WORD})
    as_bytes = [word.encode("utf-8", "surrogatepass") for word in (*words, *ODD)]
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in as_bytes)


def decoded(data: bytes) -> str:
    """The text of some bytes."""
    return data.decode("utf-8", "surrogateescape")


def fuzz(name: str, seconds: int, work: Path) -> None:
    """Fuzz one target for a while; ends the process."""
    atheris = importlib.import_module("atheris")
    targets = instrumented(atheris)
    target = targets.targets()[name]
    given = sorted(set(seeds(name, targets)))
    found = work / name
    found.mkdir(parents=True, exist_ok=True)
    for place, text in enumerate(given):
        (found / f"seed-{place:04}").write_bytes(text.encode("utf-8", "surrogatepass"))
    words = work / f"{name}.dict"
    words.write_text(word_list(given), encoding="ascii")
    limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-len_control=20", "-timeout=60"]
    shown = ["-print_final_stats=1", f"-dict={words}", f"-artifact_prefix={work}/{name}-"]
    arguments = [sys.argv[0], str(found), *limits, *shown]
    atheris.Setup(arguments, lambda data: targets.check_text(target, decoded(data)))
    atheris.Fuzz()


def keep(name: str, work: Path) -> None:
    """Write a small corpus: of what was found, first what says most that is new, as far as there is room."""
    sys.path.insert(0, str(ROOT))
    targets = importlib.import_module("tests.fuzz.targets")
    target = targets.targets()[name]
    found = {decoded(path.read_bytes()) for path in (work / name).glob("*") if not path.name.startswith("seed-")}
    given = set(seeds(name, targets)) - set(targets.kept(name))
    lines: list[str] = []
    room, reached = MOST_KEPT, set[tuple[str, int, int]]()
    for text in sorted((set(targets.kept(name)) | found) - given, key=lambda each: (len(each), each)):
        new = steps_taken(target, text) - reached
        line = json.dumps(text)
        if new and len(line) < room:
            reached |= new
            room -= len(line) + 1
            lines.append(line)
    targets.CORPUS.mkdir(exist_ok=True)
    (targets.CORPUS / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="ascii")


def steps_taken(target: Any, text: str) -> set[tuple[str, int, int]]:
    """Steps from one line of the checks to the next. What is computed once per process counts for the first text."""
    seen: set[tuple[str, int, int]] = set()

    def called(frame: Any, _event: str, _argument: object) -> Any:
        if "dualtrack" not in frame.f_code.co_filename:
            return None
        last = 0

        def stepped(frame: Any, event: str, _argument: object) -> Any:
            nonlocal last
            if event == "line":
                seen.add((frame.f_code.co_filename, last, frame.f_lineno))
                last = frame.f_lineno
            return stepped

        return stepped

    sys.settrace(called)
    try:
        target(text)
    finally:
        sys.settrace(None)
    return seen


def main() -> int:
    """Fuzz what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", help="name of a reader or check kind, or all")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "dualtrack-fuzz")
    parser.add_argument("--keep", action="store_true", help="write the corpus from what was found")
    chosen = parser.parse_args()
    if chosen.target != "all":
        (keep(chosen.target, chosen.work) if chosen.keep else fuzz(chosen.target, chosen.seconds, chosen.work))
        return 0
    sys.path.insert(0, str(ROOT))
    names = list(importlib.import_module("tests.fuzz.targets").targets())
    options = ["--seconds", str(chosen.seconds), "--work", str(chosen.work), *(["--keep"] if chosen.keep else [])]
    codes = [subprocess.run([sys.executable, __file__, name, *options], check=False).returncode for name in names]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
