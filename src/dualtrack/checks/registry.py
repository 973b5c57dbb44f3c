"""Finds the check kinds: our own modules and those that installed packages offer.

Why it exists: adding a kind is one module and no list to edit. Everything that is wrong with any kind stops the
load; a kind that is skipped silently would let a rubric pass for want of its checks. May import errors, terms and
the base of the checks.
"""

import difflib
import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

from dualtrack.checks import kinds
from dualtrack.checks.base import CheckKind
from dualtrack.errors import CheckError, Place, Problem

__all__ = ["ENTRY_POINT_GROUP", "check_kind", "check_kinds", "discover", "origin_of"]

ENTRY_POINT_GROUP = "dualtrack.checks"
"""Entry-point group under which a package offers a kind: ``name = "package.module:KIND"``."""


def _own() -> list[EntryPoint]:
    """Our own modules, in the form in which other packages offer theirs."""
    found = sorted(module.name for module in pkgutil.iter_modules(kinds.__path__))
    return [
        EntryPoint(name=name, value=f"{kinds.__name__}.{name}:KIND", group=ENTRY_POINT_GROUP)
        for name in found
        if not name.startswith("_")
    ]


def discover(offers: Iterable[EntryPoint]) -> Mapping[str, CheckKind[Any]]:
    """Load every offered kind, sorted by name.

    Args:
        offers: entry points; the name of each is the name of its kind.

    Returns:
        Kinds by name, read-only, in the order of their names.

    Raises:
        CheckError: with all problems: CHK002 two kinds of one name, CHK003 an offer that cannot be loaded, CHK004 an
            offer that is not a check kind or whose kind has another name.
    """
    found: dict[str, CheckKind[Any]] = {}
    problems: list[Problem] = []
    for offer in sorted(offers, key=lambda each: (each.name, each.value)):
        kind = _load(offer)
        if isinstance(kind, Problem):
            problems.append(kind)
        elif kind.name in found:
            what = f"check kind '{kind.name}' is offered twice"
            fix = "uninstall one of the packages or rename one kind"
            problems.append(Problem("CHK002", what, found=offer.value, expected="one kind per name", fix=fix))
        else:
            found[kind.name] = kind
    if problems:
        raise CheckError(problems)
    return MappingProxyType(dict(sorted(found.items())))


def _load(offer: EntryPoint) -> CheckKind[Any] | Problem:
    try:
        kind = offer.load()
    except Exception as error:  # noqa: BLE001 - a foreign module may raise anything while it is imported
        what = f"check kind '{offer.name}' cannot be loaded"
        fix = f"repair or uninstall the package that offers {offer.value}"
        return Problem("CHK003", what, found=f"{type(error).__name__}: {error}", fix=fix)
    if not isinstance(kind, CheckKind):
        what = f"'{offer.value}' is not a check kind"
        return Problem("CHK004", what, found=type(kind).__name__, expected="a CheckKind")
    if kind.name != offer.name:
        what = f"'{offer.value}' defines a check kind of another name"
        return Problem("CHK004", what, found=repr(kind.name), expected=repr(offer.name), fix="make both names equal")
    return kind


@cache
def check_kinds() -> Mapping[str, CheckKind[Any]]:
    """All check kinds of this installation, by name, sorted.

    Returns:
        Kinds by name, read-only. Loaded once per process.

    Raises:
        CheckError: CHK002, CHK003 or CHK004, as in ``discover``.

    Example:
        >>> {"identifiers", "readability", "refusal"} <= set(check_kinds())
        True
    """
    return discover([*_own(), *entry_points(group=ENTRY_POINT_GROUP)])


def origin_of(kind: CheckKind[Any]) -> str | None:
    """Where a kind of another package can be loaded from, ``package.module:KIND``.

    Args:
        kind: any kind.

    Returns:
        None for our own kinds, and for kinds that no installed package offers (such as one made in a script).

    Example:
        >>> origin_of(check_kind("refusal")) is None
        True
    """
    offered = _offered_elsewhere()
    if kind.name not in offered or check_kinds().get(kind.name) is not kind:
        return None
    return offered[kind.name]


@cache
def _offered_elsewhere() -> Mapping[str, str]:
    return {offer.name: offer.value for offer in entry_points(group=ENTRY_POINT_GROUP)}


def check_kind(name: str, *, place: Place | None = None) -> CheckKind[Any]:
    """The check kind of that name.

    Args:
        name: as a metric file writes it under ``kind``.
        place: where the name stands, for the message.

    Raises:
        CheckError: CHK001, no such kind; the nearest known name is given.

    Example:
        >>> check_kind("refusal").languages
        ('en',)
    """
    known = check_kinds()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=1)
    fix = f"did you mean '{near[0]}'?" if near else "install the package that offers it, or correct the name"
    place = place if place is not None else Place()
    raise CheckError(
        Problem("CHK001", "unknown check kind", place, found=repr(name), expected=f"one of {', '.join(known)}", fix=fix)
    )
