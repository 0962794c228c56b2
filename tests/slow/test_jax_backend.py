"""The builder of the multilayer perceptron needs no TensorFlow: it learns on JAX too. Installs JAX; takes minutes."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# One batch per epoch: JAX compiles again for every batch of sparse input with another number of entries.
TRAIN = """
import json, sys
import keras, numpy as np, scipy.sparse
from qta_keras import models

rng = np.random.default_rng(1)
counts = rng.poisson(0.3, (60, 20)).astype("float32")
labels = (counts[:, :10].sum(axis=1) > counts[:, 10:].sum(axis=1)).astype(int)
dfm = scipy.sparse.csr_matrix(counts)
keras.utils.set_random_seed(1)
model = models.mlp(20, 2, hidden=(16,), dropout=0.1, learning_rate=0.02)
losses = model.fit(dfm, labels, epochs=60, batch_size=60, verbose=0).history["loss"]
hits = model.predict(dfm, batch_size=60, verbose=0).argmax(axis=1) == labels
print(json.dumps({
    "backend": keras.backend.backend(), "tensorflow": "tensorflow" in sys.modules,
    "first": losses[0], "last": losses[-1], "accuracy": float(hits.mean()),
}))
"""


def train(python, backend):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    result = subprocess.run([python, "-c", TRAIN], env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr[-3000:]
    return json.loads(result.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def jax_python(tmp_path_factory):
    """Return the Python of a fresh environment with JAX and without TensorFlow."""
    folder = tmp_path_factory.mktemp("jax") / "env"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    wanted = [f"{name}=={version(name)}" for name in ("keras", "pandas", "scikit-learn", "scipy")]
    subprocess.run([python, "-m", "pip", "install", "--quiet", "jax", *wanted], check=True)
    return python


def test_the_perceptron_learns_on_jax_without_tensorflow(jax_python):
    on_jax, on_tensorflow = train(jax_python, "jax"), train(sys.executable, "tensorflow")
    assert (on_jax["backend"], on_tensorflow["backend"]) == ("jax", "tensorflow")
    assert not on_jax["tensorflow"]
    assert on_jax["last"] < 0.5 * on_jax["first"]
    assert on_jax["accuracy"] > 0.9
    assert abs(on_jax["accuracy"] - on_tensorflow["accuracy"]) < 0.1
