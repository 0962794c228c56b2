"""Submissions as they arrive."""

import io
import os
import stat
import unicodedata
import zipfile

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


def test_canvas_names_late_and_again(tmp_path):
    files = {
        "leeann_12_900_hw.ipynb": NOTEBOOK,
        "mullerzoe_LATE_13_901_hw-1.ipynb": NOTEBOOK,
        "libo_14_902_hw-3.ipynb": NOTEBOOK,  # the student's own name; Canvas adds the -1 below
        "libo_14_950_hw-3-1.ipynb": NOTEBOOK,
        "daja_15_903_hw-2.ipynb": NOTEBOOK,
        "daja_15_903_hw-10.ipynb": NOTEBOOK,
    }
    intake = collect(arrived(tmp_path, files))
    assert chosen(intake) == {
        "12": "leeann_12_900_hw.ipynb",
        "13": "mullerzoe_LATE_13_901_hw-1.ipynb",
        "14": "libo_14_950_hw-3-1.ipynb",
        "15": "daja_15_903_hw-10.ipynb",
    }
    assert intake.submissions[2].notes == ("2 notebooks were handed in; the latest counts (libo_14_950_hw-3-1.ipynb).",)


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("s1.ipynb", "s1"),
        ("s1.ipynb.txt", "s1"),
        ("s1.IPYNB.json", "s1"),
        ("Copy of Copy of s1.ipynb", "s1"),
        ("Kopie von s1.ipynb", "s1"),
        ("s1 (2).ipynb", "s1"),
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
    assert any("not A B_7_assignsubmission_file_/a.ipynb" in problem for problem in intake.problems)


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
    intake = collect(arrived(tmp_path, {f"{at}hw.pdf": b"%PDF", "notes.docx": b"x", "ok.ipynb": NOTEBOOK}), None, ["7"])
    assert reason(intake, "7") == "no notebook (.ipynb) was handed in"
    told = " ".join(intake.problems)
    assert "hw.pdf" in told
    assert "notes.docx" in told
    assert "ok: this id is not in the class list." in intake.problems


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
        (b"PK\x03\x04 cut off", "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_hostile_archive_costs_its_owner_alone(tmp_path, archive, says):
    intake = collect(arrived(tmp_path, {"ann.zip": archive, "bo.ipynb": NOTEBOOK}))
    assert says in reason(intake, "ann")
    assert any(says in problem for problem in intake.problems)
    assert reason(intake, "bo") == ""


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
    assert len(intake.problems) == 4


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
