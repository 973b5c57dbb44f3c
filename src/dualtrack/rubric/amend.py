"""A rubric to amend: the files of one rubric as those of a new one, changed only where they say their own name.

Pure: bytes in, bytes out. Comments and layout stay, since people will read and change these files. May import errors
and the rubric schemas.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from dualtrack.errors import OutputError, Place, Problem
from dualtrack.rubric.base import ID_PATTERN
from dualtrack.rubric.folder import HEADER_FILE

__all__ = ["amended_files", "refuse_name"]

_ID = re.compile(rb"^id:[ \t]*(?P<id>[\"']?)[a-z][a-z0-9_]*(?P=id)", re.MULTILINE)
_SCHEMA = re.compile(rb"^(# yaml-language-server: \$schema=)\S*?([a-z]+\.schema\.json)[ \t]*$", re.MULTILINE)


def amended_files(files: Mapping[str, bytes], name: str) -> dict[str, bytes]:
    r"""The files of a rubric under a new name.

    The header gets the new id. The first line of each file, which leads an editor to its schema, looks for it in a
    folder ``schema`` beside the new rubric.

    Args:
        files: path inside the folder, with ``/`` -> bytes.
        name: name of the new folder.

    Returns:
        The same paths with the new bytes.

    Example:
        >>> amended_files({"rubric.yaml": b"id: core  # its name\n"}, "our_core")
        {'rubric.yaml': b'id: our_core  # its name\n'}
    """
    return {path: _amended(path, data, name.encode()) for path, data in files.items()}


def refuse_name(target: Path, shipped: list[str]) -> None:
    """Refuse a folder whose name cannot be that of a new rubric.

    Args:
        target: the folder.
        shipped: names that are taken.

    Raises:
        OutputError: OUT012, with the way to mend it.
    """
    if re.fullmatch(ID_PATTERN, target.name) and target.name not in shipped:
        return
    expected = "small letters, digits and _, beginning with a letter, and no name of a shipped rubric"
    what, fix = "the name of the folder cannot be the name of a rubric", "choose another name, such as our_core"
    raise OutputError(Problem("OUT012", what, Place(target.name), target.name, expected, fix))


def _amended(path: str, data: bytes, name: bytes) -> bytes:
    up = b"../" * (path.count("/") + 1)
    data = _SCHEMA.sub(lambda found: b"%b%bschema/%b" % (found[1], up, found[2]), data, count=1)
    return _ID.sub(b"id: " + name, data, count=1) if path == HEADER_FILE else data
