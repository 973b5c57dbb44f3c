"""The command line for bundles and the self-test: ``bundle`` and ``selftest``.

A part of ``cli``, and like it may print: messages go to stderr, data to stdout.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["add_bundle_verbs"]


def add_bundle_verbs(app: typer.Typer) -> None:
    """Add the verbs of this module to the command line."""
    app.command("bundle")(bundle)
    app.command("selftest")(selftest)


def bundle(
    run: Annotated[Path, typer.Argument(help="Results folder, as score writes it.", show_default=False)],
    *,
    out: Annotated[Path, typer.Option("--out", help="The archive, such as study.zip.")],
    study: Annotated[
        Path | None, typer.Option("--study", help="Study folder; by default the inputs that the run carries.")
    ] = None,
    texts: Annotated[
        bool | None,
        typer.Option(
            "--texts/--redact",
            help="Put texts and the study's tables in, or leave them out. By default only public or synthetic ones.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Put a run, its inputs and all that checks it without dualtrack into one archive."""
    from dualtrack.bundle_verb import bundle as bundled

    made = bundled(run, out, study=study, texts=texts)
    print(f"{made.sha256}  {made.file.name}")
    print(f"{made.n_files:,} files", file=sys.stderr)
    if made.left_out:
        n = len(made.left_out)
        print(f"Texts and tables of the study are left out: {n} files, named in left-out.csv.", file=sys.stderr)


def selftest(
    *,
    record: Annotated[
        Path | None, typer.Option("--record", help="Folder for the record: one page to be signed, and JSON.")
    ] = None,
    clock: Annotated[
        str | None, typer.Option("--clock", help="When, such as 2026-01-31T09:30:00Z; by default now.")
    ] = None,
) -> None:
    """Try this installation: reference values, laws on a small study, installed files; ends with 1 if any fails."""
    from dualtrack.cli_ledger import moment
    from dualtrack.render.text import visible
    from dualtrack.scored import utc_text
    from dualtrack.selftest_verb import record as recorded
    from dualtrack.selftest_verb import selftest as tried

    found = tried(clock=utc_text(moment(clock)))
    for each in found.outcomes:
        if not each.holds:
            print(visible(f"fails  {each.area}: {each.name} ({each.source}): {each.found}"))
    for name in found.installation.changed:
        print(visible(f"fails  installed file is not that of the package: {name}"))
    areas = [each.area for each in found.outcomes]
    n_failing = sum(not each.holds for each in found.outcomes) + len(found.installation.changed)
    print(f"{areas.count('reference')} reference values, {areas.count('law')} laws: {n_failing} fail")
    if record is not None:
        for path in recorded(found, record):
            print(path)
    if not found.holds:
        raise typer.Exit(1)
