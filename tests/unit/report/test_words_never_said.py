"""Words that the project never prints of its own, on every page of the shipped examples; people may be quoted.

What people wrote is known from the results: texts of the tables, of the study, of dossier.yaml and report.yaml. A
forbidden word may stand only inside such a text.
"""

import base64
import gzip
import html
import json
import re

import pytest
import yaml

from dualtrack.report import load_words
from tests.unit.report.reading import PageReader

STUDIES = ("cqa-eval", "real-pocqi", "thirty")
FORBIDDEN = re.compile(
    r"\b(?:compliant|certified|approved|validated|winners?|best (?:product|system|vendor)|safe)\b", re.IGNORECASE
)
NEAR = re.compile(rf"(?:\S+ ){{0,2}}\S*?{FORBIDDEN.pattern}\S*(?: \S+){{0,2}}", re.IGNORECASE)
"""Such a word with two words on either side: what an excerpt of a person's text keeps of it."""
BLOCK = re.compile(r'<script type="application/json" id="([\w-]+)">(.*?)</script>', re.DOTALL)
_BACK = bytes.maketrans(b",.:", b"<>&")


def texts(value):
    if isinstance(value, dict):
        for each in value.values():
            yield from texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from texts(each)
    elif isinstance(value, str):
        yield value


def data_of(page):
    """What the failure browser holds, by name of the block."""
    blocks = {name: json.loads(html.unescape(text)) for name, text in BLOCK.findall(page)}
    return {
        name: value if isinstance(value, dict) else json.loads(
            gzip.decompress(base64.b85decode(value.encode("ascii").translate(_BACK)))
        )
        for name, value in blocks.items()
    }  # fmt: skip


def flat(text):
    return " ".join(text.split())


def said_by_people(folder):
    """Texts of people that hold such a word: in the results, and in the files beside them."""
    known = [*texts(json.loads((folder / "scorecards.json").read_bytes()))]
    for name in ("dossier.yaml", "report.yaml"):
        if (folder / name).is_file():
            known += texts(yaml.safe_load((folder / name).read_text(encoding="utf-8")))
    for block in data_of((folder / "failures.html").read_text(encoding="utf-8")).items():
        if block[0] != "words":
            known += texts(block[1])
    return {flat(text) for text in known if FORBIDDEN.search(text)}


def of_our_own(text, quoted):
    """Forbidden words of a text that no person wrote: outside whole texts of people and outside excerpts of them."""
    for each in sorted(quoted, key=len, reverse=True):
        text = text.replace(each, " ")
    around = (NEAR.search(text, max(0, found.start() - 60)) for found in FORBIDDEN.finditer(text))
    return [near[0] for near in around if near and not any(near[0] in each for each in quoted)]


@pytest.mark.parametrize("study", STUDIES)
def test_no_page_of_an_example_says_such_a_word_of_its_own(study, shipped_results):
    folder = shipped_results(study)
    quoted = said_by_people(folder)
    pages = sorted(folder.glob("*.html"))
    assert len(pages) >= 8
    found = {path.name: of_our_own(PageReader(path.read_text(encoding="utf-8")).visible, quoted) for path in pages}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("study", STUDIES)
def test_the_words_of_the_failure_browser_hold_none(study, shipped_results):
    words = data_of((shipped_results(study) / "failures.html").read_text(encoding="utf-8"))["words"]
    assert [sentence for sentence in words.values() if FORBIDDEN.search(sentence)] == []


@pytest.mark.parametrize(
    "name", ["cases", "clinical", "compare", "power", "procurement", "record", "regulatory", "rubric", "selftest"]
)
def test_no_catalogue_of_sentences_holds_one(name):
    sentences = load_words("en", name).sentences
    assert {key: text for key, text in sentences.items() if FORBIDDEN.search(text)} == {}


def test_the_search_sees_a_word_beside_a_quotation_of_it():
    assert of_our_own("A person: It is safe. This product is safe.", {"It is safe."})
    assert not of_our_own("A person: It is safe.", {"It is safe."})
