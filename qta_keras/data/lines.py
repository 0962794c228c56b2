"""The lines of a text file in a known encoding."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from qta_keras.runtime import progress

_BLOCK = 1 << 22  # characters read at once


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[TextIO]:
    """Open a text file behind its byte-order mark, if it has one."""
    with path.open(encoding=encoding) as file:
        if file.read(1) != "\ufeff":
            file.seek(0)
        yield file


def read_lines(path: Path, encoding: str) -> Iterator[str]:
    """Read a file line by line, showing how far it is."""
    with open_text(path, encoding) as file:
        for _ in progress(range(1 + path.stat().st_size // _BLOCK), f"Reading {path.name}: part"):
            yield from file.readlines(_BLOCK)
