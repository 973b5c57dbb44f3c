"""What the tests of the rating form share: opening one, rating by keyboard, and what a saved file must be."""

import json

from dualtrack.panel.form import form_page
from dualtrack.panel.pack import Return, sealed_digest


def written(folder, pack, name="form.html"):
    """Address of the form of a pack on disk."""
    path = folder / name
    path.write_text(form_page(pack), encoding="utf-8")
    return path.as_uri()


def press(page, keys):
    """Press keys, given with blanks between."""
    for key in keys.split():
        page.keyboard.press(key)


def begin(page):
    """Begin with the keyboard."""
    for _ in range(8):
        if page.evaluate("document.activeElement.id") == "start":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#task-title, #end-title")


def downloaded(page, key="Enter"):
    """Text and name of the file that a key saves."""
    with page.expect_download() as waiting:
        page.keyboard.press(key)
    return waiting.value.path().read_text(encoding="utf-8"), waiting.value.suggested_filename


def saved_now(page):
    """What is in the file that "stop for tonight" saves; the rater goes on afterwards."""
    page.keyboard.press("s")
    text, _ = downloaded(page)
    page.keyboard.press("Escape")
    return read_back(text)


def read_back(text):
    """A return, checked: it fits the schema and carries the digest of its content."""
    content = json.loads(text)
    assert sealed_digest(content) == content["digest"]
    return Return.model_validate_json(text)


def answers(back):
    """Answers by code and question."""
    return {(answer.code, answer.scale_id): answer for answer in back.answers}
