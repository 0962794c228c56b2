"""What is stored on disk: a folder that is there whole or not at all, and names of classes as JSON keeps them."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import isfinite
from numbers import Integral, Real
from pathlib import Path

import numpy as np

Plain = str | int | float | bool


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to write into, which afterwards takes the place of the one named.

    If anything fails, what was there before is there still, and nothing else.

    Raises
    ------
    NotADirectoryError
        If one of the folders above it is a file.
    """
    for above in folder.parents:
        if above.exists() and not above.is_dir():
            raise NotADirectoryError(f"{str(above)!r} is a file, so no folder can be made in it: choose another name.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{folder.name[:40]}-", dir=folder.parent))
    try:
        part, replaced = beside / "new", beside / "replaced"
        part.mkdir()
        yield part
        if folder.exists():
            folder.rename(replaced)
        try:
            part.rename(folder)
        except OSError:
            if replaced.exists():
                replaced.rename(folder)
            raise
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def plain_names(classes: Iterable) -> list[Plain]:
    """Return names of classes as text, numbers and truth values of Python's own, equal to those given.

    Raises
    ------
    TypeError
        If a name is anything else, or the classes are no list.
    ValueError
        If a name is there twice.
    """
    if isinstance(classes, str) or not isinstance(classes, Iterable):
        raise TypeError(
            f"classes is {classes!r}, but it must be a list of names, in the order of the network's output."
        )
    names = [plain_name(name) for name in classes]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"The class {twice!r} is there more than once: give every class a name of its own.")
    return names


def plain_name(name: object) -> Plain:
    """Return one name as `plain_names` does."""
    for kind, plain in ((str, str), (bool | np.bool_, bool), (Integral, int), (Real, float)):
        if isinstance(name, kind) and (kind is not Real or isfinite(name)):
            return plain(name)
    raise TypeError(
        f"The class {name!r} is a {type(name).__name__}, which can't be saved: give names that are text or numbers, as "
        "[str(name) for name in classes] makes them."
    )
