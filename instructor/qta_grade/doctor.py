"""What protection this machine can give against the submissions; each kind is really tried."""

import importlib.util
import os
import sys
from pathlib import Path

from qta_grade import Refused, launch
from qta_grade.sandbox import LimitReached, Limits, Sandbox

_NUMPY = "import numpy\nanswer = int(numpy.arange(9).sum())"
_KERAS = "import keras\nanswer = int(keras.ops.sum(keras.ops.arange(9)))"

_MANY_THREADS = f"""
import threading, time
for _ in range({launch.MAX_THREADS + 50}): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
time.sleep(1)
"""
_MANY_FILES = f"""
import time
for number in range({launch.MAX_FILES + 50}): open(str(number), "w").close()
time.sleep(1)
"""

_PROTECTS = {
    "warm": (
        "Each submission runs in namespaces of its own, in a fork of a process that has imported everything, inside "
        "bubblewrap. It is protected as under bubblewrap alone, and takes a fraction of the computing time."
    ),
    "bubblewrap": (
        "Each submission runs in namespaces of its own, made by bubblewrap. It sees Python and the course's package "
        "and none of your files, has no network, can start no process and is limited in CPU time and memory."
    ),
    "namespaces": (
        "Each submission runs in namespaces of its own. It has no network, can start no process, can write to no file "
        "of yours and is limited in CPU time and memory. But it can READ what you can read, the solutions and the "
        "hidden checks among it: grade in an account that holds nothing else, and look at flagged work."
    ),
    "limits": (
        "UNSAFE: a submission is limited in CPU time (and, on Linux, in memory, and can start no process), and that is "
        "all. It can read, change and delete your files, the scores and the hidden checks among them. Use it for "
        "submissions that you wrote yourself, or in a container or virtual machine that holds nothing else."
    ),
}
SAFE = ("warm", "bubblewrap")  # taken without being asked for by name
_GIVES_UP = {
    "namespaces": "'--tier namespaces', with which a submission can READ what you can, the hidden checks too;",
    "limits": "'--tier limits', with which it can read, change and delete your files: for code that you trust",
}
_BETTER_ON_LINUX = (
    "The best kind needs bubblewrap: 'sudo apt install bubblewrap' (Debian, Ubuntu) or 'sudo dnf install bubblewrap' "
    "(Fedora, Red Hat). Where it is installed and refused all the same, user namespaces are switched off: Ubuntu from "
    "24.04 on needs an AppArmor profile for bwrap that allows 'userns' ('setting up uid map: Permission denied'), and "
    "in most containers only the machine's owner can allow them."
)
_BETTER_ELSEWHERE = (
    "This system has nothing better: grade on Linux, or on Linux inside it: a virtual machine, WSL2 on Windows, or a "
    "Docker container in which bubblewrap may work (docker run --security-opt seccomp=unconfined --security-opt "
    "systempaths=unconfined)."
)


def tiers(tensorflow: bool = False) -> dict[str, str]:
    """Try each kind of sandbox, from the best to the weakest; return why it does not work here, or an empty text.

    With `tensorflow`, TensorFlow has to compute in a fork, too; that takes some seconds.
    """
    return {tier: _trial(tier, tensorflow) for tier in launch.TIERS}


def best(tensorflow: bool = False) -> str:
    """Return the best kind of sandbox that works here; an empty text if there is none."""
    return next((tier for tier in launch.TIERS if not _trial(tier, tensorflow)), "")


def choose(asked: str | None = None, tensorflow: bool = False) -> str:
    """Return a kind of sandbox that works here: the one asked for, else one of `SAFE`.

    Raises `Refused` if there is none: a weaker one is never taken silently.
    """
    if asked is not None:
        reason = _trial(asked, tensorflow)
        if reason:
            raise Refused(f"{reason} 'qta-grade doctor' says what this machine can give.")
        return asked
    reasons = {}
    for tier in SAFE:
        reasons[tier] = _trial(tier, tensorflow)
        if not reasons[tier]:
            return tier
    weaker = " or ".join(said for tier, said in _GIVES_UP.items() if not _trial(tier, tensorflow))
    by_name = f" A weaker kind is taken by name only: {weaker}." if weaker else ""
    raise Refused(
        f"This machine can't shut a submission in, so nothing was run. {reasons['bubblewrap']} {_better()}{by_name}"
    )


def protection(tier: str) -> str:
    """Return in plain words what a kind of sandbox protects, and what not."""
    return _PROTECTS[tier]


def describe() -> str:
    """Say in plain words what this machine gives, what that protects and what not, and how to get better."""
    reasons = tiers(importlib.util.find_spec("tensorflow") is not None)
    lines = [f"{tier}: {reason or 'works here.'}" for tier, reason in reasons.items()]
    chosen = next((tier for tier, reason in reasons.items() if not reason), "")
    lines += ["", _PROTECTS.get(chosen, "No kind of sandbox works here, so nothing can be graded.")]
    if chosen in _GIVES_UP:
        lines.append(f"It's used only if you ask for it by name, '--tier {chosen}'.")
    if chosen:
        lines.append(f"A submission has at most {launch.MAX_THREADS} threads: {_bound(chosen, _MANY_THREADS)}")
        lines.append(f"It has at most {launch.MAX_FILES:,} files in a folder: {_bound(chosen, _MANY_FILES)}")
    if chosen not in SAFE:
        lines.append(_better())
    return "\n".join([*lines, *_warnings()])


def _better() -> str:
    return _BETTER_ON_LINUX if sys.platform == "linux" else _BETTER_ELSEWHERE


def _bound(tier: str, source: str) -> str:
    """Find out what stops a submission that makes too many of something."""
    try:
        with Sandbox(tier, Limits(tensorflow=False)) as sandbox:
            error = sandbox.execute(source, "trial").error
    except LimitReached:
        return "the grader looks 20 times a second, and ends one that has more."
    return "the kernel gives it no more." if error else "but NOTHING on this machine holds it to that."


def _warnings() -> list[str]:
    lines = ["No kind protects against faults of the kernel itself: keep the system up to date."]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        lines.append("You are root, so a submission that breaks out has the whole machine: use an ordinary account.")
    missing = [name for name in ("numpy", "keras", "tensorflow") if not _is_compiled(name)]
    if missing:
        lines.append(
            f"{' and '.join(missing)} is not compiled to bytecode, so that every submission waits for it anew: "
            f"'{sys.executable} -m compileall -q {sys.prefix}' once makes grading several times as fast."
        )
    return lines


def _is_compiled(package: str) -> bool:
    """Return whether a package's bytecode is stored; also true if it isn't installed: then there's nothing to do."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return True
    return Path(importlib.util.cache_from_source(spec.origin)).exists()


def _trial(tier: str, tensorflow: bool) -> str:
    """Run a cell in a sandbox; return an empty text, or why that did not work.

    With TensorFlow only the warm kind is tried: it has to compute in a fork of the process that has imported it, and
    twice, since the next submission gets a fork of the same process.
    """
    if sys.platform == "win32":
        return "Windows has no sandbox for this."
    tensorflow = tensorflow and tier == "warm"
    try:
        for _ in range(1 + (tier == "warm")):
            with Sandbox(tier, Limits(cpu_per_cell=5, cpu_per_check=5, tensorflow=tensorflow)) as sandbox:
                outcome = sandbox.execute(_KERAS if tensorflow else _NUMPY, "trial")
                if outcome.error is not None or sandbox.value("answer") != 36:
                    return f"A sandbox of the kind {tier!r} does not compute: {outcome.error}."
    except Refused as refused:
        return str(refused)
    except LimitReached as reached:
        return f"A sandbox of the kind {tier!r} ended before its time ({reached.what})."
    return ""
