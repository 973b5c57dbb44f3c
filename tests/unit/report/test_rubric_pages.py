"""The pages of a rubric: everything that it says stands on its page, nothing that leads a rater stands in the guide."""

import ast
import json
import re
from enum import Enum
from pathlib import Path

import pytest

import dualtrack.report
from dualtrack.render import environment, numbers, visible
from dualtrack.report import load_words, write_rubric_pages
from dualtrack.report.rubric_docs import guide_page, rubric_page
from dualtrack.report.rubric_docs.sentences import gate_text, in_words
from dualtrack.rubric import load_rubric
from dualtrack.rubric.base import Schema
from dualtrack.rubric.effects import results_digest
from dualtrack.rubric.metric import Clause, Evidence, Expectation, Metric
from dualtrack.rubric.quantity import PairedOf
from dualtrack.terms import Combine, QuantityType, Track
from tests.unit.report.hostile import TEXTS
from tests.unit.report.reading import PageReader, numbers_in
from tests.unit.rubric.specimen import SPECIMEN, built, specimen

DECISIONS = {"001-first.md": "1. Why it is so", "002-second.md": "2. Why it is not otherwise"}
SHIPPED = ("core", "craftmd", "kqa", "longqa", "screens")
WORDS = load_words("en", "rubric")
PACKAGE = Path(dualtrack.report.__file__).parent


def page_of(rubric):
    return PageReader(rubric_page(rubric, DECISIONS))


def guide_of(rubric):
    return PageReader(guide_page(rubric))


def flat(text):
    return " ".join(visible(text).split())


# ---------------------------------------------------------------- everything stands on the page

NAMES = {
    "schema_",
    "id",
    "kind",
    "type",
    "show",
    "per",
    "pool",
    "combine",
    "proof",
    "act",
    "status",
    "verified",
    "rule",
}
NAMES |= {"within", "by", "aggregate", "confirm", "threshold", "count", "lifecycle", "track", "undefined", "better"}
NAMES |= {"checks", "when", "select", "params", "raises", "applies_when", "derives_from", "scale", "lexicons"}
"""Fields that hold words of a closed list or names, which a page says in words of its own."""


def texts(thing):
    """Every text that people wrote, with where it stands; clauses that nobody has read are left out."""
    for name in type(thing).model_fields:
        if name in NAMES and not isinstance(getattr(thing, name), tuple | Schema):
            continue
        yield from _texts(f"{type(thing).__name__}.{name}", getattr(thing, name))


def _texts(where, value):
    if isinstance(value, Clause) and value.verified == "unverified":
        return
    if isinstance(value, Schema):
        if not isinstance(value, Evidence | Expectation | PairedOf):
            yield from texts(value)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(where, each)
    elif isinstance(value, tuple):
        for each in value:
            yield from _texts(where, each)
    elif isinstance(value, str) and not isinstance(value, Enum):
        yield where, value


def every_text(rubric):
    things = [rubric.header, *rubric.metrics]
    for held in (rubric.scales, rubric.lexicons, rubric.profiles, rubric.risk_matrices, rubric.harm_ladders):
        things += held.values()
    for thing in things:
        yield from texts(thing)


@pytest.fixture(scope="module", params=["specimen", *SHIPPED])
def rubric(request):
    return specimen() if request.param == "specimen" else load_rubric(request.param)


def test_every_text_of_the_rubric_stands_on_its_page(rubric):
    page = page_of(rubric).text
    lost = {
        (where, text[:60])
        for where, text in every_text(rubric)
        if flat(text) not in page and in_words(flat(text)) not in page
    }
    by_title = {("CheckUse.lexicons", name) for name in rubric.lexicons}
    by_title |= {("Profile.metrics", metric.id) for metric in rubric.metrics}
    by_title |= {("LeftOut.metric", metric.id) for metric in rubric.metrics}
    assert lost - by_title == set()


def test_the_texts_that_the_last_test_looks_for_are_many():
    found = dict(every_text(specimen()))
    assert {"Metric.definition", "Weight.why", "LimitGate.why", "Level.anchor", "Entry.terms", "LeftOut.why"} <= set(
        found
    )
    assert {"Named.means", "HarmStep.dignity", "Header.licence", "Clause.edition", "FailureMode.title"} <= set(found)


def quantities(rubric):
    """Every number that a rubric states, in the form of its page."""
    floors = rubric.header.floors
    yield from (numbers.exact_percent(each) for each in (floors.coverage, floors.check_sensitivity))
    yield from (numbers.count(floors.items), numbers.count(floors.clusters))
    for scale in rubric.scales.values():
        yield from (numbers.hundredths(level.value) for level in scale.levels if level.value is not None)
        yield from (numbers.level(end) for end in (scale.min, scale.max) if end is not None)
    for metric in rubric.metrics:
        yield numbers.level(metric.weight.value)
        yield from _gate_numbers(metric)
        yield from (numbers.exact_percent(also.above) for also in metric.quantity.also if also.show.startswith("over"))
        yield from (numbers.count(also.bins) for also in metric.quantity.also if also.show == "ece")
        for example in metric.examples:
            yield from _example_numbers(metric, example)
    for matrix in rubric.risk_matrices.values():
        yield from (numbers.numeral(level) for row in matrix.cells.values() for level in row)


def _gate_numbers(metric):
    for gate in metric.gates:
        if gate.kind == "min_n":
            yield numbers.count(gate.n)
        elif getattr(gate, "limit", None) is not None:
            share = gate.kind in ("failure_at_most", "success_at_least")
            yield (numbers.exact_percent if share else numbers.hundredths)(gate.limit)


def _example_numbers(metric, example):
    expect = example.expect
    yield from (numbers.count(each) for each in (expect.n_events, expect.n_units) if each is not None)
    yield from (numbers.level(value) for pair in example.evidence.pairs for value in pair)
    yield from (numbers.exact_percent(share) for share in example.evidence.stated if share is not None)
    if expect.value is not None:
        form = numbers.level if metric.quantity.show == "brier" else numbers.hundredths
        yield form(expect.value)


def test_every_number_of_the_rubric_stands_on_its_page(rubric):
    page = page_of(rubric).text
    assert [each for each in quantities(rubric) if flat(each) not in page] == []


def test_every_number_of_the_specimen_is_its_own_and_stands_with_its_metric():
    """The specimen has numbers that nothing else has, so that one cannot stand in for another."""
    article = rubric_page(specimen(), {}).partition('id="metric-barred"')[2].partition("</article>")[0]
    text = PageReader(article).text
    for number in (
        "7 %",
        "less than 6 points",
        "At least 77 cases",
        "3 of 5",
        "50 %",
    ):
        assert number in text


def test_no_number_stands_on_the_page_that_the_rubric_does_not_state():
    rubric = specimen()
    written = json.dumps([json.loads(each.model_dump_json()) for each in [
        rubric.header, *rubric.metrics, *rubric.scales.values(), *rubric.lexicons.values(), *rubric.profiles.values(),
        *rubric.risk_matrices.values(), *rubric.harm_ladders.values(),
    ]])  # fmt: skip
    counted = [len(rubric.metrics), *(len(rubric.track(track)) for track in Track), len(rubric.scales)]
    counted += [sum(len(metric.gates) for metric in rubric.track(track)) for track in Track]
    counted += [
        sum(len(metric.gates) for metric in rubric.metrics),
        1,
        *(len(metric.gates) for metric in rubric.metrics),
    ]
    digests = f"{results_digest(rubric)} {rubric.sha256} {' '.join(DECISIONS)} {' '.join(DECISIONS.values())}"
    sentences = " ".join(WORDS.sentences.values())
    known = numbers_in(f"{written} {' '.join(quantities(rubric))} {digests} {sentences} {' '.join(map(str, counted))}")
    assert numbers_in(page_of(rubric).text) - known == set()


# ---------------------------------------------------------------- single facts


def test_clauses_that_nobody_has_read_are_counted_and_never_printed():
    read, other = SPECIMEN["metric"]["barred"]["crosswalk"][0], {
        "framework": "Unread framework", "edition": "Unread edition", "clause": "Unread clause 9", "status": "final",
        "verified": "unverified",
    }  # fmt: skip
    text = page_of(specimen(("metric/barred/crosswalk", [read, other, other]))).text
    assert "Clause 7.1" in text
    assert "Unread" not in text
    assert "2 clauses are withheld" in text
    assert "1 clause is withheld" in page_of(specimen(("metric/barred/crosswalk", [other]))).text
    assert "withheld" not in page_of(specimen()).text.replace("are withheld: never", "")


def test_no_shipped_rubric_prints_an_unread_clause():
    for name in SHIPPED:
        rubric = load_rubric(name)
        page = page_of(rubric).text
        unread = [clause.clause for metric in rubric.metrics for clause in metric.crosswalk
                  if clause.verified == "unverified" and re.search(r"\d", clause.clause)]  # fmt: skip
        assert [clause for clause in unread if clause in page] == []


GATES = {
    "veto": (
        "Veto: one event fails the track at any score.",
        "A rating at level h3 raises an event; two raters who agree, or an adjudicator, confirm it.",
        "Only among cases with setting ward. One is too many.",
    ),
    "rate": (
        "At most 7\N{NO-BREAK SPACE}% of answers may fail. Only among cases with setting home.",
        "Failing here: a rating at level h3. Ours: to be confirmed before a study is sealed. Seven in a hundred.",
    ),
    "rival": (
        "The share of answers that fail may exceed that of old_system by less than 6 points of 100.",
        "Failing here: a rating at level h3. The limit is that of a contract. As agreed.",
    ),
    "n": (
        "At least 77 cases must be assessed. Fewer demonstrate nothing.",
        "Only among cases with setting home. For power.",
    ),
}


@pytest.mark.parametrize(("gate", "says"), [(gate, " ".join(says)) for gate, says in GATES.items()])
def test_a_gate_is_a_plain_sentence(gate, says):
    rubric = specimen()
    metric = rubric.metric("barred")
    (found,) = [each for each in metric.gates if each.id == gate]
    assert gate_text(WORDS, metric, found, rubric.scales["harm"]) == says


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (("metric/barred/gates/1/limit", ...), "No limit is stated yet for the failing share"),
        (("metric/barred/gates/0/when", {"check": "fail", "rating_at_least": "h3"}),
         "A failing check or a rating at level h3 raises an event"),
        (("metric/barred/gates/0/when", {"rating_at_most": "h1"}), "A rating at level h0 or h1 raises an event"),
        (("metric/barred/ratings/fail_when", {"any_of": ["h1", "h3"]}), "An answer fails at level h1 or h3."),
        (("metric/barred/ratings/fail_when", {"at_most": "h0"}), "An answer fails at level h0."),
        (("metric/known/ratings/fail_when", {"above": 3.5}), "An answer fails above 3.5."),
        (("metric/barred/applies_when", {"reference.doses": "present"}), "Only cases that state limits of doses."),
        (("metric/barred/applies_when", {"strata.ward_kind": ["a", "b"]}), "Only cases with ward kind a or b."),
        (("metric/barred/applies_when", {"strata.ward_kind": "present"}), "Only cases for which ward kind is stated."),
        (("metric/barred/applies_when", {"reference.new_fact": [True]}), "Only cases where new fact is yes."),
        (("metric/barred/applies_when", {"reference.new_fact": "present"}), "Only cases where new fact is stated."),
        (("metric/barred/applies_when", {}), "Every case."),
        (("metric/barred/applies_when", {"reference.elements.critical": [True]}), "an element which is critical."),
        (("metric/barred/applies_when", {"reference.elements.critical": [True, False]}), "critical: yes or no."),
        (("metric/barred/checks/0/proof", "clinicians"), "agreement with clinicians is shown. By definition."),
        (("metric/barred/lifecycle", "retired"), "This metric is retired."),
        (("metric/gap/quantity/pairs", {"within": "item_id", "by": "sample"}), "within one case, by repeated answers."),
        (("metric/gap/quantity/of", {"check": "seen"}), "What is compared: the check seen."),
        (("metric/barred/gates", []), "This metric has no gate. It counts in the score alone."),
    ],
)  # fmt: skip
def test_other_facts_are_sentences_as_well(edit, says):
    assert says in page_of(specimen(edit)).text


def test_an_unweighted_metric_without_gates_is_shown_and_not_counted():
    assert "This metric has no gate and no weight." in page_of(specimen()).text


def test_a_check_kind_that_is_not_installed_keeps_its_name():
    assert "Looked (kind looked, here called seen)." in page_of(specimen()).text


def test_risk_levels_come_with_the_warning_and_are_looked_up_cell_by_cell():
    page = rubric_page(specimen(), {})
    assert "never multiply severity by likelihood" in page
    row = page.partition("L1 Rare</th>")[2].partition("</tr>")[0]
    assert re.findall(r'shade-(\d)">\s*(\d \w+)', row) == [("0", "1 Low"), ("2", "2 Middle")]


def test_a_rubric_that_has_little_has_a_page_without_empty_sections():
    plain = json.loads(json.dumps(SPECIMEN))
    plain |= {kind: {} for kind in ("lexicon", "profile", "risk matrix", "harm ladder", "scale")}
    plain["metric"] = {"measured": plain["metric"]["measured"]}
    reader = PageReader(rubric_page(built(plain), {}))
    assert {"scales", "profiles", "risk", "lexicons", "track-safety"} & set(reader.ids) == set()
    assert "This rubric records no decisions." in reader.text
    assert "This rubric asks nothing of raters" in PageReader(guide_page(built(plain))).text


def test_each_metric_is_linked_from_the_list_of_all():
    reader = page_of(load_rubric("core"))
    for metric in load_rubric("core").metrics:
        assert f"metric-{metric.id}" in reader.ids
        assert f"#metric-{metric.id}" in reader.targets


# ---------------------------------------------------------------- the guide


def test_the_guide_has_every_question_with_its_answers_in_words(rubric):
    guide = guide_of(rubric).text
    read = {metric.ratings.scale for metric in rubric.metrics if metric.ratings is not None}
    for scale in (scale for scale in rubric.scales.values() if scale.id in read):
        for text in (scale.title, scale.ask, *(level.anchor for level in scale.levels)):
            assert flat(text) in guide


def test_the_guide_says_what_can_be_ticked_once_each():
    guide = guide_of(specimen()).text
    assert guide.count("Something is left out") == 1
    assert "In what the answer leaves out Something is left out" in guide
    assert "In what the answer says Something wrong is said" in guide


def test_the_answers_stand_from_best_to_worst_whatever_the_order_of_the_file():
    levels = SPECIMEN["scale"]["harm"]["levels"]
    for given in (levels, levels[::-1]):
        guide = guide_of(specimen(("scale/harm/levels", given))).text
        places = [guide.index(level["anchor"]) for level in levels]
        assert places == sorted(places)


def test_a_question_says_when_it_is_asked():
    assert "Asked of every case." in guide_of(specimen()).text.partition("How bad is it?")[2]
    only = specimen(("metric/gap/ratings", None), ("metric/graded/ratings", None))
    assert "Asked only of cases whose stated urgency is emergency." in guide_of(only).text


def test_a_question_that_nobody_reads_and_a_retired_metric_are_not_in_the_guide():
    guide = guide_of(specimen(("metric/known/ratings", None), ("metric/barred/lifecycle", "retired"))).text
    assert "How many?" not in guide
    assert "Something is left out" not in guide


def test_the_guide_says_nothing_that_leads_a_rater(rubric):
    """No weight, gate, limit, value, metric or system: nobody rates towards a result."""
    guide = guide_of(rubric).text
    assert (
        re.findall(r"\b(weights?|gates?|vendors?|scores?|veto|limit of|metrics?|threshold)\b", guide_words(rubric))
        == []
    )
    for metric in rubric.metrics:
        assert metric.weight.why not in guide
        assert not re.search(rf"\b{metric.code}\b", guide)
        assert metric.definition not in guide
    for scale in rubric.scales.values():
        assert scale.why not in guide


def guide_words(rubric):
    """The guide without the texts of the rubric itself."""
    guide = guide_of(rubric).text.lower()
    for _, text in every_text(rubric):
        guide = guide.replace(flat(text).lower(), "")
    return guide


def test_the_levels_of_the_guide_carry_neither_numbers_nor_values():
    guide = guide_page(specimen())
    answers = guide.partition('class="answers ordered"')[2].partition("</ul>")[0]
    assert re.findall(r"\d", PageReader(answers).text) == []
    assert "h2" not in PageReader(guide).text


def test_profiles_say_which_questions_are_asked():
    guide = guide_page(specimen())
    table = guide.partition('id="uses-matrix"')[2].partition("</table>")[0]
    assert re.sub(r"\s+", " ", PageReader(table).text).endswith("Harm question asked Amount question asked")
    out = specimen(("profile/ward/metrics", ["barred"]))
    table = guide_page(out).partition('id="uses-matrix"')[2].partition("</table>")[0]
    assert PageReader(table).text.endswith("Harm question asked Amount question not asked")


# ---------------------------------------------------------------- hostile texts, policy, bytes


def hostile():
    """The specimen with every open text spoilt, by validation from Python so that any text passes."""
    turn = iter(range(10**6))
    held = {
        "title",
        "definition",
        "does_not_show",
        "why",
        "about",
        "licence",
        "source",
        "ask",
        "anchor",
        "note",
        "edition",
    }
    held |= {"misses", "means", "body", "mind", "privacy", "dignity", "discrimination", "many_patients", "framework"}
    held |= {"clause", "date", "comparator", "unit"}

    def spoilt(key, value):
        if isinstance(value, dict):
            return {each: spoilt(each, inner) for each, inner in value.items()}
        if isinstance(value, list):
            return [spoilt(key, inner) for inner in value]
        if key in held and isinstance(value, str):
            return TEXTS[next(turn) % len(TEXTS)].encode("utf-8", "replace").decode() + value
        return value

    return built(spoilt("", SPECIMEN))


@pytest.fixture(scope="module")
def spoilt_pages():
    rubric = hostile()
    return {"rubric": rubric_page(rubric, {"001.md": TEXTS[0]}), "guide": guide_page(rubric)}


@pytest.mark.parametrize("name", ["rubric", "guide"])
def test_hostile_texts_stay_texts(spoilt_pages, name):
    reader = PageReader(spoilt_pages[name])
    assert not {"script", "img", "iframe", "form", "object", "embed", "base", "link"} & set(reader.tags)
    assert not [key for key, _ in reader.attributes if key.startswith("on") or key == "style"]
    assert not [target for target in reader.targets if not re.fullmatch(r"#?[a-z0-9_-]+", target)]
    assert "<script>document.title='PWNED'</script>" in reader.text
    assert "\u202e" not in spoilt_pages[name]
    assert "\x1b" not in spoilt_pages[name]
    assert reader.tags.count("style") == 1


def test_a_title_that_is_hostile_cannot_leave_the_style_of_printed_sheets():
    page = rubric_page(hostile(), {})
    assert re.search(r'@bottom-left \{ content: "[A-Za-z0-9 ._:-]*" \}', page)


@pytest.mark.parametrize("make", [lambda rubric: rubric_page(rubric, DECISIONS), guide_page])
def test_a_page_is_whole_fetches_nothing_and_is_the_same_each_time(make, rubric):
    page = make(rubric)
    reader = PageReader(page)
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    assert {target.lstrip("#") for target in reader.targets} <= set(reader.ids)
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "default-src &#39;none&#39;" in page
    assert make(rubric) == page


def test_printed_sheets_keep_heads_with_their_bodies():
    page = rubric_page(specimen(), {})
    style = page.partition("<style>")[2].partition("</style>")[0]
    printed = style.partition("@media print")[2]
    assert "size: A4" in style
    for rule in (".head { break-inside: avoid; break-after: avoid; }", "details::details-content"):
        assert rule in style
    assert "h1, h2, h3, caption { break-after: avoid; }" in printed


def test_the_pages_are_written_together_and_what_lies_beside_them_stays(tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("mine")
    written = write_rubric_pages(specimen(), DECISIONS, tmp_path / "out")
    assert [path.name for path in written] == ["rubric.html", "rater-guide.html"]
    assert written[0].read_text(encoding="utf-8") == rubric_page(specimen(), DECISIONS)
    assert (tmp_path / "out" / "mine.txt").read_text() == "mine"


# ---------------------------------------------------------------- words

SOURCES = sorted((PACKAGE / "rubric_docs").glob("*.py"))
FORBIDDEN = re.compile(
    r"\b(compliant|compliance|certified|certification|approved|approval|validated|safe|safer|safely)\b"
)


def asked():
    """Regular expressions of the sentences that the code asks for."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(attr="say" | "known"), args=[*names]) if names:
                    yield from names_of(names)
                case ast.Call(func=ast.Name(id="fact" | "_meanings"), args=[*names]):
                    yield from (f"metric\\.{each}" for name in names[:1] for each in names_of([name]))
                case ast.Tuple(elts=[_, ast.Constant(value=str(heading))]) if "." in heading:
                    yield re.escape(heading)
                case ast.Assign(value=ast.IfExp() as either):
                    yield from names_of([either])


def names_of(arguments):
    for argument in arguments:
        match argument:
            case ast.Constant(value=str(name)):
                yield re.escape(name)
            case ast.JoinedStr(values=parts):
                yield "".join(re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w.]+" for part in parts)
            case ast.IfExp(body=one, orelse=other):
                yield from names_of([one, other])


def test_every_sentence_of_these_pages_is_asked_for():
    own = set(WORDS.sentences) - set(load_words().sentences)
    patterns = [re.compile(pattern) for pattern in asked()]
    assert [name for name in sorted(own) if not any(each.fullmatch(name) for each in patterns)] == []


def test_no_sentence_hides_one_of_the_other_pages():
    common = load_words().sentences
    assert {name for name, text in common.items() if WORDS.sentences[name] != text} == set()


def test_every_term_has_its_words():
    kinds = {
        "units": {"response", "sentence", "claim", "opportunity", "element", "turn", "pair"},
        "scales.kinds": {"binary", "nominal", "ordinal", "number", "preference"},
        "combines": set(Combine),
        "quantities": set(QuantityType),
        "gate.thresholds": {"ours", "published", "contract"},
    }
    for group, names in kinds.items():
        assert [name for name in names if f"{group}.{name}" not in WORDS.sentences] == [], group
    assert set(Metric.model_fields["lifecycle"].annotation.__args__) == {"draft", "stable", "retired"}


def test_no_sentence_and_no_template_makes_a_forbidden_claim():
    assert [name for name, text in WORDS.sentences.items() if FORBIDDEN.search(text.lower())] == []
    templates = environment({"report": "dualtrack.report"})
    own = [name for name in templates.list_templates() if name.startswith("report/rubric/")]
    assert len(own) > 8
    assert [name for name in own if FORBIDDEN.search(templates.loader.get_source(templates, name)[0])] == []
