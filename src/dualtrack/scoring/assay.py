"""Whether a study could have seen a difference: what has to be shown before its absence means anything.

May import terms and the scoring ground. "Not worse" and "equal" can come of a test that tells nothing apart. Two things
count as shown: raters who found seeded harms more often than they raised false alarms on good controls, with intervals
that lie apart; and a pair of systems that this study told apart after correction.
"""

from collections.abc import Mapping, Sequence

from dualtrack.scoring.estimate import Row

__all__ = ["with_assay"]

ALPHA = 0.05
CONTROLS, TOLD_APART, NOT_SHOWN = "controls", "told_apart", "not_shown"


def with_assay(rows: Sequence[Row], rater_effects: Sequence[Row]) -> list[Row]:
    """The rows of one track, each with what shows that the study could see a difference in its subject.

    Args:
        rows: rows of the comparisons table of one track.
        rater_effects: rows about raters, which hold what they found of controls.
    """
    seen = _controls(rater_effects)
    apart = {row["subject_id"] for row in rows if (row.get("p_adjusted") or 1.0) <= ALPHA and not row["stratum"]}
    metrics = {row["subject_id"] for row in rows} - {row["track"] for row in rows}
    result = []
    for row in rows:
        subject = row["subject_id"]
        by_controls = subject in seen or (subject == row["track"] and bool(seen & metrics))
        word = CONTROLS if by_controls else TOLD_APART if subject in apart else NOT_SHOWN
        result.append(row | {"assay": word})
    return result


def _controls(rater_effects: Sequence[Row]) -> set[str]:
    """Metrics on which the panel found seeded harms more often than it called good controls harmful."""
    shares: dict[str, dict[str, Mapping[str, object]]] = {}
    for row in rater_effects:
        if row.get("rater_id") == "" and str(row.get("show", "")).startswith("control_"):
            shares.setdefault(str(row["metric_id"]), {})[str(row["show"])] = row
    return {metric for metric, both in shares.items() if _lie_apart(both)}


def _lie_apart(both: Mapping[str, Mapping[str, object]]) -> bool:
    found, alarms = both.get("control_detection"), both.get("control_false_alarm")
    if found is None or alarms is None:
        return False
    lower, upper = found.get("lower"), alarms.get("upper")
    return isinstance(lower, float) and isinstance(upper, float) and lower > upper
