"""The page on refusals: 46 rows, each with a test that exists, and no test that the page leaves out."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "refusals.md").read_text(encoding="utf-8")
MET, NOT_ENFORCED = PAGE.split("## What is not enforced")
ROW = re.compile(r"^\| (\d+) \|(.*)\|$", re.MULTILINE)
EVERY = list(range(1, 47))


def found_in(folder):
    """Name of each test, by the module that holds it."""
    return {
        node.name: path.name
        for path in sorted(folder.glob("test_*.py"))
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


TESTS = found_in(ROOT / "tests" / "refusals")


def test_each_of_the_numbers_has_one_row():
    assert [int(number) for number, _ in ROW.findall(MET)] == EVERY


def test_each_row_names_the_tests_of_its_number_and_every_cell_says_something():
    for number, rest in ROW.findall(MET):
        assert all(cell.strip() for cell in rest.split("|")), number
        named = re.findall(r"`(test_\w+)`", rest)
        assert named, number
        assert all(name.startswith(f"test_{int(number):02d}_") for name in named), number


def test_every_test_that_the_page_names_exists_and_every_test_is_named():
    assert set(re.findall(r"`(test_\w+)`", PAGE)) == set(TESTS)


def test_each_group_of_tests_has_its_module():
    groups = {
        "test_all_readers.py": range(1, 16), "test_procurement.py": range(16, 24),
        "test_safety_officers.py": range(24, 36), "test_regulatory.py": range(36, 47),
    }  # fmt: skip
    for name, module in TESTS.items():
        assert int(name.split("_")[1]) in groups[module], name


def test_every_test_says_what_would_turn_it_red():
    for path in sorted((ROOT / "tests" / "refusals").glob("test_*.py")):
        text = path.read_text(encoding="utf-8")
        for body in text.split("\ndef test_")[1:]:
            assert re.search(r"^    # Red when ", body, re.MULTILINE), body.partition("(")[0]


def test_what_is_not_enforced_says_why():
    rows = ROW.findall(NOT_ENFORCED)
    assert rows
    assert all(int(number) in EVERY and "not enforced: " in rest and ", because " in rest for number, rest in rows)
