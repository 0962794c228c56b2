"""One spelling for one name: labels, groups, documents and columns that look the same are the same."""

import functools
import re
import unicodedata

import pandas as pd

_JOINING = "\u0600-\u1cff\ua800-\uabff"  # Arabic to Malayalam and beyond, where a joiner changes what is seen
# Control characters, soft hyphens, zero-width signs, marks of direction and byte order.
_INVISIBLE = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
    f"|(?<![{_JOINING}\U0001f000-\U0001ffff\u2600-\u27bf\ufe0f])[\u200c\u200d]|\u200c(?![{_JOINING}])"
)
_HYPHENS = str.maketrans("\u2010\u2011", "--")


def composed(text: str) -> str:
    """Write a letter and its accent as one character where there is one (Unicode's form NFC)."""
    return unicodedata.normalize("NFC", text)


@functools.lru_cache(maxsize=10_000)
def tidy(name: str) -> str:
    """Write a name without what nobody sees: invisible signs, spaces around it, other kinds of spaces and hyphens."""
    if name.isascii() and name.isprintable() and "  " not in name:
        return name.strip()
    return composed(" ".join(_INVISIBLE.sub("", name).translate(_HYPHENS).split()))


def tidy_names(names: pd.Series, what: str) -> tuple[pd.Series, list[str]]:
    """Tidy every name, and tell in a sentence if one did not look as it was written; `what` says what they name."""
    tidied = {name: tidy(name) for name in names.unique() if isinstance(name, str)}
    changed = {name for name, after in tidied.items() if after != name.strip(" \t\r\n")}
    result = names.map(tidied)
    if not changed:
        return result, []
    first = next(name for name in tidied if name in changed)
    return result, [
        f"Of the {what}, {int(names.isin(changed).sum()):,} had invisible signs, unusual spaces or hyphens, or accents "
        f"apart, such as {first!a}: read as {tidied[first]!r}."
    ]
