"""What is computed from the same files is computed once, so that many faults take little time; all writing is real."""

from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from dualtrack import ledger_verbs, panel_verbs, power_verb, record_verbs, verbs
from dualtrack.records import write as results
from dualtrack.report import write as pages


def files_digest(folder):
    """Digest of all files of a folder that people see."""
    seen = sha256()
    for path in sorted(Path(folder).rglob("*")):
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts):
            seen.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return seen.hexdigest()


def _folder(folder, *_rest, **_named):
    folder = Path(folder)
    return (folder.name, files_digest(folder)) if folder.is_dir() else str(folder)


def _same(*things, **_named):
    return tuple(id(thing) for thing in things)


def _no_plan(*_things):
    """Planning for a seal only refuses what cannot be scored."""


@contextmanager
def remembered():
    """Remember rubrics, studies, plans and pages while the block runs."""
    kept = {}

    def remember(patch, module, name, key):
        was = getattr(module, name)

        def run(*rest, **named):
            place = (module.__name__, name, key(*rest, **named))
            if place not in kept:
                kept[place] = (was(*rest, **named), rest)  # what is known by its id must live on
            return kept[place][0]

        patch.setattr(module, name, run)

    with pytest.MonkeyPatch.context() as patch:
        for name in ("load_rubric", "read_study", "read_study_file"):
            remember(patch, verbs, name, _folder)
        remember(patch, pages, "_pages", _folder)
        remember(patch, pages, "rubric_page", lambda rubric, *_rest: rubric.sha256)
        remember(patch, pages, "guide_page", lambda rubric: rubric.sha256)
        remember(patch, results, "_arrow", _same)
        remember(patch, power_verb, "power_page", _same)
        remember(patch, record_verbs, "evidence_digest", _same)
        remember(patch, panel_verbs, "asked_scales", _same)
        remember(patch, panel_verbs, "make_plan", lambda rubric, file, _tables: (id(rubric), id(file)))
        patch.setattr(ledger_verbs, "make_plan", _no_plan)
        patch.setattr(ledger_verbs, "bound_checks", _no_plan)
        yield
