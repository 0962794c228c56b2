"""A page for each student: what was scored, what passed, what failed and why; no hidden input, no expected value."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from qta_grade.files import file_name, write
from qta_grade.pages import load_page
from qta_grade.report import Row
from qta_grade.tables import number


def write_pages(folder: Path, rows: Iterable[Row], specification: Any, possible: Mapping[str, float]) -> None:
    """Write ``ID.html`` for every student, and delete the pages of earlier runs that no student has any more.

    Parameters
    ----------
    folder : Path
        Holds these pages and nothing else.
    rows : iterable of Row
        The students' results.
    specification : Specification
        The assignment: its titles.
    possible : mapping of str to float
        The most points per question.
    """
    folder.mkdir(exist_ok=True)
    render = renderer(specification, possible)
    names = set()
    for row in rows:
        name = f"{file_name(row.student)}.html"
        names.add(name)
        write(folder / name, render(row))
    for page in folder.glob("*.html"):
        if page.name not in names:
            page.unlink()


def renderer(specification: Any, possible: Mapping[str, float]):
    """Give the function that makes the page, as text, of a `Row`."""
    template, look = load_page("feedback.html", "feedback.css", number=number)
    questions = list(specification.questions)

    def render(row: Row) -> str:
        checks: dict[str, list[dict]] = {question.id: [] for question in questions}
        for check in row.result["checks"] if row.result else []:
            checks[check["question"]].append({**check, "name": check["id"].partition(".")[2] or check["id"]})
        return template.render(
            title=specification.title,
            row=row,
            questions=questions,
            checks=checks,
            possible=possible,
            total=sum(possible.values()),
            **look,
        )

    return render
