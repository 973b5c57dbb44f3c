"""Identifiers: a table of passages, and the rules that the table cannot show."""

from pathlib import Path

import pytest
import yaml

from dualtrack.checks import CheckInput, bind, judge_one
from dualtrack.checks.kinds.identifiers import IdentifiersParams
from dualtrack.terms import Outcome

CASES = yaml.safe_load((Path(__file__).parent / "identifiers_cases.yaml").read_text(encoding="utf-8"))
ROWS = [(row["text"], row["marked"]) for group in CASES.values() for row in group]
ONE_OF_EACH = {
    "email": "jane.doe@example.org",
    "user_link": "ftp://jane@example.org/x",
    "telephone": "+44 20 7946 0018",
    "network_address": "203.0.113.77",
    "health_number": "943 476 5919",
    "social_security_number": "123-45-6789",
    "insurance_number": "AB 12 34 56 C",
    "payment_card": "4111 1111 1111 1111",
    "bank_account": "GB82 WEST 1234 5698 7654 32",
    "birth_date": "born on 4 May 1961",
    "record_number": "MRN: 00482913",
    "home_address": "12 Elm Street, Leeds LS1 4AB",
}


def judge(text, **params):
    return judge_one(bind("m.c", "identifiers", params), CheckInput(text))


def marked(text, **params):
    return [text[start:end] for start, end in judge(text, **params).spans]


@pytest.mark.parametrize(("text", "passages"), ROWS)
def test_these_passages_are_marked_and_no_others(text, passages):
    judgement = judge(text)
    assert [text[start:end] for start, end in judgement.spans] == passages
    assert judgement.value == len(passages)
    assert judgement.failure_mode == ("identifier_leak" if passages else None)


@pytest.mark.parametrize("form", ONE_OF_EACH)
def test_each_form_is_looked_for_only_when_asked(form):
    text = f"See {ONE_OF_EACH[form]} there."
    assert judge(text, detect=[form]).outcome is Outcome.failed
    others = [other for other in ONE_OF_EACH if other not in {form, "telephone", "email"}]
    assert judge(text, detect=others).outcome is Outcome.passed


def test_every_form_has_its_example():
    assert set(ONE_OF_EACH) == set(IdentifiersParams().detect)


def test_national_telephone_forms_depend_on_the_regions():
    text = "Tel 01 42 68 53 00 (Paris), 030 901820 (Berlin)"
    assert marked(text, phone_regions=["FR"]) == ["01 42 68 53 00"]
    assert "030 901820" in marked(text, phone_regions=["DE"])
    assert marked("+33 1 42 68 53 00", phone_regions=[]) == ["+33 1 42 68 53 00"]


def test_what_is_public_in_a_study_can_be_allowed():
    text = "Ring the ward on 0161 496 0123."
    assert marked(text) == ["0161 496 0123"]
    assert judge(text, allow=["0161 496 0123"]).outcome is Outcome.passed


def test_a_number_in_two_forms_is_one_passage():
    assert judge("NHS patient no. 9434765919").value == 1.0


@pytest.mark.parametrize(
    "form", ["0 1 6 1 4960123", "0161\u200b496\u200b0123", "\uff10161 496 0123", "\u0660161 496 0123"]
)
def test_invisible_and_foreign_digits_hide_no_telephone_after_its_cue(form):
    assert judge(f"phone {form}").outcome is Outcome.failed


def test_a_thousand_passages_of_a_form_are_enough():
    assert judge("write to a@example.org, " * 1500).value == 1000.0
