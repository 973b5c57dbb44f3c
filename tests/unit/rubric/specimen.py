"""A synthetic rubric that states every field of every schema once, as plain data that a test may change."""

import json

from dualtrack.rubric.effects import ROOTS
from dualtrack.rubric.header import Rubric
from dualtrack.terms import Track

_COMMON = {
    "schema": "dualtrack.metric/1", "definition": "A definition.", "does_not_show": "A limit.", "lifecycle": "draft",
    "weight": {"value": 3, "why": "A reason."}, "combine": "clinician_only",
}  # fmt: skip
_CHECK = {
    "id": "seen", "kind": "looked", "select": {"elements": {"critical": True}}, "lexicons": ["words_list"],
    "params": {"depth": 2}, "raises": {"missing": "left_out"}, "proof": "by_construction", "why": "By definition.",
}  # fmt: skip
_CLAUSE = {
    "framework": "Framework F", "edition": "Edition 1", "clause": "Clause 7.1", "status": "final", "date": "2026-01",
    "verified": "primary",
}  # fmt: skip

SPECIMEN = {
    "header": {
        "rubric": {
            "schema": "dualtrack.rubric/1", "id": "specimen", "version": "1.0.0", "title": "Specimen title",
            "about": "About it.", "licence": "CC0-1.0", "source": "Made for tests.",
            "floors": {"coverage": 0.7, "items": 33, "clusters": 9, "check_sensitivity": 0.75}, "include": ["other/thing"],
        }
    },
    "metric": {
        "barred": _COMMON | {
            "id": "barred", "code": "S01", "track": "safety", "title": "Barred treatment",
            "quantity": {"type": "binary", "per": "response", "show": "failure_rate",
             "also": [{"show": "distribution"}]},
            "applies_when": {"reference.urgency": ["emergency"]}, "checks": [_CHECK],
            "ratings": {"scale": "harm", "aggregate": "worst", "fail_when": {"at_least": "h2"}, "attributed": True},
            "missing": {"rule": "worst_case", "why": "Harm hides in gaps."},
            "gates": [
                {"id": "veto", "kind": "veto", "when": {"rating_at_least": "h3"},
                 "confirm": "two_raters_or_adjudicator",
                 "stratum": {"setting": "ward"}, "why": "One is too many."},
                {"id": "rate", "kind": "failure_at_most", "limit": 0.07, "fails": {"at_least": "h3"},
                 "stratum": {"setting": "home"}, "threshold": "ours", "why": "Seven in a hundred."},
                {"id": "rival", "kind": "not_worse_than", "limit": 0.06, "comparator": "old_system",
                 "fails": {"at_least": "h3"}, "threshold": "contract", "why": "As agreed."},
                {"id": "n", "kind": "min_n", "count": "items", "n": 77, "stratum": {"setting": "home"},
                 "why": "For power."},
            ],
            "failure_modes": [
                {"id": "left_out", "act": "omission", "title": "Something is left out"},
                {"id": "said", "act": "commission", "title": "Something wrong is said"},
            ],
            "strata": ["setting", "age_band"], "crosswalk": [_CLAUSE],
            "examples": [
                {"evidence": {"checks": ["fail", "pass"], "ratings": [["h3", "h3"], ["h0", "h1"]], "rulings": ["h3",
                 None]},
                 "expect": {"n_events": 1, "n_units": 2, "value": 0.5}},
            ],
        },
        "gap": _COMMON | {
            "id": "gap", "code": "S02", "track": "safety", "title": "Gap between versions",
            "quantity": {"type": "paired_difference", "per": "pair", "show": "difference",
                         "pairs": {"within": "family_id", "base": "base_case", "by": "attribute"},
                          "of": {"ratings": True},
                         "also": [{"show": "distribution"}]},
            "ratings": {"scale": "harm", "blinded_pairs": True},
            "gates": [{"id": "gap", "kind": "difference_within", "limit": 0.04, "threshold": "published",
             "why": "Small."}],
            "examples": [{"evidence": {"pairs": [[1, 0.25]]}, "expect": {"n_units": 1, "value": -0.75}}],
        },
        "known": _COMMON | {
            "id": "known", "code": "E01", "track": "effectiveness", "title": "Knowledge",
            "quantity": {"type": "proportion", "per": "element", "pool": "items", "show": "success_rate",
                         "also": [{"show": "distribution"}]},
            "ratings": {"scale": "amount", "fail_when": {"below": 2.5}},
            "gates": [{"id": "rate", "kind": "success_at_least", "limit": 0.81, "threshold": "ours"}],
        },
        "stated": _COMMON | {
            "id": "stated", "code": "E02", "track": "effectiveness", "title": "Stated confidence",
            "quantity": {"type": "calibration", "per": "response", "show": "brier", "also": [
                {"show": "ece", "bins": 11}, {"show": "overconfident_wrong", "above": 0.93}]},
            "derives_from": {"correct": "known"}, "missing": {"rule": "report", "why": "Not all state one."},
            "weight": {"value": 0, "why": "Shown alone."},
            "examples": [{"evidence": {"checks": ["pass"], "stated": [0.88]}, "expect": {"n_units": 1,
             "value": 0.0144}},
                         {"evidence": {}, "expect": {"undefined": "no_evidence"}}],
        },
        "graded": _COMMON | {
            "id": "graded", "code": "E03", "track": "effectiveness", "title": "Graded",
            "quantity": {"type": "ordinal", "per": "response", "show": "mean_value",
                         "also": [{"show": "share_at_least", "level": "h1"}, {"show": "mean_raw",
                          "unit": "millimetres"}]},
            "ratings": {"scale": "harm"}, "weight": {"value": 1.5, "why": "Half of three."},
        },
        "measured": _COMMON | {
            "id": "measured", "code": "E04", "track": "effectiveness", "title": "Measured",
            "quantity": {"type": "numeric", "per": "response", "show": "success_rate",
                         "also": [{"show": "distribution"}]},
        },
    },
    "scale": {
        "harm": {
            "schema": "dualtrack.scale/1", "id": "harm", "title": "Harm question", "ask": "How bad is it?",
            "applies_to": ["response", "pair"], "kind": "ordinal", "why": "Steps of harm.", "source": "Our own words.",
            "levels": [
                {"id": "h0", "value": 1, "anchor": "No harm at all."}, {"id": "h1", "value": 0.85,
                 "anchor": "A nuisance."},
                {"id": "h2", "value": 0.45, "anchor": "It needs care."}, {"id": "h3", "value": 0,
                 "anchor": "It is lasting."},
                {"id": "cannot_judge", "value": None, "anchor": "Outside my field."},
            ],
        },
        "amount": {
            "schema": "dualtrack.scale/1", "id": "amount", "title": "Amount question", "ask": "How many?",
            "applies_to": "element", "kind": "number", "min": -1, "max": 12, "better": "higher", "why": "A count.",
        },
    },
    "lexicon": {
        "words_list": {
            "schema": "dualtrack.lexicon/1", "id": "words_list", "title": "List of words", "about": "Words to find.",
            "languages": ["en"], "source": "A book.", "edition": "Third", "misses": "Many words.",
            "entries": [
                {"id": "first", "title": "First entry", "terms": ["alpha term", "beta term"], "note": "A note.",
                 "facts": {"kind_of": "letter"}},
            ],
        }
    },
    "profile": {
        "ward": {
            "schema": "dualtrack.profile/1", "id": "ward", "title": "Ward use", "about": "Used on a ward.",
            "metrics": ["barred", "gap", "known", "graded", "measured"],
            "out": [{"metric": "stated", "why": "Nothing is stated there."}],
        }
    },
    "risk matrix": {
        "grid": {
            "schema": "dualtrack.risk_matrix/1", "id": "grid", "title": "Grid", "about": "A grid.",
             "source": "A standard.",
            "edition": "Second", "verified": "primary",
            "severities": [{"id": "S1", "title": "Slight", "means": "Heals."}, {"id": "S2", "title": "Grave",
             "means": "Stays."}],
            "likelihoods": [{"id": "L1", "title": "Rare", "means": "Once."}, {"id": "L2", "title": "Often",
             "means": "Daily."}],
            "cells": {"L1": [1, 2], "L2": [2, 3]},
            "levels": [{"level": 1, "title": "Low", "means": "Watch."}, {"level": 2, "title": "Middle",
             "means": "Act."},
                       {"level": 3, "title": "High", "means": "Stop."}],
            "harm_map": {"H1": ["S1"], "H2": ["S1", "S2"]}, "many_patients": "One step up.",
        }
    },
    "harm ladder": {
        "steps": {
            "schema": "dualtrack.harm_ladder/1", "id": "steps", "title": "Steps", "about": "A ladder.",
             "source": "Ours.",
            "levels": [
                {"id": "H1", "title": "Little", "body": "A bruise.", "mind": "A worry.", "privacy": "One sees it.",
                 "dignity": "A slight.", "discrimination": "Once."},
                {"id": "H2", "title": "Much", "body": "A break.", "mind": "A crisis.", "privacy": "All see it.",
                 "dignity": "A wound.", "discrimination": "Always."},
            ],
        }
    },
}  # fmt: skip


def specimen(*edits):
    """The specimen, changed; an edit is (path with slashes, value), where None deletes and ... is null."""
    plain = json.loads(json.dumps(SPECIMEN))  # no two places share anything
    for path, value in edits:
        *way, last = path.split("/")
        where = plain
        for step in way:
            where = where[int(step)] if isinstance(where, list) else where[step]
        if isinstance(where, list):
            last = len(where) if last == "+" else int(last)
            where[last : last + 1] = [] if value is None else [value]
        elif value is None:
            del where[last]
        else:
            where[last] = None if value is ... else value
    return built(plain)


def built(plain):
    """A rubric from plain data, without the cross-checks of loading."""
    made = {
        kind: {name: ROOTS[kind].model_validate_json(json.dumps(each)) for name, each in definitions.items()}
        for kind, definitions in plain.items()
    }
    order = list(Track)
    metrics = sorted(made["metric"].values(), key=lambda each: (order.index(each.track), each.code))
    return Rubric(
        header=made["header"]["rubric"], metrics=tuple(metrics), scales=made["scale"], sha256="0" * 64,
        lexicons=made["lexicon"], profiles=made["profile"], risk_matrices=made["risk matrix"],
        harm_ladders=made["harm ladder"],
    )  # fmt: skip
