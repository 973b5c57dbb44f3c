"""The page of a comparison of two runs, and its sections in order: what got worse first, each track by itself.

May import terms, ``render`` and the ground of report. A pure function of compare.json.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dualtrack.render import (  # fmt: skip
    Cell,
    Column,
    Fact,
    FrameWords,
    Page,
    Row,
    Section,
    Table,
    anchor,
    listed,
    numbers,
    render_page,
)
from dualtrack.report.drawing import templates
from dualtrack.report.versions.parts import (
    Side,
    cases_table,
    criteria_tables,
    differences_table,
    gates_table,
    modes_table,
    span_text,
)
from dualtrack.report.view import TABLES, TablesView
from dualtrack.report.words import Words, load_words
from dualtrack.terms import State, Track

__all__ = ["VERSIONS_PAGE", "look_text", "side_of", "track_name", "version_text", "versions_page"]

VERSIONS_PAGE = "compare.html"
MOST_LEFT = 200


def versions_page(document: Mapping[str, Any], *, language: str = "en") -> str:
    """A comparison as one page.

    Args:
        document: the content of compare.json.
        language: language of the page's own words.

    Returns:
        HTML, complete in itself; the same for the same document.
    """
    words, study = load_words(language, "compare"), document["study"]
    sides = [side_of(document, track, words) for track in Track]
    title = words.say(f"data_titles.{study['data_kind']}", title=study["title"])
    page = Page(
        file=VERSIONS_PAGE,
        language=words.language,
        title=words.say("compare.title", study=title),
        heading=title,
        kicker=words.say("compare.kicker", study=study["id"]),
        banner="" if study["data_kind"] == "real" else words.say(f"data_banners.{study['data_kind']}"),
        claim=" ".join(_track_claim(side) for side in sides),
        about=(words.say("compare.about"), *_remarks(document, words)),
        facts=tuple(_facts(document, words)),
        links=(),
        sections=(*(section for side in sides for section in _track_sections(side)), *_closing(document, words)),
        footer=(words.say("compare.footer", engine=document["engine"]["name"], version=document["engine"]["version"]),),
        running=words.say("compare.running", study=study["id"]),
        words=FrameWords(words.say("frame.skip"), words.say("frame.pages"), words.say("frame.contents")),
    )
    return render_page(page, templates())


def side_of(document: Mapping[str, Any], track: Track, words: Words) -> Side:
    """One track of a comparison.

    Args:
        document: the content of compare.json.
        track: the track.
        words: the sentences.
    """
    mine = {
        name: [row for row in rows if row["track"] == track.value]
        for name, rows in document["tables"].items()
        if name != "version_left_out"
    }
    titles = {each["id"]: each["title"] for each in document["metrics"] if each["track"] == track.value}
    return Side(track, document["systems"], titles, mine, words)


def track_name(words: Words, track: Track) -> str:
    """Name of a track at the head of a sentence."""
    name = words.say(f"tracks.{track}")
    return name[:1].upper() + name[1:]


def look_text(document: Mapping[str, Any], words: Words) -> str:
    """Which look this is, as a claim.

    Args:
        document: the content of compare.json.
        words: the sentences.
    """
    look = document["look"]
    name = "look_exact" if look["exact"] else "look_least"
    return words.say(f"compare_claims.{name}", n=numbers.count(look["number"]))


def _track_claim(side: Side) -> str:
    name = track_name(side.words, side.track)
    rows = side.rows("version_verdicts")
    if not rows:
        return side.words.say("compare_claims.no_track", track=name)
    return " ".join(
        side.words.say(
            "compare_claims.retest",
            track=name,
            system=side.name(row["system_id"]),
            state=side.words.say(f"states.{row['state']}.word"),
            worse=numbers.count(row["n_items_worse"]),
            better=numbers.count(row["n_items_better"]),
        )
        for row in rows
    )


def _track_sections(side: Side) -> Iterator[Section]:
    """Sections of one track; what got worse first."""
    words, name = side.words, track_name(side.words, side.track)
    if not side.rows("version_verdicts"):
        title = words.say("compare_claims.no_track", track=name)
        yield _section(side, "nothing", title, words.say("compare.nothing"))
        return
    verdicts = side.rows("version_verdicts")
    cases, more = cases_table(side)
    lost = sum(row["n_lost"] for row in verdicts)
    notes = [words.say("compare_leads.worse")] if cases.groups else []
    notes += [words.say("compare_notes.more", n=numbers.count(more))] if more else []
    notes += [words.say("compare_notes.lost", n=numbers.count(lost))] if lost else []
    yield _section(side, "worse", _worse_title(side, name), " ".join(notes), *([cases] if cases.groups else []))
    states = listed(
        tuple(
            words.say(
                "compare_claims.retest_one",
                system=side.name(row["system_id"]),
                state=words.say(f"states.{row['state']}.word"),
            )
            for row in verdicts
        )
    )
    criteria = criteria_tables(side)
    lead = words.say(f"compare_leads.retest{'' if criteria else '_nothing'}")
    heading = words.say("compare_claims.retest_heading", track=name, states=states)
    yield _section(side, "retest", heading, lead, *criteria)
    yield from _figures(side, name)


def _figures(side: Side, name: str) -> Iterator[Section]:
    """Differences, gates and failure modes."""
    words = side.words
    rows = side.rows("version_differences")
    if rows:
        table = differences_table(side, min(row["confidence"] for row in rows))
        yield _section(
            side, "differences", _differences_title(side, name), words.say("compare_leads.differences"), table
        )
    gates, same = gates_table(side)
    changed = len(side.rows("version_gates")) - same
    title = words.say("compare_claims.gates_same", track=name)
    if changed:
        counts = {"n": numbers.count(changed), "of": numbers.count(changed + same)}
        title = words.say("compare_claims.gates_changed", track=name, **counts)
    lead = f"{words.say('compare_leads.gates')} {words.say('compare_notes.same_gates', n=numbers.count(same))}"
    yield _section(side, "gates", title, lead, *([gates] if gates.groups else []))
    modes, kept = modes_table(side)
    n = {each: sum(row["change"] == each for row in side.rows("version_modes")) for each in ("new", "gone")}
    counts = {each: numbers.count(number) for each, number in n.items()}
    title = words.say("compare_claims.modes_new", track=name, **counts)
    lead = f"{words.say('compare_leads.modes')} {words.say('compare_notes.same_modes', n=numbers.count(kept))}"
    yield _section(side, "modes", title, lead, *([modes] if modes.groups else []))


def _worse_title(side: Side, name: str) -> str:
    words, rows = side.words, side.rows("version_verdicts")
    names = ("n_items_worse", "n_worse", "n_new_confirmed", "n_new_open")
    n, times, confirmed, opened = (sum(row[each] for row in rows) for each in names)
    events = ""
    if confirmed or opened:
        facts = {"confirmed": numbers.count(confirmed), "open": numbers.count(opened)}
        events = words.say("compare_claims.events", **facts)
    if not n:
        return words.say("compare_claims.worse_none", track=name)
    facts = {"n": numbers.count(n), "times": numbers.count(times)}
    return words.say(f"compare_claims.worse_{'one' if n == 1 else 'some'}", track=name, events=events, **facts)


def _differences_title(side: Side, name: str) -> str:
    rows = [row for row in side.rows("version_differences") if row["subject_id"] == side.track.value]
    moves = tuple(
        side.words.say(
            "compare_claims.move",
            value=numbers.difference(row["value"]),
            span=span_text(side, row["lower"], row["upper"], row["reason"]),
            system=side.name(row["system_id"]),
        )
        for row in rows
        if row["value"] is not None
    )
    if not moves:
        return side.words.say("compare_claims.differences_none", track=name)
    return side.words.say("compare_claims.differences", track=name, moves=listed(moves))


def _section(side: Side, name: str, title: str, lead: str, *tables: Table) -> Section:
    return Section(anchor(side.track.value, name), title, TABLES, TablesView(lead, tables))


def _facts(document: Mapping[str, Any], words: Words) -> Iterator[Fact]:
    pairs = [
        words.say("compare.pair", old=version_text(words, each, "old"), new=version_text(words, each, "new"))
        for each in document["systems"]
    ]
    items = document["items"]
    proof = words.say(f"compare_proofs.{items['proof']}")
    yield Fact(words.say("compare_facts.systems"), "; ".join(pairs))
    shared = words.say("compare.shared_value", n=numbers.count(items["n_shared"]), proof=proof)
    yield Fact(words.say("compare_facts.items"), shared)
    yield Fact(words.say("compare_facts.look"), look_text(document, words))
    for side in ("old", "new"):
        run = document["runs"][side]
        text = words.say(
            "compare_facts.run_value",
            study=run["study_id"],
            rubric=run["rubric"],
            clock=run["clock"] or words.say("compare_facts.no_clock"),
            manifest=run["manifest_sha256"] or words.say("compare_facts.no_manifest"),
        )
        yield Fact(words.say(f"compare_facts.{side}_run"), text)


def version_text(words: Words, system: Mapping[str, Any], side: str) -> str:
    """Name and version of a system in one of the runs.

    Args:
        words: the sentences.
        system: one entry of ``systems``.
        side: old or new.
    """
    version = system[f"{side}_version"] or words.say("compare.version_unknown")
    return words.say("compare.versions", name=system[f"{side}_name"] or system[side], version=version)


def _remarks(document: Mapping[str, Any], words: Words) -> Iterator[str]:
    if document["weights_changed"]:
        yield words.say("compare_notes.weights", metrics=", ".join(document["weights_changed"]))
    engines = {side: document["runs"][side]["engine_version"] for side in ("old", "new")}
    if engines["old"] != engines["new"]:
        yield words.say("compare_notes.engines", **engines)


def _closing(document: Mapping[str, Any], words: Words) -> Iterator[Section]:
    """The look, what is left out, and what the states mean."""
    look = document["look"]
    how = "look_written" if look["written"] else "look_known" if look["exact"] else "look_unknown"
    lead = f"{words.say(f'compare_leads.{how}')} {words.say('compare_leads.look_rule')}"
    yield Section("look", look_text(document, words), TABLES, TablesView(lead, ()))
    rows = document["tables"]["version_left_out"]
    title = words.say("compare_claims.left_none")
    if rows:
        title = words.say("compare_claims.left_out", n=numbers.count(len(rows)))
    lead = words.say("compare_leads.left_out") if rows else ""
    yield Section("left-out", title, TABLES, TablesView(lead, (_left_out(words, rows),) if rows else ()))
    meanings = [
        Row((Cell(words.say(f"states.{state}.word")), Cell(words.say(f"states.{state}.meaning")))) for state in State
    ]
    columns = (
        Column(words.say("compare_columns.state"), "text", head=True),
        Column(words.say("compare_columns.meaning"), wide=True),
    )
    title = words.say("sections.glossary")
    yield Section("states", title, TABLES, TablesView("", (Table("states-table", title, columns, tuple(meanings)),)))


def _left_out(words: Words, rows: list[Mapping[str, Any]]) -> Table:
    columns = tuple(
        Column(words.say(f"compare_columns.{name}"), "code" if name == "case" else "text")
        for name in ("what", "case", "track", "why")
    )
    cells = [
        Row(
            (
                Cell(words.say(f"compare_left.{row['kind']}")),
                Cell(row["name"]),
                Cell(words.say(f"tracks.{row['track']}" if row["track"] else "compare.both")),
                Cell(words.say(f"compare_left.{row['why']}")),
            )
        )
        for row in rows[:MOST_LEFT]
    ]
    more = len(rows) - len(cells)
    notes = (words.say("compare_notes.more", n=numbers.count(more)),) if more else ()
    caption = words.say("compare_leads.left_out")
    return Table("left-out-table", caption, columns, tuple(cells), notes=notes)
