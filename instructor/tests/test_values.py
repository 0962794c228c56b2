"""What passes between the grader and a submission, and what is refused."""

import base64
import json
import math

import numpy as np
import pytest
from qta_grade import values
from qta_grade.values import BadValue, Handle, decode, encode


def passed(value):
    return decode(json.loads(json.dumps(encode(value))))


PLAIN = [
    None,
    True,
    -(10**30),
    1.5,
    math.inf,
    "é\n",
    [],
    [1, [2.5, None]],
    (1, ("a", [True])),
    {"loss": [1.0, 2.0], "": {}},
    {"tuple": 1},
    {0: 1.5, (1, "a"): [None], None: {2: 3}},
    2 - 1j,
    Handle(3, "Sequential"),
    [Handle(0, "Model"), 1],
]


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_values_come_back_with_their_types(value):
    result = passed(value)
    assert result == value
    assert type(result) is type(value)


def test_nan_comes_back():
    assert math.isnan(passed(float("nan")))


@pytest.mark.parametrize("dtype", ["?", "i1", "u2", "i4", ">i4", "u8", "f2", "f4", ">f8", "c8", "c16", "U7"])
@pytest.mark.parametrize("shape", [(), (0, 3), (4,), (2, 3, 2)])
def test_arrays_come_back(dtype, shape):
    array = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
    result = passed(array)
    assert result.shape == shape
    assert result.dtype == array.dtype.newbyteorder("=")
    np.testing.assert_array_equal(result, array)
    assert result.flags.writeable


def test_a_transposed_array_keeps_its_order():
    array = np.arange(6).reshape(2, 3).T
    np.testing.assert_array_equal(passed(array), array)


@pytest.mark.parametrize("value", [np.float64(2.5), np.float32("nan"), np.int8(-3), np.bool_(True), np.str_("a")])
def test_numpy_scalars_come_back_with_their_types(value):
    result = passed(value)
    assert type(result) is type(value)
    assert result == value or np.isnan(value)


@pytest.mark.parametrize("value", [{1, 2}, b"x", object(), len, np.array([None]), 1 << 5000])
def test_other_kinds_are_refused_or_kept(value):
    with pytest.raises(BadValue):
        encode(value)
    assert encode((1, value), lambda kept: Handle(7, "it")) == {"tuple": [1, {"handle": [7, "it"]}]}


def test_a_list_within_itself_is_refused():
    endless = []
    endless.append(endless)
    with pytest.raises(BadValue, match="levels deep"):
        encode(endless)


def test_a_handle_finds_its_value():
    assert decode({"handle": [2, "Model"]}, lambda handle: f"number {handle.id}") == "number 2"


def array(dtype="<f8", shape=(1,), raw=b"\0" * 8):
    return {"array": [dtype, list(shape), base64.b64encode(raw).decode()]}


def nested(depth):
    return [] if depth == 0 else [nested(depth - 1)]


HOSTILE = {
    "unknown kind": {"pickle": "gASV"},
    "two kinds": {"tuple": [], "dict": {}},
    "empty dict": {},
    "bytes": b"x",
    "tuple of a text": {"tuple": "ab"},
    "dict of a list": {"dict": []},
    "map of one list": {"map": [[1]]},
    "map of texts": {"map": ["ab", "cd"]},
    "map with too few values": {"map": [[1, 2], [1]]},
    "map with a list as key": {"map": [[[]], [1]]},
    "map of many keys": {"map": [list(range(1001)), list(range(1001))]},
    "complex of texts": {"complex": ["1", "2"]},
    "complex of three": {"complex": [1.0, 2.0, 3.0]},
    "object dtype": array("|O"),
    "structured dtype": array("f8,f8"),
    "long double": array("<f16", raw=b"\0" * 16),
    "text without length": array("<U0", (10**6,), b""),
    "too few bytes": array(raw=b"\0" * 7),
    "negative length": array(shape=(-1,)),
    "length true": array(shape=(True,)),
    "huge empty array": array(shape=(0, 10**6, 10**6), raw=b""),
    "many dimensions": array(shape=(1,) * 40),
    "truth value of 2": array("|b1", raw=b"\2"),
    "character beyond Unicode": array("<U1", raw=b"\xff\xff\xff\x7f"),
    "half a surrogate pair in an array": array("<U1", raw=b"\0\xd8\0\0"),
    "half a surrogate pair": "\ud800",
    "half a surrogate pair as key": {"dict": {"\ud800": 1}},
    "no base64": {"array": ["<f8", [1], "%%%"]},
    "base64 beyond ASCII": {"array": ["<f8", [1], "é"]},
    "array of a dict": {"array": {}},
    "scalar with a shape": {"scalar": ["<f8", [1], base64.b64encode(b"\0" * 8).decode()]},
    "handle with a text": {"handle": ["1", "Model"]},
    "negative handle": {"handle": [-1, "Model"]},
    "handle true": {"handle": [True, "Model"]},
    "long int": 1 << 5000,
    "deep": nested(values.MAX_DEPTH + 1),
}


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_hostile_values_are_refused(value):
    with pytest.raises(BadValue):
        decode(value)


def test_too_many_items_are_refused(monkeypatch):
    monkeypatch.setattr(values, "MAX_ITEMS", 10)
    assert decode([[0] * 4, [0] * 4]) == [[0] * 4, [0] * 4]
    with pytest.raises(BadValue, match="more than 10 items"):
        decode([[0] * 5, [0] * 4])
