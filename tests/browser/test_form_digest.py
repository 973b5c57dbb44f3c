"""The page and Python compute the same digests, whatever the text."""

import hashlib
import json
import struct
from importlib import resources

import numpy as np
import pytest

from dualtrack.panel.pack import canonical, sealed_digest
from tests.browser.forms import answers, begin, press, saved_now, written
from tests.unit.panel import packs
from tests.unit.report.hostile import TEXTS

SCRIPT = resources.files("dualtrack.panel").joinpath("static", "digest.js").read_text(encoding="utf-8")
# FIPS 180-4 examples, and lengths around the ends of blocks.
VECTORS = {
    "": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "abc": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq": (
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
}


@pytest.fixture(scope="module")
def compute(chromium):
    """Runs an expression over one value beside the functions of the page."""
    context = chromium.new_context(offline=True)
    page = context.new_page()

    def run(expression, value):
        text = json.dumps(value)  # as a page gets it: JSON in ASCII
        return page.evaluate(f"text => {{ {SCRIPT}; const value = JSON.parse(text); return {expression}; }}", text)

    yield run
    context.close()


def test_the_digest_of_known_texts(compute):
    found = compute("value.map(each => sha256(new TextEncoder().encode(each)))", list(VECTORS))
    assert found == list(VECTORS.values())


def test_the_digest_at_every_length_around_the_ends_of_blocks(compute):
    texts = ["a" * n for n in (*range(50, 70), *range(115, 135), 1000, 100_000)]
    found = compute("value.map(each => sha256(new TextEncoder().encode(each)))", texts)
    assert found == [hashlib.sha256(text.encode()).hexdigest() for text in texts]


def test_hostile_texts_as_values_and_as_keys(compute):
    hostile = [
        *TEXTS,
        "__proto__",
        "constructor",
        "\ud83d\ude00",
        "\ude00\ud83d",
        "\ufb33\U0001f600",
        "\x7f\u2028",
        "9",
        "10",
    ]
    content = {text: {"text": text, "list": [text]} for text in hostile} | {"digest": "left out"}
    assert compute("canonical(value)", content) == canonical(content)
    assert compute("sealedDigest(value)", content) == sealed_digest(content)


def test_numbers_of_every_size(compute):
    bits = np.random.default_rng(6).integers(0, 2**64, size=4000, dtype=np.uint64).tolist()
    doubles = [struct.unpack(">d", each.to_bytes(8, "big"))[0] for each in bits]
    numbers = [number for number in doubles if np.isfinite(number)]
    numbers += [
        float(f"{sign}{digits}e{power}")
        for sign in ("", "-")
        for digits in ("1", "1.5", "123.456")
        for power in range(-12, 25)
    ]
    numbers += [0, -0.0, 1, 12.0, 0.1, 2**53, 2**53 + 1, 10**21, 10**22, True, None]
    assert compute("canonical(value)", numbers) == canonical(numbers)


def test_a_return_with_hostile_ids_and_comments_carries_the_right_digest(visit, tmp_path):
    page = visit(written(tmp_path, packs.hostile()))
    begin(page)
    press(page, "1 Enter Space")
    page.locator("input[id$='severity-0-0']").check()
    press(page, "c")
    comment = "é 漢字 \U0001f600 </script> \u2028 \"'\\ end"
    page.locator("textarea:visible").fill(comment)
    press(page, "Control+Enter")
    given = answers(saved_now(page))["host0000", "__proto__"]
    assert (given.level, given.modes) == ("__proto__", ("__proto__",))
    assert given.severities == {"__proto__": "__proto__"}
    assert given.comment == comment
    assert page.said == []
