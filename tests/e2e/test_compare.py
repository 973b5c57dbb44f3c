"""dualtrack compare as a user meets it: two runs of a sealed study, the look that is counted, and every refusal."""

import json
import re
import shutil

import pytest
import yaml

from dualtrack import compare
from dualtrack.cli import main
from dualtrack.ledger.files import read_ledger
from dualtrack.records.result_versions import VERSION_TABLES
from dualtrack.verify_verb import verify
from tests.sealed_worlds import answer, confirmations, edit, make_study, rate

pytestmark = pytest.mark.xdist_group("e2e")
BANNED = re.compile(r"\b(compliant|certified|approved|validated|safe|winner|best product)\b", re.IGNORECASE)
BAD = {("alpha", 3), ("alpha", 5)}
WHEN = ["--clock", "2026-03-01T00:00:00Z"]
CRITERIA = {
    "schema": "dualtrack.criteria/1",
    "criteria": [
        {"id": "enough", "kind": "least_n", "track": "safety", "n": 30, "why": "fewer say nothing"},
        {"id": "harm", "kind": "not_worse", "metric": "harm_rate", "margin": 0.1, "why": "<b>our</b> margin"},
        {"id": "use", "kind": "not_worse", "track": "effectiveness", "margin": 0.5, "why": "our margin"},
    ],
}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A sealed study with its run, and a second run of its answers by a new version that fails two cases."""
    folder = tmp_path_factory.mktemp("world")
    study = make_study(folder / "study", systems=("alpha",))
    words = ["--by", "Dr A", "--confirm", str(confirmations(study)), "--clock", "2026-01-02T00:00:00Z"]
    assert main(["freeze", str(study), *words]) == 0
    shutil.copytree(study, folder / "next")
    answer(study, systems=("alpha",))
    assert main(["score", str(study), "--out", str(folder / "old"), "--clock", "2026-02-01T00:00:00Z"]) == 0
    answer(folder / "next", systems=("alpha",), bad=BAD)
    edit(folder / "next" / "study.yaml", "version: '1'", "version: '2'")
    assert main(["score", str(folder / "next"), "--out", str(folder / "new"), "--clock", "2026-02-02T00:00:00Z"]) == 3
    (folder / "criteria.yaml").write_text(yaml.safe_dump(CRITERIA), encoding="utf-8")
    return folder


def words(world, *more):
    return ["compare", str(world / "old"), str(world / "new"), *more]


@pytest.fixture
def study(world, tmp_path):
    """A copy of the study, whose history may grow."""
    return shutil.copytree(world / "study", tmp_path / "study")


def criteria(document):
    return {row["criterion_id"]: row for row in document["tables"]["version_criteria"]}


def test_what_got_worse_comes_first_and_the_exit_code_says_that_a_criterion_is_not_met(world, tmp_path, capsys):
    assert main(words(world, "--criteria", str(world / "criteria.yaml"), "--out", str(tmp_path / "out"))) == 3
    said = capsys.readouterr().out
    assert said.index("q003") < said.index("harm_rate: ") < said.index("gates of the rubric")
    assert "This is at least look 2 on these items" in said
    document = json.loads((tmp_path / "out" / "compare.json").read_text(encoding="utf-8"))
    assert {row["item_id"] for row in document["tables"]["version_cases"]} == {"q003", "q005"}
    for table in VERSION_TABLES:
        assert all(set(row) == set(table.names) for row in document["tables"][table.name])
    found = criteria(document)
    assert (found["enough"]["state"], found["use"]["unseen"]) == ("met", "met")
    assert found["harm"]["reasons"][-1] == "looked_before"
    assert "met" not in {row["state"] for row in document["tables"]["version_verdicts"]}
    assert document["items"] == {"n_shared": 40, "proof": "file"}


def test_the_page_has_a_section_per_track_and_every_text_is_inert(world, tmp_path):
    found = compare(world / "old", world / "new", criteria=world / "criteria.yaml")
    (page,) = (path for path in found.save(tmp_path / "out") if path.suffix == ".html")
    text = page.read_text(encoding="utf-8")
    for anchor in (
        "safety-worse",
        "safety-retest",
        "effectiveness-worse",
        "effectiveness-differences",
        "look",
        "states",
    ):
        assert f'id="{anchor}"' in text
    assert "<b>our</b>" not in text
    assert "&lt;b&gt;our&lt;/b&gt; margin" in text
    assert "<script" not in text
    assert "<svg" in text
    shown = re.sub(r"<[^>]+>", " ", text)
    assert not BANNED.search(shown)
    assert not BANNED.search("\n".join(found.lines()))


def test_the_same_runs_give_the_same_bytes(world, tmp_path):
    first, second = (compare(world / "old", world / "new").save(tmp_path / name) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_comparison_is_a_look_and_is_counted_once(world, study, capsys):
    before = read_ledger(study)
    assert main(words(world, "--study", str(study), "--by", "Dr C", *WHEN)) == 3
    assert "This is look 2 on these items" in capsys.readouterr().out
    after = read_ledger(study)
    (record,) = after.records[len(before.records) :]
    assert (record.kind, record.by, record.payload["look"]) == ("look", "Dr C", 2)
    assert record.payload["items"] == before.records[-1].payload["items"]
    assert main(words(world, "--study", str(study), *WHEN)) == 3
    assert "This is look 2 on these items" in capsys.readouterr().out
    assert read_ledger(study) == after
    assert verify(world / "old", study=study).holds  # the earlier run is as it was
    assert main(["score", str(study), "--out", str(study.parent / "again"), *WHEN]) == 0  # the same look as before
    assert len(read_ledger(study).records) == len(after.records)


def test_a_run_whose_look_stands_in_the_history_was_counted_when_it_was_scored(world, tmp_path, capsys):
    """The new answers are put into the study itself: scoring them is look 2, comparing them the same one."""
    study = shutil.copytree(world / "study", tmp_path / "study")
    answer(study, systems=("alpha",), bad=BAD)
    assert main(["score", str(study), "--out", str(tmp_path / "new"), *WHEN]) == 3
    records = read_ledger(study).records
    code = main(["compare", str(world / "old"), str(tmp_path / "new"), "--study", str(study), *WHEN])
    assert code == 3
    assert "This is look 2 on these items" in capsys.readouterr().out
    assert read_ledger(study).records == records


def test_where_the_earlier_look_stands_elsewhere_it_is_counted_as_well(world, tmp_path):
    study = shutil.copytree(world / "next", tmp_path / "next")
    found = compare(world / "old", world / "new", study=study, clock=_moment())
    assert found.document["look"] == {"number": 2, "exact": True, "written": False}


def _moment():
    from datetime import UTC, datetime  # noqa: PLC0415 -- one test needs a clock

    return datetime(2026, 3, 1, tzinfo=UTC)


def _refused(capsys, *given):
    assert main(["compare", *map(str, given)]) == 1
    return re.search(r"[A-Z]{3}\d{3}", capsys.readouterr().err)[0]


def test_refusals_name_their_code(world, tmp_path, capsys, study):
    old, new = world / "old", world / "new"
    assert _refused(capsys, old, old) == "CMP001"
    assert _refused(capsys, old, new, "--system", "alpha=omega") == "CMP004"
    assert _refused(capsys, old, new, "--criteria", tmp_path / "none.yaml") == "CMP006"
    bad = tmp_path / "bad.yaml"
    bad.write_text("schema: dualtrack.criteria/1\ncriteria: [{id: x, kind: not_worse, track: safety, why: w}]\n")
    assert _refused(capsys, old, new, "--criteria", bad) == "CMP006"
    bad.write_text("schema: dualtrack.criteria/1\ncriteria: [{id: x, kind: no_new_veto, metric: harm, why: w}]\n")
    assert _refused(capsys, old, new, "--criteria", bad) == "CMP007"
    assert _refused(capsys, tmp_path, new) == "REP002"
    run = shutil.copytree(new, tmp_path / "run")
    (run / "tables" / "gate_cases.parquet").unlink()
    assert _refused(capsys, old, run) == "CMP008"
    edit(study / "study.yaml", "id: sealed", "id: other")
    assert _refused(capsys, old, new, "--study", study) == "CMP009"


def test_another_study_is_refused_unless_its_items_are_shown_to_be_the_same(world, tmp_path, capsys):
    study = make_study(tmp_path / "other", systems=("alpha",), n_items=10)
    edit(study / "study.yaml", "id: sealed", "id: other")
    answer(study, systems=("alpha",), n_items=10)
    main(["score", str(study), "--out", str(tmp_path / "run")])
    found = compare(world / "old", tmp_path / "run")  # the same prompts under another id
    assert found.document["items"] == {"n_shared": 10, "proof": "prompts"}
    assert len(found.tables["version_left_out"]) == 30
    assert "and 10 more" in repr(found)
    main(["score", str(study), "--out", str(tmp_path / "redacted"), "--redact"])
    capsys.readouterr()
    assert _refused(capsys, world / "old", tmp_path / "redacted") == "CMP002"


def test_a_study_that_was_never_sealed_has_no_history_to_count_in(world, tmp_path, capsys):
    study = make_study(tmp_path / "bare", systems=("alpha",))
    assert _refused(capsys, world / "old", world / "new", "--study", study) == "LED002"


def test_pairs_that_are_no_pairs_are_a_slip_of_usage(world, capsys):
    assert main(words(world, "--system", "alpha")) == 2
    assert main(words(world, "--system", "alpha=x", "--system", "alpha=y")) == 2
    capsys.readouterr()


def test_hostile_names_are_inert_on_the_page_and_in_the_terminal(world, tmp_path, capsys):
    hostile = "<img src=x onerror=alert(1)>\u202e\x1b[31m{study}"
    study = shutil.copytree(world / "next", tmp_path / "next")
    (study / "history.jsonl").unlink()
    (study / "freeze.json").unlink()
    plain = yaml.safe_load((study / "study.yaml").read_text(encoding="utf-8"))
    plain["systems"][0] |= {"name": hostile, "version": hostile}
    (study / "study.yaml").write_text(yaml.safe_dump(plain, allow_unicode=True), encoding="utf-8")
    rate(study, ("alpha",), range(40), {("alpha", 7)})
    main(["score", str(study), "--out", str(tmp_path / "run")])
    capsys.readouterr()
    assert main(["compare", str(world / "old"), str(tmp_path / "run"), "--out", str(tmp_path / "out")]) == 3
    said = capsys.readouterr().out
    assert "\x1b" not in said
    assert "\u202e" not in said
    page = (tmp_path / "out" / "compare.html").read_text(encoding="utf-8")
    assert "<img" not in page
    assert "\u202e" not in page


def test_a_system_under_another_id_is_paired_by_hand(world, tmp_path):
    study = shutil.copytree(world / "next", tmp_path / "next")
    for name in ("study.yaml", "responses.jsonl", "ratings.csv"):
        text = (study / name).read_text(encoding="utf-8").replace("alpha", "alpha_two")
        (study / name).write_text(text, encoding="utf-8")
    for name in ("history.jsonl", "freeze.json"):
        (study / name).unlink()
    main(["score", str(study), "--out", str(tmp_path / "run")])
    found = compare(world / "old", tmp_path / "run", systems={"alpha": "alpha_two"})
    assert set(found.verdicts["system_id"]) == {"alpha_two"}
    assert set(found.tables["version_cases"]["item_id"]) == {"q003", "q005"}
    assert "worse" in repr(found)


def test_no_sentence_of_the_comparison_is_idle(checkout):
    """Every sentence of its catalogue is asked for by name, or is a word of a list that is looked up by the word."""
    folder = checkout / "src" / "dualtrack" / "report"
    code = "".join(path.read_text(encoding="utf-8") for path in (folder / "versions").glob("*.py"))
    groups = yaml.safe_load((folder / "words" / "compare.en.yaml").read_text(encoding="utf-8"))
    looked_up = {group for group in groups if f"{group}.{{" in code or f'"{group}", ' in code}
    idle = [
        f"{group}.{name}"
        for group, sentences in groups.items()
        for name in sentences
        if f"{group}.{name}" not in code and group not in looked_up
    ]
    assert idle == []
