"""The result table that says how a veto works: how often it strikes, at rates that nobody knows.

May import errors, terms and the column specification.
"""

from dualtrack.records.columns import Table
from dualtrack.records.result_columns import SYSTEM, TRACK, count_column, key_column, number_column

__all__ = ["VETO_CURVES"]

VETO_CURVES = Table(
    "veto_curves",
    "result",
    "the chance that a veto strikes at least once in as many independent cases as were looked at in full",
    (
        SYSTEM,
        key_column("gate_id", "metric.gate"),
        TRACK,
        count_column("n_assessed", "items looked at in full"),
        count_column("n_responses", "responses to be looked at"),
        number_column("n_effective", "the items in independent ones, counting clusters with rho0"),
        number_column("strikes_at_0_1", "chance that it strikes at a true rate of 0.1 %"),
        number_column("strikes_at_0_5", "the same at 0.5 %"),
        number_column("strikes_at_1", "the same at 1 %"),
        number_column("strikes_at_2", "the same at 2 %"),
    ),
)
