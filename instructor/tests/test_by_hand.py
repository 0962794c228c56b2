"""Questions that the instructor marks: in the source, in grading, on the pages."""

import base64
import csv
import json
import shutil

import pytest
from qta_grade import Refused
from qta_grade.batch import Run
from qta_grade.build import build
from qta_grade.class_run import grade_class
from qta_grade.compare import compare
from qta_grade.notebook import MAX_SHOWN, read_answers
from qta_grade.simulate import simulate
from qta_grade.source import read_source
from qta_grade.specification import load_specification
from qta_grade.submission import grade_submission
from qta_grade.verify import verify

SECRET = b"0123456789abcdef"
WRITTEN = '<!-- @question q3 points=4 title="Why?" marked=by-hand -->\n*Write your answer here.*'
FIGURE = (
    '# @question q4 points=2 title="A figure" marked=by-hand\n# BEGIN SOLUTION prompt="# Draw here."\nshown = x\n'
    "# END SOLUTION"
)


def png(width=640, height=480, signature=b"\x89PNG\r\n\x1a\n"):
    sizes = width.to_bytes(4, "big") + height.to_bytes(4, "big")
    return base64.b64encode(signature + b"\0\0\0\rIHDR" + sizes + b" and so on").decode()


PNG = png()


def add(room, *sources):
    """Add cells to the demo, Markdown where they begin with <."""
    path = room / "sources" / "demo.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for number, source in enumerate(sources):
        kind = {"cell_type": "markdown"} if source.startswith("<") else {"cell_type": "code", "outputs": []}
        ran = {"execution_count": None} if "outputs" in kind else {}
        notebook["cells"].append({**kind, **ran, "id": f"new{number}", "metadata": {}, "source": source})
    path.write_text(json.dumps(notebook), encoding="utf-8")
    return path


@pytest.fixture
def by_hand(room):
    """The demo with a written answer and a figure, built."""
    add(room, WRITTEN, FIGURE)
    build("demo", room)
    return room


def test_students_get_the_marker_and_no_solution(by_hand):
    cells = json.loads((by_hand.parent / "assignments" / "demo.ipynb").read_text(encoding="utf-8"))["cells"]
    assert ("".join(cells[-2]["source"]), cells[-2]["cell_type"]) == (WRITTEN, "markdown")
    assert "".join(cells[-1]["source"]) == FIGURE.split("\n")[0] + "\n# Draw here."
    questions = load_specification("demo", by_hand).questions
    assert [(question.id, question.by_hand) for question in questions] == [
        ("q1", False), ("q2", False), ("q3", True), ("q4", True),
    ]  # fmt: skip


def test_a_specification_without_such_questions_is_written_as_before(specification):
    assert "by_hand" not in specification.to_json()


def test_it_verifies_and_no_mutants_are_wanted(by_hand, tier, capsys):
    assert verify("demo", by_hand, tier) == []
    assert "q3 Why?: 4 points, marked by hand" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([WRITTEN.replace(" marked=by-hand", "")], "q3 in cell 17 is answered in Markdown"),
        ([FIGURE.replace("by-hand", "later")], "marked=later in cell 17: it takes by-hand"),
        ([FIGURE, "# @check q4 public points=2 fail='no'\ndef check_x(x): ..."], "q4 is marked by hand and has checks"),
        (["<!-- @check q1 public points=1 fail='no' -->"], "Cell 17 is Markdown, and says @check"),
        (["<p>\n" + WRITTEN], "In cell 17, line 2"),
        ([WRITTEN, WRITTEN], "There are 2 of the question q3"),
        ([WRITTEN.replace("points=4", "points=no")], "points=no in cell 17"),
    ],
)  # fmt: skip
def test_a_fault_is_refused(room, cells, says):
    with pytest.raises(Refused) as refused:
        read_source(add(room, *cells))
    assert says in str(refused.value)


def test_a_made_up_class_comes_with_points_for_them(by_hand, tier, tmp_path, capsys):
    folder, out = tmp_path / "class", tmp_path / "out"
    simulate("demo", 4, folder, root=by_hand)  # no attack is among the first four
    assert f"cp {folder / 'overrides.csv'} OUT  # no points for q3, q4" in capsys.readouterr().out
    assert {row["possible"] for row in rows(folder / "expected.csv")} == {"17"}
    out.mkdir()
    shutil.copy(folder / "overrides.csv", out)
    specification = load_specification("demo", by_hand)
    run = Run(specification, specification.digest, SECRET, tier, grade_submission, jobs=1)
    assert grade_class(run, folder / "submissions", out, class_list=folder / "class.csv")
    assert compare(folder, out) == []


def test_nothing_to_rehearse_where_all_is_marked_by_hand(tmp_path):
    room = tmp_path / "instructor"
    (room / "sources").mkdir(parents=True)
    header = '# @assignment title="A" cpu_per_cell=1 cpu_per_check=1 memory_gb=2 tensorflow=no'
    cells = [{**code(header), "execution_count": None}, text(WRITTEN)]
    cells = [{**cell, "id": f"c{number}", "metadata": {}} for number, cell in enumerate(cells)]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (room / "sources" / "essay.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(Refused, match="essay has no question with checks"):
        simulate("essay", 5, tmp_path / "class", root=room)


def code(source, *pictures):
    outputs = [{"output_type": "display_data", "metadata": {}, "data": {"image/png": picture}} for picture in pictures]
    return {"cell_type": "code", "source": source, "outputs": outputs}


def text(source, **more):
    return {"cell_type": "markdown", "source": source, **more}


def made(*cells):
    return json.dumps({"cells": cells}).encode()


HOSTILE = "</pre><script>alert(1)</script>{{ 7*7 }}"
MARKER = WRITTEN.split("\n")[0]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (text(f"{MARKER}\nBecause."), "Because."),
        (text(["So:\n", f"{MARKER}\n", "Because."]), "So:\n\nBecause."),
        (text("<!-- @question q3"), ""),
        (text(MARKER + "x" * MAX_SHOWN * 2), "x" * MAX_SHOWN + " ... (the rest is left out)"),
        (text("<!-- @question q3" * 100_000), ""),  # in a moment, and not in hours
    ],
)
def test_a_written_answer_is_what_stands_around_its_marker(cell, expected):
    assert read_answers(made(cell), ["q3"])["q3"].text == expected


@pytest.mark.parametrize(
    "cell", [text("Because."), text(MARKER.replace("q3", "q9")), {**text(MARKER), "cell_type": "raw"}]
)
def test_without_a_marker_there_is_no_answer(cell):
    assert read_answers(made(cell), ["q3"]) == {}


def test_pictures_are_base64_and_not_too_many_or_large():
    cell = code("# @question q4\nplot()", PNG, [PNG[:4] + "\n", PNG[4:]], '"><script>', "A" * 2_000_000, 7, PNG, PNG)
    assert read_answers(made(cell), ["q4"])["q4"].pictures == [f"data:image/png;base64,{PNG}"] * 3
    none = code("# @question q4\nplot()", png(60_000, 60_000), png(0), png(signature=b"GIF89a\0\0"), "", PNG[:12])
    assert read_answers(made(none), ["q4"])["q4"].pictures == []
    pasted = text(MARKER, attachments={"a.png": {"image/png": PNG}, "b.svg": {"image/svg+xml": "<svg/>"}})
    assert read_answers(made(pasted), ["q3"])["q3"].pictures == [f"data:image/png;base64,{PNG}"]


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_from_answers_to_points(by_hand, solution, tier, tmp_path):
    place, out = tmp_path / "in", tmp_path / "out"
    place.mkdir()
    solved = [code(source) for source in solution[:-1]]
    figure = code("# @question q4 points=2\nshown = x", PNG)
    (place / "ann.ipynb").write_bytes(made(*solved, text(f"{MARKER}\n{HOSTILE}"), figure))
    (place / "bo.ipynb").write_bytes(made(*solved))
    class_list = tmp_path / "class.csv"
    class_list.write_text("id,name\nann,Ann Lee\nbo,Bo\ncy,Cy\n", encoding="utf-8")
    specification = load_specification("demo", by_hand)
    run = Run(specification, specification.digest, SECRET, tier, grade_submission, jobs=1)

    assert grade_class(run, place, out, class_list=class_list)
    ann, bo, cy = rows(out / "scores.csv")
    assert (ann["score"], ann["possible"], ann["q1"], ann["q3"]) == ("", "17", "5", "")
    assert ann["note"] == bo["note"] == "Not marked yet, so without a score: q3, q4."
    assert (cy["score"], cy["q3"]) == ("0", "0")
    waiting = rows(out / "to-mark.csv")
    assert [(row["id"], row["question"], row["points"]) for row in waiting] == [
        ("ann", "q3", ""), ("ann", "q4", ""), ("bo", "q3", ""), ("bo", "q4", ""),
    ]  # fmt: skip
    page = (out / "by-hand.html").read_text(encoding="utf-8")
    assert "2 of 2 are not marked yet" in page
    assert "&lt;/pre&gt;&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    assert f'<img src="data:image/png;base64,{PNG}"' in page
    assert "Nothing stands under this question" in page  # of bo
    student = (out / "feedback" / "ann.html").read_text(encoding="utf-8")
    assert "No score yet: q3, q4 are still to be marked" in student
    assert "<strong>11</strong>" not in student
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["students"][0]["score"] is None

    table = (out / "to-mark.csv").read_text(encoding="utf-8-sig")
    table = table.replace("ann,q3,,", "ann,q3,3.5,Good").replace("ann,q4,,", "ann,q4,2,")
    (out / "overrides.csv").write_text(table, encoding="utf-8")  # the lines of bo wait
    assert grade_class(run, place, out, class_list=class_list)
    ann, bo, _ = rows(out / "scores.csv")
    assert (ann["score"], ann["q3"], ann["q4"], bo["score"]) == ("16.5", "3.5", "2", "")
    assert [row["id"] for row in rows(out / "to-mark.csv")] == ["bo", "bo"]
    student = (out / "feedback" / "ann.html").read_text(encoding="utf-8")
    assert "Your instructor gave your answer 3.5 of 4 points. Good" in student
    assert "1 of 2 are not marked yet" in (out / "by-hand.html").read_text(encoding="utf-8")

    (out / "overrides.csv").write_text(table.replace("3.5", "5"), encoding="utf-8")
    with pytest.raises(Refused, match="q3 takes a number from 0 to 4"):
        grade_class(run, place, out, class_list=class_list)
