"""What each verb finds before it writes, made up and small; and the verb itself. A new verb is one entry in VERBS."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from dualtrack import score
from dualtrack.bundle_verb import bundle
from dualtrack.ledger.files import read_ledger, write_ledger
from dualtrack.ledger.record import run_record
from dualtrack.ledger.sealing import Amending
from dualtrack.ledger_verbs import amend, freeze
from dualtrack.panel.return_files import read_packs
from dualtrack.panel_calibration_verb import panel_calibrate, panel_calibration_pack
from dualtrack.panel_pack_verb import panel_pack
from dualtrack.panel_return_verb import panel_import
from dualtrack.panel_verbs import panel_plan
from dualtrack.power_verb import power
from dualtrack.record_verbs import Erasing, erase, merge_records
from dualtrack.verbs import copy_rubric, init, read_both, report, rubric_pages
from tests.sealed_worlds import answer, confirmations, edit, make_rubric, make_study
from tests.unit.panel import calibrations, handed_in
from tests.unit.panel.studies import write_study

SEALED, LATER, LAST = (datetime(2026, month, 1, 9, tzinfo=UTC) for month in (1, 2, 3))
RULING = (
    "disposition_id,kind,system_id,gate_id,item_id,sample,by,role,at,reason\n"
    "d1,waive_gate,alpha,harm_rate.rate,,,Dr C,safety officer,2026-02-03T10:00:00Z,seen by the board\n"
)


@dataclass(frozen=True)
class Verb:
    """A verb under fault.

    ``make`` fills a folder with what the verb finds, ``run`` runs it there, ``folders`` are written in this order, each
    of them at one moment; ``done`` are codes with which a second run says that nothing is left to do; ``last`` is a
    file that is written or removed after all else.
    """

    make: Callable[[Path], object]
    run: Callable[[Path], object]
    folders: tuple[str, ...]
    done: tuple[str, ...] = ()
    last: str | None = None
    least: int = 5


def quiet(_stage):
    """Tell nobody."""


def _frozen(root: Path) -> Path:
    study = make_study(root / "study", systems=("alpha",))
    freeze(study, by="Dr A", clock=SEALED, confirm=confirmations(study))
    return study


def _answered(root: Path) -> Path:
    study = answer(_frozen(root), systems=("alpha",))
    shutil.rmtree(root / "confirmations.csv", ignore_errors=True)
    return study


def _looked(root: Path) -> None:
    _answered(root)
    _look(root)


def _look(root: Path) -> None:
    """What scoring writes into a study, without the numbers."""
    study = root / "study"
    rubric, given = read_both(study, quiet)
    record = run_record(read_ledger(study), rubric, given.file, given.tables, at="2026-02-01T09:00:00+00:00")
    if record.is_new_look:
        write_ledger(record.ledger, study)


@cache
def _results(bad: int):
    """Results of a small study, once."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415 -- here alone

    with TemporaryDirectory() as folder:
        study = answer(make_study(Path(folder) / "s", systems=("alpha",)), systems=("alpha",), bad={("alpha", bad)})
        return score(study)


@cache
def _power():
    from tempfile import TemporaryDirectory  # noqa: PLC0415 -- here alone

    with TemporaryDirectory() as folder:
        return power(make_study(Path(folder) / "s", systems=("alpha",), n_items=20))


def _changed(root: Path) -> None:
    _frozen(root)
    edit(root / "study" / "small" / "metrics" / "effectiveness" / "accuracy.yaml", "limit: 0.6", "limit: 0.5")
    confirmations(root / "study", accuracy__enough=0.5)


def _amend(root: Path) -> None:
    why = Amending("the committee asked for it", "minor")
    amend(root / "study", why, by="Dr B", clock=LATER, confirm=root / "confirmations.csv")


def _freeze(root: Path) -> None:
    freeze(root / "study", by="Dr A", clock=SEALED, confirm=root / "confirmations.csv")


def _to_be_frozen(root: Path) -> None:
    confirmations(make_study(root / "study", systems=("alpha",)))


def _erase(root: Path, file: str, **more) -> None:
    erase(root / "study", Erasing(file, "asked for", **more), by="Dr C", clock=LAST)


def _sourced(root: Path) -> None:
    (_answered(root) / "SOURCE.txt").write_text("from a person", encoding="utf-8")


def _to_be_ruled(root: Path) -> None:
    answer(make_study(root / "study", systems=("alpha",)), systems=("alpha",))
    (root / "rulings.csv").write_text(RULING, encoding="utf-8")


def _panel(root: Path) -> Path:
    study = write_study(root / "study", items=3)
    panel_plan(study)
    return study


def _handed_in(root: Path) -> None:
    panel_pack(_panel(root), root / "packs", root / "key")
    (root / "back").mkdir()
    for pack in read_packs(root / "packs"):
        file = handed_in.form(pack, handed_in.given(pack), name=f"{pack.pack_id}.json")
        (root / "back" / file.name).write_bytes(file.content)


def _import(root: Path) -> None:
    places = {"packs": root / "packs", "key": root / "key", "out": root / "in"}
    panel_import(root / "study", [root / "back"], by="A. Person", clock=LATER, **places)


def _calibrated(root: Path) -> None:
    study = calibrations.write_calibrated(root / "study")
    panel_plan(study)
    panel_calibration_pack(study, root / "packs", root / "agreed", clock=SEALED)
    for pack in read_packs(root / "agreed"):
        calibrations.hand_in(root / "back", pack, calibrations.right(pack))


def _calibrate(root: Path) -> None:
    panel_calibrate(root / "study", [root / "back"], packs=root / "agreed", clock=LATER)


def _to_be_bundled(root: Path) -> None:
    answer(make_study(root / "study", systems=("alpha",)), systems=("alpha",), bad={("alpha", 3)})
    _results(3).save(root / "run", pages=True)
    (root / "bundles").mkdir()


VERBS = {
    "bundle": Verb(
        _to_be_bundled,
        lambda root: bundle(root / "run", root / "bundles" / "run.zip", study=root / "study"),
        ("bundles",),
        least=2,
    ),
    "score": Verb(
        lambda root: _results(3).save(root / "out", pages=True),
        lambda root: _results(7).save(root / "out", pages=True),
        ("out",),
    ),
    "score, the look": Verb(_answered, _look, ("study",)),
    "report": Verb(lambda root: _results(3).save(root / "out"), lambda root: report(root / "out"), ("out",)),
    "panel import": Verb(_handed_in, _import, ("key", "in")),
    "panel calibrate": Verb(_calibrated, _calibrate, ("study/training",), last="readiness.csv"),
    "freeze": Verb(_to_be_frozen, _freeze, ("study",), ("LED001",)),
    "amend": Verb(_changed, _amend, ("study",), ("LED005",)),
    "erase cells": Verb(
        _looked,
        lambda root: _erase(root, "responses.jsonl", column="text", where={"item_id": "q001"}),
        ("study",),
        ("LED017",),
    ),
    "erase a file": Verb(_sourced, lambda root: _erase(root, "SOURCE.txt"), ("study",), ("LED017",), "SOURCE.txt"),
    "dispositions merge": Verb(
        _to_be_ruled, lambda root: merge_records(root / "rulings.csv", root / "study"), ("study",)
    ),
    "rubric pages": Verb(
        lambda root: make_rubric(root / "small"), lambda root: rubric_pages(root / "small", root / "out"), ("out",)
    ),
    "rubric copy": Verb(
        lambda root: make_rubric(root / "small"),
        lambda root: copy_rubric(str(root / "small"), root / "ours"),
        ("ours",),
        ("OUT011",),
    ),
    "init": Verb(lambda _root: None, lambda root: init(root / "new"), ("new",), ("OUT010",)),
    "power --out": Verb(lambda _root: None, lambda root: _power().save(root / "out"), ("out",)),
}
