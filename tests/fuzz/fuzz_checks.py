"""Coverage-guided fuzzing of everything that reads a response: no text may stop it, mislead its places or stall it.

Run: python tests/fuzz/fuzz_checks.py TARGET [--seconds 60] [--work FOLDER]   (needs atheris; TARGET may be ``all``)

Pytest does not run this; ``test_corpus.py`` beside it replays the texts in ``corpus/``, which are those that a run has
found to reach new code, and the ones that once broke something. A text that breaks a target is left in the folder as
``crash-...``. Texts are bytes read as UTF-8, and bytes that are none become lone surrogates.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

Target = Callable[[str], object]

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CASES = ROOT / "tests" / "unit" / "checks"
LONGEST, LONGEST_SECONDS = 2000, 10.0
NAMED = ("ibuprofen", "insulin", "co-codamol", "methotrexate")
ACTIONS = ("call an ambulance", "take aspirin", "stop smoking", "rest")


def targets() -> Mapping[str, Target]:
    """What is fuzzed, by name: the readers that the kinds share, then every check kind."""
    from dualtrack.checks import check_kinds
    from dualtrack.checks.assertion import mentions
    from dualtrack.checks.dosing import doses
    from dualtrack.checks.folding import fold
    from dualtrack.checks.layout import layout
    from dualtrack.checks.phrases import phrase, phrase_spans
    from dualtrack.checks.quantities import quantities
    from dualtrack.checks.schedule import schedule
    from dualtrack.checks.sentences import sentences, words

    def within(text: str, found: object) -> object:
        """Check that everything with a start and an end lies inside the text, in order."""
        for each in found if isinstance(found, list | tuple) else ():
            span = getattr(each, "span", each)
            start, end = (each.start, each.end) if hasattr(each, "start") else (span[0], span[1])
            assert 0 <= start < end <= len(text), (each, len(text))
        return found

    def folded(text: str) -> object:
        seen = fold(text)
        for start in range(0, len(seen.text), 7):
            first, last = seen.span(start, start + 1)
            assert 0 <= first < last <= len(text), (start, first, last)
        return seen.text

    def laid_out(text: str) -> object:
        seen = fold(text)
        page = layout(seen)
        within(seen.text, page.sentences)
        return [page.line_at(place) for place in range(0, len(seen.text), 5)]

    def read(text: str) -> object:
        seen = fold(text)
        return within(seen.text, sentences(seen.text)), words(seen.text)

    def asserted(text: str) -> object:
        seen = fold(text)
        first = within(seen.text, mentions(seen, NAMED))
        return first, within(seen.text, mentions(seen, ACTIONS, actions=True))

    def measured(text: str) -> object:
        seen = fold(text)
        return within(seen.text, quantities(seen))

    def timed(text: str) -> object:
        seen = fold(text)
        return within(seen.text, schedule(seen.lower, 0, len(seen.text)))

    def dosed(text: str) -> object:
        seen = fold(text)
        return [within(seen.text, doses(seen, (name,), NAMED)) for name in NAMED]

    def phrased(text: str) -> object:
        seen = fold(text)
        return [within(seen.text, phrase_spans(seen, phrase(each), 4)) for each in ACTIONS]

    shared: dict[str, Target] = {
        "folding": folded, "sentences": read, "layout": laid_out, "quantities": measured, "schedule": timed,
        "dosing": dosed, "assertion": asserted, "phrases": phrased,
    }  # fmt: skip
    return shared | {name: _judging(name) for name in check_kinds()}


def _judging(name: str) -> Target:
    """A check kind with the facts of each of its worked examples; the text stands in for the short answer as well."""
    from dualtrack.checks import CheckInput, bind, check_kind, judge_all

    kind = check_kind(name)
    language = kind.languages[0] if kind.languages else None
    bound = [(bind("m.c", kind, dict(each.params), lexicons=each.lexicons), each) for each in kind.examples[:6]]

    def judge(text: str) -> object:
        return [
            judge_all(
                check,
                CheckInput(
                    text,
                    language=language,
                    reference=each.reference,
                    answer=None if each.answer is None else text[:80],
                    confidence=each.confidence,
                ),
            )
            for check, each in bound
        ]

    return judge


def check_text(target: Target, text: str) -> object:
    """Put one text to a target: it neither raises nor stalls, and says the same twice."""
    start = time.process_time()
    said = target(text)
    assert target(text) == said, "not the same twice"
    took = time.process_time() - start
    assert took < LONGEST_SECONDS, f"took {took:.1f} s for {len(text)} characters"
    return said


def decoded(data: bytes) -> str:
    """The text of some bytes."""
    return data.decode("utf-8", "surrogateescape")


def corpus(name: str) -> Iterator[str]:
    """The texts that are kept for a target."""
    path = HERE / "corpus" / f"{name}.jsonl"
    if path.is_file():
        yield from (json.loads(line) for line in path.read_text(encoding="ascii").splitlines())


def seeds(name: str) -> Iterator[str]:
    """Texts to begin with: those that are kept, the worked examples, and the sentences of the unit tests."""
    import yaml

    from dualtrack.checks import check_kinds

    yield from corpus(name)
    kinds = check_kinds()
    yield from (each.text[:LONGEST] for each in (kinds[name].examples if name in kinds else ()))
    of = {"dosing": "dose_limits", "quantities": "numbers", "schedule": "dose_limits", "layout": "ranked_diagnosis"}
    path = CASES / f"{of.get(name, name)}_cases.yaml"
    if not path.is_file():
        path = CASES / "assertion_cases.yaml"
    yield from (text[:LONGEST] for text in _texts(yaml.safe_load(path.read_text(encoding="utf-8"))))


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str) and len(data) > 15:  # noqa: PLR2004 - shorter ones are labels
        yield data
    elif isinstance(data, list | dict):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _texts(each)


def _word_list(texts: list[str]) -> str:
    """The words of the seeds in the form that libFuzzer reads, to be put together anew."""
    words = sorted({word for text in texts for word in text.split() if len(word) < 30})  # noqa: PLR2004
    odd = ["\u200b", "\u202e", "\u0430", "\ufb01", "\u0661", "\ufdfa", "\u00bd", "\u2028", "\x00", "\u0130", "\n- ", "\n\n"]
    escaped = ["".join(f"\\x{byte:02x}" for byte in word.encode("utf-8", "surrogatepass")) for word in [*words, *odd]]
    return "".join(f'"{word}"\n' for word in escaped)


def fuzz(name: str, seconds: int, work: Path) -> None:
    """Fuzz one target for a while; ends the process."""
    import atheris  # an own environment has it; see the top

    with atheris.instrument_imports(include=["dualtrack.checks"]):
        target = targets()[name]
    given = sorted(set(seeds(name)))
    found = work / name
    found.mkdir(parents=True, exist_ok=True)
    for place, text in enumerate(given):
        (found / f"seed-{place:04}").write_bytes(text.encode("utf-8", "surrogateescape"))
    words = work / f"{name}.dict"
    words.write_text(_word_list(given), encoding="ascii")
    limits = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=3000"]
    quiet = ["-print_final_stats=1", "-len_control=20", f"-dict={words}", f"-artifact_prefix={work}/{name}-"]
    atheris.Setup([sys.argv[0], str(found), *limits, *quiet], lambda data: check_text(target, decoded(data)))
    atheris.Fuzz()


def main() -> int:
    """Fuzz what the command line names."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", help="name of a reader or check kind, or all")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "dualtrack-fuzz")
    chosen = parser.parse_args()
    if chosen.target != "all":
        fuzz(chosen.target, chosen.seconds, chosen.work)
        return 0
    failed = []
    for name in targets():
        command = [sys.executable, __file__, name, "--seconds", str(chosen.seconds), "--work", str(chosen.work)]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed) or 'none'}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
