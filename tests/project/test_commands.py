"""The commands that the README promises: make targets, verbs, the script of continuous integration."""

import os
import re
import shutil
import subprocess

import pytest

from dualtrack.cli import main

needs_make = pytest.mark.skipif(shutil.which("make") is None, reason="make is not on this machine")


@pytest.fixture(scope="module")
def readme(checkout):
    return (checkout / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def make(checkout, tmp_path):
    """Run make in the checkout with an environment folder of its own."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}

    def run(*arguments):
        command = ["make", "--no-print-directory", *arguments, f"VENV={tmp_path / 'env'}"]
        return subprocess.run(command, cwd=checkout, env=surroundings, capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def stamped(tmp_path):
    """An environment folder that looks freshly made."""
    folder = tmp_path / "env"
    folder.mkdir()
    for stamp in ("locked", "installed"):
        (folder / stamp).touch()
    return folder


@needs_make
def test_every_make_target_of_the_readme_exists(readme, make):
    targets = set(re.findall(r"(?:\$ |`)make ([a-z]+)", readme))
    assert {"demo", "test", "lint", "types", "lock"} <= targets
    listed = set(re.findall(r"^make ([a-z]+) ", make().stdout, flags=re.MULTILINE))
    assert targets <= listed


@needs_make
@pytest.mark.usefixtures("stamped")
def test_a_second_run_installs_nothing(make):
    assert make("--question", "install").returncode == 0


@needs_make
@pytest.mark.usefixtures("stamped")
@pytest.mark.parametrize(("changed", "is_made_anew"), [("requirements.lock", True), ("pyproject.toml", False)])
def test_a_new_lock_makes_a_new_environment_and_a_new_pyproject_only_installs_again(make, changed, is_made_anew):
    plan = make("--dry-run", f"--what-if={changed}", "install").stdout
    assert ("-m venv --clear" in plan) == is_made_anew
    assert "--no-build-isolation --editable ." in plan


@needs_make
def test_a_python_that_is_too_old_is_refused_in_plain_words(make, tmp_path):
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.1" && exit 0\nexit 1\n')
    old.chmod(0o755)
    run = make(f"PYTHON={old}", "demo")
    assert run.returncode != 0
    assert "dualtrack needs Python 3.11 or later; this is: Python 3.9.1" in run.stderr
    assert "make PYTHON=python3.12 demo" in run.stderr
    assert not (tmp_path / "env").exists()


def test_every_verb_of_the_readme_has_help(readme, capsys):
    lines = re.findall(r"(?:\$ |`)dualtrack ([a-z]+(?: lint)?)", readme)
    verbs = {tuple(line.split()) for line in lines}
    assert {
        ("demo",),
        ("explain",),
        ("init",),
        ("report",),
        ("rubric", "lint"),
        ("score",),
        ("validate",),
    } <= verbs
    for verb in sorted(verbs):
        assert main([*verb, "--help"]) == 0
        assert capsys.readouterr().out


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not on this machine")
def test_the_script_of_continuous_integration_is_sound_and_runs_the_tests_first(checkout):
    script = checkout / ".ci" / "run"
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert os.access(script, os.X_OK)
    assert re.findall(r"^make .*", script.read_text(encoding="utf-8"), flags=re.MULTILINE) == [
        "make test",
        "make lint types",
    ]
