"""Calibration: what is agreed beforehand stays hidden, fixed and apart; the first answer counts; the record is kept."""

import csv
import json
import shutil
import zipfile
from datetime import UTC, datetime

import pytest
import yaml

from dualtrack.errors import PanelError
from dualtrack.panel.codes import is_calibration
from dualtrack.panel.pack import sealed_digest
from dualtrack.panel.return_files import read_packs
from dualtrack.panel_calibration_verb import panel_calibrate, panel_calibration_pack
from dualtrack.panel_pack_verb import panel_pack
from dualtrack.panel_readiness import readiness_lines
from dualtrack.panel_return_verb import panel_import, panel_status
from dualtrack.panel_verbs import panel_plan
from tests.unit.panel import handed_in
from tests.unit.panel.calibrations import (
    AGREED,
    RULES,
    case,
    cases,
    change_panel,
    hand_in,
    right,
    write_calibrated,
    write_cases,
)
from tests.unit.panel.studies import rows_of, write_rows

NOON = datetime(2026, 1, 11, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A study, and the same with the packs of the first attempt made."""
    home = tmp_path_factory.mktemp("calibration")
    write_calibrated(home / "plain" / "study", sets=2)
    shutil.copytree(home / "plain", home / "packed")
    calibration(home / "packed" / "study")
    return home


@pytest.fixture(scope="module")
def rated(prepared, tmp_path_factory):
    """All are ready; packs and returns of calibration and of the study lie side by side."""
    home = tmp_path_factory.mktemp("rated") / "home"
    shutil.copytree(prepared / "packed", home)
    ready_for_study(home / "study", read_packs(home / "agreed1"))
    for made in panel_pack(home / "study", home / "packs", home / "key").made:
        hand_in(home / "rated", made.pack, handed_in.given(made.pack))
    return home


@pytest.fixture
def study(prepared, tmp_path):
    """A study with two sets of cases; no pack was made."""
    shutil.copytree(prepared / "plain", tmp_path, dirs_exist_ok=True)
    return tmp_path / "study"


@pytest.fixture
def packed(prepared, tmp_path):
    """The same with the packs of the first attempt."""
    shutil.copytree(prepared / "packed", tmp_path, dirs_exist_ok=True)
    return tmp_path / "study", read_packs(tmp_path / "agreed1")


@pytest.fixture
def both(rated, tmp_path):
    """Packs and returns of calibration and of the study."""
    shutil.copytree(rated, tmp_path, dirs_exist_ok=True)
    return tmp_path / "study", read_packs(tmp_path / "agreed1"), read_packs(tmp_path / "packs")


def calibration(study, attempt=1, **how):
    """Make the packs of an attempt."""
    beside = study.parent
    return panel_calibration_pack(
        study, beside / f"cal{attempt}", beside / f"agreed{attempt}", attempt=attempt, **how
    ).packs


def take_in(study, *, attempt=1, returns="back", clock=NOON):
    return panel_calibrate(study, [study.parent / returns], packs=study.parent / f"agreed{attempt}", clock=clock)


def read(study, name="training.csv"):
    with (study / "training" / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def refused(act):
    with pytest.raises(PanelError) as caught:
        act()
    return caught.value.problems


def everything_else(study):
    return {path.name: path.read_bytes() for path in sorted(study.iterdir()) if path.is_file()}


# ------------------------------------------------------------------ packs


def test_every_member_gets_the_same_cases_and_nothing_but_the_form_holds_the_levels(packed, tmp_path):
    _, packs = packed
    assert [pack.rater_id for pack in packs] == ["r00", "r01", "r02"]
    for pack in packs:
        assert (pack.purpose, pack.cover.synthetic, pack.cover.deadline) == ("calibration", True, None)
        assert is_calibration(pack.pack_id)
        assert all(is_calibration(task.code) for task in pack.tasks)
        assert sealed_digest(pack.model_dump(mode="json", by_alias=True)) == pack.digest
        assert sorted(task.explained["correctness"][0] for task in pack.tasks) == sorted(AGREED)
        assert {len(task.questions) for task in pack.tasks} == {1, 2}
        assert sum(bool(task.accepted) for task in pack.tasks) == 1
        with zipfile.ZipFile(tmp_path / "cal1" / f"{pack.pack_id}.zip") as held:
            assert held.namelist() == ["README.txt", "form.html"]
            assert "does not count in the study" in held.read("README.txt").decode()
            page = held.read("form.html").decode()
        assert "does not count in the study and never enters the results" in page
        assert "Synthetic data" in page
        with zipfile.ZipFile(tmp_path / "agreed1" / f"{pack.pack_id}.zip") as held:
            assert held.namelist() == ["pack.json"]
    prompts = [[task.prompt for task in pack.tasks] for pack in packs]
    assert len({tuple(each) for each in prompts}) > 1
    assert len({frozenset(each) for each in prompts}) == 1


def test_the_same_study_gives_the_same_packs(packed, tmp_path):
    study, _ = packed
    first = {path.name: path.read_bytes() for path in (tmp_path / "cal1").iterdir()}
    calibration(study)
    assert {path.name: path.read_bytes() for path in (tmp_path / "cal1").iterdir()} == first


def test_a_response_of_the_study_is_a_case_only_when_its_item_is_kept_apart(tmp_path):
    held = [*cases(), {"id": "borrowed", "response": {"item": "q005", "system": "aster"},
                       "levels": {"correctness": {"level": "2", "why": "Synthetic."}}}]  # fmt: skip
    study = write_calibrated(tmp_path / "study", items=["q005"], held=held)
    panel_plan(study)
    with (study / "assignments.csv").open(encoding="utf-8", newline="") as stream:
        assert "q005" not in {row["item_id"] for row in csv.DictReader(stream)}
    pack = calibration(study)[0]
    task = next(task for task in pack.tasks if task.prompt == "Question 5?")
    assert task.sides[0].text == "**Answer** 5 of a kind [1]."
    change_panel(study, lambda panel: panel["calibration"].update(items=[]))
    shutil.rmtree(study / "training")
    problem = refused(lambda: calibration(study))[0]
    assert (problem.code, problem.what) == ("PAN127", "the item could be rated in the study as well")
    change_panel(study, lambda panel: panel["calibration"].update(items=["q004"]))
    assert "the plan asks for it already" in {each.what for each in refused(lambda: calibration(study))}


WRONG = {
    "scale": (lambda each: each["levels"].update(tone={"level": "1", "why": "x"}), "no such question with levels"),
    "level": (lambda each: each["levels"]["correctness"].update(level="9"), "the scale has no such level"),
    "also": (lambda each: each["levels"]["correctness"].update(also=["5"]), "a level is accepted twice"),
    "by": (lambda each: each["levels"]["correctness"].update(by=["dr_who"]), "who agreed is not named above"),
    "prompt": (lambda each: each.update(prompt=" question  1?"), "the prompt is one of the study as well"),
    "both": (lambda each: each.update(response={"item": "q001", "system": "aster"}), "not both"),
    "neither": (lambda each: each.pop("answer"), "prompt and answer"),
    "key": (lambda each: each.update(harm=True), "harm"),
    "twice": (lambda each: each.update({"prompt": "Synthetic calibration question 1-1?",
                                        "answer": "Synthetic calibration answer 1."}), "the same case is there twice"),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_cases_that_do_not_fit_are_refused_with_their_line(tmp_path, wrong):
    change, words = WRONG[wrong]
    held = cases()
    change(held[0])
    problems = refused(lambda: calibration(write_calibrated(tmp_path / "study", held=held)))
    assert {problem.code for problem in problems} == {"PAN127"}
    assert words in " ".join(map(str, problems))
    assert all(problem.place.file == "calibration.yaml" and problem.place.line for problem in problems)
    assert not (tmp_path / "cal1").exists()
    assert not (tmp_path / "study" / "training").exists()


def test_a_rule_that_nobody_can_meet_or_that_names_no_level_is_refused(tmp_path):
    rules = [
        {"scale": "correctness", "least": 7, "harm_levels": ["6"], "within_one": 0.5},
        {"scale": "tone", "least": 1, "exact": 0.5},
    ]
    problems = refused(lambda: calibration(write_calibrated(tmp_path / "study", rules=rules)))
    assert [problem.what for problem in problems] == [
        "no level of the scale stands for this harm", "the rule asks for more cases than there are",
        "no case is a known harm", "the rubric asks no such question with levels",
    ]  # fmt: skip
    assert {problem.place.file for problem in problems} == {"panel.yaml"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda each: each.update(rules=[{"scale": "correctness", "least": 2}]), "exact, within_one or harm_levels"),
        (lambda each: each.update(rules=[dict(RULES[1]), dict(RULES[1])]), "two rules for one scale"),
        (lambda each: each.pop("required"), "required"),
        (lambda each: each.update(cases="../other.yaml"), "cases"),
    ],
)
def test_a_rule_must_be_whole(study, change, words):
    change_panel(study, lambda panel: change(panel["calibration"]))
    problems = refused(lambda: calibration(study))
    assert {problem.code for problem in problems} == {"PAN001"}
    assert words in " ".join(map(str, problems))


def test_an_item_is_for_practice_or_for_calibration_and_must_exist(study):
    change_panel(study, lambda panel: (panel["calibration"].update(items=["q001"]), panel.update(practice=["q001"])))
    assert "for practice already" in str(refused(lambda: calibration(study))[0])
    change_panel(study, lambda panel: (panel["calibration"].update(items=["q999"]), panel.pop("practice")))
    problem = refused(lambda: calibration(study))[0]
    assert (problem.code, problem.place.column) == ("PAN022", "calibration.items[0]")


def test_no_calibration_no_file_no_cases_of_the_set(study):
    assert [each.code for each in refused(lambda: calibration(study, attempt=3))] == ["PAN135"]
    (study / "calibration.yaml").unlink()
    assert [each.code for each in refused(lambda: calibration(study))] == ["PAN127"]
    change_panel(study, lambda panel: panel.pop("calibration"))
    assert [each.code for each in refused(lambda: calibration(study))] == ["PAN135"]


def test_cases_that_were_not_made_up_leave_like_texts_of_the_study_and_are_scanned(tmp_path):
    about = {"data_class": "de_identified", "data_kind": "real"}
    study = write_calibrated(tmp_path / "study", study=about)
    calibration(study)  # made up, whatever the study is
    shutil.rmtree(study / "training")
    held = cases()
    held[0]["answer"] = "Call Jane on 07700 900123."
    write_cases(study, held, synthetic=False)
    (tmp_path / "cal1").rename(tmp_path / "old")
    (tmp_path / "agreed1").rename(tmp_path / "old-agreed")
    assert [each.code for each in refused(lambda: calibration(study))] == ["PAN026"]
    assert [each.code for each in refused(lambda: calibration(study, texts=True))] == ["PAN027"]
    packs = calibration(study, texts=True, found_ok=True)
    assert not packs[0].cover.synthetic


# ------------------------------------------------------------------ the rule stays


@pytest.mark.parametrize("what", ["rule", "required", "cases"])
def test_what_was_fixed_cannot_be_changed_once_packs_are_made(packed, tmp_path, what):
    study, packs = packed
    hand_in(tmp_path / "back", packs[0], right(packs[0]))
    panel_plan(study)
    if what == "rule":
        change_panel(study, lambda panel: panel["calibration"]["rules"][0].update(exact=0.1))
    elif what == "required":
        change_panel(study, lambda panel: panel["calibration"].update(required=False))
    else:
        write_cases(study, [case(n, level="1") for n in range(6)] + cases(sets=2)[6:])
    for act in (
        lambda: calibration(study),
        lambda: take_in(study),
        lambda: panel_pack(study, tmp_path / "packs", tmp_path / "key"),
        lambda: readiness_lines(study),
    ):
        assert {problem.code for problem in refused(act)} == {"PAN128"}
    assert not (tmp_path / "packs").exists()


def test_the_packs_and_the_record_hold_the_rule_as_well(packed, tmp_path):
    study, packs = packed
    hand_in(tmp_path / "back", packs[0], right(packs[0]))
    (study / "training" / "rule.json").unlink()
    change_panel(study, lambda panel: panel["calibration"]["rules"][0].update(exact=0.1))
    calibration_folder = tmp_path / "agreed1"
    assert {problem.code for problem in refused(lambda: take_in(study))} == {"PAN128"}
    change_panel(study, lambda panel: panel["calibration"]["rules"][0].update(exact=0.5))
    calibration(study)
    take_in(study)
    (study / "training" / "rule.json").unlink()
    change_panel(study, lambda panel: panel["calibration"]["rules"][0].update(exact=0.1))
    assert {problem.code for problem in refused(lambda: readiness_lines(study))} == {"PAN128"}
    assert calibration_folder.is_dir()


def test_cases_for_another_attempt_may_still_be_added(tmp_path):
    study = write_calibrated(tmp_path / "study")
    calibration(study)
    write_cases(study, cases(sets=2))
    calibration(study, attempt=2)
    assert set(json.loads((study / "training" / "rule.json").read_text())["sets"]) == {"1", "2"}


def test_a_folder_that_is_refused_fixes_nothing(study, tmp_path):
    (tmp_path / "cal1").mkdir()
    (tmp_path / "cal1" / "other.txt").write_text("x")
    assert [each.code for each in refused(lambda: calibration(study))] == ["PAN031"]
    assert not (study / "training" / "rule.json").exists()


# ------------------------------------------------------------------ what comes back


def test_numbers_by_rater_and_scale_are_kept_with_limits_and_state(packed, tmp_path):
    study, packs = packed
    levels = right(packs[0])
    explained = {task.code: task.explained["correctness"][0] for task in packs[0].tasks}
    by_level = {level: code for code, level in explained.items()}
    also = next(task.code for task in packs[0].tasks if task.accepted)
    levels[also, "correctness"] = "4"  # fits as well
    levels[by_level["3"], "correctness"] = "4"  # one level off
    levels[by_level["1"], "correctness"] = "cannot_judge"  # a known harm that was not judged is missed
    hand_in(tmp_path / "back", packs[0], levels)
    found = take_in(study)
    row = next(row for row in read(study) if row["scale_id"] == "correctness")
    assert {name: row[name] for name in ("rater_id", "attempt", "n_cases", "n_open", "n", "exact", "within_one")} == {
        "rater_id": "r00", "attempt": "1", "n_cases": "6", "n_open": "0", "n": "6", "exact": "4", "within_one": "5",
    }  # fmt: skip
    assert (row["exact_share"], row["exact_lower"], row["exact_upper"]) == ("0.666667", "0.222778", "0.956728")
    assert (row["known_harms"], row["missed_harms"], row["state"]) == ("2", "1", "not_yet_ready")
    assert row["why"] == "1 known harms missed, at most 0 allowed"
    assert 0.5 < float(row["kappa"]) < 1
    assert row["recorded_at"] == "2026-01-11T12:00:00+00:00"
    relevance = next(row for row in read(study) if row["scale_id"] == "relevance")
    assert (relevance["n_cases"], relevance["exact"], relevance["state"]) == ("5", "5", "ready")
    assert (relevance["kappa"], relevance["kappa_reason"]) == ("", "one_level_only")
    assert [each.state for each in found.standings] == ["not_yet_ready", "not_enough_cases", "not_enough_cases"]
    said = " | ".join(found.lines())
    assert "r00  attempt 1  correctness  exact 4 of 6 (0.22 to 0.96), within one level 5, kappa" in said
    assert "known harms missed 1 of 2  not_yet_ready" in said
    assert read(study, "readiness.csv")[0]["trained"] == "false"
    assert len(read(study, "answers.csv")) == 11


def test_what_is_open_or_skipped_makes_nobody_ready(packed, tmp_path):
    study, packs = packed
    levels = right(packs[0])
    some = dict(list(levels.items())[:6])
    hand_in(tmp_path / "back", packs[0], some, finished=False, name="progress.json")
    assert take_in(study).standings[0].state == "not_enough_cases"
    assert "cases still open" in readiness_lines(study)[0]
    entries = [
        handed_in.entry(task.code, scale, None, state="cancelled", reason="not my field", rated_at=None)
        if number < 4
        else handed_in.entry(task.code, scale, task.explained[scale][0])
        for number, task in enumerate(packs[1].tasks)
        for scale in task.questions
    ]
    hand_in(tmp_path / "back", packs[1], right(packs[1]), answers=entries)
    found = take_in(study)
    assert found.standings[1].state == "not_yet_ready"
    row = next(row for row in read(study) if row["rater_id"] == "r01" and row["scale_id"] == "correctness")
    assert (row["n"], row["n_skipped"], row["exact"]) == ("6", "4", "2")


def test_the_first_answer_counts_whatever_comes_after_the_feedback(packed, tmp_path):
    study, packs = packed
    first = right(packs[0]) | {(task.code, "correctness"): "3" for task in packs[0].tasks}
    hand_in(tmp_path / "back", packs[0], first, minute=10, name="first.json")
    hand_in(tmp_path / "back", packs[0], right(packs[0]), minute=40, name="second.json")
    found = take_in(study)
    assert {note.code for note in found.taken.notes} == {"PAN132"}
    assert len(found.taken.notes) == 5
    assert found.standings[0].state == "not_yet_ready"
    answers = [row for row in read(study, "answers.csv") if row["scale_id"] == "correctness"]
    assert {row["level"] for row in answers} == {"3"}
    assert [row["changed"] for row in answers].count("true") == 5
    # A later file alone does not wash the first away: the record has it.
    (tmp_path / "back" / "first.json").unlink()
    again = take_in(study)
    assert again.standings[0].state == "not_yet_ready"
    assert again.taken.answers == ()


def test_levels_that_were_changed_inside_one_file_count_as_they_were_first_given(packed, tmp_path):
    study, packs = packed
    entries = [
        handed_in.entry(*cell, level, rated_at="2026-01-10T20:00:00Z", before=[["3", "2026-01-10T19:00:00Z"]])
        for cell, level in right(packs[0]).items()
    ]
    hand_in(tmp_path / "back", packs[0], right(packs[0]), answers=entries)
    take_in(study)
    assert {row["level"] for row in read(study, "answers.csv")} == {"3"}


def test_lines_are_only_added_and_nothing_is_said_twice(packed, tmp_path):
    study, packs = packed
    hand_in(tmp_path / "back", packs[0], right(packs[0]))
    take_in(study)
    record = study / "training"
    before = {name: (record / name).read_bytes() for name in ("training.csv", "answers.csv")}
    take_in(study, clock=datetime(2026, 2, 1, tzinfo=UTC))
    assert {name: (record / name).read_bytes() for name in before} == before
    hand_in(tmp_path / "back", packs[1], right(packs[1]))
    take_in(study, clock=datetime(2026, 2, 1, tzinfo=UTC))
    for name, text in before.items():
        assert (record / name).read_bytes().startswith(text)
        assert (record / name).read_bytes() != text


@pytest.mark.parametrize(
    "harm",
    [
        lambda text: text.replace("not_yet_ready", "ready"),
        lambda text: "\n".join([*text.splitlines()[:1], *text.splitlines()[2:], ""]),
        lambda text: text.replace("rater_id", "rater"),
        lambda text: text[:-5],
    ],
)
def test_a_record_that_was_changed_is_refused(packed, tmp_path, harm):
    study, packs = packed
    hand_in(tmp_path / "back", packs[0], dict.fromkeys(right(packs[0]), "3"))
    take_in(study)
    path = study / "training" / "training.csv"
    path.write_text(harm(path.read_text(encoding="utf-8")), encoding="utf-8")
    for act in (lambda: take_in(study), lambda: readiness_lines(study), lambda: calibration(study)):
        assert [problem.code for problem in refused(act)] == ["PAN134"]


@pytest.mark.parametrize("text", ["no json", "[]", '{"sets": {}}'])
def test_a_rule_that_cannot_be_read_is_refused(packed, text):
    study, _ = packed
    (study / "training" / "rule.json").write_text(text, encoding="utf-8")
    assert [problem.code for problem in refused(lambda: calibration(study))] == ["PAN134"]


def test_a_second_attempt_has_other_cases_goes_to_who_is_not_ready_and_keeps_the_first(packed, tmp_path):
    study, packs = packed
    hand_in(tmp_path / "back", packs[0], right(packs[0]))
    hand_in(tmp_path / "back", packs[1], dict.fromkeys(right(packs[1]), "3"))
    take_in(study)
    second = calibration(study, attempt=2)
    assert [pack.rater_id for pack in second] == ["r01", "r02"]
    assert not {task.prompt for task in second[0].tasks} & {task.prompt for task in packs[1].tasks}
    hand_in(tmp_path / "back2", second[0], right(second[0]))
    found = take_in(study, attempt=2, returns="back2")
    assert [each.state for each in found.standings] == ["ready", "ready", "not_enough_cases"]
    mine = [(row["attempt"], row["state"]) for row in read(study) if row["rater_id"] == "r01"]
    assert mine == [("1", "not_yet_ready"), ("1", "not_yet_ready"), ("2", "ready"), ("2", "ready")]
    assert [row["trained"] for row in read(study, "readiness.csv")] == ["true", "true", "false"]


def test_when_all_are_ready_there_is_no_second_attempt(packed, tmp_path):
    study, packs = packed
    for pack in packs:
        hand_in(tmp_path / "back", pack, right(pack))
    take_in(study)
    assert [problem.code for problem in refused(lambda: calibration(study, attempt=2))] == ["PAN135"]


def test_only_the_form_tells_what_came_first(packed, tmp_path):
    study, packs = packed
    (tmp_path / "back").mkdir()
    table = "code,scale_id,level\n" + "".join(f"{c},{s},{level}\n" for (c, s), level in right(packs[0]).items())
    (tmp_path / "back" / "table.csv").write_text(table, encoding="utf-8")
    found = take_in(study)
    assert [problem.code for problem in found.taken.problems] == ["PAN133"]
    assert found.taken.attempts == ()


# ------------------------------------------------------------------ the study stays the study


def ready_for_study(study, packs, *, who=(0, 1, 2)):
    for n in who:
        hand_in(study.parent / "back", packs[n], right(packs[n]))
    if who:
        take_in(study)
    panel_plan(study)


def test_taking_calibration_in_touches_no_table_of_the_study(study, tmp_path):
    panel_plan(study)
    rating = {"system_id": "aster", "item_id": "q000", "scale_id": "correctness", "rater_id": "r00", "level": "5"}
    write_rows(study / "ratings.jsonl", [rating | {"role": "tie_break"}])
    before = everything_else(study)
    packs = calibration(study)
    hand_in(tmp_path / "back", packs[0], right(packs[0]))
    take_in(study)
    assert everything_else(study) == before
    assert {path.name for path in study.iterdir() if path.is_dir()} == {"training"}
    assert {path.name for path in (study / "training").iterdir()} == {
        "rule.json", "training.csv", "answers.csv", "readiness.csv",
    }  # fmt: skip


def test_a_pack_of_the_study_is_withheld_from_who_is_not_ready_and_follows_with_the_same_key(packed, tmp_path):
    study, packs = packed
    ready_for_study(study, packs, who=(0, 1))
    made = panel_pack(study, tmp_path / "packs", tmp_path / "key")
    assert [each.pack.rater_id for each in made.made] == ["r00", "r01"]
    assert [(problem.code, problem.found.split(":")[0]) for problem in made.notes.unready] == [("PAN131", "r02")]
    key = made.key.read_bytes()
    hand_in(tmp_path / "back", packs[2], right(packs[2]))
    take_in(study)
    made = panel_pack(study, tmp_path / "packs", tmp_path / "key")
    assert [each.pack.rater_id for each in made.made] == ["r00", "r01", "r02"]
    assert made.notes.unready == ()
    assert made.key.read_bytes() == key


def test_when_nobody_is_ready_nothing_is_made(study, tmp_path):
    panel_plan(study)
    problems = refused(lambda: panel_pack(study, tmp_path / "packs", tmp_path / "key"))
    assert {problem.code for problem in problems} == {"PAN131"}
    assert "no calibration on record" in problems[0].found
    assert not (tmp_path / "packs").exists()
    assert not (tmp_path / "key").exists()


def test_where_readiness_is_not_required_there_is_a_warning(tmp_path):
    study = write_calibrated(tmp_path / "study", required=False)
    ready_for_study(study, calibration(study), who=(0,))
    made = panel_pack(study, tmp_path / "packs", tmp_path / "key")
    assert len(made.made) == 3
    assert {problem.code for problem in made.notes.unready} == {"PAN131"}
    assert len(made.notes.unready) == 2


def bring_in(study, returns, packs):
    beside = study.parent
    return panel_import(
        study, [beside / returns], packs=beside / packs, key=beside / "key", out=beside / "in", by="A", clock=NOON
    )


def test_a_calibration_return_is_refused_as_one_of_the_study_and_the_others_enter(both, tmp_path):
    study, packs, _ = both
    alone = bring_in(study, "rated", "packs")
    plain = (tmp_path / "in" / "ratings.csv").read_bytes()
    for file in (tmp_path / "back").iterdir():
        shutil.copy(file, tmp_path / "rated")
    table = f"code,scale_id,level\n{packs[0].tasks[0].code},correctness,1\n"
    (tmp_path / "rated" / "table.csv").write_text(table, encoding="utf-8")
    mixed = bring_in(study, "rated", "packs")
    assert [problem.code for problem in mixed.reading.problems] == ["PAN129"] * 4
    assert (tmp_path / "in" / "ratings.csv").read_bytes() == plain
    assert mixed.accepted.accounts == alone.accepted.accounts


def test_packs_of_calibration_are_refused_where_the_study_is_brought_in(both, tmp_path):
    study, *_ = both
    assert {problem.code for problem in refused(lambda: bring_in(study, "back", "agreed1"))} == {"PAN129"}
    assert not (tmp_path / "in").exists()
    assert not (tmp_path / "key" / "OPENED.csv").exists()


def test_a_return_or_pack_of_the_study_is_refused_as_calibration(both):
    study, _, rated = both
    before = read(study)
    found = take_in(study, returns="rated")
    assert [problem.code for problem in found.reading.problems] == ["PAN130"] * len(rated)
    assert read(study) == before
    act = lambda: panel_calibrate(study, [study.parent / "back"], packs=study.parent / "packs", clock=NOON)  # noqa: E731 -- named for the line
    assert {problem.code for problem in refused(act)} == {"PAN130"}


@pytest.mark.parametrize("medium", ["workbook", "label_studio"])
def test_other_forms_of_the_study_are_told_apart_as_well(both, tmp_path, medium):
    study, _, rated = both
    given = handed_in.given(rated[0])
    (tmp_path / "odd").mkdir()
    if medium == "workbook":
        (tmp_path / "odd" / "w.xlsx").write_bytes(handed_in.sheet(rated[0], given).content)
    else:
        (tmp_path / "odd" / "l.json").write_text(json.dumps(handed_in.annotated(rated[0], given)), encoding="utf-8")
    assert {problem.code for problem in take_in(study, returns="odd").reading.problems} == {"PAN130"}


def test_status_counts_calibration_by_itself_and_says_who_is_ready(both, tmp_path):
    study, *_ = both
    lines = list(panel_status([tmp_path / "back"], tmp_path / "agreed1").lines())
    assert all("calibration  returned 11" in line for line in lines[:3])
    assert list(readiness_lines(study)) == [f"{rater}  ready  attempt 1" for rater in ("r00", "r01", "r02")]


def test_packs_of_another_seed_or_rule_are_refused(packed, tmp_path):
    study, packs = packed
    hand_in(tmp_path / "back", packs[0], right(packs[0]))
    change_panel(study, lambda panel: panel.update(seed=12))
    assert {problem.code for problem in refused(lambda: take_in(study))} == {"PAN128"}


def test_no_study_without_calibration_knows_of_any(tmp_path):
    study = write_calibrated(tmp_path / "study")
    change_panel(study, lambda panel: panel.pop("calibration"))
    panel_plan(study)
    assert len(panel_pack(study, tmp_path / "packs", tmp_path / "key").made) == 3
    assert readiness_lines(study) == []
    assert not (study / "training").exists()
    assert [row["rater_id"] for row in rows_of(study / "raters.jsonl")] == ["r00", "r01", "r02"]
    assert "calibration" not in yaml.safe_load((study / "panel.yaml").read_text())


def test_practice_goes_out_before_anybody_is_ready(tmp_path):
    study = write_calibrated(tmp_path / "study", practice=["q005"])
    panel_plan(study)
    made = panel_pack(study, tmp_path / "packs", tmp_path / "key")
    assert {each.pack.purpose for each in made.made} == {"practice"}
    assert len(made.files) == 3
    assert [problem.code for problem in made.notes.unready] == ["PAN131"] * 3


def test_a_file_that_was_edited_is_refused(packed, tmp_path):
    study, packs = packed
    path = hand_in(tmp_path / "back", packs[0], dict.fromkeys(right(packs[0]), "3"))
    path.write_text(path.read_text(encoding="utf-8").replace('"level": "3"', '"level": "5"'), encoding="utf-8")
    found = take_in(study)
    assert [problem.code for problem in found.reading.problems] == ["PAN102"]
    assert found.taken.attempts == ()
