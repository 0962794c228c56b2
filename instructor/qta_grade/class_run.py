"""The command ``grade``: from the submissions of a class to scores, feedback and a report."""

from collections import Counter
from collections.abc import Collection
from pathlib import Path

from qta_grade import Refused
from qta_grade.batch import Run, claimed, fingerprint, grade_batch
from qta_grade.by_hand import write_by_hand
from qta_grade.feedback import write_pages
from qta_grade.files import file_name
from qta_grade.intake import Submission, collect
from qta_grade.report import Row, make_rows, write_report, write_scores
from qta_grade.tables import number, read_class_list, read_late, read_overrides


def grade_class(
    run: Run,
    submissions: Path,
    out: Path,
    *,
    class_list: Path | None = None,
    id_pattern: str | None = None,
    only: Collection[str] = (),
    late_penalty: float | None = None,
) -> bool:
    """Grade a class, and write what README.md lists under OUT; return whether everybody was graded.

    If something that the instructor gave cannot be used, nothing is graded. A run that was interrupted goes on when it
    is repeated. `late_penalty` is the percentage of the possible points that each day in OUT/late.csv costs.
    """
    if out.resolve().is_relative_to(submissions.resolve()):
        raise Refused(f"{out} lies inside {submissions}, and would be taken for a submission: name another folder.")
    names = read_class_list(class_list) if class_list else {}
    intake = collect(submissions, id_pattern, names if class_list else None, run.specification.name)
    students = {submission.student for submission in intake.submissions} | names.keys()
    most = _most_points(run)
    with claimed(out, run.specification.name):
        by_hand = {question for edition in (run.present, *run.earlier) for question in edition.by_hand}
        overrides = read_overrides(out / "overrides.csv", students, most, by_hand)
        if late_penalty is None and (out / "late.csv").exists():
            raise Refused(
                f"{out / 'late.csv'} says who was late, but not what a day costs: say --late-penalty PERCENT."
            )
        late = read_late(out / "late.csv", students)
        gone = _no_longer_here(intake.submissions, out / "results")
        outcomes = grade_batch(intake, out, run, only)
        rows = make_rows(run.present, intake.submissions, outcomes, names, overrides, late, late_penalty or 0)
        about = {
            "assignment": run.specification.name,
            "specification_sha256": run.digest,
            "tier": run.tier,
            "secret_fingerprint": fingerprint(run.secret),
            "possible": run.present.possible,
            "optional": run.present.optional,
            "late_penalty": late_penalty,
        }
        write_pages(out / "feedback", rows)
        if by_hand:
            write_by_hand(out, rows, intake.submissions, run.specification.title)
        write_report(out / "report.json", rows, about, intake.problems)
        write_scores(out / "scores.csv", rows, list(most), late=late_penalty is not None)  # last: where it is, all is
    if late_penalty is not None:
        _tell_late(intake.submissions, late)
    if gone:
        print(f"{len(gone)} who were graded here before are not among these submissions: {', '.join(gone[:9])}.")
    _summarise(rows, intake.problems, out)
    before = sum(bool(outcome.result) and not outcome.now for outcome in outcomes.values())
    if before:
        print(f"{before} of them were graded in an earlier run: the files are the same.")
    return all(row.graded for row in rows)


def _no_longer_here(submissions: list[Submission], results: Path) -> list[str]:
    here = {file_name(submission.student) for submission in submissions}
    return sorted({path.stem for path in results.glob("*.json")} - here)


def _most_points(run: Run) -> dict[str, float]:
    """Return the most points that any edition gives per question, the present one's questions first."""
    most: dict[str, float] = {}
    for edition in (run.present, *run.earlier):
        for question, points in edition.possible.items():
            most[question] = max(points, most.get(question, 0))
    return most


def _tell_late(submissions: list[Submission], late: dict[str, float]) -> None:
    """Name those of whom only the platform says that they were late, since it does not say by how much."""
    unsaid = [submission.student for submission in submissions if submission.late and submission.student not in late]
    print(f"late.csv has lines for {len(late)} student{'s' if len(late) != 1 else ''}.")
    if unsaid:
        print(f"Late, as the platform says, but not in late.csv, so nothing is deducted: {', '.join(unsaid)}.")


def _summarise(rows: list[Row], problems: list[str], out: Path) -> None:
    for problem in problems:
        print(f"Problem: {problem}")
    for row in rows:
        if not row.graded:
            print(f"Not graded: {row.student}: {' '.join(row.notes)}")
    scores = [row.score for row in rows if row.final and row.result]
    kinds = Counter("graded" if row.result else "without a notebook" if row.graded else "not graded" for row in rows)
    totals = {row.total for row in rows}
    of = f" of {number(totals.pop())}" if len(totals) == 1 else ""  # editions may differ
    mean = f", on average {number(round(sum(scores) / len(scores), 2))}{of} points" if scores else ""
    print(", ".join(f"{count} {kind}" for kind, count in kinds.items()) + f"{mean}.")
    unmarked = sum(len(row.unmarked) for row in rows)
    if unmarked:
        waiting = "1 answer waits" if unmarked == 1 else f"{unmarked} answers wait"
        print(f"{waiting} to be marked: read by-hand.html, and put points into overrides.csv.")
    flagged = sum(bool(row.result and row.result["flags"]) for row in rows)
    if flagged:
        print(f"{flagged} with something to look at: see the notes in scores.csv.")
    print(f"Scores, feedback and report are in {out}.")
