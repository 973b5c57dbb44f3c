"""The command line for planning: ``dualtrack power``.

A part of ``cli``, and like it may print: messages go to stderr, data to stdout.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["power"]


def power(
    study: Annotated[Path, typer.Argument(help="Study folder: study.yaml, a rubric and items; no response is needed.")],
    *,
    items: Annotated[int | None, typer.Option(help="Number of items, in place of those of the study.")] = None,
    clusters: Annotated[int | None, typer.Option(help="Number of groups of related items; with --items.")] = None,
    rates: Annotated[
        str | None,
        typer.Option(
            help="Three true failing shares for gates on rates, such as 0.01,0.02,0.04; left out, half the limit of "
            "each gate, its limit and twice its limit."
        ),
    ] = None,
    veto_rates: Annotated[
        str, typer.Option(help="Three true shares of items with an event of a veto.")
    ] = "0.001,0.005,0.01",
    icc: Annotated[
        float | None, typer.Option(help="True correlation inside a group; left out, the rho0 of the plan.")
    ] = None,
    missing: Annotated[float, typer.Option(help="Share of planned items that end without a value.")] = 0.0,
    detection: Annotated[
        float | None,
        typer.Option(help="Share of events that the panel finds; left out, what controls showed, or all of them."),
    ] = None,
    discordant: Annotated[
        float, typer.Option(help="Share of cases on which two systems, or two variants, differ.")
    ] = 0.1,
    between_gates: Annotated[
        float, typer.Option(help="Correlation of the causes of any two gates; 0 is independence.")
    ] = 0.0,
    seconds: Annotated[
        float | None, typer.Option(help="Seconds of one rating; left out, the median of those recorded, or 60.")
    ] = None,
    not_sealed: Annotated[
        bool, typer.Option("--not-sealed", help="The plan will not be sealed before the responses are seen.")
    ] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Print only what the plan gives each gate, and hours.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for power.json and power.html.")] = None,
) -> None:
    """Say what a design can and cannot conclude; for planning, it is no evidence about a system."""
    from dualtrack.power_verb import power as computed
    from dualtrack.scoring.power.wishes import Wishes

    wishes = Wishes(
        items=items,
        clusters=clusters,
        rates=None if rates is None else _shares(rates, "--rates"),
        veto_rates=_shares(veto_rates, "--veto-rates"),
        icc=icc,
        missing=missing,
        detection=detection,
        discordant=discordant,
        correlation=between_gates,
        seconds=seconds,
        sealed=not not_sealed,
    )
    found = computed(study, wishes)
    written = () if out is None else found.save(out)
    for line in found.lines(plan_only=plan):
        print(line)
    if written:
        print(f"\nOpen {written[-1]}", file=sys.stderr)


def _shares(text: str, option: str) -> tuple[float, ...]:
    try:
        return tuple(float(each) for each in text.split(","))
    except ValueError as error:
        raise typer.BadParameter("numbers with commas between, such as 0.01,0.02,0.04", param_hint=option) from error
