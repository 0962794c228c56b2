"""Figures of notebook 00: slopes of curves, and how well a finite difference finds them."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from qta_keras.plots.picture import COLOURS, LINE_STYLES, MARKERS, Picture, curve_style, new_figure

Function = Callable[[np.ndarray], np.ndarray]


def secants(f: Function, *, x: float, steps: Sequence[float], slope: float) -> Picture:
    """Draw a curve, its tangent at a point, and secants from there to points a step further on.

    Parameters
    ----------
    f : callable
        The function; it takes and returns arrays.
    x : float
        Where the tangent touches.
    steps : sequence of float
        The steps to the right (or left, where negative); none of them 0.
    slope : float
        The slope of the tangent.

    Examples
    --------
    >>> secants(np.square, x=1, steps=[1, 0.1], slope=2).description
    'A curve with its tangent at x = 1, of slope 2, and secants from there: step 1 gives slope 3, step 0.1 slope 2.1.'
    """
    if 0 in steps:
        raise ValueError("A step is 0, but a secant needs two points; use a step other than 0.")
    reach = max(1.0, *np.abs(steps))
    wide = np.linspace(x - 1.15 * reach, x + 1.15 * reach, 300)
    figure, axes = new_figure(height=4.2)
    axes.plot(wide, f(wide), color="0.2", linewidth=2, label="f")
    found = [(f(x + step) - f(x)) / step for step in steps]
    for number, (step, gradient) in enumerate(zip(steps, found, strict=True), start=1):
        style = curve_style(number)
        marker = style.pop("marker")
        label = f"secant, h = {step:.3g}: slope {gradient:.3g}"
        axes.plot(wide, f(x) + gradient * (wide - x), linewidth=1.3, label=label, **style)
        axes.plot(x + step, f(x + step), marker, color=style["color"])
    axes.plot(wide, f(x) + slope * (wide - x), color=COLOURS[0], linewidth=2, label=f"tangent: slope {slope:.3g}")
    axes.plot(x, f(x), MARKERS[0], color=COLOURS[0])
    margin = 0.15 * np.ptp(f(wide))
    axes.set_ylim(f(wide).min() - margin, f(wide).max() + margin)
    axes.set(title="Secants close in on the tangent", xlabel="x", ylabel="f(x)")
    axes.legend(frameon=False)
    listed = ", ".join(
        f"step {step:.3g} {'gives ' if number == 0 else ''}slope {gradient:.3g}"
        for number, (step, gradient) in enumerate(zip(steps, found, strict=True))
    )
    return Picture(
        figure, f"A curve with its tangent at x = {x:.3g}, of slope {slope:.3g}, and secants from there: {listed}."
    )


def step_errors(steps: Sequence[float], errors: Mapping[str, Sequence[float]]) -> Picture:
    """Draw the error of finite differences against their step, both on logarithmic axes.

    Parameters
    ----------
    steps : sequence of float
        The steps, above 0.
    errors : mapping of str to sequence of float
        For each way of differencing its error at each step, above 0.

    Examples
    --------
    >>> step_errors([0.1, 0.01], {"forward": [0.2, 0.02]}).description
    'Error against step size, both on logarithmic axes, for steps from 10^-1 to 10^-2. Smallest: forward at step 10^-2.'
    """
    figure, axes = new_figure()
    for number, (name, error) in enumerate(errors.items()):
        style = curve_style(number)
        axes.loglog(steps, error, label=name, markersize=5, **style)
    axes.invert_xaxis()
    axes.set(title="Smaller steps help, until rounding takes over", xlabel="step h", ylabel="error of the slope")
    axes.legend(frameon=False)
    best = ", ".join(f"{name} at step {_power(steps[int(np.argmin(error))])}" for name, error in errors.items())
    return Picture(
        figure,
        f"Error against step size, both on logarithmic axes, for steps from {_power(steps[0])} to "
        f"{_power(steps[-1])}. Smallest: {best}.",
    )


def curves_with_slopes(
    curves: Mapping[str, tuple[Function | Sequence[float], Function | Sequence[float]]], x: Sequence[float]
) -> Picture:
    """Draw functions side by side, each with its derivative, and mark where the derivative is zero.

    Parameters
    ----------
    curves : mapping of str to pair of callables or of sequences of float
        By name, the function and its derivative: their values at x, or callables that take and return arrays.
    x : sequence of float
        Where to draw them, in ascending order.

    Examples
    --------
    >>> curves_with_slopes({"x²": (np.square, lambda x: 2 * x)}, np.linspace(-1, 1, 21)).description
    'Curves with their slopes for x from -1 to 1. x²: slope from -2 to 2, zero at x = 0.'
    """
    x = np.asarray(x, dtype=float)
    figure, panels = new_figure(len(curves), width=max(3.0 * len(curves), 5.0), height=3.3)
    told = []
    for axes, (name, pair) in zip(np.atleast_1d(panels), curves.items(), strict=True):
        heights, slopes = (np.broadcast_to(part(x) if callable(part) else part, x.shape) for part in pair)
        axes.axhline(0, color="0.6", linewidth=0.8)
        axes.plot(x, heights, color=COLOURS[0], linewidth=2, label="function f")
        axes.plot(x, slopes, color=COLOURS[1], linestyle=LINE_STYLES[1], linewidth=2, label="slope f′")
        level = np.isclose(slopes, 0, atol=1e-9)
        zeros = x[level]
        axes.plot(zeros, heights[level], MARKERS[0], color="black", markersize=7)
        axes.set(title=name, xlabel="x")
        flat = "".join(f", zero at x = {zero:.3g}" for zero in zeros + 0)
        told.append(f"{name}: slope from {slopes[0]:.3g} to {slopes[-1]:.3g}{flat}")
    np.atleast_1d(panels)[0].legend(frameon=False)
    return Picture(figure, f"Curves with their slopes for x from {x[0]:.3g} to {x[-1]:.3g}. {'; '.join(told)}.")


def _power(step: float) -> str:
    """Write a power of ten as such, and any other number as it is."""
    exponent = round(float(np.log10(step)))
    return f"10^{exponent}" if np.isclose(step, 10.0**exponent, atol=0) else f"{step:.3g}"
