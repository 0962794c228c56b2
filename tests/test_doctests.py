"""Every example in a docstring does what it says."""

import doctest
from importlib import import_module

import pytest

MODULES = [
    "data",
    "evaluate.comparison",
    "evaluate.mistakes",
    "evaluate.scores",
    "features",
    "models",
    "runtime",
    "plots.animation",
    "plots.classification",
    "plots.descent",
    "plots.logistic",
    "plots.picture",
    "plots.regression",
    "plots.depth",
    "plots.derivatives",
    "plots.gradients",
    "plots.interactive",
    "plots.matrices",
    "plots.remedies",
    "plots.vectors",
]


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings(module):
    result = doctest.testmod(import_module(f"qta_keras.{module}"))
    assert result.attempted > 0
    assert result.failed == 0
