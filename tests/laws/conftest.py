"""The made-up worlds may use made-up checks."""

import pytest

from tests.made_up_kinds import made_up_kinds


@pytest.fixture(scope="session", autouse=True)
def _made_up_kinds():
    with made_up_kinds():
        yield
