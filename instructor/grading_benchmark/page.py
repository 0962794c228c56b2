"""The page that a benchmark prints, in Markdown."""

import datetime
import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import psutil
from qta_grade.report import number, versions

from grading_benchmark.measure import SECONDS_BETWEEN_LOOKS

HOW = (
    "CPU is that of all processes, children of children and killed sandboxes included, as a control group of Linux "
    "counts it. Peak memory is the largest sum of proportional set sizes (pages that processes share count once), "
    f"looked at every {SECONDS_BETWEEN_LOOKS} s."
)
Scores = dict[str, tuple[float, float]]  # points and those possible, by student


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table: the first column to the left, the others to the right.

    Examples
    --------
    >>> print(table(["kind", "CPU"], [["warm", "1.5 s"]]))
    | kind | CPU |
    |:---|---:|
    | warm | 1.5 s |
    """
    lines = [list(header), [":---", *["---:"] * (len(header) - 1)], *map(list, rows)]
    text = ["| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines]
    text[1] = text[1].replace(" ", "")
    return "\n".join(text)


def seconds(duration: float) -> str:
    """Write a duration.

    Examples
    --------
    >>> seconds(0.123), seconds(59.96), seconds(600)
    ('0.12 s', '60.0 s', '600 s')
    """
    digits = 2 if duration < 10 else 1 if duration < 100 else 0
    return f"{duration:.{digits}f} s"


def gigabytes(size: int) -> str:
    """Write an amount of memory, in units of 2**30 bytes."""
    return f"{size / 2**30:.2f} GB"


def power(sizes: Sequence[int], costs: Sequence[float]) -> str:
    """Return the power of the size with which a cost grows, fitted to the logarithms; a dash for one size.

    Examples
    --------
    >>> power([10, 20, 40], [3.0, 6.0, 12.0])
    '1.00'
    """
    if len(set(sizes)) < 2:
        return "–"
    return f"{np.polyfit(np.log(sizes), np.log(costs), 1)[0]:.2f}"


def full_marks(scores: Scores) -> str:
    """Say how many have all points, and what the lowest score is if not all have.

    Examples
    --------
    >>> full_marks({"ann": (2, 2), "bo": (0.5, 2)})
    '1 of 2 (lowest: 0.5 of 2 points)'
    """
    text = f"{sum(points == possible for points, possible in scores.values())} of {len(scores)}"
    points, possible = min(scores.values())
    return text if points == possible else f"{text} (lowest: {number(points)} of {number(possible)} points)"


def machine() -> str:
    """Describe the machine, the versions and the date, a line each."""
    cores = len(os.sched_getaffinity(0))
    memory = psutil.virtual_memory().total / 2**30
    load = os.getloadavg()[0]
    found = ", ".join(f"{name} {version}" for name, version in versions().items() if version)
    return "\n".join(
        [
            f"- Machine: {cores} cores ({_processor()}), {memory:.0f} GB of memory, {platform.system()} "
            f"{platform.release()}; load at the start {load:.1f}",
            f"- Versions: {found}",
            f"- Date: {datetime.date.today().isoformat()}",
        ]
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
