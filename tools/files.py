"""Writing files so that nobody ever meets half a file."""

import os
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file under a temporary name beside its place, then move it there in one step.

    Parameters
    ----------
    path
        Where the file goes. Missing folders are made; a file that is there is replaced.
    content
        What is written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
