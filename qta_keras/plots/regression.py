"""Figures of notebooks 01 and 02: a line or curve through points, its residuals, and its way into place."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from qta_keras.plots.picture import COLOURS, MARKERS, Picture, curve_style, new_figure

Predict = Callable[[float, float, np.ndarray], np.ndarray]


def lines_through_points(
    x: np.ndarray,
    y: np.ndarray,
    lines: Mapping[str, tuple[float, float]],
    *,
    title: str = "Data and lines",
    xlabel: str = "x",
    ylabel: str = "y",
) -> Picture:
    """Draw observations as points, and lines over them.

    Parameters
    ----------
    x, y : array of float, shape (n,)
        The observations.
    lines : mapping of str to (float, float)
        Name of each line, with its intercept alpha and slope beta; may be empty.
    title, xlabel, ylabel : str
        Words for the figure; say the units in the labels.

    Examples
    --------
    >>> lines_through_points([0, 1], [1, 3], {"truth": (1, 2)}).description
    'Scatter plot of 2 points, x from 0.0 to 1.0, y from 1.0 to 3.0. Lines: truth, intercept 1.0 and slope 2.000.'
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    figure, axes = new_figure()
    _scatter(axes, x, y)
    ends = np.array([x.min(), x.max()])
    for number, (name, (alpha, beta)) in enumerate(lines.items(), start=1):
        style = curve_style(number - 1, first_colour=1) | {"marker": "", "linewidth": 2}
        axes.plot(ends, alpha + beta * ends, label=name, **style)
    axes.set(title=title, xlabel=xlabel, ylabel=ylabel)
    if lines:
        axes.legend(frameon=False)
    told = "; ".join(f"{name}, intercept {alpha:.1f} and slope {beta:.3f}" for name, (alpha, beta) in lines.items())
    return Picture(
        figure,
        f"Scatter plot of {len(x)} points, {xlabel} from {x.min():.1f} to {x.max():.1f}, {ylabel} from {y.min():.1f} "
        f"to {y.max():.1f}." + (f" Lines: {told}." if told else ""),
    )


def residuals(
    x: np.ndarray, y: np.ndarray, alpha: float, beta: float, *, xlabel: str = "x", ylabel: str = "y"
) -> Picture:
    """Draw the line alpha + beta x, and the residual of each observation as a stick from the line to the point.

    Parameters
    ----------
    x, y : array of float, shape (n,)
        The observations.
    alpha, beta : float
        Intercept and slope of the line.
    xlabel, ylabel : str
        Names of the axes, with units.

    Examples
    --------
    >>> print(residuals([0, 1, 2], [1, 3, 6], 1.0, 2.0).description)
    Line with intercept 1.00 and slope 2.00 through 3 points. Their residuals, drawn as sticks, run from 0.0 to 1.0; \
the mean squared error is 0.33.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    fitted = alpha + beta * x
    e = y - fitted
    figure, axes = new_figure()
    axes.vlines(x, fitted, y, color=COLOURS[1], linewidth=1.2, label="residual")
    _scatter(axes, x, y)
    ends = np.array([x.min(), x.max()])
    axes.plot(ends, alpha + beta * ends, color="black", linewidth=2, label="line")
    error = f"mean squared error {np.mean(e**2):.2f}"
    axes.set(title=f"α = {alpha:.2f}, β = {beta:.2f}: {error}", xlabel=xlabel, ylabel=ylabel)
    axes.legend(frameon=False)
    return Picture(
        figure,
        f"Line with intercept {alpha:.2f} and slope {beta:.2f} through {len(x)} points. Their residuals, drawn as "
        f"sticks, run from {e.min():.1f} to {e.max():.1f}; the mean squared error is {np.mean(e**2):.2f}.",
    )


def loss_per_epoch(
    losses: Mapping[str, Sequence[float]], *, title: str = "Loss per epoch", lowest: float | None = None
) -> Picture:
    """Draw the loss after each epoch, from the start (epoch 0); a curve per run.

    The axis is logarithmic, or, where the lowest possible loss is given, begins at 0 and shows that floor.
    A run that diverges leaves the figure at ten times the largest loss at a start.

    Parameters
    ----------
    losses : mapping of str to sequence of float
        Name of each run, with its losses, positive.
    title : str
        The figure's title.
    lowest : float, optional
        The lowest loss that any line can have.

    Examples
    --------
    >>> loss_per_epoch({"η = 0.1": [4, 2, 1]}).description
    'Curves of the loss per epoch, logarithmic axis. η = 0.1: from 4.00 to 1.00 in 2 epochs.'
    >>> print(loss_per_epoch({"η = 0.1": [4, 2, 1]}, lowest=0.9).description)
    Curves of the loss per epoch, axis from 0. η = 0.1: from 4.00 to 1.00 in 2 epochs. A dashed line marks the lowest \
possible loss, 0.90.
    """
    figure, axes = new_figure()
    for number, (name, values) in enumerate(losses.items()):
        style = curve_style(number)
        every = max(1, len(values) // 10)
        axes.plot(range(len(values)), values, label=name, markevery=every, markersize=5, **style)
    least = min(np.min(values) for values in losses.values())
    largest = max(np.max(values) for values in losses.values())
    highest = min(1.3 * largest, 10 * max(values[0] for values in losses.values()))
    axis, floor = "logarithmic axis", ""
    if lowest is None:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.set(ylabel="loss (logarithmic axis)", ylim=(least / 1.3, highest))
    else:
        axis, floor = "axis from 0", f" A dashed line marks the lowest possible loss, {lowest:.2f}."
        axes.axhline(lowest, color="0.2", linestyle="--", linewidth=1.5, label=f"lowest possible: {lowest:.2f}")
        axes.axhspan(0, lowest, color="0.9", label="what no line can remove")
        axes.set(ylabel="loss", ylim=(0, highest))
    axes.set(title=title, xlabel="epoch")
    axes.legend(frameon=False)
    told = "; ".join(
        f"{name}: from {values[0]:.2f} to {values[-1]:,.2f} in {len(values) - 1} epochs"
        if values[-1] < highest
        else f"{name}: from {values[0]:.2f} to beyond the figure, it diverges"
        for name, values in losses.items()
    )
    return Picture(figure, f"Curves of the loss per epoch, {axis}. {told}.{floor}")


def fit_strip(
    x: np.ndarray,
    y: np.ndarray,
    path: np.ndarray,
    predict: Predict,
    epochs: Sequence[int],
    *,
    losses: Sequence[float] | None = None,
    xlabel: str = "x",
    ylabel: str = "y",
) -> Picture:
    """Draw how the line or curve looks after some of the epochs, panel by panel.

    Where every y is 0 or 1, the two classes have markers of their own.

    Parameters
    ----------
    x, y : array of float, shape (n,)
        The observations.
    path : array of float, shape (epochs + 1, 2)
        alpha and beta at the start and after each epoch.
    predict : callable
        ``predict(alpha, beta, x)`` gives the height of the line or curve at each x.
    epochs : sequence of int
        Which epochs to draw; 0 is the start.
    losses : sequence of float, shape (epochs + 1,), optional
        The loss at the start and after each epoch, for the panels' titles.
    xlabel, ylabel : str
        Names of the axes, with units.

    Examples
    --------
    >>> path = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 2.0]])
    >>> strip = fit_strip([0, 1], [1, 3], path, lambda alpha, beta, x: alpha + beta * x, [0, 2])
    >>> strip.description
    'Strip of 2 frames. Intercept and slope after epoch 0: 0.00 and 0.00; after epoch 2: 1.00 and 2.00.'
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    figure, panels = new_figure(len(epochs), width=9.5, height=2.8)
    for axes, epoch in zip(np.atleast_1d(panels), epochs, strict=True):
        draw_frame(axes, x, y, path[epoch], predict)
        axes.set(title=f"epoch {epoch}" + ("" if losses is None else f"\nloss {losses[epoch]:.2f}"), xlabel=xlabel)
        if axes is not np.atleast_1d(panels)[0]:
            axes.tick_params(labelleft=False)
    np.atleast_1d(panels)[0].set_ylabel(ylabel)
    told = "; ".join(f"after epoch {epoch}: {path[epoch][0]:.2f} and {path[epoch][1]:.2f}" for epoch in epochs)
    if losses is not None:
        told += ". The loss in the frames: " + ", ".join(f"{losses[epoch]:.2f}" for epoch in epochs)
    return Picture(figure, f"Strip of {len(epochs)} frames. Intercept and slope {told}.".replace("-0.00", "0.00"))


def draw_frame(axes: Axes, x: np.ndarray, y: np.ndarray, parameters: Sequence[float], predict: Predict) -> None:
    """Draw points and the curve of one pair of parameters into axes whose limits depend on the points alone.

    Examples
    --------
    >>> figure, axes = new_figure()
    >>> draw_frame(axes, np.array([0, 1]), np.array([1, 3]), (1, 2), lambda alpha, beta, x: alpha + beta * x)
    """
    margin = 0.15 * (y.max() - y.min())
    grid = np.linspace(x.min(), x.max(), 100)
    two_classes = np.isin(y, (0, 1)).all()
    for number, members in enumerate([y == 0, y == 1] if two_classes else [slice(None)]):
        axes.plot(x[members], y[members], MARKERS[number], color=COLOURS[number], markersize=2.5, alpha=0.6)
    colour = "black" if two_classes else COLOURS[1]
    axes.plot(grid, predict(*parameters, grid), color=colour, linewidth=2.5)
    axes.set_ylim(min(0, y.min()) - margin, y.max() + margin)


def _scatter(axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    axes.plot(x, y, MARKERS[0], color=COLOURS[0], markersize=4, alpha=0.7)
