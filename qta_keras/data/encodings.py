"""From the bytes of a file to its text: never a silent guess at the encoding, and damage that nobody sees found.

Which encoding it is, is told from the bytes, and refused where they do not tell. Windows-1252, which gives a sign to
nearly every byte, is told by its letters and where they stand. What no text holds is refused by its line, or marked
where the reader asks for it.
"""

import codecs
import functools
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np

from qta_keras.runtime import progress

_BYTES_AT_ONCE = 1 << 20
_CHARACTERS_AT_ONCE = 1 << 22

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
_NEVER = [0x00, 0x81, 0x8D, 0x8F, 0x90, 0x9D, 0xA4]  # undefined in Windows-1252, zero, and ¤, in other encodings the €
_RARE = "ðþýõÿšžœ"  # never the only letters of a text beyond a to z
# Bytes that are no letters in Windows-1252 (or š, œ, ž, Ÿ), with letters on both sides.
_INSIDE_WORD = re.compile(rb"(?<=[A-Za-z\xc0-\xff])[\x80-\xbf\xd7\xf7](?=[A-Za-z\xc0-\xff])")
_ACCENTED_WORD = re.compile(rb"[A-Za-z\xc0-\xff]*[\xc0-\xff][A-Za-z\xc0-\xff]*")
_MISPLACED = re.compile(
    rb"(?<=[a-z\xdf-\xff.,!?;:])[\x8a\x8c\x8e\x9f\xc0-\xd6\xd8-\xde]"  # a capital behind a small letter or a stop
    rb"|[\xc0-\xd6\xd8-\xde](?=[A-Z][a-z])"  # a capital before a word with its own
    rb"|(?<![A-Za-z\xc0-\xff])[\xc3\xc7\xca\xcb\xce\xcf\xd0\xd1\xd2\xd5\xdb\xdd-\xdf\xe3\xe7\xf0\xf1\xf5\xfd-\xff](?![A-Za-z\xc0-\xff.)])"
    rb"|(?<=[0-9])\xa1|\xa5(?! ?[0-9])|[\x88\xa8]"  # signs that stand for °, • and others
    rb"|(?<=[A-Za-z\xc0-\xff])[\x82\x83\x84\x88\xa1\xa2\xbf](?![A-Za-z\xc0-\xff])"  # an opening sign behind a word
)
# UTF-8 of letters with accents, quotation marks and emoji, whole or cut; nobody writes "Ã¼", "â€" or "ðŸ".
_PARTS_OF_UTF8 = re.compile(
    rb"[\xc2\xc3][\x80-\xbf]|\xe2[\x80-\x84]|\xf0\x9f|\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf]|\xef\xbf\xbd"
)
_N_EXAMPLES = 3
_BELONG_INSIDE_WORDS = "’·–—\xad"

MARK = "\ufffd"  # Unicode's replacement character, which shows as a question mark in a diamond
# Control characters but tabs, line breaks and page breaks; halves of a character; what Unicode replaces or forbids.
_DAMAGE = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff]")
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x20), 0x7F])
_MAYBE_IN_UTF8 = [re.compile(rb"\xc2[\x80-\x9f]"), re.compile(rb"\xef\xbf[\xbd-\xbf]")]

_JOINING = "\u0600-\u1cff\ua800-\uabff"  # Arabic to Malayalam and beyond, where a joiner changes what is seen
# Control characters, soft hyphens, zero-width signs, marks of direction and byte order.
_INVISIBLE = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    f"|(?<![{_JOINING}\U0001f000-\U0001ffff\u2600-\u27bf\ufe0f])[\u200c\u200d]|\u200c(?![{_JOINING}])"
)
_HYPHENS = str.maketrans("\u2010\u2011", "--")


@contextmanager
def reading(path: Path, encoding: str | None) -> Iterator[None]:
    """Say in a sentence what went wrong where a file may not be read, or not in this encoding."""
    try:
        yield
    except PermissionError as error:
        raise PermissionError(
            f"You may not read {error.filename}: ask its owner, or read a copy of your own."
        ) from None
    except UnicodeError:
        named = encoding or "what its byte-order mark says"
        known = encoding or marked_encoding(next(_read_bytes(path)))[0]
        broken = where_broken(_read_bytes(path), known)
        raise ValueError(
            f"{path.name} can't be read as {named}, for it has {broken}: give the encoding that it has, {or_mark()}."
        ) from None


def encoding_of(path: Path, encoding: str | None, mark: bool) -> tuple[str, str]:
    """Return the encoding of a file of plain text, for Python and in words: the given one, or what its bytes tell."""
    start = next(_read_bytes(path), b"")
    if not start:
        raise ValueError(f"{path.name} is an empty file.")
    refuse_other_kinds(path.name, start)
    return (encoding, f"{encoding} as given") if encoding else _tell_encoding(path, mark)


def _tell_encoding(path: Path, mark: bool) -> tuple[str, str]:
    """Tell the encoding of a file, for Python and in words.

    A byte-order mark is believed; without one, a file whose bytes are all valid UTF-8 is UTF-8, and so is one
    where most are, if damage is to be marked. Windows-1252 is accepted where nearly all its accented letters belong
    to the alphabet of one language that was written in it, and stand where such letters stand.

    Raises
    ------
    ValueError
        If its encoding can't be told.
    """
    start = next(_read_bytes(path), b"")
    if marked := marked_encoding(start):
        return marked
    refuse_zeros(path.name, start)
    broken = where_broken(_read_bytes(path), "utf-8")
    if broken is None:
        return "utf-8", "UTF-8"
    if is_mostly_utf8(_read_bytes(path)):
        if mark:
            return "utf-8", "UTF-8"
        raise ValueError(f"{path.name} has {broken}, though most of the file is: correct it there, {or_mark()}.")
    return "cp1252", windows_1252_in_words(f"{path.name} has {broken}", _read_bytes(path))


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


def windows_1252_in_words(trouble: str, blocks: Iterable[bytes]) -> str:
    """Call the encoding Windows-1252, with words to check it by, or refuse.

    Raises
    ------
    ValueError
        Begun with `trouble`, if the bytes make no sense as Windows-1252.
    """
    counts, inside_words, words = np.zeros(256, dtype=np.int64), Counter(), {}
    n_misplaced, is_partly_utf8 = 0, False
    for block in blocks:
        counts += np.bincount(np.frombuffer(block, dtype=np.uint8), minlength=256)
        inside_words.update(_INSIDE_WORD.findall(block))
        n_misplaced += len(_MISPLACED.findall(block))
        is_partly_utf8 = is_partly_utf8 or bool(_PARTS_OF_UTF8.search(block))
        if len(words) < _N_EXAMPLES:
            words |= dict.fromkeys(_ACCENTED_WORD.findall(block))
    is_misplaced = 20 * n_misplaced > counts[0x80:].sum()
    letters = _letters(counts, inside_words)
    if counts[_NEVER].any() or is_partly_utf8 or is_misplaced or not _is_of_one_alphabet(letters):
        raise ValueError(
            f"{trouble}, and it does not look like Windows-1252 either: give its encoding, such as "
            "encoding='cp1250' (Central European), 'cp1251' (Cyrillic), 'cp1253' (Greek), 'cp1254' (Turkish), "
            "'mac_roman' (old Mac) or 'gb18030' (Chinese), or 'cp1252' if it is Windows-1252 after all; if it is "
            "UTF-8 with damage, give encoding='utf-8' and damaged='mark'."
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
    rare = sum(letters[letter] for letter in _RARE)
    return covered >= 0.95 * letters.total() and rare <= 0.75 * letters.total()


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
        for _ in progress(range(1 + path.stat().st_size // _CHARACTERS_AT_ONCE), f"Reading {path.name}: part"):
            lines = file.readlines(_CHARACTERS_AT_ONCE)
            block = "".join(lines)
            if "\ufeff" in block:  # where files with byte-order marks were put together
                lines = [line.removeprefix("\ufeff") for line in lines]
            if is_damaged(block):
                lines = [without_damage(line, path.name, n, mark=mark) for n, line in enumerate(lines, start=number)]
            number += len(lines)
            yield from lines


def _read_bytes(path: Path) -> Iterator[bytes]:
    """Read a file block by block."""
    with path.open("rb") as file:
        while block := file.read(_BYTES_AT_ONCE):
            yield block


def is_damaged(text: str) -> bool:
    """Tell whether a text holds damage: quickly, for long texts."""
    try:
        raw = text.encode("utf-8")
    except UnicodeEncodeError:  # half a character
        return True
    return len(raw.translate(None, _CONTROLS)) < len(raw) or any(sign.search(raw) for sign in _MAYBE_IN_UTF8)


def without_damage(text: str, name: str, line: int, *, mark: bool) -> str:
    """Return a text that begins in a line of the named file, its damage marked.

    Raises
    ------
    ValueError
        If there is damage and it is not to be marked.
    """
    found = _DAMAGE.search(text)
    if found is None or mark:
        return _DAMAGE.sub(MARK, text)
    line += text.count("\n", 0, found.start())
    raise ValueError(f"{name} has {_in_words(found[0])} in line {line}: save it anew from its source, {or_mark()}.")


def or_mark() -> str:
    """Say how damaged text is read all the same."""
    return f"or give damaged='mark' to have all that is damaged read as {MARK!r}"


def _in_words(sign: str) -> str:
    if "\ud800" <= sign <= "\udfff":
        return f"half a character, {sign!a},"
    if sign >= MARK:
        return f"the sign {sign!a}, which stands for a lost character,"
    if sign >= "\x80":
        return f"the control character {sign!a} (Windows-1252 read as Latin-1 gives it: try encoding='cp1252')"
    return f"the control character {sign!a}"


def composed(text: str) -> str:
    """Write a letter and its accent as one character where there is one (Unicode's form NFC)."""
    return unicodedata.normalize("NFC", text)


@functools.lru_cache(maxsize=10_000)
def tidy(name: str) -> str:
    """Write a name without what nobody sees: invisible signs, spaces around it, other kinds of spaces and hyphens."""
    if name.isascii() and name.isprintable() and "  " not in name:
        return name.strip()
    return composed(" ".join(_INVISIBLE.sub("", name).translate(_HYPHENS).split()))
