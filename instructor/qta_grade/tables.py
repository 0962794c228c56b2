"""Tables in CSV files read. The instructor's own (class list, overrides, who was late) are never written."""

import csv
import io
import math
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from qta_grade import Refused


@dataclass(frozen=True)
class Override:
    """Points that the instructor sets by hand for one question of one student."""

    student: str
    question: str
    points: float
    comment: str


def read_class_list(path: Path) -> dict[str, str]:
    """Read the class list: names by ids, from the columns ``id`` and, if liked, ``name``; a name may be empty.

    Ids are in Unicode's composed form, as in the submissions.
    """
    names: dict[str, str] = {}
    for line, row in read_rows(path, ["id"]):
        student = row["id"]
        if not student:
            raise Refused(f"{path}, line {line}: the id is empty. Fill it in or delete the line.")
        if student in names:
            raise Refused(f"{path}, line {line}: the id {student!r} is there twice. Delete one of the lines.")
        names[student] = row.get("name", "")
    if not names:
        raise Refused(f"{path} lists nobody: below the line of column names, put one student a line.")
    return names


def read_overrides(
    path: Path, students: set[str], possible: Mapping[str, float], by_hand: Collection[str] = ()
) -> list[Override]:
    """Read the points that the instructor set by hand (columns ``id``, ``question``, ``points`` and ``comment``).

    No file means none. A line without points is left out if its question is in `by_hand`. `possible` has the most
    points per question.
    """
    if not path.exists():
        return []
    found: dict[tuple[str, str], Override] = {}
    for line, row in read_rows(path, ["id", "question", "points", "comment"]):
        where, student, question = f"{path}, line {line}", row["id"], row["question"]
        _refuse_stranger(student, students, where)
        if question not in possible:
            raise Refused(f"{where}: there is no question {question!r}. There are {', '.join(possible)}.")
        if (student, question) in found:
            raise Refused(f"{where}: {question} of {student!r} is there twice. Delete one of the lines.")
        if question in by_hand and not row["points"]:
            continue
        points = _number(row["points"])
        if not 0 <= points <= possible[question]:  # NaN is refused, too
            most = f"{possible[question]:g}"
            raise Refused(f"{where}: the points are {row['points']!r}; {question} takes a number from 0 to {most}.")
        found[student, question] = Override(student, question, points, row["comment"])
    return list(found.values())


def read_late(path: Path, students: set[str]) -> dict[str, float]:
    """Read how many days late each student was (columns ``id`` and ``days``); no file means nobody."""
    if not path.exists():
        return {}
    found: dict[str, float] = {}
    for line, row in read_rows(path, ["id", "days"]):
        where, student = f"{path}, line {line}", row["id"]
        _refuse_stranger(student, students, where)
        if student in found:
            raise Refused(f"{where}: the id {student!r} is there twice. Delete one of the lines.")
        days = _number(row["days"])
        if not 0 <= days < math.inf:  # NaN is refused, too
            raise Refused(f"{where}: the days are {row['days']!r}; write a number from 0 on.")
        found[student] = days
    return found


def _refuse_stranger(student: str, students: set[str], where: str) -> None:
    if student not in students:
        raise Refused(f"{where}: nobody has the id {student!r}. Write it as in scores.csv.")


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))  # a decimal comma, as some spreadsheets write
    except ValueError:
        return math.nan


def number(points: float) -> str:
    """Write points without needless digits.

    Examples
    --------
    >>> number(2.0), number(0.1 + 0.2)
    ('2', '0.3')
    """
    points = round(points, 6)
    return str(int(points)) if points == int(points) else str(points)


def read_rows(path: Path, columns: list[str]) -> list[tuple[int, dict[str, str]]]:
    """Return the line number and the trimmed cells of every line that is not empty. A missing column is refused."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Refused(f'{path} is not in UTF-8: in the spreadsheet, save it as "CSV UTF-8".') from error
    text = unicodedata.normalize("NFC", text)
    header = text.partition("\n")[0]
    # Spreadsheets write semicolons where the comma is the decimal sign.
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in header else ",", restval="")
    reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or []]
    missing = [name for name in columns if name not in reader.fieldnames]
    if missing:
        raise Refused(f"{path} has no column {missing[0]!r}: its first line has to name {', '.join(columns)}.")
    rows = []
    try:
        for row in reader:
            if row.pop(None, None):
                raise Refused(
                    f"{path}, line {reader.line_num}: there are more cells than columns. Put quotation marks."
                )
            cells = {name: value.strip() for name, value in row.items()}
            if any(cells.values()):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        raise Refused(f"{path}, line {reader.line_num}: this is not CSV ({error}).") from error
    return rows
