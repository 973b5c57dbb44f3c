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
            help="Put texts and the tables of the study in, or leave them out. By default only public or synthetic ones.",
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
