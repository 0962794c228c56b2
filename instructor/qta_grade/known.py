"""What known mistakes answer to the public checks, so that a check can say which mistake a student's answer is.

The table holds numbers and sentences, and no code: one number for all those that a wrong solution gives until the check
stops it.
"""

import contextlib
import io
from typing import Any

import numpy as np

from qta_grade import Refused
from qta_grade.mutants import Mutant
from qta_grade.run_check import fingerprint, mistake_behind, watched
from qta_grade.source import SETUP, Assignment, SourceCell

Known = list[tuple[int, float, str]]  # how many numbers, their fingerprint, and what to say


def known_mistakes(assignment: Assignment, mutants: list[Mutant]) -> dict[str, Known]:
    """Return the table: for each public check the mistakes that it can name.

    Parameters
    ----------
    assignment
        The source, whose solutions are run here.
    mutants
        Its wrong solutions; those that say nothing are run too, for no other may be taken for them.

    Returns
    -------
    dict
        By the check's id: how many numbers the mistake gives, their fingerprint, and what it says.

    Raises
    ------
    Refused
        If two mistakes that say different things give a check the same numbers.
    """
    told = {mutant.question for mutant in mutants if mutant.says}
    table: dict[str, Known] = {}
    for number, check in enumerate(assignment.cells):
        if check.kind != "check" or check.marker.words[1] != "public" or check.marker.words[0] not in told:
            continue
        before = [cell for cell in assignment.cells[:number] if _runs(cell)]
        own = [cell for cell in before if cell.marker and cell.marker.words[0] == check.marker.words[0]]
        first = before.index(own[0])
        names: dict[str, Any] = {}
        _run([cell.solved for cell in before[:first]], names)
        known: Known = []
        for mutant in mutants:
            if mutant.question == check.marker.words[0]:
                changed = [mutant.solved if cell.where == mutant.where else cell.solved for cell in before[first:]]
                answers = _answers_to(check, [*changed, check.solved], dict(names))
                if answers:
                    _add(known, answers, mutant, _name(check))
        table[f"{check.marker.words[0]}.{_name(check)}"] = [entry for entry in known if entry[2]]
    return table


def _answers_to(check: SourceCell, sources: list[str], names: dict[str, Any]) -> list[float]:
    """Return the numbers that a wrong solution gives a check until it fails; none if it passes, or does not run."""
    answers: list[float] = []
    try:
        _run(sources, names)
        function = names[_name(check)]
        asked = function.__code__.co_varnames[: function.__code__.co_argcount]
        given = {**names, "rng": np.random.default_rng(1)}  # as in the notebook
        with np.errstate(all="ignore"):
            function(*[watched(name, given[name], answers) for name in asked])
    except AssertionError:
        return answers
    except Exception:  # what stops is told by its error
        return []
    return []


def _run(sources: list[str], names: dict[str, Any]) -> None:
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        for source in sources:
            exec(source, names)


def _runs(cell: SourceCell) -> bool:
    done = cell.template.startswith(SETUP)  # the package is there, and nobody needs TensorFlow
    return cell.kind == "question" or (cell.kind == "plain" and not done)


def _name(cell: SourceCell) -> str:
    return cell.solved.split("\n", 1)[1].strip().removeprefix("def ").partition("(")[0]


def _add(known: Known, answers: list[float], mutant: Mutant, check: str) -> None:
    same = next((entry for entry in known if mistake_behind(answers, [(*entry[:2], "same")])), None)
    if same is None:
        known.append((len(answers), round(fingerprint(answers), 4), mutant.says))
    elif same[2] != mutant.says:
        raise Refused(
            f"To {check}, {mutant.name!r} gives the same numbers as a mistake that says {same[2] or 'nothing'!r}: "
            "give both one sentence or none, or the check another input."
        )
