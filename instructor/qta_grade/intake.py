"""Submissions as they arrive: who handed in what, and which of several attempts counts."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from qta_grade import Refused
from qta_grade.archive import Entry, entries
from qta_grade.naming import Naming, Owner, by_pattern, naming_of, without_copy_words

_NOTEBOOK = re.compile(r"\.ipynb( ?\(\d+\))?(\.txt|\.json)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Submission:
    """The one file that counts for a student."""

    student: str  # the id
    entry: Entry
    notes: tuple[str, ...] = ()  # sentences for the feedback, such as that an earlier attempt does not count
    name: str = ""  # where the platform writes it
    undecided: str = ""  # why only the instructor can say whose it is; empty where that is clear
    late: bool = False  # as the platform says


@dataclass(frozen=True)
class Intake:
    """Who handed in what: one submission per id, sorted by id, and a sentence for every other file."""

    submissions: list[Submission]
    problems: list[str]


@dataclass(frozen=True)
class _File:
    owner: Owner
    entry: Entry
    rank: tuple  # larger for what counts rather

    @property
    def is_notebook(self) -> bool:
        return not self.entry.reason and _NOTEBOOK.search(self.entry.path) is not None


def collect(
    place: Path, id_pattern: str | None = None, class_list: Collection[str] | None = None, assignment: str = ""
) -> Intake:
    """Find the submissions in a folder or a zip archive: a platform's download, or files "ID.ipynb"; see `naming`.

    `id_pattern` is searched for in a file's path, without the names inside a student's own archive. Its group ``id`` is
    the student's id; its group ``attempt``, if it has one, is a number that is larger for a later attempt. A student
    who is not in `class_list` is graded, and named among the problems. Of several notebooks, the one called
    `assignment` counts.
    """
    pattern = _compiled(id_pattern) if id_pattern else None
    found = list(entries(place))
    files: dict[str, list[_File]] = defaultdict(list)
    problems: list[str] = []
    wrapper = "" if pattern else _wrapper(found, problems)
    naming = Naming("--id-pattern", by_pattern(pattern)) if pattern else _naming(found, wrapper, place)
    for entry in found:
        owner = naming.owner(entry.outside if pattern else _outermost(entry, wrapper))
        if owner:
            files[owner.id].append(_File(owner, entry, _rank(owner, entry, assignment)))
        else:
            problems.append(f"{entry.path}: {entry.reason or f'not a name by {naming.by}, so it is not graded'}.")
    submissions = [_submission(student, files[student], assignment, problems) for student in sorted(files)]
    if not submissions:
        some = f" ({problems[0]})" if problems else ""
        raise Refused(f"No submission is found in {place}{some}: name another folder, or say --id-pattern.")
    if pattern and "attempt" not in pattern.groupindex:
        problems += _several(files)
    alike = Counter(student.casefold() for student in files)
    problems += [
        f"{student}: another id differs from this one in capital letters only."
        for student in sorted(files)
        if alike[student.casefold()] > 1
    ]
    known = class_list if class_list is not None else files
    problems += [f"{student}: this id is not in the class list." for student in sorted(files) if student not in known]
    if sum(student in known for student in files) < len(files) / 2:
        problems.append("Most ids are not in the class list: README.md says what the id is on each platform.")
    return Intake(submissions, problems)


def _several(files: dict[str, list[_File]]) -> list[str]:
    """Name who has handed in several times: these may be several people whom the pattern does not tell apart."""
    found = {student: sorted({file.entry.outside for file in files[student]}) for student in sorted(files)}
    return [
        f"{student}: --id-pattern takes {len(paths)} files for one student's: {', '.join(paths[:9])}."
        for student, paths in found.items()
        if len(paths) > 1
    ]


def _compiled(text: str) -> re.Pattern:
    try:
        pattern = re.compile(unicodedata.normalize("NFC", text))
    except re.error as error:
        raise Refused(f"--id-pattern {text!r} is not a regular expression: {error}.") from error
    if "id" not in pattern.groupindex:
        raise Refused(f"--id-pattern {text!r} has no group id: write (?P<id>...) around what is the id.")
    return pattern


def _outermost(entry: Entry, wrapper: str) -> str:
    """Return the first part of a path, with a ``/`` at the end if that is a folder."""
    first, slash, _ = entry.outside.removeprefix(wrapper).partition("/")
    return first + slash


def _naming(found: list[Entry], wrapper: str, place: Path) -> Naming:
    return naming_of({_outermost(entry, wrapper) for entry in found}, wrapper[:-1] or place.resolve().stem)


def _wrapper(found: list[Entry], problems: list[str]) -> str:
    """Return the one folder around everything, which says nothing about a student; empty if there is none."""
    sound = [entry for entry in found if not entry.reason]
    tops = {_outermost(entry, "") for entry in sound}
    top = min(tops, default="")
    if len(tops) != 1 or not top.endswith("/") or naming_of(tops, "").by == "Moodle":
        return ""
    inside = {_outermost(entry, top) for entry in sound}
    students = [
        name for name in inside if name.endswith("/") or name.lower().endswith(".zip") or _NOTEBOOK.search(name)
    ]
    if len(students) > 1 or naming_of(inside, "").by in ("Moodle", "Canvas"):
        return top
    problems.append(f"{top}: the only folder, with one submission in it, so its name is taken for the id.")
    return ""


def _rank(owner: Owner, entry: Entry, assignment: str) -> tuple:
    """Return a key that is larger for what should count: name handed out, attempt, time, number of a copy."""
    name, copy = without_copy_words(_NOTEBOOK.sub("", Path(entry.path).name))
    return (name == assignment, owner.attempt, entry.modified, copy, entry.path)


def _submission(student: str, files: list[_File], assignment: str, problems: list[str]) -> Submission:
    """Choose the file that counts; every other one becomes a note or a problem."""
    files = sorted(files, key=lambda file: file.rank)
    _tell(student, [file for file in files if not file.is_notebook], problems)
    notebooks = [file for file in files if file.is_notebook]
    chosen = (notebooks or files)[-1]
    names = sorted({file.owner.name for file in files})
    if len(names) > 1:
        return Submission(student, chosen.entry, undecided=f"The id belongs to several people: {', '.join(names)}.")
    notes = ["It was handed in late, as the platform says."] if chosen.owner.late else []
    entry = chosen.entry
    if not notebooks and not entry.reason:
        online = any(file.owner.online_text for file in files)
        reason = "an online text, often a link, was handed in, and no file" if online else ""
        entry = Entry(entry.path, entry.modified, entry.read, reason or "no notebook (.ipynb) was handed in")
    if len(notebooks) > 1:
        same = [Path(file.entry.path).name for file in notebooks[:-1] if file.rank[:-1] == chosen.rank[:-1]]
        named = chosen.rank[0] and not notebooks[-2].rank[0]
        why = f"the one called {assignment} counts" if named else "the latest counts"
        said = f"{len(notebooks)} notebooks were handed in; {why} ({Path(entry.path).name})."
        if same:
            said = f"Notebooks of the same time were handed in; {Path(entry.path).name} is graded, and not {same[0]}."
            problems.append(f"{student}: {said}")
        notes.append(said)
    return Submission(student, entry, tuple(notes), names[0], late=chosen.owner.late)


def _tell(student: str, files: list[_File], problems: list[str]) -> None:
    """Name what is not graded, many files of one kind in one sentence."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for file in files:
        online = "this is an online text, so it is not graded: read it on the platform"
        other = online if file.owner.online_text else "this is not a notebook (.ipynb), so it is not graded"
        kinds[file.entry.reason or other].append(file.entry.path)
    for reason, paths in kinds.items():
        more = f" (and {len(paths) - 1} more of {student})" if len(paths) > 1 else ""
        problems.append(f"{paths[0]}{more}: {reason}.")
