"""The data of the failure browser: a column index, and prompts and answers in chunks, each thing once.

May import pandas and report. Words that repeat are numbered; a row of the list is a handful of small numbers. Rows come
in the order in which they are read and need no chunk; answers to one case lie together, since they share words.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from dualtrack.render import numbers, visible
from dualtrack.report.clinical.cases import Cases, response_of, spans_of
from dualtrack.report.clinical.encode import packed
from dualtrack.report.document import Document, Metric
from dualtrack.report.words import Words

__all__ = ["CHUNK", "Packed", "mode_title", "pack"]

CHUNK = 250
"""Answers in a chunk: opening one stays quick, and each compresses well."""
_KEY = ("system_id", "item_id", "sample")
_RULING = ("gate_id", "kind", "by", "role", "at", "reason")


@dataclass(frozen=True, slots=True)
class Packed:
    """What travels in the page: compressed text by name of its element, and how many failures it holds."""

    blocks: tuple[tuple[str, str], ...]
    n_rows: int

    @property
    def size(self) -> int:
        """Bytes of all blocks."""
        return sum(len(text) for _, text in self.blocks)


@dataclass(slots=True)
class _Names:
    """Numbers for words, in the order in which they are first met."""

    known: dict[Any, int] = field(default_factory=dict)

    def number(self, word: Any) -> int:  # noqa: ANN401 -- any hashable word
        return self.known.setdefault(word, len(self.known))

    def column(self, words: Iterable[Any]) -> list[int]:
        return [self.number(word) for word in words]


@dataclass(slots=True)
class _Said:
    """Judgements as numbers: what most of them share is told once."""

    sources: _Names = field(default_factory=_Names)
    kinds: _Names = field(default_factory=_Names)

    def entry(self, row: Mapping[str, Any], comment: str) -> Any:  # noqa: ANN401 -- plain JSON data
        """A number, or a list with the number, the marked places, the part and the comment where there are any."""
        source = self.sources.number((_clean(row["source_kind"]), _clean(row["source_id"])))
        told = [_word(row[each]) for each in ("outcome", "failure_mode", "reason")]
        number = self.kinds.number((source, _clean(row["probe_id"]), _clean(_word(row["level"])), *told))
        spans = [place for span in spans_of(row["spans"]) for place in span]
        unit = _clean(_word(row["unit_id"]))
        if unit or comment:
            return [number, spans, unit, comment]
        return [number, spans] if spans else number


def pack(document: Document, cases: Cases, rows: pd.DataFrame, words: Words) -> Packed:
    """Pack failures with everything that belongs to them.

    Args:
        document: the results.
        cases: the long tables.
        rows: failures to pack, in the order in which they are shown.
        words: the sentences, for the titles of ways to fail.

    Returns:
        The same for the same data.
    """
    responses, items = _Names(), _Names()
    keys = list(zip(*(rows[name] for name in _KEY), strict=True))
    items.column(item for _, item, _ in keys)
    responses.column(sorted(set(keys), key=lambda key: (items.number(key[1]), key[0], key[2])))
    of_row = responses.column(keys)
    prompt_of = [items.number(item) for _, item, _ in responses.known]
    index = _index(document, rows, words) | {
        "response": of_row,
        "prompt": prompt_of,
        "items": [_clean(each) for each in items.known],
        "levels": _strata(cases, rows, items),
        "strata": [_clean(name) for name in cases.strata],
        "chunk": CHUNK,
    }
    said = _Said()
    answers, prompts = _records(cases, responses, items, said)
    index["sources"] = list(said.sources.known)
    index["said"] = list(said.kinds.known)
    blocks = [("index", packed(index))]
    blocks += [(f"answers-{n}", packed(_columns(each))) for n, each in enumerate(_chunks(answers))]
    blocks += [(f"prompts-{n}", packed(each)) for n, each in enumerate(_chunks(prompts))]
    return Packed(tuple(blocks), len(rows))


def _chunks(records: list[Any]) -> Iterator[list[Any]]:
    for first in range(0, len(records), CHUNK):
        yield records[first : first + CHUNK]


def _columns(answers: list[Any]) -> dict[str, Any]:
    """A chunk of answers with like beside like, which compresses better: texts, judgements, and the few rulings."""
    texts, said, rulings = zip(*answers, strict=True)
    return {"t": texts, "j": said, "r": {place: each for place, each in enumerate(rulings) if each}}


def _index(document: Document, rows: pd.DataFrame, words: Words) -> dict[str, Any]:
    """Columns of the list as numbers, and the words that they stand for."""
    metrics = {metric.id: metric for metric in document.metrics}
    titles = {(metric.id, mode.id): mode.title for metric in document.metrics for mode in metric.failure_modes}
    names = {system.id: system.name for system in document.study.systems}
    told: dict[str, Callable[[Any], Any]] = {
        "system": lambda each: [_clean(each), _clean(names.get(each, each))],
        "metric": lambda each: _metric(each, metrics.get(each)),
        "state": _clean,
        "harm": _clean,
        "acts": lambda each: each.split(),
        "sources": lambda each: each.split(),
        "gates": lambda each: [_clean(gate) for gate in each.split()],
        "reason": _clean,
    }
    columns = {
        "system": "system_id", "metric": "metric_id", "state": "state", "harm": "harm", "acts": "acts",
        "sources": "sources", "gates": "gates", "reason": "reason",
    }  # fmt: skip
    index: dict[str, Any] = {"rows": {}, "words": {}}
    for name, column in columns.items():
        numbered = _Names()
        index["rows"][name] = numbered.column(rows[column].astype("object").where(rows[column].notna(), "").tolist())
        index["words"][name] = [told[name](each) for each in numbered.known]
    modes, sets = _Names(), _Names()
    cells = rows["failure_modes"].astype("object").where(rows["failure_modes"].notna(), "").tolist()
    pairs = zip(rows["metric_id"], cells, strict=True)
    index["rows"]["modes"] = [sets.number(tuple(modes.number((m, mode)) for mode in cell.split())) for m, cell in pairs]
    index["words"]["modes"] = list(sets.known)
    index["modes"] = [
        [_clean(mode), _clean(titles.get((m, mode)) or mode_title(words, mode))] for m, mode in modes.known
    ]
    index["rows"]["sample"] = [int(each) for each in rows["sample"]]
    index["rows"]["risk"] = [int(each is True or each == 1) for each in rows["high_risk"].astype("object")]
    index["rows"]["from"] = [int(each == "ruling") for each in rows["harm_from"].astype("object")]
    index["scales"] = {
        _clean(scale.id): [_clean(scale.title), {_clean(level.id): _clean(level.anchor) for level in scale.levels}]
        for scale in document.scales.values()
    }
    return index


def mode_title(words: Words, mode: str) -> str:
    """Title of a way to fail that the rubric gives none: its name in plain words; "" is none named.

    Args:
        words: the sentences.
        mode: its id.
    """
    return sentence_of(mode) if mode else words.say("clinical.modes.unnamed")


def sentence_of(name: str) -> str:
    """An id as words.

    Args:
        name: the id.

    Example:
        >>> sentence_of("late_escalation")
        'Late escalation'
    """
    plain = name.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def _metric(metric_id: str, metric: Metric | None) -> list[Any]:
    if metric is None:
        return [_clean(metric_id), "", _clean(metric_id), "", ""]
    return [_clean(metric_id), _clean(metric.code), _clean(metric.title), metric.track, _clean(metric.scale or "")]


def _strata(cases: Cases, rows: pd.DataFrame, items: _Names) -> list[list[str]]:
    """Per stratum, the level of each item."""
    first = rows.drop_duplicates("item_id").set_index("item_id")
    wanted = list(items.known)
    return [
        [_clean(str(each)) if isinstance(each, str) else "" for each in first[f"strata.{name}"].reindex(wanted)]
        for name in cases.strata
    ]


def _records(cases: Cases, responses: _Names, items: _Names, said: _Said) -> tuple[list[Any], list[Any]]:
    """Answers with their judgements and rulings, and prompts, in the order of their numbers."""
    answers: list[list[Any]] = [[None, [], []] for _ in responses.known]
    prompts: list[dict[str, Any]] = [{"p": None} for _ in items.known]
    for row in _rows(cases.texts):
        place = responses.known.get(_key(row))
        if place is None:
            continue
        told = response_of(row)
        answers[place][0] = None if told.text is None else _whole(told.text)
        prompt = prompts[items.known[row["item_id"]]]
        if prompt["p"] is None and told.prompt is not None:
            prompt |= {
                "p": _whole(told.prompt),
                "c": None if told.context is None else _whole(told.context),
                "u": [[_whole(who), _whole(words)] for who, words in told.turns],
                "x": [_expected(each) for each in told.expected],
            }
    comments = {(_key(row), *_judgement(row)): _whole(row["comment"]) for row in _rows(cases.comments)}
    for row in _rows(cases.findings):
        place = responses.known.get(_key(row))
        if place is not None:
            answers[place][1].append(said.entry(row, comments.get((_key(row), *_judgement(row)), "")))
    for row in _rows(cases.rulings):
        place = responses.known.get(_key(row))
        if place is not None:
            ruled = {**row, "at": numbers.day(_word(row["at"]))}
            answers[place][2].append([_whole(_word(ruled[each])) for each in _RULING])
    return answers, prompts


def _judgement(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["unit_id"], row["probe_id"], row["source_id"], row["occasion"]


def _key(row: Mapping[str, Any]) -> tuple[Any, Any, Any]:
    return row["system_id"], row["item_id"], row["sample"]


def _rows(frame: pd.DataFrame) -> Iterator[dict[str, Any]]:
    names = list(frame.columns)
    for cells in zip(*(frame[name].tolist() for name in names), strict=True):
        yield dict(zip(names, cells, strict=True))


def _expected(given: Mapping[str, Any]) -> list[Any]:
    return [
        str(given.get("kind") or ""),
        _whole(_word(given.get("text"))),
        int(given.get("critical") is True),
        _whole(_word(given.get("why"))),
    ]


def _word(cell: object) -> str:
    return cell if isinstance(cell, str) else ""


def _clean(text: str) -> str:
    """A name, with what cannot be seen shown."""
    return visible(str(text))


def _whole(text: str) -> str:
    """A text as it is, but for half characters, which no page can hold; the page shows what cannot be seen."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
