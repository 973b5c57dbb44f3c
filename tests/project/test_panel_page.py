"""The page on panels: its panel.yaml is one, its table names every key, its raters are read."""

import re
from pathlib import Path

import yaml

from dualtrack.panel.calibration_file import read_case_file
from dualtrack.panel.panel_yaml import read_panel_file, refuse_what_does_not_fit
from dualtrack.panel.rule import Calibration, Rule
from dualtrack.panel.settings import PanelFile
from dualtrack.panel.study_side import people_of
from dualtrack.panel_verbs import panel_plan
from dualtrack.records import read_study
from tests.unit.panel.studies import write_study

PAGE = (Path(__file__).parents[2] / "docs" / "panel.md").read_text(encoding="utf-8")


def test_what_the_page_shows_plans_as_it_stands(tmp_path):
    folder = write_study(tmp_path / "study")
    (folder / "raters.jsonl").unlink()
    (folder / "raters.csv").write_text(re.findall(r"```csv\n(.*?)```", PAGE, re.DOTALL)[0], encoding="utf-8")
    (folder / "panel.yaml").write_text(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[0], encoding="utf-8")
    panel, study = read_panel_file(folder), read_study(folder)
    refuse_what_does_not_fit(panel, study)
    ash, elm = people_of(panel.settings, study.tables["raters"])
    assert (ash.conflicts, elm.languages) == (("Acme",), ("en", "de"))
    assert panel_plan(folder).n_rows == 6 * 2 * 2 * 3


def test_every_row_of_the_table_is_valid_and_every_key_is_named(tmp_path):
    start, *_ = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    rows = re.findall(r"^\| `(\w+: .*?)` \|", PAGE, re.MULTILINE)
    for row in rows:
        given = yaml.safe_load(start) | yaml.safe_load(row)
        (tmp_path / "panel.yaml").write_text(yaml.safe_dump(given), encoding="utf-8")
        read_panel_file(tmp_path)
    named = {row.partition(":")[0] for row in rows} | set(yaml.safe_load(start))
    assert named == {field.alias or name for name, field in PanelFile.model_fields.items()}


def test_the_cases_and_the_rule_that_the_page_shows_are_read(tmp_path):
    start, cases, rule = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "panel.yaml").write_text(start + rule, encoding="utf-8")
    (tmp_path / "calibration.yaml").write_text(cases, encoding="utf-8")
    calibration = read_panel_file(tmp_path).settings.calibration
    file = read_case_file(tmp_path, calibration.cases).file
    assert file.sets == (1, 2)
    assert {case.response.item for case in file.cases if case.response} == set(calibration.items)
    assert set(Rule.model_fields) == set(yaml.safe_load(rule)["calibration"]["rules"][0])
    assert set(Calibration.model_fields) == set(yaml.safe_load(rule)["calibration"])
