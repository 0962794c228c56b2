"""Submissions as they arrive: who handed in what, and which of several attempts counts."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from qta_grade import Refused
from qta_grade.archive import Entry, entries

# "Ann Lee_123456_assignsubmission_file_/homework.ipynb", or without the folder "..._file_homework.ipynb"
MOODLE = r"(?:^|/)[^/]+_(?P<id>\d+)_assignsubmission_file(?:_[^/]*)?(?:/|$)"
# "leeann_LATE_12345_67890_homework-1.ipynb": the numbers are the user's and, growing with every upload, the file's
CANVAS = r"(?:^|/)[^/_]+_(?:LATE_)?(?P<id>\d+)_(?P<attempt>\d+)_[^/]+?(?:-(?P<suffix>\d+))?(?:\.[A-Za-z.]+)(?:/|$)"
# "ID.ipynb" or "ID.zip/...", as Colab ("Copy of ...") and browsers ("... (1)") rename it
PLAIN = (
    r"^(?:(?:Copy of|Kopie von|Copie de|Copia de|Cópia de) )*"
    r"(?P<id>[^/]+?) ?(?:\((?P<attempt>\d+)\))?(?:\.ipynb(?:\.txt|\.json)?$|\.zip(?:/|$))"
)
_NOTEBOOK = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Submission:
    """The one file that counts for a student.

    Attributes
    ----------
    student : str
        The id.
    entry : Entry
        The file.
    notes : tuple of str
        Sentences for the feedback, such as that an earlier attempt does not count.
    """

    student: str
    entry: Entry
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Intake:
    """Who handed in what: one submission per id, sorted by id, and a sentence for every file that is none."""

    submissions: list[Submission]
    problems: list[str]


def collect(place: Path, id_pattern: str | None = None, class_list: Collection[str] | None = None) -> Intake:
    """Find the submissions in a folder or a zip archive.

    Parameters
    ----------
    place : Path
        A download of Moodle or Canvas, zipped or not, or files named "ID.ipynb".
    id_pattern : str, optional
        Regular expression that is searched for in a file's path. Its group ``id`` is the student's id, its group
        ``attempt``, if it has one, a number that is larger for a later attempt.
    class_list : collection of str, optional
        The ids of the class; a submission of someone else is graded, and told among the problems.

    Raises
    ------
    Refused
        If `place` cannot be read, holds no submission, or `id_pattern` is no such expression.
    """
    patterns = [_compiled(id_pattern)] if id_pattern else [re.compile(text, re.I) for text in (MOODLE, CANVAS, PLAIN)]
    found = list(entries(place))
    wrapper = _wrapper(found) if place.is_file() else ""
    files: dict[str, list[tuple[tuple, Entry]]] = {}
    problems = []
    for entry in found:
        match = _match(patterns, entry.path, wrapper)
        if match:
            files.setdefault(match["id"].strip(), []).append((_rank(match, entry), entry))
        else:
            problems.append(f"{entry.path}: {entry.reason or 'no id is found in this name, so it is not graded'}.")
    submissions = [_submission(student, files[student], problems) for student in sorted(files)]
    if not submissions:
        some = f" ({problems[0]})" if problems else ""
        raise Refused(f"No submission is found in {place}{some}: name another folder, or say --id-pattern.")
    known = class_list if class_list is not None else files
    problems += [f"{student}: this id is not in the class list." for student in sorted(files) if student not in known]
    return Intake(submissions, problems)


def _compiled(text: str) -> re.Pattern:
    try:
        pattern = re.compile(unicodedata.normalize("NFC", text))
    except re.error as error:
        raise Refused(f"--id-pattern {text!r} is not a regular expression: {error}.") from error
    if "id" not in pattern.groupindex:
        raise Refused(f"--id-pattern {text!r} has no group id: write (?P<id>...) around what is the id.")
    return pattern


def _wrapper(found: list[Entry]) -> str:
    """Give the one folder that a zip archive was made of, which says nothing about a student."""
    tops = {entry.path.partition("/")[0] + "/" for entry in found if not entry.reason}
    top = min(tops, default="")
    one = len(tops) == 1 and len(found) > 1 and not top.lower().endswith(".zip/")
    return top if one and all("/" in entry.path for entry in found if not entry.reason) else ""


def _match(patterns: list[re.Pattern], path: str, wrapper: str) -> re.Match | None:
    for pattern in patterns:
        match = pattern.search(path.removeprefix(wrapper) if pattern.pattern == PLAIN else path)
        if match and match["id"] and match["id"].strip():
            return match
    return None


def _rank(match: re.Match, entry: Entry) -> tuple:
    """Later attempts have larger ranks: by number, else by time."""
    groups = match.groupdict()
    numbers = [int(groups[name][:18]) if str(groups.get(name)).isdecimal() else 0 for name in ("attempt", "suffix")]
    return (*numbers, entry.modified, entry.path)


def _submission(student: str, files: list[tuple[tuple, Entry]], problems: list[str]) -> Submission:
    """Choose the file that counts; every other one becomes a note or a problem."""
    files = sorted(files, key=lambda file: file[0])
    notebooks = [file for file in files if not file[1].reason and _NOTEBOOK.search(file[1].path)]
    for _, entry in files:
        if entry.reason:
            problems.append(f"{entry.path}: {entry.reason}.")
        elif not _NOTEBOOK.search(entry.path):
            problems.append(f"{entry.path}: this is not a notebook (.ipynb), so it is not graded.")
    if not notebooks:
        last = files[-1][1]
        reason = last.reason or "no notebook (.ipynb) was handed in"
        return Submission(student, Entry(last.path, last.modified, last.read, reason))
    rank, entry = notebooks[-1]
    if len(notebooks) == 1:
        return Submission(student, entry)
    same = [file[1].path for file in notebooks[:-1] if file[0][:-1] == rank[:-1]]
    if same:
        problems.append(f"{student}: of the same attempt and time; {entry.path} is graded, and not {', '.join(same)}.")
    name = Path(entry.path).name
    return Submission(student, entry, (f"{len(notebooks)} notebooks were handed in; the latest counts ({name}).",))
