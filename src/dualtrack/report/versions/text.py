"""A comparison of two runs as lines of text, for a terminal: what got worse first.

May import terms, ``render`` and the ground of report. Pure functions of compare.json.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dualtrack.records.result_versions import REGRESSIONS
from dualtrack.render import numbers
from dualtrack.report.versions.page import look_text, side_of, track_name, version_text
from dualtrack.report.versions.parts import Side, p_text, reasons_text
from dualtrack.report.words import Words, load_words
from dualtrack.terms import State, Track

__all__ = ["version_lines"]

MOST_CASES = 20
INDENT = "  "
PlainRow = Mapping[str, Any]


def version_lines(document: Mapping[str, Any], *, language: str = "en") -> Iterator[str]:
    """The comparison in lines.

    Args:
        document: the content of compare.json.
        language: language of the words.
    """
    words = load_words(language, "compare")
    items = document["items"]
    sides = [side_of(document, track, words) for track in Track]
    proof = words.say(f"compare_proofs.{items['proof']}")
    for system in document["systems"]:
        versions = {side: version_text(words, system, side) for side in ("old", "new")}
        yield words.say("compare_text.head", study=document["study"]["id"], **versions)
    yield words.say("compare_text.items", n=numbers.count(items["n_shared"]), proof=proof)
    yield look_text(document, words)
    for system in document["systems"]:
        for side in sides:
            yield from _track(side, system["new"], words)
    yield from _left_out(document["tables"]["version_left_out"], words)


def _left_out(rows: Sequence[PlainRow], words: Words) -> Iterator[str]:
    for row in rows[:MOST_CASES]:
        what, why = (words.say(f"compare_left.{row[name]}") for name in ("kind", "why"))
        yield words.say("compare_text.left_out", what=what, name=row["name"], why=why)
    if len(rows) > MOST_CASES:
        yield words.say("compare_text.more", n=numbers.count(len(rows) - MOST_CASES))


def _track(side: Side, system: str, words: Words) -> Iterator[str]:
    for verdict in side.rows("version_verdicts", system):
        yield ""
        yield _verdict(side, verdict, words)
        names = ("items_worse", "worse", "items_better", "better", "lost", "new_confirmed", "new_open")
        counts = {name.removeprefix("new_"): numbers.count(verdict[f"n_{name}"]) for name in names}
        yield INDENT + words.say("compare_text.counts", **counts)
        for line in (*_cases(side, system, words), *_changed(side, system, words), *_criteria(side, system, words)):
            yield INDENT + line


def _verdict(side: Side, verdict: PlainRow, words: Words) -> str:
    return words.say(
        "compare_text.retest",
        track=f"{side.name(verdict['system_id'])}, {track_name(words, side.track)}",
        state=words.say(f"states.{verdict['state']}.word"),
        reasons=_because(words, verdict),
    )


def _cases(side: Side, system: str, words: Words) -> Iterator[str]:
    rows = [row for row in side.rows("version_cases", system) if row["change"] in REGRESSIONS]
    for row in rows[:MOST_CASES]:
        more = [str(each) for each in (row["gate_after"], row["harm_level"]) if each]
        yield words.say(
            "compare_text.case",
            change=words.say(f"compare_changes.{row['change']}"),
            item=row["item_id"],
            sample=numbers.count(row["sample"]),
            metric=row["metric_id"],
            more=f" ({', '.join(more)})" if more else "",
        )
    if len(rows) > MOST_CASES:
        yield words.say("compare_text.more", n=numbers.count(len(rows) - MOST_CASES))


def _changed(side: Side, system: str, words: Words) -> Iterator[str]:
    rows = side.rows("version_differences", system)
    for row in sorted(rows, key=lambda row: row["subject_id"] != side.track.value):
        yield _difference(side, row, words)
    for row in side.rows("version_gates", system):
        if row["change"] != "same":
            before, after = (
                words.say(f"states.{row[name]}.word") if row[name] else words.say("compare.dash")
                for name in ("state_before", "state_after")
            )
            yield words.say("compare_text.gate", gate=row["gate_id"], before=before, after=after)
    for row in side.rows("version_modes", system):
        if row["change"] in ("new", "gone"):
            yield words.say(
                "compare_text.mode",
                mode=row["failure_mode"],
                metric=row["metric_id"],
                change=words.say(f"compare_mode_changes.{row['change']}"),
                before=numbers.count(row["n_before"]),
                after=numbers.count(row["n_after"]),
            )


def _difference(side: Side, row: PlainRow, words: Words) -> str:
    subject = row["subject_id"]
    if row["value"] is None:
        reason = words.say(f"reasons.{row['reason']}.short") if row["reason"] else words.say("compare.dash")
        return words.say("compare_text.difference_none", subject=subject, reason=reason)
    span = numbers.difference_span(row["lower"], row["upper"]) if row["lower"] is not None else None
    return words.say(
        "compare_text.difference",
        subject=subject,
        value=numbers.difference(row["value"]),
        span=span or words.say(f"reasons.{row['reason']}.short"),
        failing=side.dash(row["n_newly_failing"]),
        passing=side.dash(row["n_newly_passing"]),
        p=side.dash(None) if row["p"] is None else p_text(words, row["p"]),
    )


def _criteria(side: Side, system: str, words: Words) -> Iterator[str]:
    """Declared criteria and gates that are not met one by one; other gates are counted."""
    rows = side.rows("version_criteria", system)
    for row in rows:
        if row["kind"] == "gate" and row["state"] != State.not_met:
            continue
        yield words.say(
            "compare_text.criterion",
            state=words.say(f"states.{row['state']}.word"),
            criterion=row["criterion_id"],
            kind=words.say(f"compare_kinds.{row['kind']}"),
            reasons=_because(words, row),
        )
    for state in State:
        n = sum(row["kind"] == "gate" and row["state"] == state for row in rows)
        if n and state is not State.not_met:
            named = words.say(f"states.{state}.word")
            yield words.say("compare_text.gates", n=numbers.count(n), state=named)


def _because(words: Words, row: PlainRow) -> str:
    text = reasons_text(words, row["reasons"])
    return f": {text}" if text else ""
