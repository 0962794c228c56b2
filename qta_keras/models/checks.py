"""What the builders ask of their arguments: a number in its range, or one sentence."""

from collections.abc import Callable, Iterable
from math import isfinite
from numbers import Integral, Real


def check_whole(name: str, value: object, least: int) -> int:
    """Return a whole number as Python's own, or raise a `ValueError` that says which argument is none, or too small."""
    if not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name} is {value!r}, but it must be a whole number, {least} or more.")
    return int(value)


def check_number(name: str, value: object, in_range: Callable[[float], bool], wanted: str) -> float:
    """Return a number as Python's own float, for Keras takes no others, or raise a `ValueError` that names it."""
    if not isinstance(value, Real) or not isfinite(value) or not in_range(value):
        raise ValueError(f"{name} is {value!r}, but it must be {wanted}.")
    return float(value)


def check_share(name: str, value: object) -> float:
    """Return a share of something that must not be all of it."""
    return check_number(name, value, lambda share: 0 <= share < 1, "at least 0 and below 1")


def check_rate(name: str, value: object) -> float:
    """Return a step size."""
    return check_number(name, value, lambda rate: rate > 0, "positive")


def check_hidden(hidden: object) -> list[int]:
    """Return the units of each hidden layer."""
    values = list(hidden) if isinstance(hidden, Iterable) and not isinstance(hidden, str) else [hidden, None]
    if not all(isinstance(units, Integral) and units >= 1 for units in values):
        raise ValueError(f"hidden is {hidden!r}, but it must be a sequence of numbers of units, such as (64,).")
    return [int(units) for units in values]
