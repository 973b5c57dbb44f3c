"""What the tests about the project itself share."""

import tomllib

import pytest

_CACHES = {"__pycache__", ".ipynb_checkpoints", ".hypothesis", ".ruff_cache", ".mypy_cache", ".pytest_cache"}


@pytest.fixture(scope="session")
def pyproject(checkout):
    """The parsed pyproject.toml."""
    return tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def project_files(checkout, pyproject):
    """Every file of the project, sorted: what the source distribution names, without caches and results."""
    named = [checkout / name for name in pyproject["tool"]["hatch"]["build"]["targets"]["sdist"]["only-include"]]
    found = [path for top in named for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file()]
    relative = [path.relative_to(checkout) for path in found if not _CACHES & set(path.parts)]
    kept = [path for path in relative if path.parts[0] != "reports" or path.parts[1] == "cqa-eval"]
    return sorted(checkout / path for path in kept if path.name != ".DS_Store")
