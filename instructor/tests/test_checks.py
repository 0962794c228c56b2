"""One check against answers as a sandbox might give them."""

from types import SimpleNamespace

import numpy as np
import pytest
from qta_grade.checks import rng_for, run_check
from qta_grade.sandbox import LimitReached, NotThere, StudentError, StudentFunction
from qta_grade.specification import Check
from qta_grade.values import BadValue

HELPERS = SimpleNamespace(reference=["def doubled(x):\n    return 2 * x", "import numpy as np"])
MISSED = "Not passed: it does not double."
SOURCE = """
def check_double(double, rng):
    x = rng.normal(size=3)
    got = np.asarray(double(x), dtype=float)
    assert got.shape == x.shape, f"the shape should be {x.shape}, but it is {got.shape}"
    assert np.max(np.abs(got - 2 * x)) < 1e-9, "not the double"
"""


def grade(answer, kind="public", source=SOURCE, rng=None, quiet=False):
    """Run the check with this answer of the student under every name."""

    def value(name):
        if isinstance(answer, Exception):
            raise answer
        return answer

    check = Check("q1.check_double", "check_double", "q1", kind, 2, "it does not double", source)
    return run_check(check, HELPERS, SimpleNamespace(value=value, quiet=quiet), rng or np.random.default_rng(1))


def test_what_a_hidden_check_gave_does_not_come_out_by_a_public_one():
    result = grade(lambda x: "STOLEN", quiet=True)
    assert result.message == "Not passed: the answer is of another kind than the check expects (ValueError)."


def raising(error):
    def double(x):
        raise error

    return double


@pytest.mark.parametrize("kind", ["public", "hidden"])
def test_a_right_answer_has_all_points(kind):
    result = grade(lambda x: 2 * x, kind)
    assert (result.points, result.possible, result.message) == (2, 2, "Passed.")
    assert (result.id, result.question, result.kind) == ("q1.check_double", "q1", kind)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda x: x, "Not passed: not the double."),
        (lambda x: x[:2], "Not passed: the shape should be (3,), but it is (2,)."),
        (lambda x: x * np.nan, "Not passed: not the double."),
        (lambda x: x + np.inf, "Not passed: not the double."),
        (lambda x: "two", "Not passed: the answer is of another kind than the check expects (could not convert"),
        (lambda x: [[1], [1, 2]], "Not passed: the answer is of another kind"),
        ("no function", "Not passed: the answer is of another kind"),
        (
            raising(BadValue("a set cannot be passed")),
            "of another kind than the check expects (a set cannot be passed).",
        ),
        (raising(StudentError("ValueError", "bad x")), "Not passed: your code stopped with ValueError: bad x"),
        (raising(StudentError("NotImplementedError", "q1")), "Not attempted yet."),
        (None, "Not attempted yet."),
        (NotThere("NameError", "double is not defined"), "Not there: double is not defined."),
        (lambda x: x[:, None] * np.ones((1, 10**12)), "of another kind than the check expects"),
    ],
)
def test_a_wrong_answer_has_none_and_a_sentence(answer, says):
    result = grade(answer)
    assert result.points == 0
    assert says in result.message
    assert len(grade(raising(StudentError("ValueError", "x" * 10_000))).message) == 500


OTHER = " Your answer is of another kind than the check expects."


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda x: x, MISSED),
        (lambda x: "0.345584", MISSED),
        (raising(StudentError("ValueError", "0.345584")), "Not passed: your code stopped with ValueError."),
        (raising(StudentError("x0_345584", "")), "Not passed: your code stopped with an exception."),
        (raising(StudentError("print", "")), "Not passed: your code stopped with an exception."),
        (raising(BadValue("0.345584")), MISSED + OTHER),
        (
            raising(StudentError("KeyError", "", "cell 3, line 2")),
            "Not passed: your code stopped in cell 3, line 2, with KeyError.",
        ),
    ],
)
def test_the_sentence_of_a_hidden_check_holds_no_input(answer, says):
    assert grade(answer, "hidden").message == says


@pytest.mark.parametrize("kind", ["public", "hidden"])
def test_a_function_that_returns_nothing_is_told_so(kind):
    without_return = StudentFunction(1, "function", SimpleNamespace(call=lambda *given, **named: None))
    assert grade(without_return, kind).message == "Not passed: double returned None: is `return` missing, or its value?"


def test_a_limit_is_the_caller_s_to_handle():
    with pytest.raises(LimitReached):
        grade(raising(LimitReached("cpu")))


def test_only_hidden_checks_see_the_helpers():
    source = "def check_double(double):\n    assert double(3) == doubled(3), 'not the double'"
    assert grade(lambda x: 2 * x, "hidden", source).points == 2
    assert grade(lambda x: 2 * x, "public", source).points == 0


def test_a_check_without_a_sentence_of_its_own_uses_the_general_one():
    assert grade(1, "public", "def check_double(double):\n    assert double == 2").message == (MISSED)


def test_inputs_depend_on_secret_student_and_check_and_on_nothing_else():
    def drawn(*key):
        return tuple(rng_for(*key).integers(2**60, size=3))

    keys = [(b"a", "ann", "q1"), (b"b", "ann", "q1"), (b"a", "bo", "q1"), (b"a", "ann", "q2"), (b"a", "annq", "1")]
    assert len({drawn(*key) for key in keys}) == len(keys)
    assert drawn(*keys[0]) == drawn(*keys[0])


def test_a_check_may_overflow():
    source = "def check_double(double):\n    assert np.exp(np.float64(double(1000))) == np.inf"
    assert grade(lambda x: 2 * x, "public", source).message == "Passed."
