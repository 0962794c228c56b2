"""What a command costs, seen from outside: time on the clock, CPU time and memory of all its processes.

All processes of the command are in a control group of Linux. It counts the CPU time of each to the last, also of
sandboxes that are killed, whose time their parents do not get to know (so `getrusage` would miss it).
"""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from qta_grade import Refused

SECONDS_BETWEEN_LOOKS = 0.2


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock and of CPU, the most memory at a time in bytes, and the exit status."""

    wall: float
    cpu: float
    memory: int
    status: int


def measure(command: list[str], folder: Path | None = None, environment: dict[str, str] | None = None) -> Cost:
    """Run a command; what it prints goes to standard error.

    Parameters
    ----------
    command : list of str
        The program and its arguments.
    folder : Path, optional
        Where it runs.
    environment : dict, optional
        All its environment variables.

    Returns
    -------
    Cost
        Of its processes, children of children included. Memory is looked at every 0.2 seconds, as the sum of
        proportional set sizes: what several processes share counts once.

    Raises
    ------
    Refused
        If no control group can be made here.
    """
    with _control_group() as group:
        enter = ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', str(group / "cgroup.procs")]
        start, memory = time.monotonic(), 0
        process = subprocess.Popen(
            [*enter, *command], cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=sys.stderr
        )
        while process.returncode is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(SECONDS_BETWEEN_LOOKS)
            memory = max(memory, _memory(group))
        wall = time.monotonic() - start
        return Cost(wall, _cpu_seconds(group), memory, process.returncode)


@contextlib.contextmanager
def _control_group() -> Iterator[Path]:
    """Make a control group, and in the end kill what is still in it."""
    try:
        group = _own_group() / f"qta-benchmark-{os.getpid()}"
        group.mkdir()
        os.close(os.open(group / "cgroup.procs", os.O_WRONLY))
    except (OSError, StopIteration) as error:
        raise Refused(
            f"CPU time cannot be counted here, for no control group can be made ({error!r}): run this as root, or "
            "behind 'systemd-run --user --scope -p Delegate=yes'."
        ) from error
    try:
        yield group
    finally:
        (group / "cgroup.kill").write_text("1")
        while (group / "cgroup.procs").read_text():
            time.sleep(0.05)
        group.rmdir()


def _own_group() -> Path:
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    top = next(place for _, place, kind, *_ in mounts if kind == "cgroup2")
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    return Path(top + next(line.removeprefix("0::") for line in lines if line.startswith("0::")))


def _cpu_seconds(group: Path) -> float:
    counts = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
    return int(counts["usage_usec"]) / 1e6


def _memory(group: Path) -> int:
    total = 0
    for number in (group / "cgroup.procs").read_text().split():
        with contextlib.suppress(psutil.NoSuchProcess):
            total += _size(psutil.Process(int(number)))
    return total


def _size(process: psutil.Process) -> int:
    try:
        return process.memory_full_info().pss
    except psutil.AccessDenied:  # a process that lets nobody look: then what it shares counts in full
        return process.memory_info().rss
