"""What two runs share: which items are shown to be the same, which systems are paired, which metrics are unchanged.

May import errors, terms, records and the scoring ground. What is not the same is left out and named, never compared.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from dualtrack.errors import CompareError, Place, Problem
from dualtrack.records.problems import nearest, shown, some
from dualtrack.scoring.observe import PRIMARY
from dualtrack.scoring.versions.run import DOCUMENT, Pair, Run, changed_metric, evidence_of
from dualtrack.terms import Track

__all__ = ["Shared", "shared_of"]

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shared:
    """What two runs share.

    Attributes:
        pairs: systems, the earlier version and the new one.
        metrics: ids of the metrics that are compared.
        changed_items: ids of items that are not the same in both.
        proof: what shows that items are the same: file, prompts, or ids where nothing does.
        n_items: items with an observation of a paired system in both, the changed ones left out.
        left_out: rows of the table of what is left out.
    """

    pairs: tuple[Pair, ...]
    metrics: frozenset[str]
    changed_items: frozenset[str]
    proof: str
    n_items: int
    left_out: tuple[Row, ...]

    def of_track(self, new: Run, track: Track) -> list[str]:
        """Ids of the compared metrics of one track, in the order of the rubric."""
        return [each.id for each in new.of_track(track) if each.id in self.metrics]


def shared_of(old: Run, new: Run, wanted: Mapping[str, str]) -> Shared:
    """Find what two runs share.

    Args:
        old: the run of the earlier version.
        new: the run of the new one.
        wanted: earlier system -> new system; where empty, systems of the same id are paired.

    Returns:
        What is compared, and what is left out.

    Raises:
        CompareError: CMP001 both runs are about the same answers; CMP002 they are of two studies; CMP003 they share no
            item; CMP004 a system that a run does not have; CMP005 they share no metric.
    """
    if evidence_of(old) == evidence_of(new):
        raise CompareError(_problem("CMP001", "both runs are about the same answers", "the same files of answers and "
            "judgements", "the runs of an earlier and of a new version", "give another run"))  # fmt: skip
    pairs = _pairs(old, new, wanted)
    metrics, left_out = _metrics(old, new)
    changed, proof = _items(old, new)
    of_old, of_new = _observed(old, [pair[0] for pair in pairs]), _observed(new, [pair[1] for pair in pairs])
    both = (of_old & of_new) - changed.keys()
    shown_same = proof == "file" or (proof == "prompts" and bool(both & _prompts(old).keys() & _prompts(new).keys()))
    if old.study_id != new.study_id and not shown_same:
        raise CompareError(_problem("CMP002", "the runs are of two studies", f"{old.study_id} and {new.study_id}",
            "one study, or items that are shown to be the same", "compare runs on the same items"))  # fmt: skip
    if not both:
        found = f"{len(of_old)} and {len(of_new)} items, {len(changed)} of them under one id and not the same"
        raise CompareError(_problem("CMP003", "the runs share no item", found, "items that both have",
            "compare runs on the same items"))  # fmt: skip
    if not metrics:
        raise CompareError(_problem("CMP005", "the runs share no metric that means the same in both",
            " and ".join(_rubric(run) for run in (old, new)), "one rubric, or metrics that did not change",
            "score both versions with one rubric"))  # fmt: skip
    left_out += _systems(old, new, pairs)
    left_out += [_left("item", name, "only_before") for name in sorted(of_old - of_new - changed.keys())]
    left_out += [_left("item", name, "only_after") for name in sorted(of_new - of_old - changed.keys())]
    left_out += [_left("item", name, why) for name, why in sorted(changed.items())]
    return Shared(pairs, frozenset(metrics), frozenset(changed), proof, len(both), tuple(left_out))


def _pairs(old: Run, new: Run, wanted: Mapping[str, str]) -> tuple[Pair, ...]:
    if not wanted:
        pairs = tuple((name, name) for name in new.systems if name in old.systems)
        if pairs:
            return pairs
        found = f"{some(old.systems)} and {some(new.systems)}"
        raise CompareError(_problem("CMP004", "no system has the same id in both runs", found,
            "a system that is in both", "say which became which: --system OLD=NEW"))  # fmt: skip
    problems = []
    for name, run in [(before, old) for before in wanted] + [(after, new) for after in wanted.values()]:
        if name not in run.systems:
            fix = nearest(name, run.systems, otherwise="name a system of the run")
            problems.append(
                _problem("CMP004", "a run does not have this system", shown(name), some(run.systems), fix, run.name)
            )
    twice = sorted({name for name in wanted.values() if list(wanted.values()).count(name) > 1})
    problems += [
        _problem("CMP004", "a system is named twice", shown(name), "one predecessor for each new version",
                 "compare them one at a time") for name in twice
    ]  # fmt: skip
    if problems:
        raise CompareError(problems)
    return tuple(wanted.items())


def _metrics(old: Run, new: Run) -> tuple[list[str], list[Row]]:
    """Metrics that mean the same in both, and those that do not."""
    same, left_out = [], []
    for name in dict.fromkeys([*new.metrics, *old.metrics]):
        was, now = old.metrics.get(name), new.metrics.get(name)
        known = now or was
        track = known.track.value if known is not None else None
        if name not in old.in_scope and name not in new.in_scope:
            continue
        if was is None or now is None:
            left_out.append(_left("metric", name, "only_after" if was is None else "only_before", track))
        elif name not in old.in_scope or name not in new.in_scope:
            left_out.append(_left("metric", name, "out_of_scope", track))
        elif any(changed_metric(old, new, each) for each in (name, *now.derives_from.values())):
            left_out.append(_left("metric", name, "changed", track))
        else:
            same.append(name)
    return same, left_out


def _items(old: Run, new: Run) -> tuple[dict[str, str], str]:
    """Items under one id that are not the same, with what differs; and what shows that the others are."""
    clusters = [_clusters(run) for run in (old, new)]
    moved = {name: "cluster" for name, of in clusters[0].items() if clusters[1].get(name, of) != of}
    if _item_file(old) == _item_file(new) or (old.look and new.look and old.look["items"] == new.look["items"]):
        return moved, "file"
    before, after = _prompts(old), _prompts(new)
    changed = {name: "prompt" for name, text in before.items() if after.get(name, text) != text}
    if changed:  # which items a pair holds stands in no table of the results
        changed |= {name: "prompt" for name in clusters[1] if name not in after and "@" in name}
    return moved | changed, "prompts" if before.keys() & after.keys() else "ids"


def _item_file(run: Run) -> tuple[tuple[str, str], ...]:
    files = run.inputs.items()
    return tuple(sorted(each for each in files if "/" not in each[0] and PurePosixPath(each[0]).stem == "items"))


def _prompts(run: Run) -> dict[str, str]:
    texts = run.frames.get("texts")
    return {} if texts is None else dict(zip(texts["item_id"].astype("str"), texts["prompt"], strict=True))


def _primary(run: Run) -> pd.DataFrame:
    frame = run.frames["observations"]
    return frame[(frame["basis"].astype("str") == PRIMARY).to_numpy()]


def _clusters(run: Run) -> dict[str, str]:
    rows = _primary(run).drop_duplicates("item_id")
    return dict(zip(rows["item_id"].astype("str"), rows["cluster"].astype("str"), strict=True))


def _observed(run: Run, systems: list[str]) -> set[str]:
    rows = _primary(run)
    return set(rows["item_id"][rows["system_id"].astype("str").isin(systems).to_numpy()].astype("str"))


def _systems(old: Run, new: Run, pairs: tuple[Pair, ...]) -> Iterator[Row]:
    before, after = {pair[0] for pair in pairs}, {pair[1] for pair in pairs}
    yield from (_left("system", name, "only_before") for name in old.systems if name not in before | after)
    yield from (
        _left("system", name, "only_after")
        for name in new.systems
        if name not in after and (name not in old.systems or name in before)
    )


def _left(kind: str, name: str, why: str, track: str | None = None) -> Row:
    return {"kind": kind, "name": name, "track": track, "why": why}


def _rubric(run: Run) -> str:
    return f"{run.document['rubric']['id']} {run.document['rubric']['version']}"


def _problem(code: str, what: str, found: str, expected: str, fix: str, run: str = "") -> Problem:  # noqa: PLR0917 -- the parts of a problem, in their order
    place = Place(f"{run}/{DOCUMENT}" if run else "")
    return Problem(code, what, place, found=found, expected=expected, fix=fix)
