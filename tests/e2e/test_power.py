"""dualtrack power as a planner meets it: before there are responses, with a number of items alone, and afterwards."""

import json
import re
import shutil

import pytest

from dualtrack.cli import main
from dualtrack.power_verb import power
from dualtrack.records.result_power import POWER_TABLES
from dualtrack.render import numbers
from dualtrack.report.power import power_page
from dualtrack.report.words import load_words
from dualtrack.scoring.power import Wishes

BANNED = r"\b(compliant|certified|approved|validated|safe|winner|best product)\b"
SHORT = ["--items", "120", "--clusters", "40"]


@pytest.fixture(scope="module")
def skeleton(tmp_path_factory):
    """A study of which only study.yaml and the items are there."""
    folder = tmp_path_factory.mktemp("planned") / "study"
    main(["init", str(folder)])
    for path in folder.iterdir():
        if path.name not in {"study.yaml", "items.csv", "items.jsonl"}:
            path.unlink()
    return folder


@pytest.fixture(scope="module")
def written(skeleton, tmp_path_factory):
    """Page and document of the study."""
    folder = tmp_path_factory.mktemp("power")
    assert main(["power", str(skeleton), *SHORT, "--out", str(folder)]) == 0
    return folder


def test_items_and_a_plan_are_enough(skeleton, capsys):
    assert main(["power", str(skeleton), "--missing", "0.01"]) == 0
    said = capsys.readouterr().out
    assert "This is for planning." in said
    assert "hangs on" in said
    assert "Every assumption" in said


def test_the_plan_view_prints_no_chance(skeleton, capsys):
    assert main(["power", str(skeleton), "--plan"]) == 0
    said = capsys.readouterr().out
    assert "Least cases" in said
    assert "not demonstrated" not in said


def test_without_items_their_number_is_asked_for_and_then_enough(skeleton, tmp_path, capsys):
    shutil.copyfile(skeleton / "study.yaml", tmp_path / "study.yaml")
    assert main(["power", str(tmp_path)]) == 1
    assert "PWR002" in capsys.readouterr().err
    assert main(["power", str(tmp_path), *SHORT]) == 0
    assert "120" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "code"),
    [(["--icc", "2"], "PWR001"), (["--clusters", "5"], "PWR003"), (["--rates", "0.1,0.05,0.2"], "PWR001")],
)
def test_a_bad_assumption_is_named(skeleton, options, code, capsys):
    assert main(["power", str(skeleton), *options]) == 1
    assert code in capsys.readouterr().err


def test_rates_that_are_no_numbers_are_a_slip_of_usage(skeleton, capsys):
    assert main(["power", str(skeleton), "--rates", "few,some,many"]) == 2
    assert "--rates" in capsys.readouterr().err


def test_the_document_holds_every_declared_column_and_the_page_follows_from_it(written):
    document = json.loads((written / "power.json").read_text(encoding="utf-8"))
    for table in POWER_TABLES:
        assert all(set(row) == set(table.names) for row in document[table.name])
    assert power_page(document) == (written / "power.html").read_text(encoding="utf-8")


def test_the_same_plan_gives_the_same_bytes(skeleton, written, tmp_path):
    power(skeleton, Wishes(items=120, clusters=40)).save(tmp_path)
    for name in ("power.json", "power.html"):
        assert (tmp_path / name).read_bytes() == (written / name).read_bytes()


def test_the_page_says_what_it_is_and_fetches_nothing(written):
    page = (written / "power.html").read_text(encoding="utf-8")
    assert "no promise about this study" in page
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page
    assert not re.search(r"<script|https?://|url\(", page)
    assert not re.search(BANNED, re.sub(r"<style.*?</style>", "", page, flags=re.DOTALL), flags=re.IGNORECASE)


def test_the_words_of_the_page_keep_the_law():
    own = {name: text for name, text in load_words("en", "power").sentences.items() if name.startswith("power")}
    assert own
    assert not [text for text in own.values() if re.search(BANNED, text, flags=re.IGNORECASE)]


def test_every_chance_on_the_page_stands_in_the_document(written):
    document = json.loads((written / "power.json").read_text(encoding="utf-8"))
    page = (written / "power.html").read_text(encoding="utf-8")
    for row in document["power_chances"]:
        assert numbers.percent(row["p_met"], decimals=0).replace("<", "&lt;").replace(">", "&gt;") in page


def test_hostile_names_stay_text(skeleton, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(skeleton, folder)
    file = folder / "study.yaml"
    text = file.read_text(encoding="utf-8").replace(
        "title: A made-up study to start from", "title: '<script>alert(1)</script>'"
    )
    file.write_text(text, encoding="utf-8")
    page = power_page(power(folder).document)
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_data_give_the_spread_of_differences_and_the_seconds_of_a_rating(skeleton, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(skeleton, folder)
    study = (folder / "study.yaml").read_text(encoding="utf-8").replace("strata: {report: [topic]}", "strata: {}")
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    (folder / "items.csv").write_text("item_id,prompt\n" + "".join(f"q{k},why {k}\n" for k in range(30)), "utf-8")
    (folder / "raters.csv").write_text("rater_id,kind\nr1,person\nr2,person\n", "utf-8")
    lines = [
        f"{system},q{k},correctness,{rater},{5 - (k * (2 + place)) % 4},{seconds}\n"
        for place, system in enumerate(("alpha", "beta"))
        for k in range(30)
        for rater, seconds in (("r1", 20), ("r2", 30))
    ]
    head = "system_id,item_id,scale_id,rater_id,level,seconds\n"
    (folder / "ratings.csv").write_text(head + "".join(lines), "utf-8")
    found = power(folder)
    differences = found.tables["power_differences"].set_index("track")
    assert differences.loc["effectiveness", "source"] == "data"
    assert differences.loc["effectiveness", "standard_error"] > 0
    assumed = found.tables["power_assumptions"].set_index("name")
    assert tuple(assumed.loc["seconds", ["text", "source"]]) == ("25", "data")
    assert "no evidence about any system" in repr(found)
