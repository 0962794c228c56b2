"""Our own grader, run by its command line as an instructor does."""

import json
import subprocess
import sys
from pathlib import Path

from qta_grade import Refused
from qta_grade.source import ROOT, load_source

from grading_benchmark.conversion import handed_in
from grading_benchmark.measure import Cost, measure
from grading_benchmark.page import Scores

COMMAND = [sys.executable, "-m", "qta_grade"]
_SECRET = "inputs for benchmarks only"


def students(count: int) -> list[str]:
    """Return ids, such as "s0001"."""
    return [f"s{number:04}" for number in range(1, count + 1)]


def setup_cell() -> str:
    """Return what stands in the setup cell of students' notebooks."""
    return (ROOT.parent / "tools" / "setup_cell.py").read_text(encoding="utf-8")


def write_honest(name: str, count: int, folder: Path) -> list[Path]:
    """Write honest submissions of an assignment, which differ by a comment, into a new folder."""
    assignment, setup = load_source(name), setup_cell()
    folder.mkdir(parents=True)
    paths = [folder / f"{student}.ipynb" for student in students(count)]
    for path in paths:
        path.write_text(json.dumps(handed_in(assignment, setup, path.stem)), encoding="utf-8")
    return paths


def grade(
    name: str, submissions: Path, out: Path, kind: str, class_list: Path | None = None
) -> tuple[Cost, list[dict]]:
    """Grade submissions in a kind of sandbox.

    Parameters
    ----------
    name
        The assignment.
    submissions, out
        Folders.
    kind
        See the command's ``--tier``.
    class_list
        See the command's ``--class-list``.

    Returns
    -------
    cost : Cost
        What the command cost.
    rows : list of dict
        The students' entries in report.json.

    Raises
    ------
    Refused
        If the command ended without results.
    """
    secret = out.parent / "secret"
    secret.write_text(_SECRET, encoding="utf-8")
    command = [*COMMAND, "grade", name, str(submissions), "-o", str(out), "--tier", kind, "--secret", str(secret)]
    if class_list:
        command += ["--class-list", str(class_list)]
    cost = measure(command)
    if cost.status not in (0, 1):  # 1: somebody could not be graded, which the scores will show
        raise Refused(f"Grading {name} ended with status {cost.status}: see what it said above.")
    return cost, json.loads((out / "report.json").read_text(encoding="utf-8"))["students"]


def points(rows: list[dict]) -> Scores:
    """Return the points of each student, optional ones too, and those possible; refuse if one could not be graded."""
    if failed := [row for row in rows if row["result"] is None]:
        raise Refused(f"{failed[0]['id']} could not be graded: {' '.join(failed[0]['notes'])}")
    return {row["id"]: (row["result"]["score"], row["result"]["possible"]) for row in rows}


def sandbox_seconds(row: dict) -> float:
    """Return the CPU seconds of a student's sandboxes as the grader itself counted them."""
    return row["result"]["cpu_seconds"] if row["result"] else 0.0


def simulate(name: str, count: int, folder: Path) -> None:
    """Make a mixed class of an assignment, with the scores to expect, in a new folder."""
    folder.parent.mkdir(parents=True)
    command = [*COMMAND, "simulate", name, str(count), "-o", str(folder)]
    status = subprocess.run(command, check=False, stdout=sys.stderr).returncode
    if status:
        raise Refused(f"No class of {name} can be made (status {status}): see what was said above.")


def as_expected(simulated: Path, out: Path) -> str:
    """Say whether a simulated class has the scores that it should have."""
    command = [*COMMAND, "compare", str(simulated), str(out)]
    compared = subprocess.run(command, check=False, capture_output=True, text=True)
    if compared.returncode == 0:
        return "as expected"
    return " ".join(f"not as expected: {compared.stdout} {compared.stderr}".split())
