"""The command line: parses words, calls a verb, prints, and says how it ended.

It, ``cli_panel`` and ``cli_plan``, its parts for panels and planning, are the only modules that print. Messages go to
stderr, data to stdout.
Heavy imports are made inside the verbs, so that help and explain start at once. Exit codes: 0 done; 1 bad input or our
fault; 2 usage; 3 done, and a gate is not met; 4 ``verify`` found a difference.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dualtrack.cli_bundle import add_bundle_verbs
from dualtrack.cli_compare import compare
from dualtrack.cli_ending import BAD_INPUT, ended, say_problems
from dualtrack.cli_ledger import add_ledger_verbs, now, say_manifest
from dualtrack.cli_panel import panel_app
from dualtrack.cli_plan import power

if TYPE_CHECKING:
    from dualtrack.outcome import Results
    from dualtrack.rubric.diff import Change

__all__ = ["app", "main"]

NOT_MET = 3
MOST_BROKEN = 10  # broken judgements that are told one by one; the table of findings has them all

app = typer.Typer(
    name="dualtrack",
    help="Two scorecards for clinical AI, safety and effectiveness, that never mix.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
rubric_app = typer.Typer(help="Look after a rubric.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(rubric_app, name="rubric")
app.add_typer(panel_app, name="panel")
app.command()(power)
add_ledger_verbs(app)
app.command()(compare)
add_bundle_verbs(app)

Study = Annotated[Path, typer.Argument(help="Study folder: study.yaml and its tables.", show_default=False)]
RubricName = Annotated[str, typer.Argument(help="Name of a shipped rubric, or a folder.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", help="Results folder: new, empty, or earlier results.")]
Clock = Annotated[
    str | None,
    typer.Option(help="Time of the run, such as 2026-01-31T09:30:00Z; left out, equal inputs give equal bytes."),
]
Texts = Annotated[
    bool | None,
    typer.Option(
        "--texts/--redact",
        help="Put prompts and responses into the results, or leave them out. By default only public or synthetic ones.",
        show_default=False,
    ),
]
Cache = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        file_okay=False,
        help="Keep what the checks said in this folder, so that the next run repeats only what has changed. By default "
        "the user's cache folder, for public or synthetic studies alone.",
        show_default=False,
    ),
]
NoCache = Annotated[
    bool,
    typer.Option("--no-cache", envvar="DUALTRACK_NO_CACHE", help="Use the user's cache folder for no study."),
]


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: the words after the program's name; those of the process when None.

    Returns:
        The exit code.
    """
    return ended(lambda: app(args=list(sys.argv[1:] if argv is None else argv), prog_name="dualtrack"))


def _version(value: bool) -> None:  # noqa: FBT001 -- the signature of an option's callback
    if value:
        print(f"dualtrack {version('dualtrack')}")
        raise typer.Exit


@app.callback()
def _program(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and end.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Two scorecards for clinical AI, safety and effectiveness, that never mix."""
    del version  # read by its callback, before anything else


@app.command()
def validate(study: Study) -> None:
    """Read a study and its rubric, and name every problem; nothing is computed."""
    from dualtrack import verbs

    with _progress() as progress:
        found = verbs.validate(study, progress=progress)
    print(repr(found))


@app.command()
def score(
    study: Study,
    out: Out,
    clock: Clock = None,
    texts: Texts = None,
    *,
    by: Annotated[str | None, typer.Option(help="Who looks, for the history of a sealed study.")] = None,
    cache: Cache = None,
    no_cache: NoCache = False,
) -> None:
    """Score a study and write results and pages into a folder; of a sealed study this is a look."""
    results = _scored(study, out, clock=clock, texts=texts, by=by, cache=not no_cache if cache is None else cache)
    _say_end(results, out)
    if not results.settled:
        raise typer.Exit(NOT_MET)


@app.command()
def report(
    results: Annotated[Path, typer.Argument(help="Results folder, as score writes it.", show_default=False)],
    *,
    split: Annotated[
        bool,
        typer.Option("--split", help="Style and script in files beside each page, for hosts that forbid both in it."),
    ] = False,
) -> None:
    """Write the pages of a results folder again, from its files alone."""
    from dualtrack import verbs

    for page in verbs.report(results, split=split):
        print(page)


@app.command()
def init(folder: Annotated[Path, typer.Argument(help="A new or empty folder.", show_default=False)]) -> None:
    """Write a study skeleton with comments, a plan and small synthetic tables."""
    from dualtrack import verbs

    for path in verbs.init(folder):
        print(path)
    print(f"\nNext: dualtrack validate {folder}", file=sys.stderr)


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="A metric, scale, check or error code.", show_default=False)],
) -> None:
    """Explain a metric, a scale, a check or an error code."""
    from dualtrack.explain import explain as explained

    print(explained(name))


@app.command()
def demo(out: Out = Path("reports/cqa-eval"), clock: Clock = None) -> None:
    """Score the example that ships (a real study) and write its pages."""
    from dualtrack import verbs

    results = _scored(verbs.shipped_example("cqa-eval"), out, clock=clock, texts=None)
    _say_end(results, out)


@rubric_app.command("lint")
def rubric_lint(
    rubric: RubricName,
) -> None:
    """Say what a reviewer would find in a rubric that loads; what only a person can confirm comes last."""
    from dualtrack.checks.fit import unfit
    from dualtrack.rubric import load_rubric
    from dualtrack.rubric.lint import TO_CONFIRM, lint

    loaded = load_rubric(rubric)
    remarks = [*unfit(loaded), *lint(loaded)]
    to_confirm = [remark for remark in remarks if remark.code in TO_CONFIRM]
    to_mend = [remark for remark in remarks if remark.code not in TO_CONFIRM]
    for remark in (*to_mend, *to_confirm):
        print(remark)
    about = f"{loaded.header.id} {loaded.header.version}: {len(loaded.metrics)} metrics"
    print(f"{about}, {len(to_mend)} remarks to mend, {len(to_confirm)} to confirm", file=sys.stderr)


@rubric_app.command("diff")
def rubric_diff(
    before: Annotated[str, typer.Argument(help="The older rubric: a shipped name or a folder.", show_default=False)],
    after: Annotated[str, typer.Argument(help="The newer rubric: a shipped name or a folder.", show_default=False)],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print a list in JSON instead.")] = False,
) -> None:
    """Say what changed between two versions of a rubric, and what each change can move."""
    from dualtrack.rubric import load_rubric
    from dualtrack.rubric.diff import compare

    versions = [load_rubric(name) for name in (before, after)]
    changes = compare(versions[0], versions[1])
    if as_json:
        import json
        from dataclasses import asdict

        print(json.dumps([asdict(change) for change in changes], indent=2))
    else:
        _say_changes(changes)
    moving = sum(change.can_move for change in changes)
    names = " to ".join(f"{each.header.id} {each.header.version}" for each in versions)
    print(f"{names}: {len(changes)} changes, {moving} can move a number or a state", file=sys.stderr)


@rubric_app.command("digest")
def rubric_digest(rubric: RubricName) -> None:
    """Print the digest of everything in a rubric that can move a number or a state."""
    from dualtrack.rubric import load_rubric
    from dualtrack.rubric.effects import results_digest

    print(results_digest(load_rubric(rubric)))


@rubric_app.command("copy")
def rubric_copy(
    rubric: RubricName,
    folder: Annotated[
        Path, typer.Argument(help="A new or empty folder, called like the new rubric.", show_default=False)
    ],
) -> None:
    """Copy a rubric into a new folder, to be amended."""
    from dualtrack import verbs

    for file in verbs.copy_rubric(rubric, folder):
        print(folder / file.relative_to(folder.resolve()))
    path = str(folder) if len(folder.parts) > 1 else f"./{folder}"  # a bare name would be looked up among those shipped
    steps = (
        ("", f"change the files in {path} with any text editor, and write down in {path}/decisions why"),
        (f"dualtrack rubric lint {path}", "what a reviewer would ask"),
        (f"dualtrack rubric diff {rubric} {path}", "what your changes can move"),
        (f"dualtrack rubric docs {path} --out pages", "a page for the committee, a guide for the raters"),
        (
            f"dualtrack rubric schema --out {folder.parent / 'schema'}",
            "lets an editor complete and check what you type",
        ),
        ("", f"in study.yaml, write rubric: {{path: ...}} with the way from the study to {path}"),
    )
    print("\nNext:", file=sys.stderr)
    for command, what in steps:
        print(f"  {command}\n      {what}" if command else f"  {what}", file=sys.stderr)


@rubric_app.command("docs")
def rubric_docs(
    rubric: RubricName,
    out: Annotated[Path, typer.Option("--out", help="Folder for the two pages; what else lies there stays.")],
) -> None:
    """Write a rubric as a page for a committee, and the guide for its raters."""
    from dualtrack import verbs

    for page in verbs.rubric_pages(rubric, out):
        print(page)


@rubric_app.command("test")
def rubric_test(rubric: RubricName) -> None:
    """Run the worked examples of a rubric, then rehearse it with made-up answers; ends with 1 if anything fails."""
    from dualtrack.audit import rehearse, run_examples
    from dualtrack.rubric import load_rubric

    loaded = load_rubric(rubric)
    with _progress() as progress:
        progress("worked examples")
        examples = list(run_examples(loaded))
        progress("rehearsal")
        demands = list(rehearse(loaded))
    for each in examples:
        if not each.holds:
            print(f"fails  {each.metric_id}, example {each.number + 1}: expected {each.expected}, given {each.given}")
    for demand in demands:
        print(f"{'holds' if demand.holds else 'fails':<6} {demand.track:<14} {demand.says} ({demand.found})")
    n_failing = sum(not each.holds for each in examples) + sum(not each.holds for each in demands)
    print(f"{len(examples)} examples and {len(demands)} demands, {n_failing} fail", file=sys.stderr)
    if n_failing:
        raise typer.Exit(BAD_INPUT)


@rubric_app.command("schema")
def rubric_schema(
    out: Annotated[Path, typer.Option("--out", help="Folder for the JSON Schema files.")] = Path("rubric/schema"),
) -> None:
    """Write JSON Schema files, with which an editor completes and checks rubric files."""
    from dualtrack.report.write import write_files
    from dualtrack.rubric import json_schemas

    for path in write_files(json_schemas(), out):
        print(path)


def _scored(
    study: Path,
    out: Path,
    *,
    clock: str | None,
    texts: bool | None,
    by: str | None = None,
    cache: Path | bool = False,
) -> "Results":
    from dualtrack import verbs

    try:
        moment = verbs.run_clock(clock)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--clock") from error
    with _progress() as progress:
        looked_at = moment or now()
        results = verbs.score(
            study, texts=texts, clock=moment, looked_at=looked_at, by=by, cache=cache, progress=progress
        )
        progress("writing results and pages")
        results.save(out, pages=True)
    return results


def _say_end(results: "Results", out: Path) -> None:
    for line in results.lines():
        print(line)
    if results.broken:
        n = len(results.broken)
        print(f"\nA check broke on {n:,} response{'s' if n != 1 else ''}; nothing was judged there:", file=sys.stderr)
        say_problems(results.broken[:MOST_BROKEN])
    say_manifest(out)
    print(f"\nOpen {out / 'index.html'}", file=sys.stderr)


def _say_changes(changes: "Sequence[Change]") -> None:
    import textwrap

    from dualtrack.render.text import visible
    from dualtrack.rubric.diff import grouped

    def say(text: str, indent: str) -> None:
        first = f"{indent}- " if indent == "  " else indent
        print(textwrap.fill(visible(text), width=110, initial_indent=first, subsequent_indent=f"{indent}  "))

    for subject, mine in grouped(changes):
        print(visible(subject))
        for change in mine:
            say(change.told, "  ")
            say(f"{change.moves}.", "    ")
        print()


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line that names the stage at work on a terminal; nothing in a pipe."""
    if not sys.stderr.isatty():
        yield lambda _stage: None
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield status.update
