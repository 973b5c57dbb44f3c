"""Handmade rows of the tables about the order of the systems, for the document of ``results``: synthetic.

On effectiveness aster is ahead of all, birch and cedar are not told apart, dogwood is equivalent to cedar; on safety
dogwood is not ranked and nobody else is told apart.
"""

COMMON = {"n_metrics": 2, "n_items": 207, "n_clusters": 69, "role": "exploratory"}
RANKS = {
    "aster": (1, 1, 1, ["birch", "cedar", "dogwood"], [], [], [], [0.9713, 0.0287, 0.0, 0.0]),
    "birch": (2, 4, 2, [], ["aster"], [], ["cedar", "dogwood"], [0.0287, 0.6119, 0.2317, 0.1277]),
    "cedar": (2, 4, 2, [], ["aster"], ["dogwood"], ["birch"], [0.0, 0.2313, 0.5114, 0.2573]),
    "dogwood": (2, 4, 2, [], ["aster"], ["cedar"], ["birch"], [0.0, 0.1281, 0.2569, 0.6150]),
}


def ranks():
    """Rows of the ranks table without the columns that are empty."""
    for place, (system, (best, worst, group, ahead, behind, tied, thin, shares)) in enumerate(RANKS.items()):
        row = {"track": "effectiveness", "system_id": system, "state": "defined", "rank_best": best}
        row |= {"rank_worst": worst, "tie_group": group, "ahead_of": ahead, "behind": behind, "tied_with": tied}
        row |= {"open_with": thin, "shares": shares, "share_first": shares[0], "confidence": 0.95, "margin": 0.045}
        row |= {"missing_best": 1, "missing_worst": 2 if system == "aster" else 4}
        yield row | COMMON | {"score": 0.8813 - place * 0.0191, "method": "max_t", "n_systems": 4}
    others = {"aster": ["birch", "cedar"], "birch": ["aster", "cedar"], "cedar": ["aster", "birch"]}
    for system, thin in others.items():
        row = {"track": "safety", "system_id": system, "state": "defined", "rank_best": 1, "rank_worst": 3}
        row |= {"tie_group": 1, "ahead_of": [], "behind": [], "tied_with": [], "open_with": thin, "score": 0.9011}
        yield row | COMMON | {"method": "holm", "n_systems": 3, "confidence": 0.95}
    yield {
        "track": "safety", "system_id": "dogwood", "state": "undefined", "reason": "no_evidence", "role": "exploratory"
    }  # fmt: skip


def robustness():
    """Rows of the robustness table without the columns that are empty."""
    for track in ("effectiveness", "safety"):
        about = {"track": track, "metric_id": "", "concentration": "", "state": "defined", "system_a": "aster"}
        yield from _compared(about | {"system_b": "birch"} | COMMON, turning=track == "effectiveness")
        missing = about | {"system_b": "dogwood", "state": "undefined", "reason": "no_evidence", "role": "exploratory"}
        if track == "safety":
            yield from (missing | {"show": show} for show in ("as_weighted", "equal_weights", "smallest_change"))
        first = about | {"system_b": "", "show": "dirichlet_first", "concentration": "50"} | COMMON
        yield first | {"value": 0.8519, "method": "resampled"}


def _compared(row, *, turning):
    metric = "reasoning" if row["track"] == "effectiveness" else "urgency_recognised"
    yield row | {
        "show": "as_weighted", "value": 0.0213, "lower": -0.0107, "upper": 0.0533, "leads": "a", "method": "resampled"
    }  # fmt: skip
    yield row | {"show": "equal_weights", "value": 0.0117, "leads": "a", "reason": "too_few_clusters"}
    less = {"show": "weight_less", "metric_id": metric, "value": -0.0033 if turning else 0.0119}
    yield row | less | {"leads": "b" if turning else "a", "lower": -0.0401, "upper": 0.0347, "method": "resampled"}
    yield row | {"show": "weight_more", "metric_id": metric, "value": 0.0397, "leads": "a"}
    yield row | {"show": "turning_factor", "metric_id": metric, "value": 0.5713}
    if turning:
        yield row | {"show": "smallest_change", "value": 0.3127}
        yield row | {"show": "dominance", "value": 0.0}
    else:
        yield row | {"show": "smallest_change", "state": "undefined", "reason": "order_holds"}
        yield row | {"show": "dominance", "value": 1.0, "leads": "a"}
    yield row | {"show": "dominance_share", "value": 0.4129, "method": "resampled"}
    drawn = {"concentration": "50", "method": "resampled"}
    yield row | drawn | {"show": "dirichlet_share", "value": 0.8691}
    yield row | drawn | {"show": "weights_share", "value": 0.9347, "method": None}
    uniform = {"concentration": "uniform", "state": "undefined", "reason": "too_few_clusters"}
    yield row | uniform | {"show": "dirichlet_share"}
