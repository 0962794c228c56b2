"""What known mistakes answer to the public checks, so that a check can say which mistake a student's answer is.

The table holds numbers and sentences, and no code: one number for all those that a wrong solution gives until the check
stops it.
"""

import contextlib
import inspect
import io
from dataclasses import replace
from typing import Any

import numpy as np

from qta_grade import Refused
from qta_grade.mutants import Mutant
from qta_grade.run_check import fingerprint, mistake_behind, watched
from qta_grade.source import SETUP, Assignment, SourceCell
from qta_grade.specification import Check

Known = list[tuple[int, float, str]]  # how many numbers, their fingerprint, and what to say


def with_known_mistakes(assignment: Assignment, mutants: list[Mutant]) -> Assignment:
    """Return the assignment, its public checks told which mistakes they can name.

    Parameters
    ----------
    assignment
        The source, whose solutions are run here.
    mutants
        Its wrong solutions; those that say nothing are run too, for no other may be taken for them.

    Returns
    -------
    Assignment
        Each check with ``known``: how many numbers a mistake gives, their fingerprint, and what it says.

    Raises
    ------
    Refused
        If two mistakes that say different things give a check the same numbers.
    """
    places = [place for place, cell in enumerate(assignment.cells) if cell.kind == "check"]
    checks = []
    for check, place in zip(assignment.checks, places, strict=True):
        own = [mutant for mutant in mutants if mutant.question == check.question]
        if check.kind == "public" and any(mutant.says for mutant in own):
            check = replace(check, known=_known(check, [cell for cell in assignment.cells[:place] if runs(cell)], own))
        checks.append(check)
    return replace(assignment, checks=checks)


def _known(check: Check, cells: list[SourceCell], mutants: list[Mutant]) -> Known:
    """Return what a check can name, from the cells above it and the mutants of its question."""
    known: Known = []
    for mutant in mutants:
        changed = [mutant.solved if cell.where == mutant.where else cell.solved for cell in cells]
        answers = _answers_to(check, changed)
        if answers:
            _add(known, answers, mutant, check.name)
    return [entry for entry in known if entry[2]]


def _answers_to(check: Check, sources: list[str]) -> list[float]:
    """Return the numbers that a wrong solution gives a check until it fails; none if it passes, or does not run."""
    names: dict[str, Any] = {}
    try:
        run(sources, names)
    except Exception:  # what stops is told by its error
        return []
    return answers_until_it_fails(check, names)


def answers_until_it_fails(check: Check, names: dict[str, Any]) -> list[float]:
    """Return the numbers that a student's names give a public check until it fails; none if it passes, or stops."""
    answers: list[float] = []
    function = check.function({"np": np})
    given = {**names, "rng": np.random.default_rng(1)}  # as in the notebook
    try:
        with np.errstate(all="ignore"):
            function(*[watched(name, given[name], answers) for name in inspect.signature(function).parameters])
    except AssertionError:
        return answers
    except Exception:
        return []
    return []


def run(sources: list[str], names: dict[str, Any]) -> None:
    """Run cells one after another in the same names, quietly."""
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        for source in sources:
            exec(source, names)


def runs(cell: SourceCell) -> bool:
    """Return whether a cell is the student's or given to the student, but for the setup, which is done."""
    return cell.kind == "question" or (cell.kind == "plain" and not cell.template.startswith(SETUP))


def _add(known: Known, answers: list[float], mutant: Mutant, check: str) -> None:
    same = next((entry for entry in known if mistake_behind(answers, [(*entry[:2], "same")])), None)
    if same is None:
        known.append((len(answers), round(fingerprint(answers), 4), mutant.says))
    elif same[2] != mutant.says:
        raise Refused(
            f"To {check}, {mutant.name!r} gives the same numbers as a mistake that says {same[2] or 'nothing'!r}: "
            "give both one sentence or none, or the check another input."
        )
