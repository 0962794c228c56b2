"""Questions that the instructor marks: in the source, in grading, on the pages."""

import base64
import csv
import json
import shutil
from dataclasses import replace

import pytest
from qta_grade import Refused
from qta_grade.batch import Run
from qta_grade.build import build
from qta_grade.class_run import grade_class
from qta_grade.compare import compare
from qta_grade.notebook import MAX_PICTURES, MAX_SHOWN, MAX_TRIED, read_answers
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


def jpeg(width=640, height=480, before=b"\xff\xe0\0\4JF", frame=0xC2):
    sizes = height.to_bytes(2, "big") + width.to_bytes(2, "big")
    return base64.b64encode(b"\xff\xd8" + before + b"\xff" + bytes([frame]) + b"\0\x11\x08" + sizes + b"...").decode()


PNG, JPEG = png(), jpeg()


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
    assert '"texts"' not in specification.to_json()


def test_the_texts_change_no_score(by_hand):
    specification = load_specification("demo", by_hand)
    assert WRITTEN in specification.texts
    assert replace(specification, texts=[]).digest == specification.digest


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
    both = text(MARKER, attachments={"a.png": {"image/png": PNG}, "b.svg": {"image/svg+xml": "<svg/>"}})
    assert read_answers(made(both), ["q3"])["q3"].pictures == [f"data:image/png;base64,{PNG}"]


def test_an_answer_goes_on_in_the_students_own_cells():
    given = ["plot(x)", "# @question q4 points=2 marked=by-hand\n# Draw here."]
    texts = [WRITTEN, "## The next part"]
    cells = [
        text(WRITTEN), text("Because."), text("## The next part"), {**text("So."), "cell_type": "raw"},
        code("mine()", PNG), code("plot(x)", PNG), text("Not of an answer."),
        code(given[1]), code("own_figure()", PNG), code("# A public check of q1, worth 1\ncheck()", PNG),
        code("z", PNG), text("<!-- @question q9 -->"), text("Of q9."),
    ]  # fmt: skip
    answers = read_answers(made(*cells), ["q3", "q4"], given, texts)
    assert answers["q3"].text == "*Write your answer here.*\n\nBecause.\n\nSo.\n\nmine()"
    assert answers["q4"].text == "# Draw here.\n\nown_figure()"
    assert [len(answers[question].pictures) for question in ("q3", "q4")] == [1, 1]
    assert [answers[question].as_handed_out for question in ("q3", "q4")] == [False, False]


@pytest.mark.parametrize(
    ("cells", "untouched"),
    [
        ([text(WRITTEN), text("## The next part"), text(" ")], True),
        ([text(WRITTEN.replace(' title="Why?"', ""))], True),
        ([text(WRITTEN), text("")], True),
        ([text(WRITTEN + "x")], False),
        ([text(WRITTEN), text("x")], False),
        ([text(WRITTEN, attachments={"a.png": {"image/png": PNG}})], False),
        ([text(WRITTEN), code("", "too large")], False),
    ],
)
def test_what_was_handed_out_is_told_from_an_answer(cells, untouched):
    answer = read_answers(made(*cells), ["q3"], ["plot(x)"], [WRITTEN, "## The next part"])["q3"]
    assert answer.as_handed_out is untouched


def pasted(*pictures):
    return text(MARKER, attachments={str(number): picture for number, picture in enumerate(pictures)})


@pytest.mark.parametrize(
    ("cell", "shown", "not_shown"),
    [
        (pasted({"image/jpeg": JPEG}, {"image/jpeg": jpeg(before=b"", frame=0xC0)}), 2, 0),
        (pasted({"image/jpeg": PNG}, {"image/png": JPEG}, {"image/gif": PNG}, {"image/svg+xml": "<svg/>"}), 0, 4),
        (pasted(*[{"image/jpeg": jpeg(*size)} for size in ((60_000, 60_000), (0, 1), (1, 0))]), 0, 3),
        (pasted({"image/jpeg": jpeg(before=b"\xff\xd0")}, {"image/jpeg": jpeg(before=b"\xff\xe0\0\1")}), 0, 2),
        (pasted({"image/jpeg": jpeg(before=b"\0\0")}, {"image/jpeg": JPEG[:12]}), 0, 2),
        (pasted({"image/jpeg": jpeg(before=b"\xff\xe0\0\2" * 5_000)}), 0, 1),  # the size is looked for in a moment
        (pasted(*[{"image/gif": ""}] * MAX_TRIED, {"image/png": PNG}), 0, MAX_TRIED + 1),
        (pasted({"image/jpeg": "A" * 2_000_000}), 0, 1),
        (pasted({"image/svg+xml": "<svg/>", "image/png": PNG}, {"text/plain": "no picture"}), 1, 0),
        (pasted({"application/vnd.plotly.v1+json": {}, "text/html": "<div>"}), 0, 1),
        (pasted(*[{"image/png": PNG}] * 5), MAX_PICTURES, 2),
        (text(f"{MARKER}\n![a](data:image/jpeg;base64,{JPEG}) ![b](data:image/svg+xml;base64,{PNG})"), 1, 1),
        (text(f"{MARKER}\n" + "data:image/" * 500_000), 0, 0),  # in a moment
    ],
)  # fmt: skip
def test_pictures_that_are_not_shown_are_counted(cell, shown, not_shown):
    answer = read_answers(made(cell), ["q3"])["q3"]
    assert (len(answer.pictures), answer.not_shown) == (shown, not_shown)


def test_a_picture_within_the_text_leaves_room_for_the_text():
    cell = text(f"{MARKER}\n![a](data:image/png;base64,{'A' * MAX_SHOWN})\nBecause.")
    assert read_answers(made(cell), ["q3"])["q3"].text == "![a](picture)\nBecause."


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_from_answers_to_points(by_hand, solution, tier, tmp_path, capsys):
    place, out = tmp_path / "in", tmp_path / "out"
    place.mkdir()
    solved = [code(source) for source in solution[:-1]]
    figure = code("# @question q4 points=2\nshown = x", PNG, "no picture")
    (place / "ann.ipynb").write_bytes(made(*solved, text(f"{MARKER}\n{HOSTILE}"), figure))
    (place / "bo.ipynb").write_bytes(made(*solved, text(WRITTEN)))
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
    assert "1 picture is not shown: open the notebook." in page
    assert page.count("As it was handed out: look also into the cells around it.") == 1  # q3 of bo
    assert page.count("Nothing stands under this question") == 1  # q4 of bo
    student = (out / "feedback" / "ann.html").read_text(encoding="utf-8")
    assert "No score yet: q3, q4 are still to be marked" in student
    assert "<strong>11</strong>" not in student
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["students"][0]["score"] is None

    table = (out / "to-mark.csv").read_text(encoding="utf-8-sig")
    table = table.replace("ann,q3,,", "ann,q3,3.5,Good").replace("ann,q4,,", "ann,q4,2,")
    table = table.replace("bo,q3,,", "bo,q3,0,")
    (out / "overrides.csv").write_text(table, encoding="utf-8")  # a line of bo waits
    assert grade_class(run, place, out, class_list=class_list)
    ann, bo, _ = rows(out / "scores.csv")
    assert (ann["score"], ann["q3"], ann["q4"], bo["score"]) == ("16.5", "3.5", "2", "")
    assert [row["id"] for row in rows(out / "to-mark.csv")] == ["bo"]
    assert "1 answer waits to be marked" in capsys.readouterr().out
    student = (out / "feedback" / "ann.html").read_text(encoding="utf-8")
    assert "Your instructor gave your answer 3.5 of 4 points. Good" in student
    assert "1 of 2 are not marked yet" in (out / "by-hand.html").read_text(encoding="utf-8")

    (out / "overrides.csv").write_text(table.replace("3.5", "5"), encoding="utf-8")
    with pytest.raises(Refused, match="q3 takes a number from 0 to 4"):
        grade_class(run, place, out, class_list=class_list)
