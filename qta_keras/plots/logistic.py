"""Figures of notebook 02: the sigmoid, the cross-entropy, and a curve of probability over two classes."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from qta_keras.plots.picture import COLOURS, MARKERS, Picture, curve_style, new_figure


def sigmoid_wrap(
    sigmoid: Callable[[np.ndarray], np.ndarray], alpha: float, beta: float, *, xlabel: str = "x"
) -> Picture:
    """Draw the line z = alpha + beta x, and beside it the curve p = sigmoid(z), x from -4 to 4.

    Parameters
    ----------
    sigmoid : callable
        Takes an array of scores, gives an array of probabilities.
    alpha, beta : float
        Intercept and slope of the line; the slope not 0.
    xlabel : str
        Name of the horizontal axes, with units.

    Examples
    --------
    >>> picture = sigmoid_wrap(lambda z: 1 / (1 + np.exp(-z)), 0.0, 2.0)
    >>> print(picture.description)
    Left, the line z = 0.0 + 2.0 x, from -8.0 to 8.0 without bounds. Right, the same scores through the sigmoid: an \
S-shaped curve from 0.000 to 1.000, which is 0.5 where z is 0, at x = 0.0.
    """
    x = np.linspace(-4, 4, 201)
    z = alpha + beta * x
    p, middle = sigmoid(z), -alpha / beta + 0.0
    figure, (left, right) = new_figure(2, width=8.5, height=3.4)
    for axes, values, height in ((left, z, 0), (right, p, 0.5)):
        axes.plot(x, values, color=COLOURS[0], linewidth=2)
        axes.plot(middle, height, MARKERS[1], color=COLOURS[1], markersize=8)
        axes.axhline(height, color="0.4", linestyle=":", linewidth=1)
        axes.set_xlabel(xlabel)
    left.set(title="The linear model ...", ylabel="score z = α + β x")
    right.set(title="... wrapped in a sigmoid", ylabel="probability p", ylim=(-0.05, 1.05))
    return Picture(
        figure,
        f"Left, the line z = {alpha:.1f} + {beta:.1f} x, from {z[0]:.1f} to {z[-1]:.1f} without bounds. Right, the "
        f"same scores through the sigmoid: an S-shaped curve from {p[0]:.3f} to {p[-1]:.3f}, which is 0.5 where z is "
        f"0, at x = {middle:.1f}.",
    )


def loss_by_probability(p: np.ndarray, losses: Mapping[str, np.ndarray]) -> Picture:
    """Draw the loss of one observation against the probability that the model gave, a curve per true class.

    Parameters
    ----------
    p : array of float, shape (points,)
        Probabilities of class 1, rising, between 0 and 1.
    losses : mapping of str to array of float, shape (points,)
        Name of each case, such as ``"y = 1"``, with its losses.

    Examples
    --------
    >>> p = np.array([0.1, 0.5, 0.9])
    >>> loss_by_probability(p, {"y = 1": -np.log(p)}).description
    'Loss against the probability p of class 1. y = 1: 2.30 at p = 0.100, 0.69 at p = 0.500, 0.11 at p = 0.900.'
    """
    figure, axes = new_figure()
    for number, (name, values) in enumerate(losses.items()):
        style = curve_style(number)
        axes.plot(p, values, label=name, linewidth=2, markevery=max(1, len(p) // 10), **style)
    axes.set(title="What a prediction costs", xlabel="predicted probability p of class 1", ylabel="loss")
    axes.legend(frameon=False)
    places = (0, len(p) // 2, len(p) - 1)
    told = "; ".join(
        f"{name}: " + ", ".join(f"{values[place]:.2f} at p = {p[place]:.3f}" for place in places)
        for name, values in losses.items()
    )
    return Picture(figure, f"Loss against the probability p of class 1. {told}.")


def probability_curves(
    x: np.ndarray,
    y: np.ndarray,
    curves: Mapping[str, Callable[[np.ndarray], np.ndarray]],
    *,
    classes: Sequence[str],
    boundary: float | None = None,
    wrong: Mapping[str, np.ndarray] | None = None,
    title: str = "Probability",
    xlabel: str = "x",
) -> Picture:
    """Draw two classes as points at 0 and 1, curves of probability over them, and where the decision turns.

    The points are spread a little up or down, so that they don't hide each other; their heights mean only 0 or 1.

    Parameters
    ----------
    x : array of float, shape (n,)
        The predictor.
    y : array of 0 and 1, shape (n,)
        The class of each observation.
    curves : mapping of str to callable
        Name of each curve, with a function from x to the probability of class 1; may be empty.
    classes : (str, str)
        Names of class 0 and class 1.
    boundary : float, optional
        The x at which the decision turns, drawn as an upright line.
    wrong : mapping of str to array of bool, shape (n,), optional
        Name of each kind of mistake, with the observations that are such, drawn as crosses in place of points.
    title, xlabel : str
        Words for the figure.

    Examples
    --------
    >>> curve = {"guess": lambda x: np.clip(x / 4, 0, 1)}
    >>> picture = probability_curves([0, 1, 3, 4], [0, 0, 1, 1], curve, classes=("spoken", "written"), boundary=2)
    >>> print(picture.description)
    Points of two classes: 2 spoken (0), x 0.0 to 1.0; 2 written (1), x 3.0 to 4.0. The curve 'guess' goes from \
0.00 on the left to 1.00 on the right. Decision boundary at x 2.0.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    spread = np.random.default_rng(1).uniform(0, 0.09, len(x))
    heights = y + np.where(y == 1, 1, -1) * (0.03 + spread)
    wrong = {} if wrong is None else {name: np.asarray(members, dtype=bool) for name, members in wrong.items()}
    crossed = np.any([np.zeros(len(x), dtype=bool), *wrong.values()], axis=0)
    figure, axes = new_figure(width=7.6)
    for label in (0, 1):
        members = (y == label) & ~crossed
        style = {"color": COLOURS[label], "markersize": 4, "alpha": 0.6, "label": f"{classes[label]} ({label})"}
        axes.plot(x[members], heights[members], MARKERS[label], **style)
    for number, (name, members) in enumerate(wrong.items()):
        style = {"color": "black", "markersize": 6, "markeredgewidth": 1.2, "label": name}
        axes.plot(x[members], heights[members], ("x", "+", "1", "2")[number % 4], linestyle="", **style)
    grid = np.linspace(x.min(), x.max(), 300)
    told = [f"{np.sum(y == k)} {classes[k]} ({k}), {xlabel} {_ends(x[y == k])}" for k in (0, 1)]
    words = f"Points of two classes: {'; '.join(told)}."
    for number, (name, curve) in enumerate(curves.items(), start=2):
        p = curve(grid)
        style = curve_style(number - 2, first_colour=2) | {"marker": "", "linewidth": 2, "label": name}
        axes.plot(grid, p, **(style | ({"color": "black"} if len(curves) == 1 else {})))
        words += f" The curve '{name}' goes from {p[0]:.2f} on the left to {p[-1]:.2f} on the right."
    if wrong:
        words += f" Crosses: {'; '.join(f'{name}, {members.sum()}' for name, members in wrong.items())}."
    if boundary is not None:
        axes.axvline(boundary, color="0.3", linestyle="--", linewidth=1.5, label=f"boundary, {boundary:.1f}")
        words += f" Decision boundary at {xlabel} {boundary:.1f}."
    axes.set(title=title, xlabel=xlabel, ylim=(-0.16, 1.16))
    if curves:
        axes.set_ylabel(f"probability of '{classes[1]}'")
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
    else:
        axes.set_ylabel("class (heights spread)")
        axes.set_yticks([0, 1])
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    return Picture(figure, words)


def _ends(values: np.ndarray) -> str:
    return f"{values.min():.1f} to {values.max():.1f}"
