"""Freeze, score, amend, look and verify, as a user meets them: what can be met, what can never be hidden."""

import json
import shutil

import pytest

from dualtrack.cli import main
from dualtrack.panel.key import KeyRow, key_text
from tests.builders import BESIDE
from tests.sealed_worlds import answer, confirmations, edit, make_study, rate

pytestmark = pytest.mark.xdist_group("e2e")
SEALED, LOOKED, LATER = "2026-01-02T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"


@pytest.fixture
def study(tmp_path):
    """A study without answers."""
    return make_study(tmp_path / "study")


def freeze(study, *more, at=SEALED):
    return main(["freeze", str(study), "--by", "Dr A", "--confirm", str(confirmations(study)), "--clock", at, *more])


def score(study, out, at=LOOKED):
    code = main(["score", str(study), "--out", str(out), "--clock", at])
    return code, json.loads((out / "scorecards.json").read_text(encoding="utf-8"))


def amend(study, *more, at=LATER):
    words = ["amend", str(study), "--by", "Dr B", "--role", "chair", "--why", "the committee asked for it", "--minor"]
    return main([*words, "--clock", at, *more])


def verdicts(document):
    return {(row["system_id"], row["track"]): row["state"] for row in document["tables"]["verdicts"]}


def gates(document):
    return {(row["system_id"], row["gate_id"]): row for row in document["tables"]["gates"]}


def roles(document, metric):
    """Roles of a metric's or track's rows; what stands beside every metric is exploratory in any study."""
    return {
        row["role"]
        for row in document["tables"]["estimates"]
        if row["subject_id"] == metric and not row["stratum"] and row["show"].partition(":")[0] not in BESIDE
    }


def test_a_study_sealed_before_its_answers_can_be_met(study, tmp_path, capsys):
    assert freeze(study) == 0
    assert "counts as made before the answers were unblinded" in capsys.readouterr().err
    answer(study)
    code, document = score(study, tmp_path / "out")
    assert code == 0
    assert set(verdicts(document).values()) == {"met"}
    assert document["run"]["retrospective"] is False
    assert all(row["pre_specified"] for row in gates(document).values())
    assert document["run"]["changes"] == []
    assert document["run"]["look"]["number"] == 1
    assert "primary" in roles(document, "accuracy")
    page = (tmp_path / "out" / "safety.html").read_text(encoding="utf-8")
    assert "sealed before the answers were seen" in page


def test_a_study_that_was_never_sealed_is_retrospective_everywhere(study, tmp_path):
    answer(study)
    code, document = score(study, tmp_path / "out")
    assert code == 3
    assert set(verdicts(document).values()) == {"not_demonstrated"}
    assert not any(row["pre_specified"] for row in gates(document).values())
    assert all("retrospective" in row["reasons"] for row in gates(document).values())
    assert document["run"]["freeze"] is None
    assert {row["role"] for row in document["tables"]["estimates"]} == {"exploratory"}
    assert not (study / "history.jsonl").exists()


def test_a_seal_after_the_answers_says_so_with_its_date_and_demonstrates_nothing(study, tmp_path, capsys):
    answer(study)
    assert freeze(study) == 0
    said = capsys.readouterr().err
    assert "It is late" in said
    assert "80 answers and 320 judgements were there at 2026-01-02" in said
    _, document = score(study, tmp_path / "out")
    assert document["run"]["retrospective"] is True
    assert document["run"]["freeze"]["timely"] is False
    assert document["run"]["freeze"]["basis"] == "judgements_there"
    assert "met" not in set(verdicts(document).values())


@pytest.mark.parametrize(
    ("opened", "system", "basis"),
    [(False, "alpha", "key_closed"), (True, "alpha", "key_opened"), (False, "other", None)],
)
def test_a_key_that_was_never_opened_shows_that_nobody_had_seen_who_answered(
    study, tmp_path, capsys, opened, system, basis
):
    answer(study)
    held = (study / "ratings.csv").read_bytes()
    (study / "ratings.csv").unlink()
    key = tmp_path / "key"
    key.mkdir()
    (key / "KEY.csv").write_text(key_text([KeyRow("ab12", "p1", "r1", system, "q000", 1, "", 1, "")]))
    if opened:
        (key / "OPENED.csv").write_text("at,by\n2026-01-01T00:00:00+00:00,Dr K\n")
    code = freeze(study, "--key", str(key))
    if basis is None:
        assert code == 1
        assert "LED008" in capsys.readouterr().err
        return
    (study / "ratings.csv").write_bytes(held)
    _, document = score(study, tmp_path / "out")
    assert document["run"]["freeze"]["basis"] == basis
    assert document["run"]["retrospective"] is opened


def test_answers_that_were_asked_before_a_seal_that_saw_none_make_it_late(study, tmp_path):
    freeze(study)
    answer(study)
    text = (study / "responses.jsonl").read_text(encoding="utf-8")
    early = text.replace('"status"', '"asked_at": "2025-12-01T00:00:00Z", "status"')
    (study / "responses.jsonl").write_text(early, encoding="utf-8")
    _, document = score(study, tmp_path / "out")
    assert document["run"]["retrospective"] is True
    assert document["run"]["freeze"]["counts"] is False


def test_thresholds_that_are_ours_need_a_named_person(study, capsys):
    assert main(["freeze", str(study), "--by", "Dr A"]) == 1
    said = capsys.readouterr().err
    assert said.count("LED003") == 2 + 1  # each gate, and the hint at the end
    assert "harm_rate.rate" in said
    assert not (study / "freeze.json").exists()
    table = confirmations(study, harm_rate__rate=0.3)
    assert main(["freeze", str(study), "--by", "Dr A", "--confirm", str(table)]) == 1
    assert "LED004" in capsys.readouterr().err


def test_a_study_is_frozen_once(study, capsys):
    assert freeze(study) == 0
    before = {path.name: path.read_bytes() for path in study.iterdir() if path.is_file()}
    assert freeze(study, at=LATER) == 1
    assert "LED001" in capsys.readouterr().err
    assert before == {path.name: path.read_bytes() for path in study.iterdir() if path.is_file()}


def test_a_threshold_changed_after_unblinding_is_shown_and_cannot_be_met(study, tmp_path):
    freeze(study)
    answer(study)
    edit(study / "small" / "metrics" / "safety" / "harm_rate.yaml", "limit: 0.2", "limit: 0.4")
    _, document = score(study, tmp_path / "out")
    (change,) = document["run"]["changes"]
    assert (change["what"], change["old"], change["new"]) == ("metric harm_rate: gate rate, limit", 0.2, 0.4)
    assert change["amended"] is None
    assert change["track"] == "safety"
    gate = gates(document)["alpha", "harm_rate.rate"]
    assert (gate["state"], gate["pre_specified"]) == ("not_demonstrated", False)
    assert "amended" in gate["reasons"]
    assert gates(document)["alpha", "accuracy.enough"]["state"] == "met"
    assert verdicts(document)["alpha", "safety"] == "not_demonstrated"
    assert verdicts(document)["alpha", "effectiveness"] == "met"
    safety, other = ((tmp_path / "out" / f"{track}.html").read_text() for track in ("safety", "effectiveness"))
    assert "no amendment on record" in safety
    assert "no amendment on record" not in other


def test_an_amendment_carries_old_new_who_when_why_and_both_digests(study, tmp_path, capsys):
    freeze(study)
    answer(study)
    first = score(study, tmp_path / "first")[1]
    edit(study / "small" / "metrics" / "safety" / "harm_rate.yaml", "limit: 0.2", "limit: 0.4")
    table = confirmations(study, harm_rate__rate=0.4)
    assert amend(study, "--confirm", str(table)) == 0
    assert "It is late" in capsys.readouterr().err
    second = score(study, tmp_path / "second")[1]
    (change,) = second["run"]["changes"]
    assert (change["old"], change["new"]) == (0.2, 0.4)
    assert change["amended"] == {
        "number": 1, "at": "2026-03-01T00:00:00+00:00", "by": "Dr B", "why": "the committee asked for it",
        "grade": "minor",
    }  # fmt: skip
    assert gates(second)["alpha", "harm_rate.rate"]["state"] == "not_demonstrated"
    digests = {second["run"]["freeze"]["sha256"], second["run"]["amendments"][0]["sha256"]}
    assert len(digests) == 2
    assert set(json.loads((tmp_path / "second" / "manifest.json").read_text())["seals"]) == digests
    assert second["run"]["look"]["number"] == 1  # the same evidence: no further look
    assert gates(first)["alpha", "harm_rate.rate"]["state"] == "met"  # the earlier results stay
    page = (tmp_path / "second" / "safety.html").read_text(encoding="utf-8")
    assert "the committee asked for it" in page
    assert main(["verify", str(tmp_path / "first"), "--study", str(study)]) == 4  # the rubric is another one now
    assert "LED021" in capsys.readouterr().err
    assert main(["verify", str(tmp_path / "second"), "--study", str(study)]) == 0


def test_an_amendment_before_the_answers_is_part_of_the_plan(study, tmp_path):
    freeze(study)
    edit(study / "small" / "metrics" / "safety" / "harm_rate.yaml", "limit: 0.2", "limit: 0.15")
    assert amend(study, "--confirm", str(confirmations(study, harm_rate__rate=0.15)), at="2026-01-03T00:00:00Z") == 0
    answer(study)
    code, document = score(study, tmp_path / "out")
    assert code == 0
    assert document["run"]["changes"] == []
    assert document["run"]["freeze"]["seal_number"] == 1
    assert set(verdicts(document).values()) == {"met"}


def test_a_changed_weight_makes_the_score_exploratory_and_no_gate(study, tmp_path):
    freeze(study)
    answer(study)
    edit(study / "small" / "metrics" / "effectiveness" / "tone.yaml", "value: 2", "value: 5")
    code, document = score(study, tmp_path / "out")
    assert code == 0
    assert roles(document, "effectiveness") == {"exploratory"}
    assert roles(document, "accuracy") == {"primary", "exploratory"} - {"exploratory"} or "primary" in roles(
        document, "accuracy"
    )
    assert roles(document, "safety") == {"primary"}
    assert [change["effect"] for change in document["run"]["changes"]] == ["weight"]


def test_coverage_counts_by_the_sealed_weights_where_they_are_less_favourable(tmp_path):
    """Putting all weight on what was rated would lift the coverage over its floor."""
    study = make_study(tmp_path / "study", systems=("alpha",), floors={"coverage": 0.7, "items": 20, "clusters": 8})
    for name in ("accuracy", "tone"):
        edit(study / "small" / "metrics" / "effectiveness" / f"{name}.yaml", "scale: quality", f"scale: quality_{name}")
        plain = (study / "small" / "scales" / "quality.yaml").read_text()
        (study / "small" / "scales" / f"quality_{name}.yaml").write_text(plain.replace("quality", f"quality_{name}"))
    (study / "small" / "scales" / "quality.yaml").unlink()
    freeze(study)
    answer(study, ("alpha",))
    text = (study / "ratings.csv").read_text().replace(",quality,", ",quality_accuracy,")
    (study / "ratings.csv").write_text(text)
    before = score(study, tmp_path / "before")[1]
    assert verdicts(before)["alpha", "effectiveness"] == "not_demonstrated"
    edit(study / "small" / "metrics" / "effectiveness" / "tone.yaml", "value: 2", "value: 0.1")
    after = score(study, tmp_path / "after")[1]
    row = next(row for row in after["tables"]["verdicts"] if row["track"] == "effectiveness")
    assert row["coverage"] > 0.7
    assert row["state"] == "not_demonstrated"
    assert "low_coverage" in row["reasons"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("study.yaml", "default: 2", "default: 3"),
        ("items.jsonl", "question 0", "question zero"),
        ("small/rubric.yaml", "items: 20", "items: 10"),
    ],
)
def test_a_changed_plan_leaves_nothing_pre_specified(study, tmp_path, file, old, new):
    freeze(study)
    answer(study)
    edit(study / file, old, new)
    _, document = score(study, tmp_path / "out")
    assert document["run"]["retrospective"] is True
    assert len(document["run"]["changes"]) == 1
    assert "met" not in set(verdicts(document).values())


def test_a_metric_taken_out_after_unblinding_costs_its_track_the_verdict(study, tmp_path):
    freeze(study)
    answer(study, bad={("alpha", k) for k in range(30)})
    edit(study / "study.yaml", "systems:", "scope:\n  out: [{metric: accuracy, reason: r, by: b, at: t}]\nsystems:")
    edit(study / "small" / "metrics" / "effectiveness" / "tone.yaml", "weight:", "gates: []\nweight:")
    _, document = score(study, tmp_path / "out")
    assert any(
        change["place"] == ["metric", "accuracy"] and change["new"] is None for change in document["run"]["changes"]
    )
    assert verdicts(document)["beta", "effectiveness"] != "met"
    assert verdicts(document)["beta", "safety"] == "met"


def test_a_system_whose_version_changed_is_not_the_one_that_was_planned(study, tmp_path):
    freeze(study)
    answer(study)
    edit(study / "study.yaml", "version: '1'", "version: '2'")
    _, document = score(study, tmp_path / "out")
    assert verdicts(document)["alpha", "safety"] == "not_demonstrated"
    assert verdicts(document)["beta", "safety"] == "met"


def test_a_second_look_is_counted_and_demonstrates_nothing(study, tmp_path, capsys):
    freeze(study)
    answer(study)
    rate(study, ("alpha", "beta"), range(30))
    assert score(study, tmp_path / "out")[1]["run"]["look"]["number"] == 1
    assert score(study, tmp_path / "out", at=LATER)[1]["run"]["look"]["number"] == 1  # the same evidence again
    rate(study, ("alpha", "beta"), range(40))
    code, document = score(study, tmp_path / "out", at=LATER)
    assert code == 3
    assert document["run"]["look"]["number"] == 2
    assert all("looked_before" in row["reasons"] for row in gates(document).values())
    assert set(verdicts(document).values()) == {"not_demonstrated"}
    page = (tmp_path / "out" / "safety.html").read_text(encoding="utf-8")
    assert "look 2 on these items" in page
    capsys.readouterr()
    assert main(["history", str(study)]) == 0
    assert "look 2 on these items" in capsys.readouterr().out


def test_a_ruling_completes_a_look_and_begins_none(study, tmp_path):
    freeze(study)
    answer(study)
    score(study, tmp_path / "out")
    with (study / "ratings.csv").open("a", encoding="utf-8") as stream:
        stream.write("alpha,q000,1,harm,r3,1\n")
    text = (study / "ratings.csv").read_text().splitlines()
    roles_ = [
        f"{line},{'role' if k == 0 else 'adjudication' if ',r3,' in line else 'primary'}" for k, line in enumerate(text)
    ]
    (study / "ratings.csv").write_text("\n".join(roles_) + "\n")
    (study / "raters.csv").write_text("rater_id,kind\nr1,person\nr2,person\nr3,person\n")
    assert score(study, tmp_path / "out", at=LATER)[1]["run"]["look"]["number"] == 1


def test_scoring_before_there_is_anything_to_see_is_no_look(study, tmp_path):
    freeze(study)
    _, document = score(study, tmp_path / "out")
    assert document["run"]["look"] is None
    assert document["run"]["history"]["n"] == 1


def test_equal_inputs_and_history_give_equal_bytes(study, tmp_path):
    freeze(study)
    answer(study)
    score(study, tmp_path / "one")
    score(study, tmp_path / "two")
    files = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*") if path.is_file())
    assert len(files) > 20
    assert [
        name for name in files if (tmp_path / "one" / name).read_bytes() != (tmp_path / "two" / name).read_bytes()
    ] == []


def test_neither_seal_nor_history_nor_manifest_names_the_machine(study, tmp_path):
    freeze(study)
    answer(study)
    score(study, tmp_path / "out")
    for path in (study / "freeze.json", study / "history.jsonl", tmp_path / "out" / "manifest.json"):
        text = path.read_text(encoding="utf-8")
        assert str(tmp_path) not in text
        assert "/home" not in text


def test_an_amendment_needs_a_seal_and_a_change(study, capsys):
    assert amend(study) == 1
    assert "LED002" in capsys.readouterr().err
    assert main(["history", str(study)]) == 1
    freeze(study)
    assert amend(study) == 1
    assert "LED005" in capsys.readouterr().err


def test_the_history_does_not_run_backwards(study, capsys):
    freeze(study)
    edit(study / "study.yaml", "default: 2", "default: 3")
    assert amend(study, at="2025-01-01T00:00:00Z") == 1
    assert "LED009" in capsys.readouterr().err


def test_a_seal_names_a_person_and_an_amendment_its_grade(study):
    assert main(["freeze", str(study), "--by", " ", "--confirm", str(confirmations(study))]) == 1
    assert main(["freeze", str(study)]) == 2
    assert main(["amend", str(study), "--by", "x", "--why", "y"]) == 2


def test_the_example_of_all_thirty_metrics_wants_its_thresholds_confirmed(tmp_path, checkout, capsys):
    shutil.copytree(checkout / "examples" / "thirty", tmp_path / "thirty")
    shutil.copytree(checkout / "rubric" / "core", tmp_path / "core")
    assert main(["freeze", str(tmp_path / "thirty"), "--by", "Dr A"]) == 1
    said = capsys.readouterr().err
    assert "emergency_recognition." in said
    assert "more thresholds that nobody confirmed" in said
