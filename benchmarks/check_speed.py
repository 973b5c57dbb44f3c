"""Time of the checks that read language, beside the bare matching engines that they stand on.

Run: python benchmarks/check_speed.py [--responses 12000] [--terms 5000]

Builds three sets of synthetic responses of about 2,000 characters from a seed: silent ones, in which no rule has
anything to look at; poor ones, of which one in twenty names something that a rule looks for; and rich ones, of which
four in five do. Measures, on one core, in processor seconds and as ratios to the fastest bare engine of the block:

- the bare engines on the words of 40 rules and on 5,000 terms (ahocorasick-rs, pyahocorasick and google-re2 as one
  set, Python `re` rule by rule), and this project's matcher on the same, with whole words, plurals and white space;
- whole runs of the 40 rules as checks, half forbidden_action and half required_elements, from the tables of responses
  and items to the table of findings, with the time of their parts; and such a run in which every check is asked about
  every text, as it was before texts were scanned for cues;
- runs with a cache: an empty one that is filled, a full one, and a full one after one of the 40 rules has changed,
  with the number of judgements that were asked for anew.

Engines that are not installed are left out.
"""

import argparse
import platform
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

import pandas as pd

from dualtrack.checks import BoundCheck, CheckInput, bind, judge_all, run_checks
from dualtrack.checks.folding import Folded
from dualtrack.checks.matching import Matcher
from dualtrack.checks.memory import Memory, check_digest
from dualtrack.checks.scan import Scan, silence
from dualtrack.checks.stored import FolderStore
from dualtrack.checks.tables import refuse_unusable, responses_of

Rows = dict[str, tuple[float, int]]
"""What was measured -> seconds, and what was found, made or asked for."""

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


def bare(terms: Sequence[str], texts: Sequence[str]) -> Rows:
    """Seconds and hits of the bare engines on lower-case texts."""
    measured: Rows = {}
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


def table_of(texts: Sequence[str]) -> pd.DataFrame:
    """The texts as responses to one item."""
    told = {"system_id": "a", "item_id": "q", "sample": range(1, len(texts) + 1), "status": "answered", "text": texts}
    return pd.DataFrame(told)


def parts(bound: Sequence[BoundCheck], items: pd.DataFrame, told: pd.DataFrame) -> Rows:
    """Seconds of a whole run and of its parts; beside them rows, or judgements that were asked for."""

    def read() -> int:
        refuse_unusable(bound, told, items)
        return len(sorted(responses_of(told), key=lambda each: each[:3]))

    about = CheckInput("", "en", reference=items["reference"][0])
    scan = Scan([each and each.cues for each in (silence(check, about) for check in bound)], n_texts=len(told))
    texts = told["text"].tolist()
    pairs = [(text, place) for text in texts for place in sorted(scan.woken(text))]

    def look_closer() -> int:
        for text, place in pairs:
            judge_all(bound[place], replace(about, text=text))
        return len(pairs)

    n_runs = 1 if len(pairs) > len(texts) else 5
    whole = timed(lambda: len(run_checks(bound, told, items)), runs=n_runs)
    measured = {
        "  reading and checking the tables": timed(read, runs=5),
        "  the scan: folding, and all cues in one pass": timed(lambda: sum(map(len, map(scan.woken, texts))), runs=5),
        "  the closer look at what has a cue": timed(look_closer, runs=n_runs),
    }
    rest = whole[0] - sum(seconds for seconds, _ in measured.values())
    return {
        "whole run, with its table of findings": whole,
        **measured,
        "  the rest: the table of findings, and the loop": (rest, whole[1]),
    }


def unscanned(bound: Sequence[BoundCheck], items: pd.DataFrame, told: pd.DataFrame) -> tuple[float, int]:
    """The same run with every check asked about every text."""
    asked = [replace(check, kind=replace(check.kind, cues=None)) for check in bound]
    return timed(lambda: len(run_checks(asked, told, items)), runs=1)


def kept(rules: Sequence[Sequence[str]], told: pd.DataFrame, folder: Path, *, gap: int = 3) -> tuple[float, int]:
    """A run with what is known in a folder read before and added to afterwards; the judgements asked for anew."""
    bound, items = ruled(rules, gap)

    def work() -> int:
        store = FolderStore(folder)
        names = {check.probe_id: check_digest(check) or "" for check in bound}
        memory = Memory({name: store.read(name) for name in names.values()}, names)
        run_checks(bound, told, items, memory=memory)
        for name, answers in memory.fresh.items():
            store.add(name, answers)
        return sum(map(len, memory.fresh.values()))

    return timed(work, runs=1)


def cached(rules: Sequence[Sequence[str]], told: pd.DataFrame) -> Rows:
    """Runs with a cache, one after the other."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        return {
            "an empty cache is filled": kept(rules, told, folder),
            "a second run with the cache": kept(rules, told, folder),
            "a second run after one rule of 40 has changed": kept(rules, told, folder, gap=5),
        }


def show(title: str, rows: Rows, base: float) -> None:
    """Print one block of figures."""
    print(f"\n{title:<58}{'seconds':>9}{'ratio':>8}{'found':>9}")
    for name, (seconds, found) in rows.items():
        print(f"  {name:<56}{seconds:>9.3f}{seconds / base:>8.1f}{found:>9}")


def engines(names: Sequence[str], of_rules: Sequence[str], texts: Sequence[str]) -> None:
    """Print the blocks of the bare engines and of the matcher."""
    lower = [text.lower() for text in texts]
    for title, terms in ((f"{RULES} rules, {len(of_rules)} words", of_rules), (f"{len(names):,} terms", names)):
        rows = bare(terms, lower)
        base = min(seconds for seconds, _ in rows.values())
        rows["the matcher of the checks"] = ours(terms, texts)
        if terms is of_rules:
            rows["python re, rule by rule"] = one_by_one(in_rules(of_rules), lower)
        show(title, rows, base)


def whole(of_rules: Sequence[str], corpora: Mapping[str, Sequence[str]]) -> None:
    """Print the blocks of whole runs."""
    rules = in_rules(of_rules)
    bound, items = ruled(rules, 3)
    run_checks(bound, table_of(corpora["poor"][:20]), items)  # data beside the checks is read once per process
    for name, texts in corpora.items():
        found = bare(of_rules, [text.lower() for text in texts])
        best = min(found, key=lambda each: found[each][0])
        told = table_of(texts)
        rows: Rows = {f"the best bare engine: {best}": found[best], **parts(bound, items, told)}
        if name == "poor":
            rows["every check asked about every text"] = unscanned(bound, items, told)
        show(f"{RULES} rules as checks, {name} in hits", rows, found[best][0])
        if name == "rich":
            show(f"the same with a cache, {name} in hits", cached(rules, told), found[best][0])


def in_rules(words: Sequence[str]) -> list[Sequence[str]]:
    """Words in groups of three."""
    return [words[3 * place : 3 * place + 3] for place in range(len(words) // 3)]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--responses", type=int, default=12_000)
    parser.add_argument("--terms", type=int, default=5_000)
    chosen = parser.parse_args()
    generator = random.Random(20250101)  # noqa: S311 - synthetic text
    names = made_up(generator, chosen.terms)
    of_rules = names[: 3 * RULES]
    corpora = {
        "poor": responses(generator, names, chosen.responses),
        "silent": responses(generator, made_up(generator, 50), chosen.responses),
        "rich": responses(generator, of_rules, chosen.responses),
    }
    for name, texts in corpora.items():
        print(f"{name}: {len(texts):,} synthetic responses of {sum(map(len, texts)) // len(texts):,} characters")
    print(f"Python {platform.python_version()}, {', '.join(versions())}")
    engines(names, of_rules, corpora["poor"])
    whole(of_rules, corpora)


def versions() -> Iterator[str]:
    """Names and versions of the libraries that are there."""
    for name in ("dualtrack", "ahocorasick-rs", "pyahocorasick", "google-re2", "snowballstemmer", "pandas", "numpy"):
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"


if __name__ == "__main__":
    main()
