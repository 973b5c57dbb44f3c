"""Packs and returns: one canonical form, a digest that JavaScript agrees with, and parts that fit together."""

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dualtrack.panel.pack import Pack, Return, canonical, seal, sealed_digest
from tests.unit.panel import packs

# RFC 8785, appendix B: the bits of a double and how ECMAScript writes it.
NUMBERS = {
    "0000000000000000": "0",
    "8000000000000000": "0",
    "0000000000000001": "5e-324",
    "8000000000000001": "-5e-324",
    "7fefffffffffffff": "1.7976931348623157e+308",
    "ffefffffffffffff": "-1.7976931348623157e+308",
    "4340000000000000": "9007199254740992",
    "c340000000000000": "-9007199254740992",
    "4430000000000000": "295147905179352830000",
    "44b52d02c7e14af5": "9.999999999999997e+22",
    "44b52d02c7e14af6": "1e+23",
    "44b52d02c7e14af7": "1.0000000000000001e+23",
    "444b1ae4d6e2ef4e": "999999999999999700000",
    "444b1ae4d6e2ef4f": "999999999999999900000",
    "444b1ae4d6e2ef50": "1e+21",
    "3eb0c6f7a0b5ed8c": "9.999999999999997e-7",
    "3eb0c6f7a0b5ed8d": "0.000001",
    "41b3de4355555553": "333333333.3333332",
    "41b3de4355555557": "333333333.33333343",
    "becbf647612f3696": "-0.0000033333333333333333",
    "43143ff3c1cb0959": "1424953923781206.2",
}


@pytest.mark.parametrize(("bits", "text"), NUMBERS.items())
def test_numbers_are_written_as_the_standard_writes_them(bits, text):
    assert canonical(struct.unpack(">d", bytes.fromhex(bits))[0]) == text


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_does_not_know_is_refused(number):
    with pytest.raises(ValueError, match="JSON has no number"):
        canonical({"a": number})


def test_keys_stand_in_the_order_of_their_utf16_units():
    # RFC 8785, section 3.2.3
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
    assert list(json.loads(canonical(dict.fromkeys(keys, 0)))) == [
        "\r",
        "1",
        "\x80",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


def test_strings_escape_what_must_be_and_nothing_else():
    assert canonical('\u20ac$\x0f\nA\'B"\\\\"/\x7f\u2028') == '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f\u2028"'
    assert canonical("half \ud83d") == '"half \\ud83d"'
    assert canonical("\ud83d\ude00") == canonical("\U0001f600")


@given(st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=12,
))  # fmt: skip
def test_canonical_json_reads_back_as_the_same_and_is_its_own_canonical_form(value):
    text = canonical(value)
    assert json.loads(text, parse_int=float) == value  # a long whole number is written as its shortest double
    assert canonical(json.loads(text, parse_int=float)) == text


def test_the_digest_does_not_know_order_nor_itself_and_sees_every_change():
    content = packs.plain()
    turned = dict(reversed(list(content.items())))
    assert sealed_digest(content) == sealed_digest(seal(turned))
    assert sealed_digest(content) != sealed_digest(content | {"language": "de"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"guesses": ["absent"]}, "guesses need systems"),
        ({"systems": []}, "guesses need systems"),
        ({"questions": packs.QUESTIONS[:2]}, "does not have"),
        ({"questions": [*packs.QUESTIONS, packs.QUESTIONS[0]]}, "the same scale"),
        ({"modes": packs.MODES[1:]}, "failure mode"),
        ({"tasks": [packs.plain()["tasks"][0]] * 2, "guesses": []}, "the same code"),
        ({"tasks": [packs.plain()["tasks"][0] | {"questions": ["harm_extent"] * 8}], "guesses": []}, "at most 7"),
    ],
)
def test_a_pack_whose_parts_do_not_fit_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        packs.pack(**changes)


def test_a_pack_and_a_return_survive_their_own_json():
    pack = packs.pack()
    assert Pack.model_validate_json(pack.model_dump_json(by_alias=True)) == pack
    back = seal(
        {
            "schema": "dualtrack.return/1",
            "pack_id": pack.pack_id,
            "of": pack.digest,
            "rater_id": "r",
            "medium": "form",
            "answers": [],
        }
    )
    assert Return.model_validate_json(json.dumps(back)).finished_at is None
