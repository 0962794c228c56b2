"""Submissions as they arrive."""

import io
import os
import re
import stat
import unicodedata
import zipfile
from pathlib import Path

import pytest
from qta_grade import Refused
from qta_grade.intake import collect
from qta_grade.notebook import Unreadable

NOTEBOOK = b'{"cells": []}'


def zipped(files, method=zipfile.ZIP_DEFLATED):
    """Give the bytes of an archive; a value is the content, or the content and the time."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive:
        for name, content in files.items():
            content, when = content if isinstance(content, tuple) else (content, (2026, 1, 1, 0, 0, 0))
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name, when)
            archive.writestr(info, content, compress_type=method)
    return memory.getvalue()


def arrived(tmp_path, files):
    path = tmp_path / "all.zip"
    path.write_bytes(zipped(files))
    return path


def chosen(intake):
    return {submission.student: submission.entry.path for submission in intake.submissions}


def reason(intake, student):
    return next(submission.entry.reason for submission in intake.submissions if submission.student == student)


MOODLE = {
    "Zoë Müller_1001_assignsubmission_file_/hw.ipynb": NOTEBOOK,
    "Ann Lee_1002_assignsubmission_file/Copy of hw.ipynb": NOTEBOOK,
    "Bo Li_1003_assignsubmission_file_hw.ipynb": NOTEBOOK,
}


def test_moodle_zip_and_folder_agree(tmp_path):
    in_zip = collect(arrived(tmp_path, MOODLE))
    folder = tmp_path / "folder"
    for name, content in MOODLE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    in_folder = collect(folder)
    assert chosen(in_zip) == chosen(in_folder) == dict(zip(["1001", "1002", "1003"], MOODLE, strict=True))
    assert in_zip.problems == in_folder.problems == []
    assert in_folder.submissions[0].entry.read() == in_zip.submissions[0].entry.read() == NOTEBOOK


def test_moodle_is_read_from_the_front_and_once(tmp_path):
    files = {
        "Ann Lee_4799_assignsubmission_file_z_4711_assignsubmission_file_hw.ipynb": NOTEBOOK,
        "Bo_12_Li_4711_assignsubmission_file_/x_4799_assignsubmission_file_/hw.ipynb": NOTEBOOK,
        "Cy_4712_assignsubmission_file_/mine.zip": zipped({"x_4799_assignsubmission_file_/hw.ipynb": NOTEBOOK}),
        "notes.ipynb": NOTEBOOK,
    }
    intake = collect(arrived(tmp_path, files))
    assert [(submission.student, submission.name) for submission in intake.submissions] == [
        ("4711", "Bo_12_Li"),
        ("4712", "Cy"),
        ("4799", "Ann Lee"),
    ]
    assert intake.problems == ["notes.ipynb: not a name by Moodle, so it is not graded."]


def test_an_online_text_is_told(tmp_path):
    files = {
        "Ann Lee_1_assignsubmission_onlinetext_/onlinetext.html": b"<a href=https://colab>my notebook</a>",
        "Bo Li_2_assignsubmission_file_/hw.ipynb": NOTEBOOK,
        "Bo Li_2_assignsubmission_onlinetext_/onlinetext.html": b"done",
    }
    intake = collect(arrived(tmp_path, files))
    assert reason(intake, "1") == "an online text, often a link, was handed in, and no file"
    assert reason(intake, "2") == ""
    assert sum("this is an online text, so it is not graded" in problem for problem in intake.problems) == 2
    canvas = {"leeann_11_link.html": b"<a>", "libo_12_text.html": b"hm", "daja_13_900_hw.ipynb": NOTEBOOK}
    intake = collect(arrived(tmp_path, canvas))
    assert [bool(reason(intake, student)) for student in ("11", "12", "13")] == [True, True, False]


def test_two_names_at_one_number_are_decided_by_nobody_but_the_instructor(tmp_path):
    files = {
        "Ann Lee_7_assignsubmission_file_/hw.ipynb": NOTEBOOK,
        "Bo Li_7_assignsubmission_file_/hw.ipynb": NOTEBOOK,
        "Cy Da_8_assignsubmission_file_/hw.ipynb": NOTEBOOK,
    }
    intake = collect(arrived(tmp_path, files))
    assert [submission.undecided for submission in intake.submissions] == [
        "The id belongs to several people: Ann Lee, Bo Li.",
        "",
    ]


def test_canvas_names_late_and_again(tmp_path):
    files = {
        "leeann_12_900_hw.ipynb": NOTEBOOK,
        "mullerzoe_LATE_13_901_hw-1.ipynb": NOTEBOOK,
        "libo_14_902_hw-3.ipynb": NOTEBOOK,
        "libo_14_950_hw-3-1.ipynb": NOTEBOOK,
        "LATE_anon_a1B2c_951_x_99_12_hw.ipynb": NOTEBOOK,
        "readme.ipynb": NOTEBOOK,
    }
    intake = collect(arrived(tmp_path, files))
    assert chosen(intake) == {
        "12": "leeann_12_900_hw.ipynb",
        "13": "mullerzoe_LATE_13_901_hw-1.ipynb",
        "14": "libo_14_950_hw-3-1.ipynb",
        "anon_a1B2c": "LATE_anon_a1B2c_951_x_99_12_hw.ipynb",
    }
    notes = {submission.student: submission.notes for submission in intake.submissions}
    assert notes["12"] == ()
    assert notes["13"] == notes["anon_a1B2c"] == ("It was handed in late, as the platform says.",)
    assert notes["14"] == ("2 notebooks were handed in; the latest counts (libo_14_950_hw-3-1.ipynb).",)
    assert intake.problems == ["readme.ipynb: not a name by Canvas, so it is not graded."]


@pytest.mark.parametrize(
    "names",
    [
        ["hw1_2026_10_ann", "hw1_2026_10_bo", "hw1_2026_11_cy"],  # one number for two files
        ["hw1_2026_10_ann", "hw1_2026_11_bo", "hw1_2026_12_cy"],  # one student only, three times
        ["hw_2026_10_ann", "ex_2026_11_bo", "hw_2027_12_cy"],  # one number for two names
    ],
)
def test_what_only_looks_like_canvas_is_taken_as_it_stands(tmp_path, names):
    intake = collect(arrived(tmp_path, {f"{name}.ipynb": NOTEBOOK for name in names}))
    assert set(chosen(intake)) == set(names)


def test_github_classroom_has_a_folder_per_student(tmp_path):
    top = tmp_path / "hw-1-submissions"
    for student in ("octo-cat", "hub"):
        folder = top / f"hw-1-{student}"
        (folder / ".git").mkdir(parents=True)
        (folder / ".git" / "config.ipynb").write_bytes(NOTEBOOK)
        (folder / ".gitignore").write_bytes(b"")
        for name in ("1-linear-regression", "00-lesson", "zz"):
            (folder / f"{name}.ipynb").write_bytes(NOTEBOOK)
        for name in ("README.md", "LICENSE"):
            (folder / name).write_bytes(b"")
    right = "hw-1-octo-cat/1-linear-regression.ipynb"
    inside = collect(top, assignment="1-linear-regression")
    assert chosen(inside) == {"hub": "hw-1-hub/1-linear-regression.ipynb", "octo-cat": right}
    assert inside.submissions[0].notes == (
        "3 notebooks were handed in; the one called 1-linear-regression counts (1-linear-regression.ipynb).",
    )
    assert len(inside.problems) == 2  # a sentence per student for all that is no notebook
    around = collect(tmp_path, assignment="1-linear-regression")
    assert chosen(around)["octo-cat"] == f"hw-1-submissions/{right}"


def test_a_folder_per_student_by_hand(tmp_path):
    files = {
        "ann/hw.ipynb": NOTEBOOK,
        "bo/x_1_assignsubmission_file_/hw.ipynb": NOTEBOOK,
        "cy.zip": zipped({"a.ipynb": b""}),
    }
    assert list(chosen(collect(arrived(tmp_path, files)))) == ["ann", "bo", "cy"]
    intake = collect(arrived(tmp_path, {"ann/hw.ipynb": NOTEBOOK}))
    assert list(chosen(intake)) == ["ann"]
    assert "its name is taken for the id" in intake.problems[0]


def test_one_who_names_a_file_as_another_platform_does_is_nobody_else(tmp_path):
    files = {"1001.ipynb": NOTEBOOK, "1002.ipynb": NOTEBOOK, "x_1001_assignsubmission_file_hw.ipynb": NOTEBOOK}
    intake = collect(arrived(tmp_path, files))
    assert list(chosen(intake)) == ["1001", "1002"]
    assert intake.problems[0].startswith("x_1001_assignsubmission_file_hw.ipynb: not a name by ID.ipynb")
    files = {"1001.ipynb": NOTEBOOK, "1002.ipynb": NOTEBOOK, "hw_1001_5_x.ipynb": NOTEBOOK}
    assert list(chosen(collect(arrived(tmp_path, files)))) == ["1001", "1002", "hw_1001_5_x"]


def test_nothing_in_an_archive_speaks_for_anybody(tmp_path):
    inner = {
        "x_1001_99999_hw.ipynb": NOTEBOOK,
        "x_1003_assignsubmission_file_/hw.ipynb": NOTEBOOK,
        "1004.ipynb": NOTEBOOK,
    }
    files = {"1001.ipynb": NOTEBOOK, "1002.zip": zipped(inner), "1003.ipynb": NOTEBOOK}
    assert list(chosen(collect(arrived(tmp_path, files)))) == ["1001", "1002", "1003"]
    own = collect(arrived(tmp_path, {"a-1002.zip": zipped(inner)}), r"(?P<id>\b100\d\b)")
    assert list(chosen(own)) == ["1002"]


def test_ids_that_differ_in_capitals_are_told(tmp_path):
    intake = collect(arrived(tmp_path, {"Ann.ipynb": NOTEBOOK, "ann.ipynb": NOTEBOOK, "bo.ipynb": NOTEBOOK}))
    assert [problem.partition(":")[0] for problem in intake.problems] == ["Ann", "ann"]


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("s1.ipynb", "s1"),
        ("s1.ipynb.txt", "s1"),
        ("s1.IPYNB.json", "s1"),
        ("Copy of Copy of s1.ipynb", "s1"),
        ("Kopie von s1.ipynb", "s1"),
        ("s1 (2).ipynb", "s1"),
        ("s1.ipynb (1).txt", "s1"),
        ("Copy_of_s1.ipynb", "s1"),  # as Colab downloads it
        ("Copia de s1.ipynb", "s1"),
        ("Kopia pliku s1.ipynb", "s1"),
        ("Копия s1.ipynb", "s1"),
        ("s1 のコピー.ipynb", "s1"),
        ("“s1”的副本.ipynb", "s1"),
        ("s1의 사본.ipynb", "s1"),
        ("s1 kopyası.ipynb", "s1"),
        ("s1-Copy1.ipynb", "s1"),
        ("s1 copy 2.ipynb", "s1"),
        ("s1 - Copy (2).ipynb", "s1"),
        ("s1 – Kopie.ipynb", "s1"),
        ("s1 (another copy).ipynb", "s1"),
        ("s1 (3rd copy).ipynb", "s1"),
        ("s1 (Kopie 2).ipynb", "s1"),
        ("Kopie (2) von s1.ipynb", "s1"),
        ("hw_1_2_final.ipynb", "hw_1_2_final"),
        ("s1.ipynb.ipynb", "s1"),
        ("copyright.ipynb", "copyright"),
        ("s1 2.ipynb", "s1 2"),
        ("ann.lee@uni.edu.ipynb", "ann.lee@uni.edu"),
        (unicodedata.normalize("NFD", "zoë.ipynb"), "zoë"),
    ],
)
def test_plain_names(tmp_path, name, student):
    (tmp_path / name).write_bytes(NOTEBOOK)
    assert list(chosen(collect(tmp_path))) == [student]


def test_one_folder_around_everything_is_no_id(tmp_path):
    intake = collect(arrived(tmp_path, {"handed in/a.ipynb": NOTEBOOK, "handed in/b.ipynb": NOTEBOOK}))
    assert list(chosen(intake)) == ["a", "b"]


def test_own_pattern(tmp_path):
    files = {"try1-ann/hw.ipynb": b"1", "try10-ann/hw.ipynb": b"10", "try9-ann/hw.ipynb": b"9"}
    intake = collect(arrived(tmp_path, files), r"^try(?P<attempt>\d+)-(?P<id>[^/]+)/")
    assert chosen(intake) == {"ann": "try10-ann/hw.ipynb"}


def test_a_pattern_that_takes_several_people_for_one_is_told(tmp_path):
    files = {"hw1_ann.ipynb": NOTEBOOK, "hw1_bo.ipynb": NOTEBOOK, "hw2_cy.ipynb": NOTEBOOK}
    intake = collect(arrived(tmp_path, files), r"hw(?P<id>\d)")
    told = "1: --id-pattern takes 2 files for one student's: hw1_ann.ipynb, hw1_bo.ipynb."
    assert told in intake.problems
    assert not any(problem.startswith("2:") for problem in intake.problems)


@pytest.mark.parametrize("pattern", ["(", r"(\d+)"])
def test_faulty_pattern_is_refused(tmp_path, pattern):
    (tmp_path / "a.ipynb").write_bytes(NOTEBOOK)
    with pytest.raises(Refused, match="--id-pattern"):
        collect(tmp_path, pattern)


def test_latest_time_counts_else_it_is_told(tmp_path):
    early, late = (2026, 1, 1, 0, 0, 0), (2026, 1, 2, 0, 0, 0)
    at = "A B_7_assignsubmission_file_/"
    assert chosen(collect(arrived(tmp_path, {f"{at}a.ipynb": (b"1", late), f"{at}b.ipynb": (b"2", early)}))) == {
        "7": f"{at}a.ipynb"
    }
    intake = collect(arrived(tmp_path, {f"{at}a.ipynb": b"1", f"{at}b.ipynb": b"2"}))
    assert chosen(intake) == {"7": f"{at}b.ipynb"}
    said = "Notebooks of the same time were handed in; b.ipynb is graded, and not a.ipynb."
    assert (intake.problems, intake.submissions[0].notes) == ([f"7: {said}"], (said,))
    copies = {f"{at}a (2).ipynb": b"1", f"{at}a.ipynb": b"2", f"{at}a (1).ipynb": b"3"}
    assert chosen(collect(arrived(tmp_path, copies))) == {"7": f"{at}a (2).ipynb"}


def test_student_zip_one_level(tmp_path):
    inner = zipped({"mine/hw.ipynb": NOTEBOOK, "__MACOSX/mine/._hw.ipynb": b"x", "mine/.DS_Store": b"x"})
    intake = collect(arrived(tmp_path, {"ann.zip": inner, "bo.zip": zipped({"deep.zip": inner}), "cy.ipynb": NOTEBOOK}))
    assert chosen(intake)["ann"] == "ann.zip/mine/hw.ipynb"
    assert intake.submissions[0].entry.read() == NOTEBOOK
    assert reason(intake, "bo") == "it is a zip archive inside a zip archive"
    assert len(intake.problems) == 1  # what macOS adds is no problem


def test_names_in_utf8_without_the_flag(tmp_path):
    path = arrived(tmp_path, {"zoë.ipynb": NOTEBOOK})
    data = bytearray(path.read_bytes())
    data[7] &= ~8  # the flag's byte in both headers
    data[data.index(b"PK\x01\x02") + 9] &= ~8
    path.write_bytes(bytes(data))
    assert list(chosen(collect(path))) == ["zoë"]


def test_nothing_is_dropped_silently(tmp_path):
    at = "A B_7_assignsubmission_file_/"
    files = {
        f"{at}hw.pdf": b"%PDF",
        "Bo_8_assignsubmission_file_/hw.ipynb": NOTEBOOK,
        "notes.docx": b"",
        "ok.ipynb": b"",
    }
    intake = collect(arrived(tmp_path, files), None, ["7"])
    assert reason(intake, "7") == "no notebook (.ipynb) was handed in"
    told = " ".join(intake.problems)
    assert all(name in told for name in ("hw.pdf", "notes.docx", "ok.ipynb"))
    assert "8: this id is not in the class list." in intake.problems
    strangers = collect(arrived(tmp_path, files), None, ["matriculation 1"])
    assert strangers.problems[-1].startswith("Most ids are not in the class list: README.md says")
    assert not any(problem.startswith("Most ids") for problem in intake.problems)


def symlink(name):
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return info


def encrypted(data):
    """Set the flag of encryption in both headers of an archive of one file."""
    data = bytearray(data)
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def named(name, unicode=False):
    """Give an archive whose one member has this name, byte for byte."""
    data = zipped({"x" * len(name): NOTEBOOK})
    data = data.replace(b"x" * len(name), name) if name else _without_a_name()
    if unicode:
        data = bytearray(data)
        data[7] |= 8
        data[data.index(b"PK\x01\x02") + 9] |= 8
    return bytes(data)


def _without_a_name():
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        info = zipfile.ZipInfo("x")
        info.filename = ""
        archive.writestr(info, NOTEBOOK)
    return memory.getvalue()


@pytest.mark.parametrize(
    ("archive", "says"),
    [
        (zipped({"../hw.ipynb": NOTEBOOK}), "points outside"),
        (zipped({"/etc/hw.ipynb": NOTEBOOK}), "points outside"),
        (zipped({"C:\\hw.ipynb": NOTEBOOK}), "points outside"),
        (zipped({"..\\hw.ipynb": NOTEBOOK}), "points outside"),
        (zipped({symlink("hw.ipynb"): b"/etc/passwd"}), "symbolic link"),
        (encrypted(zipped({"hw.ipynb": NOTEBOOK})), "encrypted"),
        (zipped({"hw.ipynb": NOTEBOOK}, zipfile.ZIP_BZIP2), "unusual way"),
        (zipped({f"{n}.ipynb": b"" for n in range(1001)}, zipfile.ZIP_STORED), "1,001 files"),
        (zipped({"x" * 60_000 + ".ipynb": NOTEBOOK}), "longer than 500"),
        (zipped({}), "is empty"),
        (named(b"\0hw.ipynb"), "NUL character"),
        (named(b"hw.ipynb\0"), "NUL character"),
        (named(b"\0\0\0\0\0/"), "is empty"),
        (named(b""), "name is empty"),
        (named(b"\xff\xfehw.ipynb", unicode=True), "cannot be read"),
        (b"PK\x03\x04 cut off", "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_hostile_archive_costs_its_owner_alone(tmp_path, archive, says):
    intake = collect(arrived(tmp_path, {"ann.zip": archive, "bo.ipynb": NOTEBOOK}))
    assert says in reason(intake, "ann")
    assert any(says in problem for problem in intake.problems)
    assert reason(intake, "bo") == ""


@pytest.mark.parametrize("name", [b"\0eve.ipynb", b"eve.ipynb\0", b"\0", b"eve/\0"])
def test_a_hostile_name_beside_the_others_costs_itself_alone(tmp_path, name):
    data = zipped({"x" * len(name): NOTEBOOK, "bo.ipynb": NOTEBOOK})
    (tmp_path / "all.zip").write_bytes(data.replace(b"x" * len(name), name))
    intake = collect(tmp_path / "all.zip")
    assert reason(intake, "bo") == ""
    assert [submission.student for submission in intake.submissions if not submission.entry.reason] == ["bo"]


def test_bomb_is_stopped_while_inflating(tmp_path):
    bomb = bytearray(zipped({"hw.ipynb": bytes(60_000_000)}))
    intake = collect(arrived(tmp_path, {"ann.zip": bytes(bomb), "bo.ipynb": bytes(60_000_000)}))
    for submission in intake.submissions:
        with pytest.raises(Unreadable, match="larger than 20 MB"):
            submission.entry.read()


def test_damaged_content_is_a_reason(tmp_path):
    archive = bytearray(zipped({"hw.ipynb": os.urandom(500)}, zipfile.ZIP_STORED))
    archive[100] ^= 255
    intake = collect(arrived(tmp_path, {"ann.zip": bytes(archive)}))
    with pytest.raises(Unreadable, match="damaged"):
        intake.submissions[0].entry.read()


def test_links_and_pipes_in_a_folder_are_not_followed(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.ipynb").write_bytes(NOTEBOOK)
    (folder / "ann.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (folder / "others").symlink_to(tmp_path)
    os.mkfifo(folder / "bo.ipynb")
    (folder / ".git").mkdir()
    (folder / ".git" / "cy.ipynb").write_bytes(NOTEBOOK)
    intake = collect(folder)
    assert (reason(intake, "ann"), reason(intake, "bo")) == ("it is a symbolic link", "it is not a file")
    assert list(chosen(intake)) == ["ann", "bo"]
    assert len(intake.problems) == 3


def test_names_cannot_write_to_the_terminal(tmp_path):
    intake = collect(arrived(tmp_path, {"a\x1b[2J\n.ipynb": NOTEBOOK, "b\u202e.txt": b""}))
    assert all(text.isprintable() for text in [*chosen(intake), *intake.problems])


def test_nothing_to_grade_is_refused(tmp_path):
    place = tmp_path / "all.zip"
    with pytest.raises(Refused, match=r"There is no .*all\.zip"):
        collect(place)
    place.write_bytes(b"no zip")
    with pytest.raises(Refused, match="download it again"):
        collect(place)
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused, match="No submission"):
        collect(tmp_path / "empty")


def test_moodle_s_worksheet_gives_a_class_list_as_the_page_says(tmp_path, monkeypatch):
    page = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(import pandas.*?)```", page, re.DOTALL)[1]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "worksheet.csv").write_text(
        "Identifier,Full name,ID number\nParticipant 7,Ann Lee,0042\nParticipant 8,Bo,0043\n"
    )
    exec(compile(code, "README.md", "exec"), {})
    assert (tmp_path / "class.csv").read_text() == "id,name\n7,Ann Lee\n8,Bo\n"
