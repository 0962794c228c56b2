"""Values as JSON: the one way in which anything passes between the grader and a student's code.

Both sides use this module, the worker inside the sandbox and the grader outside it, so it needs nothing but NumPy.
`decode` believes nothing that it reads: on the grader's side every byte was chosen by whoever wrote the submission.
"""

import base64
import binascii
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MAX_BYTES = 8_000_000  # of one array; also the length of one reply
MAX_ITEMS = 1_000_000  # of lists and dicts, all levels together
MAX_DEPTH = 20
MAX_KEYS = 1_000  # of a dict whose keys are no texts: with other keys, a million can be chosen that take hours
MAX_BITS = 4096  # of an int
_MAX_DIMENSIONS = 16
_DTYPE = re.compile(r"[<|](b1|[iu][1248]|f[248]|c8|c16|U[1-9][0-9]{0,5})")


class BadValue(ValueError):
    """A value that cannot pass; its text says why."""


@dataclass(frozen=True)
class Handle:
    """A value that stayed in the sandbox, such as a Keras model; it may be passed back as an argument."""

    id: int  # the number under which the sandbox keeps it
    type_name: str  # as the sandbox claims it


def encode(value: object, keep: Callable[[object], Handle] | None = None) -> object:
    """Turn a value into what ``json.dumps`` can write: lists, dicts and scalars of JSON.

    The value is None, bool, int, float, complex, str, list, tuple, dict, `Handle`, or a NumPy scalar or array of
    numbers, truth values or text. `keep` puts a value of another kind aside and returns a `Handle` for it. Raises
    `BadValue` for such a value if there is no `keep`, and for one that is nested too deep.

    Examples
    --------
    >>> encode((1, [2.5, "text"]))
    {'tuple': [1, [2.5, 'text']]}
    """
    return _encode(value, keep, 0)


def _encode(value: object, keep: Callable[[object], Handle] | None, depth: int) -> object:
    if depth > MAX_DEPTH:
        raise BadValue(f"a value is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, Handle):
        return {"handle": [value.id, value.type_name]}
    if isinstance(value, np.generic | np.ndarray) and _passes(value.dtype):
        return _encode_array(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(int(value)).bit_length() <= MAX_BITS:
        return int(value)
    if isinstance(value, float) and not isinstance(value, np.generic):
        return float(value)
    if isinstance(value, complex):
        return {"complex": [value.real, value.imag]}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, list):
        return [_encode(item, keep, depth + 1) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_encode(item, keep, depth + 1) for item in value]}
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {"dict": {str(key): _encode(item, keep, depth + 1) for key, item in value.items()}}
    if isinstance(value, dict):  # JSON has texts for keys only
        return {"map": [_encode(list(items), keep, depth + 1) for items in (value.keys(), value.values())]}
    if keep is None:
        raise BadValue(f"a value of type {type(value).__name__} can't be passed")
    return _encode(keep(value), None, depth)


def _passes(dtype: np.dtype) -> bool:
    return dtype.names is None and _DTYPE.fullmatch(dtype.newbyteorder("<").str) is not None


def _encode_array(value: np.generic | np.ndarray) -> dict:
    array = np.asarray(value)
    array = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(array.shape)
    data = base64.b64encode(array.tobytes()).decode("ascii")
    kind = "array" if isinstance(value, np.ndarray) else "scalar"
    return {kind: [array.dtype.str, list(array.shape), data]}


def decode(value: object, find: Callable[[Handle], object] | None = None) -> object:
    """Turn what `encode` made, and ``json.loads`` read, back into a value; nothing about it is taken for granted.

    `find` returns the value that a `Handle` stands for; without it the `Handle` itself is the value. Arrays are new,
    writable and in the machine's byte order. Raises `BadValue` if the value is not what `encode` makes, or is beyond
    one of the limits at the top of this module.

    Examples
    --------
    >>> decode({"tuple": [1, [2.5, "text"]]})
    (1, [2.5, 'text'])
    """
    return _decode(value, find, 0, [MAX_ITEMS])


def _decode(value: object, find: Callable[[Handle], object] | None, depth: int, left: list[int]) -> object:
    if depth > MAX_DEPTH:
        raise BadValue(f"a value is nested more than {MAX_DEPTH} levels deep")
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        if value.bit_length() > MAX_BITS:
            raise BadValue(f"an int has more than {MAX_BITS} bits")
        return value
    if isinstance(value, str):
        return _sound_text(value)
    if isinstance(value, list):
        return _decode_items(value, find, depth, left)
    if not isinstance(value, dict) or len(value) != 1:
        raise BadValue("a value is of no known kind")
    ((kind, content),) = value.items()
    if kind == "tuple" and isinstance(content, list):
        return tuple(_decode_items(content, find, depth, left))
    if kind == "dict" and isinstance(content, dict):
        keys = [_sound_text(key) for key in content]
        return dict(zip(keys, _decode_items(list(content.values()), find, depth, left), strict=True))
    if kind == "complex" and isinstance(content, list) and [type(part) for part in content] == [float, float]:
        return complex(*content)
    if kind == "map" and isinstance(content, list) and len(content) == 2:
        return _decode_map(*_decode_items(content, find, depth, left))
    if kind == "handle":
        handle = _decode_handle(content)
        return handle if find is None else find(handle)
    if kind == "array":
        return _decode_array(content)
    if kind == "scalar":
        array = _decode_array(content)
        if array.ndim == 0:
            return array[()]
    raise BadValue("a value is of no known kind")


def _decode_items(items: list, find: Callable[[Handle], object] | None, depth: int, left: list[int]) -> list:
    left[0] -= len(items)
    if left[0] < 0:
        raise BadValue(f"a value has more than {MAX_ITEMS:,} items")
    return [_decode(item, find, depth + 1, left) for item in items]


def _decode_map(keys: object, items: object) -> dict:
    if not (isinstance(keys, list) and isinstance(items, list) and len(keys) == len(items)):
        raise BadValue("a dict is damaged")
    if len(keys) > MAX_KEYS:
        raise BadValue(f"a dict has more than {MAX_KEYS:,} keys that are no texts")
    try:
        return dict(zip(keys, items, strict=True))
    except TypeError as error:
        raise BadValue("a dict has a key that cannot be one") from error


def _sound_text(text: str) -> str:
    """Refuse half a surrogate pair: such a text could not be written to any file later."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadValue("a text is no valid Unicode") from error
    return text


def _decode_handle(content: object) -> Handle:
    if not (isinstance(content, list) and len(content) == 2):
        raise BadValue("a handle is damaged")
    number, type_name = content
    if type(number) is not int or not 0 <= number < 2**31 or not isinstance(type_name, str):
        raise BadValue("a handle is damaged")
    return Handle(number, _sound_text(type_name[:100]))


def _decode_array(content: object) -> np.ndarray:
    if not (isinstance(content, list) and len(content) == 3):
        raise BadValue("an array is damaged")
    dtype_text, shape, data = content
    if not (isinstance(dtype_text, str) and _DTYPE.fullmatch(dtype_text) and isinstance(data, str)):
        raise BadValue("an array is of no known type")
    if not (isinstance(shape, list) and len(shape) <= _MAX_DIMENSIONS):
        raise BadValue("an array's shape is damaged")
    if not all(type(length) is int and 0 <= length <= MAX_BYTES for length in shape):
        raise BadValue("an array's shape is damaged")
    dtype = np.dtype(dtype_text)
    # A length of 0 counts as 1: an empty array that is 10**9 wide would fill the memory when it's summed.
    if math.prod(max(length, 1) for length in shape) * dtype.itemsize > MAX_BYTES:
        raise BadValue(f"an array is larger than {MAX_BYTES:,} bytes")
    try:
        raw = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadValue("an array's content is damaged") from error
    if len(raw) != math.prod(shape) * dtype.itemsize:
        raise BadValue("an array's content does not fit its shape")
    _check_content(raw, dtype)
    return np.ndarray(shape, dtype, raw).astype(dtype.newbyteorder("="))


def _check_content(raw: bytes, dtype: np.dtype) -> None:
    """Refuse bytes that are no truth value (2 would count twice in a sum) and no character."""
    if dtype.kind == "b" and (np.frombuffer(raw, np.uint8) > 1).any():
        raise BadValue("an array's content is damaged")
    if dtype.kind == "U":
        points = np.frombuffer(raw, "<u4")
        if ((points > 0x10FFFF) | ((points >= 0xD800) & (points <= 0xDFFF))).any():
            raise BadValue("a text is no valid Unicode")
