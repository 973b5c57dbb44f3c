"""The committed pages of the other examples are what the code makes of them; `make reports` writes them anew.

Of these only the pages are kept: their numbers stand in results that `dualtrack score` makes in a minute.
"""

import json

import pytest

STUDIES = ("real-pocqi", "thirty")


@pytest.fixture(scope="module", params=STUDIES)
def study(request):
    return request.param


@pytest.fixture(scope="module")
def fresh(study, shipped_results):
    return shipped_results(study)


def test_every_page_is_there_and_in_the_environment_that_made_it_the_same(study, fresh, checkout):
    committed = checkout / "reports" / study
    names = sorted(path.name for path in fresh.glob("*.html"))
    assert names == sorted(path.name for path in committed.glob("*.html"))
    made_with = json.loads((checkout / "reports" / "cqa-eval" / "scorecards.json").read_text())["run"]["versions"]
    if json.loads((fresh / "scorecards.json").read_text())["run"]["versions"] != made_with:
        pytest.skip("made with other versions")
    assert [name for name in names if (committed / name).read_bytes() != (fresh / name).read_bytes()] == []
