"""JSON lines: a JSON object per line, as in ``{"text": "We stand firm.", "party": "left"}``."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from qta_keras.data.damage import is_damaged, without_damage
from qta_keras.data.lines import read_lines
from qta_keras.data.names import tidy

_ESCAPE = re.compile(r"\\[ub]")
_LONG = 10**15  # the first whole number of 16 digits; a missing value makes a column floats, exact to 15


def read_json_lines(path: Path, encoding: str, columns: Sequence[str], mark: bool) -> pd.DataFrame:
    """Read a row from each line; numbers and truth values in the named columns become strings, and so do long ids.

    Raises
    ------
    ValueError
        If a line is no JSON object, or the file is a JSON array.
    """
    return as_table(list(json_records(path, encoding, columns, mark)))


def as_table(records: list[dict]) -> pd.DataFrame:
    """Make a table of records; the numbers of a column with a whole number of more than 15 digits become strings."""
    long = {name for record in records for name, value in record.items() if type(value) is int and _is_long(value)}
    for record in records if long else []:
        for name in long & record.keys():
            if type(record[name]) in (int, float):
                record[name] = json.dumps(record[name])
    return pd.DataFrame(records)


def json_records(path: Path, encoding: str, columns: Sequence[str], mark: bool) -> Iterator[dict]:
    """Yield the object of each line, read when it is asked for."""
    for number, line in enumerate(read_lines(path, encoding, mark), start=1):
        if line.strip():
            where = f"{path.name}, line {number}"
            record = {tidy(name): value for name, value in _parse(line, where).items()}
            if _ESCAPE.search(line):  # behind which damage hides from those who read the lines
                record = _without_damage(record, path.name, number, mark)
            strings = {column: _as_string(record[column], column, where) for column in columns if column in record}
            yield record | strings


def _without_damage(value: object, name: str, line: int, mark: bool) -> object:
    """Look at all strings in a JSON value."""
    if isinstance(value, dict):
        return {key: _without_damage(inner, name, line, mark) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_damage(inner, name, line, mark) for inner in value]
    if isinstance(value, str) and is_damaged(value):
        return "\n".join(without_damage(part, name, line, mark=mark) for part in value.split("\n"))
    return value


def _is_long(number: int) -> bool:
    return not -_LONG < number < _LONG


def _parse(line: str, where: str) -> dict:
    if line.lstrip().startswith("["):
        raise ValueError(
            f"{where}, is a JSON array, but JSON lines are read, an object {{...}} per line: write them with "
            "pandas.read_json(path).to_json(new_path, orient='records', lines=True)."
        )
    try:
        record = json.loads(line, parse_constant=lambda constant: None)
    except RecursionError:
        raise ValueError(
            f"{where}, has objects or lists inside one another, too deep to be read: write each line as a flat object "
            f"of strings and numbers; it begins {line.strip()[:40]!r}."
        ) from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{where}, is not a JSON object on one line ({error.msg}): {line.strip()[:40]!r}.") from None
    except ValueError:  # Python's limit for digits
        raise ValueError(f"{where}, has a number of thousands of digits: put it in quotes, as a string.") from None
    if not isinstance(record, dict):
        raise ValueError(f"{where}, is {line.strip()[:40]!r}, but each line has to be a JSON object {{...}}.")
    return record


def _as_string(value: object, column: str, where: str) -> str | None:
    """Turn a JSON value into a string, and leave null alone."""
    if isinstance(value, (dict, list)):
        raise ValueError(f"{where}, has {json.dumps(value)[:40]} under {column!r}, where a string should be.")
    return value if value is None or isinstance(value, str) else json.dumps(value)
