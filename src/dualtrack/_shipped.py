"""Where the rubric and the example studies that come with dualtrack lie.

They are data that people read and amend, so they stand at the top of a checkout; a wheel carries the same files
inside the package. Only this module knows both places. Ground floor: imports nothing of dualtrack and opens no
file. The packaged folder is called ``_data``: a folder named like this module would hide it.
"""

from pathlib import Path
from typing import Literal

__all__ = ["shipped_root"]

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def shipped_root(kind: Literal["rubric", "examples", "reference"]) -> Path:
    """Folder that holds the shipped rubrics, the shipped example studies or the reference values of the statistics.

    The packaged folder wins; the checkout's own folder serves an editable installation, where nothing is copied
    and so nothing can be stale.

    Args:
        kind: ``rubric`` (one folder per rubric inside), ``examples`` (one folder per study inside) or ``reference``
            (one file per family of statistics; in a checkout they stand with the tests that read them).

    Returns:
        The absolute path of an existing folder.

    Raises:
        FileNotFoundError: neither place has the folder; the installation is incomplete.

    Example:
        >>> shipped_root("rubric").name
        'rubric'
    """
    here = _CHECKOUT / "tests" / kind if kind == "reference" else _CHECKOUT / kind
    places = (_PACKAGE / "_data" / kind, here)
    for place in places:
        if place.is_dir():
            return place
    message = f"this installation of dualtrack has no {kind} folder; install it again"
    raise FileNotFoundError(message)
