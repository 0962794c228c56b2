"""The tree for students, and everything that must not be in it."""

import json
import subprocess

import pytest
from qta_grade import Refused
from qta_grade.leaks import hidden_lines, leaks
from qta_grade.publish import LIST, publish
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
    assert made == {"README.md", "start", ".gitignore", "assignments/demo.ipynb", "tools/setup_cell.py", LIST}
    assert all((new / name).read_bytes() == (repository / name).read_bytes() for name in made - {LIST})
    assert (new / "start").stat().st_mode & 0o111
    assert "5 files are in" in capsys.readouterr().out


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def published(repository, tmp_path_factory):
    """A git repository into which the tree was published, with a file of somebody else."""
    folder = tmp_path_factory.mktemp("students") / "course"
    folder.mkdir()
    git(folder, "init", "-q")
    publish(folder, repository / "instructor")
    (folder / "slides.md").write_text("mine")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Published")
    return folder


def change(repository):
    """Change a file, add one and delete one."""
    (repository / "README.md").write_text("# Changed\n")
    (repository / "more.md").write_text("more\n")
    (repository / "start").unlink()
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Changes")


def test_a_published_folder_is_updated_and_keeps_what_others_put_there(repository, published, capsys):
    before = contents(published / ".git")
    change(repository)
    (published / "README.md").write_text("# Changed\n")  # by hand, and equal
    (published / "tools" / "setup_cell.py").unlink()  # it comes back
    publish(published, repository / "instructor")
    assert "5 files are in" in (said := capsys.readouterr().out)
    assert "2 are new or changed, 1 gone." in said
    made = {name for name in contents(published) if not name.startswith(".git/")}
    assert made == {
        "README.md", "more.md", "slides.md", ".gitignore", "assignments/demo.ipynb", "tools/setup_cell.py", LIST,
    }  # fmt: skip
    assert (published / "README.md").read_text() == "# Changed\n"
    assert contents(published / ".git") == before


@pytest.mark.parametrize("name", ["README.md", "start", "more.md", "assignments/demo.ipynb"])
def test_a_file_that_was_changed_there_by_hand_is_named_and_nothing_is_written(name, repository, published):
    change(repository)
    (published / name).write_text("by hand")
    before = contents(published)
    with pytest.raises(Refused, match=f"{name} was changed or put there by hand"):
        publish(published, repository / "instructor")
    assert contents(published) == before


def test_nothing_outside_the_folder_is_written_or_deleted(repository, published):
    mine = published.parent / "mine"
    change(repository)
    mine.write_text("mine")
    (published / "more.md").symlink_to(mine)
    with pytest.raises(Refused, match=r"more\.md was changed"):
        publish(published, repository / "instructor")
    (published / "more.md").unlink()
    (published / LIST).write_text(json.dumps({"../mine": "0"}))
    with pytest.raises(Refused, match="mine was changed"):
        publish(published, repository / "instructor")
    (published / LIST).write_text("[1]")
    with pytest.raises(Refused, match="is damaged"):
        publish(published, repository / "instructor")
    assert mine.read_text() == "mine"


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
