"""Verbs as they are called on the command line, with what each of them finds: made up and small.

``COMMANDS`` write, and are killed; ``READERS`` and ``MORE`` are the other verbs, for what the system refuses.
"""

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from dualtrack.cli import main
from dualtrack.errors import DualtrackError, Problem
from tests.faults import worlds
from tests.sealed_worlds import answer, confirmations, make_study

ENDS = (0, 3)
"""Done; done, and a gate is not met."""
CLOCK = ("--clock", "2026-02-03T09:00:00Z")
BY = ("--by", "Dr A")


@dataclass(frozen=True, kw_only=True)
class Command(worlds.Verb):
    """A verb with the words that call it: ROOT stands for the folder of the world."""

    words: tuple[str, ...]
    results: str | None = None

    def argv(self, root):
        return [word.replace("ROOT", str(root)) for word in self.words]


def called(argv):
    """Call the command line in this process: its exit code, and what it said on stderr."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(argv)
    return code, err.getvalue()


def command(make, words, folders, **more):
    """A command that runs in this process as well; a refusal is raised with its code."""
    words = tuple(words.split()) if isinstance(words, str) else words

    def run(root):
        code, said = called([word.replace("ROOT", str(root)) for word in words])
        if code not in ENDS:
            raise DualtrackError(Problem(said[:6], said))

    return Command(make, run, folders, words=words, **more)


def _earlier(root: Path) -> None:
    """Results of the study as it was earlier."""
    worlds._results(3).save(root / "out", pages=True)


def _to_be_scored(root: Path) -> None:
    answer(make_study(root / "study", systems=("alpha",)), systems=("alpha",), bad={("alpha", 7)})
    _earlier(root)


def _to_be_looked_at(root: Path) -> None:
    worlds._answered(root)
    _earlier(root)


def _to_be_sealed(root: Path) -> None:
    _to_be_scored(root)
    confirmations(root / "study")


def _partly_in(root: Path) -> None:
    """One return is in; the others have come back since."""
    worlds._handed_in(root)
    (root / "later").mkdir()
    for later in sorted((root / "back").iterdir())[1:]:
        later.rename(root / "later" / later.name)
    worlds._import(root)
    for later in (root / "later").iterdir():
        later.rename(root / "back" / later.name)
    (root / "later").rmdir()


def _bundled(root: Path) -> None:
    """A bundle of that name is there: the same run without texts."""
    worlds._to_be_bundled(root)
    worlds.bundle(root / "run", root / "bundles" / "run.zip", study=root / "study", texts=False)


COMMANDS = {
    "score": command(
        _to_be_looked_at,
        ("score", "ROOT/study", "--out", "ROOT/out", *BY, *CLOCK),
        ("study", "out"),
        results="out",
    ),
    "report": command(
        lambda root: worlds._results(3).save(root / "out"), "report ROOT/out", ("out",), results="out"
    ),
    "panel import": command(
        _partly_in,
        ("panel", "import", "ROOT/study", "ROOT/back", "--packs", "ROOT/packs", "--key", "ROOT/key", "--out", "ROOT/in",
         *BY, *CLOCK),
        ("key", "in"),
    ),
    "freeze": command(
        _to_be_sealed,
        ("freeze", "ROOT/study", *BY, "--confirm", "ROOT/confirmations.csv", *CLOCK),
        ("study",),
        done=("LED001",),
        results="out",
    ),
    "bundle": command(
        _bundled, "bundle ROOT/run --study ROOT/study --out ROOT/bundles/run.zip", ("bundles",), results="run"
    ),
}  # fmt: skip
