"""Findings of checks that nobody ran: what a rehearsal or a worked example says they would find.

May import terms, rubric, records and scoring.
"""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from dualtrack.records.results import RESULT_TABLES
from dualtrack.rubric.metric import CheckUse, Metric
from dualtrack.terms import Outcome, Proof, Reason, SourceKind

__all__ = ["as_shown", "check_findings"]

_FINDINGS = next(table for table in RESULT_TABLES if table.name == "findings")
_SILENT = {Outcome.not_assessable.value: Reason.unparsed.value, Outcome.error.value: Reason.check_error.value}


def as_shown(metric: Metric) -> Metric:
    """The metric with its checks shown against clinicians, so that they may drive what they measure."""
    why = "taken as shown against clinicians"
    checks = tuple(
        check.model_copy(update={"proof": "by_construction", "why": check.why or why}) for check in metric.checks
    )
    return metric.model_copy(update={"checks": checks})


def check_findings(
    metric: Metric,
    check: CheckUse,
    about: pd.DataFrame,
    *,
    outcomes: Sequence[str],
    values: Sequence[float | None] | None = None,
) -> pd.DataFrame:
    """Rows of the findings table for one check.

    Args:
        metric: the metric.
        check: one of its checks.
        about: system_id, item_id and sample of each response.
        outcomes: outcome of the check on each.
        values: native value of the check on each, or none.
    """
    n = len(about)
    columns: dict[str, Any] = {name: [None] * n for name in _FINDINGS.names}
    columns |= {
        "system_id": about["system_id"].astype("str").to_list(),
        "item_id": about["item_id"].astype("str").to_list(),
        "sample": about["sample"].to_list(),
        "unit_id": [""] * n,
        "probe_id": [f"{metric.id}.{check.id}"] * n,
        "source_id": [check.kind] * n,
        "occasion": [1] * n,
        "source_kind": [SourceKind.check.value] * n,
        "outcome": list(outcomes),
        "value": pd.Series([math.nan if each is None else each for each in values or [None] * n], dtype="float64"),
        "reason": [_SILENT.get(outcome) for outcome in outcomes],
        "proof": [Proof.by_construction.value] * n,
    }
    return pd.DataFrame(columns)
