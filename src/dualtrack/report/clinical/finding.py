"""One failure as a reader of the report sees it: what was asked and answered, the evidence, who said what.

May import ``render`` and report. Texts stay texts: the template marks the evidence and draws nothing else of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dualtrack.render import Mark, numbers, sentence
from dualtrack.report.clinical.cases import Cases, Response
from dualtrack.report.clinical.excerpts import Part, cut, evidence
from dualtrack.report.clinical.looks import link_to, metric_text, mode_name, state_mark
from dualtrack.report.clinical.order import HARMS
from dualtrack.report.document import Document
from dualtrack.report.words import Words

__all__ = ["FindingView", "finding_view"]

LONGEST_PROMPT = 600
MOST_EXPECTED = 8


@dataclass(frozen=True, slots=True)
class Titled:
    """A small heading with sentences under it."""

    title: str
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FindingView:
    """One failure, every part of it finished text."""

    mark: Mark
    title: str
    case: str
    harm: str
    modes: str
    prompt_title: str
    prompt: tuple[Part, ...]
    answer_title: str
    answer: tuple[Part, ...]
    no_text: str
    evidence: str
    lists: tuple[Titled, ...]
    open: str
    target: str


def finding_view(
    document: Document, cases: Cases, row: Mapping[Any, Any], words: Words, *, title: str = ""
) -> FindingView:
    """One row of the failures table with all that belongs to it.

    Args:
        document: the results.
        cases: the long tables.
        row: the row.
        words: the sentences.
        title: heading; by default system and metric.
    """
    key = (row["system_id"], row["item_id"], row["sample"])
    told, said = cases.response(key), cases.about(key)
    names = {system.id: system.name for system in document.study.systems}
    metric = row["metric_id"]
    answer = () if told is None or told.text is None else cut(told.text, evidence(said, metric)).parts
    marked = any(part.marked for part in answer)
    case = "case" if row["sample"] == 1 else "case_repeat"
    note = words.say("clinical.finding.evidence" if marked else "clinical.finding.no_evidence")
    return FindingView(
        mark=state_mark(words, row["state"]),
        title=title
        or words.say(
            "clinical.finding.title",
            system=names.get(row["system_id"], row["system_id"]),
            metric=metric_text(document, metric),
        ),
        case=words.say(f"clinical.finding.{case}", item=row["item_id"], n=numbers.count(row["sample"])),
        harm=_harm(words, row),
        modes=_modes(document, words, row),
        prompt_title=words.say("clinical.finding.prompt"),
        prompt=_prompt(told),
        answer_title=words.say("clinical.finding.answer"),
        answer=answer,
        no_text="" if answer else words.say("clinical.finding.no_text"),
        evidence=note if answer else "",
        lists=tuple(each for each in _lists(document, cases, row, words) if each.entries),
        open=words.say("clinical.finding.open"),
        target=link_to(row),
    )


def _harm(words: Words, row: Mapping[Any, Any]) -> str:
    if not isinstance(row["harm"], str):
        return words.say("clinical.finding.no_harm")
    harm = words.word("clinical.script.harms", row["harm"]) if row["harm"] in HARMS else row["harm"]
    return words.say("clinical.finding.harm", harm=harm, source=words.say(f"clinical.harm_from.{row['harm_from']}"))


def _modes(document: Document, words: Words, row: Mapping[Any, Any]) -> str:
    modes = row["failure_modes"].split() if isinstance(row["failure_modes"], str) else [""]
    names = "; ".join(mode_name(document, words, row["metric_id"], mode) for mode in modes)
    return words.say("clinical.finding.modes", modes=names)


def _prompt(told: Response | None) -> tuple[Part, ...]:
    if told is None or told.prompt is None:
        return ()
    whole = "\n".join([*(f"{who}: {said}" for who, said in told.turns), told.prompt])
    short = whole if len(whole) <= LONGEST_PROMPT else f"{whole[:LONGEST_PROMPT]}…"
    return (Part(short, marked=False),)


def _lists(document: Document, cases: Cases, row: Mapping[Any, Any], words: Words) -> Iterator[Titled]:
    key = (row["system_id"], row["item_id"], row["sample"])
    told, said = cases.response(key), cases.about(key)
    if told is not None:
        expected = [_expected(words, each) for each in told.expected[:MOST_EXPECTED]]
        yield Titled(words.say("clinical.finding.expected"), tuple(expected))
    yield Titled(words.say("clinical.finding.checks"), tuple(_checks(document, words, said, row["metric_id"])))
    yield Titled(words.say("clinical.finding.ratings"), tuple(_ratings(document, words, said, row["metric_id"])))
    yield Titled(words.say("clinical.finding.rulings"), tuple(_rulings(words, cases, row)))


def _expected(words: Words, given: Mapping[str, Any]) -> str:
    kind, text = str(given.get("kind")), str(given.get("text"))
    if kind == "urgency":
        return words.say("clinical.finding.urgency", text=text.replace("_", " "))
    told = words.say("clinical.finding.avoids" if kind == "avoids" else "clinical.finding.holds", text=text)
    return words.say("clinical.finding.critical", text=told) if given.get("critical") is True else told


def _checks(document: Document, words: Words, said: pd.DataFrame, metric: str) -> Iterator[str]:
    own = said[(said["probe_id"].astype("str").str.partition(".")[0] == metric) & (said["outcome"] == "fail")]
    seen = dict.fromkeys(zip(own["probe_id"], own["failure_mode"].astype("object"), strict=True))
    for probe, mode in seen:
        name = words.say(
            "clinical.finding.check",
            name=str(probe).partition(".")[2].replace("_", " "),
            metric=metric_text(document, metric),
        )
        title = f": {mode_name(document, words, metric, mode)}" if isinstance(mode, str) else ""
        yield sentence(f"{name}{title}")


def _ratings(document: Document, words: Words, said: pd.DataFrame, metric_id: str) -> Iterator[str]:
    """What people said on the metric's own question and on harm, adjudicators last."""
    metric = next((each for each in document.metrics if each.id == metric_id), None)
    wanted = {scale.id for scale in document.scales.values() if any(level.id in HARMS for level in scale.levels)}
    wanted |= {metric.scale} if metric is not None and metric.scale is not None else set()
    people = said[said["probe_id"].isin(wanted) & said["level"].notna()]
    order = people.assign(last=people["source_kind"] == "adjudicator").sort_values(
        ["probe_id", "last", "source_id"], kind="stable"
    )
    for row in order.to_dict("records"):
        name = "adjudicated" if row["source_kind"] == "adjudicator" else "rated"
        scale = document.scales[row["probe_id"]]
        level = f"{scale.title}, {str(row['level']).replace('_', ' ')}"
        yield words.say(f"clinical.finding.{name}", who=row["source_id"], level=level)


def _rulings(words: Words, cases: Cases, row: Mapping[Any, Any]) -> Iterator[str]:
    held = cases.rulings
    mine = held[(held["system_id"] == row["system_id"]) & (held["item_id"] == row["item_id"])]
    for each in mine.to_dict("records"):
        if each["sample"] not in (None, row["sample"]) or str(each["gate_id"]).partition(".")[0] != row["metric_id"]:
            continue
        kind = words.word("clinical.script.rulings", each["kind"])
        said = {name: str(each[name]) for name in ("by", "role", "reason")}
        yield words.say("clinical.finding.ruled", kind=kind, at=numbers.day(str(each["at"])), **said)
