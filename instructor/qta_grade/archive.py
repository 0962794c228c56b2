"""Files as they arrive, in a folder or a zip archive: listed and read in memory, never extracted to disk.

What a student packed is not trusted. A name only ever identifies a file; sizes are counted while inflating, whatever
the archive declares; and a file that cannot be used carries the reason, so that none disappears silently.
"""

import io
import os
import re
import stat
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from qta_grade import Refused
from qta_grade.notebook import MAX_BYTES, Unreadable

MAX_STUDENT_ZIP, MAX_ZIP = 2**30, 20 * 2**30  # bytes that an archive may declare in all
MAX_STUDENT_ENTRIES, MAX_ENTRIES = 1_000, 50_000
MAX_PATH = 500  # characters; a zip archive allows 65,535, which regular expressions may take hours for
_SYSTEM_FILES = re.compile(
    r"(^|/)(__MACOSX/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\.git|\.ipynb_checkpoints(/|$))", re.IGNORECASE
)


@dataclass(frozen=True)
class Entry:
    """A file that arrived."""

    path: str  # with "/", in Unicode's composed form, printable: "ann.zip/homework.ipynb"
    modified: tuple[tuple[int, ...], ...]  # (year, month, day, hour, minute, second), of each archive around it first
    read: Callable[[], bytes]  # may raise `Unreadable`
    reason: str = ""  # why it cannot be used; empty for a file that can
    archive: str = ""  # the path of the student's own archive that holds it, if one does

    @property
    def outside(self) -> str:
        """The path without the names inside a student's own archive, since these do not identify anybody."""
        return self.archive or self.path


def entries(place: Path) -> Iterator[Entry]:
    """List the files in a folder or a zip archive.

    Archives among them are opened too, but not those inside these.
    """
    if place.is_dir():
        found = _in_folder(place)
    elif place.is_file():
        try:
            found = list(_in_zip(zipfile.ZipFile(place), "", (), MAX_ENTRIES, MAX_ZIP))
        except Exception as error:  # damaged, or made to be, in any way
            raise Refused(
                f"{place} is not a zip archive that can be read ({error}): download it again, or unpack it and name "
                "the folder."
            ) from error
    else:
        raise Refused(f"There is no {place}: name the folder or the zip archive with the submissions.")
    for entry in found:
        if entry.path.lower().endswith(".zip") and not entry.reason:
            yield from _in_student_zip(entry)
        else:
            yield entry


def printable(name: str) -> str:
    """Return a name in Unicode's composed form, with what would not print (line breaks, escapes) spelt out."""
    name = unicodedata.normalize("NFC", name[:MAX_PATH])
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in name)


def _in_folder(folder: Path) -> Iterator[Entry]:
    for parent, folders, files in os.walk(folder):
        for name in sorted(folders + files):
            path = Path(parent, name)
            status = path.lstat()
            reason = ""
            if stat.S_ISLNK(status.st_mode):
                reason = "it is a symbolic link"
            elif stat.S_ISDIR(status.st_mode):
                reason = "it is a hidden folder" if name.startswith(".") else ""
                if not reason:
                    continue
            elif not stat.S_ISREG(status.st_mode):
                reason = "it is not a file"
            shown = printable(path.relative_to(folder).as_posix())
            if not _SYSTEM_FILES.search(shown):
                yield Entry(shown, (tuple(time.gmtime(status.st_mtime)[:6]),), partial(_read_file, path), reason)
        folders[:] = sorted(name for name in folders if not name.startswith("."))


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return _at_most(file)


def _in_student_zip(entry: Entry) -> Iterator[Entry]:
    try:
        archive = _opened(entry)
        inside = list(_in_zip(archive, f"{entry.path}/", entry.modified, MAX_STUDENT_ENTRIES, MAX_STUDENT_ZIP))
    except Exception as error:  # a hostile archive may fail in any way
        reason = str(error) if isinstance(error, Unreadable) else "the zip archive cannot be read"
        yield Entry(entry.path, entry.modified, entry.read, reason)
        return
    if not inside:
        yield Entry(entry.path, entry.modified, entry.read, "the zip archive is empty")
    for found in inside:
        if found.path.lower().endswith(".zip") and not found.reason:
            yield Entry(found.path, found.modified, found.read, "it is a zip archive inside a zip archive", entry.path)
        else:
            # Opened again when it is read: hundreds of archives are not held in memory meanwhile.
            name = found.read.args[1]
            yield Entry(found.path, found.modified, partial(_read_inside, entry, name), found.reason, entry.path)


def _opened(entry: Entry) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(entry.read()))
    except Unreadable:
        raise
    except Exception as error:  # a hostile archive may fail in any way
        raise Unreadable("the zip archive cannot be read") from error


def _read_inside(entry: Entry, info: zipfile.ZipInfo) -> bytes:
    return _inflate(_opened(entry), info)


def _in_zip(archive: zipfile.ZipFile, above: str, times: tuple, most: int, size: int) -> Iterator[Entry]:
    # Not by is_dir: the name that a member begins with NUL is empty to zipfile, which Python 3.11 fails at.
    files = [info for info in archive.infolist() if not info.orig_filename.endswith("/")]
    if len(files) > most:
        raise Unreadable(f"the zip archive holds {len(files):,} files, and {most:,} are the limit")
    if sum(info.file_size for info in files) > size:
        raise Unreadable(f"the zip archive unpacks to more than {size // 2**30} GB")
    for info in sorted(files, key=lambda info: info.orig_filename):
        try:
            name = _name(info)
            path, reason = printable(name) or "(a file without a name)", _fault(info, name)
        except Exception as error:  # one member's name must not cost the others
            path = info.orig_filename[:MAX_PATH].encode("ascii", "backslashreplace").decode()
            reason = f"its name cannot be read ({type(error).__name__})"
        if not _SYSTEM_FILES.search(path):
            yield Entry(above + path, (*times, info.date_time), partial(_inflate, archive, info), reason)


def _name(info: zipfile.ZipInfo) -> str:
    """Return the whole name in the archive, which zipfile cuts at a NUL; macOS writes UTF-8 without saying so."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    try:
        return info.orig_filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.orig_filename


def _fault(info: zipfile.ZipInfo, name: str) -> str:
    if not name:
        return "its name is empty"
    if "\0" in name:
        return "its name holds a NUL character"
    if len(name) > MAX_PATH:
        return f"its name is longer than {MAX_PATH} characters"
    parts = name.replace("\\", "/").split("/")
    if ".." in parts or not parts[0] or re.match("[A-Za-z]:", name):
        return "its name points outside the zip archive"
    if any(part.startswith(".") for part in parts):
        return "it is hidden (its name begins with a full stop)"
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a symbolic link"
    if info.flag_bits & 1:
        return "it is encrypted"
    # bzip2 and LZMA inflate without a limit in Python's zipfile.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "the zip archive is packed in an unusual way (neither stored nor deflated)"
    return ""


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        with archive.open(info) as file:
            return _at_most(file)
    except Unreadable:
        raise
    except Exception as error:  # a hostile archive may fail in any way
        raise Unreadable("the zip archive is damaged here") from error


def _at_most(file) -> bytes:
    """Read in pieces and stop past the limit, whatever size was declared."""
    data = bytearray()
    while piece := file.read(2**16):
        data += piece
        if len(data) > MAX_BYTES:
            raise Unreadable(f"the file is larger than {MAX_BYTES / 1e6:.0f} MB; clear its outputs and save it again")
    return bytes(data)
