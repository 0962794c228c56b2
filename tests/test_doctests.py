"""Every example in a docstring does what it says."""

import doctest
import re
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ["qta_keras", "tools", "benchmarks"]
if find_spec("qta_grade"):  # students do not have the grader
    FOLDERS.append("instructor/qta_grade")
MODULES = [
    ".".join(path.relative_to((ROOT / folder).parent).with_suffix("").parts)
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if re.search(r">>> (?!.*# doctest: \+SKIP)", path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings(module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = doctest.testmod(import_module(module))
    assert result.attempted > 0
    assert result.failed == 0


def test_examples_are_found_in_all_packages():
    packages = {module.split(".")[1] for module in MODULES if module.startswith("qta_keras.")}
    assert packages >= {"data", "evaluate", "features", "models", "plots", "practice"}
    assert {module.split(".")[0] for module in MODULES} >= {"qta_keras", "tools", "benchmarks"}
