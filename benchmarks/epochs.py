"""The cost of an epoch, measured by the process that trains. It needs no package: PyTorch's Python runs it, too."""

import json
import resource
import sys
import time
from collections.abc import Iterable
from pathlib import Path

WARM_UP = 1  # the first epoch also compiles, and fills caches


def measure(epochs: Iterable) -> None:
    """Go through some epochs and print what one costs.

    Parameters
    ----------
    epochs : iterable
        Trains an epoch at each step.
    """
    marks = [now()]
    for _ in epochs:
        marks.append(now())
    tell(marks)


def now() -> tuple[float, float]:
    """Return the processor's seconds so far, and the clock's."""
    return time.process_time(), time.perf_counter()


def tell(marks: list[tuple[float, float]]) -> None:
    """Print as JSON the seconds of an epoch after the first, and the most memory of this process in MB.

    Parameters
    ----------
    marks : list of tuple
        What `now` returned at the beginning and after each epoch.
    """
    measured = marks[WARM_UP:]
    cpu, wall = ((last - first) / (len(measured) - 1) for first, last in zip(measured[0], measured[-1], strict=True))
    print(json.dumps({"cpu": cpu, "wall": wall, "peak": peak_megabytes()}))


def peak_megabytes() -> float:
    """Return the most memory that this process has had, libraries included."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage says on Linux includes the parent's memory
        lines = status.read_text(encoding="ascii", errors="replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10
