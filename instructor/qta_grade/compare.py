"""Whether a rehearsal came out as expected: the scores of a made-up class beside those that it had to get."""

from collections import Counter
from pathlib import Path

from qta_grade.tables import read_rows


def compare(folder: Path, out: Path) -> list[str]:
    """Compare the scores in `out` with what `simulate` expects; print and return a sentence for each difference."""
    expected = {
        row["id"]: row for row in _table(folder / "expected.csv", ["id", "kind", "what", "expected", "possible"])
    }
    scores = {row["id"]: row for row in _table(out / "scores.csv", ["id", "score", "possible", "note"])}
    differences = {
        student: said for student, row in expected.items() if (said := _difference(row, scores.get(student)))
    }
    all_of, wrong = (Counter(expected[student]["kind"] for student in them) for them in (expected, differences))
    for kind, many in sorted(all_of.items()):
        print(f"{kind}: {many - wrong[kind]} of {many} as expected")
    strangers = [f"{student} has a score, but is not in expected.csv." for student in scores if student not in expected]
    said = [*differences.values(), *strangers]
    print(*said, f"{len(expected) - len(differences)} of {len(expected)} as expected.", sep="\n")
    return said


def _table(path: Path, columns: list[str]) -> list[dict[str, str]]:
    return [row for _, row in read_rows(path, columns)]


def _difference(expected: dict[str, str], got: dict[str, str] | None) -> str:
    who = f"{expected['id']} ({expected['kind']}: {expected['what']})"
    if got is None:
        return f"{who} is not in scores.csv."
    if (got["score"], got["possible"]) == (expected["expected"], expected["possible"]):
        return ""
    score = f"{got['score']} of {got['possible']} points" if got["score"] else "no score"
    note = f" {got['note']}" if got["note"] else ""
    return f"{who} has {score} and not {expected['expected']} of {expected['possible']}.{note}"
