"""The command line for the record of a study: ``freeze``, ``amend``, ``history`` and ``verify``.

A part of ``cli``, and like it may print: messages go to stderr, data to stdout. Here, and nowhere below, the clock of
the machine is read where no time is stated.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dualtrack.ledger.seal import Seal

__all__ = ["add_ledger_verbs", "moment", "now", "say_manifest"]

DIFFERS = 4
MOST = 20  # differences that are named; the rest is counted

Study = Annotated[Path, typer.Argument(help="Study folder: study.yaml and its tables.", show_default=False)]
By = Annotated[str, typer.Option("--by", help="Name of the person who says so.")]
Role = Annotated[str | None, typer.Option("--role", help="In which role.")]
Clock = Annotated[str | None, typer.Option("--clock", help="When, such as 2026-01-31T09:30:00Z; by default now.")]
Confirm = Annotated[
    Path | None,
    typer.Option("--confirm", help="Table of gate, limit, by, at, why: who agrees with each threshold that is ours."),
]
Key = Annotated[Path | None, typer.Option("--key", help="Folder of the panel's key, to show that it was never opened.")]


dispositions_app = typer.Typer(
    help="Records of named persons: rulings on vetoes, waivers.", no_args_is_help=True, rich_markup_mode=None
)

disputes_app = typer.Typer(
    help="Contested cases, and what was decided about them.", no_args_is_help=True, rich_markup_mode=None
)


def add_ledger_verbs(app: typer.Typer) -> None:
    """Add the verbs of this module to the command line."""
    app.command("freeze")(freeze)
    app.command("amend")(amend)
    app.command("history")(history)
    app.command("verify")(verify)
    app.command("erase")(erase)
    app.add_typer(dispositions_app, name="dispositions")
    app.add_typer(disputes_app, name="disputes")


def now() -> datetime:
    """The clock of the machine, read for what is written into a history."""
    return datetime.now(tz=UTC)


def moment(stated: str | None) -> datetime:
    """A time as stated on the command line, else SOURCE_DATE_EPOCH, else now.

    Raises:
        typer.BadParameter: what is stated is no time with a zone.
    """
    from dualtrack.verbs import run_clock

    try:
        return run_clock(stated) or now()
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--clock") from error


def say_manifest(out: Path) -> None:
    """Say the digest of a run's manifest, to be kept elsewhere."""
    from dualtrack.ledger.files import facts_of
    from dualtrack.ledger.manifest import MANIFEST

    for each in facts_of(out, [MANIFEST]):
        print(f"{MANIFEST}: {each.sha256}", file=sys.stderr)


def freeze(
    study: Study, *, by: By, role: Role = None, confirm: Confirm = None, key: Key = None, clock: Clock = None
) -> None:
    """Seal rubric, scope, thresholds, weights, margins, plan and analysis, before the answers are unblinded."""
    from dualtrack.ledger_verbs import freeze as sealed

    seal = sealed(study, by=by, role=role, confirm=confirm, key=key, clock=moment(clock))
    print(f"{seal.sha256}  {seal.file}")
    _say_timing(seal)
    print("Keep this digest outside of this folder: printed and signed, or sent to somebody.", file=sys.stderr)


def amend(
    study: Study,
    *,
    by: By,
    why: Annotated[str, typer.Option("--why", help="Why it was changed.")],
    minor: Annotated[bool, typer.Option("--minor", help="You take it to be minor.")] = False,
    major: Annotated[bool, typer.Option("--major", help="You take it to be major.")] = False,
    role: Role = None,
    confirm: Confirm = None,
    key: Key = None,
    clock: Clock = None,
) -> None:
    """Write down what was changed since the last seal: first change the rubric or the study, then say why."""
    from dualtrack.ledger.sealing import Amending
    from dualtrack.ledger_verbs import amend as amended

    if minor is major:
        raise typer.BadParameter("say one of --minor and --major", param_hint="--minor")
    amending = Amending(why, "minor" if minor else "major")
    seal = amended(study, amending, by=by, role=role, confirm=confirm, key=key, clock=moment(clock))
    print(f"{seal.sha256}  {seal.file}")
    n = len(seal.changes)
    print(f"{n} change{'s' if n != 1 else ''} written down; the earlier seal stays.", file=sys.stderr)
    _say_timing(seal)


def history(study: Study) -> None:
    """Tell the history of a study: every seal, amendment, look and removal."""
    from dualtrack.ledger_verbs import history as told
    from dualtrack.render.text import visible

    for line in told(study).lines():
        print(visible(line))


def verify(
    run: Annotated[Path, typer.Argument(help="Results folder, or a bundle of one.", show_default=False)],
    *,
    study: Annotated[
        Path | None, typer.Option("--study", help="Study folder; by default the inputs that the run carries.")
    ] = None,
    anchor: Annotated[
        str | None, typer.Option("--anchor", help="A digest that was kept outside, or a file that holds one.")
    ] = None,
) -> None:
    """Check every byte of a run, score it again, and name the first difference."""
    from dualtrack.render.text import visible
    from dualtrack.verify_verb import verify as verified

    if run.is_file():
        from dualtrack.bundle_verb import verify_bundle

        found = verify_bundle(run, anchor=anchor)
    else:
        found = verified(run, study=study, anchor=anchor)
    for line in found.checked:
        print(visible(f"holds: {line}"))
    for line in found.notes:
        print(visible(f"note: {line}"))
    print(f"manifest: {found.manifest_sha256}")
    if found.holds:
        return
    first, *more = found.differences
    said = [f"{first.code} {first.what}", f"  where: {first.place}", f"  is: {first.found}", f"  was: {first.expected}"]
    print("\n".join(visible(line) for line in (*said, f"  fix: {first.fix}")), file=sys.stderr)
    for problem in more[:MOST]:
        print(visible(f"also {problem.code}: {problem.place}: {problem.found}"), file=sys.stderr)
    if len(more) > MOST:
        print(f"and {len(more) - MOST} more", file=sys.stderr)
    raise typer.Exit(DIFFERS)


def erase(
    study: Study,
    *,
    file: Annotated[str, typer.Option("--file", help="File of the study, or of the run: responses.jsonl.")],
    by: By,
    why: Annotated[str, typer.Option("--why", help="Why it is erased.")],
    column: Annotated[
        str | None, typer.Option("--column", help="Column whose cells are emptied; without it the whole file goes.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", help="Rows that are meant, such as item_id=q1; every one must agree.")
    ] = None,
    run: Annotated[Path | None, typer.Option("--run", help="Results folder in which the file lies.")] = None,
    role: Role = None,
    clock: Clock = None,
) -> None:
    """Take personal data out of a study or a run, and leave a tombstone that verify accepts and shows."""
    from dualtrack.record_verbs import Erasing
    from dualtrack.record_verbs import erase as erased

    pairs = [each.partition("=") for each in where or ()]
    if not all(sign and name for name, sign, _ in pairs):
        raise typer.BadParameter("write COLUMN=TEXT", param_hint="--where")
    meant = {name: text for name, _, text in pairs}
    erasing = Erasing(file, why, column=column, where=meant, run=run)
    payload = erased(study, erasing, by=by, role=role, clock=moment(clock))
    n = len(payload["cells"])
    print(f"{file}: {f'{n} cells emptied' if column else 'removed'}; a tombstone stands in the history.")


@dispositions_app.command("merge")
def merge(
    file: Annotated[Path, typer.Argument(help="CSV or JSONL with records.", show_default=False)], study: Study
) -> None:
    """Put records of named persons beside those of a study; what contradicts a record that is held is refused."""
    _merge(file, study, "dispositions")


@disputes_app.command("merge")
def merge_disputes(
    file: Annotated[Path, typer.Argument(help="CSV or JSONL with disputes.", show_default=False)], study: Study
) -> None:
    """Put disputes, and decisions on them, beside those of a study; two decisions on one dispute are refused."""
    _merge(file, study, "disputes")


def _merge(file: Path, study: Path, table: str) -> None:
    from dualtrack.record_verbs import merge_records

    written, n_new = merge_records(file, study, table=table)
    print(f"{written}: {n_new} new")


def _say_timing(seal: "Seal") -> None:
    seen = f"{seal.seen.responses:,} answers and {seal.seen.judgements:,} judgements were there at {seal.signed.at}"
    if seal.timely:
        print(f"It counts as made before the answers were unblinded: {seen}.", file=sys.stderr)
    else:
        print(f"It is late, and the study stays retrospective: {seen} ({seal.basis}).", file=sys.stderr)
