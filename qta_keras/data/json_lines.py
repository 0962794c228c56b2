"""JSON lines: a JSON object per line, as in ``{"text": "We stand firm.", "party": "left"}``."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from qta_keras.data.lines import read_lines
from qta_keras.runtime import tensorflow_first

tensorflow_first()

import pandas as pd


def read_json_lines(path: Path, encoding: str, columns: Sequence[str]) -> pd.DataFrame:
    """Read a row from each line; numbers and truth values in the named columns become strings.

    Raises
    ------
    ValueError
        If a line is no JSON object, or the file is a JSON array.
    """
    return pd.DataFrame(json_records(path, encoding, columns))


def json_records(path: Path, encoding: str, columns: Sequence[str]) -> Iterator[dict]:
    """Yield the object of each line, read when it is asked for."""
    for number, line in enumerate(read_lines(path, encoding), start=1):
        if line.strip():
            where = f"{path.name}, line {number}"
            record = _parse(line, where)
            strings = {column: _as_string(record[column], column, where) for column in columns if column in record}
            yield record | strings


def _parse(line: str, where: str) -> dict:
    if line.lstrip().startswith("["):
        raise ValueError(
            f"{where}, is a JSON array, but JSON lines are read, an object {{...}} per line: write them with "
            "pandas.read_json(path).to_json(new_path, orient='records', lines=True)."
        )
    try:
        record = json.loads(line, parse_constant=lambda constant: None)
    except json.JSONDecodeError as error:
        raise ValueError(f"{where}, is not a JSON object on one line ({error.msg}): {line.strip()[:40]!r}.") from None
    if not isinstance(record, dict):
        raise ValueError(f"{where}, is {line.strip()[:40]!r}, but each line has to be a JSON object {{...}}.")
    return record


def _as_string(value: object, column: str, where: str) -> str | None:
    """Turn a JSON value into a string, and leave null alone."""
    if isinstance(value, (dict, list)):
        raise ValueError(f"{where}, has {json.dumps(value)[:40]} under {column!r}, where a string should be.")
    return value if value is None or isinstance(value, str) else json.dumps(value)
