"""Tables of comma-separated values and their like: CSV with any of four separators."""

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from qta_keras.data.lines import open_text, read_lines
from qta_keras.data.names import tidy

_SEPARATORS = {",": "','", ";": "';'", "\t": "tab", "|": "'|'"}
_MISSING = ("", "NA", "N/A", "NaN", "nan", "NULL", "null")  # what R, pandas and databases write
# A number as programs write it: no zeros in front, at most 15 digits if it is whole, and not like the code 12E4.
_WHOLE, _FRACTION = r"(?:0|[1-9]\d{0,14})", r"(?:0|[1-9]\d*)?\.\d*(?:e[+-]?\d+)?"
_NUMBER = re.compile(rf"[+-]?(?:{_WHOLE}|{_FRACTION}|\d+e[+-]\d+|inf)", re.ASCII | re.IGNORECASE)
_ROWS_TO_LOOK_AT = 5
_IN_R = "write.csv(table, file, row.names = FALSE, fileEncoding = 'UTF-8')"
_LONGEST_FIELD = 1 << 30  # characters; the standard library's own limit, 128 K, is less than a party's manifesto


def read_separated_values(path: Path, encoding: str, columns: Sequence[str], mark: bool) -> tuple[pd.DataFrame, str]:
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
