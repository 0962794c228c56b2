"""The lines of a text file in a known encoding."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from qta_keras.data.damage import is_damaged, without_damage
from qta_keras.runtime import progress

_BLOCK = 1 << 22  # characters read at once


@contextmanager
def open_text(path: Path, encoding: str, mark: bool) -> Iterator[TextIO]:
    """Open a text file behind its byte-order mark, if it has one; what is not of the encoding is marked if asked."""
    with path.open(encoding=encoding, errors="replace" if mark else "strict") as file:
        if file.read(1) != "\ufeff":
            file.seek(0)
        yield file


def read_lines(path: Path, encoding: str, mark: bool) -> Iterator[str]:
    """Read a file line by line, without damage or with marks for it, showing how far it is."""
    number = 1
    with open_text(path, encoding, mark) as file:
        for _ in progress(range(1 + path.stat().st_size // _BLOCK), f"Reading {path.name}: part"):
            lines = file.readlines(_BLOCK)
            block = "".join(lines)
            if "\ufeff" in block:  # where files with byte-order marks were put together
                lines = [line.removeprefix("\ufeff") for line in lines]
            if is_damaged(block):
                lines = [without_damage(line, path.name, n, mark=mark) for n, line in enumerate(lines, start=number)]
            number += len(lines)
            yield from lines
