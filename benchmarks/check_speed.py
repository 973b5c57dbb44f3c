"""Time of the checks that read language, beside the bare matching engines that they stand on.

Run: python benchmarks/check_speed.py [--responses 12000] [--terms 5000]

Builds synthetic responses of about 2,000 characters from a seed, of which a few in a hundred mention something that
the rules look for. Measures, on one core: the bare engines on the words of 40 rules (ahocorasick-rs, pyahocorasick and
google-re2 as one set, Python `re` rule by rule) and on 5,000 terms; this project's matcher on the same, with whole
words, plurals and white space; the 40 rules as checks, half forbidden_action and half required_elements, folding and
judgements included; and the same as a run with its table of findings: without a cache, with an empty one that is
written, with a full one, and with a full one after one of the rules has changed. Prints seconds and the ratio to the
fastest bare engine. Engines that are not installed are left out.
"""

import argparse
import platform
import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pandas as pd

from dualtrack.checks import BoundCheck, CheckInput, Judgement, bind, check_kind, judge_all, run_checks
from dualtrack.checks.folding import Folded
from dualtrack.checks.matching import Matcher
from dualtrack.checks.memory import Memory, check_digest
from dualtrack.checks.stored import FolderStore
from dualtrack.terms import Outcome

RULES = 40
LEAST_LENGTH, SHARE_NAMED = 1900, 0.04  # characters; of sentences
VERBS = ("take", "avoid", "stop", "ask about", "never combine", "consider", "you can use", "do not take")
PLAIN = (
    "rest and drink enough water during the day", "the pain usually settles within a week", "keep a note of it",
    "most people feel better after some days", "a warm bath may ease the stiffness", "sleep is worth protecting",
)  # fmt: skip


def engine(name: str) -> ModuleType | None:
    """An optional library, or None."""
    try:
        return import_module(name)
    except ImportError:
        return None


def made_up(generator: random.Random, n: int) -> list[str]:
    """Different words that look like names of medicines."""
    words: dict[str, None] = {}
    while len(words) < n:
        syllables = "".join(generator.choice("bcdfglmnprstvz") + generator.choice("aeiou") for _ in range(3))
        words[syllables + generator.choice(("pril", "statin", "mab", "zole", "cillin", "pam", "lol", "xaban"))] = None
    return list(words)


def responses(generator: random.Random, names: Sequence[str], n: int) -> list[str]:
    """Texts of about 2,000 characters; one sentence in 25 names something."""
    texts = []
    for _ in range(n):
        parts: list[str] = []
        while sum(map(len, parts)) < LEAST_LENGTH:
            if generator.random() < SHARE_NAMED:
                parts.append(f"{generator.choice(VERBS)} {generator.choice(names)}".capitalize() + ". ")
            else:
                parts.append(generator.choice(PLAIN).capitalize() + ". ")
        texts.append("".join(parts))
    return texts


def timed(work: Callable[[], int], runs: int = 3) -> tuple[float, int]:
    """Least processor seconds of a few runs, and what the work returned."""
    least, found = float("inf"), 0
    for _ in range(runs):
        start = time.process_time()
        found = work()
        least = min(least, time.process_time() - start)
    return least, found


def bare(terms: Sequence[str], texts: Sequence[str]) -> dict[str, tuple[float, int]]:
    """Seconds and hits of the bare engines on lower-case texts."""
    measured = {}
    if (rust := engine("ahocorasick_rs")) is not None:
        automaton = rust.AhoCorasick(terms)
        measured["ahocorasick-rs"] = timed(lambda: sum(len(automaton.find_matches_as_indexes(text)) for text in texts))
    if (c := engine("ahocorasick")) is not None:
        trie = c.Automaton()
        for term in terms:
            trie.add_word(term, term)
        trie.make_automaton()
        measured["pyahocorasick"] = timed(lambda: sum(1 for text in texts for _ in trie.iter(text)))
    if (re2 := engine("re2")) is not None:
        options = re2.Options()
        options.max_mem = 1 << 30
        searched = re2.Set.SearchSet(options)
        for term in terms:
            searched.Add(rf"\b{term}\b")
        searched.Compile()
        measured["google-re2 Set, no places"] = timed(lambda: sum(len(searched.Match(text) or ()) for text in texts))
    return measured


def one_by_one(rules: Sequence[Sequence[str]], texts: Sequence[str]) -> tuple[float, int]:
    """Python `re`, each rule an expression of its own, as a user would write it."""
    patterns = [re.compile(rf"\b(?:{'|'.join(rule)})\b") for rule in rules]
    return timed(lambda: sum(1 for text in texts for each in patterns if each.search(text)), runs=1)


def ours(terms: Sequence[str], texts: Sequence[str]) -> tuple[float, int]:
    """This project's matcher: whole words, plurals, white space, the longest of overlapping terms."""
    matcher = Matcher(terms)
    folded = [Folded(text, len(text), None) for text in texts]
    return timed(lambda: sum(len(matcher.find(text)) for text in folded))


def engine_alone(texts: Sequence[str]) -> tuple[float, int]:
    """As many judgements of a kind that does nothing: what the engine around the checks costs."""
    passed = Judgement(Outcome.passed, value=0.0)
    kind = replace(check_kind("required_elements"), judge=lambda _given, _params: passed)
    check, facts = bind("m.nothing", kind), {"elements": [{"id": "e", "text": "x"}]}

    def work() -> int:
        for text in texts:
            for _ in range(RULES):
                judge_all(check, CheckInput(text, language="en", reference=facts))
        return 0

    return timed(work, runs=1)


def checks(rules: Sequence[Sequence[str]], texts: Sequence[str]) -> tuple[float, int]:
    """The rules as checks, one of two a forbidden action, the other a required element."""
    pairs = []
    for place, (first, *others) in enumerate(rules):
        if place % 2:
            reference = {"elements": [{"id": "e", "text": first, "any_of": [first, *others]}]}
            pairs.append((bind(f"m.{place}", "required_elements"), reference))
        else:
            reference = {"avoid": [{"id": "a", "what": first, "any_of": others, "basis": "condition"}]}
            pairs.append((bind(f"m.{place}", "forbidden_action"), reference))

    def work(texts: Sequence[str]) -> int:
        n = 0
        for text in texts:
            for check, facts in pairs:
                n += len(judge_all(check, CheckInput(text, language="en", reference=facts))[0].spans)
        return n

    work(texts[:20])  # the triggers are read once per process
    return timed(lambda: work(texts), runs=1)


def ruled(rules: Sequence[Sequence[str]], gap: int) -> tuple[list[BoundCheck], pd.DataFrame]:
    """The rules as checks on one item that states all of their facts; ``gap`` is a parameter of the last one."""
    reference: dict[str, list[dict[str, object]]] = {"elements": [], "avoid": []}
    bound = []
    for place, (first, *others) in enumerate(rules):
        kind, key = (("forbidden_action", "avoid"), ("required_elements", "elements"))[place % 2]
        names = {"what": first, "any_of": others} if key == "avoid" else {"text": first, "any_of": [first, *others]}
        reference[key].append({"id": f"f{place}", "basis": "condition", **names})
        params = {"gap": gap} if place == len(rules) - 1 else {}
        bound.append(bind(f"m.{place}", kind, params, select={key: {"id": f"f{place}"}}))
    return bound, pd.DataFrame({"item_id": ["q"], "language": ["en"], "reference": [reference]})


def a_run(rules: Sequence[Sequence[str]], texts: Sequence[str], folder: Path | None, *, gap: int = 3) -> int:
    """Findings of all rules on all texts, with what is known in a folder read before and added to afterwards."""
    bound, items = ruled(rules, gap)
    asked = {"system_id": "a", "item_id": "q", "sample": range(1, len(texts) + 1), "status": "answered", "text": texts}
    responses = pd.DataFrame(asked)
    if folder is None:
        return len(run_checks(bound, responses, items))
    store = FolderStore(folder)
    names = {check.probe_id: check_digest(check) or "" for check in bound}
    memory = Memory({name: store.read(name) for name in names.values()}, names)
    found = run_checks(bound, responses, items, memory=memory)
    for name, answers in memory.fresh.items():
        store.add(name, answers)
    return len(found)


def runs(rules: Sequence[Sequence[str]], texts: Sequence[str]) -> dict[str, tuple[float, int]]:
    """Whole runs, without a cache and with one."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        return {
            "a run, with its table of findings": timed(lambda: a_run(rules, texts, None), runs=1),
            "the same, and an empty cache is filled": timed(lambda: a_run(rules, texts, folder), runs=1),
            "a second run with the cache": timed(lambda: a_run(rules, texts, folder), runs=1),
            "a second run after one rule of 40 has changed": timed(lambda: a_run(rules, texts, folder, gap=5), runs=1),
        }


def show(title: str, rows: dict[str, tuple[float, int]], base: float) -> None:
    """Print one block of figures."""
    print(f"\n{title:<58}{'seconds':>9}{'ratio':>8}{'found':>9}")
    for name, (seconds, found) in rows.items():
        print(f"  {name:<56}{seconds:>9.3f}{seconds / base:>8.1f}{found:>9}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--responses", type=int, default=12_000)
    parser.add_argument("--terms", type=int, default=5_000)
    chosen = parser.parse_args()
    generator = random.Random(20250101)  # noqa: S311 - synthetic text
    names = made_up(generator, chosen.terms)
    texts = responses(generator, names, chosen.responses)
    lower = [text.lower() for text in texts]
    rules = [names[3 * place : 3 * place + 3] for place in range(RULES)]
    of_rules = [name for rule in rules for name in rule]
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("dualtrack", "ahocorasick-rs", "snowballstemmer", "pandas")
    )
    print(f"{len(texts):,} synthetic responses of {sum(map(len, texts)) // len(texts):,} characters")
    print(f"Python {platform.python_version()}, {libraries}")
    for title, terms in ((f"{RULES} rules, {len(of_rules)} words", of_rules), (f"{len(names):,} terms", names)):
        rows = bare(terms, lower)
        base = min(seconds for seconds, _ in rows.values())
        if terms is of_rules:
            rows["python re, rule by rule"] = one_by_one(rules, lower)
        rows["the matcher of the checks"] = ours(terms, texts)
        if terms is of_rules:
            rows["the engine around as many checks that do nothing"] = engine_alone(texts)
            rows["the rules as checks, folding and judgements included"] = checks(rules, texts)
            rows |= runs(rules, texts)
        show(title, rows, base)


if __name__ == "__main__":
    main()
