"""In which encoding is a file? Told from its bytes, and refused where they do not tell: never a silent guess."""

import codecs
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

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

# The letters beyond a to z of the languages that Windows-1252 was made for, é in all of them for the loan words.
_ALPHABETS = {
    "Dutch": "éëïóöüè",
    "English": "éèêëïôöüáíñç",
    "Estonian": "éäöüõšž",
    "French": "éàâçèêëîïôùûüœæÿ",
    "German": "éäöüß",
    "Icelandic": "éáðíóúýþæö",
    "Italian": "éàèìòùîí",
    "Norwegian and Danish": "éæøåòèóäöü",
    "Portuguese": "éãõáíóúâêôàçü",
    "Spanish and Catalan": "éáíóúüñàèòïç",
    "Swedish and Finnish": "éäöåü",
}
_UNDEFINED = [0x81, 0x8D, 0x8F, 0x90, 0x9D]
# Bytes that are no letters in Windows-1252 (or š, œ, ž, Ÿ), with letters on both sides.
_INSIDE_WORD = re.compile(rb"(?<=[A-Za-z\xc0-\xff])[\x80-\xbf\xd7\xf7](?=[A-Za-z\xc0-\xff])")
_ACCENTED_WORD = re.compile(rb"[A-Za-z\xc0-\xff]*[\xc0-\xff][A-Za-z\xc0-\xff]*")
_N_EXAMPLES = 3
_BELONG_INSIDE_WORDS = "’·–—\xad"


def read_bytes(path: Path) -> Iterator[bytes]:
    """Read a file block by block."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def tell_encoding(path: Path) -> tuple[str, str]:
    """Tell the encoding of a file, for Python and in words.

    A byte-order mark is believed; without one, a file whose bytes are all valid UTF-8 is UTF-8, and Windows-1252 is
    accepted where nearly all its accented letters belong to the alphabet of one language that was written in it.

    Raises
    ------
    ValueError
        If its encoding can't be told.
    """
    start = next(read_bytes(path), b"")
    if marked := marked_encoding(start):
        return marked
    refuse_zeros(path.name, start)
    broken = where_utf8_breaks(read_bytes(path))
    if broken is None:
        return "utf-8", "UTF-8"
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
    """Raise a ValueError if there are bytes that are zero: no text has them, but for UTF-16 and UTF-32."""
    if b"\0" in start:
        order = "le" if b"\0" in start[1::2] else "be"
        raise ValueError(
            f"{name} has no byte-order mark but bytes that are zero: give encoding='utf-16-{order}' if it is text in "
            "UTF-16; otherwise it is no text file."
        )


def where_utf8_breaks(blocks: Iterable[bytes]) -> str | None:
    """Find the first byte that is not UTF-8, in words; None where there is none."""
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    try:
        for block in blocks:
            decoder.decode(block)
            line += block.count(b"\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line += error.object[: error.start].count(b"\n")
        return f"the byte {error.object[error.start]:#04x} in line {line}, which is not UTF-8"
    return None


def windows_1252_in_words(trouble: str, blocks: Iterable[bytes]) -> str:
    """Call the encoding Windows-1252, with words to check it by, or refuse.

    Raises
    ------
    ValueError
        Begun with `trouble`, if the bytes make no sense as Windows-1252.
    """
    counts, inside_words, words = np.zeros(256, dtype=np.int64), Counter(), {}
    for block in blocks:
        counts += np.bincount(np.frombuffer(block, dtype=np.uint8), minlength=256)
        inside_words.update(_INSIDE_WORD.findall(block))
        if len(words) < _N_EXAMPLES:
            words |= dict.fromkeys(_ACCENTED_WORD.findall(block))
    if counts[_UNDEFINED].any() or not _is_of_one_alphabet(_letters(counts, inside_words)):
        raise ValueError(
            f"{trouble}, and it does not look like Windows-1252 either: give its encoding, such as "
            "encoding='cp1250' (Central European), 'cp1251' (Cyrillic), 'cp1253' (Greek), 'cp1254' (Turkish), "
            "'mac_roman' (old Mac) or 'gb18030' (Chinese), or 'cp1252' if it is Windows-1252 after all."
        )
    examples = ", ".join(repr(word.decode("cp1252")) for word in list(words)[:_N_EXAMPLES])
    return "Windows-1252" + f" (with words such as {examples}: if they look wrong, give encoding=...)" * bool(words)


def _letters(counts: np.ndarray, inside_words: Counter) -> Counter:
    """Count what stands for a letter beyond a to z: accented letters, and any other sign inside a word."""
    found = Counter({bytes([byte]): int(counts[byte]) for byte in range(0xC0, 0x100) if byte not in (0xD7, 0xF7)})
    letters = Counter()
    for byte, number in (found + inside_words).items():
        letters[byte.decode("cp1252", errors="replace").lower()] += number
    return Counter({letter: number for letter, number in letters.items() if letter not in _BELONG_INSIDE_WORDS})


def _is_of_one_alphabet(letters: Counter) -> bool:
    covered = max(sum(letters[letter] for letter in set(alphabet)) for alphabet in _ALPHABETS.values())
    return covered >= 0.95 * letters.total()
