"""Marks taken back to where the class is kept: written into a table that was downloaded there, nothing else changed."""

import re
import zipfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from qta_grade import Refused
from qta_grade.files import file_name
from qta_grade.gradebook import final_scores
from qta_grade.tables import number

_KEYS = {"canvas": "ID", "csv": "id"}  # Moodle's is the first column, called otherwise in each language
_NEVER_CHANGES = (1980, 1, 1, 0, 0, 0)  # the time in the archive, so that equal pages make equal files


@dataclass
class _Table:
    """A CSV file as it is: each row a list of cells in their quotation marks, each with what separates it."""

    mark: str  # the byte order mark, or nothing
    rows: list[list[list[str]]]
    delimiter: str

    def value(self, row: int, column: int) -> str:
        raw = self.rows[row][column][0] if column < len(self.rows[row]) else ""
        return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw

    def names(self) -> list[str]:
        return [self.value(0, column).strip() for column in range(len(self.rows[0]))]

    def put(self, row: int, column: int, value: str) -> None:
        self.rows[row][column][0] = f'"{value}"' if self.delimiter in value else value

    def text(self) -> str:
        return self.mark + "".join(raw + separator for row in self.rows for raw, separator in row)


def export(out: Path, table: Path, to: str, folder: Path, column: str | None = None, scale: bool = False) -> None:
    """Write a copy of the table with the marks filled in; for Moodle also ``feedback.zip`` with everybody's page.

    `table` is Moodle's grading worksheet, Canvas's gradebook, or a CSV file with a column ``id``; for Moodle, `column`
    is "Grade" by default. With `scale`, marks are converted where the platform's maximum is not the assignment's. If
    anything is refused, nothing is written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is a file or not empty: name a new folder.")
    if column is None and to != "moodle":
        raise Refused(f"Say with --column which column of {table} gets the marks.")
    content, scores = _read(table), final_scores(out)
    filled = _column(content, column or "Grade", table)
    people = _people(content, to, table)
    marks = {student: scores[student] for student in sorted(people.keys() & scores.keys())}
    had = sum(bool(content.value(people[student], filled).strip()) for student in marks)
    for student, (score, possible) in marks.items():
        most = _maximum(content, people[student], filled, to)
        content.put(people[student], filled, _mark(score, possible, most, scale, table))
    pages = _pages(content, people, out / "feedback") if to == "moodle" else {}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / table.name).write_bytes(content.text().encode())
    print(f"{folder / table.name} has the marks of {len(marks)}; {had} had one there before, which is replaced.")
    if to == "moodle":
        (folder / "feedback.zip").write_bytes(_zipped(pages))
        print(f"{folder / 'feedback.zip'} has the pages of {len(pages)}.")
    for student in sorted(people.keys() - marks.keys()):
        print(f"Left as it was: {student} has no final score in {out}.")
    for student in sorted(scores.keys() - marks.keys()):
        print(f"Problem: {student} is not in {table}.")


def _read(path: Path) -> _Table:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(
            f"{path} is not in UTF-8: take it as it was downloaded, not as a spreadsheet saved it."
        ) from error
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    cell = re.compile(rf'("(?:[^"]|"")*"|[^{delimiter}"\r\n]*)({delimiter}|\r\n|\r|\n|\Z)')
    rows: list[list[list[str]]] = [[]]
    place = len(mark)
    while place < len(text):
        match = cell.match(text, place)
        if not match:
            line = text.count("\n", 0, place) + 1
            raise Refused(f"{path}, line {line}: a quotation mark is out of place. Download the table again.")
        rows[-1].append([match[1], match[2]])
        place = match.end()
        if match[2] != delimiter:
            rows.append([])
    for number_of_row, row in enumerate(rows, 1):
        if row and len(row) != len(rows[0]):
            raise Refused(
                f"{path}, row {number_of_row} has {len(row)} cells, and the first has {len(rows[0])}: mend it."
            )
    return _Table(mark, rows, delimiter)


def _column(table: _Table, name: str, path: Path) -> int:
    names = table.names()
    if names.count(name) != 1:
        raise Refused(f"{path} has {names.count(name)} columns called {name!r}: it has {', '.join(names)}.")
    return names.index(name)


def _people(table: _Table, to: str, path: Path) -> dict[str, int]:
    """Return the rows of the people by their ids; of Moodle's "Participant 4711", in any language, the number is."""
    key = 0 if to == "moodle" else _column(table, _KEYS[to], path)
    found: dict[str, int] = {}
    for row in range(1, len(table.rows)):
        student = table.value(row, key).strip()
        if to == "moodle":
            student = re.sub(r".*?([0-9]+)$", r"\1", student)
        if student in found:
            raise Refused(f"{path}, rows {found[student] + 1} and {row + 1}: both are of {student!r}. Delete one.")
        if student:
            found[student] = row
    return found


def _maximum(table: _Table, row: int, filled: int, to: str) -> str:
    """Return the maximum that the platform has for the column, as it writes it; empty if that is not known."""
    names = table.names()
    if to == "moodle" and "Maximum Grade" in names:
        return table.value(row, names.index("Maximum Grade")).strip()
    if to == "canvas":
        return next((table.value(n, filled).strip() for n in range(1, len(table.rows)) if _is_of_maxima(table, n)), "")
    return ""


def _is_of_maxima(table: _Table, row: int) -> bool:
    return table.value(row, 0).strip() == "Points Possible"


def _mark(score: float, possible: float, most: str, scale: bool, path: Path) -> str:
    """Write a mark as the platform writes numbers."""
    if not re.fullmatch(r"|[0-9]+(?:[.,][0-9]+)?", most):
        raise Refused(f"{path} says that {most!r} points are possible, which is no number: grade by points there.")
    if most and float(most.replace(",", ".")) != possible:
        if not scale:
            raise Refused(
                f"{path} says that {most} points are possible, and the assignment has {number(possible)}: change that "
                "on the platform and download the table again, or say --scale, which converts the marks."
            )
        score = round(score / possible * float(most.replace(",", ".")), 2)
    return number(score).replace(".", "," if "," in most else ".")


def _pages(table: _Table, people: dict[str, int], folder: Path) -> dict[str, bytes]:
    """Return the pages by the names by which Moodle finds their owners (mod/assign/feedback/file/importziplib.php)."""
    names = table.names()
    named = names.index("Full name") if "Full name" in names else 1
    pages = {}
    for student, row in sorted(people.items()):
        page = folder / f"{file_name(student)}.html"
        if page.exists():
            name = re.sub(r"[_/\\\x00-\x1f]", " ", table.value(row, named))
            pages[f"{name}_{student}_assignsubmission_file_/feedback.html"] = page.read_bytes()
    return pages


def _zipped(pages: dict[str, bytes]) -> bytes:
    memory = BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, page in pages.items():
            archive.writestr(zipfile.ZipInfo(name, _NEVER_CHANGES), page, zipfile.ZIP_DEFLATED)
    return memory.getvalue()
