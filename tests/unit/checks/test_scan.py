"""What a check would say of a text without its cues is known, so that nothing changes when it is not asked."""

from dataclasses import replace
from itertools import product
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dualtrack.checks import CheckInput, Judgement, bind, check_kind, check_kinds, judge_all, run_checks
from dualtrack.checks.folding import fold, folded_bytes
from dualtrack.checks.matching import Matcher, cue_of_term, words_of
from dualtrack.checks.phrases import _parts, cues_of_phrase, cues_of_stem, phrase, phrase_spans
from dualtrack.checks.scan import PAGE_WITHOUT_WORDS, Scan, silence
from dualtrack.rubric import load_rubric
from dualtrack.terms import Outcome, Reason
from tests.unit.checks.test_kinds import TEXTS
from tests.unit.checks.test_run import kind_of, responses_of

CUED = [kind for kind in check_kinds().values() if kind.cues is not None]
WORKED = [(kind, worked) for kind in CUED for worked in kind.examples]
LEXICONS = load_rubric("core").lexicons
HERE = Path(__file__).parent

# Every ending that the English stemmer takes off or writes (Snowball 3), and the spellings that are evened out.
ENDINGS = (
    "", "s", "es", "ies", "ied", "sses", "us", "ed", "eed", "ing", "edly", "eedly", "ingly", "ying", "y", "e", "l",
    "ll", "tional", "ational", "enci", "ency", "anci", "ancy", "abli", "ably", "ibly", "entli", "ently", "izer",
    "ization", "isation", "ise", "ised", "ises", "ising", "ize", "yse", "ysed", "ation", "ator", "alism", "aliti",
    "ality", "alli", "ally", "fulness", "fully", "ousli", "ously", "ousness", "iveness", "iviti", "ivity", "biliti",
    "ability", "ibility", "bli", "ogi", "ogy", "ogist", "lessli", "lessly", "icate", "iciti", "icity", "ical",
    "ful", "ness", "ative", "alize", "alise", "ic", "ance", "ence", "able", "ible", "ate", "ive", "iti", "al",
    "ism", "ion", "er", "ous", "ant", "ent", "ment", "ement", "our", "ours", "aemia", "oea", "n't", "'s",
)  # fmt: skip
ROOTS = (
    "d", "l", "v", "tr", "hop", "hopp", "plan", "plann", "call", "haem", "hoaem", "tum", "tumour", "col", "stabil",
    "anal", "par", "sens", "poss", "prob", "rat", "relat", "oper", "caes", "foet", "diarrh", "oesoph", "emerg", "gener",
    "commun", "univers", "sk", "ug", "sing", "gent", "y", "ye", "say", "qu", "x", "bb", "at", "iz", "bl", "or", "ou",
)  # fmt: skip


def words():
    """Words of our own sentences and lexicons, and words made of roots and endings."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(HERE.glob("*_cases.yaml"))]
    texts += [term for lexicon in LEXICONS.values() for entry in lexicon.entries for term in entry.terms]
    real = words_of(fold(" ".join(texts)).lower)
    made = {root + "".join(endings) for root in ROOTS[::6] for endings in product(ENDINGS, ENDINGS)}
    return sorted(real | made | {root + ending for root in ROOTS for ending in ENDINGS})


def stands(cues, text):
    return any(cue in text for cue in cues)


def test_every_word_of_a_stem_has_one_of_its_cues():
    checked = [(word, stem) for word in words() for stem in _parts(word) if cues_of_stem(stem) != ("",)]
    assert len(checked) > 30_000
    assert [(word, stem) for word, stem in checked if not stands(cues_of_stem(stem), word)] == []


@given(st.text("abdegilmnorstuyz", min_size=1, max_size=7), st.sampled_from(ENDINGS), st.sampled_from(ENDINGS))
@settings(max_examples=500)
def test_every_invented_word_of_a_stem_has_one_of_its_cues(root, ending, last):
    for stem in _parts(root + ending + last):
        assert stands(cues_of_stem(stem), root + ending + last)


def test_cues_are_long_where_the_words_are():
    lengths = [len(cues_of_phrase(phrase(words))[0]) for words in ("stop metformin", "call 999", "oesophagus")]
    assert lengths == [8, 3, 8]
    assert cues_of_phrase(phrase("call 999")) == ("999",)


PHRASES = (
    "call an ambulance",
    "stop your insulin",
    "won't drive",
    "cannot",
    "a&e",
    "haemorrhage",
    "die",
    "C",
    "-",
    "%",
)


@given(text=TEXTS | st.lists(st.sampled_from(ENDINGS + ROOTS + PHRASES + (" ", "-", "'"))).map("".join))
@example(text="won't they drive? A  & E, haemorrhages; he is dying. CALLING\u00a0AMBULANCES. c")
def test_what_is_found_has_a_cue_in_the_text(text):
    folded = fold(text)
    for words in PHRASES:
        if phrase_spans(folded, phrase(words), 3):
            assert stands(cues_of_phrase(phrase(words)), folded.lower)
        if Matcher((words,)).find(folded):
            assert cue_of_term(words) is not None
            assert cue_of_term(words) in folded.lower


@given(text=TEXTS)
@example(text="Tab\tand\nline, caf\u00e9, \ud800, \x00, \x7f, \u0130")
def test_a_scan_reads_the_folded_text(text):
    assert folded_bytes(text) == fold(text).lower.encode("utf-8", "surrogatepass")


def near_misses(worked):
    """Texts out of the words of an example and its facts, whole, inflected, cut or spelled otherwise."""
    facts = str(dict(worked.reference)) + " ".join(str(each) for each in worked.lexicons)
    parts = sorted(set((worked.text + " " + facts).replace("'", " ").split()))
    shaken = [part[:size] for part in parts for size in range(1, len(part) + 1)] + [part + "s" for part in parts]
    pieces = st.sampled_from([*parts, *shaken, " ", ". ", "\n- ", "not ", "\u200b", "\u0430", "e", "s"])
    return st.lists(pieces, max_size=12).map(" ".join) | st.lists(pieces, max_size=12).map("".join) | TEXTS


def case(worked, text):
    return CheckInput(text, "en", reference=worked.reference, answer=worked.answer, confidence=worked.confidence)


def holds(kind, worked, text):
    """Whether the check has a cue in the text; if not, it says what is known."""
    bound = bind("m.c", kind, dict(worked.params), lexicons=worked.lexicons)
    known = silence(bound, case(worked, ""))
    assert known is not None
    if stands(known.cues, fold(text).lower):
        return True
    if text.strip():
        assert judge_all(bound, case(worked, text)) == known.judgements
    return False


@pytest.mark.parametrize(("kind", "worked"), WORKED, ids=lambda thing: getattr(thing, "name", None))
@given(data=st.data())
@settings(max_examples=60)
def test_a_kind_says_the_same_of_every_text_without_a_cue(kind, worked, data):
    holds(kind, worked, data.draw(near_misses(worked)))
    holds(kind, worked, PAGE_WITHOUT_WORDS)


@pytest.mark.parametrize("kind", CUED, ids=lambda kind: kind.name)
def test_the_sentences_of_the_other_kinds_are_judged_alike(kind):
    """All of our own sentences against the facts of the first example; most have no cue of it."""
    sentences = [each.text for other in check_kinds().values() for each in other.examples]
    for path in sorted(HERE.glob("*_cases.yaml")):
        held = yaml.safe_load(path.read_text(encoding="utf-8"))
        sentences += [text for text in leaves(held) if isinstance(text, str) and " " in text]
    woken = [holds(kind, kind.examples[0], text) for text in sentences]
    assert 0 < sum(woken) < len(woken) / 2


def leaves(held):
    if isinstance(held, dict | list):
        for each in held.values() if isinstance(held, dict) else held:
            yield from leaves(each)
    else:
        yield held


FACTS = {
    "avoid": [
        {"id": "a1", "what": "ibuprofen", "any_of": ["NSAID", "stop your insulin"], "basis": "condition"},
        {"id": "a2", "what": "penicillin", "basis": "allergy"},
    ],
    "elements": [{"id": "e1", "text": "Call for help", "any_of": ["call 999", "call an ambulance"]}],
}
PLACES = st.fixed_dictionaries(
    {
        "system_id": st.sampled_from(["a", "b"]),
        "item_id": st.sampled_from(["q1", "q2", "q3"]),
        "sample": st.integers(1, 3),
        "status": st.sampled_from(["answered", "answered", "answered", "truncated", "refused", "empty", "not_run"]),
        "text": TEXTS | st.none() | st.sampled_from(
            ["", " ", "Take amoxicillin.", "Take ibu\u200bprofen.", "Calling ambulances.", "Rest.", "Stop insulin."]
        ),
    }
)  # fmt: skip


@given(
    rows=st.lists(
        PLACES, min_size=1, max_size=9, unique_by=lambda row: (row["system_id"], row["item_id"], row["sample"])
    )
)
@settings(max_examples=60)
def test_findings_are_the_same_as_when_every_check_is_asked_about_every_text(rows):
    items = pd.DataFrame(
        {"item_id": ["q1", "q2", "q3"], "language": ["en", "de", "en"], "reference": [FACTS, FACTS, {}]}
    )
    checks = [
        bind("m.avoid", "forbidden_action", lexicons=dict(LEXICONS)),
        bind("m.must", "required_elements"),
        bind("m.declines", "refusal"),
    ]
    asked = [replace(check, kind=replace(check.kind, cues=None)) for check in checks]
    responses = pd.DataFrame({name: pd.Series([row[name] for row in rows], dtype=object) for name in rows[0]})
    pd.testing.assert_frame_equal(run_checks(checks, responses, items), run_checks(asked, responses, items))


def cued(names, calls):
    def says(given, _params):
        calls.append(given.text)
        return Judgement(Outcome.passed, value=float("aspirin" in given.text))

    return kind_of(says, cues=names)


def asked_about(names, *texts):
    calls = []
    rows = [{"sample": place, "text": text} for place, text in enumerate(texts, 1)]
    found = run_checks([bind("m.c", cued(names, calls))], responses_of(*rows), pd.DataFrame({"item_id": ["q1"]}))
    assert found["value"].tolist() == [float("aspirin" in text) for text in texts]
    return [text for text in calls if text != PAGE_WITHOUT_WORDS]


def test_a_check_is_asked_only_about_texts_with_a_cue():
    assert asked_about(lambda *_: ["aspirin"], "Rest.", "Take aspirin.", "Rest.") == ["Take aspirin."]


def broken(*_):
    raise KeyError("no such fact")


@pytest.mark.parametrize(
    "names",
    [
        None,
        lambda *_: None,
        lambda *_: ["Aspirin"],
        lambda *_: ["asp irin"],
        lambda *_: [""],
        lambda *_: ["caf\u00e9"],
        broken,
    ],
)
def test_without_cues_that_can_be_looked_for_it_is_asked_about_every_text(names):
    assert asked_about(names, "Rest.", "Take aspirin.") == ["Rest.", "Take aspirin."]


def test_a_check_that_breaks_on_the_facts_is_an_error_of_every_response():
    def breaks(_given, _params):
        raise ValueError("facts")

    told = []
    checks = [bind("m.c", kind_of(breaks, cues=lambda *_: ["x"]))]
    rows = responses_of({}, {"sample": 2, "text": "x"})
    found = run_checks(checks, rows, pd.DataFrame({"item_id": ["q1"]}), on_error=told.append)
    assert found["reason"].tolist() == ["check_error"] * 2
    assert len(told) == 2


def test_a_kind_of_another_package_is_always_asked_in_its_own_process(monkeypatch):
    check = bind("m.c", cued(lambda *_: ["aspirin"], []))
    about = CheckInput("", "en")
    assert silence(check, about) is not None
    monkeypatch.setattr("dualtrack.checks.scan.origin_of", lambda _kind: "elsewhere:KIND")
    assert silence(check, about) is None


def test_a_check_that_does_not_apply_to_the_item_says_so_of_every_text():
    known = silence(bind("m.c", check_kind("readability")), CheckInput("", "en"))
    assert known is None
    known = silence(bind("m.c", "dose_limits"), CheckInput("", "en"))
    assert (known.judgements[0].reason, known.cues) == (Reason.not_applicable, frozenset())


def test_a_scan_finds_cues_that_overlap_whatever_the_number_of_texts():
    cues = [frozenset({"abcd"}), frozenset({"bc", "cde"}), frozenset({"\u03b2"}), frozenset()]
    for n_texts in (1, 10_000):
        scan = Scan(cues, n_texts=n_texts)
        assert [sorted(scan.woken(text)) for text in ("xABCDx", "cd e", "1 \u03b2", "")] == [[0, 1], [], [2], []]


def test_a_check_is_put_only_to_the_items_of_its_scope():
    items = pd.DataFrame({"item_id": ["q1", "q2"], "language": ["en", "en"]})
    checks = [bind("m.a", "readability"), bind("m.b", "refusal"), bind("m.c", "identifiers")]
    scope = {"m.a": frozenset({"q2"}), "m.b": frozenset()}
    found = run_checks(checks, responses_of({}, {"item_id": "q2"}), items, scope=scope)
    pairs = sorted(set(zip(found["item_id"], found["probe_id"], strict=True)))
    assert pairs == [("q1", "m.c"), ("q2", "m.a"), ("q2", "m.c")]
