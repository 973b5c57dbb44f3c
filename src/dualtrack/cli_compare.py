"""The command line for comparing two runs: ``compare``.

A part of ``cli``, and like it may print: messages go to stderr, data to stdout.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dualtrack.cli_ledger import moment

__all__ = ["compare"]

NOT_MET = 3

RunA = Annotated[Path, typer.Argument(help="Results folder of the earlier version.", show_default=False)]
RunB = Annotated[Path, typer.Argument(help="Results folder of the new version.", show_default=False)]


def compare(
    run_a: RunA,
    run_b: RunB,
    *,
    system: Annotated[
        list[str] | None,
        typer.Option("--system", help="Which became which, OLD=NEW; may be given again. By default the same ids."),
    ] = None,
    criteria: Annotated[
        Path | None, typer.Option("--criteria", help="File of declared criteria; docs/comparing-versions.md shows one.")
    ] = None,
    study: Annotated[
        Path | None, typer.Option("--study", help="Sealed study folder in whose history this look is counted.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who looks, for the history.")] = None,
    clock: Annotated[
        str | None, typer.Option("--clock", help="When, such as 2026-01-31T09:30:00Z; by default now.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for compare.json and compare.html.")] = None,
) -> None:
    """Compare a new version with its predecessor on the same cases: what got worse, and the criteria of the re-test."""
    from dualtrack.compare_verb import compare as compared
    from dualtrack.render.text import visible

    found = compared(
        run_a,
        run_b,
        systems=_pairs(system or []),
        criteria=criteria,
        study=study,
        clock=None if study is None else moment(clock),
        by=by,
    )
    written = () if out is None else found.save(out)
    for line in found.lines():
        print(visible(line))
    if written:
        print(f"\nOpen {written[-1]}", file=sys.stderr)
    if not found.settled:
        raise typer.Exit(NOT_MET)


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = [each.partition("=") for each in given]
    if not all(sign and old and new for old, sign, new in pairs):
        raise typer.BadParameter("write OLD=NEW", param_hint="--system")
    if len({old for old, _, _ in pairs}) != len(pairs):
        raise typer.BadParameter("each earlier system once", param_hint="--system")
    return {old: new for old, _, new in pairs}
