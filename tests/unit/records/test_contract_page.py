"""The reference page of the contract is the one that the specifications make."""

from pathlib import Path

import pytest

from dualtrack.records import INPUT_TABLES, RESULT_TABLES
from dualtrack.records.document import contract_page

DOCS = Path(__file__).parents[3] / "docs"


def test_the_page_in_the_repository_is_current():
    page = (DOCS / "contract.md").read_text(encoding="utf-8")
    assert page == contract_page(), "write contract_page() to docs/contract.md"


@pytest.mark.parametrize("table", [*INPUT_TABLES, *RESULT_TABLES], ids=lambda table: table.name)
def test_every_column_stands_on_the_page(table):
    section = contract_page().split(f"### {table.name}")[1].split("\n### ")[0]
    for column in table.columns:
        assert f"| **{column.name}** |" in section if column.key else f"| {column.name} |" in section
        assert all(f"`{word}`" in section for word in column.words)


def test_the_guide_names_every_table_of_a_study():
    guide = (DOCS / "study-folder.md").read_text(encoding="utf-8")
    assert all(f"| {table.name} |" in guide for table in INPUT_TABLES)
