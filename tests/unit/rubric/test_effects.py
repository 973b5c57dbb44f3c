"""The closed table of what each field can move, and the digest that is made with it."""

import dataclasses
import typing

import pytest
from pydantic import BaseModel

from dualtrack.rubric import load_rubric
from dualtrack.rubric.base import Schema
from dualtrack.rubric.effects import FIELDS, ROOTS, Effect, parts_of, results_digest
from dualtrack.rubric.header import Rubric
from dualtrack.rubric.metric import CheckUse, Metric, Weight
from tests.unit.rubric.specimen import SPECIMEN, built, specimen

PINNED = "d24676dd8c82aa1d1bdefeab3cb2fcc3d97638cb3b031559ad5cb8b69ca9caf6"


def schemas_in(hint):
    """Every schema that a type may hold."""
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        yield hint
    for inner in typing.get_args(hint):
        yield from schemas_in(inner)


def reached(schema, seen):
    """The schemas that the table must have: those of fields that it calls inside, and theirs."""
    if schema in seen:
        return seen
    seen.add(schema)
    hints = typing.get_type_hints(schema, include_extras=True)
    for name, effect in FIELDS.get(schema, {}).items():
        if effect is Effect.inside:
            for each in schemas_in(hints[name]):
                reached(each, seen)
    return seen


def test_every_field_of_every_schema_is_classified_and_nothing_else_is():
    every = set()
    for root in ROOTS.values():
        reached(root, every)
    assert set(FIELDS) == every
    assert {schema: set(fields) for schema, fields in FIELDS.items()} == {
        schema: set(schema.model_fields) for schema in every
    }


def test_what_has_fields_of_its_own_is_inside_and_nothing_else_is():
    for schema, fields in FIELDS.items():
        hints = typing.get_type_hints(schema, include_extras=True)
        for name, effect in fields.items():
            if effect is Effect.inside:
                assert list(schemas_in(hints[name])), (schema, name)


def test_a_new_field_would_be_found_missing():
    class Grown(Weight):
        colour: str = "blue"

    assert set(Grown.model_fields) - set(FIELDS[Weight]) == {"colour"}


def test_every_part_of_a_loaded_rubric_has_a_root():
    """A rubric that holds something new would have a digest that does not know it."""
    held = {field.name for field in dataclasses.fields(Rubric)} - {"sha256", "files", "lines"}
    assert len(held) == len(ROOTS), held
    hints = typing.get_type_hints(Rubric)
    known = {each for name in held for each in schemas_in(hints[name])}
    assert known == set(ROOTS.values())


def test_the_specimen_states_every_field_of_the_table():
    unstated = set()
    for kind, definitions in SPECIMEN.items():
        for definition in definitions.values():
            walk(ROOTS[kind].model_validate(definition, strict=False), unstated)
    stated = {(schema.__name__, name) for schema, name in unstated}
    wanted = {(schema.__name__, name) for schema in FIELDS for name in FIELDS[schema] if schema.__name__ != "Rehearsal"}
    assert wanted - stated == set()


def walk(thing, stated):
    for name in thing.model_fields_set:
        stated.add((type(thing), name))
        value = getattr(thing, name)
        for each in value if isinstance(value, tuple) else [value]:
            if isinstance(each, Schema) and type(each) in FIELDS:
                walk(each, stated)


# ---------------------------------------------------------------- digest


def test_the_digest_is_sixty_four_digits_and_the_same_each_time():
    first = results_digest(specimen())
    assert len(first) == 64
    assert int(first, 16)
    assert results_digest(specimen()) == first


def test_the_digest_is_pinned_so_that_its_form_cannot_change_unseen():
    assert results_digest(specimen()) == PINNED


def test_no_file_digest_version_or_name_enters_it():
    words = specimen(
        ("header/rubric/id", "renamed"), ("header/rubric/version", "2.0.0"), ("header/rubric/title", "Other"),
        ("metric/barred/title", "Other"), ("metric/barred/examples", []), ("scale/harm/why", "Because."),
    )  # fmt: skip
    assert results_digest(dataclasses.replace(words, sha256="1" * 64)) == results_digest(specimen())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metric/barred/weight/value", 4),
        ("metric/barred/gates/1/limit", 0.071),
        ("metric/barred/gates/3/n", 78),
        ("scale/harm/levels/1/value", 0.84),
        ("scale/harm/levels/1/anchor", "A small nuisance."),
        ("scale/harm/ask", "How bad could it be?"),
        ("lexicon/words_list/entries/0/terms", ["alpha term"]),
        ("profile/ward/metrics", ["barred"]),
        ("header/rubric/floors/coverage", 0.71),
        ("risk matrix/grid/cells", {"L1": [1, 2], "L2": [2, 2]}),
    ],
)
def test_what_can_move_a_result_moves_the_digest(path, value):
    assert results_digest(specimen((path, value))) != results_digest(specimen())


def test_order_of_entries_and_white_space_do_not_matter_except_the_order_of_levels():
    gates = SPECIMEN["metric"]["barred"]["gates"]
    levels = SPECIMEN["scale"]["harm"]["levels"]
    assert results_digest(specimen(("metric/barred/gates", gates[::-1]))) == results_digest(specimen())
    assert results_digest(specimen(("metric/barred/strata", ["age_band", "setting"]))) == results_digest(specimen())
    assert results_digest(specimen(("scale/harm/ask", "How  bad\nis it?"))) == results_digest(specimen())
    assert results_digest(specimen(("scale/harm/levels", levels[::-1]))) != results_digest(specimen())


def test_stating_what_holds_anyway_moves_nothing():
    assert results_digest(specimen(("metric/graded/ratings/aggregate", "median"))) == results_digest(specimen())
    assert results_digest(specimen(("metric/graded/ratings/aggregate", "mean"))) != results_digest(specimen())
    assert results_digest(specimen(("metric/barred/lifecycle", "stable"))) == results_digest(specimen())
    assert results_digest(specimen(("metric/barred/lifecycle", "retired"))) != results_digest(specimen())


def test_a_scale_and_a_list_that_no_metric_reads_are_words_only():
    lost = [("metric/known/ratings", None), ("metric/barred/checks/0/lexicons", [])]
    without = specimen(*lost)
    assert results_digest(specimen(*lost, ("scale/amount/max", 13))) == results_digest(without)
    assert results_digest(specimen(*lost, ("lexicon/words_list/entries/0/terms", ["gamma"]))) == results_digest(without)
    assert {part.effect for place, part in parts_of(without).items() if place[1] == "amount"} == {Effect.words}


def test_shipped_rubrics_have_digests_of_their_own():
    digests = {name: results_digest(load_rubric(name)) for name in ("core", "craftmd", "kqa", "longqa", "screens")}
    assert len(set(digests.values())) == len(digests)


def test_two_definitions_of_one_kind_never_share_a_place():
    places = list(parts_of(built(SPECIMEN)))
    assert len(places) == len(set(places)) > 200
    assert FIELDS[Metric]["checks"] is Effect.inside
    assert FIELDS[CheckUse]["proof"] is Effect.value
