"""Is it Windows-1252? Told by its letters and where they stand, for it gives a sign to nearly every byte."""

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

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
