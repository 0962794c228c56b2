"""Figures of notebook 00: what a matrix does to the plane, and matrices of similarities."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from qta_keras.plots.picture import BOTH_SIGNS, COLOURS, HEIGHTS, LINE_STYLES, MARKERS, Picture, new_figure

_REACH = 3  # the grid that is moved runs from minus this to plus this


def grid_before_after(matrix: Sequence[Sequence[float]], *, point: Sequence[float] = (1, 1)) -> Picture:
    """Draw the grid of the plane, and where a matrix takes it.

    The two unit vectors and one further point are followed: the columns of the matrix are where the unit vectors go.

    Parameters
    ----------
    matrix : sequence of sequence of float, shape (2, 2)
        The matrix that moves the plane.
    point : sequence of float, shape (2,), default (1, 1)
        The point to follow.

    Raises
    ------
    ValueError
        If the matrix does not have two rows and two columns.

    Examples
    --------
    >>> print(grid_before_after([[1, -2], [-0.5, 2]]).description)
    A grid before and after the matrix has moved it. (1, 0) goes to (1, -0.5), (0, 1) goes to (-2, 2) and (1, 1) goes \
to (-1, 1.5). Areas are multiplied by 1.
    """
    matrix = _checked(matrix, rows=2)
    figure, panels = new_figure(2, width=8.5, height=4.3)
    followed = np.array([[1, 0], [0, 1], point], dtype=float)
    for axes, moved in zip(panels, (np.eye(2), matrix), strict=True):
        axes.grid(visible=False)
        for line in _grid_lines():
            axes.plot(*(moved @ line), color="0.75", linewidth=0.8)
        for number, target in enumerate(followed @ moved.T):
            style = {"color": COLOURS[number], "linestyle": LINE_STYLES[number], "linewidth": 2}
            axes.plot(*zip([0, 0], target, strict=True), **style)
            axes.plot(*target, MARKERS[number], color=COLOURS[number], label=f"{_point(target)}", markersize=8)
        axes.set(xlim=(-4, 4), ylim=(-4, 4), aspect="equal", xlabel="first number", ylabel="second number")
        axes.legend(loc="upper right", framealpha=0.9)
    panels[0].set_title("Before")
    panels[1].set_title("After: the matrix has moved each point")
    goes = [f"{_point(a)} goes to {_point(b)}" for a, b in zip(followed, followed @ matrix.T, strict=True)]
    return Picture(
        figure,
        f"A grid before and after the matrix has moved it. {goes[0]}, {goes[1]} and {goes[2]}. Areas are "
        f"multiplied by {abs(np.linalg.det(matrix)):.3g}.",
    )


def plane_into_space(matrix: Sequence[Sequence[float]]) -> Picture:
    """Draw the grid of the plane, and the sheet in three-dimensional space to which a matrix takes it.

    Parameters
    ----------
    matrix : sequence of sequence of float, shape (3, 2)
        The matrix that moves the plane.

    Raises
    ------
    ValueError
        If the matrix does not have three rows and two columns.

    Examples
    --------
    >>> print(plane_into_space([[1, 0], [0, 1], [1, 1]]).description)
    The grid of the plane, and the flat sheet in space to which the matrix takes it: (1, 0) goes to (1, 0, 1) and \
(0, 1) goes to (0, 1, 1).
    """
    matrix = _checked(matrix, rows=3)
    figure = Figure(figsize=(8.5, 4.3), layout="constrained")
    plane, space = figure.add_subplot(1, 2, 1), figure.add_subplot(1, 2, 2, projection="3d")
    for axes, moved in ((plane, np.eye(2)), (space, matrix)):
        for line in _grid_lines():
            axes.plot(*(moved @ line), color="0.65", linewidth=0.8)
        for number, unit in enumerate(np.eye(2)):
            target = moved @ unit
            style = {"color": COLOURS[number], "linestyle": LINE_STYLES[number], "linewidth": 2.5}
            axes.plot(*zip(np.zeros(len(target)), target, strict=True), **style)
            marked = [[value] for value in target]
            axes.plot(*marked, MARKERS[number], color=COLOURS[number], label=_point(target), markersize=8)
        axes.set(xlabel="first number", ylabel="second number")
        axes.legend(loc="upper right", framealpha=0.9)
    plane.set(title="Before: the plane", aspect="equal")
    plane.spines[["top", "right"]].set_visible(False)
    corners = _REACH * np.array([[-1, 1], [-1, 1]])
    sheet = np.tensordot(matrix, np.meshgrid(*corners), axes=1)
    space.plot_surface(*sheet, color=COLOURS[5], alpha=0.25, linewidth=0)
    space.set(title="After: a sheet in space", zlabel="third number")
    space.view_init(elev=18, azim=-65)
    space.set_box_aspect((1, 1, 0.9), zoom=0.9)
    space.locator_params(nbins=3)
    space.tick_params(labelsize=8)
    space.zaxis.labelpad = 6
    one, other = (_point(column) for column in matrix.T)
    return Picture(
        figure,
        "The grid of the plane, and the flat sheet in space to which the matrix takes it: (1, 0) goes to "
        f"{one} and (0, 1) goes to {other}.",
    )


def similarity_map(
    similarities: pd.DataFrame, *, edges: Sequence[str] = (), title: str = "Cosine similarity"
) -> Picture:
    """Draw how similar each document is to each other, as shades of colour.

    Where similarities below zero occur, the shades run from -1 through white at 0 to 1. The diagonal, each document
    with itself, is left blank. From 25 documents on only every third name is written, and those at an edge.

    Parameters
    ----------
    similarities : pandas.DataFrame, shape (n, n)
        Similarities between -1 and 1, with the same names as index and columns; n is 2 or more.
    edges : sequence of str
        The documents that begin a new block: a line is drawn before each of them.
    title : str
        The title of the figure.

    Examples
    --------
    >>> print(similarity_map(pd.DataFrame([[1, 0.2], [0.2, 1]], index=list("ab"), columns=list("ab"))).description)
    Map of the cosine similarities of 2 documents, from 0.20 (a and b) to 0.20 (a and b), not counting each with itself.
    """
    n = len(similarities)
    values = similarities.to_numpy()
    signed = values.min() < 0
    figure, axes = new_figure(width=2.6 + 0.14 * n, height=2.2 + 0.13 * n)
    axes.grid(visible=False)
    shown = np.where(np.eye(n, dtype=bool), np.nan, values)
    low, high = (-1, 1) if signed else (np.floor(10 * np.nanmin(shown)) / 10, np.ceil(10 * np.nanmax(shown)) / 10)
    image = axes.imshow(shown, cmap=BOTH_SIGNS if signed else HEIGHTS, vmin=low, vmax=high)
    figure.colorbar(image, label="cosine similarity", shrink=0.7)
    starts = [similarities.index.get_loc(name) for name in edges]
    for start in starts:
        for colour, line_width in (("0.15", 3), ("white", 1.4)):  # light, with a dark rim: seen on every shade
            axes.axvline(start - 0.5, color=colour, linewidth=line_width)
            axes.axhline(start - 0.5, color=colour, linewidth=line_width)
    every = 1 if n < 25 else 3
    named = [k for k in range(n) if k in starts or (k % every == 0 and not {k - 1, k + 1} & set(starts))]
    axes.set_xticks(named, similarities.columns[named], rotation=90, fontsize=9)
    axes.set_yticks(named, similarities.index[named], fontsize=9)
    axes.set(title=title, xlabel=similarities.columns.name or "document", ylabel=similarities.index.name or "document")
    rows, columns = np.triu_indices(n, k=1)
    apart = values[rows, columns]

    def pair(position: int) -> str:
        return (
            f"{apart[position]:.2f} ({similarities.index[rows[position]]} and {similarities.index[columns[position]]})"
        )

    lines = f" A line before {' and before '.join(edges)} marks an edge." if starts else ""
    picture = Picture(
        figure,
        f"Map of the cosine similarities of {n} documents, from {pair(apart.argmin())} to {pair(apart.argmax())}, not "
        f"counting each with itself.{lines}",
    )
    picture.colours = None  # a colour bar of few colours falls into bands
    return picture


def _checked(matrix: Sequence[Sequence[float]], *, rows: int) -> np.ndarray:
    checked = np.asarray(matrix, dtype=float)
    if checked.shape != (rows, 2):
        raise ValueError(f"The matrix has the shape {checked.shape}, but this figure needs one of shape ({rows}, 2).")
    return checked


def _grid_lines() -> list[np.ndarray]:
    """Return the ends of the grid's lines, each of shape (2, 2) with a point in each column."""
    ends = np.array([-_REACH, _REACH])
    across = [np.array([ends, [at, at]]) for at in range(-_REACH, _REACH + 1)]
    return across + [line[::-1] for line in across]


def _point(numbers: Sequence[float]) -> str:
    return "(" + ", ".join(f"{number + 0:.3g}" for number in numbers) + ")"
