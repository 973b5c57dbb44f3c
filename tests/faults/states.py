"""What the folders of a verb hold before and after it, and whether what a fault left is one of the two."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.faults.disk import Disk, failing


@cache
def before(verb):
    """What the verb finds; made once."""
    root = Path(tempfile.mkdtemp())
    verb.make(root)
    return root


def fresh(verb):
    root = Path(tempfile.mkdtemp()) / "world"
    shutil.copytree(before(verb), root)
    return root


def forget():
    """Forget all worlds, whose folders are gone with the scratch of a module."""
    before.cache_clear()
    after.cache_clear()


def content(root, verb, folder):
    """Bytes of a folder by name, without the other folders that are written apart, and without what lies beside."""
    apart = [root / each for each in verb.folders if each != folder and each.startswith(folder)]
    return {
        path.relative_to(root / folder).as_posix(): path.read_bytes()
        for path in (root / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".") and not any(each in path.parents for each in apart)
    }


def contents(root, verb):
    return tuple(content(root, verb, folder) for folder in verb.folders)


def others(root, verb):
    """Bytes of all that the verb only reads."""
    written = [root / each for each in verb.folders]
    found = (path for path in root.rglob("*") if path.is_file() and not any(each in path.parents for each in written))
    files = {path.relative_to(root): path for path in found}
    return {name: path.read_bytes() for name, path in files.items() if not any(part[0] == "." for part in name.parts)}


@cache
def after(verb):
    """What the verb leaves on a disk that works; and the operations that it makes."""
    verb.run(fresh(verb))  # now everything that is computed once is known
    root = fresh(verb)
    with failing(Disk(root.parents[1])) as disk:
        verb.run(root)
    return contents(root, verb), tuple(disk.done)


def whole(verb, root, new):
    """Each folder is old or new, the first ones first; a file that goes last may still be there.

    Returns how many folders are new; all else is as it was.
    """
    old, now = contents(before(verb), verb), contents(root, verb)
    allowed = [(*new[:n], *old[n:]) for n in range(len(new) + 1)]
    if verb.last is not None:
        kept = {verb.last: old[0][verb.last]} if verb.last in old[0] else {}
        allowed.insert(1, ({name: data for name, data in new[0].items() if name != verb.last} | kept,))
    assert now in allowed
    assert others(root, verb) == others(before(verb), verb)
    return len(new) if now == new else allowed.index(now)


def left(root):
    """What lies beside folders that should be clear; a lock may stay behind, it holds up nobody."""
    return [path for path in root.rglob(".*") if not path.name.endswith(".lock")]
