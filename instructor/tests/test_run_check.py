"""The cell of the student's notebook that runs public checks."""

from pathlib import Path

import numpy as np
import pytest
from qta_grade import build
from qta_grade.run_check import fingerprint, note

CELL = Path(build.__file__).with_name("run_check.py").read_text(encoding="utf-8")
CHECK = """
def check_double(double, rng):
    got = double(3)
    assert got == 6, f"the double of 3 should be 6, but it is {got}"
"""


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("def double(x):\n    return 2 * x", "passed"),
        ("def double(x):\n    return x", "the double of 3 should be 6, but it is 3"),
        ("def double(x):\n    raise NotImplementedError('q1')", "not attempted yet"),
        ("def double(x):\n    2 * x", "double returned None: is `return` missing, or its value?"),
        ("double = None", "not attempted yet"),
        ("", "there is no double yet: run the cell of q1, and see whether it stops with an error"),
        ("double = 2",
         "your answer is of another kind than the check expects (TypeError: 'int' object is not callable)"),
        ("def double(x):\n    return numpy.array([x, x])",
         "your answer is of another kind than the check expects (ValueError: The truth value of an array with more "
         "than one element is ambiguous. Use a.any() or a.all())"),
        ("def double(x):\n    return x ^ 0.5",
         "your code stopped with TypeError: unsupported operand type(s) for ^: 'int' and 'float' (in Python a power is "
         "written **, not ^)"),
        ("def double(x):\n    return undefined", "your code stopped with NameError: name 'undefined' is not defined"),
        ("def double(x):\n    raise ValueError('line\\n' * 99)",
         f"your code stopped with ValueError: {('line ' * 99)[:300]} ..."),
        ("import decimal\ndef double(x):\n    return decimal.Decimal(2 * x)", "passed"),  # seen as a float
        ("rng = None\ndef double(x):\n    return 2 * x", "passed"),  # a name of the student's own
    ],
)  # fmt: skip
def test_it_prints_one_sentence_and_never_stops(answer, says, capsys):
    exec(f"{CELL}\n{answer}\n{CHECK}\nrun_check('q1', check_double)", {})
    assert capsys.readouterr().out == f"q1 check_double: {says}{'' if says.endswith(('?', '.')) else '.'}\n"


def test_inputs_are_the_same_every_time(capsys):
    check = "def check_it(show, rng):\n    assert False, show(rng.normal())"
    code = f"{CELL}\ndef show(x):\n    return str(x)\n{check}\n" + "run_check('q1', check_it)\n" * 2
    exec(code, {})
    first, second = capsys.readouterr().out.splitlines()
    assert first == second


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("x ** 2", "the double of 3 should be 6, but it is 9. You square it"),
        ("numpy.float32(9.0001)", "You square it"),
        ("numpy.array(x)", "the double of 3 should be 6, but it is 3"),
        ("numpy.nan", "the double of 3 should be 6, but it is nan. You divide by 0"),
        ("2 * x", "passed"),
    ],
)
def test_a_known_mistake_is_named(answer, says, capsys):
    known = "[(1, fingerprint([9]), 'You square it.'), (1, fingerprint([numpy.nan]), 'You divide by 0.')]"
    table = f"KNOWN_MISTAKES['q1.check_double'] = {known}"
    code = f"{CELL}\n{table}\ndef double(x): return {answer}\n{CHECK}\nrun_check('q1', check_double)"
    exec(code, {})
    assert capsys.readouterr().out.endswith(f"{says}.\n")


def test_what_cannot_be_noted_costs_nothing():
    answers, endless = [], []
    endless.append(endless)
    for value in (10**400, endless, np.zeros((200, 300)), "text", [True, {"b": 2, "a": np.float32(1)}]):
        note(value, answers)
    assert answers == [200, 300, 2, 1, 2, 1, 2]
    assert np.isfinite(fingerprint([np.nan, np.inf, -np.inf, 1e308]))
