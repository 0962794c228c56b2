"""The check of an exercise: right, a mistake that is known, or the smallest input that shows a difference."""

import copy
import inspect
import re
import reprlib
import textwrap

import numpy as np

from qta_keras.practice.exercise import Exercise, load_exercise, run

_NEAR = 1e-4  # functions: what float32 and another order of summation may change
_ROUNDED = 5e-3  # values: what a reader rounds off, as 0.167 for 1/6; whole numbers are exact
_SHOWN = 80  # characters of a value


def check(name: str, answer: object) -> None:
    """Print one sentence about an answer: not attempted, right, a known mistake, or where it differs.

    A function is called with copies of some inputs. A mistake is named only if the answer agrees with it on every one
    of them. Nothing is sent anywhere, and nothing is marked.

    Parameters
    ----------
    name : str
        The exercise, such as ``"01-3-step"``.
    answer : callable or value
        What you wrote: the function itself, without calling it, or the value.

    Raises
    ------
    ValueError
        If there is no exercise of that name.

    Examples
    --------
    >>> check("01-1-loss", 39)
    That is the sum of the squares. The loss is their mean: divide by the number of observations.
    >>> check("01-1-loss", 39 / 4)
    Right.
    """
    print(_sentence(load_exercise(name), answer))


def _sentence(exercise: Exercise, answer: object) -> str:
    if left := _about_gaps(answer):
        return left
    if callable(answer) != bool(exercise.inputs):
        return (
            f"Give the check your function itself: {exercise.answer}, without brackets."
            if exercise.inputs
            else f"Give the check a value: {exercise.answer} is a function. Call it, or write what it returns."
        )
    return _about_function(exercise, answer) if exercise.inputs else _about_value(exercise, answer)


def _about_value(exercise: Exercise, answer: object) -> str:
    wanted = run(exercise.solution, exercise)
    if isinstance(answer, str) and not isinstance(wanted, str):
        numbers = "numbers" if np.ndim(wanted) else "number"
        return f"{answer!r} is a text. Give the {numbers} alone, without quotation marks, words or signs."
    if isinstance(wanted, str) and isinstance(answer, tuple | list) and len(answer) == 1:
        (answer,) = answer  # a list of one word is that word
    if _same(answer, wanted, _tolerance(wanted)):
        return "Right."
    for mistake in exercise.mistakes:
        value = run(mistake.code, exercise)
        if _same(answer, value, min(_tolerance(value), _tolerance(wanted))):
            return mistake.says
    if isinstance(wanted, str):
        return f"Not yet: {_words(answer)} is none of the words to choose from."
    if isinstance(answer, tuple) and len(answer) > 1 and np.ndim(wanted) == 0:
        return (
            f"{_words(answer)} is not one number: in Python a comma separates numbers, and a point begins decimals."
            if len(answer) == 2 and _tolerance(wanted)
            else f"{_words(answer)}: those are {len(answer)} numbers, and one is asked for."
        )
    if _tolerance(wanted) and _cut_short(answer, wanted):
        return f"Close, but {_words(answer)} is not it: let Python compute it, or give more decimals."
    return f"Not yet: {_words(answer)} is not it. The hints may help."


def _about_function(exercise: Exercise, function: object) -> str:
    given = []
    for arguments in exercise.inputs:
        try:
            given.append(function(*copy.deepcopy(arguments)))
        except Exception as error:  # whatever a reader's code may do
            told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            if re.search(r" \^:|bitwise_xor", told):
                return f"Your function stops with a {type(error).__name__}: in Python a power is written **, not ^."
            return f"Your function stops with {told}, for {_call(exercise, arguments)}."
    for value in given:
        if left := _about_gaps(value):
            return left
    if _agree(given, _answers(exercise.stub, exercise)):
        return "Not attempted yet? It answers as it did before you began."
    if all(value is None for value in given):
        return "Your function returns nothing: is `return` missing?"
    wanted = _answers(exercise.solution, exercise)
    if _agree(given, wanted):
        return f"Right. (Checked on {len(given)} inputs.)"
    for mistake in exercise.mistakes:
        if _agree(given, _answers(mistake.code, exercise)):
            return mistake.says
    if _agree(given, wanted, _ROUNDED):
        return "Nearly right, but not exact: return it unrounded, with nothing small added, and without a coarse step."
    for arguments, value, right in zip(exercise.inputs, given, wanted, strict=True):
        if not _same(value, right, _NEAR):
            call = _call(exercise, arguments)
            return f"Not yet: for {call} it should be {_words(right)}, and yours gives {_words(value)}."
    raise AssertionError("answers that differ nowhere are right")


def _answers(code: str, exercise: Exercise) -> list[object]:
    """Return what the function in an exercise's code answers to each of the inputs."""
    function = run(code, exercise)
    return [function(*copy.deepcopy(arguments)) for arguments in exercise.inputs]


def _agree(given: list[object], others: list[object], tolerance: float = _NEAR) -> bool:
    return all(_same(value, other, tolerance) for value, other in zip(given, others, strict=True))


def _same(value: object, other: object, tolerance: float) -> bool:
    if isinstance(value, str) or isinstance(other, str):
        return str(value).strip().casefold() == str(other).strip().casefold()
    try:
        value, other = np.asarray(value, dtype=float), np.asarray(other, dtype=float)
    except (TypeError, ValueError):  # words, gaps, or parts of different lengths
        lists = isinstance(value, tuple | list) and isinstance(other, tuple | list) and len(value) == len(other)
        return lists and all(_same(*parts, tolerance) for parts in zip(value, other, strict=True))
    value, other = value.squeeze(), other.squeeze()  # an array of one number is that number, a column of numbers a list
    return value.shape == other.shape and np.allclose(value, other, rtol=tolerance, atol=1e-6, equal_nan=True)


def _tolerance(value: object) -> float:
    """Return how far a reader's rounded value may be from this one: a whole number or a word is exact."""
    return _ROUNDED if np.asarray(value).dtype.kind == "f" else 0


def _cut_short(answer: object, wanted: object) -> bool:
    """Say whether an answer is the right one with one or two decimals, rounded or cut."""
    return any(
        _same(answer, cut(np.multiply(wanted, scale)) / scale, 0) for scale in (10, 100) for cut in (np.round, np.trunc)
    )


def _about_gaps(value: object) -> str:
    """Return what to say of the dots that are left in an answer; nothing if there are none."""
    gaps = [part is ... for part in (value if isinstance(value, tuple | list) else [value])]
    if not any(gaps):
        return ""
    return "Not attempted yet." if all(gaps) else "A part is still missing: replace the other dots, too."


def _call(exercise: Exercise, arguments: list[object]) -> str:
    names = inspect.signature(run(exercise.solution, exercise)).parameters
    return ", ".join(f"{name} = {_words(value)}" for name, value in zip(names, arguments, strict=True))


def _words(value: object) -> str:
    """Write a value as a reader would, and not too much of it: 5.5, [1, 2], (0.2, -1), 'texts'."""
    if isinstance(value, str):
        return reprlib.repr(str(value))
    if isinstance(value, bool):
        return repr(value)
    if hasattr(value, "__array__"):  # a tensor or a column of a data frame is shown by its numbers
        value = np.asarray(value)
    if isinstance(value, tuple | list | np.ndarray) and np.shape(np.asarray(value, dtype=object)):
        parts = ", ".join(_words(part) for part in value[:_SHOWN])
        return textwrap.shorten(f"({parts})" if isinstance(value, tuple) else f"[{parts}]", _SHOWN, placeholder=" ...")
    try:
        return f"{float(value):.6g}"
    except (TypeError, ValueError):
        return reprlib.repr(value)
