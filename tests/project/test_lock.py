"""The lock file: every package pinned and hashed, for every platform, and no address in it."""

import re
from itertools import chain

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

SUPPORTED = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = ("linux", "darwin", "win32")


@pytest.fixture(scope="module")
def lock_text(checkout):
    return (checkout / "requirements.lock").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def locked(lock_text):
    """(requirement, hashes) of every entry."""
    statements = re.sub(r"\\\n\s*", " ", re.sub(r"#.*", "", lock_text)).split("\n")
    entries = [statement.split(" --hash=") for statement in statements if statement.strip()]
    return [(Requirement(head.strip()), [digest.strip() for digest in hashes]) for head, *hashes in entries]


@pytest.fixture(scope="module")
def declared(pyproject):
    """Every requirement that pyproject.toml names: to run, to develop, to build."""
    groups = chain.from_iterable(pyproject["dependency-groups"].values())
    texts = [
        *pyproject["project"]["dependencies"],
        *(entry for entry in groups if isinstance(entry, str)),
        *pyproject["build-system"]["requires"],
    ]
    return [Requirement(text) for text in texts]


def test_every_entry_is_pinned_to_one_version_and_carries_hashes(locked):
    assert locked
    for requirement, hashes in locked:
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in hashes), requirement


def test_no_address_stands_in_it(lock_text):
    assert re.findall(r"http|://|index-url|find-links|trusted-host", lock_text) == []


def test_every_declared_requirement_is_locked_at_a_version_that_it_allows(locked, declared):
    versions = {}
    for requirement, _ in locked:
        (pin,) = requirement.specifier
        versions.setdefault(canonicalize_name(requirement.name), []).append(pin.version)
    refused = [
        str(requirement)
        for requirement in declared
        if not all(
            requirement.specifier.contains(version)
            for version in versions.get(canonicalize_name(requirement.name), ["0"])
        )
    ]
    assert refused == [], "run: make lock"


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", SUPPORTED)
def test_no_python_and_platform_gets_two_versions_or_misses_a_declared_one(locked, declared, python, platform):
    here = {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": platform,
        "platform_python_implementation": "CPython",
    }
    chosen = [
        canonicalize_name(requirement.name)
        for requirement, _ in locked
        if requirement.marker is None or requirement.marker.evaluate(here)
    ]
    assert sorted(chosen) == sorted(set(chosen))
    assert {canonicalize_name(requirement.name) for requirement in declared} <= set(chosen)
