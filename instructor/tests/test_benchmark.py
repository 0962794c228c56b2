"""The benchmark of grading: what it makes for the other graders, which do not run here, what it counts, its page."""

import re
import sys
from types import SimpleNamespace

import nbformat
import pytest
from grading_benchmark import conversion, ours, page
from grading_benchmark.measure import measure
from qta_grade import Refused
from qta_grade.source import load_source

NBGRADER_METADATA = {  # names and types of nbgrader's schema, version 3, for cells that it knows
    "grade": bool,
    "grade_id": str,
    "locked": bool,
    "points": (int, float),
    "schema_version": int,
    "solution": bool,
    "task": bool,
}
# A grandchild in another session, whose parent is gone when it is killed: so getrusage knows nothing of its time.
LOST_GRANDCHILD = """
import os, subprocess, sys
burn = "import os, time\\nwhile time.process_time() < 0.5: pass\\nprint(os.getpid(), flush=True)\\ntime.sleep(60)"
child = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]], start_new_session=True)"
parent = subprocess.Popen([sys.executable, "-c", child, burn], stdout=subprocess.PIPE)
parent.wait()
os.kill(int(parent.stdout.readline()), 9)
"""


@pytest.fixture
def assignment(room):
    return load_source("demo", room)


def code(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def run(cells):
    names = {}
    for cell in cells:
        exec(cell, names)
    return names


def test_honest_submissions_differ_and_hold_the_solution(assignment, solution):
    one, two = (conversion.handed_in(assignment, "setup = 1", student) for student in ("ann", "bo"))
    nbformat.validate(nbformat.from_dict(one))
    assert code(one) != code(two)
    assert [cell.replace("# by ann", "# by bo") for cell in code(one)] == code(two)
    assert all(any(cell.startswith(answer) for cell in code(one)) for answer in solution)
    assert not any("# A public check" in cell for cell in code(conversion.for_otter(one)))
    assert len(code(conversion.for_otter(one))) < len(code(one))


@pytest.fixture
def cases(specification, monkeypatch):
    """The test cases for otter-grader, each with what it was declared with; a stand-in takes the place of otter."""
    monkeypatch.setitem(
        sys.modules,
        "otter.test_files",
        SimpleNamespace(test_case=lambda **about: lambda function: (about, function)),
    )
    found = []
    for question, text in conversion.otter_tests(specification).items():
        names = run([compile(text, f"{question}.py", "exec")])
        assert names["OK_FORMAT"] is False
        assert names["name"] == question
        found += [value for name, value in names.items() if name.startswith("case_")]
    return found


def test_otter_has_every_check(cases, specification):
    declared = [(about["name"], about["points"], about["hidden"]) for about, _ in cases]
    assert declared == [(check.id, check.points, check.kind == "hidden") for check in specification.checks]


def test_otter_s_cases_tell_right_from_wrong(cases, solution, specification):
    right = run(solution)
    wrong = {name: (lambda *_: None) if callable(value) else -1.0 for name, value in right.items()}
    for _, case in cases:
        case(right)
        with pytest.raises((AssertionError, TypeError)):
            case(wrong)


def test_nbgrader_s_notebook(assignment):
    notebook = conversion.nbgrader_source(assignment, "setup = 1")
    nbformat.validate(nbformat.from_dict(notebook))
    known = [cell["metadata"]["nbgrader"] for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]
    for about in known:
        assert about.keys() == NBGRADER_METADATA.keys() - (set() if about["grade"] else {"points"})
        assert all(isinstance(value, NBGRADER_METADATA[name]) for name, value in about.items())
        assert re.fullmatch(r"[a-zA-Z0-9_\-]+", about["grade_id"])
        assert about["grade"] == about["locked"] != about["solution"]
    assert len({about["grade_id"] for about in known}) == len(known)
    assert sum(about.get("points", 0) for about in known) == sum(q.points for q in assignment.questions)


def test_nbgrader_s_checks_and_what_students_see(assignment):
    source = conversion.nbgrader_source(assignment, "setup = 1")
    solved = code(conversion.for_nbgrader(source, assignment, "ann"))
    run(solved)
    answers = [text for text in code(source) if text.startswith("# @question")]
    assert len(answers) == len(assignment.questions)
    with pytest.raises(NotImplementedError):
        run(code(source))
    visible = re.sub(r"### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS", "", "\n".join(code(source)), flags=re.DOTALL)
    for check in assignment.checks:
        assert (f"def {check.name}(" in visible) == (check.kind == "public")
    assert "off_by" not in visible


def test_a_table():
    assert page.table(["kind", "CPU"], [["a|b", page.seconds(0.123)], ["c", page.seconds(1234.5)]]) == (
        "| kind | CPU |\n|:---|---:|\n| a\\|b | 0.12 s |\n| c | 1234 s |"
    )
    assert page.gigabytes(3 * 2**29) == "1.50 GB"


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        ({"ann": (2, 2), "bo": (2, 2)}, "2 of 2"),
        ({"ann": (2, 2), "bo": (0.5, 2)}, "1 of 2 (lowest: 0.5 of 2 points)"),
    ],
)
def test_full_marks(scores, said):
    assert page.full_marks(scores) == said


def test_who_could_not_be_graded_has_no_full_marks():
    graded = {"id": "ann", "score": 2.0, "result": {"score": 3.0, "possible": 3.0}, "notes": []}  # one is optional
    assert ours.points([graded]) == {"ann": (3.0, 3.0)}
    with pytest.raises(Refused, match=r"bo could not be graded: A full disk\."):
        ours.points([graded, {"id": "bo", "score": None, "result": None, "notes": ["A full disk."]}])


def test_power():
    assert page.power([10, 20, 40], [3.0, 6.0, 12.0]) == "1.00"
    assert page.power([10, 20, 40], [1.0, 4.0, 16.0]) == "2.00"
    assert page.power([10], [1.0]) == "–"


def test_what_a_killed_grandchild_used_counts():
    try:
        cost = measure([sys.executable, "-c", LOST_GRANDCHILD])
    except Refused as refused:
        pytest.skip(str(refused))
    assert cost.status == 0
    assert cost.cpu > 0.5
    assert cost.wall < 30
    assert cost.memory > 2**20
