"""The choice of device, with simulated lists of devices."""

import json
import os
import runpy
import stat
import sys
from pathlib import Path

import pytest
import tensorflow as tf

from qta_keras import devices

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
def run(run_python, stand_in):
    """Return a function that runs code in a new interpreter with a stand-in for TensorFlow; it has to succeed."""

    def succeed(code, **environment):
        result = run_python(code, PYTHONPATH=stand_in, **environment)
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


TELL = """
import json
from qta_keras import runtime
runtime.tensorflow_first()
import tensorflow
print(json.dumps([tensorflow.told, runtime.describe()]))
"""


def test_gpus_take_memory_as_they_need_it(run):
    told, words = json.loads(run(TELL, GPUS="2", QTA_KERAS_DEVICE="").stdout)
    assert told == [["growth", "/gpu:0", True], ["growth", "/gpu:1", True]]
    assert words.startswith("Device: GPU, Tesla T4 (found by TensorFlow; of 2 GPUs Keras uses the first;")


def test_declined_gpus_are_hidden_from_tensorflow(run):
    told, words = json.loads(run(TELL, GPUS="2", QTA_KERAS_DEVICE="cpu").stdout)
    assert told == [["visible", "GPU", 0]]
    assert words.startswith("Device: CPU, ")


def test_the_stand_in_has_nothing_that_tensorflow_lacks(stand_in):
    config = runpy.run_path(Path(stand_in.partition(os.pathsep)[0]) / "tensorflow.py")["config"]
    for imitation, true in ((config, tf.config), (config.experimental, tf.config.experimental)):
        names = {name for name in vars(imitation) if not name.startswith("_")}
        assert len(names) >= 2
        assert names <= set(dir(true))
