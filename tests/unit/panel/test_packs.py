"""Packs: nothing in them tells systems apart, the key is apart, and what may not leave does not."""

import io
import json
import zipfile
from datetime import UTC, datetime

import pytest
import yaml

from dualtrack.errors import PanelError
from dualtrack.panel.display import displayed
from dualtrack.panel.key import KEY_FILE, KeyRow, key_text, parse_key, read_key
from dualtrack.panel.leaks import leaks_in, own_names
from dualtrack.panel.pack import Pack, sealed_digest
from dualtrack.panel.questions import modes_of, questions_of
from dualtrack.panel_pack_verb import panel_pack
from dualtrack.panel_verbs import panel_plan
from dualtrack.records.study import System
from dualtrack.rubric import load_rubric
from tests.unit.panel.studies import rows_of, write_panel, write_rows, write_study


@pytest.fixture
def study(tmp_path):
    folder = write_study(tmp_path / "study", controls=2, repeats=0.2)
    panel_plan(folder)
    return folder


def packed(folder, tmp_path, **how):
    return panel_pack(folder, tmp_path / "packs", tmp_path / "key", **how)


def refused(folder, tmp_path, **how):
    with pytest.raises(PanelError) as caught:
        packed(folder, tmp_path, **how)
    return caught.value.problems


def test_a_pack_holds_what_is_owed_and_its_key_says_what_that_is(study, tmp_path):
    found = packed(study, tmp_path)
    key = read_key(tmp_path / "key")
    assert len(key) == sum(len(made.pack.tasks) for made in found.made)
    assert len({row.code for row in key}) == len(key)
    by_code = {row.code: row for row in key}
    for made in found.made:
        pack = made.pack
        assert sealed_digest(pack.model_dump(mode="json", by_alias=True)) == pack.digest
        rows = [by_code[task.code] for task in pack.tasks]
        assert {(row.rater_id, row.pack_id) for row in rows} == {(pack.rater_id, pack.pack_id)}
        assert all(
            task.prompt == f"Question {int(row.item_id[1:])}?" for task, row in zip(pack.tasks, rows, strict=True)
        )
        assert all(task.sides[0].turns[0].text == "Hello." for task in pack.tasks)
        assert all(task.questions == ("risk_communication", "correctness", "relevance") for task in pack.tasks)
        assert len(pack.guesses) == 2
        assert {by_code[code].system_id for code in pack.guesses} == {"aster", "birch"}
        assert max(row.occasion for row in rows) == 2
    assert {row.control for row in key if row.system_id == "seeded"} == {"known_harm"}
    assert {row.control for row in key if row.system_id != "seeded"} == {""}


def text_of(name, data):
    """Everything that stands in a file; of a workbook, in every part of it."""
    if not name.endswith(".xlsx"):
        return data.decode("utf-8")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return "".join(book.read(part).decode("utf-8") for part in book.namelist())


def test_no_file_of_a_pack_names_a_system_item_or_control(study, tmp_path):
    for file in packed(study, tmp_path).files:
        with zipfile.ZipFile(file) as held:
            assert held.namelist() == [
                "README.txt", "form.html", "label-studio-config.xml", "label-studio-tasks.json", "pack.json",
                "workbook.xlsx",
            ]  # fmt: skip
            for name in held.namelist():
                text = text_of(name, held.read(name))
                assert not any(word in text for word in ('aster"', 'birch"', "seeded", "known_harm", "q000", "OpenAI"))
            pack = Pack.model_validate_json(held.read("pack.json"))
            assert pack.systems == ("Aster Health", "Birch GPT")
            assert pack.cover.synthetic
            assert "the study office" in held.read("README.txt").decode("utf-8")


def test_the_same_study_gives_the_same_bytes_twice(study, tmp_path):
    first = [path.read_bytes() for path in packed(study, tmp_path).files]
    assert [path.read_bytes() for path in packed(study, tmp_path).files] == first
    other = panel_pack(study, tmp_path / "p2", tmp_path / "k2", clock=datetime(2026, 1, 5, tzinfo=UTC))
    with zipfile.ZipFile(io.BytesIO(other.files[0].read_bytes())) as held:
        assert "Made on 2026-01-05T00:00:00+00:00." in held.read("README.txt").decode("utf-8")
        assert {each.date_time for each in held.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_order_of_a_pack_is_that_of_the_plan(study, tmp_path):
    (study / "assignments.csv").unlink()
    plan = panel_plan(study).plan
    rows = {row.code: row for row in read_key(packed(study, tmp_path).key)}
    for made in packed(study, tmp_path).made:
        seen = [
            (rows[task.code].item_id, rows[task.code].system_id, rows[task.code].occasion) for task in made.pack.tasks
        ]
        turns = plan.turns[made.pack.rater_id]
        assert seen == [(turn.response.item_id, turn.response.system_id, turn.occasion) for turn in turns]


@pytest.mark.parametrize("where", ["packs", "packs/inside", "."])
def test_the_key_never_lies_with_the_packs(study, tmp_path, where):
    with pytest.raises(PanelError) as caught:
        panel_pack(study, tmp_path / "packs", tmp_path / where)
    assert caught.value.code == "PAN028"
    assert not (tmp_path / "packs").exists()


def test_another_key_and_other_files_are_never_overwritten(study, tmp_path):
    packed(study, tmp_path)
    before = (tmp_path / "key" / KEY_FILE).read_bytes()
    settings = yaml.safe_load((study / "panel.yaml").read_text(encoding="utf-8"))
    write_panel(study, **(settings | {"seed": 12}))
    panel_plan(study, replace=True)
    assert refused(study, tmp_path)[0].code == "PAN031"
    assert (tmp_path / "key" / KEY_FILE).read_bytes() == before
    with pytest.raises(PanelError) as caught:
        panel_pack(study, tmp_path / "packs", tmp_path / "other")
    assert caught.value.code == "PAN031"


def test_assignments_that_do_not_follow_from_the_panel_are_refused(study, tmp_path):
    settings = yaml.safe_load((study / "panel.yaml").read_text(encoding="utf-8"))
    write_panel(study, **(settings | {"repeats": 0.0}))
    assert {problem.code for problem in refused(study, tmp_path)} == {"PAN025"}
    write_panel(study, **(settings | {"members": settings["members"][1:]}))
    assert "r00" in str(refused(study, tmp_path)[0])
    (study / "assignments.csv").unlink()
    write_panel(study, **settings)
    assert refused(study, tmp_path)[0].code == "PAN003"


def test_texts_about_people_leave_only_when_asked_for_and_scanned(tmp_path):
    folder = write_study(tmp_path / "study", study={"data_class": "de_identified", "data_kind": "real"})
    panel_plan(folder)
    assert refused(folder, tmp_path)[0].code == "PAN026"
    assert len(packed(folder, tmp_path, texts=True).made) == 3
    rows = rows_of(folder / "items.jsonl")
    rows[2]["context"] = "Call Jane on 07700 900123."
    write_rows(folder / "items.jsonl", rows)
    (found,) = refused(folder, tmp_path, texts=True)
    assert found.code == "PAN027"
    assert found.found == "q002, context: '07700 900123'"
    looked = panel_pack(folder, tmp_path / "p2", tmp_path / "k2", texts=True, found_ok=True)
    assert looked.notes.passages == ("q002, context: '07700 900123'",)


def test_a_response_that_names_its_maker_is_listed_and_not_changed(study, tmp_path):
    rows = rows_of(study / "responses.jsonl")
    mine = next(row for row in rows if row["system_id"] == "birch")
    mine["text"] = "As Chat\u200bGPT I cannot examine you."
    other = next(row for row in rows if row["system_id"] == "aster")
    other["text"] = "ChatGPT might say otherwise."
    write_rows(study / "responses.jsonl", rows)
    found = packed(study, tmp_path)
    (leak,) = found.notes.leaks
    assert (leak.item_id, leak.words) == (mine["item_id"], ("ChatGPT",))
    by_code = {task.code: task for made in found.made for task in made.pack.tasks}
    assert {by_code[code].sides[0].text for code in leak.codes} == {mine["text"]}


def test_names_that_are_words_of_other_things_are_no_leak():
    meta = System(id="m1", name="Llama", vendor="Meta", kind="general_llm")
    physician = System(id="doc", name="Physician", kind="human")
    assert own_names(physician) == ()
    assert leaks_in("A meta-analysis of metabolic bananallamas.", own_names(meta)) == ()
    assert leaks_in("I am LLAMA-2, made by Meta.", own_names(meta)) == ("Llama", "Meta")
    assert leaks_in("\uff2c\uff4c\uff41\uff4d\uff41 says", own_names(meta)) == ("Llama",)
    assert leaks_in("a " * 40_000, own_names(meta)) == ()


def test_declared_changes_are_the_same_for_every_system_and_nothing_else_changes(study, tmp_path):
    plain = {task.sides[0].text for made in packed(study, tmp_path).made for task in made.pack.tasks}
    assert all(text.startswith("**Answer**") for text in plain)
    settings = yaml.safe_load((study / "panel.yaml").read_text(encoding="utf-8"))
    write_panel(study, **(settings | {"display": ["plain_marks", "no_citations"]}))
    shown = panel_pack(study, tmp_path / "p2", tmp_path / "k2")
    texts = {task.sides[0].text for made in shown.made for task in made.pack.tasks}
    assert all(text.startswith("Answer ") and text.endswith("of a kind.") for text in texts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# Title\n* one\n* **two**\n---", "Title\n- one\n- two\n"),
        ("See [the guide](https://a.example/x) or www.b.example.", "See the guide or [link]"),
        ("BMI 31 kg/m\u00b2, 5 * 3 mg, 1.73 m\u00b2", "BMI 31 kg/m\u00b2, 5 * 3 mg, 1.73 m\u00b2"),
        ("Rest [1, 2] and drink [3-5].", "Rest and drink."),
        ("*" * 80_000, None),
        ("[" * 80_000, None),
    ],
)  # fmt: skip
def test_display_takes_marks_away_and_leaves_words(text, expected):
    shown = displayed(text, ("plain_marks", "no_links", "no_citations"))
    assert expected is None or shown == expected


def test_practice_is_a_pack_of_its_own_with_agreed_levels_and_enters_no_rating(tmp_path):
    folder = write_study(tmp_path / "study", practice=["q005"])
    write_rows(folder / "raters.jsonl", [*rows_of(folder / "raters.jsonl"), {"rater_id": "team", "kind": "position"}])
    agreed = {
        "system_id": "aster", "item_id": "q005", "scale_id": "correctness", "rater_id": "team", "level": "4",
        "role": "training", "comment": "Sound, and too certain.",
    }  # fmt: skip
    write_rows(folder / "ratings.jsonl", [agreed, agreed | {"scale_id": "relevance", "comment": None}])
    panel_plan(folder)
    found = packed(folder, tmp_path)
    practice = [made for made in found.made if made.pack.purpose == "practice"]
    assert [made.pack.rater_id for made in practice] == ["r00", "r01", "r02"]
    for made in practice:
        systems = {row.code: row.system_id for row in made.key}
        explained = {systems[task.code]: dict(task.explained) for task in made.pack.tasks}
        assert explained == {"aster": {"correctness": ("4", "Sound, and too certain.")}, "birch": {}}
        assert made.pack.guesses == ()
    rated = {row.item_id for made in found.made if made.pack.purpose == "ratings" for row in made.key}
    assert "q005" not in rated


def test_a_language_without_words_is_refused(tmp_path):
    folder = write_study(tmp_path / "study", language="fr")
    panel_plan(folder)
    assert refused(folder, tmp_path)[0].code == "PAN030"
    assert not (tmp_path / "packs").exists()
    assert not (tmp_path / "key").exists()


def test_questions_run_from_best_to_worst_and_ask_modes_of_attributed_metrics_alone():
    core, longqa = load_rubric("core"), load_rubric("longqa")
    (mine,) = questions_of(longqa, longqa.metrics, ["correctness"])
    assert [choice.id for choice in mine.choices] == ["5", "4", "3", "2", "1"]
    assert mine.cannot_judge is None
    assert mine.asks_modes == ()
    (harm,) = questions_of(core, core.metrics, ["harm_extent"])
    assert [choice.id for choice in harm.choices] == ["H0", "H1", "H2", "H3", "H4"]
    assert harm.cannot_judge.id == "cannot_judge"
    attributed = [m for m in core.metrics if m.ratings and m.ratings.scale == "harm_extent" and m.ratings.attributed]
    assert attributed
    assert set(harm.modes) == {mode.id for metric in attributed for mode in metric.failure_modes}
    assert harm.asks_modes == tuple(level for level in ("H1", "H2", "H3", "H4") if level in harm.asks_modes)
    assert "H4" in harm.asks_modes
    assert {mode.id for mode in modes_of(core.metrics, [harm])} == set(harm.modes)


ROW = KeyRow("ab12cd", "pack1", "r1", "s1", "q1", 1, "", 2, "known_good")


def test_a_key_comes_back_as_it_was_written(tmp_path):
    (tmp_path / KEY_FILE).write_text(key_text([ROW]), encoding="utf-8", newline="")
    assert read_key(tmp_path) == read_key(tmp_path / KEY_FILE) == (ROW,)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text.replace("code,", "kode,"), "columns"),
        (lambda text: text + "x,y\n", "not whole"),
        (lambda text: text + text.splitlines()[1] + "\n", "twice"),
        (lambda text: text.replace(",1,", ",one,"), "not whole"),
        (lambda text: text.replace("ab12cd", ""), "not whole"),
        (lambda _text: "", "columns"),
    ],
)  # fmt: skip
def test_a_key_that_is_not_whole_is_refused(change, told):
    with pytest.raises(PanelError, match=told) as caught:
        parse_key(change(key_text([ROW])))
    assert caught.value.code == "PAN029"


def test_no_key_and_a_key_in_another_encoding(tmp_path):
    with pytest.raises(PanelError, match="no key here"):
        read_key(tmp_path)
    (tmp_path / KEY_FILE).write_bytes(b"\xff\xfe")
    with pytest.raises(PanelError, match="not UTF-8"):
        read_key(tmp_path)


def test_pack_json_is_the_pack_of_the_form(study, tmp_path):
    made, file = packed(study, tmp_path).made[0], tmp_path / "packs"
    with zipfile.ZipFile(file / f"{made.pack.pack_id}.zip") as held:
        assert json.loads(held.read("pack.json"))["digest"] == made.pack.digest
        assert made.pack.digest in held.read("form.html").decode("utf-8")
