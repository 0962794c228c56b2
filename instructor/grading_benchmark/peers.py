"""The same honest submissions graded by us, by otter-grader and by nbgrader.

The other two run a submission unprotected, with all that its user may do: only notebooks of our own making get there.
"""

import csv
import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Callable
from pathlib import Path

from qta_grade import Refused
from qta_grade.launch import ENVIRONMENT
from qta_grade.source import ROOT, load_source
from qta_grade.specification import load_specification

from grading_benchmark import conversion, ours, page
from grading_benchmark.measure import Cost, measure
from grading_benchmark.page import Scores, gigabytes, seconds

_LONGEST_CELL = 600  # seconds that nbgrader waits; with its default of 30 a cell that trains networks scores nothing

HOW = (
    "All graders import the same compiled files of the course's environment, have the same environment variables "
    "(TensorFlow with one thread), and run our checks as they stand. qta-grade protects the machine and the scores, "
    "leaves out cells that come after the last answer, and keeps TensorFlow away where an assignment does without it; "
    "the others run whole notebooks, unprotected, one after the other in one command. nbgrader waits ten minutes for a "
    "cell, and not 30 seconds as by default:"
)


def prepare(folder: Path) -> Path:
    """Make an environment with the other graders, or bring it up to date.

    What the course has installed is not installed again: a .pth file leads to it, so that all graders import the same
    files, and all are compiled.

    Parameters
    ----------
    folder
        The environment.

    Returns
    -------
    Path
        Its Python.

    Raises
    ------
    Refused
        If they cannot be installed.
    """
    python = folder / "bin" / "python"
    try:
        if not python.exists():
            subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        course = f"{sysconfig.get_path('purelib')}\n{ROOT.parent}\n"
        (folder / "lib" / version / "site-packages" / "course.pth").write_text(course, encoding="utf-8")
        pip = [str(python), "-m", "pip", "install", "--quiet", "--compile", "otter-grader", "nbgrader"]
        subprocess.run(pip, check=True, stdout=sys.stderr)
        kernel = [str(python), "-m", "ipykernel", "install", "--sys-prefix"]
        subprocess.run(kernel, check=True, stdout=sys.stderr)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refused(f"The other graders cannot be installed into {folder}: {error}.") from error
    return python


def versions(python: Path) -> str:
    """Return the versions of the other graders in that environment."""
    code = "from importlib.metadata import version as v; print(*(n + ' ' + v(n) for n in ('otter-grader', 'nbgrader')))"
    return subprocess.run([str(python), "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def compare(
    name: str, count: int, kinds: list[str], python: Path, work: Path, say: Callable[[str], None]
) -> tuple[list[str], list[list[str]]]:
    """Grade honest submissions by all graders, and return the header and the rows of a table.

    Parameters
    ----------
    name
        The assignment.
    count
        How many submissions.
    kinds
        The kinds of our sandboxes.
    python
        Of the environment with the other graders.
    work
        A new folder.
    say
        Takes what is measured next.
    """
    notebooks = ours.write_honest(name, count, work / "submissions")
    rows = []
    for kind in kinds:
        say(f"{name}: {count} honest submissions, qta-grade, {kind}")
        cost, students = ours.grade(name, work / "submissions", work / kind, kind)
        rows.append(_row(f"qta-grade, {kind}", str(os.cpu_count()), cost, ours.points(students)))
    for peer, grade in (("otter-grader", _otter), ("nbgrader", _nbgrader)):
        say(f"{name}: {count} honest submissions, {peer}")
        cost, scores = grade(name, notebooks, python, work)
        rows.append(_row(peer, "1", cost, scores))
    return ["grader", "at a time", "wall", "CPU", "CPU per submission", "peak memory", "full marks"], rows


def _row(grader: str, at_a_time: str, cost: Cost, scores: Scores) -> list[str]:
    each, marks = seconds(cost.cpu / len(scores)), page.full_marks(scores)
    return [grader, at_a_time, seconds(cost.wall), seconds(cost.cpu), each, gigabytes(cost.memory), marks]


def _environment(python: Path) -> dict[str, str]:
    """Return the variables for the other graders: those of our sandboxes, such as one thread for TensorFlow."""
    given = {name: value for name, value in ENVIRONMENT.items() if name not in ("PATH", "USER")}
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"  # as in an activated environment: nbgrader calls alembic
    return {**os.environ, **given, "PATH": path}


def _run(command: list[str], folder: Path) -> Cost:
    """Run a command of another grader; the first word is the Python that has it."""
    cost = measure(command, folder, _environment(Path(command[0])))
    if cost.status:
        raise Refused(f"{' '.join(command[1:5])} ended with status {cost.status}: see what it said above.")
    return cost


def _otter(name: str, notebooks: list[Path], python: Path, work: Path) -> tuple[Cost, Scores]:
    folder = work / "otter"
    folder.mkdir()
    with zipfile.ZipFile(folder / "autograder.zip", "w") as archive:
        for question, text in conversion.otter_tests(load_specification(name, ROOT)).items():
            archive.writestr(f"tests/{question}.py", text)
    converted = [folder / path.name for path in notebooks]
    for path, target in zip(notebooks, converted, strict=True):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        target.write_text(json.dumps(conversion.for_otter(notebook)), encoding="utf-8")
    loop = Path(__file__).with_name("otter_loop.py")
    cost = _run([str(python), str(loop), "autograder.zip", "scores.json", *map(str, converted)], folder)
    scores = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    return cost, {student: tuple(points) for student, points in scores.items()}


def _nbgrader(name: str, notebooks: list[Path], python: Path, work: Path) -> tuple[Cost, Scores]:
    folder, nbgrader = work / "nbgrader", [str(python), "-m", "nbgrader"]
    assignment = load_source(name)
    source = folder / "source" / name / f"{name}.ipynb"
    source.parent.mkdir(parents=True)
    source.write_text(json.dumps(conversion.nbgrader_source(assignment, ours.setup_cell())), encoding="utf-8")
    _run([*nbgrader, "generate_assignment", name], folder)
    released = json.loads((folder / "release" / name / source.name).read_text(encoding="utf-8"))
    for path in notebooks:
        submitted = folder / "submitted" / path.stem / name / source.name
        submitted.parent.mkdir(parents=True)
        submitted.write_text(json.dumps(conversion.for_nbgrader(released, assignment, path.stem)), encoding="utf-8")
    cost = _run([*nbgrader, "autograde", name, f"--Execute.timeout={_LONGEST_CELL}"], folder)
    _run([*nbgrader, "export", "--to", "grades.csv"], folder)
    with (folder / "grades.csv").open(encoding="utf-8", newline="") as file:
        return cost, {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}
