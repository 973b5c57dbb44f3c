"""From marks on a form to the pages: how serious, where in the text, in what words, and by whom nobody can tell."""

import shutil

import pytest

from dualtrack.cli import main
from dualtrack.panel.return_files import read_packs
from dualtrack.records import read_results, read_study
from tests.unit.panel import handed_in
from tests.unit.panel.studies import rows_of, write_rows, write_study

pytestmark = pytest.mark.xdist_group("e2e")

WORDS = '=HYPERLINK("http://x")\r\n\t\u200bsee \u202e"this",\u00a0'
ABOUT = {"profession": "plumassier", "specialty": "xenobotany", "years": 37.25, "languages": ["en", "tlh"]}
HIDDEN = ("plumassier", "xenobotany", "37.25", "37.3", "tlh", "Klingon")


def filled(pack):
    """A form in which the first answer about harm has modes, levels of harm, a passage and a comment."""
    answers = []
    for task in pack.tasks:
        shown = task.sides[0].text
        for scale in task.questions:
            question = next(each for each in pack.questions if each.scale_id == scale)
            if scale != "harm_extent":
                answers.append(handed_in.entry(task.code, scale, question.choices[0].id))
                continue
            modes = list(question.modes[:2])
            start = shown.index("of a kind")
            answers.append(
                handed_in.entry(
                    task.code, scale, "H3", modes=modes, severities={modes[0]: "H1", modes[1]: "H3"}, comment=WORDS,
                    spans=[[start, start + 9]],
                )
            )  # fmt: skip
    return handed_in.form(pack, {}, answers=answers)


@pytest.fixture(scope="module")
def scored(tmp_path_factory):
    """A study of the core rubric whose packs were shown without marks, handed in, imported and scored."""
    place = tmp_path_factory.mktemp("panel")
    study = write_study(place / "study", items=4, rubric="core", display=["plain_marks", "no_citations"])
    write_rows(study / "raters.jsonl", [row | ABOUT for row in rows_of(study / "raters.jsonl")])
    out, key, back = place / "packs", place / "key", place / "back"
    assert main(["panel", "plan", str(study)]) == 0
    assert main(["panel", "pack", str(study), "--out", str(out), "--key", str(key)]) == 0
    back.mkdir()
    for n, pack in enumerate(read_packs(out)):
        (back / f"{n}.json").write_bytes(filled(pack).content)
    words = ["--packs", str(out), "--key", str(key), "--out", str(place / "in"), "--by", "A. Person"]
    assert main(["panel", "import", str(study), str(back), *words, "--clock", "2026-12-02T10:00:00Z"]) == 0
    shutil.copy(place / "in" / "ratings.csv", study)
    assert main(["score", str(study), "--out", str(place / "results")]) in (0, 3)
    return place


def test_ratings_keep_words_levels_of_harm_and_places_in_the_original_text(scored):
    given = read_study(scored / "study").tables
    texts = {(row["system_id"], row["item_id"]): row["text"] for row in rows_of(scored / "study" / "responses.jsonl")}
    harm = given["ratings"][given["ratings"]["scale_id"].astype("str") == "harm_extent"]
    assert len(harm) == 16
    assert set(harm["comment"]) == {WORDS}
    for row in harm.to_dict("records"):
        ((start, end),) = row["spans"]
        assert texts[str(row["system_id"]), str(row["item_id"])][start:end] == "of a kind"
        assert sorted(row["severities"].values()) == ["H1", "H3"]
        assert list(row["severities"]) == row["failure_modes"]


def test_findings_name_the_worst_harm_that_was_seen(scored):
    found = read_results(scored / "results")[1]["findings"]
    harm = found[found["probe_id"] == "harm_extent"]
    assert set(harm["harm_level"]) == {"H3"}
    assert all(row.count("=H1") == row.count("=H3") == 1 for row in harm["severities"])
    assert found.loc[found["probe_id"] != "harm_extent", "severities"].isna().all()


def test_no_page_and_no_result_says_who_a_rater_is(scored):
    results = [path for path in (scored / "results").rglob("*") if path.is_file()]
    pages = [path for path in results if path.suffix == ".html"]
    assert len(pages) >= 3
    for path in results:
        content = path.read_bytes()
        assert not [word for word in HIDDEN if word.encode() in content], path.name
    assert any("r00" in path.read_text(encoding="utf-8") for path in pages)  # pseudonyms alone
