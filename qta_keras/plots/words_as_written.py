"""Words in figures, drawn as they are written: dollar signs start no formula, and no script becomes empty boxes."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import matplotlib
from matplotlib.axis import Axis
from matplotlib.category import StrCategoryFormatter
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font
from matplotlib.text import Text
from matplotlib.ticker import FixedFormatter, FuncFormatter

_OF_WORDS = FixedFormatter, FuncFormatter, StrCategoryFormatter  # others may write powers of ten as formulas


def draw_as_written(figure: Figure) -> None:
    """Draw dollar signs as such in all words of the figure, and all signs in a font that has them.

    Warns
    -----
    UserWarning
        If no font on this machine has a sign.
    """
    numbers = set()
    for axis in figure.findobj(Axis):
        if not isinstance(axis.get_major_formatter(), _OF_WORDS):
            numbers |= {*axis.get_ticklabels(), axis.get_offset_text()}
        numbers |= set(axis.get_ticklabels(minor=True))
    words = [text for text in figure.findobj(Text) if text not in numbers]
    for text in words:
        text.set_parse_math(False)
        lacking = _lacking(text.get_text())
        if lacking:
            text.set_fontfamily([*matplotlib.rcParams["font.family"], *_fonts_for(lacking)])
    lost = sorted(set().union(*(_lacking(text.get_text()) for text in words)) - _drawable())
    if lost:
        warnings.warn(
            f"No font on this machine has the sign {lost[0]!r}{f' and {len(lost) - 1} others' * (len(lost) > 1)}, so "
            "boxes are drawn in their place: install a font of the script, such as Noto Sans, and restart.",
            stacklevel=4,
        )


def folded_words(description: str) -> str:
    """Return Markdown that shows a line to open, and the words of a figure, as they are written, once it is."""
    words = re.sub(r"([\\`*_$<\[])", r"\\\1", description)
    return f"<details><summary>The figure in words</summary>\n\n{words}\n\n</details>"


@contextmanager
def without_font_warnings() -> Iterator[None]:
    """Keep Matplotlib's own warnings of missing signs back: `draw_as_written` has said it."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        yield


def _lacking(words: str) -> frozenset[str]:
    """Return the signs that the usual font does not have."""
    return frozenset(
        sign for sign in words if not sign.isspace() and ord(sign) not in _signs(findfont(FontProperties()))
    )


@cache
def _signs(path: str) -> frozenset[int]:
    return frozenset(get_font(path).get_charmap())


def _other_fonts() -> list[tuple[str, str]]:
    """Return name and path of the fonts for text; that of last resort draws boxes."""
    fonts = {font.name: font.fname for font in fontManager.ttflist if "Last Resort" not in font.name}
    return sorted(fonts.items())


@cache
def _fonts_for(signs: frozenset[str]) -> list[str]:
    """Return the names of as few fonts as have those of the signs that a font here has."""
    names, left = [], {ord(sign) for sign in signs}
    while left:
        found = max(_other_fonts(), key=lambda font: len(left & _signs(font[1])))
        if not left & _signs(found[1]):
            break
        names.append(found[0])
        left -= _signs(found[1])
    return names


@cache
def _drawable() -> frozenset[str]:
    """Return all signs that a font here has."""
    return frozenset(chr(sign) for _, path in _other_fonts() for sign in _signs(path))
