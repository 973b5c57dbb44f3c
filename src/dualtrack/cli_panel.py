"""The command line for panels of raters: ``dualtrack panel plan`` and ``dualtrack panel pack``.

A part of ``cli``, and like it may print: messages go to stderr, data to stdout.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["panel_app"]

panel_app = typer.Typer(
    help="Plan a panel of raters, and make blinded packs for them.", no_args_is_help=True, rich_markup_mode=None
)

Study = Annotated[Path, typer.Argument(help="Study folder with study.yaml, its tables and panel.yaml.")]


@panel_app.command("plan")
def plan(
    study: Study,
    *,
    findings: Annotated[
        Path | None,
        typer.Option(help="Results folder of the study, for an audit: what its checks flagged is rated in full."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for assignments.csv; by default the study folder.")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Replace an assignments.csv that is there.")] = False,
) -> None:
    """Decide who rates what: writes assignments.csv and prints how even the plan is."""
    from dualtrack.panel_verbs import panel_plan

    planned = panel_plan(study, findings=findings, out=out, replace=replace)
    for line in planned.lines():
        print(line)
    print(f"\n{planned.n_rows:,} ratings are owed: {planned.file}", file=sys.stderr)
    print(f"Next: dualtrack panel pack {study} --out PACKS --key KEYFOLDER", file=sys.stderr)
