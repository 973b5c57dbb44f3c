"""The result tables about contested cases: what was decided about them, and what every state is without them.

May import errors, terms, the column specification and the words of the table of disputes.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.records.inputs import DISPUTES
from dualtrack.records.result_columns import ITEM, TRACK, count_column, key_column, number_column
from dualtrack.terms import Role, State

__all__ = ["DISPUTED_CASES", "DISPUTE_BASES", "DISPUTE_STATES", "DISPUTE_SUBJECTS", "WITHOUT_DISPUTED"]

DISPUTE_STATES = ("upheld", "rejected", "open", "not_blind")
DISPUTE_BASES = ("without_upheld", "without_contested")
DISPUTE_SUBJECTS = ("verdict", "gate", "score", "difference")
_TOLD = tuple(
    column for column in DISPUTES.columns if column.name not in ("dispute_id", "item_id", "claim", "supersedes")
)
"""The words of the objection stay in the study: they may quote a case."""

DISPUTED_CASES = Table(
    "disputed_cases",
    "result",
    "one contested case, as it stands: records that were replaced are left out",
    (
        key_column("dispute_id", "the record"),
        ITEM,
        Column(
            "state",
            Kind.word,
            "upheld, rejected or open; not_blind was decided by somebody who knew systems or results, or who raised it",
            null=False,
            words=DISPUTE_STATES,
        ),
        *_TOLD,
    ),
)

WITHOUT_DISPUTED = Table(
    "without_disputed",
    "result",
    "one state, score or difference with every case, and without the contested ones",
    (
        key_column("basis", "which cases are left out", kind=Kind.word, words=DISPUTE_BASES),
        key_column("kind", "what it is", kind=Kind.word, words=DISPUTE_SUBJECTS),
        key_column("subject_id", "metric.gate, or track"),
        key_column("system_id", "the system; of a difference the first one"),
        key_column("system_b", 'the second system of a difference; "" otherwise'),
        TRACK,
        count_column("n_left_out", "contested cases that are left out"),
        Column("state", Kind.word, "state with every case: the one that counts", words=tuple(State)),
        Column("state_without", Kind.word, "what it would be without the contested cases", words=tuple(State)),
        Column("decision", Kind.text, "decision on a difference with every case"),
        Column("decision_without", Kind.text, "the same without the contested cases"),
        number_column("value", "with every case"),
        number_column("lower", "lower limit with every case"),
        number_column("upper", "upper limit with every case"),
        number_column("value_without", "without the contested cases"),
        number_column("lower_without", "lower limit without the contested cases"),
        number_column("upper_without", "upper limit without the contested cases"),
        Column("changes", Kind.boolean, "whether the state or the decision would be another one", null=False),
        Column("role", Kind.word, "standing: secondary under a rule sealed beforehand", words=tuple(Role)),
    ),
)
