"""The choice of device, with simulated lists of devices."""

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
