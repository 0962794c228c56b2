"""Figures of notebook 02c: losses against what they cost, one loss from several starts, optimisers on a saddle."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from qta_keras.plots.picture import SHADES, Picture, curve_style, new_figure, put_in_style

Run = tuple[Sequence[float], Sequence[float]]


def losses_by_cost(
    runs: Mapping[str, Run], *, xlabel: str, title: str = "What a loss costs", log: bool = False
) -> Picture:
    """Draw the loss of several runs against what they have cost so far: passes, updates, observations read.

    Parameters
    ----------
    runs : mapping of str to (sequence of float, sequence of float)
        Name of each run, with its costs, rising, and its losses, as many.
    xlabel : str
        What the cost is counted in.
    title : str
        The figure's title.
    log : bool, default False
        Whether the costs are on a logarithmic axis; they are positive then.

    Examples
    --------
    >>> picture = losses_by_cost({"full batch": ([1, 2, 3], [3.0, 1.0, 2.0])}, xlabel="passes")
    >>> picture.description
    'Loss against passes. full batch: from 3.00 at 1 to 2.00 at 3, lowest 1.00 at 2.'
    """
    figure, axes = new_figure(width=7.5)
    told = []
    for number, (name, (costs, losses)) in enumerate(runs.items()):
        style = curve_style(number)
        axes.plot(costs, losses, label=name, markevery=max(1, len(costs) // 10), markersize=5, **style)
        low = int(np.argmin(losses))
        told.append(
            f"{name}: from {losses[0]:.2f} at {costs[0]:g} to {losses[-1]:.2f} at {costs[-1]:g}, "
            f"lowest {losses[low]:.2f} at {costs[low]:g}"
        )
    if log:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
    axes.set(title=title, xlabel=xlabel + (" (logarithmic axis)" if log else ""), ylabel="loss J")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    return Picture(figure, f"Loss against {xlabel}. {'; '.join(told)}.")


def descents_on_curve(
    loss: Callable[[np.ndarray], np.ndarray],
    paths: Sequence[np.ndarray],
    *,
    title: str = "Where you end depends on where you start",
) -> Picture:
    """Draw a loss of one parameter as a curve, and descents on it from several starts.

    Parameters
    ----------
    loss : callable
        Takes an array of parameters, gives an array of losses.
    paths : sequence of array of float, shape (steps + 1,)
        The parameter at the start and after each step, for each descent.
    title : str
        The figure's title.

    Examples
    --------
    >>> descents_on_curve(lambda theta: theta**2, [np.array([1.0, 0.5, 0.0])]).description
    'A loss of one parameter with 1 descents: from 1.00 to 0.00, loss 0.00.'
    """
    points = np.concatenate(list(paths))
    margin = 0.1 * np.ptp(points)
    theta = np.linspace(points.min() - margin, points.max() + margin, 301)
    figure, axes = new_figure()
    axes.plot(theta, loss(theta), color="0.55", linewidth=1.5)
    told = []
    for number, path in enumerate(paths):
        look = curve_style(number)
        axes.plot(path, loss(path), markersize=3, **(look | {"linestyle": ":"}))
        start = f"start {path[0]:.1f}".replace("-", "−")
        axes.plot(path[0], loss(path[0]), markersize=9, label=start, **(look | {"linestyle": ""}))
        told.append(f"from {path[0]:.2f} to {path[-1]:.2f}, loss {loss(path[-1]):.2f}")
    ends = np.array([path[-1] for path in paths])
    axes.plot(ends, loss(ends), "*", color="black", markersize=13, label="end")
    axes.set(title=title, xlabel="parameter θ", ylabel="loss")
    axes.legend(frameon=False)
    return Picture(figure, f"A loss of one parameter with {len(paths)} descents: {'; '.join(told)}.")


def saddle_paths(
    loss: Callable[[np.ndarray, np.ndarray], np.ndarray],
    paths: Mapping[str, np.ndarray],
    *,
    drawn: int = 60,
    title: str = "Across a saddle",
) -> Picture:
    """Draw paths of optimisers over the contours of a loss with a saddle at (0, 0), and when they leave its ridge.

    The ridge runs along y = 0 and the valleys lie on both sides of it, so y tells whether a path has left.

    Parameters
    ----------
    loss : callable
        ``loss(x, y)`` takes two arrays and gives an array.
    paths : mapping of str to array of float, shape (steps + 1, 2)
        Name of each optimiser, with x and y at the start and after each step.
    drawn : int, default 60
        How many steps the upper panels show, one panel a path; the lower one shows all.
    title : str
        Of the upper panels.

    Examples
    --------
    >>> path = np.array([[1.0, 0.1], [0.5, 0.2], [0.0, 0.4], [0.0, 1.0]])
    >>> saddle_paths(lambda x, y: x**2 - y**2, {"descent": path}, drawn=2).description
    'Paths over the contours of a loss with a saddle at (0, 0), 2 steps, and y against the step. descent: from \
(1.00, 0.10) to (0.00, 0.40) at step 2; y beyond 0.5 from step 3.'
    """
    reach = 1.15 * np.max([abs(path[: drawn + 1]).max(axis=0) for path in paths.values()], axis=0)
    x, y = (np.linspace(-end, end, 201) for end in reach)
    heights = loss(*np.meshgrid(x, y))
    figure = Figure(figsize=(max(3.2 * len(paths), 6.4), 6.4), layout="constrained")
    above, below = figure.subfigures(2, 1, height_ratios=(1.1, 1))
    panels, steps_of = np.atleast_1d(above.subplots(1, len(paths), sharey=True)), below.subplots()
    put_in_style(steps_of)
    # As many points of the plane between any two lines, so that the flat part has lines too.
    levels = np.unique(np.quantile(heights, np.linspace(0, 1, 18)))
    told = []
    for number, (panel, (name, path)) in enumerate(zip(panels, paths.items(), strict=True)):
        look = curve_style(number, first_colour=1)
        panel.contourf(x, y, heights, levels=levels, cmap=SHADES, alpha=0.7)
        panel.contour(x, y, heights, levels=levels, colors="0.4", linewidths=0.6)
        panel.plot(*path[: drawn + 1].T, markersize=4, linewidth=1.5, **look)
        panel.plot(0, 0, "X", color="black", markersize=10, label="saddle")
        panel.set(title=name, xlabel="parameter x", aspect="equal")
        steps = np.arange(1, len(path))
        steps_of.plot(steps, path[1:, 1], label=name, markersize=5, markevery=0.08, linewidth=1.5, **look)
        told.append(_tell(name, path, min(drawn, len(path) - 1)))
    above.suptitle(f"{title}: the first {drawn} steps")
    panels[0].set_ylabel("parameter y")
    panels[-1].legend(framealpha=0.9, loc="lower right")
    steps_of.axhline(0, color="0.4", linewidth=0.8)
    steps_of.set_xscale("log")
    steps_of.xaxis.set_major_formatter("{x:g}")
    steps_of.set(title="When they leave the ridge, y = 0", xlabel="step (logarithmic axis)", ylabel="parameter y")
    steps_of.legend(loc="lower left", bbox_to_anchor=(1, 0), frameon=False)
    return Picture(
        figure,
        f"Paths over the contours of a loss with a saddle at (0, 0), {drawn} steps, and y against the step. "
        f"{'; '.join(told)}.",
    )


def _tell(name: str, path: np.ndarray, last: int) -> str:
    beyond = abs(path[:, 1]) > 0.5
    left = f"y beyond 0.5 from step {int(np.argmax(beyond))}" if beyond.any() else "y never beyond 0.5"
    return (
        f"{name}: from ({path[0, 0]:.2f}, {path[0, 1]:.2f}) to ({path[last, 0]:.2f}, {path[last, 1]:.2f}) "
        f"at step {last}; {left}"
    )
