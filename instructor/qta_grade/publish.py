"""The tree that students get: what git knows, without this folder, and searched for anything hidden."""

import subprocess
from pathlib import Path

from qta_grade import Refused
from qta_grade.leaks import hidden_lines, leaks
from qta_grade.source import ROOT, load_source


def publish(folder: Path, root: Path = ROOT) -> None:
    """Copy the project for students into a new folder.

    Parameters
    ----------
    folder
        Where to; it has to be new or empty, and outside the repository.
    root
        The folder ``instructor`` of the repository.

    Raises
    ------
    Refused
        If the repository has changes that are not committed, the folder cannot be used, or a file holds something
        hidden; nothing is written then.
    """
    repository = root.resolve().parent
    _refuse_folder(folder, repository)
    if changed := _git(repository, "status", "--porcelain"):
        raise Refused(f"There are changes that are not committed, such as {changed.splitlines()[0][3:]}: commit first.")
    names = [name for name in _git(repository, "ls-files", "-z").split("\0") if name]
    private = f"{root.name}/"
    files = {name: (repository / name).read_bytes() for name in names if not name.startswith(private)}
    _refuse_leaks(files, root)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        (folder / name).chmod((repository / name).stat().st_mode)
    print(f"{len(files)} files are in {folder}, none with a hidden line. Try 'python3 course.py test' there.")


def _refuse_folder(folder: Path, repository: Path) -> None:
    if folder.resolve().is_relative_to(repository):
        raise Refused(f"{folder} lies inside the repository: name a folder outside.")
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file: name a new folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty: name a new folder.")


def _git(repository: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], cwd=repository, capture_output=True, check=True)
    except FileNotFoundError:
        raise Refused("git is not installed, and only it knows which files are meant to be published.") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()
        raise Refused(f"git cannot tell which files are meant to be published: {said}") from None
    return done.stdout.decode("utf-8", "surrogateescape")


def _refuse_leaks(files: dict[str, bytes], root: Path) -> None:
    names = sorted(path.stem for path in (root / "sources").glob("*.ipynb"))
    hidden = set().union(*(hidden_lines(load_source(name, root)) for name in names))
    for name, content in files.items():
        if found := leaks(content, hidden):
            raise Refused(f"{name} holds a line that students must not get, {found[0]!r}: nothing was published.")
