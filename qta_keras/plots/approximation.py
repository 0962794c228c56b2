"""Figures of notebook 02c: what networks with one input make of a function on [0, 1], and how their error falls."""

from collections.abc import Mapping, Sequence

import numpy as np

from qta_keras.plots.picture import COLOURS, LINE_STYLES, MARKERS, Picture, curve_style, new_figure


def bends_add_up(x: np.ndarray, truth: np.ndarray, base: float, units: np.ndarray, knots: Sequence[float]) -> Picture:
    """Draw the weighted hidden units of a network with one input, and beside them their sum over the function.

    Parameters
    ----------
    x : array of float, shape (points,)
        Where the function is known, in ascending order.
    truth : array of float, shape (points,)
        The function.
    base : float
        The output's bias.
    units : array of float, shape (points, units)
        What each hidden unit adds to the output; one unit or more.
    knots : sequence of float
        Where each unit bends.

    Examples
    --------
    >>> x = np.array([0.0, 0.5, 1.0])
    >>> print(bends_add_up(x, x**2, 0.0, np.array([[0, 0], [0.25, 0], [0.5, 0.5]]), knots=[0, 0.5]).description)
    Left, 2 hidden units with their weights, each flat up to its bend: at x = 0, rising; at x = 0.5, rising. Right, \
their sum plus 0: straight pieces on the curve, at most 0.000 away from it.
    """
    total = base + units.sum(axis=1)
    figure, (left, right) = new_figure(2, width=9.4, height=3.7)
    for number, (knot, unit) in enumerate(zip(knots, units.T, strict=True)):
        style = curve_style(number)
        marked = ((number + 1) % len(x), max(1, len(x) // 6))
        left.plot(x, unit, linewidth=1.8, markevery=marked, label=f"{knot:.3g}", **style)
    left.set(title="Each hidden unit bends once ...", xlabel="x", ylabel="unit, times its weight")
    left.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, title="bend at x =", fontsize=9)
    right.plot(x, truth, color="0.3", linestyle=LINE_STYLES[1], linewidth=2, label="function f")
    right.plot(x, total, color=COLOURS[0], linewidth=2, label="network: the sum")
    right.plot(knots, np.interp(knots, x, total), MARKERS[0], color=COLOURS[0])
    right.set(title="... and their sum follows the function", xlabel="x", ylabel="f(x)")
    right.legend(frameon=False)
    goes = [
        f"at x = {knot:.3g}, {'rising' if unit[-1] > 0 else 'falling'}"
        for knot, unit in zip(knots, units.T, strict=True)
    ]
    return Picture(
        figure,
        f"Left, {len(goes)} hidden units with their weights, each flat up to its bend: {'; '.join(goes)}. Right, their "
        f"sum plus {base:g}: straight pieces on the curve, at most {abs(total - truth).max():.3f} away from it.",
    )


def errors_by_width(widths: Sequence[int], errors: Mapping[str, tuple[Sequence[int], Sequence]]) -> Picture:
    """Draw the largest error of networks against the number of their hidden units, both on logarithmic axes.

    Parameters
    ----------
    widths : sequence of int
        The numbers of hidden units to mark on the axis.
    errors : mapping of str to (widths, errors)
        By way of finding the weights, two widths or more, and the error of each, above 0; or a row of errors for each
        of several starts, which are drawn as single markers around their median.

    Examples
    --------
    >>> print(errors_by_width([4, 8], {"built": ([4, 8], [0.4, 0.1])}).description)
    Largest error against the number of hidden units, both on logarithmic axes. built: from 0.4 with 4 units to 0.1 \
with 8, a slope of -2.0.
    """
    figure, axes = new_figure(height=4.0)
    told = []
    for number, (name, (at, values)) in enumerate(errors.items()):
        values = np.atleast_2d(values)
        middle = np.median(values, axis=0)
        style = curve_style(number)
        axes.loglog(at, middle, linewidth=1.8, label=name, **style)
        if len(values) > 1:
            hollow = style | {"linestyle": "none", "fillstyle": "none"}
            axes.loglog(np.tile(at, (len(values), 1)), values, **hollow)
        told.append(f"{name}: {_course(at, middle)}")
    axes.minorticks_off()
    axes.set_xticks(widths, [str(width) for width in widths])
    axes.set(title="Error against width", xlabel="hidden units (log scale)", ylabel="largest error (log scale)")
    axes.legend(frameon=False)
    return Picture(
        figure,
        f"Largest error against the number of hidden units, both on logarithmic axes. {'. '.join(told)}.",
    )


def waves(x: np.ndarray, curves: Mapping[str, np.ndarray], *, level: float = 0.5) -> Picture:
    """Draw curves side by side on the same scale, and count how often each crosses a level.

    Parameters
    ----------
    x : array of float, shape (points,)
        Where the curves are known, in ascending order.
    curves : mapping of str to array of float, shape (points,)
        By name, the heights.
    level : float, default 0.5
        Drawn as a dotted line.

    Examples
    --------
    >>> waves(np.linspace(0, 1, 3), {"one tooth": np.array([0, 1, 0])}).description
    'Curves for x from 0 to 1 with a dotted line at height 0.5. one tooth: crosses it 2 times.'
    """
    figure, panels = new_figure(len(curves), width=max(2.9 * len(curves), 4.0), height=2.9)
    told = []
    for axes, (name, heights) in zip(np.atleast_1d(panels), curves.items(), strict=True):
        crossings = np.count_nonzero(np.diff(np.sign(heights[heights != level] - level)))
        axes.plot(x, heights, color=COLOURS[0], linewidth=1.6)
        axes.axhline(level, color=COLOURS[1], linestyle=":", linewidth=1.5)
        axes.set(title=f"{name}:\n{crossings} crossings", xlabel="x", ylim=(-0.1, 1.1))
        told.append(f"{name}: crosses it {crossings} times")
    np.atleast_1d(panels)[0].set_ylabel("output")
    return Picture(
        figure,
        f"Curves for x from {x[0]:g} to {x[-1]:g} with a dotted line at height {level:g}. {'; '.join(told)}.",
    )


def _course(widths: Sequence[int], errors: np.ndarray) -> str:
    slope = np.polyfit(np.log(widths), np.log(errors), 1)[0]
    return f"from {errors[0]:.1g} with {widths[0]} units to {errors[-1]:.1g} with {widths[-1]}, a slope of {slope:.1f}"
