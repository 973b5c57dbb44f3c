"""A rubric copied to be amended: only its own name changes, and it loads at once."""

import pytest

from dualtrack._shipped import shipped_root
from dualtrack.errors import OutputError, RubricError
from dualtrack.rubric import load_rubric
from dualtrack.rubric.amend import amended_files
from dualtrack.rubric.diff import compare
from dualtrack.rubric.effects import results_digest
from dualtrack.verbs import copy_rubric

SHIPPED = ("core", "craftmd", "kqa", "longqa", "screens")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_copy_loads_and_differs_in_its_name_alone(name, tmp_path):
    copy_rubric(name, tmp_path / "our_copy")
    original, copy = load_rubric(name), load_rubric(tmp_path / "our_copy")
    assert [change.told for change in compare(original, copy)] == [f"id: {name} becomes our_copy"]
    assert results_digest(original) == results_digest(copy)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_file_is_copied_and_all_but_the_header_are_the_same_bytes(name, tmp_path):
    written = copy_rubric(name, tmp_path / "our_copy")
    source = shipped_root("rubric") / name
    paths = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    assert {path.relative_to((tmp_path / "our_copy").resolve()).as_posix() for path in written} == paths
    for path in paths - {"rubric.yaml"}:
        assert (tmp_path / "our_copy" / path).read_bytes() == (source / path).read_bytes(), path


def test_the_header_keeps_its_comments_and_everything_but_the_id():
    first = b"# yaml-language-server: $schema=../schema/rubric.schema.json\n"
    text = first + b"schema: x\nid: core  # the name\ntitle: id: core\n"
    made = amended_files({"rubric.yaml": text}, "ours")["rubric.yaml"]
    assert made == text.replace(b"id: core  #", b"id: ours  #")


def test_the_schema_line_leads_to_a_folder_beside_the_new_rubric():
    files = {
        "rubric.yaml": b"# yaml-language-server: $schema=/somewhere/else/rubric.schema.json\nid: core\n",
        "metrics/safety/a.yaml": b"# yaml-language-server: $schema=metric.schema.json\nid: a\n",
        "decisions/001-why.md": b"id: core\n",
    }
    made = amended_files(files, "ours")
    assert made["rubric.yaml"].startswith(b"# yaml-language-server: $schema=../schema/rubric.schema.json\nid: ours\n")
    assert made["metrics/safety/a.yaml"] == (
        b"# yaml-language-server: $schema=../../../schema/metric.schema.json\nid: a\n"
    )
    assert made["decisions/001-why.md"] == b"id: core\n"


@pytest.mark.parametrize("filled", ["file", "folder"])
def test_a_folder_that_holds_something_is_refused_and_left_alone(filled, tmp_path):
    target = tmp_path / "ours"
    if filled == "file":
        target.write_text("mine")
    else:
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    with pytest.raises(OutputError) as caught:
        copy_rubric("longqa", target)
    assert [problem.code for problem in caught.value.problems] == ["OUT011"]
    assert sorted(path.name for path in tmp_path.rglob("*")) == (["ours"] if filled == "file" else ["mine.txt", "ours"])


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "ours").mkdir()
    assert copy_rubric("longqa", tmp_path / "ours")


@pytest.mark.parametrize("name", ["Our Rubric", "our-rubric", "2ours", "core", "longqa", "über"])
def test_a_name_that_no_rubric_can_have_is_refused_before_anything_is_written(name, tmp_path):
    with pytest.raises(OutputError) as caught:
        copy_rubric("longqa", tmp_path / name)
    assert [problem.code for problem in caught.value.problems] == ["OUT012"]
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_rubric_is_named_and_nothing_is_written(tmp_path):
    with pytest.raises(RubricError) as caught:
        copy_rubric("lonqga", tmp_path / "ours")
    assert [problem.code for problem in caught.value.problems] == ["RUB001"]
    assert list(tmp_path.iterdir()) == []


def test_a_copy_of_a_copy_is_a_rubric_as_well(tmp_path):
    copy_rubric("longqa", tmp_path / "first")
    copy_rubric(str(tmp_path / "first"), tmp_path / "second")
    assert load_rubric(tmp_path / "second").header.id == "second"


def test_a_link_that_leads_out_of_the_rubric_is_not_copied(tmp_path):
    copy_rubric("longqa", tmp_path / "first")
    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "first" / "decisions" / "002-secret.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(RubricError) as caught:
        copy_rubric(str(tmp_path / "first"), tmp_path / "second")
    assert [problem.code for problem in caught.value.problems] == ["RUB004"]
    assert not (tmp_path / "second").exists()


def test_a_file_that_is_too_large_is_refused_and_never_cut_short(tmp_path):
    copy_rubric("longqa", tmp_path / "first")
    (tmp_path / "first" / "README.md").write_text("x" * (256 * 1024 + 1))
    with pytest.raises(RubricError) as caught:
        copy_rubric(str(tmp_path / "first"), tmp_path / "second")
    assert [problem.code for problem in caught.value.problems] == ["RUB005"]
