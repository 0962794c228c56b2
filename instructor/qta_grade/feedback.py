"""A page for each student: what was scored, what passed, what failed and why; no hidden input, no expected value."""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import jinja2

from qta_grade.files import file_name, write
from qta_grade.report import Row, number


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
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("qta_grade"),
        autoescape=True,  # always: whatever the student wrote is text
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    template = environment.get_template("feedback.html")
    style = environment.loader.get_source(environment, "feedback.css")[0]
    # The browser applies this one style sheet and runs or loads nothing else.
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
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
            style=style,
            digest=digest,
        )

    return render
