"""Keeps known judgements in a folder, one file for each check.

Why it exists: the only place of the checks that writes files, and they never bear on a result: a file that is missing,
damaged or of another program is as good as none, and one that cannot be written is left. A file holds digests,
outcomes, places and ids of facts, and no text. May import the memory of the checks.

Layout: ``FOLDER/findings-PROGRAM/CHECK.json``, where PROGRAM is the digest of everything that judges (``program``), so
that no judgement outlives the code that gave it. The first line of a file is the SHA-256 of the rest. A file is
written beside its place and then renamed, so that two runs at once never mix; of two that add to one file at the same
time, one may lose its addition.
"""

import contextlib
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, requires, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from platform import python_version
from typing import Any

import orjson

from dualtrack.checks.memory import Answers

__all__ = ["FolderStore", "program"]

_FORM = "dualtrack.findings-cache/1"
_FOLDER = re.compile(r"findings-[0-9a-f]{16}")
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_PARTS = ("checks", "rubric/lexicon.py", "rubric/base.py", "terms.py")


class FolderStore:
    """A folder of known judgements.

    Args:
        folder: made with the first file that is written.
        made_by: digest of the program; that of this one by default.
    """

    def __init__(self, folder: Path, *, made_by: str | None = None) -> None:
        self._top = folder
        self._folder = folder / f"findings-{(made_by or program())[:16]}"

    def read(self, check: str) -> Answers:
        """The known answers of a check; empty when there are none that can be trusted.

        Args:
            check: digest of the check.
        """
        try:
            seal, _, content = (self._folder / f"{check}.json").read_bytes().partition(b"\n")
            if seal.decode("ascii", "replace") != hashlib.sha256(content).hexdigest():
                return {}
            held = orjson.loads(content)
        except (OSError, ValueError):
            return {}
        fits = isinstance(held, dict) and held.get("form") == _FORM and held.get("check") == check
        answers = held.get("answers") if fits else None
        return _one_by_one(answers) if isinstance(answers, dict) else {}

    def add(self, check: str, answers: Answers) -> None:
        """Keep answers beside those that are there; nothing happens where they cannot be written.

        Args:
            check: digest of the check.
            answers: by the digest of the case.
        """
        with contextlib.suppress(OSError):
            self._drop_outdated()
            self._folder.mkdir(parents=True, exist_ok=True)
            held = {"form": _FORM, "check": check, "answers": _grouped(self.read(check) | answers)}
            content = orjson.dumps(held)
            handle, beside = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".new")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(hashlib.sha256(content).hexdigest().encode("ascii") + b"\n" + content)
                Path(beside).replace(self._folder / f"{check}.json")
            except OSError:
                Path(beside).unlink(missing_ok=True)
                raise

    def _drop_outdated(self) -> None:
        """Remove what other programs have left, which nothing would read again."""
        for each in self._top.iterdir() if self._top.is_dir() else ():
            if each != self._folder and _FOLDER.fullmatch(each.name) and each.is_dir() and not each.is_symlink():
                shutil.rmtree(each, ignore_errors=True)


def _grouped(answers: Answers) -> dict[str, list[str]]:
    """Cases by their answer: most cases of a check have one of a few."""
    groups: dict[str, list[str]] = {}
    for case, answer in answers.items():
        groups.setdefault(answer, []).append(case)
    return groups


def _one_by_one(groups: dict[str, Any]) -> Answers:
    return {str(case): answer for answer, cases in groups.items() if isinstance(cases, list) for case in cases}


@cache
def program() -> str:
    """SHA-256 of everything that judges: our own modules and data, the libraries they stand on, and Python.

    Example:
        >>> len(program())
        64
    """
    digest = hashlib.sha256(f"{python_version()}\n".encode())
    for library in _libraries():
        digest.update(f"{library}\n".encode())
    for part in _PARTS:
        for name, content in _contents(files("dualtrack").joinpath(part), part):
            digest.update(f"{name} {hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


def _libraries() -> Iterator[str]:
    """Names and versions of the libraries that this project asks for, as far as they are installed."""
    with contextlib.suppress(PackageNotFoundError):
        for requirement in sorted(requires("dualtrack") or ()):
            name = _NAME.match(requirement)
            with contextlib.suppress(PackageNotFoundError):
                yield f"{requirement} {version(name.group()) if name else ''}"


def _contents(entry: Traversable, name: str) -> Iterator[tuple[str, bytes]]:
    """Names and contents of a file, or of all program files and data in a folder."""
    if entry.is_file():
        if name.endswith((".py", ".yaml")):
            yield name, entry.read_bytes()
    elif entry.is_dir():
        for each in sorted(entry.iterdir(), key=lambda each: each.name):
            yield from _contents(each, f"{name}/{each.name}")
