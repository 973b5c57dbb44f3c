"""What the tests of refusals share: one study on disk from seal to pages, small studies in memory, reading of pages."""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

import dualtrack
from dualtrack.cli import main
from dualtrack.errors import RecordError
from dualtrack.records.beside import Beside, read_beside
from dualtrack.records.dossier import Dossier
from dualtrack.report import build_pages, parse_document
from dualtrack.scoring.engine import score_tables
from tests import builders, sealed_worlds
from tests.unit.report import cases, results
from tests.unit.report.reading import PageReader

SEALED, LOOKED = "2026-01-02T00:00:00Z", "2026-02-01T00:00:00Z"
SOURCES = """
sources:
- {id: judge, kind: llm_judge, name: A judge, version: "1", family: larch}
"""


@dataclass(frozen=True)
class World:
    """A study folder, its run and what the run holds."""

    study: Path
    run: Path
    document: dict
    pages: dict

    def rows(self, table, **wanted):
        return rows_of(self.document["tables"][table], **wanted)


def sealed_world(folder: Path) -> World:
    """Sealed, then answered: ``alpha`` (version "latest", of the judge's family) without a failure, ``beta`` with one.

    ``r2`` saw which system answered; six of the forty cases are children.
    """
    study = sealed_worlds.make_study(folder / "study", strata={"report": ["age_band"]})
    file = study / "study.yaml"
    sealed_worlds.edit(file, "version: '1'", "version: latest\n  family: larch")
    file.write_text(file.read_text(encoding="utf-8") + SOURCES.lstrip(), encoding="utf-8")
    ages = ["child" if k < 6 else "adult" for k in range(sealed_worlds.N_ITEMS)]
    items = [
        json.dumps({"item_id": f"q{k:03d}", "prompt": f"question {k}", "strata": {"age_band": age}})
        for k, age in enumerate(ages)
    ]
    (study / "items.jsonl").write_text("\n".join(items) + "\n", encoding="utf-8")
    words = ["--by", "Dr A", "--confirm", str(sealed_worlds.confirmations(study)), "--clock", SEALED]
    assert main(["freeze", str(study), *words]) == 0
    sealed_worlds.answer(study, bad={("beta", 1)})
    (study / "raters.csv").write_text("rater_id,kind,blinded\nr1,person,true\nr2,person,false\n", encoding="utf-8")
    judged = [f"{system},q{k:03d},1,quality,judge,1" for system in ("alpha", "beta") for k in range(10)]
    (study / "scores.csv").write_text(
        "\n".join(["system_id,item_id,sample,scale_id,source_id,level", *judged]) + "\n", encoding="utf-8"
    )
    return scored(study, folder / "run")


def scored(study: Path, run: Path, **more) -> World:
    """Score a study and write its pages."""
    moment = datetime.fromisoformat(LOOKED)
    dualtrack.score(study, clock=moment, by="Dr A", **more).save(run, pages=True)
    document = json.loads((run / "scorecards.json").read_text(encoding="utf-8"))
    return World(study, run, document, {page.name: page.read_text(encoding="utf-8") for page in run.glob("*.html")})


def rows_of(rows, **wanted):
    """Rows with these values."""
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def section(page, name):
    """Text of one section of a page."""
    return PageReader(page.split(f'<section id="{name}"')[1].split("</section>")[0].partition(">")[2]).text.replace(
        "\xa0", " "
    )


def text(page):
    """All text of a page, without data for scripts."""
    return PageReader(page.split('<script type="application/json"')[0]).text.replace("\xa0", " ")


# ---------------------------------------------------------------- in memory

HARM = builders.scale("harm", levels=[{"id": str(n), "value": 1 - n / 4, "anchor": f"harm {n}"} for n in range(5)])


def harm_metric(limit=0.05, **changes):
    """Fails from level 3 on; one gate, ``rate``."""
    plain = {
        "track": "safety", "code": "S01", "quantity": {"type": "binary", "per": "response", "show": "failure_rate"},
        "ratings": {"scale": "harm", "fail_when": {"at_least": "3"}},
        "gates": [{"id": "rate", "kind": "failure_at_most", "limit": limit}],
    }  # fmt: skip
    return builders.metric("harm_rate", **(plain | changes))


def tables_of(failing, n, *, sealed=True, systems=("a",), metrics=None, **given):
    """Result tables of a study with ``n`` cases, two raters, and failing case numbers by system."""
    levels = {
        (system, k): ["4", "4"] if k in failing.get(system, ()) else ["0", "0"] for system in systems for k in range(n)
    }
    plan = {"floors": {"coverage": 0.8, "items": 10, "clusters": 3}} | given.pop("plan", {})
    rows = {
        "items": builders.items(n), "responses": builders.responses(systems, n),
        "ratings": builders.ratings(levels, "harm"), **given,
    }  # fmt: skip
    rubric = builders.rubric(metrics or [harm_metric()], [HARM])
    return score_tables(rubric, builders.study(systems, **plan), builders.tables(**rows), pre_specified=sealed).tables


def gate_of(tables, system="a", gate="harm_rate.rate"):
    """One row of the gates."""
    (row,) = [row for row in tables["gates"].to_dict("records") if (row["system_id"], row["gate_id"]) == (system, gate)]
    return row


# ---------------------------------------------------------------- what people state

HAZARD = {
    "id": "h1", "title": "Emergency not recognised", "systems": ["aster"], "failure_modes": ["late_care"],
    "cause": "Red flag not named", "effect": "Late call", "situation": "A patient waits at home", "harm": "Death",
    "by": "A. Person", "date": "2026-03-01",
}  # fmt: skip
DESIGN = {"text": "A rule", "type": "design", "owner": "manufacturer"}
BANNER = {"text": "A banner", "type": "information", "owner": "deployer"}
SHOWN = {"verified": True, "evidence": "re-test r-7"}
MARK = {"system": "aster", "criterion": "E01", "mark": "2", "by": "member 1", "date": "2026-03-09"}
MEMBER = {"name": "member 1", "role": "pharmacist", "conflicts": "none declared"}
MATRIX = {
    "schema": "dualtrack.risk_matrix/1", "id": "m", "title": "Our matrix", "about": "a", "source": "s", "edition": "e",
    "verified": "secondary", "severities": [{"id": f"S{n}", "title": f"s{n}", "means": "x"} for n in (1, 2, 3)],
    "likelihoods": [{"id": f"L{n}", "title": f"l{n}", "means": "x"} for n in (1, 2, 3)],
    "cells": {"L1": [1, 1, 2], "L2": [1, 2, 3], "L3": [2, 3, 3]}, "many_patients": "Ask how many.",
    "levels": [{"level": n, "title": f"level word {n}", "means": "x"} for n in (1, 2, 3)], "harm_map": {"H3": ["S3"]},
}  # fmt: skip


def refused(folder, **stated):
    """What is said against a dossier: text of every problem, which has a code and a place."""
    (folder / "dossier.yaml").write_text(json.dumps({"schema": "dualtrack.dossier/1", **stated}), encoding="utf-8")
    with pytest.raises(RecordError) as caught:
        read_beside(folder, results.SYSTEMS)
    problems = caught.value.problems
    assert {problem.code for problem in problems} <= {"REC003", "REC004"}
    return " | ".join(f"{problem.what}; {problem.place.column}; {problem.expected}" for problem in problems)


def accepted(folder, **stated):
    """The dossier as it is read where nothing is said against it."""
    (folder / "dossier.yaml").write_text(json.dumps({"schema": "dualtrack.dossier/1", **stated}), encoding="utf-8")
    return read_beside(folder, results.SYSTEMS).dossier


def stated_pages(matrices=(MATRIX,), change=None, **stated):
    """All pages of a handmade document, with what people state."""
    raw = results.document()
    mode = results.row(
        "failure_modes", stratum="", stratum_level="", metric_id="barred_treatment", failure_mode="late_care",
        track="safety", system_id="aster", act="omission", state="defined", n_items=213, n_events=4, value=4 / 213,
        lower=0.0, upper=0.0437, method="exact", confidence=0.95, n_open=2, n_repeats=3, n_repeated=1, worst_harm="H3",
        worst_harm_from="ruling", exemplar_item="case_confirmed", exemplar_sample=1,
    )  # fmt: skip
    raw["tables"]["failure_modes"] = [mode]
    raw["risk"] = {"matrices": list(matrices), "ladders": [], "high_risk": {}}
    if change is not None:
        change(raw)
    dossier = Dossier.model_validate_json(json.dumps({"schema": "dualtrack.dossier/1", **stated}))
    return build_pages(parse_document(results.encoded(raw)), Beside(dossier), cases=cases.cases())
