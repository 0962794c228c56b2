"""Writing files so that nobody ever meets half a file, and the generated lines within a page."""

import os
import re
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file under a temporary name beside its place, then move it there in one step; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def between_marks(text: str, name: str, lines: list[str]) -> str:
    r"""Return a page with other lines between its marks ``<!-- name -->`` and ``<!-- end of name -->``.

    Examples
    --------
    >>> between_marks("<!-- day -->\nMonday\n<!-- end of day -->", "day", ["Tuesday"])
    '<!-- day -->\nTuesday\n<!-- end of day -->'
    """
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    return re.sub(f"{start}.*?{end}", lambda _: "\n".join([start, *lines, end]), text, flags=re.DOTALL)
