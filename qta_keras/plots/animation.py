"""A short animation of notebook 01: frames of a line or curve on its way, as an animated PNG."""

import io
from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from qta_keras.plots.picture import Picture, new_figure
from qta_keras.plots.regression import Predict, draw_frame
from qta_keras.plots.words_as_written import draw_as_written, without_font_warnings

MILLISECONDS = 150


class Animation(Picture):
    r"""Figures shown one after the other, twice, and then the last one; with a description in words.

    Stored as an animated PNG, which browsers, JupyterLab and GitHub play. What can't play it shows the last frame.

    Parameters
    ----------
    figures : sequence of matplotlib.figure.Figure
        The frames, all of one size.
    description : str
        What there is to see, with the numbers that matter.

    Examples
    --------
    >>> figures = [new_figure(width=2, height=1)[0] for frame in range(3)]
    >>> Animation(figures, "Three empty frames.").png()[:4]
    b'\x89PNG'
    """

    def __init__(self, figures: Sequence[Figure], description: str) -> None:
        super().__init__(figures[-1], description)
        self.figures = list(figures)
        for figure in self.figures[:-1]:
            draw_as_written(figure)

    def png(self) -> bytes:
        """Return the frames as one animated PNG file."""
        frames = [_draw(figure) for figure in self.figures]
        palette = frames[-1].quantize(
            64, Image.Quantize.MAXCOVERAGE
        )  # few colours, the same in all frames: a small file
        frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
        file = io.BytesIO()
        # The picture for programs that can't play is the last frame; it is no part of the animation.
        frames[-1].save(
            file, format="PNG", save_all=True, append_images=frames, default_image=True,
            duration=[MILLISECONDS] * (len(frames) - 1) + [6 * MILLISECONDS], loop=2,
        )  # fmt: skip
        return file.getvalue()


def fit_animation(
    x: np.ndarray,
    y: np.ndarray,
    path: np.ndarray,
    predict: Predict,
    epochs: Sequence[int],
    *,
    xlabel: str = "x",
    ylabel: str = "y",
) -> Animation:
    """Show the line or curve turning into place, a frame for each of the epochs.

    Parameters
    ----------
    x, y, path, predict, epochs, xlabel, ylabel
        As for `qta_keras.plots.fit_strip`, which shows the same in print.

    Examples
    --------
    >>> path = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> fit_animation([0, 1], [1, 3], path, lambda alpha, beta, x: alpha + beta * x, [0, 1, 2]).description
    'Animation of 3 frames, epoch 0 to epoch 2: intercept and slope go from 0.00 and 0.00 to 1.00 and 2.00.'
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    figures = []
    for epoch in epochs:
        figure, axes = new_figure(width=5.2, height=3.2)
        draw_frame(axes, x, y, path[epoch], predict)
        axes.set(title=f"epoch {epoch}", xlabel=xlabel, ylabel=ylabel)
        figures.append(figure)
    first, last = path[epochs[0]], path[epochs[-1]]
    return Animation(
        figures,
        f"Animation of {len(figures)} frames, epoch {epochs[0]} to epoch {epochs[-1]}: intercept and slope go from "
        f"{first[0]:.2f} and {first[1]:.2f} to {last[0]:.2f} and {last[1]:.2f}.",
    )


def _draw(figure: Figure) -> Image.Image:
    file = io.BytesIO()
    with without_font_warnings():
        figure.savefig(file, format="png", dpi=90)
    return Image.open(file).convert("RGB")
