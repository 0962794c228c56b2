"""A folder that is there whole or not at all, made without touching anything else."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


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
