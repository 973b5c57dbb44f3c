"""The changelog of a rubric: its newest entry has the digest of the rubric, or somebody forgot to write."""

import pytest

from dualtrack.rubric.changelog import changelog_problem, newest_entry
from dualtrack.rubric.effects import results_digest
from tests.unit.rubric.specimen import specimen

DIGEST = results_digest(specimen())
GOOD = f"""# Changes of the specimen

## 1.0.0 (2026-11-24)
Results digest: {DIGEST}

### Results change
- The first version.

## 0.9.0 (2026-10-01)
Results digest: {"0" * 64}

### Other
- A draft.
"""


def test_an_entry_is_read_with_its_version_date_digest_and_headings():
    entry = newest_entry(GOOD)
    assert (entry.version, entry.date, entry.digest, entry.parts) == (
        "1.0.0",
        "2026-11-24",
        DIGEST,
        ("Results change",),
    )


@pytest.mark.parametrize("text", ["", "# Changes\n", "## Unreleased\n", "## 1.0 (2026-11-24)\n", "## 1.0.0\n"])
def test_what_is_no_entry_is_none(text):
    assert newest_entry(text) is None


def test_an_entry_without_a_digest_does_not_borrow_that_of_an_older_one():
    assert newest_entry(GOOD.replace(f"Results digest: {DIGEST}\n", "", 1)).digest is None


def test_a_changelog_that_fits_has_no_problem():
    assert changelog_problem(specimen(), GOOD) == ""
    assert changelog_problem(specimen(), GOOD.replace("\n", "\r\n")) == ""


def test_a_change_of_words_needs_no_new_digest():
    assert changelog_problem(specimen(("metric/barred/title", "T")), GOOD) == ""


@pytest.mark.parametrize(
    ("text", "rubric", "says"),
    [
        ("", specimen(), "no entry of the form: ## 1.0.0 (YYYY-MM-DD)"),
        (GOOD, specimen(("header/rubric/version", "1.1.0")), "is of version 1.0.0 and the rubric says 1.1.0"),
        (GOOD.replace(DIGEST, "not a digest"), specimen(), f"add: Results digest: {DIGEST}"),
        (GOOD, specimen(("metric/barred/weight/value", 4)), "a results change is not written down"),
        (GOOD.replace("### Results change", "### Fixed"), specimen(), "found: Fixed"),
        (GOOD.replace("### Results change", ""), specimen(), "found: none"),
    ],
)  # fmt: skip
def test_each_problem_is_said_with_the_way_to_mend_it(text, rubric, says):
    assert says in changelog_problem(rubric, text)


def test_the_digest_that_is_asked_for_is_the_one_that_mends_it():
    changed = specimen(("metric/barred/weight/value", 4))
    said = changelog_problem(changed, GOOD)
    assert results_digest(changed) in said
    assert changelog_problem(changed, GOOD.replace(DIGEST, results_digest(changed))) == ""
