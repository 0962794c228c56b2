"""What a public check accepts in the notebook is accepted in grading: answers of fifty kinds, both ways."""

import numpy as np
import pytest
from qta_grade.run_check import seen_by_checks
from qta_grade.sandbox import Limits, Sandbox

SETUP = """
import array, collections, decimal, fractions, itertools
import numpy as np, pandas as pd, scipy.sparse as sparse, tensorflow as tf, keras

Pair = collections.namedtuple("Pair", "weights losses")


def numbers():
    yield from (1.0, 2.0)


class Odd:
    pass


kinds = dict(enumerate([
"""
KINDS = """
None
True
3
2.5
2 - 1j
"text"
float("nan")
float("inf")
10**30
fractions.Fraction(1, 4)
decimal.Decimal("0.25")
np.float64(2.5)
np.float32(2.5)
np.longdouble(2.5)
np.int8(3)
np.bool_(True)
np.str_("text")
np.complex64(1j)
np.array(2.5)
np.arange(6.0).reshape(2, 3).T
np.arange(3, dtype=np.longdouble)
np.array([1 + 2j])
np.array(["a", "bc"])
np.array([1, 2.5], dtype=object)
np.array([fractions.Fraction(1, 4), True], dtype=object)
np.array([["a", "b"]], dtype=object)
np.array(["a", 1, None], dtype=object)
np.zeros((0, 3), dtype=object)
np.matrix([[1, 2]])
np.ma.array([1, 2], mask=[True, False])
np.array(["a", "bc"], dtype=np.dtypes.StringDType())
[1, [2.5, "a", None]]
(1, (2,))
Pair(np.ones(2), [1, 2])
range(3)
numbers()
map(abs, [-1, 2])
filter(None, [0, 1])
zip([1, 2], "ab")
itertools.accumulate([1, 2])
collections.deque([1, 2])
array.array("d", [1, 2])
{3}
{"a": [1]}
{0: 1.5, 1: np.ones(2)}
{"a": 1}.values()
collections.Counter("aab")
collections.defaultdict(list, {"a": [1]})
pd.Series([1.0, 2.0])
pd.Series(["a", "b"])
pd.Series(["a", "b"], dtype="category")
pd.Series([1, 2], dtype="Int64")
pd.DataFrame({"a": [1, 2], "b": [0.5, 1]})
pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
pd.Index([1, 2])
[pd.Series([1, 2]), np.float32(1)]
sparse.csr_matrix([[0, 1]])
sparse.csr_array([[0, 1]])
tf.constant([[1.0, 2.0]])
tf.Variable(3)
keras.Variable([1.0])
[tf.constant(1.0), tf.constant(2.0)]
""".strip().split("\n")
STAY_INSIDE = [
    "Odd()",
    "Odd",
    "len",
    "b'bytes'",
    "np.array([b'a'])",
    "np.datetime64('2026-01-01')",
    "keras.layers.Dense(1)",
]


@pytest.fixture(scope="module")
def here():
    names = {}
    exec(SETUP + "\n]))", names)
    return names


@pytest.fixture(scope="module")
def there():
    with Sandbox("warm", Limits(cpu_per_cell=60)) as sandbox:
        listed = "".join(f"    lambda: {kind},\n" for kind in [*KINDS, *STAY_INSIDE])
        assert sandbox.execute(f"{SETUP}{listed}]))\ndef answer(number): return kinds[number]()", "cell").error is None
        yield sandbox


def same(one, other):
    """Tell whether two values are equal, their kinds and those of all that is in them included."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    return one == other or (one != one and other != other)


@pytest.mark.filterwarnings("ignore:the matrix subclass")
@pytest.mark.parametrize("number", range(len(KINDS)), ids=KINDS)
def test_a_check_sees_the_same_here_and_there(number, here, there):
    in_the_notebook = seen_by_checks(eval(KINDS[number], here))
    in_grading = there.call("answer", number)
    assert same(in_the_notebook, in_grading), (in_the_notebook, in_grading)


@pytest.mark.parametrize("kind", STAY_INSIDE)
def test_what_is_neither_number_nor_text_stays(kind, here, there):
    value = eval(kind, here)
    assert seen_by_checks(value) is value or seen_by_checks(value) == value
    handle = there.call("answer", len(KINDS) + STAY_INSIDE.index(kind))
    assert handle.type_name == type(value).__name__
