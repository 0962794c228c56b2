"""One submission of ten makes something fail where it is read, and the nine others keep their scores."""

import ast
import csv
import json
import zipfile

import pytest
from qta_grade import NotStarted, archive, feedback, similarity, submission, values
from qta_grade.batch import Run
from qta_grade.class_run import grade_class
from qta_grade.flags import MAX_PARSED, flags_of
from qta_grade.notebook import read_cells
from qta_grade.submission import grade_submission

EVE = "eve was here"
NINE = [f"student-{number}" for number in range(9)]
KINDS = [RecursionError, MemoryError, KeyError]
OURS = "The grader itself failed here"


@pytest.fixture
def place(tmp_path, solution, notebook):
    """A class in a zip archive; her file's name, her code and her answers bear a mark."""
    hers = [*solution, f"# @question q1\ndef loss(weights, x, y):\n    return '{EVE}'"]
    members = {f"{EVE}.ipynb": notebook(hers), **{f"{student}.ipynb": notebook(solution) for student in NINE}}
    path = tmp_path / "class.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def scores(out):
    with (out / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def failing(function, kind):
    """Give the function, but for a call with anything that bears her mark."""

    def wrapped(*given, **named):
        if any(EVE in repr(one) for one in given):
            raise kind("no")
        return function(*given, **named)

    return wrapped


def failing_pages(kind):
    return lambda *given: failing(feedback_renderer(*given), kind)


feedback_renderer = feedback.renderer


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("where", "name", "graded", "says"),
    [
        (archive, "printable", True, "its name cannot be read"),
        (zipfile.ZipFile, "open", True, "the zip archive is damaged here"),
        (submission, "read_cells", False, OURS),
        (ast, "parse", True, ""),
        (submission, "flags_of", True, "Look at this: The code could not be searched"),
        (values, "decode", True, ""),
        (feedback, "renderer", True, "The feedback page could not be made"),
    ],
)
def test_it_costs_its_owner_alone(tmp_path, monkeypatch, place, specification, tier, kind, where, name, graded, says):
    wrapped = failing_pages(kind) if name == "renderer" else failing(getattr(where, name), kind)
    monkeypatch.setattr(where, name, wrapped)
    run = Run(specification, "d1", b"0123456789abcdef", tier, grade_submission, jobs=2)
    assert grade_class(run, place, tmp_path / "out") == graded
    rows = scores(tmp_path / "out")
    assert {rows[student]["score"] for student in NINE} == {"11"}
    assert says in rows[EVE]["note"]
    assert bool(rows[EVE]["score"]) == graded
    assert len(list((tmp_path / "out/feedback").iterdir())) == 10 - (name == "renderer")


@pytest.mark.parametrize("kind", KINDS)
def test_replies_are_read_under_guard(tmp_path, monkeypatch, place, specification, tier, kind):
    loads = json.loads
    monkeypatch.setattr(
        json, "loads", lambda text: failing(loads, kind)(text) if text[:6] == b'{"id":' else loads(text)
    )
    run = Run(specification, "d1", b"0123456789abcdef", tier, grade_submission, jobs=2)
    grade_class(run, place, tmp_path / "out")
    rows = scores(tmp_path / "out")
    assert {rows[student]["score"] for student in NINE} == {"11"}
    assert rows[EVE]["score"] != "11"


@pytest.mark.parametrize("kind", KINDS)
def test_similarity_leaves_out_what_fails(tmp_path, monkeypatch, place, specification, kind, capsys):
    monkeypatch.setattr(similarity, "read_code", failing(similarity.read_code, kind))
    similarity.report_similarity(specification, place, tmp_path / "out")
    said = capsys.readouterr().out
    assert f"Not compared: {EVE}: It could not be read ({kind.__name__})." in said
    assert "9 submissions compared" in said


class Unlucky:
    """A grader whose sandbox does not start for some, once or always."""

    def __init__(self, students, times):
        self.left = dict.fromkeys(students, times)

    def __call__(self, specification, notebook, student, secret, tier):
        if self.left.get(student):
            self.left[student] -= 1
            raise NotStarted("No sandbox can be started: Resource temporarily unavailable.")
        return grade_submission(specification, notebook, student, secret, tier)


@pytest.mark.parametrize(("students", "times"), [(["student-3"], 1), (["student-3"], 9), ([EVE, *NINE], 9)])
def test_a_start_that_fails_is_tried_again_and_is_nobody_else_s(
    tmp_path, monkeypatch, place, specification, tier, students, times
):
    monkeypatch.setattr("qta_grade.batch.PAUSE", 0)
    run = Run(specification, "d1", b"0123456789abcdef", tier, Unlucky(students, times), jobs=2)
    failed = set(students) if times > 1 else set()
    assert grade_class(run, place, tmp_path / "out") == (not failed)
    for student, row in scores(tmp_path / "out").items():
        assert (row["score"] == "") == (student in failed)
        assert ("did not start, at a second try either" in row["note"]) == (student in failed)
    (tmp_path / "out/scores.csv").unlink()
    later = Run(specification, "d1", b"0123456789abcdef", tier, grade_submission, jobs=2)
    assert grade_class(later, place, tmp_path / "out")  # the same command goes on from there
    assert {scores(tmp_path / "out")[student]["score"] for student in NINE} == {"11"}


def test_a_giant_is_searched_for_words_only(specification, notebook, monkeypatch):
    parsed = []
    parse = ast.parse
    monkeypatch.setattr(ast, "parse", lambda source: parsed.append(len(source)) or parse(source))
    cell = "\n".join(f"a{number} = b.c{number}" for number in range(4000))
    cells = read_cells(notebook([*[cell] * 300, "np.linalg.lstsq(1, 2)"]))
    flags = flags_of(cells, specification)
    assert flags == ["Cell 301 uses lstsq, which does the work of the question."]
    assert sum(parsed) < MAX_PARSED + sum(map(len, specification.template))
