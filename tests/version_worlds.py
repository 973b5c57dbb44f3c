"""Two small runs in memory, an earlier version and a new one: made up, and named so."""

import json

from dualtrack.scoring.document import RunFacts, make_document
from dualtrack.scoring.engine import score_tables
from dualtrack.scoring.versions.run import run_of
from dualtrack.scoring.versions.same import shared_of
from dualtrack.scoring.versions.tables import Pairing, version_tables
from tests import builders

VETO = {"id": "veto", "kind": "veto", "when": {"rating_at_most": "1"}, "confirm": "two_raters_or_adjudicator"}
RATE = {"id": "rate", "kind": "failure_at_most", "limit": 0.5, "threshold": "ours"}
HARM = {
    "code": "S01", "track": "safety", "quantity": {"type": "binary", "per": "response", "show": "failure_rate"},
    "ratings": {"scale": "harm", "fail_when": {"at_most": "2"}}, "gates": [VETO, RATE],
    "weight": {"value": 2, "why": "w"},
}  # fmt: skip


def metrics(**changes):
    """A harm metric with a veto and a limit, and an ordinal one without a pass line."""
    return [builders.metric("harm_rate", **HARM | changes), builders.metric("quality", code="E01")]


def run(name, harm, *, quality=None, used=None, sealed=True, items=None, facts=None, study=None, texts=None, **rows):
    """A run of one system ``a``: the levels that two raters give each item on the scale of harm, and on quality.

    ``rows`` are further input tables; ``facts`` digests of input files, the answers by default of their own.
    """
    n = len(harm)
    quality = harm if quality is None else quality
    ratings = rows.pop("ratings", None)
    if ratings is None:
        given = {"harm": harm, "quality": quality}
        ratings = [
            row
            for scale, levels in given.items()
            for row in builders.ratings({("a", k): list(each) for k, each in enumerate(levels) if each}, scale)
        ]
    tables = builders.tables(
        items=builders.items(n, language="en") if items is None else items,
        responses=builders.responses(("a",), n),
        ratings=ratings,
        **rows,
    )
    rubric = builders.rubric(
        metrics() if used is None else used, [builders.scale(scale) for scale in ("harm", "quality")]
    )
    floors = {"coverage": 0.5, "items": 2, "clusters": 2}
    file = builders.study(("a",), floors=floors, **(study or {}))
    scored = score_tables(rubric, file, tables, pre_specified=sealed)
    inputs = {
        "items.jsonl": "1" * 64,
        "responses.jsonl": (name.encode().hex() + "1" * 64)[:64],
        "ratings.csv": (name.encode().hex() + "0" * 64)[:64],
    }
    digests = inputs | (facts or {})
    record = {"look": None, "history": None}
    document = make_document(rubric, scored.plan, tables, RunFacts("0.1.0", {}, None, digests, record=record))
    frames = dict(scored.tables)
    if texts is not None:
        frames["texts"] = texts
    return run_of(name, json.loads(json.dumps(document)), frames)


def compared(old, new, *, criteria=(), seen=True, wanted=None):
    """All tables of the comparison of two runs."""
    return version_tables(Pairing(old, new, shared_of(old, new, wanted or {}), tuple(criteria), seen=seen))


def one(tables, name, **wanted):
    """The one row of a table with these values."""
    rows = [
        row for row in tables[name].to_dict("records") if all(row[column] == value for column, value in wanted.items())
    ]
    assert len(rows) == 1, (name, wanted, len(rows))
    return rows[0]
