"""What every test may ask for: the checkout, results of the examples, a browser, one setting of Hypothesis."""

import functools
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Times on shared machines and under coverage say nothing about the code: no example fails for being slow.
_COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("everyday", _COMMON)
settings.register_profile("ci", _COMMON, derandomize=True, print_blob=True)
settings.register_profile("thorough", _COMMON, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "everyday"))

os.environ["DUALTRACK_NO_CACHE"] = "1"  # no test reads what another run has left, nor leaves anything for the next

_CHROMIUM_NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)


def pytest_collection_modifyitems(items):
    """Mark the tests that drive a browser, so that `-m "not browser"` leaves them out."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def checkout():
    """Top folder of the checkout (or of the unpacked source distribution)."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shipped_results(tmp_path_factory):
    """Gives the results folder of a shipped example with its pages, scored once per run; tests leave it as it is."""
    from dualtrack import verbs  # noqa: PLC0415 - slow to import, needed by few tests

    place = tmp_path_factory.mktemp("shipped")

    @functools.cache
    def results_of(name):
        folder = verbs.score(verbs.shipped_example(name)).save(place / name)
        verbs.report(folder)
        return folder

    return results_of


@pytest.fixture(scope="session")
def chromium():
    """The Chromium of the system, headless, as a Playwright browser; tests open their own contexts and pages.

    Skips where there is none; fails where DUALTRACK_REQUIRE_BROWSER=1, so that CI cannot lose these tests.
    """
    program = os.environ.get("DUALTRACK_CHROMIUM") or next(filter(None, map(shutil.which, _CHROMIUM_NAMES)), None)
    if program is None:
        message = "no Chromium on the path (DUALTRACK_CHROMIUM may name one)"
        if os.environ.get("DUALTRACK_REQUIRE_BROWSER") == "1":
            pytest.fail(message)
        pytest.skip(message)
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow to import, needed by few tests

    # Chromium refuses to run as root inside its own sandbox; the pages under test are our own.
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"] if is_root else [])
        yield browser
        browser.close()
