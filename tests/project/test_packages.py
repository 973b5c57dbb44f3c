"""What is published: a wheel that works outside the checkout, a source distribution that builds the same."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

# Built once: the tests of this module go to one worker.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packages")]

CARRIED = {
    "src/dualtrack": "dualtrack",
    "rubric": "dualtrack/_data/rubric",
    "examples/cqa-eval": "dualtrack/_data/examples/cqa-eval",
    "examples/craft-md": "dualtrack/_data/examples/craft-md",
    "examples/k-qa": "dualtrack/_data/examples/k-qa",
    "examples/real-pocqi": "dualtrack/_data/examples/real-pocqi",
    "examples/thirty": "dualtrack/_data/examples/thirty",
    "tests/reference": "dualtrack/_data/reference",
}


def run(*command, cwd, expected=0):
    """Run a program without anything of this process's Python set-up; give what it printed."""
    ours = ("PYTHON", "COV", "PYTEST")
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=surroundings | {"PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == expected, done.stdout + done.stderr
    return done.stdout


def build(source, target, into):
    run(sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", into, cwd=source)
    (made,) = into.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return made


def digests(wheel):
    """SHA-256 of every file of a wheel, by name."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(checkout, tmp_path_factory):
    return build(checkout, "wheel", tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def unpacked(checkout, tmp_path_factory):
    """Folder of the unpacked source distribution."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(build(checkout, "sdist", folder)) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Scripts folder of an environment outside the checkout that holds the wheel.

    Nothing is fetched: the dependencies are those of the running environment, on the path after the wheel.
    """
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home / "env", symlinks=os.name != "nt")
    scripts = home / "env" / ("Scripts" if os.name == "nt" else "bin")
    install = ("install", "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", wheel)
    run(sys.executable, "-m", "pip", "--python", scripts / "python", *install, cwd=home)
    site = run(scripts / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home).strip()
    dependencies = dict.fromkeys(sysconfig.get_path(name) for name in ("purelib", "platlib"))
    (Path(site) / "dependencies.pth").write_text("\n".join(dependencies) + "\n", encoding="utf-8")
    return scripts


@pytest.mark.parametrize("folder", CARRIED)
def test_the_wheel_carries_every_file_of_the_package_the_rubric_and_the_example(wheel, checkout, project_files, folder):
    ours = [path for path in project_files if path.is_relative_to(checkout / folder)]
    if folder == "tests/reference":  # the values, not the tests that read them
        ours = [path for path in ours if path.parent == checkout / folder and path.suffix == ".yaml"]
    expected = {f"{CARRIED[folder]}/{path.relative_to(checkout / folder).as_posix()}" for path in ours}
    assert expected
    assert expected - set(digests(wheel)) == set()


def test_the_wheel_carries_nothing_else(wheel):
    strangers = [name for name in digests(wheel) if not name.startswith(("dualtrack/", "dualtrack-"))]
    assert strangers == []
    assert not any("__pycache__" in name for name in digests(wheel))


def test_the_installed_wheel_uses_its_own_files_and_not_the_checkout(installed):
    script = (
        "import dualtrack; from dualtrack._shipped import shipped_root\n"
        "print(dualtrack.__file__); print(shipped_root('rubric')); print(shipped_root('examples'))"
    )
    home = installed.parents[1].resolve()
    lines = run(installed / "python", "-c", script, cwd=home).splitlines()
    assert len(lines) == 3
    assert all(Path(line).is_relative_to(home) for line in lines)


def test_the_installed_command_says_the_version_of_pyproject(installed, pyproject):
    assert pyproject["project"]["version"] in run(installed / "dualtrack", "--version", cwd=installed)


def test_every_rubric_that_the_wheel_ships_passes_its_own_lint(installed):
    root = run(
        installed / "python",
        "-c",
        "from dualtrack._shipped import shipped_root; print(shipped_root('rubric'))",
        cwd=installed,
    )
    rubrics = sorted(path.parent for path in Path(root.strip()).glob("*/rubric.yaml"))
    assert "longqa" in [path.name for path in rubrics]
    for rubric in rubrics:
        run(installed / "dualtrack", "rubric", "lint", rubric, cwd=installed)


def test_the_demonstration_runs_from_the_installed_wheel(installed, tmp_path):
    printed = run(installed / "dualtrack", "demo", "--out", tmp_path / "out", cwd=tmp_path)
    assert {"index.html", "scorecards.json", "tables"} <= {path.name for path in (tmp_path / "out").iterdir()}
    for track in ("safety", "effectiveness"):
        assert track in printed


def test_the_source_distribution_carries_every_tracked_file(checkout, unpacked):
    git = shutil.which("git")
    if git is None or not (checkout / ".git").exists():
        pytest.skip("not a git checkout, so nothing says which files are tracked")
    tracked = run(git, "ls-files", "-z", cwd=checkout).split("\0")
    missing = [name for name in tracked if name and (checkout / name).exists() and not (unpacked / name).exists()]
    assert missing == []


def test_the_source_distribution_carries_no_results_but_those_of_the_examples(unpacked):
    reports = unpacked / "reports"
    kept = {"cqa-eval", "real-pocqi", "thirty"}
    assert not reports.exists() or {path.name for path in reports.iterdir()} <= kept
    assert not [path for path in reports.glob("[rt]*/**/*") if path.suffix != ".html"]


def test_a_wheel_built_from_the_source_distribution_is_the_same(wheel, unpacked, tmp_path):
    assert digests(build(unpacked, "wheel", tmp_path)) == digests(wheel)
