"""A page for each student: what was scored, what passed, what failed and why; no hidden input, no expected value."""

from collections.abc import Callable, Iterable
from pathlib import Path

from qta_grade.checks import PASSED_ALONE
from qta_grade.files import file_name, write
from qta_grade.pages import load_page
from qta_grade.report import Row
from qta_grade.tables import number


def write_pages(folder: Path, rows: Iterable[Row]) -> None:
    """Write ``ID.html`` for every student, and delete the pages of earlier runs that no student has any more.

    `folder` holds these pages and nothing else. A page that cannot be made is left out, and a note in its row says so.
    """
    folder.mkdir(exist_ok=True)
    render = renderer()
    names = set()
    for row in rows:
        name = f"{file_name(row.student)}.html"
        try:
            page = render(row)
        except Exception as error:  # it holds what the student wrote
            row.notes.append(f"The feedback page could not be made ({type(error).__name__}).")
            continue
        names.add(name)
        write(folder / name, page)
    for page in folder.glob("*.html"):
        if page.name not in names:
            page.unlink()


def renderer() -> Callable[[Row], str]:
    """Return the function that renders a `Row` as a page."""
    template, look = load_page("feedback.html", "feedback.css", number=number)

    def render(row: Row) -> str:
        specification = row.edition.specification
        questions = list(specification.questions)
        checks: dict[str, list[dict]] = {question.id: [] for question in questions}
        for check in row.result["checks"] if row.result else []:
            checks[check["question"]].append({**check, "name": check["id"].partition(".")[2] or check["id"]})
        return template.render(
            title=specification.title,
            row=row,
            questions=questions,
            checks=checks,
            passed_alone=PASSED_ALONE,
            **look,
        )

    return render
