"""Figures of notebook 02b: activation functions with their slopes."""

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.figure import Figure

from qta_keras.plots.picture import COLOURS, LINE_STYLES, Picture, put_in_style

Function = Callable[[np.ndarray], np.ndarray]


def activation_slopes(activations: Mapping[str, tuple[Function, Function]], *, reach: float = 5.0) -> Picture:
    """Draw activation functions, three in a row on the same scale, each with its slope.

    Parameters
    ----------
    activations : mapping of str to pair of callables
        By name, the function and its slope; both take and return arrays.
    reach : float, default 5
        The horizontal axes run from minus this to plus this.

    Examples
    --------
    >>> relu = {"ReLU": (lambda z: np.maximum(0, z), lambda z: (z > 0).astype(float))}
    >>> print(activation_slopes(relu).description)
    Activation functions with their slopes, z from -5 to 5. ReLU: values 0.00 to 5.00; slope 0.000 on the left, 1.000 \
on the right, at most 1.00.
    """
    z = np.linspace(-reach, reach, 401)
    columns = min(3, len(activations))
    rows = -(-len(activations) // columns)
    figure = Figure(figsize=(3.1 * columns, 2.7 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    told = []
    for axes, (name, (g, slope)) in zip(panels, activations.items(), strict=False):
        a, slopes = g(z), slope(z)
        left, right = np.round(slopes[[0, -1]], 3) + 0.0  # no minus before a zero
        axes.plot(z, a, color=COLOURS[0], linewidth=2, label="activation g(z)")
        axes.plot(z, slopes, color=COLOURS[1], linewidth=2, linestyle=LINE_STYLES[1], label="slope g′(z)")
        axes.axhline(0, color="0.6", linewidth=0.8)
        put_in_style(axes)
        axes.set(title=name, xlabel="z", ylabel="g(z) and slope", ylim=(-1.3, 2.3))
        axes.label_outer()
        told.append(
            f"{name}: values {a.min():.2f} to {a.max():.2f}; slope {left:.3f} on the left, "
            f"{right:.3f} on the right, at most {slopes.max():.2f}"
        )
    for axes in panels[len(activations) :]:
        axes.set_visible(False)
    panels[0].legend(frameon=False, loc="upper left", fontsize=9)
    return Picture(
        figure, f"Activation functions with their slopes, z from {-reach:g} to {reach:g}. {'. '.join(told)}."
    )
