"""The choice of device, with simulated lists of devices; and the builders on two devices beside one."""

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from qta_keras import devices

ROOT = Path(__file__).parents[1]
T4, L4 = "Tesla T4", "NVIDIA L4"


@pytest.mark.parametrize(
    ("wanted", "found", "present", "system", "use_gpu", "words", "warned"),
    [
        ("auto", [], [], "linux", False, "TensorFlow found no GPU", ""),
        ("auto", [], [], "darwin", False, "no GPU on a Mac", ""),
        ("auto", [T4], [T4], "linux", True, "GPU, Tesla T4 (found by TensorFlow; set", ""),
        ("auto", [T4], [], "linux", True, "GPU, Tesla T4", ""),
        ("auto", [T4, L4], [T4, L4], "linux", True, "Tesla T4 (found by TensorFlow; of 2 GPUs Keras uses the", ""),
        (
            "auto",
            [],
            [T4],
            "linux",
            False,
            "there is a GPU, Tesla T4, but",
            "CUDA packages are missing or the GPU's dr",
        ),
        ("auto", [], [T4], "win32", False, "there is a GPU, Tesla T4, but", "no GPU support on Windows"),
        ("cpu", [T4], [T4], "linux", False, "there is a GPU, which QTA_KERAS_DEVICE=cpu leaves alone", ""),
        ("cpu", [], [T4], "win32", False, "there is a GPU, which QTA_KERAS_DEVICE=cpu leaves alone", ""),
        ("cpu", [], [], "linux", False, "as asked for", ""),
    ],
)
def test_the_choice_and_its_words(wanted, found, present, system, use_gpu, words, warned):
    choice = devices.choose(wanted, found, present, system)
    assert choice.use_gpu == use_gpu
    assert words in choice.sentence
    assert choice.sentence.startswith("GPU, " if use_gpu else "CPU, ")
    assert bool(choice.warning) == bool(warned)
    assert warned in choice.warning


@pytest.fixture
def run(run_python):
    """Return a function that runs code in a new interpreter, quietly; it has to succeed."""

    def succeed(code, **environment):
        result = run_python(code, TF_CPP_MIN_LOG_LEVEL="3", **environment)
        assert result.returncode == 0, result.stderr[-2000:]
        return result

    return succeed


def nvidia_smi(folder, script):
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


needs_shell = pytest.mark.skipif(sys.platform == "win32", reason="the simulated nvidia-smi is a shell script")


@needs_shell
def test_a_gpu_that_tensorflow_cannot_use_is_warned_of_and_named(run, tmp_path):
    path = nvidia_smi(tmp_path, 'echo "GPU 0: Tesla T4 (UUID: GPU-0a1b)"; echo "GPU 1: NVIDIA L4 (UUID: GPU-2c)"')
    tell = "from qta_keras import runtime; print(runtime.describe())"
    result = run(tell, PATH=path, QTA_KERAS_DEVICE="auto")
    assert "There is a GPU, Tesla T4, NVIDIA L4, but TensorFlow cannot use it" in result.stderr
    assert "there is a GPU, Tesla T4, but TensorFlow cannot use it" in result.stdout
    declined = run(tell, PATH=path, QTA_KERAS_DEVICE="cpu")
    assert declined.stderr == ""
    assert "QTA_KERAS_DEVICE=cpu leaves alone" in declined.stdout


@needs_shell
@pytest.mark.parametrize("script", ["exit 9", "echo No devices were found"])
def test_a_driver_without_a_gpu_is_no_gpu(run, tmp_path, script):
    path = nvidia_smi(tmp_path, script)
    result = run("from qta_keras import devices; print(devices.present_gpus())", PATH=path)
    assert result.stdout.strip() == "[]"


# TensorFlow as it would be on a machine with two GPUs; what it is told is printed.
TWO_GPUS = """
import json
import tensorflow as tf
from types import SimpleNamespace as Device

gpus, told = [Device(name="/gpu:0"), Device(name="/gpu:1")], []
visible = list(gpus)

def set_visible_devices(devices, kind):
    told.append(["visible", kind, len(devices)])
    visible[:] = devices

tf.config.list_physical_devices = lambda kind: gpus
tf.config.get_visible_devices = lambda kind: visible
tf.config.set_visible_devices = set_visible_devices
tf.config.experimental.get_device_details = lambda gpu: {"device_name": "Tesla T4"}
tf.config.experimental.set_memory_growth = lambda gpu, on: told.append(["growth", gpu.name, on])
from qta_keras import runtime
runtime.tensorflow_first()
print(json.dumps([told, runtime.describe()]))
"""


def test_gpus_take_memory_as_they_need_it(run):
    told, words = json.loads(run(TWO_GPUS, QTA_KERAS_DEVICE="").stdout)
    assert told == [["growth", "/gpu:0", True], ["growth", "/gpu:1", True]]
    assert words.startswith("Device: GPU, Tesla T4 (found by TensorFlow; of 2 GPUs Keras uses the first;")


def test_declined_gpus_are_hidden_from_tensorflow(run):
    told, words = json.loads(run(TWO_GPUS, QTA_KERAS_DEVICE="cpu").stdout)
    assert told == [["visible", "GPU", 0]]
    assert words.startswith("Device: CPU, ")


# The logical devices have to be made before TensorFlow computes anything, so this is a process of its own.
ONE_AND_TWO = """
import contextlib, json
from qta_keras import models
import keras, numpy as np, scipy.sparse, tensorflow as tf

(cpu,) = tf.config.list_physical_devices("CPU")
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
random = np.random.default_rng(1)
counts = random.poisson(0.3, (256, 50)).astype("float32")
labels = (counts[:, :25].sum(axis=1) > counts[:, 25:].sum(axis=1)).astype("int32")
batches = tf.data.Dataset.from_tensor_slices((counts, labels)).batch(64)

def train(build, scope):
    keras.utils.set_random_seed(1)
    with scope:
        model = build()
    losses = model.fit(batches, epochs=5, shuffle=False, verbose=0).history["loss"]
    weights = np.concatenate([weight.ravel() for weight in model.get_weights()])
    return np.array(losses), weights, model.predict(counts, verbose=0)

builders = {
    "mlp": lambda: models.mlp(50, 2, hidden=(16,), dropout=0, l2=1e-3),
    "linear_regression": lambda: models.linear_regression(50, learning_rate=0.01),
    "logistic_regression": lambda: models.logistic_regression(50, learning_rate=0.1),
}
differences = {}
for name, build in builders.items():
    one, two = train(build, contextlib.nullcontext()), train(build, strategy.scope())
    assert one[0][-1] < one[0][0]
    differences[name] = max(float(abs(a - b).max()) for a, b in zip(one, two))
sparse = scipy.sparse.csr_matrix(counts)
with strategy.scope():
    model = models.mlp(50, 2)
differences["sparse predict"] = float(abs(model.predict(sparse, verbose=0) - model.predict(counts, verbose=0)).max())
print(json.dumps([strategy.num_replicas_in_sync, differences]))
"""


def test_two_devices_give_what_one_gives(run):
    """Losses, weights and predictions: over ten seeds the largest difference was 1.8e-7."""
    replicas, differences = json.loads(run(ONE_AND_TWO, QTA_KERAS_DEVICE="cpu").stdout.splitlines()[-1])
    assert replicas == 2
    assert len(differences) == 4
    assert max(differences.values()) < 1e-6, differences
