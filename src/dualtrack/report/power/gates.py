"""Sections about gates: all of a track together, what the plan gives each, chances, cases needed, changes.

May import terms, ``render`` and the ground of report.
"""

from collections.abc import Iterator

from dualtrack.render import Axis, Cell, Column, Section, axis_over, interval_bar, numbers
from dualtrack.report.power.rows import (
    Document,
    PlainRow,
    chance,
    column,
    counted,
    figure,
    gates_of,
    rate_of,
    rows_of,
    section,
    state_cells,
    state_columns,
    table,
    track_of,
)
from dualtrack.report.words import Words
from dualtrack.terms import GateKind, State, Track

__all__ = ["changes_sections", "gate_sections", "plan_section", "track_claim", "tracks_section"]

SCENARIOS = ("first", "second", "third")
RATE_KINDS = (GateKind.failure_at_most, GateKind.success_at_least)


def track_claim(document: Document, track: str, words: Words) -> str:
    """What the design can do for one track, as a sentence.

    Args:
        document: the calculation.
        track: the track.
        words: the sentences.
    """
    name = track_of(words, track)
    found = rows_of(document, "power_tracks", track=track, scenario=1)
    if not found:
        return words.say("power.claim_track_absent", track=name)
    row = found[0]
    if not row["n_gates"]:
        return words.say("power.claim_no_gate", track=name)
    if row["p_met"] is None:
        return words.say("power.claim_unknown", track=name, n=numbers.count(row["n_unknown"]))
    if row["p_met"] == 0:
        return words.say("power.claim_never", track=name)
    return words.say("power.claim_track", track=name, share=chance(words, row["p_met"]))


def tracks_section(document: Document, track: str, words: Words) -> Section | None:
    """All gates of one track together at three true rates; its heading is the claim.

    Args:
        document: the calculation.
        track: the track.
        words: the sentences.
    """
    rows = rows_of(document, "power_tracks", track=track)
    if not rows:
        return None
    title, axis = track_claim(document, track, words), _axis()
    titles = [
        column(words, "truths", "text", head=True), *state_columns(words), column(words, "together"),
        Column(words.say("power_columns.spread"), "plot", axis=axis),
    ]  # fmt: skip
    cells = [
        [
            Cell(words.say(f"power.rates_of_track.{SCENARIOS[row['scenario'] - 1]}")),
            *state_cells(words, row),
            Cell(_bounds(words, row)),
            _spread(axis, row),
        ]
        for row in rows
    ]
    correlation = rows[0]["correlation"]
    known = "correlated" if correlation else "independent"
    dependence = words.say(
        f"power_leads.{known}", **({"correlation": numbers.level(correlation)} if correlation else {})
    )
    lead = words.say("power_leads.tracks", dependence=dependence)
    return section(f"track-{track}", title, lead, table(f"track-{track}", track_of(words, track), titles, cells))


def plan_section(document: Document, words: Words) -> Section:
    """What the plan gives each gate: the plan view.

    Args:
        document: the calculation.
        words: the sentences.
    """
    rows = document["power_plan"]
    short = sum(_is_short(row) for row in rows)
    n = numbers.count(len(rows))
    title = words.say("power_sections.plan")
    if short:
        title = words.say("power_sections.plan_short", short=numbers.count(short), n=n)
    names = ("cases", "groups", "effective", "least", "least_items", "most_failures", "least_failures")
    titles = [
        column(words, "gate", "code", head=True), column(words, "rule", "text"),
        *(column(words, each) for each in names), column(words, "why", "text"),
    ]  # fmt: skip
    tables = [
        table(f"plan-{track}", track_of(words, track), titles, [_plan_cells(words, row) for row in mine])
        for track in Track
        if (mine := gates_of(document, track))
    ]
    return section("plan", title, words.say("power_leads.plan"), *tables)


def gate_sections(document: Document, track: str, words: Words) -> Iterator[Section]:
    """How each gate of a track ends at three true rates, and the cases that each gate on a rate needs.

    Args:
        document: the calculation.
        track: the track.
        words: the sentences.
    """
    plan = {row["gate_id"]: row for row in gates_of(document, track)}
    if not plan:
        return
    name, axis = track_of(words, track), _axis()
    titles = [
        column(words, "gate", "code", head=True), column(words, "truth"), *state_columns(words),
        Column(words.say("power_columns.spread"), "plot", axis=axis),
    ]  # fmt: skip
    cells = [
        [
            Cell(row["gate_id"]),
            Cell(rate_of(words, plan[row["gate_id"]]["kind"], row["rate"])),
            *state_cells(words, row),
            _spread(axis, row),
        ]
        for row in rows_of(document, "power_chances", track=track)
    ]
    lead = words.say("power_leads.chances", rates=_assumed(document, "rates"))
    title = words.say("power_sections.chances", track=name)
    yield section(f"chances-{track}", title, lead, table(f"chances-{track}", name, titles, cells))
    needed = list(_needed_cells(document, track, words, plan))
    if needed:
        targets = sorted({row["target"] for row in rows_of(document, "power_needed", track=track)})
        titles = [
            column(words, "gate", "code", head=True), column(words, "truth"), column(words, "least"),
            column(words, "planned"),
            *(column(words, "needed", target=numbers.exact_percent(target)) for target in targets),
        ]  # fmt: skip
        title, lead = words.say("power_sections.needed", track=name), words.say("power_leads.needed")
        yield section(f"needed-{track}", title, lead, table(f"needed-{track}", name, titles, needed))


def changes_sections(document: Document, words: Words) -> Iterator[Section]:
    """What could be changed for the gate on which a track hangs, one section for each track.

    Args:
        document: the calculation.
        words: the sentences.
    """
    for track in Track:
        rows = rows_of(document, "power_changes", track=track)
        if not rows:
            continue
        plan = next(row for row in document["power_plan"] if row["gate_id"] == rows[0]["gate_id"])
        titles = [
            column(words, "change", "text", head=True), column(words, "target"), column(words, "chance"),
            column(words, "items"), column(words, "groups"), column(words, "hours"), column(words, "verdict", "text"),
        ]  # fmt: skip
        cells = [
            [
                Cell(_change(words, row, plan)),
                Cell(numbers.exact_percent(row["target"])),
                Cell(chance(words, row["chance"])),
                Cell(counted(words, row["n_items"])),
                Cell(counted(words, row["n_clusters"])),
                Cell(figure(words, row["extra_hours"], 1)),
                Cell(words.say(f"power_changes.{_reached(row)}")),
            ]
            for row in rows
        ]
        title = _changes_title(document, track, words, rows=rows, plan=plan)
        yield section(
            f"changes-{track}", title, words.say("power_leads.changes"),
            table(f"changes-{track}", rows[0]["gate_id"], titles, cells),
        )  # fmt: skip


def _changes_title(document: Document, track: str, words: Words, *, rows: list[PlainRow], plan: PlainRow) -> str:
    names = {"track": track_of(words, track), "gate": str(rows[0]["gate_id"])}
    first = next(row for row in rows_of(document, "power_chances", gate_id=rows[0]["gate_id"], scenario=1))
    if first["p_met"] >= rows[0]["target"]:
        return words.say("power_sections.changes_done", **names)
    best = next((row for row in rows if row["cheapest"]), None)
    if best is None:
        return words.say("power_sections.changes", **names)
    hours = figure(words, best["extra_hours"], 0)
    return words.say("power_sections.changes_cheapest", change=_change(words, best, plan), hours=hours, **names)


def _change(words: Words, row: PlainRow, plan: PlainRow) -> str:
    facts: dict[str, str] = {}
    if row["change"] in ("more_items", "more_own_clusters"):
        facts = {"n": counted(words, row["n_items"]), "before": counted(words, plan["n"])}
    elif row["change"] == "smaller_rho0":
        facts = {"rho0": numbers.level(row["rho0"]), "before": numbers.level(plan["rho0"])}
    return words.say(f"power_changes.{row['change']}", **facts)


def _reached(row: PlainRow) -> str:
    return "cheapest" if row["cheapest"] else "reached" if row["reached"] else "not_reached"


def _needed_cells(document: Document, track: str, words: Words, plan: dict[str, PlainRow]) -> Iterator[list[Cell]]:
    rows = rows_of(document, "power_needed", track=track)
    for gate in dict.fromkeys(row["gate_id"] for row in rows):
        mine = [row for row in rows if row["gate_id"] == gate]
        yield [
            Cell(gate),
            Cell(rate_of(words, plan[gate]["kind"], mine[0]["rate"])),
            Cell(counted(words, plan[gate]["n_needed"])),
            Cell(counted(words, mine[0]["n_planned"])),
            *(Cell(counted(words, row["n_items"])) for row in sorted(mine, key=lambda row: float(row["target"]))),
        ]


def _is_short(row: PlainRow) -> bool:
    if row["n"] is None or row["n_needed"] is None:
        return False
    effective = row["n_effective"] or 0.0
    return bool(row["n"] - (row["n_missing"] or 0) < row["n_needed"] or effective < row["n_needed"])


def _plan_cells(words: Words, row: PlainRow) -> list[Cell]:
    rated = row["kind"] in RATE_KINDS and row["reason"] is None and row["n"]
    most = words.say("power.none") if rated and row["most_failures"] is None else counted(words, row["most_failures"])
    why = "no_case" if row["reason"] is None and not row["n"] else row["reason"]
    return [
        Cell(row["gate_id"]),
        Cell(_rule(words, row)),
        Cell(counted(words, row["n"])),
        Cell(counted(words, row["n_clusters"])),
        Cell(figure(words, row["n_effective"])),
        Cell(counted(words, row["n_needed"])),
        Cell(counted(words, row["n_needed_items"])),
        Cell(most),
        Cell(counted(words, row["least_failures"])),
        Cell(words.say(f"power_reasons.{why}") if why else ""),
    ]


def _rule(words: Words, row: PlainRow) -> str:
    kind = words.say(f"gates.kinds.{row['kind']}")
    limit = row["limit"]
    if row["kind"] in (GateKind.veto, GateKind.min_n) or limit is None:
        return kind
    shown = 1 - limit if row["kind"] == GateKind.success_at_least else limit
    sign = "\N{GREATER-THAN OR EQUAL TO}" if row["kind"] == GateKind.success_at_least else "\N{LESS-THAN OR EQUAL TO}"
    return f"{kind} {sign} {numbers.exact_percent(round(shown, 10))}"


def _axis() -> Axis:
    return axis_over([0.0, 1.0], lambda place: numbers.exact_percent(round(place, 6)), within=(0.0, 1.0))


def _spread(axis: Axis, row: PlainRow) -> Cell:
    """A band from the chance of met to that of everything but not met."""
    met, not_met = row["p_met"], row["p_not_met"]
    if met is None or not_met is None or row[f"p_{State.not_assessed}"]:
        return Cell("")
    return Cell(bar=interval_bar(axis, None, bounds=(met, max(met, 1 - not_met))))


def _bounds(words: Words, row: PlainRow) -> str:
    if row["met_low"] is None:
        return words.say("power.dash")
    return numbers.percent_span(row["met_low"], row["met_high"], decimals=0)


def _assumed(document: Document, name: str) -> str:
    return str(next(row["text"] for row in document["power_assumptions"] if row["name"] == name))
