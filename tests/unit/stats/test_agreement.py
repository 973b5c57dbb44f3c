"""Coefficients of agreement: a second route for each, laws, and what is undefined and why."""

import math
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from dualtrack import stats
from dualtrack.terms import Reason

LEVELS = 4
TABLES = st.lists(
    st.lists(st.integers(-1, LEVELS - 1), min_size=3, max_size=3), min_size=3, max_size=12,
).filter(lambda table: any(sum(code >= 0 for code in row) > 1 for row in table))  # fmt: skip
COEFFICIENTS = {
    "raw": stats.raw_agreement,
    "alpha": stats.krippendorff_alpha,
    "ordinal alpha": lambda table, **k: stats.krippendorff_alpha(table, metric="ordinal", **k),
    "AC1": stats.gwet_ac,
    "AC2": lambda table, **k: stats.gwet_ac(table, weights="quadratic", **k),
    "Fleiss": stats.fleiss_kappa,
    "uniform": stats.brennan_prediger,
    "Conger": stats.conger_kappa,
}
ANONYMOUS = [name for name in COEFFICIENTS if name != "Conger"]


def drawn(n=60, raters=3, seed=1, missing=0.1):
    chance = np.random.default_rng(seed)
    codes = np.clip(chance.integers(0, LEVELS, (n, 1)) + chance.integers(-1, 2, (n, raters)), 0, LEVELS - 1)
    codes[chance.random(codes.shape) < missing] = -1
    return codes


def literal_alpha(table, distance):
    """Krippendorff's definition, ratings by ratings, in fractions."""
    units = [[code for code in row if code >= 0] for row in table]
    units = [unit for unit in units if len(unit) > 1]
    every = [code for unit in units for code in unit]
    seen = sum(
        Fraction(sum(distance(a, b, every) for a, b in permutations(unit, 2)), len(unit) - 1) for unit in units
    ) / len(every)
    expected = Fraction(sum(distance(a, b, every) for a, b in permutations(every, 2)), len(every) * (len(every) - 1))
    return None if expected == 0 else float(1 - seen / expected)


def nominal(a, b, _every):
    return Fraction(a != b)


def ordinal(a, b, every):
    low, high = min(a, b), max(a, b)
    between = sum(low <= code <= high for code in every) - Fraction(every.count(a) + every.count(b), 2)
    return between**2 if a != b else Fraction(0)


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_alpha_agrees_with_its_definition_pair_by_pair(table):
    for metric, distance in (("nominal", nominal), ("ordinal", ordinal)):
        found = stats.krippendorff_alpha(table, n_levels=LEVELS, metric=metric)
        expected = literal_alpha(table, distance)
        assert (found.value is None) == (expected is None)
        assert expected is None or found.value == pytest.approx(expected, abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(TABLES)
def test_interval_alpha_agrees_with_its_definition_pair_by_pair(table):
    expected = literal_alpha(table, lambda a, b, _every: Fraction((a - b) ** 2))
    found = stats.interval_alpha(np.array(table), present=np.array(table) >= 0).value
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-12))


@settings(max_examples=30, deadline=None)
@given(TABLES)
def test_raw_agreement_agrees_with_counting_pairs(table):
    units = [[code for code in row if code >= 0] for row in table]
    shares = [np.mean([a == b for a, b in permutations(unit, 2)]) for unit in units if len(unit) > 1]
    assert stats.raw_agreement(table, n_levels=LEVELS).value == pytest.approx(np.mean(shares), abs=1e-12)
    numbers = stats.same_number(np.array(table), present=np.array(table) >= 0)
    assert numbers.value == pytest.approx(np.mean(shares), abs=1e-12)


def test_limits_are_those_of_leaving_out_each_cluster_by_hand():
    table, clusters = drawn(), np.arange(60) % 12
    found = stats.krippendorff_alpha(table, n_levels=LEVELS, clusters=clusters)
    without = np.array([stats.krippendorff_alpha(table[clusters != c], n_levels=LEVELS).value for c in range(12)])
    apart = without - without.mean()
    error = math.sqrt(11 / 12 * (apart**2).sum())
    freedom = min(11, 24 / (12 * (apart**4).sum() / (apart**2).sum() ** 2 - 1))
    half = special.stdtrit(freedom, 0.975) * error
    assert found.standard_error == pytest.approx(error, rel=1e-9)
    assert found.degrees_of_freedom == pytest.approx(freedom, rel=1e-9)
    assert (found.lower, found.upper) == pytest.approx((found.value - half, found.value + half), rel=1e-9)


def test_gwets_limits_are_made_on_the_scale_of_the_distance_from_one():
    found = stats.gwet_ac(drawn(), n_levels=LEVELS)
    middle = math.log(1 - found.value)
    assert math.log(1 - found.lower) - middle == pytest.approx(middle - math.log(1 - found.upper), rel=1e-9)


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_order_of_units_and_names_of_clusters_do_not_matter(name):
    table, clusters = drawn(), np.arange(60) % 12
    order = np.random.default_rng(5).permutation(60)
    first = COEFFICIENTS[name](table, n_levels=LEVELS, clusters=clusters)
    assert COEFFICIENTS[name](table[order], n_levels=LEVELS, clusters=97 - clusters[order]) == first


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_the_order_of_raters_does_not_matter(name):
    table = drawn()
    first, second = (COEFFICIENTS[name](each, n_levels=LEVELS) for each in (table, table[:, [2, 0, 1]]))
    assert (first.value, first.lower, first.upper) == pytest.approx((second.value, second.lower, second.upper))


@pytest.mark.parametrize("name", ANONYMOUS)
def test_whose_a_rating_is_does_not_matter(name):
    table = drawn(raters=5, missing=0.5)
    packed = np.array([sorted(row, reverse=True) for row in table.tolist()])
    first, second = (COEFFICIENTS[name](each, n_levels=LEVELS) for each in (table, packed))
    assert first == second


@pytest.mark.parametrize("name", ["raw", "alpha", "ordinal alpha"])
def test_a_unit_with_one_rating_changes_neither_value_nor_limits(name):
    table = drawn()
    more = np.vstack([table, [[0, -1, -1], [-1, 3, -1]]])
    assert COEFFICIENTS[name](more, n_levels=LEVELS) == COEFFICIENTS[name](table, n_levels=LEVELS)


@pytest.mark.parametrize("name", ["raw", "alpha", "AC1", "Fleiss", "uniform", "Conger"])
def test_other_names_for_the_levels_change_nothing(name):
    table = drawn()
    renamed = np.where(table < 0, -1, np.array([2, 0, 3, 1])[table])
    first, second = (COEFFICIENTS[name](each, n_levels=LEVELS) for each in (table, renamed))
    assert (first.value, first.lower, first.upper) == pytest.approx((second.value, second.lower, second.upper))


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_a_tally_gives_what_its_table_gives(name):
    table, clusters = drawn(), np.arange(60) % 9
    tally = stats.level_tally(table, n_levels=LEVELS, clusters=clusters)
    given_table = COEFFICIENTS[name](table, n_levels=LEVELS, clusters=clusters)
    assert COEFFICIENTS[name](tally, n_levels=LEVELS) == given_table


def test_of_two_levels_all_distances_are_one():
    table = np.minimum(drawn(), 1)
    alphas = [
        stats.krippendorff_alpha(table, n_levels=2),
        stats.krippendorff_alpha(table, n_levels=2, metric="ordinal"),
        stats.interval_alpha(np.maximum(table, 0), present=table >= 0),
    ]
    assert [each.value for each in alphas] == pytest.approx([alphas[0].value] * 3)


def test_another_unit_of_numbers_changes_nothing():
    table = drawn(missing=0)
    for form in ("1_1", "2_1", "2_k"):
        first, second = stats.intraclass(table, form=form), stats.intraclass(7 * table - 40, form=form)
        assert (first.value, first.lower) == pytest.approx((second.value, second.lower))
    assert stats.interval_alpha(table).value == pytest.approx(stats.interval_alpha(7 * table - 40).value)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([[-1, -1]] * 9, Reason.no_evidence),
        ([[0, -1]] * 9, Reason.one_rater),
        ([[0, -1], [-1, 1]] * 5, Reason.no_overlap),
    ],
)
def test_without_two_ratings_of_one_unit_nothing_has_a_value(table, reason):
    for function in COEFFICIENTS.values():
        assert (function(table, n_levels=2).value, function(table, n_levels=2).reason) == (None, reason)
    present = np.array(table) >= 0
    assert stats.interval_alpha(table, present=present).reason == reason
    assert stats.intraclass(table, present=present, form="1_1").reason == reason


def test_on_one_level_alpha_and_kappas_are_undefined_and_ac_is_one():
    table = [[1, 1]] * 10
    for name in ("alpha", "ordinal alpha", "Fleiss", "Conger"):
        assert COEFFICIENTS[name](table, n_levels=3).reason == Reason.one_level_only
    assert stats.interval_alpha(table).reason == Reason.one_level_only
    assert stats.intraclass(table, form="2_1").reason == Reason.one_level_only
    found = stats.gwet_ac(table, n_levels=3)
    assert (found.value, found.reason) == (1.0, Reason.no_variation)


def test_where_all_agree_the_share_has_exact_limits_with_clusters_as_cases():
    found = stats.raw_agreement([[0, 0], [1, 1]] * 20, n_levels=2, clusters=[k // 2 for k in range(40)])
    assert (found.value, found.upper, found.method) == (1.0, 1.0, "exact")
    assert found.lower == pytest.approx(0.025 ** (1 / 20))


def test_disagreement_in_one_cluster_alone_gives_no_limits():
    table = [[0, 0], [1, 1]] * 20 + [[0, 1]]
    assert stats.gwet_ac(table, n_levels=2).reason == Reason.too_few_clusters
    assert stats.raw_agreement(table, n_levels=2).method == "exact"


def test_where_one_level_prevails_few_other_ratings_give_no_limits():
    common = [[0, 0]] * 200
    for n, reason in ((19, Reason.too_few), (20, None)):
        table = common + [[0, 1]] * (n // 2) + [[1, 1]] * (n - n // 2)
        for name in ("alpha", "ordinal alpha", "Fleiss", "Conger"):
            found = COEFFICIENTS[name](table, n_levels=2)
            assert (found.reason, found.value is None) == (reason, False)
        assert stats.gwet_ac(table, n_levels=2).defined


def test_where_one_number_prevails_more_others_are_needed():
    for n, reason in ((49, Reason.too_few), (50, None)):
        table = [[0, 0]] * 200 + [[0, 1]] * (n // 2) + [[1, 1]] * (n - n // 2)
        found = [stats.interval_alpha(table), stats.intraclass(table, form="1_1"), stats.intraclass(table, form="2_k")]
        assert [(each.reason, each.value is None) for each in found] == [(reason, False)] * 3
        assert stats.same_number(table).defined


def test_few_clusters_give_a_value_without_limits():
    found = stats.krippendorff_alpha(drawn(), n_levels=LEVELS, clusters=np.arange(60) % 7)
    assert (found.reason, found.n_clusters, found.value is None) == (Reason.too_few_clusters, 7, False)


def test_a_rater_whose_ratings_stand_in_one_cluster_gives_no_limits():
    table = np.column_stack([drawn(raters=2, missing=0), np.full(60, -1)])
    table[0, 2] = 1
    assert stats.conger_kappa(table, n_levels=LEVELS).reason == Reason.too_few_clusters


def test_fixed_raters_need_units_that_all_rated():
    table = np.array([[1, 2, 0], [2, 0, 3], [0, 3, 3]] * 4)
    present = table > 0
    assert stats.intraclass(table, present=present, form="2_1").reason == Reason.raters_differ
    assert stats.intraclass(table, present=present, form="1_1").value is not None


def test_one_unit_has_no_variance():
    assert stats.intraclass([[1, 2]], form="2_1").reason == Reason.too_few_items


def test_raters_who_agree_wholly_on_numbers_have_no_limits():
    table = [[k, k] for k in range(9)]
    for form in ("1_1", "2_1", "3_1", "1_k", "2_k", "3_k"):
        found = stats.intraclass(table, form=form)
        assert (found.value, found.reason) == (pytest.approx(1), Reason.no_variation)


def test_clusters_and_unequal_numbers_take_the_jackknife():
    table = drawn()
    values, present = np.maximum(table, 0), table >= 0
    assert stats.intraclass(values, form="1_1").method == "f"
    assert stats.intraclass(values, present=present, form="1_1").method == "jackknife"
    assert stats.intraclass(values, form="2_1", clusters=np.arange(60) % 15).method == "jackknife"


def test_one_way_variance_components_of_unequal_numbers():
    """Donner 1986: three units with 2, 3 and 2 numbers; k0 = (7 - 17 / 7) / 2."""
    values, present = [[1, 2, 0], [3, 4, 5], [6, 8, 0]], [[True, True, False], [True] * 3, [True, True, False]]
    between = (2 * (1.5 - 29 / 7) ** 2 + 3 * (4 - 29 / 7) ** 2 + 2 * (7 - 29 / 7) ** 2) / 2
    within = (0.5 + 2 + 2) / 4
    k0 = (7 - 17 / 7) / 2
    expected = (between - within) / (between + (k0 - 1) * within)
    assert stats.intraclass(values, present=present, form="1_1").value == pytest.approx(expected)


def test_many_levels_and_raters_fall_back_to_comparing_rows():
    chance = np.random.default_rng(2)
    table = chance.integers(0, 30, (40, 14))
    squeezed = stats.krippendorff_alpha(table, n_levels=30, metric="ordinal")
    assert squeezed.value == pytest.approx(literal_alpha(table.tolist(), ordinal), abs=1e-12)
    assert stats.conger_kappa(table, n_levels=30).value is not None


@pytest.mark.parametrize(
    "call",
    [
        lambda: stats.raw_agreement([[0, 5]], n_levels=2),
        lambda: stats.raw_agreement([[0, -2]], n_levels=2),
        lambda: stats.raw_agreement([[0.0, 1.5]], n_levels=2),
        lambda: stats.raw_agreement([[0, 0]], n_levels=1),
        lambda: stats.raw_agreement([[0, 0]], n_levels=2, clusters=[0, 1]),
        lambda: stats.gwet_ac([[0, 0]], n_levels=2, weights="cubic"),
        lambda: stats.krippendorff_alpha([[0, 0]], n_levels=2, metric="interval"),
        lambda: stats.intraclass([[0, 0]], form="4_1"),
        lambda: stats.interval_alpha([[0, 1]], present=[[True]]),
        lambda: stats.interval_alpha([[0, 2**40]]),
        lambda: stats.krippendorff_alpha(drawn(), n_levels=LEVELS, floor=1),
        lambda: stats.krippendorff_alpha(drawn(), n_levels=LEVELS, confidence=1.0),
    ],
)
def test_what_cannot_be_meant_is_refused(call):
    with pytest.raises(ValueError, match=r"."):
        call()
