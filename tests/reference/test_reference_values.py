"""Every statistic against values from the literature, from other software or from a calculation by hand."""

from dataclasses import fields, is_dataclass
from pathlib import Path
from types import FunctionType

import numpy as np
import pytest
import yaml

from dualtrack import stats

FOLDER = Path(__file__).parent
CASES = [case for path in sorted(FOLDER.glob("*.yaml")) for case in yaml.safe_load(path.read_text("utf-8"))]


def as_numbers(result):
    """Flatten a result, and what is nested in it, into names and plain numbers."""
    if not is_dataclass(result):
        return np.asarray(result).tolist()
    named = {}
    for field in fields(result):
        value = getattr(result, field.name)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            parts = [as_numbers(each) for each in value]
            named |= {f"{field.name}_{part}": [each[part] for each in parts] for part in parts[0]}
        else:
            named |= as_numbers(value) if is_dataclass(value) else {field.name: as_numbers(value)}
    return named


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['function']}: {case['source'][:60]}")
def test_value_is_reproduced(case):
    result = as_numbers(getattr(stats, case["function"])(**case["inputs"]))
    expected = case["expected"] if isinstance(case["expected"], dict) else {"result": case["expected"]}
    result = result if isinstance(result, dict) else {"result": result}
    for name, value in expected.items():
        if isinstance(value, str):
            assert result[name] == value
        else:
            np.testing.assert_allclose(result[name], value, rtol=0, atol=case["tolerance"], err_msg=name)


def test_every_case_says_where_it_comes_from():
    assert all(case["source"] and case["obtained"] and "tolerance" in case for case in CASES)


def test_every_public_function_has_a_reference_value():
    public = {name for name in stats.__all__ if isinstance(getattr(stats, name), FunctionType)}
    assert public == {case["function"] for case in CASES}
