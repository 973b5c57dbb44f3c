"""What changed between two rubrics: one change of every field, with its class and its sentence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.rubric import load_rubric
from dualtrack.rubric.diff import compare, grouped
from dualtrack.rubric.effects import FIELDS, Effect, results_digest
from tests.unit.rubric.specimen import SPECIMEN, specimen

SCOPE, VALUE, RATERS, GATE, WEIGHT, FLOORS, BESIDE, RISK, WORDS = (
    Effect.scope, Effect.value, Effect.raters, Effect.gate, Effect.weight, Effect.floors, Effect.beside, Effect.risk,
    Effect.words,
)  # fmt: skip
B, GAP, G = "metric/barred", "metric/gap", "metric/barred/gates"
HARM, LIST, WARD = "scale/harm", "lexicon/words_list", "profile/ward"
GRID, STEPS = "risk matrix/grid", "harm ladder/steps"
PAIRS = "within family_id, base base_case"
NO_RATINGS = {"ratings": False, "check": "seen"}

# One change of each field: class and field -> where, the new value, what it can move, the sentence about the change.
CHANGES = {
    "Header.id": ("header/rubric/id", "renamed", WORDS, "id: specimen becomes renamed"),
    "Header.version": ("header/rubric/version", "1.1.0", WORDS, "version: 1.0.0 becomes 1.1.0"),
    "Header.title": ("header/rubric/title", "T", WORDS, "title: Specimen title becomes T"),
    "Header.about": ("header/rubric/about", "A", WORDS, "about: About it. becomes A"),
    "Header.licence": ("header/rubric/licence", "MIT", WORDS, "licence: CC0-1.0 becomes MIT"),
    "Header.source": ("header/rubric/source", None, WORDS, "source: Made for tests. becomes nothing"),
    "Header.include": ("header/rubric/include", [], WORDS, "include: other/thing becomes nothing"),
    "Floors.coverage": ("header/rubric/floors/coverage", 0.75, FLOORS, "floors, coverage: 0.7 becomes 0.75"),
    "Floors.items": ("header/rubric/floors/items", 34, FLOORS, "floors, items: 33 becomes 34"),
    "Floors.clusters": ("header/rubric/floors/clusters", 10, FLOORS, "floors, clusters: 9 becomes 10"),
    "Floors.check_sensitivity": (
        "header/rubric/floors/check_sensitivity", 0.85, FLOORS, "floors, check sensitivity: 0.75 becomes 0.85",
    ),
    "Metric.code": (f"{B}/code", "S09", WORDS, "code: S01 becomes S09"),
    "Metric.track": (f"{B}/track", "effectiveness", SCOPE, "track: safety becomes effectiveness"),
    "Metric.title": (f"{B}/title", "T", WORDS, "title: Barred treatment becomes T"),
    "Metric.definition": (f"{B}/definition", "D.", WORDS, "definition: A definition. becomes D."),
    "Metric.does_not_show": (f"{B}/does_not_show", "L.", WORDS, "does not show: A limit. becomes L."),
    "Metric.lifecycle": (f"{B}/lifecycle", "retired", SCOPE, "lifecycle: draft becomes retired"),
    "Metric.applies_when": (
        f"{B}/applies_when", {"language": ["en"]}, SCOPE,
        "applies when: reference.urgency: emergency becomes language: en",
    ),
    "Metric.derives_from": ("metric/stated/derives_from/correct", "graded", VALUE,
                            "derives from: correct known becomes correct graded"),
    "Metric.combine": (f"{B}/combine", "worst_of", VALUE, "combine: clinician_only becomes worst_of"),
    "Metric.strata": (f"{B}/strata", ["setting"], BESIDE, "strata: age_band, setting becomes setting"),
    "Metric.crosswalk": (f"{B}/crosswalk", [], WORDS, "crosswalk: 1 entry becomes nothing"),
    "Metric.examples": (f"{B}/examples", [], WORDS, "examples: 1 entry becomes nothing"),
    "BinaryQuantity.per": (f"{B}/quantity/per", "turn", VALUE, "quantity, per: response becomes turn"),
    "BinaryQuantity.show": (f"{B}/quantity/show", "success_rate", VALUE,
                            "quantity, show: failure_rate becomes success_rate"),
    "BinaryQuantity.type": (f"{B}/quantity/type", "numeric", VALUE, "quantity, type: binary becomes numeric"),
    "BinaryQuantity.also": (f"{B}/quantity/also", [], BESIDE, "quantity, also: 1 entry becomes nothing"),
    "ProportionQuantity.pool": ("metric/known/quantity/pool", "units", VALUE, "quantity, pool: items becomes units"),
    "PairedQuantity.pairs": (f"{GAP}/quantity/pairs/by", "variant", VALUE,
                             f"quantity, pairs: {PAIRS}, by attribute becomes {PAIRS}, by variant"),
    "PairedQuantity.of": (f"{GAP}/quantity/of", NO_RATINGS, VALUE,
                          "quantity, of: ratings yes becomes check seen, ratings no"),
    "CheckUse.kind": (f"{B}/checks/0/kind", "heard", VALUE, "check seen, kind: looked becomes heard"),
    "CheckUse.select": (f"{B}/checks/0/select", {}, VALUE,
                        "check seen, select: elements: critical yes becomes nothing"),
    "CheckUse.lexicons": (f"{B}/checks/0/lexicons", [], VALUE, "check seen, lexicons: words_list becomes nothing"),
    "CheckUse.params": (f"{B}/checks/0/params", {"depth": 3}, VALUE, "check seen, params: depth 2 becomes depth 3"),
    "CheckUse.raises": (f"{B}/checks/0/raises", {}, VALUE, "check seen, raises: missing left_out becomes nothing"),
    "CheckUse.proof": (f"{B}/checks/0/proof", "clinicians", VALUE,
                       "check seen, proof: by_construction becomes clinicians"),
    "CheckUse.why": (f"{B}/checks/0/why", "W.", WORDS, "check seen, why: By definition. becomes W."),
    "RatingsUse.scale": (f"{B}/ratings/scale", "amount", VALUE, "ratings, scale: harm becomes amount"),
    "RatingsUse.aggregate": (f"{B}/ratings/aggregate", "mean", VALUE, "ratings, aggregate: worst becomes mean"),
    "RatingsUse.fail_when": (f"{B}/ratings/fail_when", {"at_least": "h1"}, VALUE,
                             "ratings, fail when: at least h2 becomes at least h1"),
    "RatingsUse.attributed": (f"{B}/ratings/attributed", False, VALUE, "ratings, attributed: yes becomes no"),
    "RatingsUse.blinded_pairs": (f"{GAP}/ratings/blinded_pairs", False, RATERS,
                                 "ratings, blinded pairs: yes becomes no"),
    "Missing.rule": ("metric/stated/missing/rule", "worst_case", VALUE, "missing, rule: report becomes worst_case"),
    "Missing.why": ("metric/stated/missing/why", "W.", WORDS, "missing, why: Not all state one. becomes W."),
    "Weight.value": (f"{B}/weight/value", 4.5, WEIGHT, "weight, value: 3 becomes 4.5"),
    "Weight.why": (f"{B}/weight/why", "W.", WORDS, "weight, why: A reason. becomes W."),
    "FailureMode.act": (f"{B}/failure_modes/0/act", "commission", BESIDE,
                        "failure mode left_out, act: omission becomes commission"),
    "FailureMode.title": (f"{B}/failure_modes/0/title", "T", RATERS,
                          "failure mode left_out, title: Something is left out becomes T"),
    "VetoGate.when": (f"{G}/0/when", {"check": "fail"}, GATE, "gate veto, when: rating at least h3 becomes check fail"),
    "VetoGate.stratum": (f"{G}/0/stratum", None, GATE, "gate veto, stratum: setting ward becomes nothing"),
    "VetoGate.why": (f"{G}/0/why", None, WORDS, "gate veto, why: One is too many. becomes nothing"),
    "VetoGate.kind": (f"{G}/0", {"id": "veto", "kind": "min_n", "count": "items", "n": 5}, GATE,
                      "gate veto, kind: veto becomes min_n"),
    "LimitGate.kind": (f"{G}/1/kind", "success_at_least", GATE,
                       "gate rate, kind: failure_at_most becomes success_at_least"),
    "LimitGate.limit": (f"{G}/1/limit", 0.05, GATE, "gate rate, limit: 0.07 becomes 0.05"),
    "LimitGate.fails": (f"{G}/1/fails", {"at_least": "h2"}, GATE, "gate rate, fails: at least h3 becomes at least h2"),
    "LimitGate.stratum": (f"{G}/1/stratum", {"setting": "ward"}, GATE,
                          "gate rate, stratum: setting home becomes setting ward"),
    "LimitGate.threshold": (f"{G}/1/threshold", "published", WORDS, "gate rate, threshold: ours becomes published"),
    "LimitGate.why": (f"{G}/1/why", "W.", WORDS, "gate rate, why: Seven in a hundred. becomes W."),
    "RelativeGate.limit": (f"{G}/2/limit", 0.05, GATE, "gate rival, limit: 0.06 becomes 0.05"),
    "RelativeGate.comparator": (f"{G}/2/comparator", "new_system", GATE,
                                "gate rival, comparator: old_system becomes new_system"),
    "RelativeGate.fails": (f"{G}/2/fails", None, GATE, "gate rival, fails: at least h3 becomes nothing"),
    "RelativeGate.threshold": (f"{G}/2/threshold", "ours", WORDS, "gate rival, threshold: contract becomes ours"),
    "RelativeGate.why": (f"{G}/2/why", "W.", WORDS, "gate rival, why: As agreed. becomes W."),
    "MinNGate.count": (f"{G}/3/count", "pairs", GATE, "gate n, count: items becomes pairs"),
    "MinNGate.n": (f"{G}/3/n", 78, GATE, "gate n, n: 77 becomes 78"),
    "MinNGate.stratum": (f"{G}/3/stratum", None, GATE, "gate n, stratum: setting home becomes nothing"),
    "MinNGate.why": (f"{G}/3/why", "W.", WORDS, "gate n, why: For power. becomes W."),
    "MarginGate.limit": (f"{GAP}/gates/0/limit", 0.05, GATE, "gate gap, limit: 0.04 becomes 0.05"),
    "MarginGate.threshold": (f"{GAP}/gates/0/threshold", "ours", WORDS, "gate gap, threshold: published becomes ours"),
    "MarginGate.why": (f"{GAP}/gates/0/why", "W.", WORDS, "gate gap, why: Small. becomes W."),
    "Scale.title": (f"{HARM}/title", "T", RATERS, "title: Harm question becomes T"),
    "Scale.ask": (f"{HARM}/ask", "A?", RATERS, "ask: How bad is it? becomes A?"),
    "Scale.applies_to": (f"{HARM}/applies_to", ["response"], VALUE, "applies to: pair, response becomes response"),
    "Scale.kind": (f"{HARM}/kind", "nominal", VALUE, "kind: ordinal becomes nominal"),
    "Scale.min": ("scale/amount/min", -2, VALUE, "min: -1 becomes -2"),
    "Scale.max": ("scale/amount/max", 13, VALUE, "max: 12 becomes 13"),
    "Scale.better": ("scale/amount/better", "lower", VALUE, "better: higher becomes lower"),
    "Scale.why": (f"{HARM}/why", "W.", WORDS, "why: Steps of harm. becomes W."),
    "Scale.source": (f"{HARM}/source", None, WORDS, "source: Our own words. becomes nothing"),
    "Level.value": (f"{HARM}/levels/1/value", 0.8, VALUE, "level h1, value: 0.85 becomes 0.8"),
    "Level.anchor": (f"{HARM}/levels/1/anchor", "A.", RATERS, "level h1, anchor: A nuisance. becomes A."),
    "Lexicon.title": (f"{LIST}/title", "T", WORDS, "title: List of words becomes T"),
    "Lexicon.about": (f"{LIST}/about", "A.", WORDS, "about: Words to find. becomes A."),
    "Lexicon.languages": (f"{LIST}/languages", ["de"], VALUE, "languages: en becomes de"),
    "Lexicon.source": (f"{LIST}/source", "S.", WORDS, "source: A book. becomes S."),
    "Lexicon.edition": (f"{LIST}/edition", "E", WORDS, "edition: Third becomes E"),
    "Lexicon.misses": (f"{LIST}/misses", "M.", WORDS, "misses: Many words. becomes M."),
    "Entry.title": (f"{LIST}/entries/0/title", "T", VALUE, "entry first, title: First entry becomes T"),
    "Entry.terms": (f"{LIST}/entries/0/terms", ["gamma"], VALUE,
                    "entry first, terms: alpha term, beta term becomes gamma"),
    "Entry.note": (f"{LIST}/entries/0/note", None, WORDS, "entry first, note: A note. becomes nothing"),
    "Entry.facts": (f"{LIST}/entries/0/facts", {}, VALUE, "entry first, facts: kind of letter becomes nothing"),
    "Profile.title": (f"{WARD}/title", "T", WORDS, "title: Ward use becomes T"),
    "Profile.about": (f"{WARD}/about", "A.", WORDS, "about: Used on a ward. becomes A."),
    "Profile.metrics": (f"{WARD}/metrics", ["barred", "gap", "known", "graded"], SCOPE, "metric measured is gone"),
    "Profile.out": (f"{WARD}/out", [], WORDS, "left out: stated is gone"),
    "LeftOut.why": (f"{WARD}/out/0/why", "W.", WORDS, "left out: stated, why: Nothing is stated there. becomes W."),
    "RiskMatrix.title": (f"{GRID}/title", "T", WORDS, "title: Grid becomes T"),
    "RiskMatrix.about": (f"{GRID}/about", "A.", WORDS, "about: A grid. becomes A."),
    "RiskMatrix.source": (f"{GRID}/source", "S.", WORDS, "source: A standard. becomes S."),
    "RiskMatrix.edition": (f"{GRID}/edition", "E", WORDS, "edition: Second becomes E"),
    "RiskMatrix.verified": (f"{GRID}/verified", "secondary", WORDS, "verified: primary becomes secondary"),
    "RiskMatrix.cells": (f"{GRID}/cells/L1", [1, 1], RISK, "cells: L1: 1, 2; L2: 2, 3 becomes L1: 1, 1; L2: 2, 3"),
    "RiskMatrix.harm_map": (f"{GRID}/harm_map/H2", ["S2"], RISK,
                            "harm map: H1: S1; H2: S1, S2 becomes H1: S1; H2: S2"),
    "RiskMatrix.many_patients": (f"{GRID}/many_patients", "M.", RISK, "many patients: One step up. becomes M."),
    "Named.title": (f"{GRID}/severities/0/title", "T", RISK, "severity S1, title: Slight becomes T"),
    "Named.means": (f"{GRID}/likelihoods/0/means", "M.", RISK, "likelihood L1, means: Once. becomes M."),
    "RiskLevel.title": (f"{GRID}/levels/0/title", "T", RISK, "level 1, title: Low becomes T"),
    "RiskLevel.means": (f"{GRID}/levels/0/means", "M.", RISK, "level 1, means: Watch. becomes M."),
    "HarmLadder.title": (f"{STEPS}/title", "T", WORDS, "title: Steps becomes T"),
    "HarmLadder.about": (f"{STEPS}/about", "A.", WORDS, "about: A ladder. becomes A."),
    "HarmLadder.source": (f"{STEPS}/source", "S.", WORDS, "source: Ours. becomes S."),
    "HarmStep.title": (f"{STEPS}/levels/0/title", "T", RISK, "level H1, title: Little becomes T"),
    "HarmStep.body": (f"{STEPS}/levels/0/body", "B.", RISK, "level H1, body: A bruise. becomes B."),
    "HarmStep.mind": (f"{STEPS}/levels/0/mind", "M.", RISK, "level H1, mind: A worry. becomes M."),
    "HarmStep.privacy": (f"{STEPS}/levels/0/privacy", "P.", RISK, "level H1, privacy: One sees it. becomes P."),
    "HarmStep.dignity": (f"{STEPS}/levels/0/dignity", "D.", RISK, "level H1, dignity: A slight. becomes D."),
    "HarmStep.discrimination": (f"{STEPS}/levels/0/discrimination", "D.", RISK,
                                "level H1, discrimination: Once. becomes D."),
}  # fmt: skip
CONSTANT = {"schema_", "confirm"}  # fields that have one value
SAME_TABLE = {
    "ProportionQuantity", "OrdinalQuantity", "NumericQuantity", "PairedQuantity", "CalibrationQuantity",
}  # fmt: skip
ONE_FORM = {"MarginGate.kind", "RelativeGate.kind", "MinNGate.kind"}  # as VetoGate.kind


def test_the_table_has_a_change_of_every_field():
    wanted = set()
    for schema, fields in FIELDS.items():
        shared = {"type", "per", "show", "also"} if schema.__name__ in SAME_TABLE else set()
        wanted |= {
            f"{schema.__name__}.{name}"
            for name, effect in fields.items()
            if effect not in (Effect.key, Effect.inside) and name not in CONSTANT | shared
        }
    wanted = {name for name in wanted if not name.startswith("Rehearsal.")} - ONE_FORM
    assert wanted == set(CHANGES) - {"Profile.out"}


@pytest.mark.parametrize("name", CHANGES)
def test_one_change_gives_one_sentence_and_one_class(name):
    path, value, effect, told = CHANGES[name]
    before, after = specimen(), specimen((path, value))
    changes = compare(before, after)
    mine = [change for change in changes if change.told == told]
    assert len(mine) == 1, [change.told for change in changes]
    assert mine[0].effect is effect
    assert len(changes) == 1 or name.endswith((".kind", ".type")), [change.told for change in changes]


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_can_move_nothing_leaves_the_digest_and_any_other_changes_it(name):
    path, value, effect, _ = CHANGES[name]
    before, after = specimen(), specimen((path, value))
    assert (results_digest(before) == results_digest(after)) is (effect is WORDS)
    moves = [change.moves for change in compare(before, after)]
    assert all(("can move nothing" in each) is (effect is WORDS) for each in moves[:1])


@pytest.mark.parametrize("name", CHANGES)
def test_the_way_back_is_told_as_well(name):
    path, value, _, _ = CHANGES[name]
    there = compare(specimen(), specimen((path, value)))
    back = compare(specimen((path, value)), specimen())
    assert {(each.what, each.before, each.after, each.effect) for each in back} == {
        (each.what, each.after, each.before, each.effect) for each in there
    }


@given(st.lists(st.sampled_from(sorted(set(CHANGES) - {"VetoGate.kind"})), max_size=4, unique=True))
def test_changes_can_move_something_exactly_where_the_digest_differs(names):
    before, after = specimen(), specimen(*(CHANGES[name][:2] for name in names))
    changes = compare(before, after)
    assert any(change.can_move for change in changes) is (results_digest(before) != results_digest(after))
    assert bool(changes) is bool(names)


# ---------------------------------------------------------------- what they reach


REACHES = {
    "a weight": (
        (f"{B}/weight/value", 4),
        "can move the safety score and the coverage of the safety track, and the verdict where that coverage is too",
        "low; no gate",
    ),
    "a limit": (
        (f"{G}/1/limit", 0.05),
        "can move the state of gate S01.rate, and with it the safety verdict; no score",
    ),
    "what fails, which leaves the number of cases": (
        (f"{B}/ratings/fail_when", {"at_least": "h1"}),
        "can move the value of S01, and so the safety score; the gates of S01 (veto, rate, rival); the safety verdict",
    ),
    "a metric on which another builds": (
        ("metric/known/combine", "check_only"),
        "can move the value of E01, and so the value of E02, derived from it; the effectiveness score and the coverage",
        "of its track; the gates of E01 (rate); the effectiveness verdict",
    ),
    "a metric without weight and gate": (
        ("metric/stated/quantity/per", "turn"),
        "can move the value of E02; no score, no gate",
    ),
    "words that raters read for several metrics": (
        ("scale/harm/ask", "A?"),
        "can move what raters answer, and with that the values of S01, S02 and E03, and so the safety score; the",
        "effectiveness score; the gates of S01 (veto, rate, rival, n) and S02 (gap); the safety verdict",
    ),
    "the value of a level, which a metric that counts failing levels does not read": (
        ("scale/harm/levels/1/value", 0.8),
        "can move the values of S02 and E03, and so the safety score; the effectiveness score; the gates of S02 (gap);",
        "the safety verdict",
    ),
    "a level that gets a value, which every reader meets": (
        ("scale/harm/levels/4/value", 0.5),
        "can move the values of S01, S02 and E03, and so the safety score; the effectiveness score; the gates of S01",
        "(veto, rate, rival, n) and S02 (gap); the safety verdict",
    ),
    "the scope of one use": (
        ("profile/ward/metrics", ["barred", "gap", "known", "graded"]),
        "can move which answers count for E04, and with that the value of E04, and so the effectiveness score and the",
        "coverage of its track, in studies that use the profile ward",
    ),
    "a title": (("metric/barred/title", "T"), "can move nothing: words only"),
    "a reason of a scale": (("scale/harm/why", "W."), "can move nothing: words only, or no metric reads it"),
}


SENTENCES = [(edit, " ".join(moves)) for edit, *moves in REACHES.values()]


@pytest.mark.parametrize(("edit", "moves"), SENTENCES, ids=list(REACHES))
def test_what_a_change_reaches(edit, moves):
    assert [change.moves for change in compare(specimen(), specimen(edit))] == [moves]


def test_the_value_of_a_level_that_is_only_counted_is_said_to_move_no_value():
    alone = (("metric/gap/ratings", None), ("metric/graded/ratings", None))
    (change,) = compare(specimen(*alone), specimen(*alone, ("scale/harm/levels/1/value", 0.8)))
    assert change.moves.startswith("can move no value: every metric that reads it counts which levels fail")


def test_a_change_of_one_track_never_names_the_other():
    for path, value in ((f"{B}/weight/value", 4), (f"{B}/combine", "worst_of"), (f"{G}/1/limit", 0.05)):
        for change in compare(specimen(), specimen((path, value))):
            assert "effectiveness" not in change.moves


# ---------------------------------------------------------------- order and coming and going


def test_a_rubric_does_not_differ_from_itself():
    assert compare(specimen(), specimen()) == ()


def test_layout_and_order_of_entries_are_no_change():
    gates = SPECIMEN["metric"]["barred"]["gates"]
    assert compare(specimen(), specimen((f"{B}/gates", gates[::-1]), (f"{B}/definition", "A\n   definition."))) == ()


def test_the_order_of_levels_is_one_change():
    levels = SPECIMEN["scale"]["harm"]["levels"]
    swapped = [levels[1], levels[0], *levels[2:]]
    (change,) = compare(specimen(), specimen(("scale/harm/levels", swapped)))
    assert change.told == (
        "the order of levels: h0, h1, h2, h3, cannot_judge becomes h1, h0, h2, h3, cannot_judge"
    )  # fmt: skip
    assert change.effect is VALUE


@pytest.mark.parametrize(
    ("path", "value", "subject", "told", "effect"),
    [
        ("metric/barred", None, "S01 Barred treatment (barred, safety)", "is gone", SCOPE),
        (f"{G}/2", None, "S01 Barred treatment (barred, safety)", "gate rival is gone", GATE),
        (f"{G}/+", {"id": "more", "kind": "min_n", "count": "items", "n": 9}, "S01 Barred treatment (barred, safety)",
         "gate more is new", GATE),
        (f"{B}/checks", [], "S01 Barred treatment (barred, safety)", "check seen is gone", VALUE),
        (f"{GAP}/ratings", None, "S02 Gap between versions (gap, safety)", "ratings are gone", VALUE),
        (f"{B}/failure_modes/1", None, "S01 Barred treatment (barred, safety)", "failure mode said is gone", VALUE),
        ("scale/harm/levels/1", None, "Scale harm", "level h1 is gone", VALUE),
        ("profile/ward", None, "Profile ward", "is gone", SCOPE),
        (GRID, None, "Risk matrix grid", "is gone", RISK),
        (f"{LIST}/entries/+", {"id": "b", "title": "B", "terms": ["bb"]}, "Lexicon words_list",
         "entry b is new", VALUE),
    ],
)  # fmt: skip
def test_what_comes_or_goes_is_told_once_and_not_field_by_field(path, value, subject, told, effect):
    changes = compare(specimen(), specimen((path, value)))
    assert (subject, told, effect) in [(each.subject, each.told, each.effect) for each in changes]
    assert len([each for each in changes if each.subject == subject]) == 1


def test_what_can_move_something_comes_first_among_groups_and_inside_them():
    after = specimen(
        ("metric/barred/title", "T"), ("metric/gap/title", "T"), ("metric/gap/weight/value", 1),
        ("scale/amount/max", 13), ("header/rubric/version", "2.0.0"),
    )  # fmt: skip
    changes = compare(specimen(), after)
    assert [(each.subject.split()[0], each.what) for each in changes] == [
        ("S02", "weight, value"), ("S02", "title"), ("Scale", "max"), ("S01", "title"), ("The", "version"),
    ]  # fmt: skip
    assert [subject for subject, _ in grouped(changes)] == list(dict.fromkeys(each.subject for each in changes))
    assert [each for _, mine in grouped(changes) for each in mine] == list(changes)


def test_two_shipped_rubrics_can_be_compared_and_told_as_plain_data():
    changes = compare(load_rubric("longqa"), load_rubric("screens"))
    assert {each.told for each in changes if each.subject.startswith("LE01")} == {"is gone"}
    assert json.dumps([(each.subject, each.told, each.moves) for each in changes])
