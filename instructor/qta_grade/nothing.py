"""Submissions that solve nothing, and that have to score nothing: zeros, constants, and the public examples by heart.

The solution runs under the public checks as a student's notebook would, and each call of an answer's function is noted.
What a student can read off the examples is then all that these submissions know.
"""

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np

from qta_grade.checks import run_check
from qta_grade.sandbox import Sandbox
from qta_grade.source import Assignment
from qta_grade.specification import Specification
from qta_grade.submission import limits_of

_NOTES = """
import numpy

noted_calls, depth_of_calls = [], [0]


def noted(name, function):
    def call(*given, **named):
        depth_of_calls[0] += 1
        try:
            value = function(*given, **named)
        finally:
            depth_of_calls[0] -= 1
        if depth_of_calls[0] == 0:  # not one answer calling another
            shapes = [list(part.shape) if isinstance(part, numpy.ndarray) else None for part in given]
            noted_calls.append([name, repr((given, named)), shapes, value])
        return value

    return call
"""
_HELPERS = """
import numpy as np

nan, inf = np.nan, np.inf


def zeros_like_it(value, shapes, given):
    if isinstance(value, (tuple, list)):
        return type(value)(zeros_like_it(part, shapes, given) for part in value)
    if isinstance(value, dict):
        return {name: zeros_like_it(part, shapes, given) for name, part in value.items()}
    shape = np.shape(value)
    if list(shape) in shapes:  # an answer with a row for each row of an argument, as it seems
        shape = np.shape(given[shapes.index(list(shape))])
    return np.zeros(shape)
"""


@dataclass(frozen=True)
class _Call:
    """A call of an answer's function: its arguments as a text, the shapes of those that are arrays, what it gave."""

    arguments: str
    shapes: list
    value: Any


def solving_nothing(assignment: Assignment, specification: Specification, tier: str) -> dict[str, list[str]]:
    """Return the code cells of each of these submissions, by what it is."""
    calls = _noted(assignment, specification, tier)
    return {
        "zeros": _cells(assignment, calls, _zeros, "0"),
        "constants": _cells(assignment, calls, _constant, "1"),
        "the examples by heart": _cells(assignment, calls, _by_heart, "1"),
    }


def _noted(assignment: Assignment, specification: Specification, tier: str) -> dict[str, list[_Call]]:
    calls: dict[str, list[_Call]] = {}
    with Sandbox(tier, limits_of(specification)) as sandbox:
        sandbox.execute(_NOTES, "the cell that notes calls")
        for cell in assignment.cells:
            if cell.kind in ("plain", "question"):
                names = _functions(cell.template) if cell.kind == "question" else []
                notes = [f"\n{name} = noted({name!r}, {name})" for name in names]
                sandbox.execute(cell.solved + "".join(notes), cell.where)
        sandbox.execute("noted_calls.clear()", "the cell that forgets the solution's own calls")
        for check in specification.checks:
            if check.kind == "public":
                run_check(check, specification, sandbox, np.random.default_rng(1))  # as in the notebook
        for name, *call in sandbox.value("noted_calls"):
            calls.setdefault(name, []).append(_Call(*call))
    return calls


def _functions(source: str) -> list[str]:
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]


def _cells(assignment: Assignment, calls: dict[str, list[_Call]], body: Any, otherwise: str) -> list[str]:
    cells = [_HELPERS]
    for cell in assignment.cells:
        if cell.kind == "plain":
            cells.append(cell.template)
        if cell.kind == "question":
            lines = [f"# @question {cell.marker.words[0]}"]
            for node in ast.parse(cell.template).body:
                if isinstance(node, ast.FunctionDef):
                    returned = body(calls[node.name]) if node.name in calls else otherwise
                    lines.append(f"def {node.name}(*given, **named):\n    return {returned}")
                elif isinstance(node, ast.Assign):
                    lines.append(f"{ast.unparse(node.targets[0])} = {otherwise}")
                else:
                    lines.append(ast.unparse(node))
            cells.append("\n".join(lines))
    return cells


def _zeros(calls: list[_Call]) -> str:
    return f"zeros_like_it({_literal(calls[0].value)}, {calls[0].shapes}, given)"


def _constant(calls: list[_Call]) -> str:
    return _literal(calls[0].value)


def _by_heart(calls: list[_Call]) -> str:
    known = ", ".join(f"{call.arguments!r}: {_literal(call.value)}" for call in calls)
    return f"{{{known}}}.get(repr((given, named)), {_literal(calls[0].value)})"


def _literal(value: object) -> str:
    """Write a value as Python; what cannot be written, such as a network, is None."""
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()!r})"
    if isinstance(value, np.generic):
        return repr(value.item())
    if isinstance(value, tuple):
        return f"({''.join(_literal(part) + ', ' for part in value)})"
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name!r}: {_literal(part)}' for name, part in value.items())}}}"
    return repr(value) if value is None or isinstance(value, bool | int | float | str) else "None"
