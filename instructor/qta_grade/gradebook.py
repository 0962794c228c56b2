"""One table over all assignments, from the scores of each."""

import csv
import io
import json
import math
from pathlib import Path

from qta_grade import Refused
from qta_grade.batch import MARK
from qta_grade.files import no_formula, write
from qta_grade.tables import number, read_rows

_FIRST, _LAST = ["id", "name"], ["total", "possible"]


def gradebook(folders: list[Path], path: Path) -> None:
    """Write a line per student: id, name, the score of each assignment, their total, and what these had possible.

    An assignment without the student is an empty cell, and counts in neither sum. Where a score is not final, the sums
    are empty, too. Only a file that this function wrote is replaced.
    """
    _refuse_other(path)
    scores: dict[str, dict[str, dict[str, str]]] = {}
    for folder in folders:
        assignment = _assignment(folder)
        if assignment in scores:
            raise Refused(f"{folder} is a second folder of {assignment}: name one.")
        scores[assignment] = _scores(folder / "scores.csv")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow([no_formula(cell) for cell in [*_FIRST, *scores, *_LAST]])
    for student in sorted(set().union(*scores.values())):
        rows = {assignment: found[student] for assignment, found in scores.items() if student in found}
        name = next((row["name"] for row in rows.values() if row["name"]), "")
        sums = ["", ""]
        if all(row["score"] for row in rows.values()):
            sums = [number(sum(float(row[column]) for row in rows.values())) for column in ("score", "possible")]
        cells = [rows[assignment]["score"] if assignment in rows else "" for assignment in scores]
        table.writerow([no_formula(cell) for cell in [student, name, *cells, *sums]])
    write(path, text.getvalue(), "utf-8-sig")
    print(f"{path} has {', '.join(scores)}, and a line for each of {len(set().union(*scores.values()))}.")


def final_scores(folder: Path) -> dict[str, tuple[float, float]]:
    """Return the score and the possible points of everybody whose score is final, from the results of ``grade``."""
    _assignment(folder)
    rows = _scores(folder / "scores.csv")
    return {student: (float(row["score"]), float(row["possible"])) for student, row in rows.items() if row["score"]}


def _assignment(folder: Path) -> str:
    try:
        return json.loads((folder / MARK).read_text(encoding="utf-8"))["assignment"]
    except (OSError, ValueError, KeyError, TypeError):
        raise Refused(f"{folder} holds no results: name a folder that 'qta-grade grade' wrote with -o.") from None


def _scores(path: Path) -> dict[str, dict[str, str]]:
    rows: dict[str, dict[str, str]] = {}
    for line, row in read_rows(path, ["id", "name", "score", "possible"]):
        for column in ("score", "possible"):
            if (row[column] or column == "possible") and not _is_number(row[column]):
                raise Refused(f"{path}, line {line}: {column} is {row[column]!r} and no number: grade again.")
        if row["id"] in rows:
            raise Refused(f"{path}, line {line}: the id {row['id']!r} is there twice: grade again.")
        rows[row["id"]] = row
    return rows


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _refuse_other(path: Path) -> None:
    """Refuse to replace a file whose columns are not those of a gradebook."""
    if not path.exists():
        return
    try:
        columns = next(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))), [])
    except (OSError, UnicodeDecodeError, csv.Error):
        columns = []
    if columns[:2] != _FIRST or columns[-2:] != _LAST:
        raise Refused(f"{path} is no gradebook that this command wrote: name another file.")
