"""One spelling for one word: what nobody sees between letters must not make another word, nor tear one apart.

Vectorisers that were pickled earlier name this file, so it keeps its name.
"""

import re
import unicodedata

_UNSPACED = "\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff"  # Thai to Chinese
_JOINING = "\u0600-\u1cff\ua800-\uabff"  # Arabic to Malayalam and beyond: a joiner changes the form of their letters
# Soft hyphens, marks of byte order and direction, variation selectors; zero-width spaces but where they part words.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
    f"|(?<![{_UNSPACED}])\u200b"
    f"|(?<![{_JOINING}])[\u200c\u200d]|\u200c(?![{_JOINING}])"
)
# A word divided at the end of a line, but for one like "pre- and post-war".
_DIVIDED = re.compile(r"[-\u2010](?<=[^\W\d_].)[ \t]*\r?\n[ \t]*(?!(?:and|or|und|oder|bzw)\b)(?=([^\W\d_]))")
_DIVIDED_SOFTLY = re.compile("\u00ad[ \t]*\r?\n[ \t]*")


def as_counted(text: str) -> str:
    """Write a text in lower case and its words whole, as the vectorisers take them."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", _DIVIDED_SOFTLY.sub("", text)))
    if "\n" in text:
        text = _DIVIDED.sub(lambda found: "" if found[1].islower() else found[0], text)
    return text.lower()
