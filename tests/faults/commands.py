"""Verbs as they are called on the command line, with what each of them finds: made up and small.

``COMMANDS`` are killed; ``EVERY`` has all verbs, to which the system refuses something.
"""

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from dualtrack.cli import main
from dualtrack.errors import DualtrackError, Problem
from dualtrack.panel_verbs import panel_plan
from tests.faults import worlds
from tests.sealed_worlds import answer, confirmations, make_rubric, make_study
from tests.unit.panel.studies import write_study

ENDS = (0, 3)
"""Done; done, and a gate is not met."""
CLOCK = ("--clock", "2026-02-03T09:00:00Z")
BY = ("--by", "Dr A")
DISPUTE = (
    "dispute_id,item_id,ground,claim,raised_by,raised_for,raised_at\n"
    "c1,q001,reference_outdated,reissued,V. One,vendor,2026-02-02T00:00:00Z\n"
)


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


def _two_runs(root: Path) -> None:
    for name, bad in (("older", 3), ("newer", 7)):
        worlds._results(bad).save(root / name)


def _verifiable(root: Path) -> None:
    answer(make_study(root / "study", systems=("alpha",)), systems=("alpha",), bad={("alpha", 3)})
    _earlier(root)


def _disputed(root: Path) -> None:
    rule = {"rule": "Upheld where the reference is out of date.", "decided_by": "a pharmacist who sees no answer"}
    answer(make_study(root / "study", systems=("alpha",), disputes=rule), systems=("alpha",))
    (root / "more.csv").write_text(DISPUTE, encoding="utf-8")


def _to_be_packed(root: Path) -> None:
    """Two packs of one question."""
    panel_plan(write_study(root / "study", items=1, raters=2))


def _rubric(root: Path) -> None:
    make_rubric(root / "small")


def _empty(_root: Path) -> None:
    """Nothing is needed."""


WITHOUT_SEAL = command(_to_be_scored, "score ROOT/study --out ROOT/out", ("out",), results="out")
"""Scoring a study that was never sealed: nothing is written into the study."""

EVERY = COMMANDS | {
    "validate": command(_verifiable, "validate ROOT/study", ()),
    "init": command(_empty, "init ROOT/new", ("new",)),
    "explain": command(_empty, "explain OUT003", ()),
    "selftest": command(_empty, "selftest --record ROOT/record", ("record",)),
    "power": command(
        lambda root: make_study(root / "study", systems=("alpha",)), "power ROOT/study --out ROOT/out", ("out",)
    ),
    "compare": command(_two_runs, "compare ROOT/older ROOT/newer --out ROOT/out", ("out",)),
    "rubric lint": command(_rubric, "rubric lint ROOT/small", ()),
    "rubric diff": command(_rubric, "rubric diff ROOT/small ROOT/small", ()),
    "rubric digest": command(_rubric, "rubric digest ROOT/small", ()),
    "rubric copy": command(_rubric, "rubric copy ROOT/small ROOT/ours", ("ours",)),
    "rubric docs": command(_rubric, "rubric docs ROOT/small --out ROOT/out", ("out",)),
    "rubric test": command(_rubric, "rubric test ROOT/small", ()),
    "rubric schema": command(_empty, "rubric schema --out ROOT/out", ("out",)),
    "panel plan": command(lambda root: write_study(root / "study", items=3), "panel plan ROOT/study", ("study",)),
    "panel pack": command(_to_be_packed, "panel pack ROOT/study --out ROOT/packs --key ROOT/key", ("key", "packs")),
    "panel status": command(worlds._handed_in, "panel status ROOT/back --packs ROOT/packs", ()),
    "panel calibrate": command(
        worlds._calibrated,
        ("panel", "calibrate", "ROOT/study", "ROOT/back", "--packs", "ROOT/agreed", *CLOCK),
        ("study/training",),
    ),
    "amend": command(
        worlds._changed,
        ("amend", "ROOT/study", *BY, "--why", "asked for", "--minor", "--confirm", "ROOT/confirmations.csv", *CLOCK),
        ("study",),
    ),
    "history": command(worlds._frozen, "history ROOT/study", ()),
    "verify": command(_verifiable, "verify ROOT/out --study ROOT/study", ()),
    "erase": command(
        worlds._sourced, ("erase", "ROOT/study", "--file", "SOURCE.txt", *BY, "--why", "asked for", *CLOCK), ("study",)
    ),
    "disputes merge": command(_disputed, "disputes merge ROOT/more.csv ROOT/study", ("study",)),
    "dispositions merge": command(worlds._to_be_ruled, "dispositions merge ROOT/rulings.csv ROOT/study", ("study",)),
}
"""Every verb but ``demo``, which is ``score`` of the example that ships."""
