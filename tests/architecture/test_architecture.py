"""The house: who may import whom, where files are touched, who prints, what a public name owes its reader."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest
import yaml

SOURCE = Path(__file__).resolve().parents[2] / "src" / "dualtrack"
MODULES = sorted(path for path in SOURCE.rglob("*.py"))

# Ground to top; names on one rung do not know each other unless the pair is listed below.
LADDER = (
    {"errors", "terms", "_shipped"},
    {"stats", "render", "refusal"},
    {"rubric", "records"},
    {"checks", "ratings", "panel", "exchange"},
    {"scoring"},
    {"ledger"},
    {"report"},
    {"audit"},
    {"outcome", "explain"},
    {"scored"},
    {"verbs"},
    {"ledger_verbs", "verify_verb", "record_verbs", "compare_verb"},
    {"panel_verbs", "power_verb"},
    {"panel_readiness"},
    {"panel_pack_verb", "panel_return_verb"},
    {"panel_calibration_verb"},
    {"bundle_verb", "selftest_verb"},
    {"cli_ending", "cli_panel", "cli_ledger", "cli_plan"},
    {"cli_compare", "cli_bundle"},
    {"cli"},
    {"__main__"},
)
RUNG = {name: height for height, names in enumerate(LADDER) for name in names}

# Where files are read or written; everything else is a function of its arguments.
EDGES = {
    "_shipped.py", "explain.py", "verbs.py", "scored.py", "panel_verbs.py", "cli_ending.py",
    "checks/packaged.py", "checks/stored.py",
    "rubric/folder.py", "records/read.py",
    "records/write.py", "records/folder.py", "records/jsonl.py", "records/csv_source.py", "records/csv_walk.py",
    "records/parquet.py", "records/encoding.py", "records/study_yaml.py", "records/staging.py", "records/alone.py",
    "records/results_folder.py", "records/beside.py", "records/source_attributes.py",
    "panel/parts.py", "panel/key.py", "panel/leaks.py", "panel/panel_files.py", "panel/return_files.py",
    "panel/training_record.py",
    "ledger/files.py", "ledger/checked.py", "record_verbs.py", "verify_verb.py",
    "audit/bundle.py", "audit/bundle_files.py", "bundle_verb.py", "selftest_verb.py",
    "render/page.py", "report/source.py", "report/clinical/source.py", "report/regulatory/evidence.py",
    "report/words.py", "report/write.py",
}  # fmt: skip
CLI = {"cli.py", "cli_panel.py", "cli_ledger.py", "cli_plan.py", "cli_compare.py", "cli_bundle.py", "cli_ending.py"}
READING = {"open", "read_text", "read_bytes", "iterdir", "rglob", "glob"}
OPENING = READING | {"write_text", "write_bytes", "mkdir", "unlink", "rmtree"}


def name_of(path):
    return path.relative_to(SOURCE).as_posix()


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path):
    """First part below ``dualtrack`` of everything that a module imports from the product."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "dualtrack":
            parts = node.module.split(".")[1:]
            yield from [parts[0]] if parts else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("dualtrack."))


def place(path):
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent != SOURCE or p.name != "__init__.py"], ids=name_of)
def test_imports_go_down_the_ladder(path):
    here = place(path)
    assert here in RUNG, f"{here} has no rung"
    for other in imported(path):
        assert other == here or RUNG[other] < RUNG[here], f"{name_of(path)} imports {other}"


def test_the_ladder_would_refuse_an_upward_import(tmp_path):
    module = tmp_path / "bad.py"
    module.write_text("from dualtrack.scoring.plan import Plan\nimport dualtrack.cli\n")
    assert sorted(imported(module)) == ["cli", "scoring"]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_files_are_touched_at_the_edges_only(path):
    if name_of(path) in EDGES:
        return
    calls = [node.func for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
    names = {call.attr if isinstance(call, ast.Attribute) else getattr(call, "id", "") for call in calls}
    assert not names & OPENING, f"{name_of(path)} touches files"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_command_line_prints_and_nobody_reads_clock_or_chance(path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    if path.name not in CLI:
        assert "print" not in calls
    if path.name == "cli_ledger.py":  # a seal and a look say when; only here is that the clock of the machine
        calls -= {"datetime.now"}
    assert not calls & {"datetime.now", "datetime.utcnow", "time.time", "date.today", "np.random.seed", "random.random"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_says_why_it_exists_and_stays_small(path):
    assert ast.get_docstring(tree_of(path)), "no module docstring"
    n_lines = len(path.read_text(encoding="utf-8").splitlines())
    assert n_lines <= 400, f"{n_lines} lines"


def functions():
    for path in MODULES:
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.FunctionDef):
                yield pytest.param(path, node, id=f"{name_of(path)}:{node.name}")


def test_functions_stay_small():
    long = {}
    for parameter in functions():
        path, node = parameter.values
        body = node.body[1:] if ast.get_docstring(node) else node.body
        if body:
            n_lines = body[-1].end_lineno - body[0].lineno + 1
            if n_lines > 45:
                long[f"{name_of(path)}:{node.name}"] = n_lines
    assert not long


def public_functions():
    for path in MODULES:
        if path.name.startswith("_") or path.name in CLI:
            continue
        tree = tree_of(path)
        exported = next(
            (ast.literal_eval(node.value) for node in tree.body
             if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"), [],
        )  # fmt: skip
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name in exported:
                yield pytest.param(path, node, id=f"{name_of(path)}:{node.name}")


@pytest.mark.parametrize(("path", "node"), list(public_functions()))
def test_a_public_function_tells_its_reader_what_it_needs(path, node):
    text = ast.get_docstring(node) or ""
    assert text, "no docstring"
    raises = [each for each in ast.walk(node) if isinstance(each, ast.Raise) and each.exc is not None]
    if raises:
        assert "Raises:" in text
    if place(path) == "stats":
        assert "Source:" in text
        assert "Example:" in text


def codes_in_source():
    pattern = re.compile(r'"((?:RUB|REC|CHK|SCO|PAN|PWR|REP|OUT|LED|CMP|BUN)\d{3})"')
    return {code for path in MODULES for code in pattern.findall(path.read_text(encoding="utf-8"))}


def test_every_error_code_is_explained_and_every_explanation_is_used():
    explained = {}
    for path in (SOURCE / "messages").glob("*.yaml"):
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert all(code.startswith(path.stem) for code in entries)
        explained |= entries
    used = codes_in_source()
    assert used == set(explained)
    for code, entry in explained.items():
        assert set(entry) == {"title", "why", "fix"}, code
        assert all(isinstance(text, str) and text.strip() for text in entry.values()), code


def test_no_metric_name_appears_in_python():
    """The rubric is data: code knows kinds of quantity, never a metric."""
    rubric = SOURCE.parents[1] / "rubric"
    metrics = {path.stem for path in rubric.glob("*/metrics/*/*.yaml")}
    metrics -= {"readability"}  # also the name of a check kind
    for path in MODULES:
        tree = tree_of(path)
        said = (node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef))
        docstrings = {id(node.body[0].value) for node in said if ast.get_docstring(node)}
        constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings)
        words = {node.value for node in constants if isinstance(node.value, str)}
        assert not words & metrics, name_of(path)


def test_the_public_verbs_are_there_and_listed():
    package = import_module("dualtrack")
    for name in package.__all__:
        assert inspect.getdoc(getattr(package, name)), name
    assert dir(package) == sorted(package.__all__)
    with pytest.raises(AttributeError):
        package.nothing  # noqa: B018 -- looking it up is the test
