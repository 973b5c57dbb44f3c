"""The command line for panels of raters: ``dualtrack panel plan``, ``pack``, ``status`` and ``import``.

A part of ``cli``, and like it may print: messages go to stderr, data to stdout.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dualtrack.panel.received import Reading
    from dualtrack.panel_pack_verb import Packed

__all__ = ["panel_app"]

panel_app = typer.Typer(
    help="Plan a panel of raters, make blinded packs for them, and take in what comes back.",
    no_args_is_help=True,
    rich_markup_mode=None,
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


Returns = Annotated[list[Path], typer.Argument(help="Files that came back, or folders of them.")]
Packs = Annotated[Path, typer.Option("--packs", help="Folder of the packs, as they were made.")]
Late = Annotated[list[str] | None, typer.Option("--accept-late", help="A rater whose late answers count.")]


@panel_app.command("status")
def status(returns: Returns, *, packs: Packs, accept_late: Late = None) -> None:
    """Say who has returned what and what is still owed; the key stays closed."""
    from dualtrack.panel_return_verb import panel_status

    found = panel_status(list(returns), packs, accept_late=accept_late or ())
    for line in found.lines():
        print(line)
    _say_returns(found.reading)


@panel_app.command("import")
def take_in(
    study: Study,
    returns: Returns,
    *,
    packs: Packs,
    key: Annotated[Path, typer.Option("--key", help="Folder of the key; that it was opened is written down there.")],
    out: Annotated[Path, typer.Option("--out", help="Folder for ratings.csv and what became of every assignment.")],
    by: Annotated[str, typer.Option("--by", help="Who opens the key.")],
    clock: Annotated[str, typer.Option(help="When the key is opened, such as 2026-01-31T09:30:00Z.")],
    accept_late: Late = None,
) -> None:
    """Turn what came back into ratings, and account for every assignment."""
    from dualtrack.panel_return_verb import panel_import
    from dualtrack.verbs import run_clock

    try:
        moment = run_clock(clock)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--clock") from error
    if moment is None:
        raise typer.BadParameter("a time is needed", param_hint="--clock")
    found = panel_import(
        study, list(returns), packs=packs, key=key, out=out, by=by, clock=moment, accept_late=accept_late or ()
    )
    for file in found.files:
        print(file)
    for system, index in found.recognised.items():
        if index.value is not None:
            limits = "" if index.lower is None else f" ({index.lower:.2f} to {index.upper:.2f})"
            print(f"recognised more often than by chance: {system} {index.value:.2f}{limits}", file=sys.stderr)
    _say_returns(found.reading)


def _say_returns(reading: "Reading") -> None:
    from dualtrack.render.text import visible

    for what, problems in (("refused", reading.problems), ("counted and left as it is", reading.notes)):
        if problems:
            print(f"\n{what}: {len(problems):,}", file=sys.stderr)
            for problem in problems:
                print(visible(f"  {problem}"), file=sys.stderr)


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
