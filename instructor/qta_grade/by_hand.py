"""What the instructor marks: everybody's answers on one page, and a table of those not yet marked."""

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from qta_grade.editions import Edition
from qta_grade.files import no_formula, write
from qta_grade.intake import Submission
from qta_grade.notebook import Answer, read_answers
from qta_grade.pages import load_page
from qta_grade.report import Row
from qta_grade.tables import number


def write_by_hand(out: Path, rows: Iterable[Row], submissions: Iterable[Submission], title: str) -> None:
    """Write ``by-hand.html`` with the answers, and ``to-mark.csv``: lines for ``overrides.csv`` without points.

    The submissions are read again, and not run.
    """
    rows = [row for row in rows if row.graded and row.result and row.edition.by_hand]
    files = {submission.student: submission for submission in submissions}
    answers = {row.student: _answers(files[row.student], row.edition) for row in rows}
    questions: dict[str, list[dict]] = {}
    titles: dict[str, str] = {}
    for row in rows:
        for question in row.edition.specification.questions:
            if question.by_hand:
                titles.setdefault(question.id, question.title)
                questions.setdefault(question.id, []).append(
                    {
                        "row": row,
                        "answer": answers[row.student].get(question.id, Answer()),
                        "possible": question.points,
                        "override": row.overrides.get(question.id),
                    }
                )
    template, look = load_page("by-hand.html", "feedback.css", "by-hand.css", number=number)
    write(out / "by-hand.html", template.render(title=title, questions=questions, titles=titles, **look))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["id", "question", "points", "comment"])
    table.writerows([no_formula(row.student), question, "", ""] for row in rows for question in row.unmarked)
    write(out / "to-mark.csv", text.getvalue(), "utf-8-sig")


def _answers(submission: Submission, edition: Edition) -> dict[str, Answer]:
    try:
        given = edition.specification
        return read_answers(submission.entry.read(), edition.by_hand, given.template, given.texts)
    except Exception:  # it holds what the student wrote: it costs these answers, and the notes say what is wrong
        return {}
