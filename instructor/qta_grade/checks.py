"""One check, run in the grader's own process: it calls the student's functions in the sandbox, and compares here."""

import hmac
import inspect
from dataclasses import dataclass

import numpy as np

from qta_grade.run_check import mistake_behind, note
from qta_grade.sandbox import LimitReached, NotThere, Sandbox, StudentError, StudentFunction, known_exception
from qta_grade.specification import Check, Specification, run_helpers

PASSED_ALONE = "Passed, but it counts only together with a hidden check of this question."
LONGEST_MESSAGE = 500  # characters


class _ReturnedNothing(Exception):
    """A function of the student's gave None, as one without ``return`` does."""


@dataclass(frozen=True)
class _Answer(StudentFunction):
    """A function of the student's that has to return something, under its name."""

    name: str
    answers: list[float]  # the numbers of all that the check was given so far

    def __call__(self, *args: object, **kwargs: object) -> object:
        value = super().__call__(*args, **kwargs)
        if value is None:
            raise _ReturnedNothing(f"{self.name} returned None: is `return` missing, or its value?")
        note(value, self.answers)
        return value


@dataclass
class CheckResult:
    """What a check gave: its id, question and kind, its points of those possible, and a sentence for the student."""

    id: str
    question: str
    kind: str
    possible: float
    points: float
    message: str


def rng_for(secret: bytes, student: str, check: str) -> np.random.Generator:
    """Return the source of a check's inputs, which only someone who knows the secret can foretell.

    Each pair of student and check has inputs of its own, the same at every grading: the seed is their HMAC-SHA256
    (RFC 2104).
    """
    digest = hmac.digest(secret, f"{student}\0{check}".encode(), "sha256")
    return np.random.default_rng(int.from_bytes(digest))


def run_check(check: Check, specification: Specification, sandbox: Sandbox, rng: np.random.Generator) -> CheckResult:
    """Run a check against the submission whose cells have run in the sandbox; it gives all its points or none.

    The message of a hidden check holds neither inputs nor expected values. Raises `LimitReached` if the student's code
    used too much; the sandbox is gone then.
    """
    try:
        _call(check, specification, sandbox, rng, [])
    except LimitReached:
        raise
    except Exception as error:  # the check works on a stranger's values: whatever fails on them is a wrong answer
        return _result(check, 0, _sentence(error, check, sandbox.quiet))
    return _result(check, check.points, "Passed.")


def known_mistake(check: Check, specification: Specification, sandbox: Sandbox) -> str:
    """Return what to say of the known mistake whose numbers a submission gives a check that it lost, or nothing.

    The inputs are those of the table, and the numbers are noted as `known.answers_to` does. Raises `LimitReached` as
    `run_check` does.
    """
    answers: list[float] = []
    try:
        _call(check, specification, sandbox, np.random.default_rng(1), answers, asserting=check.kind == "public")
    except LimitReached:
        raise
    except Exception:  # a failure is what is expected here, and the numbers until then are compared
        pass
    return mistake_behind(answers, check.known)


def _call(
    check: Check,
    specification: Specification,
    sandbox: Sandbox,
    rng: np.random.Generator,
    answers: list[float],
    *,
    asserting: bool = True,
) -> None:
    """Call a check with what the submission gives it, whose numbers are noted in `answers`."""
    helpers = run_helpers(tuple(specification.reference)) if check.kind == "hidden" else {"np": np}
    function = check.function(helpers, asserting=asserting)
    names = inspect.signature(function).parameters
    values = [rng if name == "rng" else _value(name, sandbox, answers) for name in names]
    if any(value is None for value in values):  # what a template gives instead of a number
        raise StudentError("NotImplementedError", "")
    with np.errstate(all="ignore"):
        function(*values)


def _result(check: Check, points: float, message: str) -> CheckResult:
    return CheckResult(check.id, check.question, check.kind, check.points, points, message[:LONGEST_MESSAGE])


def _value(name: str, sandbox: Sandbox, answers: list[float]) -> object:
    value = sandbox.value(name)
    if isinstance(value, StudentFunction):
        return _Answer(value.id, value.type_name, value.sandbox, name, answers)
    note(value, answers)
    return value


def _sentence(error: Exception, check: Check, quiet: bool) -> str:
    """Say why a check was not passed; what the student's code wrote is shown for public checks only.

    After a hidden check it is not shown there either: its inputs could stand in it.
    """
    said = str(error)
    if isinstance(error, NotThere):
        return f"Not there: {error.text}{'' if error.text.endswith('?') else '.'}"
    if isinstance(error, StudentError) and error.kind == "NotImplementedError":
        return "Not attempted yet."
    if isinstance(error, _ReturnedNothing):
        return f"Not passed: {said}"
    if check.kind == "hidden" and isinstance(error, StudentError):
        where = f" in {error.where}," if error.where else ""
        return f"Not passed: your code stopped{where} with {known_exception(error.kind)}."
    if check.kind == "hidden":
        other = "" if isinstance(error, AssertionError) else " Your answer is of another kind than the check expects."
        return f"Not passed: {check.fail}.{other}"
    if isinstance(error, StudentError):
        return f"Not passed: your code stopped{f' in {error.where}:' if error.where else ' with'} {said}"
    if isinstance(error, AssertionError):
        return f"Not passed: {said or check.fail}."
    said = type(error).__name__ if quiet else said
    return f"Not passed: the answer is of another kind than the check expects ({said})."
