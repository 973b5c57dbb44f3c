"""The order in which a safety officer reads failures: worst harm first, then how sure it is, then safety.

May import pandas and report. States and harm are those of the results; nothing is judged here.
"""

import pandas as pd

__all__ = ["HARMS", "SEVERE", "STATES", "gravest_first"]

STATES = ("confirmed", "open", "failing", "cleared", "flagged", "missing")
HARMS = ("H4", "H3", "H2", "H1", "H0")
"""Steps of harm, the worst first; another ladder's steps follow in the order of their names, the last first."""
SEVERE = ("H4", "H3")
_SETTLED = ("cleared", "missing")


def gravest_first(failures: pd.DataFrame) -> pd.DataFrame:
    """The list of failures, the gravest first.

    Args:
        failures: the failures table.

    Returns:
        The same rows: what is not settled before what was cleared or never looked at, worst harm first, confirmed
        before open before failing, safety before effectiveness, then by case.
    """
    steps = sorted({str(each) for each in failures["harm"].dropna()} - set(HARMS), reverse=True)
    harm = {step: place for place, step in enumerate((*HARMS, *steps))}
    state = {word: place for place, word in enumerate(STATES)}
    keys = pd.DataFrame(
        {
            "settled": failures["state"].isin(_SETTLED),
            "harm": failures["harm"].map(harm).fillna(len(harm)),
            "state": failures["state"].map(state).fillna(len(state)),
            "track": failures["track"] != "safety",
            "metric": failures["metric_id"].astype("str"),
            "item": failures["item_id"].astype("str"),
            "system": failures["system_id"].astype("str"),
            "sample": failures["sample"],
        },
        index=failures.index,
    )
    return failures.loc[keys.sort_values(list(keys.columns), kind="stable").index].reset_index(drop=True)
