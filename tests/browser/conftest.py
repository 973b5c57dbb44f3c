"""How every test of a page opens it: without network, with all that the browser asks for recorded."""

import pytest


@pytest.fixture
def visit(chromium):
    """Opens an address without network; everything that the browser asks for or complains about is recorded."""
    contexts = []

    def open_page(address, **options):
        context = chromium.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.said, page.stopped = [], [], {}
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("requestfailed", lambda request: page.stopped.update({request.url: request.failure}))
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
