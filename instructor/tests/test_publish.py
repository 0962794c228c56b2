"""The tree for students, and everything that must not be in it."""

import json
import subprocess

import pytest
from qta_grade import Refused
from qta_grade.leaks import hidden_lines, leaks
from qta_grade.publish import publish
from qta_grade.source import ROOT, load_source

SOLUTION = "residuals = y - weights[0] - weights[1] * x"
HIDDEN = "design = np.column_stack([np.ones(len(x)), x])"


def git(folder, *arguments):
    name = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run(["git", *name, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(room):
    folder = room.parent
    (folder / "README.md").write_text("# Course\n")
    (folder / "start").write_text("#!/bin/sh\n")
    (folder / "start").chmod(0o755)
    (folder / ".gitignore").write_text("ignored\n")
    (folder / "ignored").write_text(SOLUTION)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "All")
    return folder


def test_all_but_the_instructor_s_folder_is_copied(repository, tmp_path_factory, capsys):
    new = tmp_path_factory.mktemp("students") / "course"
    publish(new, repository / "instructor")
    made = {path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file()}
    assert made == {"README.md", "start", ".gitignore", "assignments/demo.ipynb", "tools/setup_cell.py"}
    assert all((new / name).read_bytes() == (repository / name).read_bytes() for name in made)
    assert (new / "start").stat().st_mode & 0o111
    assert "5 files are in" in capsys.readouterr().out


def test_what_cannot_be_used_is_refused(repository, tmp_path_factory):
    outside = tmp_path_factory.mktemp("students")
    (outside / "file").write_text("mine")
    for folder, says in [(outside, "not empty"), (outside / "file", "is a file"), (repository / "new", "lies inside")]:
        with pytest.raises(Refused, match=says):
            publish(folder, repository / "instructor")
    (repository / "README.md").write_text("# Changed\n")
    with pytest.raises(Refused, match=r"not committed, such as README\.md"):
        publish(outside / "new", repository / "instructor")
    assert [path.name for path in outside.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("README.md", f"# Course\n\n    {SOLUTION}\n"),
        ("notes.txt", f"  {HIDDEN}"),
        ("lesson.ipynb", json.dumps({"cells": [{"cell_type": "markdown", "source": ["So:\n", SOLUTION]}]})),
        ("lesson.ipynb", json.dumps({"cells": [{"outputs": [{"text": HIDDEN}]}]})),
        ("notes.txt", "x = 1  # canary qta-0123456789ab"),
    ],
)
def test_a_file_with_something_hidden_stops_it(name, text, repository, tmp_path_factory):
    (repository / name).write_text(text)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "A leak")
    new = tmp_path_factory.mktemp("students") / "course"
    with pytest.raises(Refused, match=f"{name} holds a line that students must not get"):
        publish(new, repository / "instructor")
    assert not new.exists()


def test_no_git_no_list_of_files(room, tmp_path_factory):
    with pytest.raises(Refused, match="git cannot tell"):
        publish(tmp_path_factory.mktemp("students") / "course", room)


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "sources").glob("*.ipynb")))
def test_nothing_hidden_of_the_real_assignments_is_among_the_published_files(name):
    repository = ROOT.parent
    done = subprocess.run(["git", "ls-files", "-z"], cwd=repository, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("This is no git checkout.")
    files = [file for file in done.stdout.split("\0") if file and not file.startswith("instructor/")]
    hidden = hidden_lines(load_source(name))
    assert len(hidden) > 50
    found = {file: leaks((repository / file).read_bytes(), hidden) for file in files if (repository / file).exists()}
    assert {file: lines for file, lines in found.items() if lines} == {}
