"""Names and writing of the files in OUT."""

import contextlib
import hashlib
import os
import re
import tempfile
from pathlib import Path
from urllib.parse import quote

from qta_grade import Refused

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@+-]{0,99}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FORMULA = re.compile(r"[\s\ufeff]*[=+@\-\uff1d\uff0b\uff20\uff0d\u2212]")  # narrow and wide ones
MIN_SECRET = 16  # bytes


def file_name(student: str) -> str:
    """Return an id as a file's name: itself where that is safe, else percent-encoded.

    Examples
    --------
    >>> file_name("s1234567"), file_name("../élan")
    ('s1234567', '%2E%2E%2F%C3%A9lan')
    """
    if _SAFE.fullmatch(student):
        return student
    name = quote(student.encode("utf-8", "backslashreplace"), safe="")
    name = name.replace(".", "%2E") if name.startswith(".") else name
    if len(name) > 150:  # file systems take 255 bytes
        name = f"{name[:100]}%{hashlib.sha256(name.encode()).hexdigest()[:32]}"
    return name


def write(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Write a file whole or not at all."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".tmp-")
    try:
        with os.fdopen(handle, "w", encoding=encoding, newline="") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def no_formula(cell: str) -> str:
    """Keep a spreadsheet from running a cell that a student may have written, or from taking one for two.

    Where the comma is the decimal sign, spreadsheets begin a new cell at a semicolon, even between quotation marks, and
    a new row at a line break. Some take wide letters for narrow ones, and read over blank characters.

    Examples
    --------
    >>> no_formula("=1+1"), no_formula("ann"), no_formula("a;=1+1")
    ("'=1+1", 'ann', 'a,=1+1')
    """
    cell = _CONTROL.sub(" ", cell).replace(";", ",")
    return f"'{cell}" if _FORMULA.match(cell) else cell


def read_secret(path: Path, make: bool) -> bytes:
    """Read the secret that decides which hidden inputs a student gets; one shorter than `MIN_SECRET` bytes is refused.

    With `make`, a missing file is made, for its owner alone.
    """
    try:
        if make and not path.exists():
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(os.urandom(32).hex() + "\n")
        secret = path.read_bytes().strip()
    except OSError as error:
        raise Refused(f"The secret {path} cannot be read: {error.strerror}.") from error
    if len(secret) < MIN_SECRET:
        raise Refused(f"The secret {path} has {len(secret)} bytes and needs {MIN_SECRET}: use a longer one.")
    return secret
