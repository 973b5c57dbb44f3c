"""Replays the texts that the fuzzer has found: each reaches code that no other does, or once broke something."""

import os
import subprocess
import sys

import pytest

from tests.fuzz import targets

NAMES = tuple(targets.targets())
BARE = ("", " ", "\n\n", "\u200b", "\u200b\n\u200b", "\ud800", "\x00", "|", "#", "- ", ".", "\u202e")


@pytest.mark.parametrize("name", NAMES)
def test_kept_texts_are_read_to_their_end(name):
    texts = list(targets.kept(name))
    assert texts, "a new target: fuzz it and keep what is found (fuzz_checks.py)"
    target = targets.targets()[name]
    for text in (*BARE, *texts):
        targets.check_text(target, text)


def test_the_corpus_is_small_and_has_no_files_of_nothing():
    files = list(targets.CORPUS.iterdir())
    assert sum(file.stat().st_size for file in files) <= 200_000
    assert {file.name for file in files} == {f"{name}.jsonl" for name in NAMES}


SAY = """
import hashlib
from tests.fuzz import targets
all_of_them = targets.targets()
said = [(name, target(text)) for name, target in sorted(all_of_them.items()) for text in targets.kept(name)]
print(hashlib.sha256(repr(said).encode("utf-8", "backslashreplace")).hexdigest())
"""


def test_another_process_says_the_same(checkout):
    """Sets of words have another order in every process; nothing that is said may depend on it."""
    digests = set()
    for seed in ("1", "2"):
        paths = os.pathsep.join([str(checkout), str(checkout / "src")])
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": paths}
        said = subprocess.run([sys.executable, "-c", SAY], env=environment, capture_output=True, text=True, check=True)
        digests.add(said.stdout)
    assert len(digests) == 1
