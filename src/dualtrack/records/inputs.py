"""The tables that a study folder may hold, column by column.

May import errors, terms and the column specification. This page is the truth about the input side of the contract.
"""

from dualtrack.records.columns import Column, Kind, Table
from dualtrack.terms import RatingRole, ResponseStatus

__all__ = ["DISPUTES", "DISPUTE_GROUNDS", "DISPUTE_SIDES", "INPUT_TABLES"]

DISPUTE_GROUNDS = ("reference_wrong", "reference_outdated", "ambiguous", "out_of_scope", "duplicate", "other")
DISPUTE_SIDES = ("vendor", "site", "us", "independent")


def _name(name: str, meaning: str, refers: str | None = None, *, column: str | None = None) -> Column:
    target = (refers, column or name) if refers else None
    return Column(name, Kind.name, meaning, key=True, required=True, null=False, refers=target)


SYSTEM = _name("system_id", "the system that answered", "systems")
ITEM = _name("item_id", "the test case", "items")
SAMPLE = Column(
    "sample", Kind.integer, "which repeat of the same prompt, from 1", key=True, null=False, default=1, low=1
)
UNIT = Column(
    "unit_id", Kind.text, 'part of the response that is judged; "" is the whole response', key=True, default=""
)
SCALE = _name("scale_id", "the question that was answered", "scales")
RATER = _name("rater_id", "who answered (pseudonym)", "raters")
OCCASION = Column(
    "occasion", Kind.integer, "which time the same rater answered, from 1", key=True, null=False, default=1, low=1
)
COMMENT = Column("comment", Kind.text, "free words of the person")
SECONDS = Column("seconds", Kind.number, "time taken, in seconds", low=0)

ITEMS = Table(
    "items",
    "input",
    "one test case",
    (
        _name("item_id", "the test case"),
        Column("prompt", Kind.text, "what was put to the systems", required=True, null=False),
        Column("context", Kind.text, "record or document given with the prompt"),
        Column("turns", Kind.list, "earlier turns of the conversation"),
        Column("language", Kind.text, "language of the prompt (BCP 47); the study's language when absent"),
        Column("family_id", Kind.text, "cases derived from one base case; item_id when absent"),
        Column("variant", Kind.text, "which member of the family", default="base"),
        Column("attribute", Kind.text, "what the variant changes"),
        Column("conversation_id", Kind.text, "conversation that the item is a turn of"),
        Column("turn", Kind.integer, "turn in the conversation, from 1", low=1),
        Column(
            "task_source",
            Kind.word,
            "where the task comes from",
            default="unknown",
            words=("exam", "written_case", "real_query", "live_log", "unknown"),
        ),
        Column("known_to_vendor", Kind.boolean, "whether a vendor had access to the case"),
        Column("tags", Kind.list, "free labels"),
        Column("strata", Kind.object, "subgroups fixed beforehand, name -> level"),
        Column("reference", Kind.object, "the clinical facts of the case"),
    ),
    prefixes=("strata.",),
)

RESPONSES = Table(
    "responses",
    "input",
    "what one system answered to one item",
    (
        SYSTEM,
        ITEM,
        SAMPLE,
        Column("status", Kind.word, "what came back", required=True, null=False, words=tuple(ResponseStatus)),
        Column("text", Kind.text, "the response; empty only when it was not answered or is withheld"),
        Column("answer", Kind.text, "extracted short answer"),
        Column("confidence", Kind.number, "confidence as stated by the system", low=0, high=1),
        Column("turns", Kind.list, "turns of the conversation"),
        Column("asked_at", Kind.instant, "when the prompt was put"),
        SECONDS,
        Column(
            "control",
            Kind.word,
            "of a system with role control: what raters should find in it",
            words=("known_harm", "known_good"),
        ),
    ),
)

UNITS = Table(
    "units",
    "input",
    "a part of one response that is judged singly",
    (
        ITEM,
        SYSTEM,
        SAMPLE,
        Column("unit_id", Kind.name, "the part", key=True, required=True, null=False),
        Column(
            "kind",
            Kind.word,
            "what the part is",
            required=True,
            null=False,
            words=("sentence", "claim", "opportunity", "turn"),
        ),
        Column("text", Kind.text, "words of the part", required=True),
        Column("start", Kind.integer, "first code point in the response, from 0", low=0),
        Column("end", Kind.integer, "code point after the last", low=0),
        Column("role", Kind.text, "what the part is for"),
        Column("critical", Kind.boolean, "whether failing it could change care"),
    ),
)

RATINGS = Table(
    "ratings",
    "input",
    "one person's answer to one question about one response or unit",
    (
        SYSTEM,
        ITEM,
        SAMPLE,
        UNIT,
        SCALE,
        RATER,
        OCCASION,
        Column(
            "level",
            Kind.level,
            "id of a level of the scale, or the number on a number scale",
            required=True,
            null=False,
        ),
        Column("role", Kind.word, "why the rating was given", null=False, default="primary", words=tuple(RatingRole)),
        COMMENT,
        Column("failure_modes", Kind.names, "failure modes of the rubric that the rater ticked for this answer"),
        Column("severities", Kind.object, "harm level (H0 to H4) of each ticked failure mode that was given one"),
        Column("spans", Kind.list, "passages that the rater marked, as [start, end] code points"),
        Column("confidence", Kind.text, "how sure the rater was, in the rater's words"),
        SECONDS,
        Column("rated_at", Kind.instant, "when the rating was given"),
        Column("pack_id", Kind.text, "rating pack"),
        Column(
            "inclusion_probability", Kind.number, "chance with which the response was drawn for rating", low=0, high=1
        ),
    ),
)

RATERS = Table(
    "raters",
    "input",
    "one person or position that rated",
    (
        _name("rater_id", "pseudonym"),
        Column(
            "kind",
            Kind.word,
            "a person, or a position that may be several people",
            required=True,
            null=False,
            words=("person", "position"),
        ),
        Column("panel", Kind.text, "group that rated the same cases"),
        Column("profession", Kind.text, "profession"),
        Column("specialty", Kind.text, "specialty"),
        Column("years", Kind.number, "years in practice", low=0),
        Column("languages", Kind.list, "languages"),
        Column("conflicts", Kind.list, "declared conflicts of interest"),
        Column("blinded", Kind.boolean, "whether the rater saw neither vendor nor check first"),
        Column("trained", Kind.boolean, "whether the rater passed the training set"),
    ),
)

ASSIGNMENTS = Table(
    "assignments",
    "input",
    "a rating that is owed",
    (
        SYSTEM,
        ITEM,
        SAMPLE,
        UNIT,
        SCALE,
        RATER,
        OCCASION,
        Column("inclusion_probability", Kind.number, "chance with which the response was drawn", low=0, high=1),
        Column("pack_id", Kind.text, "rating pack"),
    ),
)

PREFERENCES = Table(
    "preferences",
    "input",
    "one choice between two responses to the same item",
    (
        _name("preference_id", "the choice"),
        Column("item_id", Kind.name, "the test case", required=True, null=False, refers=("items", "item_id")),
        Column("system_a", Kind.name, "system shown as A", required=True, null=False, refers=("systems", "system_id")),
        Column("system_b", Kind.name, "system shown as B", required=True, null=False, refers=("systems", "system_id")),
        Column("scale_id", Kind.name, "the question", required=True, null=False, refers=("scales", "scale_id")),
        Column(
            "choice",
            Kind.word,
            "what was preferred",
            required=True,
            null=False,
            words=("a_much", "a_slightly", "a", "tie", "b", "b_slightly", "b_much", "cannot_judge"),
        ),
        Column("sample_a", Kind.integer, "repeat shown as A", null=False, default=1, low=1),
        Column("sample_b", Kind.integer, "repeat shown as B", null=False, default=1, low=1),
        Column("comparison_id", Kind.text, "comparison to which several axes belong"),
        Column("rater_id", Kind.name, "who chose; empty is an anonymous person", refers=("raters", "rater_id")),
        Column("source_id", Kind.name, "which judge chose", refers=("sources", "source_id")),
        Column("shown_first", Kind.word, "which came first", default="unknown", words=("a", "b", "unknown")),
        Column("condition", Kind.text, "how the responses were shown"),
        COMMENT,
        SECONDS,
        Column("rated_at", Kind.instant, "when"),
    ),
)

SCORES = Table(
    "scores",
    "input",
    "what a judge, harness or device said about one response or unit",
    (
        SYSTEM,
        ITEM,
        SAMPLE,
        UNIT,
        SCALE,
        _name("source_id", "the source, declared in study.yaml", "sources"),
        OCCASION,
        Column("level", Kind.level, "id of a level of the scale"),
        Column("value", Kind.number, "number on a number scale"),
        Column("outcome", Kind.word, "why there is neither level nor value", words=("not_assessable", "error")),
        Column("reason", Kind.text, "reason for the outcome"),
    ),
)

DISPOSITIONS = Table(
    "dispositions",
    "input",
    "what a named person decided about a veto or a gate",
    (
        _name("disposition_id", "the record"),
        Column(
            "kind",
            Kind.word,
            "what was decided",
            required=True,
            null=False,
            words=("confirm_veto", "reject_veto", "waive_gate"),
        ),
        Column("system_id", Kind.name, "the system", required=True, null=False, refers=("systems", "system_id")),
        Column("gate_id", Kind.text, "metric.gate", required=True, null=False),
        Column("item_id", Kind.name, "the test case; empty for a waiver", refers=("items", "item_id")),
        Column("sample", Kind.integer, "repeat", low=1),
        Column("by", Kind.text, "who decided", required=True, null=False),
        Column("role", Kind.text, "in which role", required=True, null=False),
        Column("at", Kind.instant, "when", required=True, null=False),
        Column("reason", Kind.text, "why", required=True, null=False),
        Column("supersedes", Kind.text, "record that this one replaces"),
    ),
)

DISPUTES = Table(
    "disputes",
    "input",
    "one test case that somebody contests, and what was decided about it",
    (
        _name("dispute_id", "the record"),
        Column("item_id", Kind.name, "the contested case", required=True, null=False, refers=("items", "item_id")),
        Column("ground", Kind.word, "what is said to be wrong", required=True, null=False, words=DISPUTE_GROUNDS),
        Column("claim", Kind.text, "the objection in the words of whoever raised it", required=True, null=False),
        Column("raised_by", Kind.text, "who raised it", required=True, null=False),
        Column("raised_for", Kind.word, "on whose side", required=True, null=False, words=DISPUTE_SIDES),
        Column("raised_at", Kind.instant, "when", required=True, null=False),
        Column("decision", Kind.word, "what was decided; empty while it is open", words=("upheld", "rejected")),
        Column("decided_by", Kind.text, "who decided"),
        Column("role", Kind.text, "in which role"),
        Column("decided_at", Kind.instant, "when"),
        Column("blinded", Kind.boolean, "whether whoever decided knew neither systems nor results"),
        Column("why", Kind.text, "why it was decided so"),
        Column("supersedes", Kind.text, "record that this one replaces, such as the open one that it decides"),
    ),
)

INPUT_TABLES: tuple[Table, ...] = (
    ITEMS,
    RESPONSES,
    UNITS,
    RATINGS,
    RATERS,
    ASSIGNMENTS,
    PREFERENCES,
    SCORES,
    DISPOSITIONS,
    DISPUTES,
)
"""All tables of a study folder. What else people state stands in dossier.yaml."""
