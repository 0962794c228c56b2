"""The environment variables of kernels, and the pins under which outputs are recorded and compared.

A trained network gives the same digits again only with the same number of threads and the same instruction set
(see the notes on reproducibility in CONTRIBUTING.md). This module is the one place where both are fixed.
"""

import os
import platform
from pathlib import Path

import numpy as np

THREAD_VARIABLES = (
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
)


def kernel_environment(root: Path) -> dict[str, str]:
    """Return the environment of a kernel that uses this machine as it is.

    The repository's root goes in front of the import path, so that kernels import the checkout.
    """
    path = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
    environment = {**os.environ, "PYTHONPATH": path, "TF_CPP_MIN_LOG_LEVEL": "3", "QTA_KERAS_PROGRESS": "0"}
    # Where the user has not chosen a backend, the kernel chooses the one that shows figures in the notebook.
    environment.pop("MPLBACKEND", None)
    return environment


def pinned_environment(root: Path, threads: int = 1) -> dict[str, str]:
    """Return the environment in which outputs are recorded and strictly compared.

    It is `kernel_environment` with threads (TensorFlow's, OpenMP's and OpenBLAS's), instruction set, device and hash
    seed fixed.
    """
    return {
        **kernel_environment(root),
        **dict.fromkeys(THREAD_VARIABLES, str(threads)),
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell",
        "NPY_DISABLE_CPU_FEATURES": " ".join(features_above_avx2()),
        "QTA_KERAS_DEVICE": "cpu",
        "PYTHONHASHSEED": "0",
    }


def recording_environment(root: Path) -> dict[str, str]:
    """Return the pinned environment as nbval's kernels see it.

    Under pytest, ipykernel leaves writes to the file descriptors 1 and 2 out of the outputs. It knows pytest by
    the variable that is set here, so what is recorded is what the comparison will see.
    """
    return {**pinned_environment(root), "PYTEST_CURRENT_TEST": "record"}


def features_above_avx2() -> list[str]:
    """Return the instruction sets above AVX2 that NumPy would use, under the names this version of NumPy knows."""
    extensions = np.show_config(mode="dicts")["SIMD Extensions"]
    optional = extensions.get("found", []) + extensions.get("not found", [])
    return [name for name in optional if name.startswith("AVX512") or name == "X86_V4"]


def can_compare() -> tuple[bool, str]:
    """Tell whether this machine can repeat the recorded digits, and if not, why, in a sentence."""
    machine = platform.machine().lower()
    if machine not in ("x86_64", "amd64"):
        return False, f"Outputs were recorded on an x86-64 processor with AVX2, and this one is {machine}."
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists() and " avx2 " not in cpuinfo.read_text(encoding="utf-8", errors="replace"):
        return False, "Outputs were recorded with the AVX2 instructions, which this processor lacks."
    return True, ""
