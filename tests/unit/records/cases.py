"""The small study, its scales, and the cases that replace single files of it."""

import shutil
from pathlib import Path
from types import SimpleNamespace

HERE = Path(__file__).parent
GOOD = HERE / "study"
BAD = HERE.parents[1] / "data" / "bad" / "study"


def scale(kind, levels=(), applies_to=("response",), low=None, high=None):
    """What reading needs of a scale."""
    ids = [SimpleNamespace(id=level) for level in levels]
    return SimpleNamespace(kind=kind, levels=ids, min=low, max=high, applies_to=applies_to)


SCALES = {
    "correctness": scale("ordinal", "12345", ("response", "sentence")),
    "minutes": scale("number", low=0.0, high=60.0),
    "preferred": scale("preference", applies_to=("pair",)),
}


def lay_out(case, folder):
    """The small study in a folder, with the files of a case over it."""
    shutil.copytree(GOOD, folder)
    for path in sorted(case.rglob("*")):
        name = path.relative_to(case).as_posix()
        if name == "remove.txt":
            for line in path.read_text().split():
                (folder / line).unlink()
        elif path.is_file() and name != "expected.txt":
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(path, folder / name)
    return folder
