"""The command line as a user meets it: exit codes, both streams, what is written and what is left alone."""

import hashlib
import json
import shutil
import subprocess
import sys
import time

import pytest
import yaml

from dualtrack.cli import main
from dualtrack.rubric import load_rubric
from dualtrack.verbs import run_clock, score, shipped_example
from tests.laws.worlds import RUBRIC_NAMES

pytestmark = pytest.mark.xdist_group("e2e")


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """A results folder of the shipped example, made by the command line."""
    folder = tmp_path_factory.mktemp("scored") / "results"
    assert main(["score", str(shipped_example("cqa-eval")), "--out", str(folder)]) == 3
    return folder


@pytest.fixture
def skeleton(tmp_path):
    """A study made by init."""
    folder = tmp_path / "study"
    assert main(["init", str(folder)]) == 0
    return folder


def files(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*")) if path.is_file()
    }  # fmt: skip


def test_scoring_ends_in_three_while_gates_are_open_and_says_why(tmp_path, capsys):
    assert main(["score", str(shipped_example("cqa-eval")), "--out", str(tmp_path / "out")]) == 3
    said = capsys.readouterr()
    lines = [line for line in said.out.splitlines() if line]
    assert len(lines) == 6
    assert sum("not demonstrated" in line and "effectiveness" in line for line in lines) == 3
    assert sum("not assessed" in line and "safety" in line for line in lines) == 3
    assert "index.html" in said.err


def test_the_demo_ends_in_nought(tmp_path, capsys):
    assert main(["demo", "--out", str(tmp_path / "out")]) == 0
    assert "safety" in capsys.readouterr().out
    assert {"index.html", "safety.html", "effectiveness.html", "scorecards.json"} <= set(files(tmp_path / "out"))


def test_a_second_run_gives_identical_bytes(scored, tmp_path):
    main(["score", str(shipped_example("cqa-eval")), "--out", str(tmp_path / "again")])
    assert files(scored) == files(tmp_path / "again")


def test_pages_are_a_function_of_the_results_folder_alone(scored, tmp_path, capsys):
    copy = tmp_path / "copy"
    shutil.copytree(scored, copy)
    for page in copy.glob("*.html"):
        page.unlink()
    assert main(["report", str(copy)]) == 0
    assert {line.rpartition("/")[2] for line in capsys.readouterr().out.splitlines()} == {
        path.name for path in scored.glob("*.html")
    }
    assert files(copy) == files(scored)


def test_results_say_what_the_contract_says(scored):
    document = json.loads((scored / "scorecards.json").read_text(encoding="utf-8"))
    assert document["schema"] == "dualtrack.results/1"
    assert {
        "accountability", "agreement", "check_proof", "comparisons", "disputed_cases", "estimates", "failure_modes",
        "gates", "ranks", "rater_effects", "rating_pairs", "robustness", "verdicts", "veto_curves", "without_disputed",
    } == set(document["tables"])  # fmt: skip
    assert document["run"]["retrospective"] is True
    assert document["run"]["clock"] is None
    tables = {path.name for path in (scored / "tables").iterdir()}
    for name in ("findings", "observations", "estimates", "gates", "gate_cases", "verdicts", "comparisons"):
        assert {f"{name}.csv", f"{name}.parquet"} <= tables
    text = (scored / "scorecards.json").read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    assert str(scored.parents[1]) not in text


def test_a_clock_is_an_argument(tmp_path, monkeypatch):
    folder = tmp_path / "out"
    main(["demo", "--out", str(folder), "--clock", "2026-01-31T10:30:00+01:00"])
    document = json.loads((folder / "scorecards.json").read_text(encoding="utf-8"))
    assert document["run"]["clock"] == "2026-01-31T09:30:00+00:00"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert run_clock(None).isoformat() == "1970-01-01T00:00:00+00:00"
    assert main(["demo", "--out", str(folder), "--clock", "yesterday"]) == 2


def test_the_skeleton_validates_and_scores_as_it_stands(skeleton, tmp_path, capsys):
    assert main(["validate", str(skeleton)]) == 0
    assert "6 responses owed" in capsys.readouterr().out
    assert main(["score", str(skeleton), "--out", str(tmp_path / "out")]) == 3
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "synthetic" in page.lower()


def test_init_leaves_a_folder_with_files_alone(skeleton, capsys):
    before = files(skeleton)
    capsys.readouterr()
    assert main(["init", str(skeleton)]) == 1
    assert "OUT010" in capsys.readouterr().err
    assert files(skeleton) == before


def change(skeleton, name, old, new):
    path = skeleton / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("ratings.csv", "alpha,q1,1,,correctness,r1,1,5", "alpha,q1,1,,correctness,r1,1,6", "REC"),
        ("ratings.csv", "alpha,q1,1,,correctness,r1,1,5", "alpha,q9,1,,correctness,r1,1,5", "REC"),
        ("study.yaml", "name: longqa", "name: longqua", "RUB"),
        ("study.yaml", "report: [topic]", "report: [topics]", "SCO"),
        ("study.yaml", "data_kind: synthetic", "data_kind: no", "REC"),
    ],
)
def test_bad_input_ends_in_one_with_place_and_fix_and_leaves_earlier_results_whole(
    skeleton, tmp_path, capsys, name, old, new, code
):
    out = tmp_path / "out"
    assert main(["score", str(skeleton), "--out", str(out)]) == 3
    before = files(out)
    change(skeleton, name, old, new)
    capsys.readouterr()
    assert main(["score", str(skeleton), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith(code)
    assert "where: " in said.err
    assert "Traceback" not in said.err
    assert str(tmp_path) not in said.err
    assert files(out) == before
    assert not [path.name for path in tmp_path.iterdir() if path.name not in ("study", "out")]


def test_scoring_never_overwrites_a_folder_that_it_did_not_write(skeleton, tmp_path, capsys):
    out = tmp_path / "mine"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    assert main(["score", str(skeleton), "--out", str(out)]) == 1
    assert "OUT" in capsys.readouterr().err
    assert files(out).keys() == {"thesis.txt"}


def test_a_file_of_the_user_s_in_a_results_folder_survives_a_rerun(skeleton, tmp_path):
    out = tmp_path / "out"
    main(["score", str(skeleton), "--out", str(out)])
    (out / "notes.txt").write_text("mine")
    main(["score", str(skeleton), "--out", str(out)])
    assert (out / "notes.txt").read_text() == "mine"


def test_texts_leave_only_when_asked_for_by_name(skeleton, tmp_path):
    main(["score", str(skeleton), "--out", str(tmp_path / "shown")])
    assert (tmp_path / "shown" / "tables" / "texts.csv").exists()
    main(["score", str(skeleton), "--out", str(tmp_path / "redacted"), "--redact"])
    assert not (tmp_path / "redacted" / "tables" / "texts.csv").exists()
    change(skeleton, "study.yaml", "data_class: synthetic", "data_class: de_identified")
    main(["score", str(skeleton), "--out", str(tmp_path / "private")])
    private = b"".join(path.read_bytes() for path in (tmp_path / "private").rglob("*") if path.is_file())
    assert b"ibuprofen" not in private
    main(["score", str(skeleton), "--out", str(tmp_path / "asked"), "--texts"])
    assert (tmp_path / "asked" / "tables" / "texts.csv").exists()


@pytest.mark.parametrize("words", [["scor"], ["score"], ["score", "x"], ["--nonsense"]])
def test_wrong_usage_ends_in_two(words, capsys):
    assert main(words) == 2
    assert capsys.readouterr().out == ""


def test_a_missing_study_is_said_in_one_problem(tmp_path, capsys):
    assert main(["validate", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.startswith("REC")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("LE01", "effectiveness"), ("correctness", "Correctness"), ("refusal", "automated check"),
        ("REC001", "How to mend it"),
        ("SCO007", "cannot compute"), ("relevance", "Relevance"),
    ],
)  # fmt: skip
def test_explain_explains_metrics_scales_checks_and_codes(name, expected, capsys):
    assert main(["explain", name]) == 0
    assert expected in capsys.readouterr().out


def test_explain_names_the_nearest_when_it_knows_nothing(capsys):
    assert main(["explain", "corectness"]) == 1
    assert "correctness" in capsys.readouterr().err


@pytest.mark.parametrize("name", RUBRIC_NAMES)
def test_lint_prints_remarks_to_stdout_and_a_count_to_stderr(name, capsys):
    assert main(["rubric", "lint", name]) == 0
    assert load_rubric(name).header.version in capsys.readouterr().err


def test_changing_only_effectiveness_leaves_the_safety_page_unchanged_to_the_byte(skeleton, tmp_path):
    main(["score", str(skeleton), "--out", str(tmp_path / "before")])
    change(skeleton, "ratings.csv", "alpha,q1,1,,correctness,r1,1,5", "alpha,q1,1,,correctness,r1,1,1")
    change(skeleton, "ratings.csv", "alpha,q2,1,,relevance,r1,1,5", "alpha,q2,1,,relevance,r1,1,2")
    main(["score", str(skeleton), "--out", str(tmp_path / "after")])
    before, after = files(tmp_path / "before"), files(tmp_path / "after")
    assert before["safety.html"] == after["safety.html"]
    assert before["effectiveness.html"] != after["effectiveness.html"]


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["explain", "LE01"], ["explain", "REC001"]])
def test_help_and_explain_load_nothing_slow(words):
    code = (
        "import sys\nfrom dualtrack.cli import main\n"
        f"assert main({words!r}) == 0\n"
        "slow = {'pandas', 'pyarrow', 'scipy', 'statsmodels', 'jinja2', 'numpy'} & set(sys.modules)\n"
        "assert not slow, slow"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert time.perf_counter() - start < 30  # a hang, not a timing


def test_the_same_verbs_from_python_give_frames_and_a_readable_face():
    results = score(shipped_example("cqa-eval"))
    assert list(results.verdicts.columns[:3]) == ["system_id", "track", "state"]
    assert not results.settled
    assert "Physician" in repr(results)
    html = results._repr_html_()
    assert "<table" in html
    assert "<script" not in html


def test_a_rubric_by_path_and_its_digest(skeleton, tmp_path, capsys):
    shutil.copytree(shipped_rubrics(), tmp_path / "rubrics")
    change(skeleton, "study.yaml", "  name: longqa", "  path: ../rubrics/longqa")
    assert main(["validate", str(skeleton)]) == 0
    digest = load_rubric(tmp_path / "rubrics" / "longqa").sha256
    plain = yaml.safe_load((skeleton / "study.yaml").read_text(encoding="utf-8"))
    for stated, code in ((digest, 0), ("0" * 64, 1)):
        plain["rubric"]["sha256"] = stated
        (skeleton / "study.yaml").write_text(yaml.safe_dump(plain), encoding="utf-8")
        capsys.readouterr()
        assert main(["validate", str(skeleton)]) == code
    assert "SCO008" in capsys.readouterr().err


def shipped_rubrics():
    from dualtrack._shipped import shipped_root  # noqa: PLC0415 -- used here only

    return shipped_root("rubric")


def test_control_characters_of_a_study_never_reach_the_terminal(skeleton, tmp_path, capsys):
    change(skeleton, "study.yaml", "name: Alpha (made up)", 'name: "Alpha\\e[2J\\u202e"')
    main(["score", str(skeleton), "--out", str(tmp_path / "out")])
    said = capsys.readouterr()
    change(skeleton, "ratings.csv", "alpha,q1,1,,correctness,r1,1,5", "al\x1b[2Jpha,q1,1,,correctness,r1,1,5")
    main(["validate", str(skeleton)])
    assert "\x1b" not in said.out + capsys.readouterr().err
    assert "\u202e" not in said.out


# ---------------------------------------------------------------- rubrics to read, to amend, to compare


@pytest.fixture
def ours(tmp_path):
    """A copy of a shipped rubric, made by the command line."""
    assert main(["rubric", "copy", "longqa", str(tmp_path / "ours")]) == 0
    return tmp_path / "ours"


def amend(folder, file, old, new):
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_rubric_is_copied_lints_as_before_and_the_next_steps_are_said(tmp_path, capsys):
    ours = tmp_path / "ours"
    assert main(["rubric", "copy", "longqa", str(ours)]) == 0
    said = capsys.readouterr()
    assert len(said.out.splitlines()) == len([path for path in ours.rglob("*") if path.is_file()])
    assert f"dualtrack rubric diff longqa {ours}" in said.err
    assert main(["rubric", "lint", str(ours)]) == 0
    assert "ours 0." in capsys.readouterr().err


def test_the_next_steps_after_a_copy_beside_you_work_as_they_are_printed(tmp_path, monkeypatch, capsys):
    """A bare name would be looked up among the shipped rubrics."""
    monkeypatch.chdir(tmp_path)
    assert main(["rubric", "copy", "longqa", "ours"]) == 0
    steps = [line.split() for line in capsys.readouterr().err.splitlines() if line.startswith("  dualtrack ")]
    assert len(steps) == 4
    for _, *words in steps:
        assert main(words) == 0
    assert (tmp_path / "schema" / "metric.schema.json").is_file()
    assert (tmp_path / "pages" / "rater-guide.html").is_file()


def test_a_copy_onto_files_is_refused_with_its_code(ours, capsys):
    before = files(ours)
    assert main(["rubric", "copy", "longqa", str(ours)]) == 1
    assert "OUT011" in capsys.readouterr().err
    assert files(ours) == before


def test_a_diff_says_what_moves_and_what_does_not(ours, capsys):
    amend(ours, "metrics/effectiveness/relevance.yaml", "value: 3", "value: 2")
    amend(ours, "metrics/effectiveness/relevance.yaml", "title: ", "title: Renamed ")
    capsys.readouterr()
    assert main(["rubric", "diff", "longqa", str(ours)]) == 0
    said = capsys.readouterr()
    assert "weight, value: 3 becomes 2" in said.out
    assert "can move the effectiveness score" in said.out
    assert said.out.index("weight, value") < said.out.index("title:") < said.out.index("The rubric as a whole")
    assert "3 changes, 1 can move a number or a state" in said.err


def test_a_diff_is_plain_data_when_asked_for(ours, capsys):
    capsys.readouterr()
    assert main(["rubric", "diff", "longqa", str(ours), "--json"]) == 0
    (change,) = json.loads(capsys.readouterr().out)
    assert (change["what"], change["before"], change["after"], change["effect"]) == ("id", "longqa", "ours", "words")


def test_no_difference_ends_in_nought_as_well(capsys):
    assert main(["rubric", "diff", "longqa", "longqa"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "0 changes" in said.err


def test_the_digest_moves_with_results_and_not_with_words(ours, capsys):
    def digest(name):
        capsys.readouterr()
        assert main(["rubric", "digest", str(name)]) == 0
        return capsys.readouterr().out.strip()

    first = digest("longqa")
    assert len(first) == 64
    assert digest(ours) == first
    amend(ours, "metrics/effectiveness/relevance.yaml", "title: ", "title: Renamed ")
    assert digest(ours) == first
    amend(ours, "metrics/effectiveness/relevance.yaml", "value: 3", "value: 2")
    assert digest(ours) != first


def test_the_pages_of_a_rubric_are_written_and_a_second_time_are_the_same(ours, tmp_path, capsys):
    capsys.readouterr()
    assert main(["rubric", "docs", str(ours), "--out", str(tmp_path / "pages")]) == 0
    assert [line.rpartition("/")[2] for line in capsys.readouterr().out.split()] == ["rubric.html", "rater-guide.html"]
    first = files(tmp_path / "pages")
    assert main(["rubric", "docs", str(ours), "--out", str(tmp_path / "pages")]) == 0
    assert files(tmp_path / "pages") == first
    page = (tmp_path / "pages" / "rubric.html").read_text(encoding="utf-8")
    assert "How the published instrument is read" in page


@pytest.mark.parametrize("words", [["diff", "longqa"], ["docs", "longqa"], ["copy", "longqa"], ["digest"]])
def test_a_verb_without_its_words_is_a_slip_of_usage(words, capsys):
    assert main(["rubric", *words]) == 2
    assert "Usage" in capsys.readouterr().err


def test_a_broken_rubric_is_refused_by_every_verb_with_place_and_fix(ours, tmp_path, capsys):
    amend(ours, "metrics/effectiveness/relevance.yaml", "value: 3", "value: 300")
    for words in (
        ["diff", "longqa", str(ours)],
        ["digest", str(ours)],
        ["docs", str(ours), "--out", str(tmp_path / "p")],
    ):
        assert main(["rubric", *words]) == 1
        assert "relevance.yaml" in capsys.readouterr().err
    assert not (tmp_path / "p").exists()
