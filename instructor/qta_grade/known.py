"""What known mistakes answer to the checks, so that a check can say which mistake a student's answer is.

The table holds numbers and sentences, and no code: one number for all those that a wrong solution gives. That of the
public checks is in the student's notebook; that of the hidden ones stays with the grader, which runs a check that was
lost once more, with the inputs of the table.
"""

import contextlib
import inspect
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from qta_grade import Refused
from qta_grade.mutants import Mutant
from qta_grade.run_check import fingerprint, mistake_behind, watched
from qta_grade.source import SETUP, Assignment, SourceCell
from qta_grade.specification import Check, run_helpers

Known = list[tuple[int, float, str]]  # how many numbers, their fingerprint, and what to say


def with_known_mistakes(assignment: Assignment, mutants: list[Mutant]) -> Assignment:
    """Return the assignment, its checks with the mistakes that they can name, as `Known`.

    Mutants that say nothing are run too, for no other may be taken for them. Where two that say different things give
    the same numbers, a public check is refused (`Refused`), and a hidden one names neither.
    """
    places = [place for place, cell in enumerate(assignment.cells) if cell.kind == "check"]
    helpers = helpers_of(assignment)
    checks = []
    for check, place in zip(assignment.checks, places, strict=True):
        own = [mutant for mutant in mutants if mutant.question == check.question]
        if any(mutant.says for mutant in own):
            cells = [cell for cell in assignment.cells[:place] if runs(cell)]
            check = replace(check, known=_known(check, cells, own, helpers))
        checks.append(check)
    return replace(assignment, checks=checks)


def helpers_of(assignment: Assignment) -> dict[str, Any]:
    """Return what the assignment's hidden checks see beside what they ask for."""
    return run_helpers(tuple(cell.solved for cell in assignment.cells if cell.kind == "reference"))


def _known(check: Check, cells: list[SourceCell], mutants: list[Mutant], helpers: dict[str, Any]) -> Known:
    """Return what a check can name, from the cells above it and the mutants of its question."""
    known: Known = []
    for mutant in mutants:
        changed = [mutant.solved if cell.where == mutant.where else cell.solved for cell in cells]
        answers = _answers_to(check, changed, helpers)
        if answers:
            _add(known, answers, mutant, check)
    return [entry for entry in known if entry[2]]


def _answers_to(check: Check, sources: list[str], helpers: dict[str, Any]) -> list[float]:
    """Return the numbers that a wrong solution gives a check, see `answers_to`; none if it does not run."""
    names: dict[str, Any] = {}
    try:
        run(sources, names)
    except Exception:  # what stops is told by its error
        return []
    answers = answers_to(check, names, helpers)
    shaken = answers_to(check, {name: _shaken(value) for name, value in names.items()}, helpers)
    return answers if mistake_behind(shaken, [(len(answers), fingerprint(answers), "same")]) else []


def _shaken(value: object) -> object:
    """Return a function that gets its arrays a millionth of a millionth larger.

    Numbers that this changes, such as 1 over a rounding error, are others on another computer: they name no mistake.
    """
    if not inspect.isfunction(value):
        return value

    def call(*arguments: object, **named: object) -> object:
        return value(*map(_larger, arguments), **{name: _larger(argument) for name, argument in named.items()})

    return call


def _larger(argument: object) -> object:
    return argument * (1 + 1e-12) if isinstance(argument, np.ndarray) and argument.dtype.kind == "f" else argument


def answers_to(check: Check, names: dict[str, Any], helpers: dict[str, Any]) -> list[float]:
    """Return the numbers that a student's names give a check; none if they pass, or stop with an error.

    A public check ends where it fails, as in the notebook; a hidden one goes on, so that the numbers are those for all
    its inputs.
    """
    answers: list[float] = []
    try:
        _call(check.function(helpers if check.kind == "hidden" else {"np": np}), names, answers)
    except AssertionError:
        return answers if check.kind == "public" else _answers_to_all(check, names, helpers)
    except Exception:
        return []
    return []


def _answers_to_all(check: Check, names: dict[str, Any], helpers: dict[str, Any]) -> list[float]:
    answers: list[float] = []
    with contextlib.suppress(Exception):  # the check cannot compute with an answer of this form
        _call(check.function(helpers, asserting=False), names, answers)
    return answers


def _call(function: Callable, names: dict[str, Any], answers: list[float]) -> None:
    """Call a check with the inputs of the notebook, and note the numbers that it is given."""
    given = {**names, "rng": np.random.default_rng(1)}
    with np.errstate(all="ignore"):
        function(*[watched(name, given[name], answers) for name in inspect.signature(function).parameters])


def run(sources: list[str], names: dict[str, Any]) -> None:
    """Run cells one after another in the same names, quietly."""
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        for source in sources:
            exec(source, names)


def runs(cell: SourceCell) -> bool:
    """Return whether a cell is the student's or given to the student, but for the setup, which is done."""
    return cell.kind == "question" or (cell.kind == "plain" and not cell.template.startswith(SETUP))


def _add(known: Known, answers: list[float], mutant: Mutant, check: Check) -> None:
    """Add a mistake; where another gives the same numbers and says something else, a hidden check is to say nothing."""
    place = next((place for place, entry in enumerate(known) if mistake_behind(answers, [(*entry[:2], "same")])), None)
    if place is None:
        known.append((len(answers), round(fingerprint(answers), 4), mutant.says))
    elif known[place][2] != mutant.says and check.kind == "hidden":
        known[place] = (*known[place][:2], "")
    elif known[place][2] != mutant.says:
        raise Refused(
            f"To {check.name}, {mutant.name!r} gives the same numbers as a mistake that says "
            f"{known[place][2] or 'nothing'!r}: give both one sentence or none, or the check another input."
        )
