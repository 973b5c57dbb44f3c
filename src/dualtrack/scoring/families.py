"""Which cases belong together: clusters, and families that a metric cannot compare.

May import rubric, pandas and the scoring ground.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from dualtrack.rubric.metric import Metric
from dualtrack.rubric.quantity import PairedQuantity
from dualtrack.scoring.applies import applicable
from dualtrack.scoring.pairing import contrasts_of_items, family_and_variant

__all__ = ["cluster_names", "family_faults"]


def family_faults(
    metric: Metric, quantity: PairedQuantity, cluster: str, items: pd.DataFrame
) -> Iterator[tuple[str, list[str]]]:
    """What is wrong with the families that a metric compares.

    A family is compared when the metric applies to one of its variants and the variant names its contrast.

    Args:
        metric: the metric.
        quantity: its quantity.
        cluster: the plan's cluster.
        items: the items table.

    Yields:
        What is wrong, and the families of which it is, in order.
    """
    base = str(quantity.pairs.base)
    family, variant = family_and_variant(items, base)
    frame = pd.DataFrame({"family": family, "variant": variant, "cluster": cluster_names(items, cluster)})
    named = np.array(contrasts_of_items(items, quantity.pairs), dtype=object) != ""
    compared = applicable(metric, items) & named & (frame["variant"] != base).to_numpy()
    mine = frame[frame["family"].isin(set(frame["family"][compared]))]
    n_bases = (mine["variant"] == base).groupby(mine["family"]).sum()
    n_clusters = mine.groupby("family")["cluster"].nunique()
    again = mine.duplicated(["family", "variant"]) & (mine["variant"] != base)
    faults: dict[str, list[Any]] = {
        "a family has no base to compare its variants with": n_bases.index[n_bases == 0].tolist(),
        "a family has more than one base": n_bases.index[n_bases > 1].tolist(),
        "a family has two items of one variant": mine["family"][again].unique().tolist(),
        "the items of one family stand in different clusters": n_clusters.index[n_clusters > 1].tolist(),
    }
    for what, families in faults.items():
        if families:
            yield what, sorted(map(str, families))


def cluster_names(items: pd.DataFrame, rule: str) -> list[str]:
    """Name of the cluster of each item.

    Args:
        items: the items table.
        rule: the plan's cluster: a column, or ``strata.NAME``.
    """
    if rule.startswith("strata."):
        return [str((strata or {}).get(rule.removeprefix("strata."))) for strata in items["strata"]]
    own = items["item_id"].astype("str")
    return items[rule].astype("object").where(items[rule].notna(), own).astype("str").tolist()
