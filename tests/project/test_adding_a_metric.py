"""The page that explains how to add a metric: what it shows works as it stands."""

import re
from pathlib import Path

import pytest

from dualtrack.audit import run_examples
from dualtrack.checks.fit import unfit
from dualtrack.errors import RubricError
from dualtrack.explain import explain
from dualtrack.rubric import load_rubric
from dualtrack.rubric.lint import TO_CONFIRM, lint
from dualtrack.verbs import copy_rubric

PAGE = Path(__file__).parents[2] / "docs" / "adding-a-metric.md"


@pytest.fixture
def ours(tmp_path):
    """A copy of the core rubric with the metric of the page, in scope in every profile."""
    folder = tmp_path / "our_core"
    copy_rubric("core", folder)
    (metric,) = re.findall(
        r"```yaml\n(schema: dualtrack\.metric/1\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    (folder / "metrics" / "effectiveness" / "pain_relief.yaml").write_text(metric, encoding="utf-8")
    return folder


def test_a_profile_that_is_silent_about_the_new_metric_is_refused(ours):
    with pytest.raises(RubricError) as caught:
        load_rubric(ours)
    assert {problem.code for problem in caught.value.problems} == {"RUB061"}
    assert {problem.found for problem in caught.value.problems} == {"pain_relief"}


def test_the_metric_of_the_page_needs_nothing_but_a_confirmation(ours):
    for profile in (ours / "profiles").iterdir():
        text = profile.read_text(encoding="utf-8")
        profile.write_text(text.replace("\nout:", "\n  - pain_relief\nout:"), encoding="utf-8")
    rubric = load_rubric(ours)
    assert len(rubric.metrics) == len(load_rubric("core").metrics) + 1
    assert unfit(rubric) == ()
    assert {warning.code for warning in lint(rubric)} <= set(TO_CONFIRM)
    results = [result for result in run_examples(rubric) if result.metric_id == "pain_relief"]
    assert [result.holds for result in results] == [True, True]


def test_the_page_names_only_commands_and_files_that_exist():
    text = PAGE.read_text(encoding="utf-8")
    explained = re.findall(r"`dualtrack explain\s+(\w+)`", text)
    assert explained
    assert all(explain(name) for name in explained)  # an unknown name would raise
    assert set(re.findall(r"dualtrack rubric (\w+)", text)) <= {"copy", "lint", "test", "diff", "docs"}
