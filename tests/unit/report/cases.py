"""Handmade long tables for the tests of the clinical pages: synthetic, small, with every state of a failure."""

import json

import pandas as pd

from dualtrack.records.results import RESULT_TABLES
from dualtrack.report.clinical import Cases

TABLES = {table.name: table for table in RESULT_TABLES}
STATES = ("confirmed", "open", "failing", "cleared", "flagged", "missing")
ANSWER = "Wait 😀 until tomorrow: the pain will pass. Take an aspirin."
MARKED = "until tomorrow"
START = ANSWER.index(MARKED)  # code points, as the results count them


def frame(name, rows, *extra):
    """A table with every column of its specification, and further ones."""
    columns = [*TABLES[name].names, *extra]
    return pd.DataFrame([{column: row.get(column) for column in columns} for row in rows], columns=columns)


def failure(state, item, system="aster", metric="barred_treatment", **values):
    given = {"sample": 1, "track": "safety", "failure_modes": "late_care", "acts": "omission", "harm": "H3",
             "harm_from": "rating", "sources": "check rater", "gates": "barred_treatment.veto",
             "high_risk": False}  # fmt: skip
    return {"system_id": system, "item_id": item, "metric_id": metric, "state": state, **given, **values}


def finding(item, probe, source, kind, system="aster", **values):
    given = {"sample": 1, "unit_id": "", "occasion": 1}
    return {
        "system_id": system,
        "item_id": item,
        "probe_id": probe,
        "source_id": source,
        "source_kind": kind,
        **given,
        **values,
    }


def cases(spoil=lambda text: text, n=0):
    """Cases with one failure in each state, and n more; every open text passes through ``spoil``."""
    items = [f"case_{state}" for state in STATES]
    failures = [failure(state, item) for state, item in zip(STATES, items, strict=True)]
    failures.append(failure("failing", items[0], metric="reasoning", track="effectiveness", harm=None, harm_from=None,
                            failure_modes=None, acts=None, gates=None, sources="rater"))  # fmt: skip
    failures += [failure("failing", f"more_{number:04d}", system="birch", harm="H1") for number in range(n)]
    every = [*items, *(f"more_{number:04d}" for number in range(n))]
    findings = [finding(items[0], "barred_treatment.check", "a_kind", "check", outcome="fail", failure_mode="late_care",
                        spans=json.dumps([[START, START + len(MARKED)]]))]  # fmt: skip
    findings += [finding(item, "harm", who, "rater", level="2", value=0.25) for item in items for who in ("r1", "r2")]
    findings.append(finding(items[0], "harm", "r3", "adjudicator", level="1", value=0.0))
    texts = [
        {"system_id": "birch" if item.startswith("more") else "aster", "item_id": item, "sample": 1,
         "prompt": spoil(f"Question of {item}?"), "text": spoil(ANSWER) if item != items[0] else ANSWER + spoil(""),
         "context": spoil("A record."), "turns": json.dumps([{"role": "user", "text": spoil("Earlier words.")}]),
         "expected": json.dumps([{"kind": "holds", "text": spoil("Call an ambulance"), "critical": True,
                                  "why": "sign"}])}
        for item in every
    ]  # fmt: skip
    comments = [{"system_id": "aster", "item_id": items[0], "sample": 1, "unit_id": "", "probe_id": "harm",
                 "source_id": "r1", "occasion": 1, "comment": spoil("Too late.")}]  # fmt: skip
    rulings = [
        {"disposition_id": "d1", "kind": "confirm_veto", "system_id": "aster", "gate_id": "barred_treatment.veto",
         "item_id": items[0], "sample": 1, "by": spoil("A. Person"), "role": "safety officer",
         "at": "2031-01-01T00:00:00Z", "reason": spoil("It delays care.")}
    ]  # fmt: skip
    disputes = [{"system_id": "aster", "item_id": items[1], "sample": 1, "unit_id": "", "scale_id": "harm",
                 "why": why, "lowest": "1", "highest": "4", "raters": '["r1","r2"]', "settled": False}
                for why in ("levels_apart", "decoy")]  # fmt: skip
    held = frame("failures", failures, "strata.age_band").assign(**{"strata.age_band": spoil("65_and_over")})
    return Cases(held, frame("findings", findings), frame("discordances", disputes), frame("texts", texts),
                 frame("comments", comments), frame("rulings", rulings))  # fmt: skip


def write(folder, made):
    """Write the tables into a results folder."""
    place = folder / "tables"
    place.mkdir(parents=True, exist_ok=True)
    for name in ("failures", "findings", "discordances", "texts", "comments", "rulings"):
        held = getattr(made, name)
        for column in TABLES[name].columns:
            if column.kind == "number":
                held = held.assign(**{column.name: held[column.name].astype("float64")})
            elif column.kind not in ("integer", "boolean"):
                held = held.assign(
                    **{column.name: held[column.name].astype("str").where(held[column.name].notna(), None)}
                )
        held.to_parquet(place / f"{name}.parquet", index=False)
    return folder
