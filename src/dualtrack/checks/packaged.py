"""Reads the data files that lie beside the check kinds.

Why it exists: patterns and exceptions are data that people read and amend, and this is the only place of the checks
that opens a file; the files belong to the package, never to a study. Imports nothing of dualtrack.
"""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

__all__ = ["packaged"]


@cache
def packaged(package: str, name: str) -> Any:  # noqa: ANN401 - plain data of whatever shape the file has
    """Content of a YAML file that ships inside a package.

    Args:
        package: dotted name of the package.
        name: file name.

    Returns:
        Plain data, read once per process; callers must not change it.

    Raises:
        FileNotFoundError: the package has no such file; the installation is incomplete.

    Example:
        >>> sorted(packaged("dualtrack.checks", "sentences.yaml"))
        ['may_end', 'names_a_letter', 'never_ends']
    """
    return yaml.safe_load(files(package).joinpath(name).read_text(encoding="utf-8"))
