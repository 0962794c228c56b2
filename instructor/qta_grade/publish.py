"""The tree that students get: what git knows, without this folder, and searched for anything hidden."""

import hashlib
import json
import subprocess
from pathlib import Path

from qta_grade import Refused
from qta_grade.files import write
from qta_grade.leaks import hidden_lines, leaks
from qta_grade.source import ROOT, load_source

LIST = ".published.json"  # in the published folder: the hash of each file that was written there


def publish(folder: Path, root: Path = ROOT) -> None:
    """Copy the project for students into a new folder, or update one that was published.

    `folder` is outside the repository: new, empty but for ``.git``, or published before, and what others put there then
    stays as it is. If there are uncommitted changes, a file there was changed by hand, or one holds something hidden,
    nothing is written.
    """
    repository = root.resolve().parent
    _refuse_folder(folder, repository)
    if changed := _git(repository, "status", "--porcelain"):
        raise Refused(f"There are changes that are not committed, such as {changed.splitlines()[0][3:]}: commit first.")
    names = [name for name in _git(repository, "ls-files", "-z").split("\0") if name]
    private = f"{root.name}/"
    files = {name: (repository / name).read_bytes() for name in names if not name.startswith(private)}
    _refuse_leaks(files, root)
    before, hashes = _published(folder), {name: _hash(content) for name, content in files.items()}
    for name in sorted(before.keys() | files.keys()):
        _refuse_changed(folder, name, {before.get(name), hashes.get(name)})
    gone = before.keys() - files.keys()
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        (folder / name).chmod((repository / name).stat().st_mode)
    write(folder / LIST, json.dumps(hashes, indent=1) + "\n")  # last: what an interrupted run wrote is equal next time
    changed = sum(before.get(name) != digest for name, digest in hashes.items())
    print(
        f"{len(files)} files are in {folder}, none with a hidden line; {changed} are new or changed, {len(gone)} gone."
    )
    print("Try 'python3 course.py test' there.")


def _refuse_folder(folder: Path, repository: Path) -> None:
    if folder.resolve().is_relative_to(repository):
        raise Refused(f"{folder} lies inside the repository: name a folder outside.")
    if folder.exists() and not folder.is_dir():
        raise Refused(f"{folder} is a file: name a new folder.")
    there = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if there - {".git"} and LIST not in there:
        raise Refused(f"{folder} is not empty, and was not published (it has no {LIST}): name a new folder.")


def _published(folder: Path) -> dict[str, str]:
    path = folder / LIST
    if not path.exists():
        return {}
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise Refused(f"{path} is damaged: bring it back from git, or publish into a new folder.") from None


def _refuse_changed(folder: Path, name: str, expected: set[str | None]) -> None:
    """Refuse to touch what somebody else wrote where this file goes, or went before."""
    path = folder / name
    inside = path.parent.resolve().is_relative_to(folder.resolve())
    if inside and not path.is_symlink() and not path.exists():
        return
    if not inside or path.is_symlink() or not path.is_file() or _hash(path.read_bytes()) not in expected:
        raise Refused(f"{path} was changed or put there by hand: move it elsewhere or delete it, and publish again.")


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


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
