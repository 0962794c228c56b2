"""An assignment of ours for the other graders: honest submissions, tests for otter-grader, a notebook for nbgrader.

The other graders run checks beside the student's code, with plain Python's `assert`, as ours are written. So a check
is copied as it is, and called with the student's objects; `rng` is the same for all students.
"""

import ast
from dataclasses import replace

from qta_grade.build import make_notebook
from qta_grade.source import Assignment, SourceCell
from qta_grade.specification import PUBLIC_CHECK, Check, Specification

_OTTER = """\
OK_FORMAT = False
import numpy as np
from otter.test_files import test_case

name = "{question}"
points = None
"""
_OTTER_CASE = """\
@test_case(name="{check.id}", points={check.points}, hidden={hidden})
def case_{number}(env):
    with np.errstate(all="ignore"):
        {call}
"""


def handed_in(assignment: Assignment, setup_cell: str, student: str) -> dict:
    """Return the student's notebook with the solution in it; it differs between students by a comment.

    Parameters
    ----------
    assignment
        The source.
    setup_cell
        See `build.make_notebook`.
    student
        The id.
    """
    cells = [
        replace(cell, template=solved(cell, student)) if cell.kind == "question" else cell for cell in assignment.cells
    ]
    return make_notebook(replace(assignment, cells=cells), setup_cell)


def solved(cell: SourceCell, student: str) -> str:
    """Return an answer of this student: the solution, and a comment."""
    return f"{cell.solved}\n# by {student}"


def for_otter(notebook: dict) -> dict:
    """Return a submission without the cells that run public checks, since otter runs its own copies of them."""
    cells = [cell for cell in notebook["cells"] if not "".join(cell["source"]).startswith(PUBLIC_CHECK)]
    return {**notebook, "cells": cells}


def otter_tests(specification: Specification) -> dict[str, str]:
    """Return test files of otter's "exception-based" format, by the question's id."""
    return {question.id: _otter_test(specification, question.id) for question in specification.questions}


def _otter_test(specification: Specification, question: str) -> str:
    parts = [_OTTER.format(question=question), *specification.reference]
    checks = [check for check in specification.checks if check.question == question]
    for number, check in enumerate(checks, 1):
        hidden = check.kind == "hidden"
        call = _call(check, 'env["{}"]')
        parts += [check.source, _OTTER_CASE.format(check=check, number=number, hidden=hidden, call=call)]
    return "\n\n".join(parts)


def _call(check: Check, name: str) -> str:
    """Return a call of the check, where the student's objects are written as `name` says."""
    arguments = [argument.arg for argument in ast.parse(check.source).body[0].args.args]
    given = ["np.random.default_rng(1)" if argument == "rng" else name.format(argument) for argument in arguments]
    return f"{check.name}({', '.join(given)})"


def nbgrader_source(assignment: Assignment, setup_cell: str) -> dict:
    """Return the instructor's notebook for nbgrader, from which it makes the students' one.

    Parameters
    ----------
    assignment
        The source.
    setup_cell
        See `build.make_notebook`.
    """
    notebook = make_notebook(assignment, setup_cell)
    students = {cell["id"]: cell for cell in notebook["cells"]}
    checks = iter(assignment.checks)  # in the order of their cells
    cells = []
    for number, cell in enumerate(assignment.cells, 1):
        if cell.kind == "question":
            about = {"grade_id": cell.marker.words[0], "grade": False, "locked": False, "solution": True}
            cells.append(_nbgrader_cell(cell, cell.template, about))
        elif cell.kind == "check":
            check = next(checks)
            cells.append(_nbgrader_cell(cell, _nbgrader_check(check), _graded(check.id, check.points)))
        elif cell.kind == "reference":  # nbgrader allows hidden text in cells with points only
            cells.append(_nbgrader_cell(cell, _hidden(cell.solved), _graded(f"reference_{number}", 0)))
        else:
            cells.append(students[cell.cell["id"]])
    return {**notebook, "cells": cells}


def _graded(name: str, points: float) -> dict:
    return {"grade_id": name.replace(".", "_"), "grade": True, "locked": True, "solution": False, "points": points}


def for_nbgrader(released: dict, assignment: Assignment, student: str) -> dict:
    """Return a submission: the notebook that nbgrader released, with the student's answers."""
    answers = {cell.cell["id"]: solved(cell, student) for cell in assignment.cells if cell.kind == "question"}
    cells = [{**cell, "source": answers.get(cell["id"], cell["source"])} for cell in released["cells"]]
    return {**released, "cells": cells}


def _nbgrader_cell(cell: SourceCell, text: str, about: dict) -> dict:
    metadata = {"nbgrader": {**about, "schema_version": 3, "task": False}}
    return {**cell.cell, "metadata": metadata, "source": text.splitlines(keepends=True)}


def _nbgrader_check(check: Check) -> str:
    text = f'import numpy as np\n\n{check.source}\n\nwith np.errstate(all="ignore"):\n    {_call(check, "{}")}'
    return _hidden(text) if check.kind == "hidden" else text


def _hidden(text: str) -> str:
    return f"### BEGIN HIDDEN TESTS\n{text}\n### END HIDDEN TESTS"
