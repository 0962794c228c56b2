"""Tables: comma-separated values and their like (CSV with any of four separators), and JSON lines.

JSON lines are a JSON object per line, as in ``{"text": "We stand firm.", "party": "left"}``.
"""

import csv
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from qta_keras.data.encodings import encoding_of, is_damaged, open_text, read_lines, reading, tidy, without_damage

_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_SEPARATORS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
_MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null")  # what R, pandas and databases write
# A number as programs write it: no zeros in front, at most 15 digits if it is whole, and not like the code 12E4.
_WHOLE, _FRACTION = r"(?:0|[1-9]\d{0,14})", r"(?:0|[1-9]\d*)?\.\d*(?:e[+-]?\d+)?"
_NUMBER = re.compile(rf"[+-]?(?:{_WHOLE}|{_FRACTION}|\d+e[+-]\d+|inf)", re.ASCII | re.IGNORECASE)
_ROWS_TO_LOOK_AT = 5
_IN_R = "write.csv(table, file, row.names = FALSE, fileEncoding = 'UTF-8')"
_LONGEST_FIELD = 1 << 30  # characters; the standard library's own limit, 128 K, is less than a party's manifesto
_ESCAPE = re.compile(r"\\[ub]")
_LONG = 10**15  # the first whole number of 16 digits; a missing value makes a column floats, exact to 15


def read_table(path: Path, encoding: str | None, columns: Sequence[str], mark: bool) -> tuple[pd.DataFrame, str]:
    """Read a table of any kind, with a name for each row, and tell in words how."""
    with reading(path, encoding):
        known, source = encoding_of(path, encoding, mark)
        if is_json(path):
            table = _read_json_lines(path, known, columns, mark)
        else:
            table, separator = _read_separated_values(path, known, columns, mark)
            source = f"{source}, {separator}"
    table.index = row_names(path, 1, len(table))
    return table, source


def is_json(path: Path) -> bool:
    """Tell from its name whether a file holds JSON lines."""
    return path.suffix.lower() in _JSON_SUFFIXES


def row_names(path: Path, first: int, number: int) -> list[str]:
    """Name some rows by the file and their numbers in it."""
    stem = tidy(path.stem)
    return [f"{stem}-{row:05d}" for row in range(first, first + number)]


def _read_separated_values(path: Path, encoding: str, columns: Sequence[str], mark: bool) -> tuple[pd.DataFrame, str]:
    """Read a table whose separator is the one under which its first row has the columns.

    Quoted fields may hold line breaks, and quotes where they are doubled. Columns of numbers become numbers, except
    the named ones and those that would lose something, such as long ids and codes with zeros in front: they stay as
    they are written.

    Returns
    -------
    tuple of pandas.DataFrame and str
        The rows, with missing values as NaN, and the separator in words.

    Raises
    ------
    ValueError
        If a row has more or fewer fields than the header, or quotes do not pair up.
    """
    header, rows, separator = open_separated_values(path, encoding, columns, mark)
    table = as_table(rows, header)
    for column in table.columns.difference(columns):
        table[column] = _as_numbers(table[column])
    return table, f"separator {_SEPARATORS[separator]}"


def open_separated_values(
    path: Path, encoding: str, columns: Sequence[str], mark: bool
) -> tuple[list[str], Iterator[list[str]], str]:
    """Return the names of the columns, the rows, which are read when they are asked for, and the separator."""
    csv.field_size_limit(_LONGEST_FIELD)
    separator = _tell_separator(path, encoding, columns, mark)
    rows = _rows(path, encoding, separator, mark)
    _, header = next(rows)
    header = _column_names(header)
    for name in header:
        if header.count(name) > 1:
            raise ValueError(f"{path.name} has two columns named {name!r}: give every column a name of its own.")
    return header, _checked_rows(path.name, rows, len(header)), separator


def as_table(rows: Iterable[list[str]], header: list[str]) -> pd.DataFrame:
    """Make a table of rows, missing values as NaN."""
    table = pd.DataFrame(rows, columns=header)
    return table.mask(table.isin(_MISSING))


def _tell_separator(path: Path, encoding: str, columns: Sequence[str], mark: bool) -> str:
    """Find the separator under which the first row has most of the columns, or else most fields."""
    with open_text(path, encoding, mark) as file:
        if file.readline(5).lower().startswith("sep="):
            raise ValueError(
                f"{path.name} begins with a line 'sep=', which only Excel understands: delete that line, then read it."
            )

    def fit(separator: str) -> tuple[int, int]:
        with open_text(path, encoding, mark) as file:
            names = _column_names(next(filter(None, csv.reader(file, delimiter=separator, skipinitialspace=True)), []))
        return len(set(columns) & set(names)), len(names)

    fits = {separator: fit(separator) for separator in _SEPARATORS}
    best = max(fits, key=fits.get)
    if fits[best][1] < 2:
        _refuse_spaces(path, encoding, columns, mark)
        raise ValueError(
            f"{path.name} has no columns: its first line holds no comma, semicolon, tab or vertical bar. For texts in "
            "files of their own, give the folder instead."
        )
    return best


def _refuse_spaces(path: Path, encoding: str, columns: Sequence[str], mark: bool) -> None:
    """Raise a ValueError if the columns are there, but parted by spaces."""
    with open_text(path, encoding, mark) as file:
        names = next(csv.reader(file, delimiter=" ", skipinitialspace=True), [])
    if len(names) > 1 and set(columns) & set(names):
        raise ValueError(
            f"{path.name} has its columns separated by spaces, as R's write.table writes it: write it by {_IN_R}."
        )


def _rows(path: Path, encoding: str, separator: str, mark: bool) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a table, each with the number of the line it begins in; empty lines are passed over."""
    reader = csv.reader(read_lines(path, encoding, mark), delimiter=separator, skipinitialspace=True, strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                yield line, row
            line = reader.line_num + 1
    except csv.Error:
        raise ValueError(
            f"{path.name} has a row that begins in line {line} and in which quotes do not pair up: quotes inside a "
            'quoted text have to be doubled (""), not written as \\", and R does so by write.csv.'
        ) from None


def _checked_rows(name: str, rows: Iterator[tuple[int, list[str]]], n_columns: int) -> Iterator[list[str]]:
    first = list(itertools.islice(rows, _ROWS_TO_LOOK_AT))
    if first and all(len(row) == n_columns + 1 for _, row in first) and _are_names([row[0] for _, row in first]):
        raise ValueError(
            f"{name} has {n_columns} columns, but each row has one field more, the first being its name "
            f"({first[0][1][0][:40]!r}), as R's write.table writes it: write it by {_IN_R}."
        )
    for line, row in itertools.chain(first, rows):
        if len(row) != n_columns:
            raise ValueError(
                f"{name} has {n_columns} columns, but the row that begins in line {line} has {len(row)} "
                f"({row[0][:40]!r} ...): a text that holds the separator or a line break has to stand in quotes."
            )
        yield row


def _are_names(fields: list[str]) -> bool:
    """Tell whether they are short and differ, as names of rows do, and texts torn at a comma seldom."""
    return len(set(fields)) == len(fields) and all(field and len(field.split()) == 1 for field in fields)


def _column_names(header: list[str]) -> list[str]:
    """Name the columns; one without a name, such as R's row names, is called by its position."""
    return [tidy(name) or f"column_{position}" for position, name in enumerate(header, start=1)]


def _as_numbers(column: pd.Series) -> pd.Series:
    """Turn a column of numbers into numbers, and leave as strings what would lose a digit or is none."""
    written = pd.Series(column.dropna().unique())
    if not all(map(_NUMBER.fullmatch, written)):
        return column
    try:
        numbers = pd.to_numeric(written)
    except ValueError:  # such as a lone full stop
        return column
    return pd.to_numeric(column) if numbers.is_unique else column


def _read_json_lines(path: Path, encoding: str, columns: Sequence[str], mark: bool) -> pd.DataFrame:
    """Read a row from each line; numbers and truth values in the named columns become strings, and so do long ids.

    Raises
    ------
    ValueError
        If a line is no JSON object, or the file is a JSON array.
    """
    return _records_as_table(list(json_records(path, encoding, columns, mark)))


def _records_as_table(records: list[dict]) -> pd.DataFrame:
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
