"""The page of a pack: complete in itself, the same for the same pack, and deaf to hostile text."""

import base64
import hashlib
import html
import json
import re
from importlib import resources

import pytest
import yaml

from dualtrack.panel.form import form_page
from dualtrack.panel.parts import SCRIPTS, form_script, form_style, form_words
from tests.unit.panel import packs

STATIC = resources.files("dualtrack.panel").joinpath("static")
DYNAMIC = (
    "cover.title.",
    "cover.lead.",
    "cover.tasks_",
    "cover.pairs_",
    "durations.",
    "load.",
    "help.keys.",
    "skipping.reasons.",
    "task.states.",
    "guesses.levels.",
    "modes.commission",
    "modes.omission",
    "modes.found_",
    "end.",
)


def element(page, name):
    """Content of the data element of that name."""
    return re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)[1]


def digest(text):
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


def test_the_pack_travels_whole():
    pack = packs.pack()
    assert json.loads(element(form_page(pack), "pack")) == pack.model_dump(mode="json", by_alias=True)


def test_the_same_pack_gives_the_same_page():
    assert form_page(packs.pack()) == form_page(packs.pack())


def test_the_policy_names_the_very_style_and_script_and_nothing_unsafe():
    page = form_page(packs.hostile())
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)[1]
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1])
    assert len(script) == 1
    assert policy == (
        f"default-src 'none'; script-src {digest(script[0])}; style-src {digest(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    assert page.index("Content-Security-Policy") < page.index("<style>")


def test_hostile_text_neither_ends_its_element_nor_becomes_a_tag_or_an_attribute():
    page = form_page(packs.hostile())
    for name in ("pack", "words"):
        assert not re.search("[<>&]", element(page, name))
        assert element(page, name).isascii()
    bare = re.sub(r"<(style|script)[ >].*?</\1>", "", page, flags=re.DOTALL)
    tags = re.findall(r"<[a-zA-Z][^>]*>", bare)
    assert not [tag for tag in tags if re.search(r"\s(style|on\w+|src|srcset|action|formaction|background)\s*=", tag)]
    assert {re.match(r"<(\w+)", tag)[1] for tag in tags} <= {
        *(
            "html",
            "head",
            "meta",
            "title",
            "body",
            "a",
            "p",
            "header",
            "main",
            "div",
            "h1",
            "h2",
            "dl",
            "dt",
            "dd",
            "footer",
        )
    }
    assert "\u202e" not in page


def test_nothing_in_script_or_style_fetches_runs_text_or_reads_markup():
    script, style = form_script(), form_style()
    for word in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "fetch(",
        "XMLHttpRequest",
        "WebSocket",
        "sendBeacon",
        "import(",
        ".style",
        "setAttribute('style'",
        "postMessage",
        "https:",
        "http:",
    ):
        assert word not in script, word
    assert not re.search(r"url\(|@import|@font-face|https?:", style)


def test_the_style_brings_no_colour_of_its_own():
    assert re.findall(r"#[0-9a-f]{3,8}\b(?![^{]*\{)|rgb|hsl", form_style()) == []
    common = resources.files("dualtrack.render").joinpath("static", "report.css").read_text(encoding="utf-8")
    assert set(re.findall(r"var\(--([\w-]+)\)", form_style())) <= set(re.findall(r"--([\w-]+):", common))


def test_every_part_of_the_script_is_in_it_and_small_enough_to_read():
    assert {path.name for path in STATIC.iterdir()} == {"form.css", *(f"{name}.js" for name in SCRIPTS)}
    for name in SCRIPTS:
        text = STATIC.joinpath(f"{name}.js").read_text(encoding="utf-8")
        assert text.startswith("//"), name
        assert len(text.splitlines()) <= 300, name


def test_every_sentence_is_used_and_every_sentence_that_is_asked_for_exists():
    words = form_words("en")
    code = form_script() + resources.files("dualtrack.panel").joinpath("form.py").read_text(encoding="utf-8")
    asked = set(re.findall(r"say\('([\w.]+)'", code)) | set(re.findall(r'words\["([\w.]+)"\]', code))
    assert asked <= set(words)
    assert {name for name in set(words) - asked if name not in code and not name.startswith(DYNAMIC)} == set()


def test_the_words_promise_nothing_that_is_not_theirs_to_promise():
    said = " ".join(form_words("en").values()).lower()
    assert not re.search(r"\b(compliant|certified|approved|validated|safe|signed|signature)\b", said)


def test_every_place_of_a_sentence_has_a_name():
    text = resources.files("dualtrack.panel").joinpath("words", "en.yaml").read_text(encoding="utf-8")
    assert isinstance(yaml.safe_load(text), dict)
    for sentence in form_words("en").values():
        assert re.sub(r"\{[a-z_]+\}", "", sentence).count("{") == 0, sentence


def test_the_cover_says_what_a_rater_must_know_without_any_script():
    pack = packs.pack()
    bare = html.unescape(re.sub(r"<(style|script)[ >].*?</\1>", "", form_page(pack), flags=re.DOTALL))
    for text in (pack.cover.study, pack.cover.data_use, pack.cover.contact, "2026-12-18", "45 minutes", "10 responses"):
        assert text in bare
    assert form_words("en")["banner"] in bare
    assert form_words("en")["preview.text"] in bare
    assert pack.pack_id in bare
    cover = bare[bare.index('<div id="cover">') : bare.index('<div id="begin">')]
    assert f"<dt>{form_words('en')['end.of']}</dt><dd>{pack.digest}</dd>" in cover


def test_there_is_no_banner_where_nothing_was_made_up():
    cover = packs.plain()["cover"] | {"synthetic": False, "deadline": None}
    page = form_page(packs.pack(cover=cover))
    assert 'class="banner"' not in page
    assert form_words("en")["cover.no_deadline"] in page


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.02, "5 minutes"),
        (0.75, "45 minutes"),
        (1.2, "70 minutes"),
        (1.25, "1 hour"),
        (1.5, "1.5 hours"),
        (9.4, "9 hours"),
    ],
)
def test_hours_are_said_as_roughly_as_they_are_known(hours, said):
    page = form_page(packs.pack(cover=packs.plain()["cover"] | {"hours": hours}))
    assert f"{said} in all" in page


def test_a_pack_that_was_changed_is_refused():
    changed = packs.pack().model_copy(update={"rater_id": "someone"})
    with pytest.raises(ValueError, match="digest"):
        form_page(changed)


@pytest.mark.parametrize("language", ["xx", "../en", "en/../en"])
def test_a_language_without_words_is_refused_by_name(language):
    with pytest.raises(FileNotFoundError, match="words"):
        form_page(packs.pack(language=language))
