import os
import subprocess
import sys
from pathlib import Path

import pytest

from qta_keras import data

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def run_python():
    """Return a function that runs code in a new interpreter that finds the checkout, and returns what came of it."""

    def run(code, **environment):
        variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        return subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="session")
def addresses():
    return data.load_sotu()


@pytest.fixture(scope="session")
def paragraphs():
    return data.load_sotu_paragraphs()


@pytest.fixture(scope="session")
def no_tensorflow():
    """What code begins with that is to run as where TensorFlow is not installed, and in a fraction of the time."""
    return (
        "import importlib.util as u, sys; find = u.find_spec\n"
        "u.find_spec = lambda name, *a: None if name == 'tensorflow' else find(name, *a)\n"
    )


# TensorFlow as far as the choice of device needs it, with as many GPUs as GPUS says; what it is told is kept.
STAND_IN = """
import os
from types import SimpleNamespace

GPUS, told = [SimpleNamespace(name=f"/gpu:{number}") for number in range(int(os.environ.get("GPUS", "0")))], []
visible = list(GPUS)

def get_logger():
    return SimpleNamespace(setLevel=lambda level: None)

class config:
    def list_physical_devices(kind):
        return GPUS

    def get_visible_devices(kind):
        return visible

    def set_visible_devices(devices, kind):
        told.append(["visible", kind, len(devices)])
        visible[:] = devices

    class experimental:
        def get_device_details(gpu):
            return {"device_name": "Tesla T4"}

        def set_memory_growth(gpu, on):
            told.append(["growth", gpu.name, on])
"""


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory):
    """The ``PYTHONPATH`` of an interpreter that finds a stand-in for TensorFlow, which starts at once."""
    folder = tmp_path_factory.mktemp("stand_in")
    (folder / "tensorflow.py").write_text(STAND_IN, encoding="utf-8")
    return f"{folder}{os.pathsep}{ROOT}"
