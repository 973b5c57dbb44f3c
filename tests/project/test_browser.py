"""The browser that the page tests rely on is there and is one."""


def test_the_system_browser_renders_a_page_without_scripts_and_without_network(chromium):
    context = chromium.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.set_content("<!doctype html><title>two</title><p>two scorecards</p>")
    assert (page.title(), page.inner_text("p")) == ("two", "two scorecards")
    context.close()
