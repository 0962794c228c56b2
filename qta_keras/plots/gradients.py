"""Figures of notebook 00: functions of two numbers, their gradients, and the places where these are zero."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from qta_keras.plots.picture import COLOURS, HEIGHTS, LINE_STYLES, MARKERS, Picture, new_figure

FunctionOfTwo = Callable[[np.ndarray, np.ndarray], np.ndarray]


def contours_with_gradients(
    f: FunctionOfTwo, gradient: Callable[[float, float], Sequence[float]], *, points: Sequence, reach: float = 2.0
) -> Picture:
    """Draw the contour lines of a function of two numbers, with its gradient as an arrow at some points.

    The arrows are drawn to scale among themselves: the longest belongs to the steepest of the points.

    Parameters
    ----------
    f, gradient : callable
        The function, and what returns its two partial derivatives at a point.
    points : sequence of pairs of float
        Where the arrows start.
    reach : float, default 2
        Both axes run from minus this to plus this.

    Examples
    --------
    >>> picture = contours_with_gradients(lambda x, y: x**2 + y**2, lambda x, y: (2 * x, 2 * y), points=[(1, 0)])
    >>> picture.description[-48:]
    'The steepest is (1, 0): slope 2, towards (1, 0).'
    """
    axis = np.linspace(-reach, reach, 201)
    figure, axes = new_figure(width=5.6, height=5.0)
    lines = axes.contour(axis, axis, f(*np.meshgrid(axis, axis)), levels=10, cmap=HEIGHTS, linewidths=1.2)
    axes.clabel(lines, fontsize=8)
    slopes = np.array([gradient(*point) for point in points], dtype=float)
    steepest = int(np.argmax(np.linalg.norm(slopes, axis=1)))
    scale = 0.35 * reach / np.linalg.norm(slopes[steepest])
    style = {"arrowstyle": "-|>", "color": COLOURS[1], "linewidth": 2, "shrinkA": 0, "shrinkB": 0}
    for point, slope in zip(np.asarray(points, dtype=float), slopes, strict=True):
        axes.plot(*point, MARKERS[0], color=COLOURS[1], markersize=4)
        axes.annotate("", point + scale * slope, point, arrowprops=style)
    axes.set(title="Gradients cross the contour lines at right angles", xlabel="x", ylabel="y", aspect="equal")
    where, towards = np.asarray(points[steepest]), slopes[steepest] / np.linalg.norm(slopes[steepest])
    return Picture(
        figure,
        f"Contour lines of a function of x and y with its gradient at {len(points)} points. The steepest is "
        f"({where[0]:.3g}, {where[1]:.3g}): slope {np.linalg.norm(slopes[steepest]):.3g}, towards "
        f"({towards[0]:.3g}, {towards[1]:.3g}).",
    )


def rise_by_direction(degrees: Sequence[float], rises: Sequence[float], *, gradient: float) -> Picture:
    """Draw how fast a function rises in every direction from a point.

    Parameters
    ----------
    degrees : sequence of float
        The directions, counter-clockwise from the x-axis.
    rises : sequence of float
        Rise per unit of length in each direction.
    gradient : float
        The direction of the gradient, in degrees.

    Examples
    --------
    >>> rise_by_direction([0, 90, 180, 270], [2, 0, -2, 0], gradient=0).description
    'Rise against direction: fastest at 0 degrees with 2, slowest at 180 with -2. The gradient points to 0 degrees.'
    """
    rises = np.asarray(rises, dtype=float)
    top, bottom = int(np.argmax(rises)), int(np.argmin(rises))
    figure, axes = new_figure()
    axes.axhline(0, color="0.6", linewidth=0.8)
    axes.plot(degrees, rises, color=COLOURS[0], linewidth=2)
    axes.axvline(gradient, color=COLOURS[1], linestyle=LINE_STYLES[1], linewidth=2, label="direction of the gradient")
    axes.plot(degrees[top], rises[top], MARKERS[0], color="black", label="fastest rise")
    axes.set_xticks(range(0, 361, 45))
    axes.set(title="No direction rises faster", xlabel="direction (degrees)", ylabel="rise per unit of length")
    axes.legend(framealpha=0.9)
    return Picture(
        figure,
        f"Rise against direction: fastest at {degrees[top]:.0f} degrees with {rises[top]:.3g}, slowest at "
        f"{degrees[bottom]:.0f} with {rises[bottom]:.3g}. The gradient points to {gradient:.0f} degrees.",
    )


def surfaces(functions: Mapping[str, FunctionOfTwo], *, reach: float = 1.0) -> Picture:
    """Draw functions of two numbers as surfaces side by side, with a dot at (0, 0).

    Parameters
    ----------
    functions : mapping of str to callable
        By name, functions that take two arrays and return one.
    reach : float, default 1
        Both axes run from minus this to plus this.

    Examples
    --------
    >>> surfaces({"saddle": lambda x, y: x**2 - y**2}).description
    'Surfaces around (0, 0). saddle: height 0 at the dot, 1 along the x-axis and -1 along the y-axis at the edge.'
    """
    axis = np.linspace(-reach, reach, 31)
    x, y = np.meshgrid(axis, axis)
    figure = Figure(figsize=(3.1 * len(functions), 3.4), layout="constrained")
    told = []
    for number, (name, f) in enumerate(functions.items(), start=1):
        axes = figure.add_subplot(1, len(functions), number, projection="3d")
        axes.plot_surface(x, y, f(x, y), cmap=HEIGHTS, alpha=0.75, linewidth=0)
        axes.plot([0], [0], [f(0, 0)], MARKERS[0], color="black", zorder=10)
        axes.set(title=name, xlabel="x", ylabel="y", xticks=[-reach, 0, reach], yticks=[-reach, 0, reach])
        axes.locator_params(axis="z", nbins=4)
        axes.tick_params(labelsize=8)
        told.append(
            f"{name}: height {f(0, 0):.3g} at the dot, {f(reach, 0):.3g} along the x-axis and {f(0, reach):.3g} along "
            "the y-axis at the edge"
        )
    return Picture(figure, f"Surfaces around (0, 0). {'; '.join(told)}.")
