"""The results of a class as tables: a row per student, scores.csv and report.json."""

import csv
import importlib.metadata
import io
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from qta_grade import Refused
from qta_grade.batch import Outcome
from qta_grade.editions import Edition
from qta_grade.files import no_formula, write
from qta_grade.intake import Submission
from qta_grade.tables import Override, number

NO_SUBMISSION = "No submission."


@dataclass
class Row:
    """A student's result, overrides applied."""

    student: str
    name: str  # empty if neither the class list nor the platform has it
    points: dict[str, float]  # per question
    edition: Edition  # what it was graded by
    notes: list[str] = field(default_factory=list)  # on the whole submission, for the instructor and for the student
    result: dict | None = None  # the `SubmissionResult` as plain values; None if nothing could be graded
    overrides: dict[str, Override] = field(default_factory=dict)  # per question
    graded: bool = True  # False if the grader failed; such a row has no score
    late_days: float = 0  # 0 also where no rule for late work was asked for
    late_penalty: float = 0  # percent of the possible points that a day costs

    @property
    def earned(self) -> float:
        """The points, without those of optional questions."""
        return sum(points for question, points in self.points.items() if question not in self.edition.optional)

    @property
    def total(self) -> float:
        """The most points that these questions have."""
        return sum(most for question, most in self.edition.possible.items() if question not in self.edition.optional)

    @property
    def extra(self) -> float:
        """The points of optional questions, which stand apart from the score."""
        return sum(self.points[question] for question in self.edition.optional)

    @property
    def extra_total(self) -> float:
        """The most points of optional questions."""
        return sum(self.edition.possible[question] for question in self.edition.optional)

    @property
    def deducted(self) -> float:
        """The points that being late costs, never more than were earned."""
        return min(self.earned, self.total * self.late_penalty / 100 * self.late_days)

    @property
    def score(self) -> float:
        """The points that count."""
        return self.earned - self.deducted

    @property
    def unmarked(self) -> list[str]:
        """The questions that wait for the instructor's points."""
        handed_in = self.graded and self.result is not None
        return [question for question in self.edition.by_hand if handed_in and question not in self.overrides]

    @property
    def final(self) -> bool:
        """Whether the score is complete, and may be given out."""
        return self.graded and not self.unmarked


def make_rows(
    present: Edition,
    submissions: Iterable[Submission],
    outcomes: Mapping[str, Outcome],
    class_list: Mapping[str, str],
    overrides: Iterable[Override] = (),
    late: Mapping[str, float] | None = None,
    late_penalty: float = 0,
) -> list[Row]:
    """Bring together what is known of each student; return the rows sorted by id.

    Those in `class_list`, names by ids, who handed nothing in score 0 of the `present` edition. `late` is days per
    student, `late_penalty` the percentage of the possible points that a day costs. An override is refused if it gives
    more points than the question has in the student's version.
    """
    handed_in = {submission.student: submission for submission in submissions}
    rows = {}
    for student in sorted(handed_in.keys() | class_list.keys()):
        outcome = outcomes.get(student)
        edition = (outcome and outcome.edition) or present
        row = Row(student, class_list.get(student, ""), dict.fromkeys(edition.possible, 0.0), edition)
        if outcome:
            row.name = row.name or handed_in[student].name
            _fill(row, handed_in[student], outcome)
        else:
            row.notes.append(NO_SUBMISSION)
        row.late_days, row.late_penalty = (late or {}).get(student, 0), late_penalty
        rows[student] = row
    for override in overrides:
        row = rows[override.student]
        most = row.edition.possible.get(override.question, 0)
        if override.points > most:
            raise Refused(
                f"overrides.csv gives {override.student!r} {number(override.points)} points for {override.question}, "
                f"which has {number(most)} in the version that was handed in: write {number(most)} or less."
            )
        row.points[override.question] = override.points
        row.overrides[override.question] = override
    return list(rows.values())


def _fill(row: Row, submission: Submission, outcome: Outcome) -> None:
    row.result, row.graded = outcome.result, not outcome.failed
    row.notes += [*submission.notes, *(said for said in (outcome.note, outcome.reason) if said)]
    for check in outcome.result["checks"] if outcome.result else []:
        row.points[check["question"]] += check["points"]


def write_scores(path: Path, rows: Iterable[Row], questions: list[str], late: bool = False) -> None:
    """Write scores.csv: no times in it, so that equal results make equal files.

    A question that the student's edition does not have, or that is not marked yet, is an empty cell. With a rule
    for late work there are columns for the points before it and for the days; with optional questions, one for their
    points together.

    It is in UTF-8 with a byte order mark: without one Excel spoils accents, and pandas, R's readr and LibreOffice
    read over it.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    rows = list(rows)
    apart = any(row.edition.optional for row in rows)
    columns = ["before_late", "days_late"] if late else []
    columns += ["optional"] if apart else []
    table.writerow(["id", "name", "score", "possible", *columns, *questions, "note"])
    for row in rows:
        known = row.points.keys() - row.unmarked if row.graded else ()
        points = [number(row.points[question]) if question in known else "" for question in questions]
        score = number(row.score) if row.final else ""  # an empty cell, for a number would be taken for a grade
        lateness = [number(row.earned) if row.final else "", number(row.late_days)] if late else []
        extra = [number(row.extra) if row.final else ""] if apart else []
        cells = [row.student, row.name, score, number(row.total), *lateness, *extra, *points, note(row)]
        table.writerow([no_formula(cell) for cell in cells])
    write(path, text.getvalue(), "utf-8-sig")


def note(row: Row) -> str:
    """Return what the instructor should see at a glance, as one line."""
    result = row.result or {"checks": [], "notes": [], "limits": [], "flags": []}
    parts = [*row.notes]
    if row.unmarked:
        parts.append(f"Not marked yet, so without a score: {', '.join(row.unmarked)}.")
    if row.deducted:
        days = "day" if row.late_days == 1 else "days"
        parts.append(f"{number(row.late_days)} {days} late: {number(row.deducted)} points less.")
    parts += result["limits"]
    parts += result["notes"][:1]
    if len(result["notes"]) > 1:
        parts.append(f"And {len(result['notes']) - 1} more about its cells, on the student's page.")
    parts += [f"Look at this: {flag}" for flag in result["flags"]]
    parts += [
        f"{question}: {number(override.points)} points by hand{': ' if override.comment else ''}{override.comment}."
        for question, override in row.overrides.items()
    ]
    missing = (check for check in result["checks"] if check["message"].startswith("Not there"))
    parts += [f"{check['id']}: {check['message']}" for check in islice(missing, 1)]
    return " ".join(" ".join(part if part[-1:] in ".?!" else f"{part}." for part in parts).split())


def write_report(path: Path, rows: Iterable[Row], about: Mapping[str, Any], problems: Iterable[str]) -> None:
    """Write report.json: everything that is known, for whoever wants to look into it.

    `about` says what the run was made with; `problems` are sentences on files that were not understood.
    """
    students = [
        {
            "id": row.student,
            "name": row.name,
            "graded": row.graded,
            "score": row.score if row.final else None,
            "points": {**row.points, **dict.fromkeys(row.unmarked)} if row.graded else None,
            "late_days": row.late_days,
            "deducted": row.deducted if row.final else None,
            "version": row.edition.specification.version,
            "specification_sha256": row.edition.digest,
            "notes": row.notes,
            "overrides": {q: {"points": o.points, "comment": o.comment} for q, o in row.overrides.items()},
            "result": row.result,
        }
        for row in rows
    ]
    content = {**about, "versions": versions(), "problems": list(problems), "students": students}
    write(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def versions() -> dict[str, str | None]:
    """Return the versions that results may depend on; None for what is not installed."""
    found: dict[str, str | None] = {"python": platform.python_version()}
    for package in ["qta-grade", "qta-keras", "numpy", "keras", "tensorflow"]:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = None
    return found
