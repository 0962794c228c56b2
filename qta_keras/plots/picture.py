"""What all figures share: the style, and a description in words."""

import base64
import io
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from qta_keras.plots.words_as_written import draw_as_written, folded_words, without_font_warnings

# Okabe and Ito's colours, told apart by colour-blind readers; line styles and markers differ as well.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LINE_STYLES = ("-", "--", "-.", ":")
MARKERS = ("o", "s", "^", "D", "v", "P")
# Matplotlib's colour maps: for shares and losses, for heights, and for numbers of both signs.
SHADES, HEIGHTS, BOTH_SIGNS = "Blues", "viridis", "RdBu_r"
GREY, BROWN = "0.7", "#A04000"  # for what is in the background, and for small print beside orange lines


def curve_style(number: int, *, first_colour: int = 0) -> dict[str, str]:
    """Return colour, line and marker of the curve of that number, from 0 on; the first 36 all differ.

    Without their markers the first 24 differ.

    Examples
    --------
    >>> curve_style(6)
    {'color': '#0072B2', 'linestyle': '-.', 'marker': 's'}
    """
    return {
        "color": COLOURS[(number + first_colour) % len(COLOURS)],
        "linestyle": LINE_STYLES[(number + number // 12) % len(LINE_STYLES)],
        "marker": MARKERS[(number + number // len(MARKERS)) % len(MARKERS)],
    }


class Picture:
    """A figure and its description in words, which serves as alternative text, and folded below the figure.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The figure; ``picture.figure.axes`` lets you change it.
    description : str
        What there is to see, with the numbers that matter.

    Examples
    --------
    >>> figure, axes = new_figure()
    >>> _ = axes.plot([1, 2], [3, 4])
    >>> Picture(figure, "A rising line.").description
    'A rising line.'
    """

    # So many look the same and take a third of the room. Where shades are to be read off, None keeps all of them.
    colours: int | None = 128

    def __init__(self, figure: Figure, description: str) -> None:
        self.figure = figure
        self.description = description
        draw_as_written(figure)
        if any(axes.name == "3d" for axes in figure.axes):
            _lay_out_space(figure)

    def __repr__(self) -> str:
        """Return the description: what a reader sees where no picture can be shown."""
        return self.description

    def save(self, path: str | Path) -> None:
        """Write the figure to a new file; its ending (.png, .pdf, .svg) decides the format.

        Raises
        ------
        FileExistsError
            If there is a file of that name already: nothing is overwritten.
        """
        if Path(path).exists():
            raise FileExistsError(f"{path} exists already; choose another name or delete it first.")
        with without_font_warnings():
            self.figure.savefig(path, bbox_inches="tight")

    def png(self) -> bytes:
        """Return the figure as a PNG file, as it is shown."""
        drawn, image = io.BytesIO(), io.BytesIO()
        with without_font_warnings():
            self.figure.savefig(drawn, format="png", dpi=110, bbox_inches="tight")
        stored = Image.open(drawn).convert("RGB")
        if self.colours is not None:
            stored = stored.quantize(self.colours, dither=Image.Dither.NONE)
        stored.info.clear()  # no version of matplotlib stays in the file
        stored.save(image, "png", optimize=True)
        return image.getvalue()

    def _ipython_display_(self) -> None:
        """Show the image, with the description as its alternative text and again below, folded, for everyone."""
        from IPython.display import Markdown, display

        display(
            {"image/png": base64.b64encode(self.png()).decode(), "text/plain": self.description},
            metadata={"image/png": {"alt": self.description}},
            raw=True,
        )
        display(Markdown(folded_words(self.description)))


def _lay_out_space(figure: Figure) -> None:
    """Draw axes in space once before the layout, which in Matplotlib 3.10 would not know where their words stand."""
    layout = figure.get_layout_engine()
    figure.set_layout_engine("none")
    figure.draw_without_rendering()
    figure.set_layout_engine(layout)


def new_figure(columns: int = 1, *, width: float = 7.0, height: float = 3.6) -> tuple[Figure, Axes | np.ndarray]:
    """Make a figure with panels side by side, in the style of the course; sizes in inches.

    Examples
    --------
    >>> figure, (left, right) = new_figure(2)
    """
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(1, columns)
    for panel in np.atleast_1d(axes):
        put_in_style(panel)
    return figure, axes


def put_in_style(axes: Axes) -> None:
    """Give axes the course's style: no frame at the top and on the right, and a faint grid behind what is drawn."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(alpha=0.25)
    axes.set_axisbelow(True)
