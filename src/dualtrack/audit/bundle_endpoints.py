"""The primary endpoints of a run as rows that a script without dualtrack can compute again.

May import errors and its own package. What a script needs beside the line data (thresholds, weights, rho0) stands in
the row, with the result that was printed; an endpoint that line data alone cannot give says why.
"""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

__all__ = ["COLUMNS", "endpoint_rows", "endpoints_csv"]

COLUMNS: Mapping[str, str] = {
    "endpoint": "gate, mean or score",
    "system_id": "the system",
    "track": "the scorecard",
    "metric_id": "the metric; empty for the score of a track",
    "gate_id": "metric.gate; empty for anything else",
    "threshold": "an answer fails where its value in millionths is below this",
    "pool": "items: each item counts once; units: each unit counts once",
    "stratum": "column of the strata on which the gate stands; empty for all",
    "stratum_level": "level of the stratum",
    "rho0": "correlation inside a cluster, fixed beforehand",
    "alpha": "error of each limit, one-sided",
    "weight": "weight of the metric in the score of its track",
    "value": "as printed: failing share of a gate, mean (1 is best) of a metric, score of a track",
    "lower": "as printed: the limit of a gate on the other side",
    "upper": "as printed: the limit of a gate on its harmful side",
    "n": "as printed: items planned for a gate, items with a value for a mean",
    "n_effective": "as printed: effective number of items of a gate",
    "left_out": "why it is not computed again; empty where it is",
}
_TOP = 1_000_000
_ALPHA = 0.025
_OF_ITEMS = ("exact", "linearised", "linearised_pseudo_cases")
_ADDING = ("check_only", "clinician_overrides")
_KINDS = ("failure_at_most", "success_at_least")
_PAIRED = "pairs of answers, which are joined before they are counted"
_SAMPLED = "a sample was rated, and its chances are no line data"
_Row = dict[str, Any]


def endpoint_rows(document: Mapping[str, Any], observations: bytes) -> Iterator[_Row]:
    """Every gate, the mean of every metric and the score of every track, for all items together.

    Args:
        document: scorecards.json.
        observations: tables/observations.csv, from which it is told where only a sample was rated.

    Yields:
        One row per endpoint, with the columns of ``COLUMNS``.
    """
    metrics = {metric["id"]: metric for metric in document["metrics"]}
    scales = {scale["id"]: scale for scale in document["scales"]}
    rho0 = document["study"]["plan"]["rho0"]["value"]
    counted = _items(observations)
    overall = [row for row in document["tables"]["estimates"] if _primary(row)]
    shown = {row["subject_id"]: row["proof"] for row in overall if row["subject"] == "metric"}
    for row in document["tables"]["gates"]:
        metric_id, _, gate_id = row["gate_id"].partition(".")
        metric = metrics[metric_id]
        (gate,) = (each for each in metric["gates"] if each["id"] == gate_id)
        about = _gate(metric, gate, scales)
        n_items = counted[row["system_id"], metric_id, *_stratum(gate)]
        why = _gate_left_out(metric, gate, row, shown.get(metric_id))
        if not why and n_items != row["n"]:
            why = _SAMPLED
        yield _row("gate", row, metric_id=metric_id, gate_id=row["gate_id"], rho0=rho0, left_out=why) | about
    for row in overall:
        if row["subject"] == "metric" and row["show"] == metrics[row["subject_id"]]["quantity"]["show"]:
            yield _mean(row, metrics[row["subject_id"]])
        elif row["subject"] == "track" and row["show"] == "score":
            left_out = "" if row["value"] is not None else f"no value: {row['reason']}"
            yield _row("score", row, left_out=left_out)


def endpoints_csv(document: Mapping[str, Any], observations: bytes) -> bytes:
    """The same as the bytes of a CSV file.

    Args:
        document: scorecards.json.
        observations: tables/observations.csv.
    """
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    for row in endpoint_rows(document, observations):
        writer.writerow({name: "" if row[name] is None else row[name] for name in COLUMNS})
    return stream.getvalue().encode("utf-8")


def _primary(row: Mapping[str, Any]) -> bool:
    return row["basis"] == "primary" and row["missing"] == "observed" and not row["stratum"]


def _items(observations: bytes) -> Counter[tuple[str, ...]]:
    """Number of items with a row, by system, metric and level of each stratum; of all items the level is empty."""
    seen: set[tuple[str, ...]] = set()
    rows = csv.DictReader(io.StringIO(observations.decode("utf-8"), newline=""))
    strata = [name for name in rows.fieldnames or () if name.startswith("strata.")]
    for row in rows:
        if row["basis"] == "primary":
            places = [("", ""), *((name, row[name]) for name in strata)]
            seen |= {(row["system_id"], row["metric_id"], *place, row["item_id"]) for place in places}
    return Counter(each[:-1] for each in seen)


def _row(endpoint: str, row: Mapping[str, Any], **more: Any) -> _Row:  # noqa: ANN401 -- cells of any kind
    empty = dict.fromkeys(COLUMNS)
    numbers = {"value": row["value"], "lower": row["lower"], "alpha": _ALPHA}
    if endpoint == "gate":
        numbers |= {"upper": row["observed"], "n": row["n"], "n_effective": row["n_effective"]}
    else:
        numbers = {"value": row["score"], "n": row["n_items"]}
    return {**empty, "endpoint": endpoint, "system_id": row["system_id"], "track": row["track"], **numbers, **more}


def _mean(row: Mapping[str, Any], metric: Mapping[str, Any]) -> _Row:
    weight = metric["weight"]["value"] if row["n_planned"] else 0
    return _row(
        "mean",
        row,
        metric_id=row["subject_id"],
        pool=metric["quantity"].get("pool", "items"),
        weight=weight,
        left_out=_mean_left_out(row, metric),
    )


def _mean_left_out(row: Mapping[str, Any], metric: Mapping[str, Any]) -> str:
    if row["score"] is None:
        return f"no value: {row['reason']}"
    if metric["quantity"]["type"] == "paired_difference":
        return _PAIRED
    return "" if row["method"] in _OF_ITEMS else f"made by {row['method']}, not a plain mean"


def _gate_left_out(metric: Mapping[str, Any], gate: Mapping[str, Any], row: Mapping[str, Any], proof: Any) -> str:  # noqa: ANN401 -- a cell
    if gate["kind"] not in _KINDS:
        return f"{gate['kind']} rests on counts or differences, not on a limit of a failing share"
    if metric["quantity"]["type"] in ("paired_difference", "calibration"):
        return _PAIRED if metric["quantity"]["type"] == "paired_difference" else "stated confidence, not a plain share"
    if proof == "shown" and metric["combine"] in _ADDING:
        return "the gate reads the evidence without the checks"
    return "" if row["observed"] is not None else f"no limit: {', '.join(row['reasons'])}"


def _stratum(gate: Mapping[str, Any]) -> tuple[str, str]:
    ((name, level),) = (gate.get("stratum") or {"": ""}).items()
    return (f"strata.{name}" if name else "", level)


def _gate(metric: Mapping[str, Any], gate: Mapping[str, Any], scales: Mapping[str, Any]) -> _Row:
    """What a script needs to know of a gate."""
    if gate["kind"] not in _KINDS:
        return {}
    stratum, level = _stratum(gate)
    own = metric["quantity"]["type"] == "ordinal"
    rule = gate.get("fails") or ((metric["ratings"] or {}).get("fail_when") if own else None)
    scale = scales.get(metric["scale"])
    threshold = _TOP if rule is None or scale is None else _level_threshold(rule, scale["levels"])
    return {"threshold": threshold, "stratum": stratum, "stratum_level": level}


def _level_threshold(rule: Mapping[str, Any], levels: list[dict[str, Any]]) -> int:
    """Value in millionths below which a joined value fails: the least value among the levels that do not fail."""
    ordered = [level["id"] for level in levels if level["value"] is not None]
    failing: set[str] = set()
    if rule.get("any_of") is not None:
        failing = set(rule["any_of"])
    elif rule.get("at_least") is not None:
        failing = set(ordered[ordered.index(rule["at_least"]) :])
    elif rule.get("at_most") is not None:
        failing = set(ordered[: ordered.index(rule["at_most"]) + 1])
    passing = [level["value"] for level in levels if level["value"] is not None and level["id"] not in failing]
    return round(min(passing) * _TOP) if passing else _TOP + 1
