"""``test``: style, unit tests and the comparison of every notebook's outputs, with one table at the end."""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

from tools.pin_environment import can_compare, pinned_environment
from tools.show_progress import format_table

# What nbval says when a kernel, and not the notebook, is at fault.
KERNEL_FAULTS = (
    "Kernel died before replying",
    "Kernel dead on test start",
    "Kernel info reqest timed out",
    "Wasn't able to establish IOPub",
    "Timeout of 5 seconds exceeded waiting for output",
    "Failed to interrupt kernel",  # it died within a cell: nbval waits for the cell's timeout, then says this
)
PATHS = ["tests", "notebooks", "instructor/tests"]  # students do not have the last
CI_ONLY = ["tests/slow", "tests/browser", "instructor/tests/slow"]
CELL_TIMEOUT = 300  # seconds; far above the slowest cell


def run_suite(root: Path, threads: int, pytest_arguments: list[str]) -> bool:
    """Run the steps one after the other, print a table of them, and say whether all passed.

    Paths among pytest's arguments are tested in place of everything.
    """
    comparable, reason = can_compare()
    ruff = [sys.executable, "-m", "ruff"]
    steps = {
        "ruff check": lambda: _succeeds([*ruff, "check", "."], root, dict(os.environ)),
        "ruff format": lambda: _succeeds([*ruff, "format", "--check", "."], root, dict(os.environ)),
        "pytest": lambda: run_pytest(root, threads, comparable, pytest_arguments),
    }
    rows = []
    for name, step in steps.items():
        print(f"\n== {name}", flush=True)
        started = time.monotonic()
        rows.append([name, "ok" if step() else "FAILED", f"{time.monotonic() - started:.0f} s"])
    print("\n" + format_table(["step", "result", "time"], rows))
    if not comparable:
        print(f"Outputs were not compared; every cell ran with its assertions. {reason}")
    return all(result == "ok" for _, result, _ in rows)


def run_pytest(root: Path, threads: int, comparable: bool, arguments: list[str]) -> bool:
    """Run pytest over tests and notebooks; a notebook whose kernel died is run once more."""
    report = root / "build" / "test-report.xml"
    report.parent.mkdir(exist_ok=True)
    report.unlink(missing_ok=True)
    fixed = [sys.executable, "-m", "pytest", *(f"--ignore={folder}" for folder in CI_ONLY)]
    fixed += ["--nbval-current-env", f"--nbval-cell-timeout={CELL_TIMEOUT}"]
    fixed += [f"--color={'yes' if sys.stdout.isatty() else 'no'}"]
    fixed += ["--nbval" if comparable else "--nbval-lax", f"--junit-xml={report}", "-o", "junit_family=xunit1"]
    # Two files at a time, and never the cells of one notebook in two kernels.
    fixed += ["--numprocesses=2", "--dist=loadscope"]
    environment = pinned_environment(root, threads)
    graded = (root / PATHS[-1]).is_dir()
    if graded and importlib.util.find_spec("qta_grade") is None:
        print("The grader is not tested: qta-grade is not installed here (pip install -e ./instructor).", flush=True)
        graded = False
    given = any((root / argument.split("::")[0]).exists() for argument in arguments)
    paths = [] if given else PATHS[: 2 + graded]
    if _succeeds([*fixed, *paths, *arguments], root, environment):
        return True
    retried = notebooks_to_retry(report) if report.exists() else []
    if not retried:
        return False
    print(f"\nA kernel died or did not answer. Once more: {', '.join(retried)}", flush=True)
    return _succeeds([*fixed, *retried], root, environment)


def notebooks_to_retry(report: Path) -> list[str]:
    """Return the notebooks that failed because of their kernels, or none if anything failed for another reason.

    The report is what pytest wrote with ``--junit-xml``, in the family ``xunit1``.
    """
    retried = set()
    for case in ElementTree.parse(report).iter("testcase"):
        for trouble in [*case.findall("failure"), *case.findall("error")]:
            words = f"{trouble.get('message')} {trouble.text}"
            if not any(fault in words for fault in KERNEL_FAULTS):
                return []
            retried.add(case.get("file"))
    return sorted(retried)


def _succeeds(command: list[str], root: Path, environment: dict[str, str]) -> bool:
    return subprocess.run(command, cwd=root, env=environment, check=False).returncode == 0
