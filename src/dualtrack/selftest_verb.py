"""The verb that tries an installation: reference values, laws on a small study, and facts, as a record to be signed.

May import the verbs and everything below them. Times are arguments; nothing of a user's is read.
"""

import base64
import csv
import hashlib
import json
import platform
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import yaml

from dualtrack._shipped import shipped_root
from dualtrack.audit.selftest import Installation, Outcome, Selftest, reference_outcomes
from dualtrack.outcome import Results
from dualtrack.report.selftest import selftest_page
from dualtrack.report.write import write_files
from dualtrack.scored import version_of
from dualtrack.terms import Fill, State
from dualtrack.verbs import Progress, init, score

__all__ = ["PAGE", "PLAIN", "record", "selftest"]

PAGE, PLAIN = "selftest.html", "selftest.json"
_LAWS = {
    "same inputs, same bytes": "scored twice, every file of the results has the same bytes",
    "order does not matter": "with the rows of answers and ratings turned round, every table is the same",
    "absence never helps": (
        "with ratings taken away one rater at a time, no worst-case bound of a track rises and no gate becomes met"
    ),
}


def selftest(*, clock: str | None = None, progress: Progress = lambda _stage: None) -> Selftest:
    """Try this installation.

    Args:
        clock: when, as it shall be printed.
        progress: told the name of each stage.

    Returns:
        What was tried and what came out.
    """
    progress("reference values")
    outcomes = list(reference_outcomes(_reference_cases()))
    progress("laws")
    outcomes += _laws()
    progress("installation")
    defects = yaml.safe_load(files("dualtrack.audit").joinpath("known_defects.yaml").read_text(encoding="utf-8"))
    return Selftest(tuple(outcomes), _installation(), tuple(defects), clock)


def record(found: Selftest, folder: str | Path) -> tuple[Path, ...]:
    """Write the record of a self-test for a quality system: one page with room for signatures, and the same as JSON.

    Args:
        found: the self-test.
        folder: where the two files go; what else lies there stays.

    Raises:
        OutputError: OUT001 the folder is a file, OUT003 it cannot be written.
    """
    plain = json.dumps(found.plain(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return write_files({PAGE: selftest_page(found.plain(), file=PAGE), PLAIN: plain}, Path(folder))


def _reference_cases() -> list[dict[str, Any]]:
    paths = sorted(shipped_root("reference").glob("*.yaml"))
    return [case for path in paths for case in yaml.safe_load(path.read_text(encoding="utf-8"))]


# ---------------------------------------------------------------- laws


def _laws() -> Iterator[Outcome]:
    """Laws on the small made-up study that `dualtrack init` writes."""
    with TemporaryDirectory() as beside:
        root = Path(beside)
        study = root / "study"
        init(study)
        first = score(study)
        tried = (_repeated(first, score(study), root), _turned(study, root, first), _thinned(study, root, first))
        for (name, says), found in zip(_LAWS.items(), tried, strict=True):
            yield Outcome("law", name, says, holds=not found, found=found)


def _repeated(first: Results, second: Results, root: Path) -> str:
    written = [_bytes(results.save(root / name)) for name, results in (("first", first), ("second", second))]
    differing = sorted(
        name for name in written[0].keys() | written[1].keys() if written[0].get(name) != written[1].get(name)
    )
    return f"other bytes: {', '.join(differing)}" if differing else ""


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _turned(study: Path, root: Path, first: Results) -> str:
    """Which tables change when the rows of every table of the study stand in reverse order."""
    turned = _copy(study, root / "turned")
    for path in sorted(turned.glob("*.csv")):
        header, *rows = _rows(path)
        _write(path, [header, *reversed(rows)])
    again = score(turned)
    return ", ".join(name for name in first.tables if not first.tables[name].equals(again.tables[name]))


def _thinned(study: Path, root: Path, first: Results) -> str:
    """What rises when the ratings of one rater after the other are taken away."""
    header, *rows = _rows(study / "ratings.csv")
    place = header.index("rater_id")
    raters = sorted({row[place] for row in rows})
    before = first
    for n_gone in range(1, len(raters)):
        thinned = _copy(study, root / f"thinned{n_gone}")
        _write(thinned / "ratings.csv", [header, *(row for row in rows if row[place] not in raters[:n_gone])])
        after = score(thinned)
        rises = _rising(before, after)
        if rises:
            return f"{n_gone} raters taken away: {rises}"
        before = after
    return ""


def _rising(before: Results, after: Results) -> str:
    """Worst-case bounds of tracks that rose, and gates that became met."""
    bounds = [_worst(results) for results in (before, after)]
    risen = [
        " ".join(key) for key in bounds[0].index if key in bounds[1].index and bounds[1][key] > bounds[0][key] + 1e-12
    ]
    met = [set(_met(results)) for results in (before, after)]
    return ", ".join([*risen, *sorted(met[1] - met[0])])


def _worst(results: Results) -> pd.Series:
    rows = results.estimates
    chosen = rows[(rows["subject"] == "track") & (rows["show"] == "score") & (rows["missing"] == Fill.worst.value)]
    key = ["subject_id", "system_id", "stratum", "stratum_level"]
    return chosen.set_index([chosen[name].astype("str") for name in key])["value"].dropna()


def _met(results: Results) -> Iterator[str]:
    for row in results.gates.to_dict("records"):
        if row["state"] == State.met.value:
            yield f"{row['system_id']} {row['gate_id']}"


def _copy(study: Path, target: Path) -> Path:
    target.mkdir()
    for path in study.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


# ---------------------------------------------------------------- installation


def _installation() -> Installation:
    files_, changed = _installed_files()
    return Installation(
        version=version_of("dualtrack"),
        system=platform.system(),
        machine=platform.machine(),
        python=f"{platform.python_implementation()} {platform.python_version()}",
        packages={name: version_of(name) for name in sorted(_packages())},
        files=files_,
        changed=changed,
    )


def _packages() -> set[str]:
    """Names of the packages that dualtrack needs."""
    try:
        needed = distribution("dualtrack").requires or []
    except PackageNotFoundError:
        return set()
    return {re.split(r"[^A-Za-z0-9._-]", each, maxsplit=1)[0] for each in needed if "extra ==" not in each}


def _installed_files() -> tuple[tuple[int, int] | None, tuple[str, ...]]:
    """How many installed files of dualtrack have the digest that its package lists, and which have another."""
    try:
        listed = distribution("dualtrack").files or []
    except PackageNotFoundError:
        return None, ()
    mine = [each for each in listed if each.hash is not None and each.parts[0] == "dualtrack"]
    if not mine:
        return None, ()
    changed = [
        each.as_posix() for each in mine if each.hash is None or _digest(Path(str(each.locate()))) != each.hash.value
    ]
    return (len(mine) - len(changed), len(mine)), tuple(sorted(changed))


def _digest(path: Path) -> str | None:
    """SHA-256 as lists of installed files write it; None where the file is gone."""
    if not path.is_file():
        return None
    return base64.urlsafe_b64encode(hashlib.sha256(path.read_bytes()).digest()).rstrip(b"=").decode("ascii")
