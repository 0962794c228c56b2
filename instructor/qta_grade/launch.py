"""How a sandbox of each kind is started: the command line, the environment, and the files that it can see."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from qta_grade import Refused

TIERS = ("warm", "bubblewrap", "namespaces", "limits")  # from the best to the weakest
MAX_THREADS = 200  # and processes, of one submission; TensorFlow has about ten
MAX_FILES = 10_000  # and folders, in each folder that it can write to
_HERE = Path(__file__).resolve().parent
ROOM = {"/tmp": 128, "/home": 64, "/dev/shm": 64}  # folders that it can write to, with their megabytes
ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "",
    "KERAS_BACKEND": "tensorflow",
    "LANG": "C.UTF-8",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "USER": "student",
}


@contextmanager
def command(tier: str) -> Iterator[tuple[list[str], list[int]]]:
    """Yield the command line of a sandbox, and the open files that it has to inherit, which are closed afterwards.

    Raises `Refused` if a program for it is missing, or if it would show the instructor's files.
    """
    # -I: no variable and no folder of the user's decides what is imported; -B: nothing is written.
    # Without "..", which a sandbox that shows only some folders could not follow.
    python = [os.path.abspath(sys.executable), "-I", "-B"]
    if tier == "limits":
        yield [*python, str(_HERE / "worker.py")], []
    elif tier == "namespaces":
        flags = "--user --map-root-user --mount --net --pid --ipc --uts --fork --kill-child --mount-proc".split()
        yield [_tool("unshare"), *flags, "--", *python, str(_HERE / "worker.py")], []
    elif tier == "bubblewrap":
        # Ended with the thread that started it: a sandbox belongs to one.
        with _in_file([*_bubblewrap_arguments(), "--die-with-parent", "--remount-ro", "/proc"]) as arguments:
            yield [_tool("bwrap"), "--args", str(arguments), "--", *python, "/grader/worker.py"], [arguments]
    elif tier == "warm":
        # It outlives the thread that starts it, and writes into a /proc that its forks don't see. When it ends, being
        # process 1, the kernel ends all that is inside.
        with _in_file([*_bubblewrap_arguments(), "--as-pid-1"]) as arguments:
            yield [_tool("bwrap"), "--args", str(arguments), "--", *python, "/grader/zygote.py"], [arguments]
    else:
        raise Refused(f"There is no kind of sandbox called {tier!r}; there are {', '.join(TIERS)}.")


@contextmanager
def _in_file(arguments: list[str]) -> Iterator[int]:
    """Pass bubblewrap's arguments through a file: /proc/1/cmdline would show them to the student."""
    with tempfile.TemporaryFile() as file:
        file.write(b"\0".join(argument.encode() for argument in arguments) + b"\0")
        file.seek(0)
        yield file.fileno()


def counts_threads(tier: str) -> bool:
    """Return whether Linux counts the threads of each sandbox separately: since 5.14, and in namespaces of its own.

    Elsewhere a limit would be for all that the account runs, and root has none: there the grader watches.
    """
    if sys.platform != "linux" or tier == "limits":
        return False
    return [int(number) for number in re.findall(r"\d+", os.uname().release)[:2]] >= [5, 14]


def hidden(tensorflow: bool) -> list[str]:
    """Return the modules that a submission must not find."""
    return [] if tensorflow else ["tensorflow"]


def package_parents() -> list[str]:
    """Return the folders to import `qta_keras` from, which the students use; it's found without importing it."""
    return [str(folder.parent) for folder in _package_folders()]


def _package_folders() -> list[Path]:
    found = find_spec("qta_keras")
    return [Path(folder) for folder in found.submodule_search_locations] if found else []


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(f"The program {name} is not installed.")
    return found


def _bubblewrap_arguments() -> list[str]:
    arguments = "--unshare-all --new-session --cap-drop ALL --uid 65534 --gid 65534".split()
    arguments += "--hostname sandbox --proc /proc --dev /dev".split()
    for folder, size in ROOM.items():
        arguments += ["--size", str(size * 2**20), "--tmpfs", folder]
    arguments += ["--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for folder in ("/lib", "/lib64", "/bin"):
        if os.path.islink(folder):
            arguments += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            arguments += ["--ro-bind", folder, folder]
    for path in visible():
        arguments += ["--ro-bind", str(path), str(path)]
    for name in ("worker.py", "values.py", "run_check.py", "cells.py", "zygote.py"):
        arguments += ["--ro-bind", str(_HERE / name), f"/grader/{name}"]
    return [*arguments, "--remount-ro", "/", "--remount-ro", "/dev", "--chdir", "/tmp"]


def visible() -> list[Path]:
    """Return the folders of Python and of `qta_keras`, which submissions may read.

    Raises `Refused` if one of them holds the instructor's files.
    """
    paths = [Path(sys.base_prefix), Path(sys.prefix), *_package_folders()]
    paths += [table for folder in _package_folders() for table in folder.parent.glob("data/sotu_*.csv")]  # a checkout's
    paths = [path for path in paths if path.exists() and not path.is_relative_to("/usr")]
    secret = [_HERE.parent, Path.home()]
    for path in paths:
        if any(place.resolve().is_relative_to(path.resolve()) and place != path for place in secret):
            raise Refused(
                f"Python or qta_keras is installed in {path}, a folder with the instructor's own files in it, which "
                "a submission must not see: install them into a virtual environment."
            )
    return paths
