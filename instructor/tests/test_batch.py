"""A class graded with a stand-in for the grader of one submission."""

import csv
import io
import json
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass, field, replace
from types import SimpleNamespace

import pandas as pd
import pytest
from qta_grade import Refused, similarity
from qta_grade.batch import Run, claimed
from qta_grade.class_run import grade_class
from qta_grade.editions import Edition
from qta_grade.files import file_name, read_secret
from qta_grade.passages import Passage
from qta_grade.report import Row, write_scores

SECRET = b"0123456789abcdef"
CHECKS = [("q1", "check_shape", "public", 1), ("q1", "check_path", "hidden", 2), ("q2", "check_loss", "hidden", 0.5)]
SPECIFICATION = SimpleNamespace(
    name="hw",
    title="Homework",
    version="",
    questions=[
        SimpleNamespace(id="q1", title="One", by_hand=False, optional=False),
        SimpleNamespace(id="q2", title="Two", by_hand=False, optional=False),
    ],
    checks=[SimpleNamespace(id=f"{q}.{name}", question=q, kind=kind, points=p) for q, name, kind, p in CHECKS],
)


@dataclass
class Result:
    student: str
    sha256: str
    checks: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    limits: list = field(default_factory=list)
    flags: list = field(default_factory=list)

    def to_dict(self):
        return asdict(self)


def points(place, notebook):
    return b"good" in notebook or (place == 0 and b"empty" not in notebook)


class Grader:
    """Gives the points of the first check and, to a notebook with "good" in it, all others; counts its calls."""

    def __init__(self):
        self.calls = []
        self.lock = threading.Lock()

    def __call__(self, specification, notebook, student, secret, tier):
        with self.lock:
            self.calls.append(student)
        if b"fault" in notebook:
            raise RuntimeError("broken grader")
        checks = [
            {"id": check.id, "question": check.question, "kind": check.kind, "possible": check.points}
            | {"points": check.points * points(place, notebook), "message": "a sentence"}
            for place, check in enumerate(specification.checks)
        ]
        notes = ["The file is empty.", "More."] if b"empty" in notebook else []
        notes = ["Cell 3, line 1: NameError"] if b"stopped" in notebook else notes
        flags = ["Cell 2 uses lstsq."] if b"flag" in notebook else []
        return Result(student, "0" * 64, checks, notes, flags=flags)


@pytest.fixture
def grader():
    return Grader()


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in {"ann": b"good", "bo": b"poor", "zoë": b"good flag"}.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    return folder


def run(grader, **changes):
    return Run(**{"digest": "d1", "secret": SECRET, "tier": "limits", "jobs": 2, **changes}, **given(grader))


def given(grader):
    return {"specification": SPECIFICATION, "grade": grader}


def scores(out):
    with (out / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_a_cell_that_stopped_is_noted_whatever_was_scored(tmp_path, place, grader):
    (place / "cy.ipynb").write_bytes(b"good stopped")
    grade_class(run(grader), place, tmp_path / "out")
    assert scores(tmp_path / "out")["cy"]["note"] == "Cell 3, line 1: NameError."


def test_what_is_of_an_earlier_run_is_told(tmp_path, place, grader, capsys):
    out = tmp_path / "out"
    grade_class(run(grader), place, out)
    assert "earlier run" not in capsys.readouterr().out
    (place / "bo.ipynb").write_bytes(b"good")
    (place / "zoë.ipynb").unlink()
    grade_class(run(grader), place, out)
    said = capsys.readouterr().out
    assert "1 of them were graded in an earlier run" in said
    assert "1 who were graded here before are not among these submissions: zo%C3%AB." in said


def test_a_name_that_is_missing_is_noted(tmp_path, place):
    class Missing(Grader):
        def __call__(self, *given):
            result = super().__call__(*given)
            result.checks[1]["message"] = "Not there: f is not defined: was it renamed to g?"
            return result

    grade_class(run(Missing()), place, tmp_path / "out")
    assert scores(tmp_path / "out")["ann"]["note"] == "q1.check_path: Not there: f is not defined: was it renamed to g?"


def test_a_file_that_has_gone_away_is_not_graded_and_no_zero(tmp_path, place, capsys):
    class Deleting(Grader):
        def __call__(self, *given):
            (place / "zoë.ipynb").unlink(missing_ok=True)
            return super().__call__(*given)

    out = tmp_path / "out"
    assert not grade_class(run(Deleting(), jobs=1), place, out)
    assert scores(out)["zoë"]["score"] == ""
    assert "zoë.ipynb could not be read on this machine: No such file or directory." in scores(out)["zoë"]["note"]
    assert scores(out)["ann"]["score"] != ""
    assert "1 not graded" in capsys.readouterr().out


def test_an_id_of_two_people_is_not_graded_and_no_zero(tmp_path, grader, capsys):
    for student in ("Ann_7", "Bo_7", "Cy_8"):
        folder = tmp_path / "in" / f"{student}_assignsubmission_file_"
        folder.mkdir(parents=True)
        (folder / "hw.ipynb").write_bytes(b"good")
    out = tmp_path / "out"
    assert not grade_class(run(grader), tmp_path / "in", out)
    assert (grader.calls, scores(out)["7"]["score"], scores(out)["8"]["name"]) == (["8"], "", "Cy")
    assert "Not graded: 7: The id belongs to several people: Ann, Bo." in capsys.readouterr().out


def test_scores(tmp_path, place, grader):
    out = tmp_path / "out"
    assert grade_class(run(grader), place, out)
    assert list(scores(out)) == ["ann", "bo", "zoë"]
    ann, bo, zoe = scores(out).values()
    assert ann == {"id": "ann", "name": "", "score": "3.5", "possible": "3.5", "q1": "3", "q2": "0.5", "note": ""}
    assert (bo["score"], bo["q1"], bo["q2"]) == ("1", "1", "0")
    assert zoe["note"] == "Look at this: Cell 2 uses lstsq."
    assert (out / "scores.csv").read_bytes().startswith(b"\xef\xbb\xbf")  # for Excel
    assert list(pd.read_csv(out / "scores.csv").columns) == ["id", "name", "score", "possible", "q1", "q2", "note"]


def test_points_of_optional_questions_stand_apart(tmp_path, place, grader):
    q1, q2 = SPECIFICATION.questions
    questions = [q1, SimpleNamespace(**{**vars(q2), "optional": True})]
    specification = SimpleNamespace(**{**vars(SPECIFICATION), "questions": questions})
    out = tmp_path / "out"
    assert grade_class(replace(run(grader), specification=specification), place, out)
    ann = scores(out)["ann"]
    assert {**ann, "id": ""} == {
        "id": "", "name": "", "score": "3", "possible": "3", "optional": "0.5", "q1": "3", "q2": "0.5", "note": ""
    }  # fmt: skip
    page = " ".join((out / "feedback" / "ann.html").read_text(encoding="utf-8").split())
    assert "Score: <strong>3</strong> of 3 points" in page
    assert "q2: Two (optional)" in page
    assert re.search(r"apart from the score</th><td[^>]*>0.5</td><td[^>]*>0.5<", page)


def test_score_of_0_says_why(tmp_path, place, grader):
    (place / "bo.ipynb").write_bytes(b"empty")
    grade_class(run(grader), place, tmp_path / "out")
    assert (scores(tmp_path / "out")["bo"]["score"], scores(tmp_path / "out")["bo"]["note"]) == (
        "0",
        "The file is empty. And 1 more about its cells, on the student's page.",
    )


def test_equal_runs_give_equal_bytes(tmp_path, place, grader):
    grade_class(run(grader), place, tmp_path / "one")
    grade_class(run(grader, jobs=1), place, tmp_path / "two")
    assert (tmp_path / "one/scores.csv").read_bytes() == (tmp_path / "two/scores.csv").read_bytes()


def test_only_what_changed_is_graded_again(tmp_path, place, grader):
    out = tmp_path / "out"
    grade_class(run(grader), place, out)
    grader.calls.clear()
    grade_class(run(grader), place, out)
    assert grader.calls == []
    (place / "bo.ipynb").write_bytes(b"good now")
    (out / "results/ann.json").write_text("{cut off", encoding="utf-8")
    grade_class(run(grader), place, out)
    assert sorted(grader.calls) == ["ann", "bo"]
    assert scores(out)["bo"]["score"] == "3.5"


@pytest.mark.parametrize("change", [{"digest": "d2"}, {"tier": "bubblewrap"}, {"secret": b"another secret!!"}])
def test_other_circumstances_grade_all_again(tmp_path, place, grader, change):
    grade_class(run(grader), place, tmp_path / "out")
    grader.calls.clear()
    grade_class(run(grader, **change), place, tmp_path / "out")
    assert len(grader.calls) == 3


def test_only(tmp_path, place, grader):
    out = tmp_path / "out"
    grade_class(run(grader), place, out)
    grader.calls.clear()
    (place / "bo.ipynb").write_bytes(b"good now")
    assert not grade_class(run(grader), place, out, only=["ann"])
    assert grader.calls == ["ann"]
    assert scores(out)["bo"]["score"] == ""  # its result is out of date
    assert "run again" in scores(out)["bo"]["note"]
    with pytest.raises(Refused, match="'nobody'"):
        grade_class(run(grader), place, out, only=["nobody"])


def test_fault_of_ours_costs_nobody_a_score(tmp_path, place, grader, capsys):
    (place / "bo.ipynb").write_bytes(b"fault")
    assert not grade_class(run(grader), place, tmp_path / "out")
    row = scores(tmp_path / "out")["bo"]
    assert (row["score"], row["q1"]) == ("", "")
    assert "RuntimeError: broken grader" in row["note"]
    assert "Not graded: bo" in capsys.readouterr().out
    assert "RuntimeError" not in (tmp_path / "out/feedback/bo.html").read_text(encoding="utf-8")
    assert scores(tmp_path / "out")["ann"]["score"] == "3.5"


def test_class_list(tmp_path, place, grader):
    names = tmp_path / "class.csv"
    names.write_bytes("﻿ID;Name\nann;Lee, Ann\ncy;=1+1\nzoë;\n".encode())
    out = tmp_path / "out"
    grade_class(run(grader), place, out, class_list=names)
    assert scores(out)["ann"]["name"] == "Lee, Ann"
    assert scores(out)["cy"] == scores(out)["cy"] | {"name": "'=1+1", "score": "0", "note": "No submission."}
    assert "bo: this id is not in the class list." in json.loads((out / "report.json").read_text("utf-8"))["problems"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no column 'id': its first line has to name id\\."),
        (b"number\n1\n", "no column 'id'"),
        (b"id\n", "lists nobody"),
        (b"id\nann\nann\n", "line 3: the id 'ann' is there twice"),
        (b"id,name\nann,A\n,B\n", "line 3: the id is empty"),
        (b"id,name\nann,A,B\n", "more cells than columns"),
        ("id\nzoë\n".encode("latin-1"), "CSV UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_faulty_class_list(tmp_path, place, grader, content, says):
    names = tmp_path / "class.csv"
    if content is not None:
        names.write_bytes(content)
    with pytest.raises(Refused, match=says):
        grade_class(run(grader), place, tmp_path / "out", class_list=names)
    assert not grader.calls


def test_overrides_count_and_survive(tmp_path, place, grader):
    out = tmp_path / "out"
    out.mkdir()
    table = 'id,question,points,comment\nbo,q2,"0,25",Right idea\nzoë,q1,0,copied from ann\n'
    (out / "overrides.csv").write_text(table, encoding="utf-8")
    for _ in range(2):
        grade_class(run(grader), place, out)
        assert (out / "overrides.csv").read_text(encoding="utf-8") == table
        assert scores(out)["bo"] == scores(out)["bo"] | {"score": "1.25", "q1": "1", "q2": "0.25"}
        assert scores(out)["bo"]["note"] == "q2: 0.25 points by hand: Right idea."
        assert scores(out)["zoë"]["score"] == "0.5"
    students = json.loads((out / "report.json").read_text(encoding="utf-8"))["students"]
    assert students[1]["overrides"] == {"q2": {"points": 0.25, "comment": "Right idea"}}
    assert "Right idea" in (out / "feedback/bo.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("cy,q1,1,", "nobody has the id 'cy'"),
        ("bo,q9,1,", "no question 'q9'. There are q1, q2"),
        ("bo,q1,3.5,", "'3.5'; q1 takes a number from 0 to 3"),
        ("bo,q1,-1,", "from 0 to 3"),
        ("bo,q1,nan,", "from 0 to 3"),
        ("bo,q1,,", "from 0 to 3"),
        ("bo,q1,1,\nbo,q1,2,", "line 3: q1 of 'bo' is there twice"),
    ],
)
def test_faulty_overrides(tmp_path, place, grader, line, says):
    out = tmp_path / "out"
    out.mkdir()
    (out / "overrides.csv").write_text(f"id,question,points,comment\n{line}\n", encoding="utf-8")
    with pytest.raises(Refused, match=says):
        grade_class(run(grader), place, out)
    assert not grader.calls


def test_report(tmp_path, place, grader):
    (place / "notes.txt").write_bytes(b"")
    (place / "cy.zip").write_bytes(b"")
    out = tmp_path / "out"
    grade_class(run(grader), place, out)
    text = (out / "report.json").read_text(encoding="utf-8")
    report = json.loads(text)
    assert SECRET.decode() not in text
    assert (report["tier"], report["specification_sha256"]) == ("limits", "d1")
    assert len(report["secret_fingerprint"]) == 12
    assert {"python", "numpy", "keras", "tensorflow"} <= report["versions"].keys()
    assert [problem.partition(":")[0] for problem in report["problems"]] == ["notes.txt", "cy.zip"]
    assert [check["points"] for check in report["students"][1]["result"]["checks"]] == [1, 0, 0]
    assert scores(out)["cy"] == scores(out)["cy"] | {
        "score": "0",
        "note": "cy.zip could not be graded: the zip archive cannot be read.",
    }


FORMULAS = ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "\u00a0=1"]
FORMULAS += ["\uff1d1", "\uff0b1", "\uff0d1", "\uff201", "\ufeff=1"]  # wide letters, and a mark that prints nothing


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula_however_a_spreadsheet_takes_the_table_apart(tmp_path, formula):
    edition = Edition(SPECIFICATION, "d1")
    for before in ("", "a;", "a; ", "a\n", "a\r", "a\u2028", 'a";"', "a,;\n"):
        text = before + formula
        write_scores(tmp_path / "scores.csv", [Row(text, text, {"q1": 1.0}, edition, notes=[text])], ["q1"])
        pair = similarity.Pair(text, text, [Passage(0, 0, 9)], 0.5, 0.5)
        for table in ((tmp_path / "scores.csv").read_text("utf-8-sig"), similarity.table([pair])):
            assert len(table.splitlines()) == 2
            for delimiter in ",;\t":
                for cell in list(csv.reader(io.StringIO(table), delimiter=delimiter))[1]:
                    assert not re.match(r"[\s\ufeff]*[=+@\uff1d\uff0b\uff0d\uff20-]", cell)
            assert ";" not in table


@pytest.mark.parametrize("note", ["=HYPERLINK()", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_cells_are_no_formulas(tmp_path, place, grader, note):
    names = tmp_path / "class.csv"
    names.write_text(f'id,name\n"{note.strip()}",x\n', encoding="utf-8")
    grade_class(run(grader), place, tmp_path / "out", class_list=names)
    assert f"'{note.strip()}" in scores(tmp_path / "out")


def test_folder_for_results_is_ours(tmp_path, place, grader):
    with pytest.raises(Refused, match="lies inside"):
        grade_class(run(grader), place, place / "out")
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.docx").write_bytes(b"")
    with pytest.raises(Refused, match=r"thesis\.docx"):
        grade_class(run(grader), place, mine)
    grade_class(run(grader), place, tmp_path / "out")
    with pytest.raises(Refused, match="holds the results of hw"), claimed(tmp_path / "out", "hw2"):
        pass
    with claimed(tmp_path / "out", "hw"), pytest.raises(Refused, match="Another run"):
        grade_class(run(grader), place, tmp_path / "out")


def test_pages_of_who_is_gone_are_deleted(tmp_path, place, grader):
    out = tmp_path / "out"
    grade_class(run(grader), place, out)
    (place / "bo.ipynb").unlink()
    grade_class(run(grader), place, out)
    assert sorted(path.name for path in (out / "feedback").iterdir()) == ["ann.html", f"{file_name('zoë')}.html"]


@pytest.mark.parametrize("student", ["../x", ".hidden", "a/b", "a\\b", "", "x" * 999, "ä" * 99, "a\nb", "C:x", "-x"])
def test_file_names_are_safe(student):
    name = file_name(student)
    assert not set(name) & set("/\\:\n")
    assert not name.startswith(".")
    assert len(name) <= 150
    assert name.isascii()


def test_refusal_of_the_sandbox_ends_the_run(tmp_path, place):
    def refuse(*_):
        raise Refused("no sandbox")

    with pytest.raises(Refused, match="no sandbox"):
        grade_class(run(refuse), place, tmp_path / "out")


def test_secret(tmp_path):
    path = tmp_path / "secret"
    with pytest.raises(Refused, match="cannot be read"):
        read_secret(path, make=False)
    secret = read_secret(path, make=True)
    assert read_secret(path, make=True) == secret
    assert len(secret) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("short", encoding="utf-8")
    with pytest.raises(Refused, match="5 bytes"):
        read_secret(path, make=False)


def test_a_thousand_results_collate_quickly(tmp_path, grader):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(1000):
        (folder / f"s{number}.ipynb").write_bytes(b"good")
    start = time.process_time()
    grade_class(run(grader), folder, tmp_path / "out")
    grade_class(run(grader), folder, tmp_path / "out")
    assert time.process_time() - start < 10  # about 3 s on a slow core
    assert len(scores(tmp_path / "out")) == len(grader.calls) == 1000


INTERRUPTED = """
import importlib.util, subprocess, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("helper", sys.argv[1])
helper = importlib.util.module_from_spec(spec)
sys.modules["helper"] = helper
spec.loader.exec_module(helper)
quick = helper.Grader()

def grade(specification, notebook, student, secret, tier):
    if student != "ann":
        Path(sys.argv[4], student).touch()
        # As a sandbox: a process of its own session, that is started again when it dies.
        for _ in range(2):
            subprocess.run(["sleep", "600"], start_new_session=True)
    return quick(specification, notebook, student, secret, tier)

helper.grade_class(helper.run(grade), Path(sys.argv[2]), Path(sys.argv[3]))
"""


def hear_interrupts():
    """A job in the background inherits that they are ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_interrupted_run_keeps_what_it_has(tmp_path, place, grader):
    out, waiting = tmp_path / "out", tmp_path / "waiting"
    waiting.mkdir()
    command = [sys.executable, "-c", INTERRUPTED, __file__, str(place), str(out), str(waiting)]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=hear_interrupts
    )
    while len(list(waiting.iterdir())) < 2:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=300) != 0  # the sandboxes, which take 600 s, were ended and not waited for
    assert [path.name for path in (out / "results").iterdir()] == ["ann.json"]
    assert not (out / "scores.csv").exists()
    grade_class(run(grader), place, out)
    assert sorted(grader.calls) == ["bo", "zoë"]


def test_late_days_cost_what_was_asked_for(tmp_path, place, grader, capsys):
    out = tmp_path / "out"
    grade_class(run(grader), place, out)
    before = (out / "scores.csv").read_bytes()
    (out / "late.csv").write_text('id,days\nann,2\nbo,"1,5"\nzoë,0\n', encoding="utf-8")
    with pytest.raises(Refused, match="say --late-penalty PERCENT"):
        grade_class(run(grader), place, out)
    assert (out / "scores.csv").read_bytes() == before
    assert grade_class(run(grader), place, out, late_penalty=20)
    ann, bo, zoe = scores(out).values()
    assert (ann["score"], ann["before_late"], ann["days_late"], ann["q1"]) == ("2.1", "3.5", "2", "3")
    assert (bo["score"], bo["before_late"], bo["days_late"]) == ("0", "1", "1.5")  # not less than nothing
    assert (zoe["score"], zoe["before_late"], zoe["days_late"]) == ("3.5", "3.5", "0")
    assert ann["note"] == "2 days late: 1.4 points less."
    page = (out / "feedback/ann.html").read_text(encoding="utf-8")
    assert "<strong>2.1</strong> of 3.5" in page
    assert "2 days late, each 20 % of the possible points" in page
    assert "late" not in (out / "feedback" / f"{file_name('zoë')}.html").read_text(encoding="utf-8")
    student = json.loads((out / "report.json").read_text(encoding="utf-8"))["students"][0]
    assert (student["score"], student["late_days"], student["deducted"]) == (2.1, 2, pytest.approx(1.4))
    assert "on average 1.87 of 3.5 points" in capsys.readouterr().out
    (out / "late.csv").unlink()
    grade_class(run(grader), place, out)
    assert (out / "scores.csv").read_bytes() == before


def test_whom_the_platform_calls_late_is_named_where_late_csv_does_not_say_how_much(tmp_path, grader, capsys):
    (tmp_path / "in").mkdir()
    for name in ("leeann_LATE_123_67890_hw.ipynb", "bo_LATE_456_67891_hw.ipynb", "cy_789_67892_hw.ipynb"):
        (tmp_path / "in" / name).write_bytes(b"good")
    out = tmp_path / "out"
    out.mkdir()
    (out / "late.csv").write_text("id,days\n123,1\n", encoding="utf-8")
    grade_class(run(grader), tmp_path / "in", out, late_penalty=10)
    said = capsys.readouterr().out
    assert "late.csv has lines for 1 student." in said
    assert "not in late.csv, so nothing is deducted: 456." in said
    assert [row["score"] for row in scores(out).values()] == ["3.15", "3.5", "3.5"]
    assert "1 day late: 0.35 points less." in scores(out)["123"]["note"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("cy,1", "line 2: nobody has the id 'cy'"),
        ("bo,1\nbo,2", "line 3: the id 'bo' is there twice"),
        ("bo,-1", "the days are '-1'; write a number from 0 on"),
        ("bo,inf", "the days are 'inf'"),
        ("bo,", "the days are ''"),
    ],
)
def test_faulty_late_days(tmp_path, place, grader, line, says):
    out = tmp_path / "out"
    out.mkdir()
    (out / "late.csv").write_text(f"id,days\n{line}\n", encoding="utf-8")
    with pytest.raises(Refused, match=says):
        grade_class(run(grader), place, out, late_penalty=10)
    assert not grader.calls
