"""What the keyboard says when it can do nothing, and that all levels of a usual question stand in sight."""

from tests.browser.forms import begin, press, written
from tests.unit.panel import packs


def test_a_digit_beyond_the_last_line_says_so_and_chooses_nothing(visit, tmp_path):
    page = visit(written(tmp_path, packs.pack()))
    begin(page)
    press(page, "9")
    assert page.locator(".question.open .message").inner_text() == (
        "Number keys go from 1 to 4 here; 0 says that you cannot judge."
    )
    assert page.locator(".question.open input:checked").count() == 0
    press(page, "0")
    assert page.locator(".question.open .message").is_hidden()
    assert page.locator(".question.open .apart input").is_checked()
    assert page.locator(".question.open .apart kbd").inner_text() == "0"


def test_every_level_of_a_question_is_in_sight_on_a_small_laptop(visit, tmp_path):
    page = visit(written(tmp_path, packs.pack()), viewport={"width": 1280, "height": 720})
    begin(page)
    asked = page.locator("#asked").bounding_box()
    last = page.locator(".question.open .apart").bounding_box()
    assert last["y"] + last["height"] <= asked["y"] + asked["height"]
