"""Every coefficient against the published tables and values in tests/reference/agreement (see its SOURCE.txt)."""

import csv
from pathlib import Path

import numpy as np
import pytest
from statsmodels.stats import inter_rater

from dualtrack import stats

FOLDER = Path(__file__).parent / "agreement"
NO_RATIO_METRIC = "ratio"  # a distance for quantities with a true zero; no scale of a rubric is one


def rows_of(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))[1:]


def coded(rows):
    """Words as level numbers, in lexical order; -1 for a blank."""
    words = sorted({cell for row in rows for cell in row if cell})
    return np.array([[words.index(cell) if cell else -1 for cell in row] for row in rows])


def table_of(dataset):
    if dataset == "gwet_cont3x3abstractors":
        counts = [[int(cell) for cell in row[1:]] for row in rows_of(f"{dataset}.csv")]
        return np.array([[i, j] for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)])
    if dataset == "krippendorff_raw4raters":
        return coded([(row + [""] * 4)[:4] for row in rows_of(f"{dataset}.csv")])
    return coded([row[1:] for row in rows_of(f"{dataset}.csv")])


def computed(row):
    """What this package gives for a row of reference_values.csv; None for what it does not offer."""
    dataset, coefficient, weights = row["dataset"], row["coefficient"], row["weights_or_level"]
    if coefficient.startswith("ICC"):
        values = [[int(cell) for cell in line[1:]] for line in rows_of(f"{dataset}.csv")]
        return stats.intraclass(values, form=coefficient[4:7].replace(",", "_")).value
    table = table_of(dataset)
    n_levels = int(table.max()) + 1
    if coefficient == "krippendorff alpha":
        if weights == "interval":
            return stats.interval_alpha(table, present=table >= 0).value
        return (
            None
            if weights == NO_RATIO_METRIC
            else stats.krippendorff_alpha(table, n_levels=n_levels, metric=weights).value
        )
    if (coefficient, weights) == ("krippendorff", "quadratic"):
        return stats.interval_alpha(table).value
    if coefficient == "krippendorff":
        return stats.krippendorff_alpha(table, n_levels=n_levels).value
    kinds = {
        "cohen": stats.conger_kappa, "conger": stats.conger_kappa, "scott": stats.fleiss_kappa,
        "fleiss": stats.fleiss_kappa, "gwet": stats.gwet_ac, "bp": stats.brennan_prediger,
        "pa": stats.raw_agreement, "percent agreement": stats.raw_agreement,
    }  # fmt: skip
    return kinds[coefficient](table, n_levels=n_levels, weights=weights.replace("identity", "nominal")).value


def references():
    with (FOLDER / "reference_values.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize("row", references(), ids=lambda row: " ".join([*row.values()][:3]))
def test_a_published_value_is_reproduced_to_its_printed_digits(row):
    value = computed(row)
    if row["weights_or_level"] == NO_RATIO_METRIC:
        assert value is None
        return
    printed = row["published"] or row["recomputed_here"].split()[0]
    assert f"{value:.{len(printed.partition('.')[2])}f}" == f"{float(printed):.{len(printed.partition('.')[2])}f}"


def test_every_row_of_the_file_is_looked_at():
    assert len(references()) == 31


@pytest.mark.parametrize(("weights", "given"), [("nominal", None), ("linear", "linear"), ("quadratic", "quadratic")])
def test_two_raters_agree_with_statsmodels_on_the_tables_of_1969(weights, given):
    counts = np.array([[106, 10, 4], [22, 28, 10], [2, 12, 6]])
    table = np.array([[i, j] for i in range(3) for j in range(3) for _ in range(counts[i, j])])
    known = inter_rater.cohens_kappa(counts, wt=given)
    found = stats.conger_kappa(table, n_levels=3, weights=weights)
    assert found.value == pytest.approx(known.kappa, abs=1e-12)
    assert found.standard_error == pytest.approx(known.std_kappa, rel=0.03)  # the jackknife is no closed form


def test_complete_tables_agree_with_statsmodels():
    table = table_of("fleiss1971_diagnoses")
    counted = inter_rater.aggregate_raters(table)[0]
    assert stats.fleiss_kappa(table, n_levels=5).value == pytest.approx(inter_rater.fleiss_kappa(counted), abs=1e-12)
    uniform = inter_rater.fleiss_kappa(counted, method="randolph")
    assert stats.brennan_prediger(table, n_levels=5).value == pytest.approx(uniform, abs=1e-12)
