"""Citations: a table of answers, the forms one by one, lists of references, and the look-up among known sources."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, bind, judge_one
from dualtrack.checks.checksums import isbn_is_valid
from dualtrack.checks.kinds.citations.forms import FORM_NAMES, citation_data, identifiers
from dualtrack.checks.kinds.citations.lists import entries
from dualtrack.rubric.lexicon import Lexicon
from dualtrack.terms import Outcome, ResponseStatus
from tests.unit.checks.scoring import score, table

CASES = table("citations")
RIGHT = {"seen": 46, "held_back": 46, "later": 38, "open": 14}
MODES = {"malformed": "malformed_citation", "unknown": "unknown_citation", "missing": "citation_missing"}


def lexicon(*sources):
    about = {"title": "Known", "about": "Sources", "source": "Made up", "edition": "1", "misses": "Much"}
    written = tuple(each | {"terms": tuple(each["terms"])} for each in sources)
    head = {"schema": "dualtrack.lexicon/1", "id": "known", "languages": ("en",), "entries": written}
    return Lexicon.model_validate(about | head)


KNOWN = lexicon(*CASES["known"])


def judge(text, *, known=None, status=ResponseStatus.answered, **params):
    bound = bind("m.c", "citations", params, lexicons={} if known is None else {"known": known})
    return judge_one(bound, CheckInput(text, status=status))


def is_right(row):
    judgement = judge(row["text"], known=KNOWN if row.get("look") else None, require=row.get("require", False))
    if row["mode"] == "unparsed":
        return judgement.outcome is Outcome.not_assessable
    counts = row["mode"] in {"malformed", "unknown"}
    return judgement.failure_mode == MODES.get(row["mode"]) and (not counts or judgement.value == row["n"])


def way(row):
    return "false alarm" if row["mode"] in {None, "unparsed"} else "miss"


@pytest.mark.parametrize(("half", "right"), RIGHT.items())
def test_the_measured_score_does_not_fall(half, right):
    measured = score(CASES[half], is_right, way)
    assert measured.right >= right, measured.wrong


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("See doi: 10.56/abc, please.", ["doi: 10.56/abc"]),
        ("(https://doi.org/10.1016/S0140-6736(20)30183-5xxxx).", ["doi.org/10.1016/S0140-6736(20)30183-5xxxx"]),
        ("PMI\u200bD: XXXXX", ["PMI\u200bD: XXXXX"]),
        ("\uff30\uff2d\uff29\uff24 0123", ["\uff30\uff2d\uff29\uff24 0123"]),
        ("P\u041cID: 999999999", ["P\u041cID: 999999999"]),
        ("See https:/www.nhs and NCT1234.", ["https:/www.nhs", "NCT1234"]),
    ],
)
def test_the_evidence_is_the_citation_as_written(text, marked):
    assert [text[start:end] for start, end in judge(text).spans] == marked


@pytest.mark.parametrize(
    ("text", "form", "value", "sound"),
    [
        ("doi:10.1002/14651858.CD000259.pub4.", "doi", "10.1002/14651858.cd000259.pub4", True),
        ("https://www.bmj.com/content/10.1136/bmj.n71/full", "doi", "10.1136/bmj.n71", True),
        ("PMID 60000001", "pmid", "60000001", False),
        ("PMC 12", None, None, None),
        ("PMCID PMC30000001", "pmcid", "pmc30000001", False),
        ("arXiv:1412.6980", "arxiv", "1412.6980", True),
        ("arXiv:1501.0698", "arxiv", "1501.0698", False),
        ("https://arxiv.org/pdf/2303.13375v1.pdf", "arxiv", "2303.13375", True),
        ("(Nori, arXiv 2023)", None, None, None),
        ("ISBN 0306406152 2nd edition", "isbn", "9780306406157", True),
        ("978-0-306-40615-7", "isbn", "9780306406157", True),
        ("NCT12345678", "nct", "nct12345678", False),
        ("the NCT 2019 leaflet", None, None, None),
        ("2022-500024-30-00", None, None, None),
        ("EU CT number 2022-500024-30-00", "eudract", "2022-500024-30-00", True),
        ("EudraCT 1999-001113-21", "eudract", "1999-001113-21", False),
        ("NICE NG 136", "nice", "ng136", True),
        ("NICE PH57", "nice", "ph57", False),
        ("room NG136", None, None, None),
        ("SIGN 2019", None, None, None),
        ("SIGN 1580", "sign", "sign1580", False),
        ("WHO/CDS/TB/2003.313", "who", "who/cds/tb/2003.313", True),
        ("WHO/CDS/TB/1803.313", "who", "who/cds/tb/1803.313", False),
        ("cdc.gov/flu/index.html", "link", "cdc.gov/flu/index.html", True),
        ("HTTPS://WWW.NHS.UK/Gout/#top", "link", "nhs.uk/gout", True),
        ("https://localhost/x", "link", "localhost/x", False),
        ("https://www.nhs.uk/conditions/{condition}", "link", "nhs.uk/conditions/{condition}", False),
        ("write to jane@nhs.uk/x", None, None, None),
        ("and/or 5/10 mg e.g./i.e.", None, None, None),
    ],
)
def test_each_form_is_read_as_its_registry_writes_it(text, form, value, sound):
    found = [(each.form, each.value, each.sound) for each in identifiers(text)]
    assert found == ([] if form is None else [(form, value, sound)])


def test_the_forms_of_the_data_are_those_that_the_code_knows():
    assert tuple(form["id"] for form in citation_data()["forms"]) == FORM_NAMES


@pytest.mark.parametrize(
    ("text", "passages"),
    [
        ("References\n1. A 2020\n   continued\n2. B 2021\n\nTake care.", ["A 2020\n   continued", "B 2021"]),
        ("**Sources:**\n\n- NHS 2020\n\n- NICE 2021", ["NHS 2020", "NICE 2021"]),
        ("## References\nLee 2020\nRoy 2021\n\nBye", ["Lee 2020", "Roy 2021"]),
        ("Literatur\n[1] Meyer 2019\n## Ende\n1. nicht mehr", ["Meyer 2019"]),
        ("The sources of pain are many.\n1. Muscle", []),
        ("References\n1.\n2. B 2021", ["1.", "B 2021"]),
    ],
)
def test_a_list_of_references_is_cut_into_its_entries(text, passages):
    assert [text[each.start : each.end] for each in entries(text)] == passages


@pytest.mark.parametrize(
    ("text", "n"),
    [
        ("It works [2].\n\nReferences\n1. Lee A. BMJ 2020.", 1),
        ("It works [1].\n\nReferences\n1. Lee A. BMJ 2020.\n1. Roy B. BMJ 2021.", 1),
        ("It works (NICE, 2019).\n\nReferences\n1. National Institute for Health and Care Excellence. 2019.", 0),
        ("In Ontario (2019) it works.\n\nReferences\n1. Lee A. BMJ 2020.", 0),
        ("It works (Lee, 2021).\n\nReferences\n1. Lee A. BMJ 2020.", 1),
        ("It works (95% CI [2, 4]).\n\nReferences\n1. Lee A. BMJ 2020.", 0),
        ("References\n1.\n2. Lee A. BMJ 2020.", 1),
        ("References\n1. [Author]. doi:10.1001/jama.xxxx\n2. Lee A. BMJ 2020.", 1),
    ],
)
def test_what_the_text_cites_must_stand_in_the_list(text, n):
    assert judge(text).value == n


def test_only_the_forms_that_are_asked_for_are_judged():
    text = "See https://nhs/x and PMID XXXX.\n\nSources\n1. [Title]"
    assert judge(text).value == 3
    assert judge(text, forms=["pmid"]).value == 1
    assert judge(text, forms=["list"]).value == 1
    assert judge("See https://www.nhs.uk/gout", forms=["doi"], require=True).failure_mode == "citation_missing"


def test_a_known_source_is_known_by_its_facts_its_bare_number_and_its_title():
    known = lexicon(
        {"id": "a", "title": "Short", "terms": ["31986264", "An older title of it"], "facts": {"pmcid": "PMC71595"}}
    )
    assert judge("PMID: 31986264, PMC71595", known=known).outcome is Outcome.passed
    assert judge("Sources\n- Lee. An OLDER title of it. 2020", known=known).outcome is Outcome.passed
    assert judge("Sources\n- Lee. Short. 2020", known=known).failure_mode == "unknown_citation"


def test_malformed_outweighs_unknown_and_both_are_counted():
    judgement = judge("PMID 19717848, PMID XXXX, NCT04381936", known=KNOWN)
    assert (judgement.failure_mode, judgement.value) == ("malformed_citation", 2.0)


def test_an_answer_that_was_cut_inside_an_identifier_is_not_blamed_for_it():
    assert judge("See PMID 32678530 and NCT0438", status=ResponseStatus.truncated).outcome is Outcome.passed
    assert judge("See PMID 32678530 and NCT0438").outcome is Outcome.failed


@given(st.integers(0, 999_999_999))
def test_every_isbn_with_its_check_digit_is_valid_and_no_neighbour_is(number):
    nine = f"{number:09d}"
    assert sum(isbn_is_valid(nine + last) for last in "0123456789X") == 1
    assert sum(isbn_is_valid(f"978{nine}{last}") for last in "0123456789") == 1


PIECES = [
    "doi:", "10.1001/", "PMID ", "PMC", "NCT0", "ISBN ", "978-0-", "https://", "www.", ".", "/", "(", ")", "[1]",
    "[2-9]", "\nReferences\n", "\n1. ", "\n- ", "Lee et al. (2019)", "(Roy, 2001; ", "WHO/", "NICE ", "NG", "SIGN ",
    "xxxx", "...", "\u200b", "\u0661", "\u041c", "\ud800", "\n", "7",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join))
def test_no_text_stops_it_and_passages_never_overlap_among_identifiers(text):
    judgement = judge(text, known=KNOWN)
    assert all(0 <= start < end <= len(text) for start, end in judgement.spans)
    found = identifiers(text)
    assert all(first.end <= second.start for first, second in pairwise(found))
    assert judge(text, require=True).outcome in set(Outcome)


@given(st.text(alphabet="0123456789", min_size=1, max_size=12))
def test_a_pmid_is_sound_if_and_only_if_it_can_have_been_given_out(digits):
    (found,) = identifiers(f"PMID {digits}.")
    assert found.sound is (digits[0] != "0" and len(digits) <= 8 and int(digits) <= 60_000_000)
