"""One study for all modules: sealed, answered, scored; and the same study with rules changed after the look."""

import shutil

import pytest

from tests.refusals.world import scored, sealed_world
from tests.sealed_worlds import edit


@pytest.fixture(scope="session")
def sealed(tmp_path_factory):
    """The study as it was sealed; no test may change its folders."""
    return sealed_world(tmp_path_factory.mktemp("sealed"))


@pytest.fixture(scope="session")
def changed(sealed, tmp_path_factory):
    """A weight and a limit changed after the answers were seen, with no amendment."""
    folder = tmp_path_factory.mktemp("changed")
    study = shutil.copytree(sealed.study, folder / "study")
    edit(study / "small" / "metrics" / "effectiveness" / "accuracy.yaml", "value: 2", "value: 1")
    edit(study / "small" / "metrics" / "safety" / "harm_rate.yaml", "limit: 0.2", "limit: 0.3")
    return scored(study, folder / "run")
