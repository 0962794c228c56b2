"""A class made up for a rehearsal, and its scores compared with those that it had to get."""

import csv
import json

import nbformat
import pytest
from qta_grade import Refused, __main__, batch
from qta_grade.__main__ import main
from qta_grade.compare import compare
from qta_grade.intake import collect
from qta_grade.notebook import Unreadable, read_cells
from qta_grade.simulate import simulate
from qta_grade.tables import read_class_list

KINDS = {"solved", "part solved", "unsolved", "mutant", "mistake", "attack", "broken"}


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_makes_the_same_class(room, tmp_path):
    for folder, seed in (("one", 1), ("two", 1), ("three", 2)):
        simulate("demo", 60, tmp_path / folder, seed, room)
    one, two, three = (contents(tmp_path / folder) for folder in ("one", "two", "three"))
    assert one == two
    assert one.keys() != three.keys()


def test_a_class_has_all_kinds_and_can_be_graded(room, tmp_path, capsys):
    simulate("demo", 20, tmp_path / "class", root=room)
    expected = table(tmp_path / "class" / "expected.csv")
    assert {row["kind"] for row in expected.values()} == KINDS | {"absent"}
    names = read_class_list(tmp_path / "class" / "class.csv")
    assert names.keys() == expected.keys()
    assert all(names.values())
    intake = collect(tmp_path / "class" / "submissions", class_list=names)
    assert intake.problems == []
    handed_in = {submission.student for submission in intake.submissions}
    assert len(handed_in) == 20
    assert [row["kind"] for student, row in expected.items() if student not in handed_in] == ["absent"]
    assert "1 absent" in capsys.readouterr().out
    simulate("demo", 50, tmp_path / "larger", root=room)
    kinds = [row["kind"] for row in table(tmp_path / "larger" / "expected.csv").values()]
    assert (kinds.count("endless"), kinds.count("solved"), kinds.count("mutant")) == (1, 15, 10)


def test_optional_questions_count_in_no_score(room, tmp_path):
    path = room / "sources" / "demo.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("# @question q2 points=6", "# @question q2 optional=yes points=6"), encoding="utf-8")
    simulate("demo", 30, tmp_path / "class", root=room)
    expected = table(tmp_path / "class" / "expected.csv").values()
    assert {row["possible"] for row in expected} == {"5"}
    assert {row["expected"] for row in expected if row["kind"] in ("solved", "part solved")} == {"5"}
    assert {row["expected"] for row in expected if row["what"].startswith("q2 ")} == {"5"}  # a mutant of it


def test_files_are_sound_notebooks_but_for_the_broken_ones_and_nothing_is_left_to_fill_in(room, tmp_path):
    simulate("demo", 300, tmp_path / "class", root=room)
    expected = table(tmp_path / "class" / "expected.csv")
    for path in (tmp_path / "class" / "submissions").iterdir():
        kind, content = expected[path.stem]["kind"], path.read_bytes()
        if kind != "broken":
            nbformat.validate(nbformat.reads(content.decode(), 4))
            sources = "".join(cell.source for cell in read_cells(content))
            assert not [name for name in ("$MARK", "$TESTS", "$FOLDER", "$PORT", "$ID") if name in sources]
        elif "half a character" not in expected[path.stem]["what"]:
            with pytest.raises(Unreadable):
                read_cells(content)


@pytest.fixture
def quick(room):
    """The demo with limits of half a second."""
    path = room / "specifications" / "demo.json"
    text = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**text, "cpu_per_cell": 0.5, "cpu_per_check": 0.5}), encoding="utf-8")
    return room


@pytest.fixture
def graded(quick, tier, tmp_path, monkeypatch):
    """A class of 40, graded; where bubblewrap is, for the attacks are real ones."""
    if tier not in ("warm", "bubblewrap"):
        pytest.skip("A made-up class needs bubblewrap.")
    monkeypatch.setattr(__main__, "ROOT", quick)
    monkeypatch.setattr(batch, "limit_memory", lambda: None)  # it would hold for all tests that follow
    folder, out = tmp_path / "class", tmp_path / "out"
    simulate("demo", 40, folder, root=quick)
    submissions, class_list = folder / "submissions", folder / "class.csv"
    assert main(["grade", "demo", str(submissions), "-o", str(out), "--class-list", str(class_list)]) == 0
    return folder, out


def test_a_class_gets_the_scores_that_it_had_to_get(graded, capsys):
    folder, out = graded
    capsys.readouterr()
    assert main(["compare", str(folder), str(out)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "41 of 41 as expected."
    assert "solved: 12 of 12 as expected" in said
    student = next(row["id"] for row in table(folder / "expected.csv").values() if row["kind"] == "solved")
    scores = (out / "scores.csv").read_text(encoding="utf-8-sig").splitlines(keepends=True)
    scores = [line.replace(",11,11,", ",10,11,") if line.startswith(student) else line for line in scores]
    (out / "scores.csv").write_text("".join(scores), encoding="utf-8")
    assert main(["compare", str(folder), str(out)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert said[-2:] == [
        f"{student} (solved: 2 of 2 questions solved) has 10 of 11 points and not 11 of 11.",
        "40 of 41 as expected.",
    ]
    assert "solved: 11 of 12 as expected" in said


def made(tmp_path, expected, scores):
    (tmp_path / "expected.csv").write_text("id,kind,what,expected,possible\n" + expected)
    (tmp_path / "scores.csv").write_text("id,score,possible,note\n" + scores)
    return compare(tmp_path, tmp_path)


def test_what_is_missing_strange_or_not_graded_differs(tmp_path):
    expected = "a,solved,all,3,3\nb,solved,all,3,3\nc,mutant,q1 halves,2.5,3\n"
    assert made(tmp_path, expected, "a,3,3,\nb,3,3,Look at this.\nc,2.5,3,\n") == []
    assert made(tmp_path, expected, "b,,3,The grader itself failed.\nc,2.5,4,\nd,3,3,\n") == [
        "a (solved: all) is not in scores.csv.",
        "b (solved: all) has no score and not 3 of 3. The grader itself failed.",
        "c (mutant: q1 halves) has 2.5 of 4 points and not 2.5 of 3.",
        "d has a score, but is not in expected.csv.",
    ]


def test_what_cannot_be_done_is_refused_and_nothing_is_written(room, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    for count, folder, says in [(0, "new", "class of 0"), (2_001, "new", "to 2,000"), (5, "full", "not empty")]:
        with pytest.raises(Refused, match=says):
            simulate("demo", count, tmp_path / folder, root=room)
    with pytest.raises(Refused, match="demo"):
        simulate("hw", 5, tmp_path / "new", root=room)
    assert not (tmp_path / "new").exists()
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    with pytest.raises(Refused, match=r"expected\.csv"):
        compare(tmp_path / "full", tmp_path)
