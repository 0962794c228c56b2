"""Figures of notebook 00: vectors as arrows in the plane, their sums and the angle between them."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from qta_keras.plots.picture import Picture, curve_style, new_figure


def arrows(vectors: Mapping[str, Sequence[float]], *, title: str = "Vectors as arrows from the origin") -> Picture:
    """Draw vectors of the plane as arrows from the origin.

    Parameters
    ----------
    vectors : mapping of str to sequence of float, shape (2,)
        The vectors by name.
    title : str
        The title of the figure.

    Raises
    ------
    ValueError
        If a vector does not have two numbers.

    Examples
    --------
    >>> arrows({"a": [2, 1], "2a": [4, 2]}).description
    'Arrows from the origin: a to (2, 1), 2a to (4, 2). 2a is drawn beside a, which has the same direction.'
    """
    vectors = _checked(vectors)
    figure, axes = new_figure(width=5.5, height=4.0)
    reach = max(np.linalg.norm(vector) for vector in vectors.values())
    told = ""
    for number, (name, vector) in enumerate(vectors.items()):
        aligned = [other for other in list(vectors)[:number] if _same_direction(vector, vectors[other])]
        # Beside the others in its direction: one on top of the other looks like an addition.
        sideways = np.array([-vector[1], vector[0]]) / (np.linalg.norm(vector) or 1)
        start = 0.045 * reach * len(aligned) * sideways
        inside = start - sideways if aligned else np.mean(list(vectors.values()), axis=0)
        _arrow(axes, start, start + vector, name, number, inside)
        told += f" {name} is drawn beside {aligned[0]}, which has the same direction." if aligned else ""
    _frame(axes, [[0, 0], *vectors.values()])
    axes.set(title=title, xlabel="first number", ylabel="second number")
    return Picture(figure, f"Arrows from the origin: {_listed(vectors)}.{told}")


def tip_to_tail(first: Mapping[str, Sequence[float]], second: Mapping[str, Sequence[float]], *, total: str) -> Picture:
    """Draw two vectors of the plane from the origin, and beside it the second one from the tip of the first.

    Parameters
    ----------
    first, second : mapping of str to sequence of float, shape (2,)
        The name of each vector and its numbers.
    total : str
        The name of their sum.

    Raises
    ------
    ValueError
        If a vector does not have two numbers.

    Examples
    --------
    >>> print(tip_to_tail({"a": [2, 1]}, {"b": [2, 2]}, total="a + b").description)
    Two panels. From the origin: a to (2, 1), b to (2, 2). Tip to tail: b drawn from the tip of a ends at (4, 3), \
which is a + b.
    """
    vectors = _checked({**first, **second})
    (name, start), (other, step) = vectors.items()
    end = start + step
    figure, (left, right) = new_figure(2, width=8.5, height=3.9)
    for number, (label, vector) in enumerate(vectors.items()):
        _arrow(left, np.zeros(2), vector, label, number, (start + step) / 2)
    inside = (start + end) / 3
    _arrow(right, np.zeros(2), start, name, 0, inside)
    _arrow(right, start, end, other, 1, inside)
    _arrow(right, np.zeros(2), end, total, 2, inside)
    for axes, title in ((left, "From the origin"), (right, f"Tip to tail: {total}")):
        _frame(axes, [[0, 0], start, step, end])
        axes.set(title=title, xlabel="first number", ylabel="second number")
    return Picture(
        figure,
        f"Two panels. From the origin: {_listed(vectors)}. Tip to tail: {other} drawn from the tip of {name} ends at "
        f"{_point(end)}, which is {total}.",
    )


def angle_between(vectors: Mapping[str, Sequence[float]]) -> Picture:
    """Draw two vectors of the plane with the angle between them.

    Parameters
    ----------
    vectors : mapping of str to sequence of float, shape (2,)
        Two vectors by name.

    Raises
    ------
    ValueError
        If there are not two vectors of two numbers, or one has no length and so no direction.

    Notes
    -----
    The angle is read off the directions of the two arrows (``arctan2``), not computed from their dot product, so
    the figure is a check on a cosine computed otherwise.

    Examples
    --------
    >>> angle_between({"a": [1, 0], "b": [0, 2]}).description
    'Arrows from the origin: a to (1, 0), b to (0, 2). The angle between them is 90.00 degrees.'
    """
    vectors = _checked(vectors)
    if len(vectors) != 2 or not all(vector.any() for vector in vectors.values()):
        raise ValueError(f"An angle needs two vectors other than (0, 0), but these are {_listed(vectors) or 'none'}.")
    figure, axes = new_figure(width=5.5, height=3.9)
    for number, (name, vector) in enumerate(vectors.items()):
        _arrow(axes, np.zeros(2), vector, name, number, np.mean(list(vectors.values()), axis=0))
    one, other = (np.arctan2(vector[1], vector[0]) for vector in vectors.values())
    turn = (other - one + np.pi) % (2 * np.pi) - np.pi
    directions = np.linspace(one, one + turn, 50)
    radius = 0.45 * min(np.linalg.norm(vector) for vector in vectors.values())
    axes.plot(radius * np.cos(directions), radius * np.sin(directions), color="0.2")
    middle = one + turn / 2
    label = f"θ = {np.degrees(abs(turn)):.2f}°"
    axes.annotate(label, 1.1 * radius * np.array([np.cos(middle), np.sin(middle)]), va="center")
    _frame(axes, [[0, 0], *vectors.values()])
    axes.set(title="The angle between two vectors", xlabel="first number", ylabel="second number")
    degrees = f"{np.degrees(abs(turn)):.2f} degrees"
    return Picture(figure, f"Arrows from the origin: {_listed(vectors)}. The angle between them is {degrees}.")


def _checked(vectors: Mapping[str, Sequence[float]]) -> dict[str, np.ndarray]:
    checked = {name: np.asarray(vector, dtype=float) for name, vector in vectors.items()}
    for name, vector in checked.items():
        if vector.shape != (2,):
            raise ValueError(f"The vector {name} has the shape {vector.shape}, but only two numbers can be drawn.")
    return checked


def _same_direction(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(np.isclose(one @ other, np.linalg.norm(one) * np.linalg.norm(other)) and one.any() and other.any())


def _arrow(axes: Axes, start: np.ndarray, end: np.ndarray, name: str, number: int, inside: np.ndarray) -> None:
    """Draw an arrow with its name beside its middle, on the side that does not face the point `inside`."""
    look = curve_style(number)
    colour, line = look["color"], look["linestyle"]
    shaft = {"arrowstyle": "-", "color": colour, "linewidth": 2.5, "linestyle": line, "shrinkA": 0, "shrinkB": 4}
    tip = {"arrowstyle": "-|>,head_width=0.35,head_length=0.7", "color": colour, "linewidth": 0, "shrinkA": 0}
    along = end - start
    axes.annotate("", end, start, arrowprops=shaft)
    axes.annotate("", end, end - 1e-3 * along, arrowprops=tip | {"shrinkB": 0})
    left = np.array([-along[1], along[0]]) / np.linalg.norm(along)
    facing = left @ (inside - start)
    side = -left if facing > 1e-9 or (abs(facing) <= 1e-9 and number % 2 == 0) else left
    style = {"color": colour, "fontweight": "bold", "va": "center", "ha": "left" if side[0] > 0 else "right"}
    axes.annotate(name, start + 0.55 * along, 9 * side, textcoords="offset points", **style)


def _frame(axes: Axes, points: Sequence[Sequence[float]]) -> None:
    """Show all points with room around them, one unit as long upwards as sideways, and lines through the origin."""
    low, high = np.floor(np.min(points, axis=0)) - 0.5, np.ceil(np.max(points, axis=0)) + 0.5
    axes.axhline(0, color="0.6", linewidth=0.8)
    axes.axvline(0, color="0.6", linewidth=0.8)
    axes.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal")
    axes.set_xticks(np.arange(np.ceil(low[0]), high[0]))
    axes.set_yticks(np.arange(np.ceil(low[1]), high[1]))


def _point(numbers: Sequence[float]) -> str:
    return "(" + ", ".join(f"{number:.3g}" for number in numbers) + ")"


def _listed(vectors: Mapping[str, Sequence[float]]) -> str:
    return ", ".join(f"{name} to {_point(vector)}" for name, vector in vectors.items())
