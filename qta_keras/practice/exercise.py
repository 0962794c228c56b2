"""Exercises, each read from a file of its own in ``exercises/``: what is asked, solved, and got wrong."""

import difflib
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

_FOLDER = files(__package__) / "exercises"


@dataclass(frozen=True)
class Mistake:
    """A known wrong answer: the solution with a change in it, and what its author is told."""

    name: str
    code: str
    says: str


@dataclass(frozen=True)
class Exercise:
    """What a file in ``exercises/`` says; `code` in its comments is Python that defines a variable named `answer`."""

    name: str  # 01-3-step: the lesson's number comes first, then its place there
    title: str
    before: str  # the heading in the lesson above which it stands
    minutes: int
    task: str
    answer: str
    stub: str  # code, as the lesson has it
    hints: list[str]
    solution: str  # code
    why: str
    inputs: list[list]  # what an answer that is a function is called with, the simplest first; else empty
    right: list[str]  # code that is right as well
    mistakes: list[Mistake]


@cache
def load_exercise(name: str) -> Exercise:
    """Read an exercise.

    Raises
    ------
    ValueError
        If there is none of that name.

    Examples
    --------
    >>> load_exercise("01-3-step").answer
    'one_step'
    """
    if name not in exercise_names():
        near = difflib.get_close_matches(str(name), exercise_names(), n=1)
        raise ValueError(f"There is no exercise {name!r}{f'; is {near[0]!r} meant?' if near else '.'}")
    source = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    solution = source["solution"]
    source["inputs"] = [[_array(value) for value in arguments] for arguments in source.get("inputs", [])]
    source["right"] = [_changed(solution, variant["changes"]) for variant in source["right"]]
    source["mistakes"] = [
        Mistake(mistake["name"], _changed(solution, mistake["changes"]), mistake["says"])
        for mistake in source.pop("mistake")
    ]
    return Exercise(name, **source)


def exercise_names() -> list[str]:
    """Return the names of all exercises, in the order in which the lessons have them."""
    return sorted(path.name.removesuffix(".toml") for path in _FOLDER.iterdir() if path.name.endswith(".toml"))


def run(code: str, exercise: Exercise) -> object:
    """Run an exercise's code, and return the answer that it defines."""
    names = {"np": np}
    exec(code, names)
    return names[exercise.answer]


def _array(value: object) -> object:
    """Turn a list of numbers into an array; lists of words stay lists."""
    array = np.array(value)
    return array if array.ndim and array.dtype.kind in "if" else value


def _changed(solution: str, changes: Iterable[tuple[str, str]]) -> str:
    """Replace parts of the solution, each of which stands in it once."""
    for old, new in changes:
        if solution.count(old) != 1:
            raise ValueError(f"{old!r} stands {solution.count(old)} times in the solution; it has to stand there once.")
        solution = solution.replace(old, new)
    return solution
