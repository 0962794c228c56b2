"""Every example in a docstring does what it says."""

import doctest
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "qta_keras").rglob("*.py"))
    if re.search(r">>> (?!.*# doctest: \+SKIP)", path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings(module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = doctest.testmod(import_module(module))
    assert result.attempted > 0
    assert result.failed == 0


def test_examples_are_found_in_all_packages():
    packages = {module.split(".")[1] for module in MODULES}
    assert packages >= {"data", "evaluate", "features", "models", "plots", "practice"}
