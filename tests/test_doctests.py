"""Every example in a docstring does what it says."""

import doctest
from importlib import import_module

import pytest

MODULES = [
    "data.reader",
    "data.sotu",
    "data.stream",
    "evaluate.comparison",
    "evaluate.mistakes",
    "evaluate.scores",
    "features.counting",
    "features.document_vectors",
    "features.frequencies",
    "features.hashing",
    "features.keywords",
    "features.matching",
    "features.matrix_market",
    "features.splits",
    "features.stored",
    "features.trimming",
    "features.vectoriser",
    "features.weighting",
    "models.multilayer",
    "models.prediction",
    "models.regression",
    "models.saving",
    "models.stored_batches",
    "models.training",
    "practice.checking",
    "practice.exercise",
    "runtime",
    "plots.activations",
    "plots.animation",
    "plots.approximation",
    "plots.classification",
    "plots.computation_graph",
    "plots.descent",
    "plots.logistic",
    "plots.networks",
    "plots.optimisers",
    "plots.picture",
    "plots.regression",
    "plots.depth",
    "plots.derivatives",
    "plots.gradients",
    "plots.interactive",
    "plots.matrices",
    "plots.remedies",
    "plots.vectors",
    "plots.words",
]


@pytest.mark.parametrize("module", MODULES)
def test_examples_in_docstrings(module, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = doctest.testmod(import_module(f"qta_keras.{module}"))
    assert result.attempted > 0
    assert result.failed == 0
