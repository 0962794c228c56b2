"""Marks taken back to the platform: the right one reaches the right person, and nothing else changes."""

import csv
import io
import json
import random
import zipfile

import pytest
from qta_grade.__main__ import main

CLASS = 300
NAMES = ["Ann Lee", "Zoë Müller", "Ann Lee", 'Bo "Bobby" Li', "Müller, Özgür", "李 娜", "O_Neill Kim", "Jean/Luc"]


@pytest.fixture
def students():
    """Ids in an order of their own, a name and a score each; names are there several times."""
    rng = random.Random(1)
    ids = rng.sample(range(1000, 99999), CLASS)
    return {str(student): (NAMES[n % len(NAMES)], round(rng.uniform(0, 21) * 4) / 4) for n, student in enumerate(ids)}


@pytest.fixture
def out(tmp_path, students):
    folder = tmp_path / "out"
    (folder / "feedback").mkdir(parents=True)
    (folder / "batch.json").write_text(json.dumps({"assignment": "hw1"}))
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["id", "name", "score", "possible", "note"])
    for student, (name, score) in sorted(students.items()):
        table.writerow([student, name, f"{score:g}", "21", ""])
        (folder / "feedback" / f"{student}.html").write_text(f"page of {student}")
    (folder / "scores.csv").write_text(text.getvalue(), encoding="utf-8-sig")
    return folder


def written(path, header, rows, end="\r\n", encoding="utf-8", delimiter=","):
    text = io.StringIO()
    csv.writer(text, lineterminator=end, delimiter=delimiter).writerows([header, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def read(path, delimiter=","):
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), delimiter=delimiter))


def moodle(tmp_path, students, most="21.00", **how):
    header = [
        "Identifier",
        "Full name",
        "Email",
        "Status",
        "Grade",
        "Maximum Grade",
        "Last modified (grade)",
        "Feedback",
    ]
    rows = [
        [f"Participant {student}", name, f"a{student}@x.org", "Submitted\nfor grading", "", most, "-", '"fine"; so far']
        for student, (name, _) in students.items()
    ]
    return written(tmp_path / "worksheet.csv", header, rows, **how)


def exported(out, table, folder, to, *more):
    return main(["export", str(out), str(table), "--to", to, "-o", str(folder), *more])


@pytest.mark.parametrize("how", [{}, {"end": "\n", "encoding": "utf-8-sig"}, {"delimiter": ";"}], ids=str)
def test_moodle_s_worksheet_has_the_right_marks_and_nothing_else_changed(tmp_path, out, students, how):
    table = moodle(tmp_path, students, **how)
    assert exported(out, table, tmp_path / "a", "moodle") == 0
    before, after = (read(path, how.get("delimiter", ",")) for path in (table, tmp_path / "a" / "worksheet.csv"))
    marks = {row[0].split()[1]: float(row[4]) for row in after[1:]}
    assert marks == {student: score for student, (_, score) in students.items()}
    assert [row[:4] + row[5:] for row in after] == [row[:4] + row[5:] for row in before]
    assert exported(out, table, tmp_path / "b", "moodle") == 0
    for name in ("worksheet.csv", "feedback.zip"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    emptied = (tmp_path / "a" / "worksheet.csv").read_bytes()
    for score in sorted({f"{score:g}" for _, score in students.values()}, key=len, reverse=True):
        separator = how.get("delimiter", ",").encode()
        emptied = emptied.replace(separator + score.encode() + separator + b"21.00", separator * 2 + b"21.00")
    assert emptied == table.read_bytes()  # quotation marks and ends of lines included


def test_moodle_finds_the_owner_of_every_page(tmp_path, out, students):
    assert exported(out, moodle(tmp_path, students), tmp_path / "a", "moodle") == 0
    with zipfile.ZipFile(tmp_path / "a" / "feedback.zip") as archive:
        found = {}
        for name in archive.namelist():
            folder, file = name.split("/")
            full_name, student, plugin, kind, _ = folder.split("_", 4)  # as Moodle's importer takes it apart
            assert (plugin, kind, file) == ("assignsubmission", "file", "feedback.html")
            assert full_name == students[student][0].replace("_", " ").replace("/", " ")
            found[student] = archive.read(name).decode()
    assert found == {student: f"page of {student}" for student in students}


def test_another_maximum_is_refused_or_converted(tmp_path, out, students, capsys):
    table = moodle(tmp_path, students, "100,00")
    assert exported(out, table, tmp_path / "a", "moodle") == 2
    assert "100,00 points are possible, and the assignment has 21" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()
    assert exported(out, table, tmp_path / "a", "moodle", "--scale") == 0
    marks = {row[0].split()[1]: row[4] for row in read(tmp_path / "a" / "worksheet.csv")[1:]}
    assert all("." not in mark for mark in marks.values())  # a comma, as the maximum has
    for student, (_, score) in students.items():
        assert float(marks[student].replace(",", ".")) == pytest.approx(score / 21 * 100, abs=0.006)


def test_canvas_s_gradebook(tmp_path, out, students):
    header = ["Student", "ID", "SIS User ID", "Section", "Homework 1 (55)", "Homework 2 (56)", "Current Score"]
    rows = [["    Points Possible", "", "", "", "21", "10", "(read only)"]]
    rows += [[name, student, "007", "A", "3", "9", ""] for student, (name, _) in students.items()]
    table = written(tmp_path / "grades.csv", header, [*rows, ["Student, Test", "1", "", "A", "", "", ""]])
    assert exported(out, table, tmp_path / "a", "canvas", "--column", "Homework 1 (55)") == 0
    after = read(tmp_path / "a" / "grades.csv")
    marks = {row[1]: float(row[4]) for row in after[2:-1]}
    assert marks == {student: score for student, (_, score) in students.items()}
    assert [row[:4] + row[5:] for row in after] == [row[:4] + row[5:] for row in read(table)]
    assert after[1][4] == "21"
    assert after[-1][4] == ""
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["grades.csv"]


def test_any_table(tmp_path, out, students, capsys):
    header = ["id", "grade"]
    table = written(tmp_path / "own.csv", header, [[student, ""] for student in [*students, "s1"]])
    assert exported(out, table, tmp_path / "a", "csv", "--column", "grade") == 0
    marks = dict(read(tmp_path / "a" / "own.csv")[1:])
    assert marks.pop("s1") == ""
    assert {student: float(mark) for student, mark in marks.items()} == {s: score for s, (_, score) in students.items()}
    assert "Left as it was: s1 has no final score" in capsys.readouterr().out


def test_who_is_missing_or_had_a_mark_is_told(tmp_path, out, students, capsys):
    some = dict(list(students.items())[:10])
    first = next(iter(some))
    table = written(tmp_path / "own.csv", ["id", "grade"], [[student, "1" * (student == first)] for student in some])
    assert exported(out, table, tmp_path / "a", "csv", "--column", "grade") == 0
    said = capsys.readouterr().out
    assert "has the marks of 10; 1 had one there before, which is replaced." in said
    assert said.count("Problem: ") == 290


def test_a_score_that_is_not_final_is_left_out(tmp_path, out, students, capsys):
    first = next(iter(students))
    rows = [["id", "name", "score", "possible", "note"], [first, "", "", "21", "waits"]]
    written(out / "scores.csv", rows[0], rows[1:])
    table = written(tmp_path / "own.csv", ["id", "grade"], [[first, "5"]])
    assert exported(out, table, tmp_path / "a", "csv", "--column", "grade") == 0
    assert read(tmp_path / "a" / "own.csv")[1] == [first, "5"]
    assert f"Left as it was: {first}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "more", "says"),
    [
        ("id,grade\n1,\n1,\n", ["--column", "grade"], "rows 2 and 3: both are of '1'"),
        ("id,grade\n1,\n", [], "Say with --column"),
        ("id,grade\n1,\n", ["--column", "mark"], "0 columns called 'mark': it has id, grade"),
        ("name,grade\n1,\n", ["--column", "grade"], "0 columns called 'id'"),
        ('id,grade\n1,"\n', ["--column", "grade"], "line 2: a quotation mark is out of place"),
        ("id,grade\n1\n", ["--column", "grade"], "row 2 has 1 cells, and the first has 2"),
        ("id,grade\n\xff,\n", ["--column", "grade"], "not in UTF-8"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_written(tmp_path, out, text, more, says, capsys):
    table = tmp_path / "own.csv"
    table.write_bytes(text.encode("latin-1"))
    assert exported(out, table, tmp_path / "a", "csv", *more) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_a_folder_with_something_in_it_is_refused(tmp_path, out, students, capsys):
    assert exported(out, moodle(tmp_path, students), tmp_path, "moodle") == 2
    assert "name a new folder" in capsys.readouterr().err
