"""In which encoding is a file? Told from its bytes, and refused where they do not tell: never a silent guess."""

import codecs
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from qta_keras.data.damage import or_mark
from qta_keras.data.windows_1252 import windows_1252_in_words

_BLOCK = 1 << 20  # bytes read at once

# The byte-order marks; UTF-32 before UTF-16, whose mark its own begins with.
_MARKS = [
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
]

_OTHER_KINDS = {
    b"%pdf": "a PDF",
    b"pk\x03\x04": "an Excel, Word or other file in zip format",
    b"\xd0\xcf\x11\xe0": "an old Excel or Word file",
    b"\x1f\x8b": "a file compressed by gzip",
    b"{\\rtf": "a document in rich text format",
    b"<!doctype": "a web page",
    b"<html": "a web page",
    b"<?xml": "an XML file",
}


def read_bytes(path: Path) -> Iterator[bytes]:
    """Read a file block by block."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def tell_encoding(path: Path, mark: bool) -> tuple[str, str]:
    """Tell the encoding of a file, for Python and in words.

    A byte-order mark is believed; without one, a file whose bytes are all valid UTF-8 is UTF-8, and so is one
    where most are, if damage is to be marked. Windows-1252 is accepted where nearly all its accented letters belong
    to the alphabet of one language that was written in it, and stand where such letters stand.

    Raises
    ------
    ValueError
        If its encoding can't be told.
    """
    start = next(read_bytes(path), b"")
    if marked := marked_encoding(start):
        return marked
    refuse_zeros(path.name, start)
    broken = where_broken(read_bytes(path), "utf-8")
    if broken is None:
        return "utf-8", "UTF-8"
    if is_mostly_utf8(read_bytes(path)):
        if mark:
            return "utf-8", "UTF-8"
        raise ValueError(f"{path.name} has {broken}, though most of the file is: correct it there, {or_mark()}.")
    return "cp1252", windows_1252_in_words(f"{path.name} has {broken}", read_bytes(path))


def marked_encoding(start: bytes) -> tuple[str, str] | None:
    """Tell the encoding from the byte-order mark, for Python and in words; None where there is no mark."""
    return next(((encoding, words) for mark, encoding, words in _MARKS if start.startswith(mark)), None)


def refuse_other_kinds(name: str, start: bytes) -> None:
    """Raise a ValueError if a file begins like a PDF, a workbook or another thing that is no plain text."""
    beginning = start[:200].lstrip().lower()
    for signature, kind in _OTHER_KINDS.items():
        if beginning.startswith(signature):
            raise ValueError(f"{name} is {kind}: save its contents as CSV or plain text in UTF-8, and read that.")


def refuse_zeros(name: str, start: bytes) -> None:
    """Raise a ValueError if many bytes are zero, as in UTF-16 and UTF-32; a few are damage."""
    if 20 * start.count(0) > len(start):
        order = "le" if b"\0" in start[1::2] else "be"
        raise ValueError(
            f"{name} has no byte-order mark but bytes that are zero: give encoding='utf-16-{order}' if it is text in "
            "UTF-16; otherwise it is no text file."
        )


def where_broken(blocks: Iterable[bytes], encoding: str) -> str | None:
    """Find the first byte that is not of the encoding, in words; None where there is none."""
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    in_lines = io.IncrementalNewlineDecoder(decoder, translate=True)
    try:
        for block in blocks:
            line += in_lines.decode(block).count("\n")
        in_lines.decode(b"", final=True)
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode(encoding, errors="replace")
        line += before.replace("\r\n", "\n").replace("\r", "\n").count("\n")
        return f"the byte {error.object[error.start]:#04x} in line {line}, which is not {encoding.upper()}"
    except UnicodeError:  # of UTF-16 and UTF-32
        return "no byte-order mark"
    return None


def is_mostly_utf8(blocks: Iterable[bytes]) -> bool:
    """Tell whether most of what is beyond ASCII is valid UTF-8: then the rest is damage, and no other encoding."""
    decoder, valid, broken = codecs.getincrementaldecoder("utf-8")(errors="replace"), 0, 0
    for block in blocks:
        text = decoder.decode(block)
        n_broken = text.count("\ufffd")
        valid += len(text) - len(text.encode("ascii", errors="ignore")) - n_broken
        broken += n_broken
    return valid > broken
