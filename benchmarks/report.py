"""Sections of the page: heading, sentences, tables, and the machine on which they were measured."""

import argparse
import contextlib
import os
import platform
import statistics
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

PACKAGES = ("tensorflow", "keras", "scikit-learn", "numpy", "scipy")


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    r"""Return a Markdown table; columns after the first are aligned right.

    Parameters
    ----------
    header : sequence of str
        The columns' names.
    rows : sequence of sequences
        Their entries, as text or what becomes text; None is an empty cell.

    Raises
    ------
    ValueError
        If a row has another number of entries.

    Examples
    --------
    >>> print(table(["method", "seconds"], [["a|b", 1.5]]))
    | method | seconds |
    |---|---:|
    | a\|b | 1.5 |
    """
    for row in rows:
        if len(row) != len(header):
            raise ValueError(f"The row {row!r:.80} has {len(row)} entries, but the table has {len(header)} columns.")
    lines = [header, *rows]
    cells = [["" if entry is None else str(entry).replace("|", r"\|") for entry in line] for line in lines]
    written = ["| " + " | ".join(line) + " |" for line in cells]
    return "\n".join([written[0], "|---|" + "---:|" * (len(header) - 1), *written[1:]])


def section(heading: str, *parts: str, measured: str = "") -> str:
    """Return a section: its heading, its sentences and tables, and where and when it was measured (here and now)."""
    return "\n\n".join([f"## {heading}", *parts, f"*{measured or machine()}*"]) + "\n"


def machine(packages: Sequence[str] = PACKAGES) -> str:
    """Tell the date, the processor, the memory and the versions."""
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    return (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB; "
        f"{platform.system()}, Python {platform.python_version()}, {versions}."
    )


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return the mean, with the standard deviation if there are several.

    Examples
    --------
    >>> spread([97.0, 98.0]), spread([97.0])
    ('97.50 ± 0.71', '97.00')
    """
    mean = f"{statistics.fmean(values):.{digits}f}"
    return f"{mean} ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else mean


def say(line: str) -> None:
    """Tell how far a benchmark has come; the tables alone go to standard output."""
    print(line, file=sys.stderr, flush=True)


def command_line(main: Callable[..., str], names: Sequence[str] = ()) -> None:
    """Run a benchmark as a script: print its section.

    Parameters
    ----------
    main : callable
        The benchmark. It takes ``quick`` and, where there are `names`, a list of those wanted.
    names : sequence of str
        What may be asked for.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="a few documents only, to see whether it runs")
    if names:
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of {', '.join(names)}")
    options = vars(parser.parse_args())
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    unknown = [name for name in options.get("names", []) if name not in names]
    if unknown:
        parser.error(f"there is no {unknown[0]!r}; there are {', '.join(names)}")
    with contextlib.redirect_stdout(sys.stderr):  # Keras tells there of its downloads
        section = main(**options)
    print(section, end="")


def _processor() -> str:
    """Return the processor's name."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
