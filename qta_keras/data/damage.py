"""Damage that nobody sees: what no text holds is refused by its line, or marked where the reader asks for it."""

import re

MARK = "\ufffd"  # Unicode's replacement character, which shows as a question mark in a diamond
# Control characters but tabs, line breaks and page breaks; halves of a character; what Unicode replaces or forbids.
_DAMAGE = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffd-\uffff]")
_CONTROLS = bytes([*range(0x09), *range(0x0E, 0x20), 0x7F])
_MAYBE_IN_UTF8 = [re.compile(rb"\xc2[\x80-\x9f]"), re.compile(rb"\xef\xbf[\xbd-\xbf]")]


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
