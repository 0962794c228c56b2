"""What was handed out, and graded in part, before versions were kept: ``tests/earlier`` was made by that code."""

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from qta_grade import Refused
from qta_grade.batch import Run
from qta_grade.build import build
from qta_grade.checks import CheckResult
from qta_grade.class_run import grade_class
from qta_grade.editions import Edition, choose_edition, read_earlier, version_of
from qta_grade.specification import load_specification
from qta_grade.submission import SubmissionResult, grade_submission

EARLIER = Path(__file__).parent / "earlier"
VERSION = version_of((EARLIER / "demo.ipynb").read_bytes())
SECRET = b"a secret for tests"


@pytest.fixture
def old_room(room):
    """A folder ``instructor`` in which the demo stands as the earlier code built it."""
    shutil.copy(EARLIER / "demo.ipynb", room.parent / "assignments")
    shutil.copy(EARLIER / "demo.json", room / "specifications")
    return room


def change(room, *replacements):
    path = room / "sources" / "demo.ipynb"
    text = path.read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    build("demo", room)


@pytest.fixture
def new_room(old_room):
    """The same after a build of another version: question 1 has 4 points, and its public check says 5/2."""
    hidden = '# @check q1 hidden points={} fail=\\"the loss'
    change(
        old_room,
        ("q1 points=5", "q1 points=4"),
        (hidden.format(2), hidden.format(1)),
        ("should be 2.5", "should be 5/2"),
    )
    return old_room


def editions(room):
    specification = load_specification("demo", room)
    return Edition(specification, specification.digest), read_earlier("demo", room)


def scores(out):
    with (out / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_building_a_changed_notebook_keeps_the_specification_before_as_it_was(new_room):
    kept = list((new_room / "specifications" / "earlier" / "demo").iterdir())
    assert [path.name for path in kept] == [f"{VERSION}.json"]
    assert kept[0].read_bytes() == (EARLIER / "demo.json").read_bytes()
    build("demo", new_room)
    second = load_specification("demo", new_room).version
    change(new_room, ("Two short questions", "Two questions"))
    assert [edition.specification.version for edition in editions(new_room)[1]] == sorted([VERSION, second])
    change(new_room, ("Two questions", "Two short questions"))
    assert second not in [edition.specification.version for edition in editions(new_room)[1]]
    assert len(editions(new_room)[1]) == 2


def test_a_corrected_hidden_check_replaces_the_one_before_for_the_same_notebook(room):
    before = load_specification("demo", room)
    change(room, ("assert best_rate == 0.1", "assert best_rate == 0.10"))
    assert not (room / "specifications" / "earlier").exists()
    after = load_specification("demo", room)
    assert after.version == before.version
    assert after.digest != before.digest


def test_a_specification_whose_version_nobody_knows_is_not_lost(old_room):
    (old_room.parent / "assignments" / "demo.ipynb").unlink()
    before = (old_room / "specifications" / "demo.json").read_bytes()
    with pytest.raises(Refused, match=r"demo\.json does not say which notebook it belongs to"):
        change(old_room, ("Two short questions", "Two questions"))
    assert (old_room / "specifications" / "demo.json").read_bytes() == before


def test_what_was_handed_out_and_a_stopped_run_still_count(new_room, tmp_path):
    shutil.copytree(EARLIER / "submissions", tmp_path / "in")
    shutil.copytree(EARLIER / "out", tmp_path / "out")
    shutil.copy(new_room.parent / "assignments" / "demo.ipynb", tmp_path / "in" / "cy.ipynb")
    graded = []

    def grade(specification, notebook, student, secret, tier):
        graded.append((student, specification.version))
        checks = [check for check in specification.checks if check.question == "q1"]
        passed = [CheckResult(c.id, c.question, c.kind, c.points, c.points, "Passed.") for c in checks]
        return SubmissionResult(student, "0" * 64, checks=passed)

    present, earlier = editions(new_room)
    run = Run(present.specification, present.digest, SECRET, "limits", grade, 1, earlier=earlier)
    names = tmp_path / "class.csv"
    names.write_text("id\nann\nbo\ncy\ndi\n", encoding="utf-8")
    assert grade_class(run, tmp_path / "in", tmp_path / "out", class_list=names)
    assert graded == [("bo", VERSION), ("cy", present.specification.version)]  # ann's result of the stopped run counts
    ann, bo, cy, di = scores(tmp_path / "out").values()
    assert [(row["score"], row["possible"], row["q1"], row["q2"]) for row in (ann, bo, cy, di)] == [
        ("11", "11", "5", "6"),
        ("6.5", "11", "5", "1.5"),  # by overrides.csv
        ("4", "10", "4", "0"),
        ("0", "10", "0", "0"),
    ]
    said = f"This notebook is of the earlier version {VERSION}, and was graded by that version."
    assert (ann["note"], cy["note"]) == (said, "")
    assert said in (tmp_path / "out" / "feedback" / "ann.html").read_text(encoding="utf-8")
    assert "<strong>6.5</strong> of 11 points" in (tmp_path / "out" / "feedback" / "bo.html").read_text(
        encoding="utf-8"
    )
    students = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))["students"]
    assert [student["version"] for student in students[:3]] == [VERSION, VERSION, present.specification.version]


def test_an_override_may_not_give_more_than_the_version_that_was_handed_in(new_room, tmp_path):
    (tmp_path / "in").mkdir()
    shutil.copy(new_room.parent / "assignments" / "demo.ipynb", tmp_path / "in" / "cy.ipynb")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "overrides.csv").write_text("id,question,points,comment\ncy,q1,5,\n", encoding="utf-8")
    present, earlier = editions(new_room)
    run = Run(present.specification, present.digest, SECRET, "limits", nothing, 1, earlier=earlier)
    with pytest.raises(Refused, match=r"gives 'cy' 5 points for q1, which has 4 in the version that was handed in"):
        grade_class(run, tmp_path / "in", tmp_path / "out")


def nothing(specification, notebook, student, secret, tier):
    return SubmissionResult(student, "0" * 64)


def test_the_earlier_specification_grades_in_a_sandbox_as_it_did(new_room, tier):
    _, (earlier,) = editions(new_room)
    notebook = (EARLIER / "submissions" / "ann.ipynb").read_bytes()
    result = grade_submission(earlier.specification, notebook, "ann", SECRET, tier)
    before = json.loads((EARLIER / "out" / "results" / "ann.json").read_text(encoding="utf-8"))["result"]
    assert result.to_dict()["checks"] == before["checks"]


def unversioned(content, *edits):
    """Return a notebook as an editor saves it that keeps no metadata of others."""
    text = json.dumps({**json.loads(content), "metadata": {}})
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


@pytest.mark.parametrize("which", ["present", "earlier"])
def test_a_file_without_version_is_known_by_its_public_checks(new_room, which):
    present, earlier = editions(new_room)
    built = {"present": new_room.parent / "assignments" / "demo.ipynb", "earlier": EARLIER / "demo.ipynb"}
    edition, note = choose_edition(unversioned(built[which].read_bytes()), present, earlier)
    assert edition == {"present": present, "earlier": earlier[0]}[which]
    assert (
        note
        == {
            "present": "",
            "earlier": "This notebook does not say its version, but has the public checks of the earlier version "
            f"{VERSION}: it was graded by that one.",
        }[which]
    )


def test_what_is_not_known_is_said_and_graded_by_the_present_edition(new_room):
    present, earlier = editions(new_room)
    built = (EARLIER / "demo.ipynb").read_bytes()
    changed = unversioned(built, ("should be 2.5", "should be two and a half"))
    said = "This notebook does not say its version, nor do its public checks: it was graded by the present one."
    assert choose_edition(changed, present, earlier) == (present, said)
    assert choose_edition(changed, present, []) == (present, "")  # there was only ever one
    assert choose_edition(b"{}", present, earlier)[0] == present
    assert choose_edition(b"no notebook", present, earlier)[0] == present
    strange = built.replace(VERSION.encode(), b"0123456789ab")
    for kept in (earlier, []):
        edition, note = choose_edition(strange, present, kept)
        assert edition == present
        assert note == (
            "This notebook is of version 0123456789ab, which is not kept: it was graded by the present one."
        )


def test_two_editions_with_the_same_public_checks_are_not_told_apart_by_them(new_room):
    present, earlier = editions(new_room)
    twin = replace(earlier[0], specification=replace(earlier[0].specification, version="0" * 12))
    edition, note = choose_edition(unversioned((EARLIER / "demo.ipynb").read_bytes()), present, [*earlier, twin])
    assert edition == present
    assert "does not say its version" in note


def test_a_version_in_a_text_of_the_notebook_is_none():
    text = json.dumps({"cells_sha256": "a" * 64})
    assert version_of(json.dumps({"cells": [{"cell_type": "code", "source": text}]}).encode()) == ""
    assert version_of(text.encode()) == "a" * 12


def test_a_specification_that_knows_no_version_grades_all_as_before(old_room):
    present, earlier = editions(old_room)
    assert (present.specification.version, earlier) == ("", [])
    assert choose_edition((EARLIER / "demo.ipynb").read_bytes(), present, earlier) == (present, "")
