"""The command line for panels of raters: ``dualtrack panel plan``, ``pack``, ``status`` and ``import``.

A part of ``cli``, and like it may print: messages go to stderr, data to stdout.
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from dualtrack.errors import Problem
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
    calibration: Annotated[
        bool, typer.Option("--calibration", help="Cases with agreed levels instead, before the study; KEY gets them.")
    ] = False,
    attempt: Annotated[int, typer.Option(min=1, help="With --calibration: which attempt, with its set of cases.")] = 1,
    clock: Annotated[str | None, typer.Option(help="When the packs are made, as printed in them.")] = None,
) -> None:
    """Make one blinded pack for each rater, and the key in a folder of its own."""
    from dualtrack.panel_pack_verb import panel_pack

    moment = _moment(clock)
    if preferences + calibration + (adjudicate is not None) > 1:
        raise typer.BadParameter("give one of --preferences, --adjudicate and --calibration", param_hint="--adjudicate")
    if calibration:
        _pack_calibration(study, out, key, attempt=attempt, texts=texts, found_ok=found_ok, clock=moment)
        return
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
def status(
    returns: Returns,
    *,
    packs: Packs,
    accept_late: Late = None,
    study: Annotated[Path | None, typer.Option(help="Study folder: say who is ready by the record as well.")] = None,
) -> None:
    """Say who has returned what and what is still owed; the key stays closed."""
    from dualtrack.panel_readiness import readiness_lines
    from dualtrack.panel_return_verb import panel_status
    from dualtrack.render.text import visible

    found = panel_status(list(returns), packs, accept_late=accept_late or ())
    for line in found.lines():
        print(line)
    for line in readiness_lines(study) if study is not None else ():
        print(visible(line))
    _say_returns(found.reading)


@panel_app.command("calibrate")
def calibrate(
    study: Study,
    returns: Returns,
    *,
    packs: Annotated[Path, typer.Option("--packs", help="Folder that was given as --key to `pack --calibration`.")],
    clock: Annotated[str, typer.Option(help="When this is recorded, such as 2026-01-31T09:30:00Z.")],
) -> None:
    """Hold calibration returns against the agreed levels, and add them to the record of training."""
    from dualtrack.panel_calibration_verb import panel_calibrate
    from dualtrack.render.text import visible

    found = panel_calibrate(study, list(returns), packs=packs, clock=_needed(clock))
    for line in found.lines():
        print(visible(line))
    for file in found.files:
        print(file, file=sys.stderr)
    _say_returns(found.reading)
    _say_problems((("refused", found.taken.problems), ("counted and left as it is", found.taken.notes)))


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

    moment = _needed(clock)
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


def _moment(clock: str | None) -> "datetime | None":
    from dualtrack.verbs import run_clock

    try:
        return run_clock(clock)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--clock") from error


def _needed(clock: str) -> "datetime":
    moment = _moment(clock)
    if moment is None:
        raise typer.BadParameter("a time is needed", param_hint="--clock")
    return moment


def _pack_calibration(
    study: Path, out: Path, key: Path, *, attempt: int, texts: bool, found_ok: bool, clock: "datetime | None"
) -> None:
    from dualtrack.panel_calibration_verb import panel_calibration_pack
    from dualtrack.render.text import visible

    packed = panel_calibration_pack(study, out, key, attempt=attempt, texts=texts, found_ok=found_ok, clock=clock)
    for each in packed.packs:
        print(f"{each.pack_id}.zip  {each.rater_id}  {each.purpose}  {len(each.tasks)} cases  {each.cover.hours:.1f} h")
    if packed.passages:
        print(
            f"\n{len(packed.passages):,} passages in the form of an identifier leave with the packs:", file=sys.stderr
        )
        for passage in packed.passages:
            print(visible(f"  {passage}"), file=sys.stderr)
    print(f"\nThe agreed levels are in {key}; keep them from the raters.", file=sys.stderr)
    print(f"Next: dualtrack panel calibrate {study} RETURNS --packs {key} --clock TIME", file=sys.stderr)


def _say_returns(reading: "Reading") -> None:
    _say_problems((("refused", reading.problems), ("counted and left as it is", reading.notes)))


def _say_problems(told: "Iterable[tuple[str, Sequence[Problem]]]") -> None:
    from dualtrack.render.text import visible

    for what, problems in told:
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
    _say_problems((("not ready for the study", packed.notes.unready),))
    if packed.notes.left:
        print("\nStill open:", file=sys.stderr)
        for each in packed.notes.left:
            print(visible(f"  {each}"), file=sys.stderr)
