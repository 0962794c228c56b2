"""The choice between CPU and GPU, and the words for it. No TensorFlow in here: it works on lists of names.

`qta_keras.runtime` finds the devices, acts on the choice, and is what notebooks use.
"""

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

DEVICE_VARIABLE = "QTA_KERAS_DEVICE"


@dataclass(frozen=True)
class Choice:
    """The chosen device, a sentence that explains it, and a warning if a GPU is there but cannot be used."""

    use_gpu: bool
    sentence: str
    warning: str = ""


def wanted_device() -> str:
    """Return what ``QTA_KERAS_DEVICE`` asks for, ``"auto"`` or ``"cpu"``.

    Raises
    ------
    ValueError
        If it holds anything else.
    """
    wanted = os.environ.get(DEVICE_VARIABLE, "").strip().lower() or "auto"
    if wanted not in ("auto", "cpu"):
        raise ValueError(
            f"{DEVICE_VARIABLE} is {wanted!r}, but it must be 'cpu' (leave the GPU alone) or 'auto' (use it if "
            "there is one)."
        )
    return wanted


def choose(wanted: str, found: Sequence[str], present: Sequence[str], system: str) -> Choice:
    """Choose the device, and say why.

    Parameters
    ----------
    wanted : {"auto", "cpu"}
        What `wanted_device` returned.
    found : sequence of str
        Names of the GPUs that TensorFlow can use.
    present : sequence of str
        Names of the GPUs that the system knows of (`present_gpus`).
    system : str
        What ``sys.platform`` says, such as ``"linux"``.

    Returns
    -------
    Choice
        The GPU if TensorFlow can use one and it is not declined, or else the CPU.

    Examples
    --------
    >>> choose("auto", ["Tesla T4"], ["Tesla T4"], "linux").sentence
    'GPU, Tesla T4 (found by TensorFlow; set QTA_KERAS_DEVICE=cpu to leave it alone).'
    >>> choose("auto", [], ["Tesla T4"], "linux").use_gpu
    False
    """
    cpu = f"CPU, {os.cpu_count()} cores"
    if wanted == "cpu":
        why = f"there is a GPU, which {DEVICE_VARIABLE}=cpu leaves alone" if found or present else "as asked for"
        return Choice(False, f"{cpu} ({why}).")
    if found:
        others = f"; of {len(found)} GPUs Keras uses the first" if len(found) > 1 else ""
        return Choice(
            True, f"GPU, {found[0]} (found by TensorFlow{others}; set {DEVICE_VARIABLE}=cpu to leave it alone)."
        )
    if present:
        fault = f"There is a GPU, {', '.join(present)}, but TensorFlow cannot use it: {_remedy(system)}"
        return Choice(False, f"{cpu} (there is a GPU, {present[0]}, but TensorFlow cannot use it).", fault)
    if system == "darwin":
        return Choice(False, f"{cpu} (TensorFlow uses no GPU on a Mac).")
    return Choice(False, f"{cpu} (TensorFlow found no GPU).")


def present_gpus() -> list[str]:
    """Return the names of the NVIDIA GPUs that the driver's own program lists; none if it is missing or fails."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    try:
        listed = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=20, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    # A line is such as "GPU 0: Tesla T4 (UUID: GPU-0a1b...)".
    return [line.partition(": ")[2].partition(" (UUID")[0] for line in listed.splitlines() if line.startswith("GPU ")]


def is_apple_silicon() -> bool:
    """Tell whether this is a Mac with Apple silicon, where the order of imports matters."""
    return sys.platform == "darwin" and platform.machine() == "arm64"


def _remedy(system: str) -> str:
    if system == "win32":
        return "it has no GPU support on Windows. The CPU is used; with a GPU it works under WSL or in Colab."
    return (
        "its CUDA packages are missing or the GPU's driver is too old for them. The CPU is used. "
        "`pip install 'tensorflow[and-cuda]'` gets the packages (in the course folder `course.py` does), and "
        f"`nvidia-smi` shows the driver. {DEVICE_VARIABLE}=cpu leaves the GPU alone without this warning."
    )
