"""How every test of a page opens it: without network, with all that the browser asks for recorded."""

import pytest

from dualtrack.report import write_rubric_pages
from dualtrack.rubric import load_rubric


@pytest.fixture
def visit(chromium):
    """Opens an address without network; everything that the browser asks for or complains about is recorded."""
    contexts = []

    def open_page(address, **options):
        page = recorded(chromium, **options)
        contexts.append(page.context)
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


def recorded(chromium, **options):
    """A page without network in a context of its own, which notes what it asks for and what it complains about."""
    page = chromium.new_context(offline=True, **options).new_page()
    page.asked, page.said, page.stopped = [], [], {}
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("requestfailed", lambda request: page.stopped.update({request.url: request.failure}))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    return page


@pytest.fixture(scope="session")
def everything(shipped_results):
    """One folder for each set of pages that the shipped examples and the rubric give.

    The made-up study of all thirty metrics has every page but that of preferences, which one real study has.
    """
    place = shipped_results("thirty").parent
    assert shipped_results("real-pocqi").parent == place
    write_rubric_pages(load_rubric("core"), {}, place / "rubric")
    return place
