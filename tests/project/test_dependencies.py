"""What the code imports is what pyproject.toml declares, no more and no less."""

import ast
import sys

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

DISTRIBUTION_OF = {"yaml": "pyyaml"}  # where the two names differ


def imported_packages(source):
    """Top-level names of the packages that a module imports, wherever in the module it does."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module.partition(".")[0]


def test_runtime_dependencies_are_exactly_what_the_package_imports(checkout, pyproject):
    modules = (checkout / "src" / "dualtrack").rglob("*.py")
    names = {name for module in modules for name in imported_packages(module.read_text(encoding="utf-8"))}
    foreign = {
        canonicalize_name(DISTRIBUTION_OF.get(name, name)) for name in names - sys.stdlib_module_names - {"dualtrack"}
    }
    assert foreign == {canonicalize_name(Requirement(text).name) for text in pyproject["project"]["dependencies"]}
