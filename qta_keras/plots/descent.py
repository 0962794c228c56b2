"""Figures of notebooks 01 and 02: a loss with two parameters, and the way that gradient descent takes over it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from scipy.optimize import minimize, minimize_scalar

from qta_keras.plots.picture import COLOURS, SHADES, Picture, curve_style, new_figure

Loss = Callable[[float, float], float]
Box = tuple[tuple[float, float], tuple[float, float]]


def loss_contours(
    loss: Loss,
    paths: Mapping[str, np.ndarray],
    *,
    box: Box | None = None,
    title: str = "The way down the loss",
    xlabel: str = "intercept α",
    ylabel: str = "slope β",
) -> Picture:
    """Draw lines of equal loss over alpha and beta, in equal steps, and paths of descent on them.

    The lowest point is a cross, where it lies inside the figure; a hollow circle is where a path ends.

    Parameters
    ----------
    loss : callable
        ``loss(alpha, beta)`` gives the loss, a number.
    paths : mapping of str to array of float, shape (epochs + 1, 2)
        Name of each run, with alpha and beta at its start and after each epoch; at least one.
    box : ((float, float), (float, float)), optional
        What to draw: lowest and highest alpha, lowest and highest beta. By default all paths, with a margin of a third.
    title, xlabel, ylabel : str
        Words for the figure.

    Examples
    --------
    >>> path = np.array([[0.0, 0.0], [1.0, 0.5], [1.0, 1.0]])
    >>> picture = loss_contours(lambda alpha, beta: (alpha - 1) ** 2 + (beta - 1) ** 2, {"descent": path})
    >>> picture.description
    'Contours of the loss over intercept α and slope β, 0.25 apart. descent: from (0.00, 0.00), loss 2.00, to \
(1.00, 1.00), loss 0.00, in 2 epochs. The lowest loss, 0.00, is at (1.00, 1.00).'
    """
    box = box or _box_around(paths.values())
    alphas, betas, heights = _grid(loss, box, 70)
    figure, axes = new_figure(width=7.6, height=5.0)
    # Round numbers in equal steps: where the lines lie close together, the ground is steep.
    levels = MaxNLocator(nbins=16).tick_values(heights.min(), heights.max())
    axes.contourf(alphas, betas, heights, levels=levels, cmap=SHADES, alpha=0.7)
    lines = axes.contour(alphas, betas, heights, levels=levels, colors="0.4", linewidths=0.6)
    axes.clabel(lines, levels[1:-1:2], fontsize=8, colors="black", fmt="%g")
    for number, (name, path) in enumerate(paths.items(), start=1):
        style = curve_style(number - 1, first_colour=1)
        axes.plot(*path.T, label=name, markersize=3.5, linewidth=1.5, **style)
    bottom = _lowest_point(loss, box)
    _mark(axes, [path[-1] for path in paths.values()], bottom)
    step = f"{levels[1] - levels[0]:.3g}"
    axes.set(title=f"{title} (lines {step} apart)", xlabel=xlabel, ylabel=ylabel)
    # One unit is as long across as up, so that right angles look like right angles.
    axes.set(xlim=(alphas.min(), alphas.max()), ylim=(betas.min(), betas.max()), aspect="equal")
    # Beside the figure: inside, it would hide the ways.
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=3, frameon=False)
    told = "; ".join(_tell(name, path, loss) for name, path in paths.items())
    if bottom is not None:
        told += f". The lowest loss, {loss(*bottom):.2f}, is at ({bottom[0]:.2f}, {bottom[1]:.2f})"
    words = f"Contours of the loss over {xlabel} and {ylabel}, {step} apart. {told}."
    return Picture(figure, words.replace("-0.00", "0.00"))


def loss_slice(loss: Loss, alpha: float, beta: float, slope: float) -> Picture:
    """Draw the loss over beta alone, with alpha held, the tangent at a guess of beta, and the lowest point.

    Parameters
    ----------
    loss : callable
        ``loss(alpha, beta)`` gives the loss, a number.
    alpha, beta : float
        The guess; beta is not where the slice is lowest.
    slope : float
        The slope of the tangent.

    Examples
    --------
    >>> loss_slice(lambda alpha, beta: (alpha + beta) ** 2, alpha=1, beta=1, slope=4).description
    'The loss over slope β, with α held at 1: a curve with its tangent at β = 1, loss 4.00, of slope 4.00. The lowest \
loss of the slice, 0.00, is at β = -1.00.'
    """
    lowest = minimize_scalar(lambda b: loss(alpha, b)).x
    betas = lowest + 1.5 * (beta - lowest) * np.linspace(-1, 1, 200)
    losses = [loss(alpha, b) for b in betas]
    figure, axes = new_figure(height=3.8)
    axes.plot(betas, losses, color="0.2", linewidth=2, label=f"loss, with α = {alpha:g}")
    tangent = loss(alpha, beta) + slope * (betas - beta)
    style = {"color": COLOURS[1], "linestyle": "--"}
    axes.plot(betas, tangent, label=f"tangent: slope {slope:.2f}", **style)
    axes.plot(beta, loss(alpha, beta), "o", color=COLOURS[1], label="the guess")
    _mark(axes, [], (lowest, loss(alpha, lowest)))
    margin = 0.1 * np.ptp(losses)
    axes.set(title="A slice of the loss", xlabel="slope β", ylabel="mean squared error")
    axes.set_ylim(min(losses) - margin, max(losses) + margin)
    axes.legend(frameon=False)
    return Picture(
        figure,
        f"The loss over slope β, with α held at {alpha:g}: a curve with its tangent at β = {beta:g}, loss "
        f"{loss(alpha, beta):.2f}, of slope {slope:.2f}. The lowest loss of the slice, {loss(alpha, lowest):.2f}, "
        f"is at β = {lowest:.2f}.",
    )


def loss_surface(
    loss: Loss, path: np.ndarray, *, title: str = "The loss as a landscape", box: Box | None = None
) -> Picture:
    """Draw the loss as a surface over alpha and beta, in perspective, with the path of descent on it.

    Parameters
    ----------
    loss, box
        As for `loss_contours`.
    path : array of float, shape (epochs + 1, 2)
        alpha and beta at the start and after each epoch.
    title : str
        The figure's title.

    Examples
    --------
    >>> path = np.array([[0.0, 0.0], [1.0, 0.5], [1.0, 1.0]])
    >>> loss_surface(lambda alpha, beta: (alpha - 1) ** 2 + (beta - 1) ** 2, path).description[:53]
    'Surface of the loss over intercept α and slope β: a b'
    """
    box = box or _box_around([path])
    alphas, betas, heights = _grid(loss, box, 40)
    figure = Figure(figsize=(6.4, 4.8), layout="constrained")
    axes = figure.add_subplot(projection="3d", computed_zorder=False)
    axes.plot_surface(
        *np.meshgrid(alphas, betas), heights, cmap=SHADES, alpha=0.8, linewidth=0.2, edgecolor="0.4", zorder=1
    )
    losses = [loss(alpha, beta) for alpha, beta in path]
    axes.plot(*path.T, losses, color=COLOURS[1], marker="o", markersize=3, linewidth=2, zorder=2)
    bottom = _lowest_point(loss, box)
    _mark(axes, [(*path[-1], losses[-1])], bottom if bottom is None else (*bottom, loss(*bottom)))
    axes.legend(loc="upper left", bbox_to_anchor=(0.8, 1), frameon=False)
    axes.view_init(elev=45, azim=-70)
    axes.set(title=title, xlabel="intercept α", ylabel="slope β", zlabel="loss")
    axes.locator_params(nbins=5)
    axes.zaxis.labelpad = 8
    axes.set_box_aspect(None, zoom=0.86)
    return Picture(
        figure,
        f"Surface of the loss over intercept α and slope β: a bowl, {heights.min():.2f} at its lowest and "
        f"{heights.max():.1f} at its highest here. {_tell('The path on it', path, loss)}.",
    )


def _mark(axes: Axes, ends: Sequence[Sequence[float]], bottom: Sequence[float] | None) -> None:
    """Draw a hollow circle where a path ends, and a cross at the lowest point, with their names in the legend."""
    for number, end in enumerate(ends):
        style = {"markersize": 11, "markerfacecolor": "none", "markeredgecolor": "black", "zorder": 4}
        axes.plot(*([value] for value in end), "o", label="" if number else "end of the path", **style)
    if bottom is not None:
        style = {"color": "black", "markersize": 9, "markeredgewidth": 2, "zorder": 5}
        axes.plot(*([value] for value in bottom), "+", label="lowest loss", **style)


def _lowest_point(loss: Loss, box: Box) -> np.ndarray | None:
    """Return alpha and beta of the lowest loss, or None if it is not inside the box."""
    low, high = np.array(box).T
    lowest = minimize(lambda point: loss(*point), (low + high) / 2, bounds=box).x
    margin = (high - low) / 1000
    return lowest if ((lowest > low + margin) & (lowest < high - margin)).all() else None


def _box_around(paths: Sequence[np.ndarray]) -> Box:
    """Return the ranges of all paths, a third wider on each side."""
    points = np.concatenate(list(paths))
    low, high = points.min(axis=0), points.max(axis=0)
    margin = 0.33 * np.maximum(high - low, 1e-3)
    return tuple(zip(low - margin, high + margin, strict=True))


def _grid(loss: Loss, box: Box, steps: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    alphas, betas = (np.linspace(low, high, steps) for low, high in box)
    return alphas, betas, np.array([[loss(alpha, beta) for alpha in alphas] for beta in betas])


def _tell(name: str, path: np.ndarray, loss: Loss) -> str:
    (first, last), epochs = (path[0], path[-1]), len(path) - 1
    return (
        f"{name}: from ({first[0]:.2f}, {first[1]:.2f}), loss {loss(*first):.2f}, to ({last[0]:.2f}, {last[1]:.2f}), "
        f"loss {loss(*last):.2f}, in {epochs} epochs"
    )
