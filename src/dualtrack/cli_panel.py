"""The command line for panels of raters: ``dualtrack panel plan`` and ``dualtrack panel pack``.

A part of ``cli``, and like it may print: messages go to stderr, data to stdout.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dualtrack.panel_pack_verb import Packed

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


@panel_app.command("pack")
def pack(
    study: Study,
    *,
    out: Annotated[Path, typer.Option("--out", help="Folder for the packs, one zip for each rater.")],
    key: Annotated[Path, typer.Option("--key", help="Folder for the key, apart from the packs; keep it from raters.")],
    texts: Annotated[
        bool, typer.Option("--texts", help="Let texts leave that are neither public nor synthetic.")
    ] = False,
    found_ok: Annotated[
        bool,
        typer.Option("--found-ok", help="Somebody has looked at the passages that the scan for identifiers found."),
    ] = False,
    preferences: Annotated[
        bool, typer.Option("--preferences", help="Two answers side by side, to compare instead of rate.")
    ] = False,
    adjudicate: Annotated[
        Path | None, typer.Option(help="Results folder: packs for those who settle what its first ratings left open.")
    ] = None,
    clock: Annotated[str | None, typer.Option(help="When the packs are made, as printed in them.")] = None,
) -> None:
    """Make one blinded pack for each rater, and the key in a folder of its own."""
    from dualtrack.panel_pack_verb import panel_pack
    from dualtrack.verbs import run_clock

    try:
        moment = run_clock(clock)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--clock") from error
    if preferences and adjudicate is not None:
        raise typer.BadParameter("give one of --preferences and --adjudicate", param_hint="--adjudicate")
    packed = panel_pack(
        study,
        out,
        key,
        texts=texts,
        found_ok=found_ok,
        preferences=preferences,
        adjudicate=adjudicate,
        clock=moment,
    )
    for made in packed.made:
        each = made.pack
        work = f"{len(each.tasks)} tasks  {each.cover.hours:.1f} h"
        print(f"{each.pack_id}.zip  {each.rater_id}  {each.purpose}  {work}")
    _say_findings(packed)
    print(f"\nThe key is {packed.key}. Whoever reads it is no longer blind.", file=sys.stderr)


def _say_findings(packed: "Packed") -> None:
    from dualtrack.render.text import visible

    if packed.notes.passages:
        n = len(packed.notes.passages)
        print(f"\n{n:,} passages in the form of an identifier leave with the packs:", file=sys.stderr)
        for each in packed.notes.passages:
            print(visible(f"  {each}"), file=sys.stderr)
    if packed.notes.leaks:
        print(f"\nResponses that name their maker: {len(packed.notes.leaks):,}; nothing was changed:", file=sys.stderr)
        for leak in packed.notes.leaks:
            codes = ", ".join(leak.codes)
            print(visible(f"  {leak.item_id}: {', '.join(leak.words)} (codes {codes})"), file=sys.stderr)
    if packed.notes.left:
        print("\nStill open:", file=sys.stderr)
        for each in packed.notes.left:
            print(visible(f"  {each}"), file=sys.stderr)
