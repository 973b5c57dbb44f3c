"""House rules that no linter knows: nothing of one machine, nothing left for later, modules of one job."""

import re
from pathlib import Path

import pytest

CODE = {".py", ".toml", ".j2", ".css", ".js", ".yaml", ".sh", ""}
MOST_LINES = 400


@pytest.fixture(scope="module")
def texts(project_files, checkout):
    """Text of every project file by its name relative to the checkout."""
    found = {}
    for path in project_files:
        name = path.relative_to(checkout).as_posix()
        try:
            found[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            assert path.suffix in {".jpg", ".parquet", ".png"} or name.startswith("tests/data/"), name
    return found


def places(texts, pattern):
    """`name:line` of every line that the pattern finds."""
    return [
        f"{name}:{number}"
        for name, text in sorted(texts.items())
        for number, line in enumerate(text.splitlines(), start=1)
        if re.search(pattern, line)
    ]


def test_no_path_of_a_machine_stands_in_a_file(texts, checkout):
    typical = r"(?<![\w.)}/])/(?:root|home|Users|workspace)/\w"
    here = [re.escape(str(place)) for place in (checkout, Path.home()) if len(place.parts) > 1]
    # A folder name of one level ("/root") is also an ordinary word of a path; the pattern above knows those.
    exact = [place for place in here if place.count("/") > 1 or "\\" in place]
    assert places(texts, "|".join([typical, *exact])) == []


def test_no_address_of_a_package_registry_stands_in_a_file(texts):
    assert places(texts, r"https?://[^\s\"'>]*(?:/simple\b|registry|mirror|/packages/)|[-]-(?:extra-)?index-url") == []


def test_nothing_is_left_for_later(texts):
    ours = {name: text for name, text in texts.items() if not name.startswith(("examples/", "reports/"))}
    assert places(ours, r"\b(TOD[O]|FIXM[E])\b") == []


def test_every_exemption_on_a_line_says_its_reason(texts):
    code = {name: text for name, text in texts.items() if name.endswith(".py")}
    exemption = r"#\s*(noqa|type:\s*ignore|pragma:\s*no)"
    with_reason = r"#\s*(noqa: [A-Z0-9, ]+|type: ignore\[[a-z0-9, -]+\]|pragma: no \w+) --? \w"
    assert sorted(set(places(code, exemption)) - set(places(code, with_reason))) == []


def test_no_module_of_the_package_is_longer_than_it_may_be(texts):
    lengths = {
        name: text.count("\n") for name, text in texts.items() if name.startswith("src/") and name.endswith(".py")
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_text_has_unix_line_ends_and_ends_with_one(texts):
    ours = {
        name: text
        for name, text in texts.items()
        if Path(name).suffix in CODE and text and not name.startswith(("tests/data/", "reports/"))
    }
    assert [name for name, text in ours.items() if "\r" in text or not text.endswith("\n")] == []
