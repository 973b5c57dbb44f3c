"""Every refusal and every warning: one broken file per code, with the line and key that the message must name."""

import os
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml

import dualtrack.rubric
from dualtrack.errors import RubricError
from dualtrack.rubric import find_definition, load_rubric
from dualtrack.rubric.lint import lint
from dualtrack.rubric.yaml_source import MAX_BYTES
from dualtrack.stats.ordered import Aggregated

BAD = Path(__file__).parents[2] / "data" / "bad" / "rubric"
SOURCES = Path(dualtrack.rubric.__file__).parent

BARRED = "metrics/safety/barred.yaml"
CALIBRATION = "metrics/effectiveness/calibration.yaml"
HARM = "scales/harm_extent.yaml"
KNOWLEDGE = "metrics/effectiveness/knowledge.yaml"
MARKED = "metrics/effectiveness/marked.yaml"
REASONING = "metrics/effectiveness/reasoning.yaml"

# code: where the broken file goes, then line and key of the problem (in that file)
REFUSED = {
    "RUB006": (KNOWLEDGE, 7, None),
    "RUB007": (KNOWLEDGE, 5, None),
    "RUB008": (KNOWLEDGE, 5, None),
    "RUB009": (KNOWLEDGE, 13, None),
    "RUB010": (KNOWLEDGE, 5, "title"),
    "RUB011": (KNOWLEDGE, 5, "title"),
    "RUB012": (KNOWLEDGE, 13, "weight"),
    "RUB013": (KNOWLEDGE, 12, None),
    "RUB014": (KNOWLEDGE, 10, "applies_when.language" + "[0]" * 14),
    "RUB015": (KNOWLEDGE, 10, "applies_when.language[0]"),
    "RUB016": (KNOWLEDGE, 5, "title"),
    "RUB017": (KNOWLEDGE, 12, None),
    "RUB018": (KNOWLEDGE, 5, "title"),
    "RUB020": (BARRED, 23, "gates[1].limt"),
    "RUB021": (BARRED, 1, "does_not_show"),
    "RUB022": (HARM, 9, "levels[1].id"),
    "RUB023": (BARRED, 4, "track"),
    "RUB024": (BARRED, 20, "weight.value"),
    "RUB025": (KNOWLEDGE, 11, "checks[0]"),
    "RUB030": (KNOWLEDGE, 2, "id"),
    "RUB031": (KNOWLEDGE, 4, "track"),
    "RUB032": ("rubric.yaml", 8, "include[0]"),
    "RUB034": (KNOWLEDGE, 3, "code"),
    "RUB040": (REASONING, 10, "ratings.scale"),
    "RUB041": (BARRED, 17, "ratings.fail_when.at_least"),
    "RUB042": (BARRED, 10, "applies_when.tag"),
    "RUB043": (BARRED, 10, "applies_when.response.text"),
    "RUB044": (CALIBRATION, 14, "derives_from.correct"),
    "RUB045": (CALIBRATION, 14, "derives_from.correct"),
    "RUB046": (KNOWLEDGE, 12, "derives_from.correct"),
    "RUB047": (REASONING, 11, "combine"),
    "RUB048": (BARRED, 17, "ratings.fail_when"),
    "RUB049": (KNOWLEDGE, 9, "quantity.type"),
    "RUB050": (REASONING, 9, "quantity.per"),
    "RUB051": (KNOWLEDGE, 10, "gates[0]"),
    "RUB052": (MARKED, 10, "ratings.fail_when.at_most"),
    "RUB053": (REASONING, 14, "gates[0]"),
    "RUB054": (KNOWLEDGE, 13, "gates[0].when.rating_at_least"),
    "RUB055": (BARRED, 24, "gates[2]"),
    "RUB056": (MARKED, 10, "ratings.scale"),
    "RUB057": (KNOWLEDGE, 15, "examples[0].evidence"),
    "RUB058": (BARRED, 17, "ratings.attributed"),
    "RUB059": (BARRED, 14, "checks[0].lexicons[0]"),
    "RUB060": (BARRED, 16, "checks[0].raises.forbidden_advised"),
    "RUB061": ("profiles/chat.yaml", 9, "out[2]"),
    "RUB062": ("rehearsal.yaml", 8, "behaviours.refusing.judged"),
    "RUB063": (REASONING, 15, "gates[0]"),
}
# Two files hold the other end of the fault, so a second message is right.
ECHOES = {"RUB010": {"RUB010"}, "RUB031": {"RUB045"}, "RUB046": {"RUB046"}, "RUB061": {"RUB061"}, "RUB118": {"RUB041"}}

WARNED = {
    "RUB101": (BARRED, 24, "gates[2].n"),
    "RUB102": (BARRED, 20, "weight.why"),
    "RUB103": (HARM, 7, "levels"),
    "RUB104": (BARRED, 17, "ratings.fail_when"),
    "RUB106": (KNOWLEDGE, 12, "gates[0]"),
    "RUB107": (BARRED, 28, "crosswalk[0].verified"),
    "RUB108": (BARRED, 28, "crosswalk[0].edition"),
    "RUB109": ("scales/spare.yaml", 2, "id"),
    "RUB110": (BARRED, 23, "gates[1].limit"),
    "RUB111": (BARRED, 19, "missing.rule"),
    "RUB113": (BARRED, 10, "applies_when.reference.urgencie"),
    "RUB114": (REASONING, 11, "checks"),
    "RUB115": (BARRED, 29, "examples"),
    "RUB116": (REASONING, 10, "ratings.aggregate"),
    "RUB117": (HARM, 10, "levels[2].anchor"),
    "RUB123": (BARRED, 23, "gates[1].stratum"),
}


def refusals(library, name="mini"):
    with pytest.raises(RubricError) as caught:
        load_rubric(name, root=library)
    return caught.value.problems


def place(problem):
    return problem.place.file, problem.place.line, problem.place.column


@pytest.mark.parametrize("code", REFUSED)
def test_a_broken_file_is_refused_with_its_code_line_and_key(library, code):
    file, line, column = REFUSED[code]
    (library / "mini" / file).parent.mkdir(exist_ok=True)
    shutil.copy(BAD / f"{code}.yaml", library / "mini" / file)
    found = refusals(library)
    assert (f"mini/{file}", line, column) in [place(each) for each in found if each.code == code]
    assert {each.code for each in found if place(each) != (f"mini/{file}", line, column)} <= ECHOES.get(code, set())


@pytest.mark.parametrize("code", WARNED)
def test_a_doubtful_file_loads_and_is_warned_about(library, mini, code):
    file, line, column = WARNED[code]
    shutil.copy(BAD / f"{code}.yaml", library / "mini" / file)
    usual = {place(each) for each in lint(mini)}
    new = [each for each in lint(load_rubric("mini", root=library)) if place(each) not in usual]
    assert [(each.code, *place(each)) for each in new if each.code == code] == [(code, f"mini/{file}", line, column)]


def test_a_number_scale_turned_round_is_warned_about_at_the_metric_that_reads_it(library):
    shutil.copy(BAD / "RUB112.yaml", library / "mini" / "scales" / "grade.yaml")
    found = [place(each) for each in lint(load_rubric("mini", root=library)) if each.code == "RUB112"]
    assert found == [(f"mini/{MARKED}", 10, "ratings.fail_when.below")]


def test_a_scale_without_a_way_out_is_warned_about(library, mini):
    shutil.copy(BAD / "RUB118.yaml", library / "mini" / "scales" / "spare.yaml")
    found = [place(each) for each in lint(load_rubric("mini", root=library)) if each.code == "RUB118"]
    assert ("mini/scales/spare.yaml", 7, "levels") in found
    assert ("mini/scales/spare.yaml", 7, "levels") not in [place(each) for each in lint(mini)]


def test_a_profile_may_ask_seven_questions_and_no_eighth(library, mini):
    """Eight scales, each read by one metric of the profile."""
    (library / "mini" / "profiles").mkdir()
    profile = library / "mini" / "profiles" / "chat.yaml"
    plain = (BAD / "RUB119.yaml").read_text(encoding="utf-8")
    names = [metric.id for metric in mini.metrics]
    for number in range(8):
        for folder, file, base in (("scales", f"q{number}", HARM), ("metrics/safety", f"m{number}", BARRED)):
            text = (library / "mini" / base).read_text(encoding="utf-8")
            text = text.replace("id: harm_extent", f"id: q{number}").replace("scale: harm_extent", f"scale: q{number}")
            text = text.replace("id: barred\ncode: S02", f"id: m{number}\ncode: S9{number}")
            (library / "mini" / folder / f"{file}.yaml").write_text(text, encoding="utf-8")
        names.append(f"m{number}")
        chosen = [name for name in names if name.startswith("m") and name != "marked"]
        out = "".join(f"  - {{metric: {name}, why: Not now.}}\n" for name in names if name not in chosen)
        profile.write_text(plain.format(metrics=", ".join(chosen), out=out), encoding="utf-8")
        found = [each for each in lint(load_rubric("mini", root=library)) if each.code == "RUB119"]
        assert [place(each) for each in found] == [("mini/profiles/chat.yaml", 5, "metrics")] * (number == 7)


def test_a_failure_mode_that_two_metrics_share_is_warned_about(library, change):
    change(f"mini/{BARRED}", 'fail_when: {at_least: "3"}', 'fail_when: {at_least: "3"}, attributed: true')
    text = (library / "mini" / BARRED).read_text(encoding="utf-8")
    other = library / "mini" / "metrics" / "safety" / "barred_too.yaml"
    other.write_text(text.replace("id: barred\ncode: S02", "id: barred_too\ncode: S03"), encoding="utf-8")
    found = [each for each in lint(load_rubric("mini", root=library)) if each.code == "RUB120"]
    assert [(each.place.column, each.found) for each in found] == [
        ("failure_modes[0].id", "also barred"),
        ("failure_modes[1].id", "also barred"),
    ]


def test_a_term_is_words_and_no_pattern(library, change):
    change("mini/lexicons/drug_classes.yaml", "[ibuprofen, naproxen]", '["(a+)+b", naproxen]')
    (problem,) = refusals(library)
    assert (problem.code, problem.place.column) == ("RUB024", "entries[0].terms[0]")
    assert "plain words and no pattern" in problem.expected


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("L2: [1, 2]", "L2: [1, 3]", "one stated level"),
        ("L2: [1, 2]", "L2: [1]", "one stated level"),
        ("cells: {L1: [1, 1], L2: [1, 2]}", "cells: {L1: [1, 2], L2: [1, 1]}", "the risk falls"),
        ("cells: {L1: [1, 1], L2", "cells: {L3: [1, 1], L2", "one row for each likelihood"),
        ("H2: [S1, S2]", "H2: [S3]", "no severity"),
    ],
)
def test_a_matrix_is_complete_and_its_risk_never_falls(library, change, old, new, why):
    change("mini/risk/two_by_two.yaml", old, new)
    (problem,) = refusals(library)
    assert problem.code == "RUB025"
    assert why in problem.what


def test_a_way_of_joining_that_punishes_a_better_rating_is_found_by_search(mini, monkeypatch):
    def most_frequent(values, cells, owed, _rule, **_options):
        """The most frequent rating, of equally frequent ones the lower: 0, 1, 1 has 1, and 0, 1, 2 has 0."""
        sets = [sorted(np.asarray(values)[cells == cell]) for cell in range(len(owed))]
        joined = [max(dict.fromkeys(each), key=lambda value: (each.count(value), -value)) for each in sets]
        return Aggregated(*[np.asarray(joined)] * 3, n=np.asarray(owed))

    monkeypatch.setattr("dualtrack.rubric.rising.aggregate", most_frequent)
    found = [each for each in lint(mini) if each.code == "RUB105"]
    assert {each.place.column for each in found} == {"ratings.aggregate"}
    assert len(found) == sum(
        metric.ratings is not None and metric.ratings.scale != "clarity" for metric in mini.metrics
    )
    assert found[0].found == "0, 0.25, 0.25 gives 0.25, 0, 0.5, 0.25 gives 0"


def test_an_id_in_both_tracks_is_refused(library):
    shutil.copy(BAD / "RUB033.yaml", library / "mini" / "metrics" / "safety" / "reasoning.yaml")
    (problem,) = refusals(library)
    assert (problem.code, *place(problem)) == ("RUB033", f"mini/{REASONING}", 2, "id")
    assert problem.found == "also mini/metrics/safety/reasoning.yaml"


# ---------------------------------------------------------------- faults of the folder


def test_an_unknown_rubric_is_refused_with_the_nearest_name(library):
    (problem,) = refusals(library, "minni")
    assert str(problem) == ("RUB001 there is no rubric 'minni'; expected mini, other; fix: did you mean 'mini'?")
    (problem,) = refusals(library, library / "nowhere" / "deep")
    assert (problem.code, problem.what) == ("RUB001", "there is no rubric 'deep'")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("notes.txt", "README.md"),
        ("barred.yaml", "rubric.yaml"),
        ("metrics/barred.yaml", "safety, effectiveness"),
        ("metrics/safety/barred.yml", "ID.yaml"),
        ("metrics/other/barred.yaml", "safety, effectiveness"),
        ("scales/deep/harm.yaml", "ID.yaml"),
        ("metric/safety/barred.yaml", "metrics"),
        (".hidden.yaml", "rubric.yaml"),
    ],
)
def test_a_file_that_nothing_would_read_is_refused(library, name, expected):
    path = library / "mini" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x", encoding="utf-8")
    (problem,) = refusals(library)
    assert problem.code == "RUB002"
    assert f"mini/{name}".startswith(problem.place.file)
    assert expected in problem.expected


def test_known_companions_and_what_desktops_leave_are_let_be(library, mini):
    for name in ("README.md", "CHANGELOG.md", ".DS_Store", "crosswalk/map.yaml", "decisions/001-why.md"):
        path = library / "mini" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("{[", encoding="utf-8")
    assert load_rubric("mini", root=library) == mini


def test_a_rubric_without_header_says_so_and_its_other_problems(library, change):
    (library / "mini" / "rubric.yaml").unlink()
    change(f"mini/{KNOWLEDGE}", "code: E06", "code: 6")
    found = refusals(library, library / "mini")
    assert [(each.code, *place(each)) for each in found] == [
        ("RUB022", f"mini/{KNOWLEDGE}", 3, "code"),
        ("RUB003", "mini/rubric.yaml", None, None),
    ]


@pytest.mark.parametrize("target", ["file", "folder"])
def test_a_link_that_leads_outside_is_refused(library, tmp_path, target):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.yaml").write_text("secret: 1\n", encoding="utf-8")
    link = library / "mini" / ("scales/secret.yaml" if target == "file" else "lexicons")
    try:
        link.symlink_to(outside / "secret.yaml" if target == "file" else outside)
    except OSError:
        pytest.skip("no links here")
    (problem,) = refusals(library)
    assert (problem.code, problem.place.file) == ("RUB004", f"mini/{link.relative_to(library / 'mini').as_posix()}")


def test_a_folder_of_metrics_that_leads_outside_is_not_even_listed(library):
    try:
        shutil.move(library / "mini" / "metrics", library.parent / "moved")
        (library / "mini" / "metrics").symlink_to(library.parent / "moved")
    except OSError:
        pytest.skip("no links here")
    assert {(each.code, each.place.file) for each in refusals(library)} == {("RUB004", "mini/metrics")}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_no_file_and_does_not_hang(library):
    os.mkfifo(library / "mini" / "scales" / "pipe.yaml")
    (problem,) = refusals(library)
    assert (problem.code, problem.place.file) == ("RUB003", "mini/scales/pipe.yaml")


def test_a_file_or_a_rubric_that_is_too_large_is_refused(library, monkeypatch):
    (library / "mini" / "scales" / "long.yaml").write_bytes(b"#" * (MAX_BYTES + 1))
    (problem,) = refusals(library)
    assert (problem.code, problem.place.file) == ("RUB005", "mini/scales/long.yaml")
    (library / "mini" / "scales" / "long.yaml").unlink()
    monkeypatch.setattr("dualtrack.rubric.folder._MAX_FILES", 3)
    assert "RUB005" in {problem.code for problem in refusals(library)}


@pytest.mark.parametrize(
    ("included", "fix"),
    [
        ("mini/barred", ""),
        ("othr/borrowed", "did you mean 'other'?"),
        ("other/clarity", ""),
        ("schema/borrowed", ""),
    ],
)
def test_only_metrics_of_other_rubrics_are_included(library, change, included, fix):
    (library / "schema" / "metrics" / "safety").mkdir(parents=True)
    change("mini/rubric.yaml", "other/borrowed", included)
    (problem,) = refusals(library)
    assert (problem.code, problem.place.line, problem.fix) == ("RUB032", 8, fix)


@pytest.mark.parametrize("included", ["../other/borrowed", "other/../x", "/etc/passwd", "other/metrics/borrowed"])
def test_an_include_is_a_name_and_never_a_path(library, change, included):
    change("mini/rubric.yaml", "other/borrowed", included)
    (problem,) = refusals(library)
    assert (problem.code, problem.place.column) == ("RUB024", "include[0]")


def test_two_included_metrics_may_share_their_scale(library, change):
    shutil.copy(
        library / "other/metrics/effectiveness/borrowed.yaml", library / "other/metrics/effectiveness/lent.yaml"
    )
    change("other/metrics/effectiveness/lent.yaml", "id: borrowed\ncode: O01", "id: lent\ncode: O03")
    change("mini/rubric.yaml", "[other/borrowed]", "[other/borrowed, other/lent]")
    rubric = load_rubric("mini", root=library)
    assert rubric.metric("lent").ratings.scale == rubric.metric("borrowed").ratings.scale == "clarity"


def test_a_broken_metric_that_is_included_names_its_own_file(library, change):
    change("other/metrics/effectiveness/borrowed.yaml", "lifecycle: retired", "lifecycle: gone")
    (problem,) = refusals(library)
    assert (problem.code, problem.place.file) == ("RUB023", "other/metrics/effectiveness/borrowed.yaml")


def test_an_included_metric_must_not_clash_with_an_own_one(library, change):
    shutil.copy(library / "other/scales/clarity.yaml", library / "mini/scales/clarity.yaml")
    assert [(each.code, each.place.file) for each in refusals(library)] == [("RUB033", "other/scales/clarity.yaml")]
    (library / "mini/scales/clarity.yaml").unlink()
    change("other/metrics/effectiveness/borrowed.yaml", "code: O01", "code: E09")
    assert [(each.code, each.found) for each in refusals(library)] == [("RUB034", "also borrowed")]


def test_a_name_that_nothing_or_too_much_has_is_refused(library):
    with pytest.raises(
        RubricError, match="RUB035 nothing in a rubric is called 'baredd'; fix: did you mean 'barred'"
    ):
        find_definition("baredd", root=library)
    shutil.copy(library / "other/scales/clarity.yaml", library / "mini/scales/clarity.yaml")
    with pytest.raises(RubricError, match=r"RUB036 .* expected mini/clarity, other/clarity; fix: put the rubric"):
        find_definition("clarity", root=library)


# ---------------------------------------------------------------- faults between files


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "column"),
    [
        (REASONING, 'level: "1"', "level: cannot_judge", "RUB041", "quantity.also[0].level"),
        (REASONING, 'fails: {at_least: "3"}', 'fails: {at_most: "7"}', "RUB041", "gates[0].fails.at_most"),
        (REASONING, 'any_of: ["4"]', 'any_of: ["4", "5"]', "RUB041", "gates[1].fails.any_of[1]"),
        (BARRED, 'rating_at_least: "3"', 'rating_at_most: "9"', "RUB041", "gates[0].when.rating_at_most"),
        (BARRED, '["3", "3"]', '["3", "x"]', "RUB041", "examples[0].evidence.ratings[0][1]"),
        (BARRED, "tags: present", "reference: present", "RUB042", "applies_when.reference"),
        (BARRED, "tags: present", "strata: [a]", "RUB042", "applies_when.strata"),
        (BARRED, "tags: present", "status: [answered]", "RUB043", "applies_when.status"),
        (BARRED, "tags: present", "ratings.harm_extent: [a]", "RUB043", "applies_when.ratings.harm_extent"),
        (BARRED, "tags: present", "system_id: [gpt4]", "RUB043", "applies_when.system_id"),
        (CALIBRATION, "correct: knowledge", "correct: calibration", "RUB046", "derives_from.correct"),
        (CALIBRATION, "derives_from: {correct: knowledge}\n", "", "RUB047", "quantity"),
        (KNOWLEDGE, "combine: check_only", "combine: clinician_only", "RUB047", "combine"),
        (KNOWLEDGE, "combine: check_only", "combine: worst_of", "RUB047", "combine"),
        (REASONING, "combine: clinician_only", "combine: check_only", "RUB047", "combine"),
        (MARKED, ", fail_when: {below: 50}", "", "RUB048", "ratings.fail_when"),
        (MARKED, "{below: 50}", "{below: 50}, blinded_pairs: true", None, None),
        (REASONING, "per: response", "per: pair", "RUB050", "quantity.per"),
        (REASONING, 'fails: {at_least: "3"}', "fails: {below: 3}", "RUB052", "gates[0].fails.below"),
        (MARKED, "{show: mean_raw, unit: points}", '{show: share_at_least, level: "50"}', "RUB052",
         "quantity.also[0].level"),
        (KNOWLEDGE, "show: success_rate}", "show: success_rate, also: [{show: distribution}]}", "RUB054",
         "quantity.also[0]"),
        (REASONING, 'not_worse_than, limit: 0.1, comparator: physician, fails: {any_of: ["4"]}, threshold: contract',
         "veto, when: {check: fail}, confirm: two_raters_or_adjudicator", "RUB054", "gates[1].when.check"),
        (REASONING, 'kind: success_at_least, limit: 0.8, fails: {at_least: "3"}', "kind: difference_within, limit: 0.8",
         "RUB055", "gates[0]"),
        (CALIBRATION, "missing: {rule: report, why: Not every product states a confidence.}",
         "gates: [{id: rate, kind: failure_at_most, limit: 0.1}]", None, None),
        (BARRED, 'ratings: [["3", "3"], ["0", "cannot_judge"]]', 'ratings: [["3"]]', "RUB057",
         "examples[0].evidence"),
        ("metrics/safety/gap.yaml", "of: {check: tier}", "of: {check: tear}", "RUB047", "quantity.of"),
        ("metrics/safety/gap.yaml", "of: {check: tier}", "of: {}", "RUB047", "quantity.of"),
        ("metrics/safety/gap.yaml", "of: {check: tier}", "of: {check: tier, ratings: true}", "RUB047", "quantity.of"),
        ("metrics/safety/gap.yaml", "of: {check: tier}", "of: {ratings: true}", None, None),
        (REASONING, "- {evidence: {ratings", "- {evidence: {checks: [pass], ratings", "RUB057", "examples[0].evidence"),
    ],
)  # fmt: skip
def test_parts_that_do_not_fit_together_are_refused(library, change, file, old, new, code, column):
    change(f"mini/{file}", old, new)
    if code is None:
        assert load_rubric("mini", root=library).metrics
    else:
        (problem,) = refusals(library)
        assert (problem.code, problem.place.file, problem.place.column) == (code, f"mini/{file}", column)


def test_a_scale_without_order_takes_no_rule_that_needs_one(library, change):
    change(f"mini/{REASONING}", "scale: harm_extent", "scale: topic")
    found = {(each.code, each.place.column) for each in refusals(library) if each.code == "RUB052"}
    assert found == {("RUB052", "gates[0].fails.at_least"), ("RUB052", "quantity.also[0].level")}


def test_a_calibration_gate_says_from_which_confidence_an_error_counts(library, change):
    change(f"mini/{CALIBRATION}", "missing: {rule: report, why: Not every product states a confidence.}", "gates: []")
    change(f"mini/{CALIBRATION}", "gates: []", "gates: [{id: rate, kind: failure_at_most, limit: 0.1}]")
    change(f"mini/{CALIBRATION}", ", {show: overconfident_wrong, above: 0.9}", "")
    (problem,) = refusals(library)
    assert (problem.code, problem.place.column) == ("RUB053", "gates[0]")


def test_a_longer_circle_is_found_at_each_of_its_metrics(library, change):
    for number, (name, leads_to) in enumerate([("one", "two"), ("two", "three"), ("three", "one")]):
        path = f"mini/metrics/effectiveness/{name}.yaml"
        shutil.copy(library / "mini" / CALIBRATION, library / path)
        change(path, "id: calibration", f"id: {name}")
        change(path, "code: E10", f"code: X1{number}")
        change(path, "correct: knowledge", f"correct: {leads_to}")
    assert [(each.code, each.found) for each in refusals(library)] == [
        ("RUB046", "two"), ("RUB046", "one"), ("RUB046", "three"),
    ]  # fmt: skip


def test_a_broken_scale_or_metric_is_not_called_unknown_as_well(library, change):
    change(f"mini/{HARM}", "kind: ordinal", "kind: ordinary")
    change(f"mini/{KNOWLEDGE}", "lifecycle: draft", "lifecycle: daft")
    assert [(each.code, each.place.file) for each in refusals(library)] == [
        ("RUB023", f"mini/{KNOWLEDGE}"), ("RUB023", f"mini/{HARM}"),
    ]  # fmt: skip


def test_all_problems_of_all_files_come_in_one_error_by_file_and_line(library):
    for code in ("RUB015", "RUB022", "RUB020", "RUB040"):
        shutil.copy(BAD / f"{code}.yaml", library / "mini" / REFUSED[code][0])
    found = refusals(library)
    assert [each.code for each in found] == ["RUB015", "RUB040", "RUB020", "RUB022"]
    assert [place(each) for each in found] == sorted(place(each) for each in found)


@pytest.mark.parametrize("code", [*REFUSED, *WARNED])
def test_no_message_names_a_place_of_this_machine(library, code):
    target = library / "mini" / (REFUSED | WARNED)[code][0]
    target.parent.mkdir(exist_ok=True)
    shutil.copy(BAD / f"{code}.yaml", target)
    try:
        text = "\n".join(map(str, lint(load_rubric("mini", root=library))))
    except RubricError as error:
        text = str(error)
    assert str(library.parent) not in text
    assert "\n\n" not in text


# ---------------------------------------------------------------- the codes themselves


def test_every_code_has_an_explanation_and_every_explanation_a_code():
    paths = [*SOURCES.glob("*.py"), SOURCES.parent / "checks" / "fit.py"]  # which knows the kinds
    used = {code for path in paths for code in re.findall(r"RUB\d{3}", path.read_text(encoding="utf-8"))}
    messages = yaml.safe_load((SOURCES.parent / "messages" / "RUB.yaml").read_text(encoding="utf-8"))
    assert used == set(messages)
    assert {frozenset(entry) for entry in messages.values()} == {frozenset({"title", "why", "fix"})}
    assert all(isinstance(text, str) and text.strip() for entry in messages.values() for text in entry.values())


def test_every_code_is_reached_by_a_test():
    messages = yaml.safe_load((SOURCES.parent / "messages" / "RUB.yaml").read_text(encoding="utf-8"))
    tests = (Path(__file__), Path(__file__).parents[1] / "checks" / "test_fit.py")
    here = "".join(path.read_text(encoding="utf-8") for path in tests)
    assert [code for code in messages if f'"{code}' not in here and f" {code} " not in here] == []
    tabled = {*REFUSED, *WARNED, "RUB033", "RUB112", "RUB118", "RUB119"}
    assert {path.stem for path in BAD.glob("*.yaml")} == tabled
