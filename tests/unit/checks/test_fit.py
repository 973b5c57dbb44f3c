"""Whether a rubric and the check kinds fit: what cannot run, and failure modes that do not match."""

import pytest

from dualtrack._shipped import shipped_root
from dualtrack.checks import check_kinds
from dualtrack.checks.fit import bind_check, fact_reader, unfit
from dualtrack.rubric import load_rubric
from tests import builders

NAMES = sorted(path.parent.name for path in shipped_root("rubric").glob("*/rubric.yaml"))
REFUSAL = {"id": "declines", "kind": "refusal", "proof": "clinicians"}


def modes(*names):
    return [{"id": name, "act": "omission"} for name in names]


def quantity(**more):
    return {"type": "binary", "per": "response", "show": "failure_rate"} | more


def made(check, *names, **changes):
    plain = {"checks": [check], "combine": "check_only", "ratings": None, "quantity": quantity()}
    return builders.rubric([builders.metric(**plain | {"failure_modes": modes(*names)} | changes)])


@pytest.mark.parametrize("name", NAMES)
def test_every_check_of_a_shipped_rubric_runs_and_raises_what_its_metric_lists(name):
    assert unfit(load_rubric(name)) == ()


def test_what_cannot_run_is_said_with_its_place():
    (problem,) = unfit(made(REFUSAL | {"kind": "refusl"}, "refusal"))
    assert (problem.code, problem.place.column) == ("CHK001", "checks[0]")
    (problem,) = unfit(made(REFUSAL | {"raises": {"refuses": "refusal"}}, "refusal"))
    assert (problem.code, problem.place.column) == ("CHK011", "checks[0].raises.refuses")


def test_a_mode_that_nothing_can_raise_is_an_orphan_unless_raters_can_tick_it():
    """RUB121."""
    (problem,) = unfit(made(REFUSAL, "refusal", "deflection", "silence"))
    assert (problem.code, problem.place.column) == ("RUB121", "failure_modes[2]")
    rated = made(REFUSAL, "refusal", "deflection", "silence", ratings={"scale": "quality"}, combine="worst_of")
    assert unfit(rated) == ()


def test_a_mode_that_the_metric_does_not_list_is_said():
    """RUB122."""
    (problem,) = unfit(made(REFUSAL, "refusal"))
    assert (problem.code, problem.what) == ("RUB122", "the check raises deflection, which the metric does not list")


def test_a_kind_raises_only_what_its_parameters_let_it_and_findings_get_the_metric_s_word():
    check = REFUSAL | {"params": {"expect": "refuse"}, "raises": {"compliance": "scope_creep"}}
    rubric = made(check, "scope_creep")
    assert unfit(rubric) == ()
    (metric,) = rubric.metrics
    assert dict(bind_check(metric, metric.checks[0], rubric).modes) == {"compliance": ("scope_creep", "omission")}


DOSE = {"id": "dose", "kind": "dose_limits", "proof": "clinicians"}
NUMBER = {"id": "number", "kind": "numbers", "proof": "clinicians"}
FINE = {"id": "d1", "drug": "ibuprofen", "max_single": "400 mg", "frequency": ["every 8 hours"], "route": "po"}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, []),
        ({"max_daily": "lots"}, ["max_daily 'lots' of d1"]),
        ({"max_daily": 1200}, ["max_daily 1200 of d1"]),
        ({"min_single": "200 mg or so", "frequency": "now and then"}, ["min_single", "frequency 'now and then'"]),
        ({"per": "fortnight", "route": ["oral", "by hand"]}, ["per 'fortnight'", "route 'by hand'"]),
        ({"drug": ""}, ["no drug of d1"]),
    ],
)
def test_bounds_that_no_check_could_read_are_named(change, found):
    faults = list(fact_reader(made(DOSE, "overdose"))({"doses": [FINE | change]}))
    assert len(faults) == len(found)
    assert all(said in fault[1] for fault, said in zip(faults, found, strict=True))
    assert all(path == "reference.doses" and expected and fix for path, _, expected, fix in faults)


@pytest.mark.parametrize("weight", [0, -3, "12 kg"])
def test_a_weight_that_no_dose_can_be_divided_by_is_named(weight):
    read = fact_reader(made(DOSE, "overdose"))
    assert len(list(read({"doses": [FINE], "facts": {"weight_kg": weight}}))) == 1
    assert list(read({"doses": [FINE], "facts": {"weight_kg": 12.5}})) == []


@pytest.mark.parametrize(
    "entry",
    [
        {"quantity": "BMI", "value": "a lot"},
        {"quantity": "BMI"},
        {"value": "27"},
        {"quantity": "CrCl", "value": "31 mL/min", "tolerance": "2 kg"},
    ],
)
def test_numbers_that_no_check_could_read_are_named(entry):
    read = fact_reader(made(NUMBER, "wrong_number"))
    ((path, found, _, _),) = read({"numbers": [{"id": "n1"} | entry]})
    assert path == "reference.numbers"
    assert "n1" in found


def test_facts_that_no_check_of_the_rubric_reads_are_left_alone():
    assert list(fact_reader(made(REFUSAL, "refusal"))({"doses": [FINE | {"max_daily": "lots"}]})) == []


def test_facts_of_another_shape_are_left_to_the_reader_of_the_tables():
    read = fact_reader(made(DOSE, "overdose"))
    assert list(read({"doses": "lots"})) == list(read({"doses": ["lots"], "facts": "none"})) == []


@pytest.mark.parametrize("kind", check_kinds().values(), ids=lambda kind: kind.name)
def test_every_kind_can_read_the_facts_of_its_own_examples(kind):
    for example in kind.examples if kind.unreadable else ():
        assert list(kind.unreadable(example.reference)) == []
