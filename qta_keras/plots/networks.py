"""Figures of notebook 02b: networks drawn as circles, and threshold neurons as lines in the plane of their inputs."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from qta_keras.plots.picture import COLOURS, MARKERS, Picture, curve_style, new_figure


def network_circles(sizes: Sequence[int], *, letters: Sequence[str] | None = None, title: str | None = None) -> Picture:
    """Draw a network as circles, a column per layer, with a line for every weight.

    Under each gap between two layers stands the number of its weights, and of the biases of the layer it leads to.

    Parameters
    ----------
    sizes : sequence of int
        Units of each layer, inputs first; at least two layers of 1 to 12 units.
    letters : sequence of str, optional
        What the circles of each layer are called; they are numbered from 1. Default: x, then a (where there are
        several hidden layers, a^{(1)}, a^{(2)} ...), then p.
    title : str, optional
        Default: the sizes, as in "5-7-3".

    Raises
    ------
    ValueError
        If there are fewer than two layers, a layer has more units than can be drawn, or the letters don't match.

    Examples
    --------
    >>> print(network_circles([3, 1]).description)
    A network drawn as circles: 3 inputs x, 1 output p. Each circle is linked to all of the next layer: 3 weights and \
1 bias in all.
    """
    letters = letters or _default_letters(len(sizes))
    _check(sizes, letters)
    figure = Figure(figsize=(2.0 + 1.7 * (len(sizes) - 1), 1.0 + 0.48 * max(3, *sizes)), layout="constrained")
    axes = figure.subplots()
    columns = [[(2.6 * place, (size - 1) / 2 - unit) for unit in range(size)] for place, size in enumerate(sizes)]
    for left, right in pairwise(columns):
        for start in left:
            for end in right:
                axes.plot(*zip(start, end, strict=True), color="0.65", linewidth=0.8, zorder=1)
    for place, (column, letter) in enumerate(zip(columns, letters, strict=True)):
        _draw_layer(axes, column, letter, colour=COLOURS[0 if place == 0 else 1 if place == len(sizes) - 1 else 2])
    foot = -max(sizes) / 2 - 0.15
    for place, (n_in, n_out) in enumerate(pairwise(sizes)):
        axes.text(2.6 * place + 1.3, foot, f"{n_in}·{n_out} weights\n+ {n_out} bias{_es(n_out)}", **_CENTRED_TOP)
    axes.set(xlim=(-0.7, 2.6 * (len(sizes) - 1) + 0.7), ylim=(foot - 0.9, max(sizes) / 2 + 0.1), aspect="equal")
    axes.set_title(title or f"A {'-'.join(map(str, sizes))} network")
    axes.set_axis_off()
    weights, biases = sum(n_in * n_out for n_in, n_out in pairwise(sizes)), sum(sizes[1:])
    hidden = "".join(
        f", {size} hidden {_plain(letter)}" for size, letter in zip(sizes[1:-1], letters[1:-1], strict=True)
    )
    picture = Picture(
        figure,
        f"A network drawn as circles: {sizes[0]} input{_s(sizes[0])} {_plain(letters[0])}{hidden}, {sizes[-1]} "
        f"output{_s(sizes[-1])} {_plain(letters[-1])}. Each circle is linked to all of the next layer: {weights} "
        f"weight{_s(weights)} and {biases} bias{_es(biases)} in all.",
    )
    for letter in axes.texts:
        letter.set_parse_math(True)  # letters have an index
    return picture


def threshold_lines(
    gates: Mapping[str, tuple[Sequence[int], Sequence[tuple[Sequence[float], float]]]],
) -> Picture:
    """Draw the four pairs of 0 and 1 with the answer wanted for each, and neurons as lines, shaded where they fire.

    Parameters
    ----------
    gates : mapping of str to (answers, neurons)
        By name, the answers (0 or 1) wanted for the inputs (0, 0), (0, 1), (1, 0), (1, 1), and for each neuron its two
        weights and its threshold: it answers 1 where w1 x1 + w2 x2 reaches the threshold. The second weight is not 0.

    Examples
    --------
    >>> print(threshold_lines({"AND": ([0, 0, 0, 1], [((1, 1), 2)])}).description)
    The four pairs of inputs as points, and neurons as lines, shaded on the side where they answer 1. AND: 1 for \
(1, 1); line x₁ + x₂ = 2.
    """
    pairs = np.array([(0, 0), (0, 1), (1, 0), (1, 1)])
    most = max(len(neurons) for _, neurons in gates.values())
    figure, panels = new_figure(len(gates), width=max(2.8 * len(gates), 4.0), height=3.5 + 0.2 * most)
    told, answers_of = [], {}
    for axes, (name, (answers, neurons)) in zip(np.atleast_1d(panels), gates.items(), strict=True):
        for answer, marker, fill in ((0, MARKERS[1], "white"), (1, MARKERS[0], COLOURS[0])):
            chosen = pairs[np.asarray(answers) == answer]
            look = {"markersize": 11, "markerfacecolor": fill, "markeredgecolor": COLOURS[0], "linestyle": "none"}
            (answers_of[answer],) = axes.plot(*chosen.T, marker, **look)
        x1 = np.array([-0.6, 1.6])
        lines = []
        for number, ((w1, w2), threshold) in enumerate(neurons):
            style = curve_style(number, first_colour=1) | {"marker": ""}
            edge = (threshold - w1 * x1) / w2
            lines += axes.plot(x1, edge, linewidth=2, label=_line(w1, w2, threshold), zorder=1, **style)
            fires = {"facecolor": style["color"], "alpha": 0.15, "linewidth": 0, "zorder": 0}
            axes.fill_between(x1, edge, np.sign(w2) * 9, **fires)
        axes.set(title=name, xlabel="input x₁", ylabel="input x₂", xlim=(-0.5, 1.5), ylim=(-0.5, 1.5), aspect="equal")
        axes.set(xticks=[0, 1], yticks=[0, 1])
        axes.legend(handles=lines, loc="upper center", bbox_to_anchor=(0.5, -0.2), frameon=False)
        ones = " ".join(f"({a}, {b})" for a, b in pairs[np.asarray(answers) == 1])
        named = ", ".join(line.get_label() for line in lines)
        told.append(f"{name}: 1 for {ones}; " + (f"line{_s(len(lines))} {named}" if lines else "no line"))
    words = [*(f"wanted: {answer}" for answer in answers_of), "a neuron fires on the shaded side"]
    shade = Patch(facecolor=COLOURS[1], alpha=0.15)
    figure.legend([*answers_of.values(), shade], words, loc="outside lower center", ncols=3, frameon=False)
    return Picture(
        figure,
        "The four pairs of inputs as points, and neurons as lines, shaded on the side where they answer 1. "
        f"{'. '.join(told)}.",
    )


_CENTRED_TOP = {"ha": "center", "va": "top", "fontsize": 9}
_MOST_UNITS = 12


def _draw_layer(axes, column: Sequence[tuple[float, float]], letter: str, colour: str) -> None:
    for number, (across, up) in enumerate(column, start=1):
        axes.plot(across, up, "o", markersize=22, markerfacecolor="white", markeredgecolor=colour, markeredgewidth=2)
        name = f"${letter}_{{{number}}}$" if len(column) > 1 else f"${letter}$"
        axes.text(across, up, name, ha="center", va="center_baseline", fontsize=8 if "^" in letter else 10)


def _line(w1: float, w2: float, threshold: float) -> str:
    """Write the line w1 x1 + w2 x2 = threshold without ones, plus minus and terms of weight 0."""
    first = {0: "", 1: "x₁", -1: "−x₁"}.get(w1, f"{w1:g} x₁")
    second = {1: "x₂"}.get(abs(w2), f"{abs(w2):g} x₂")
    sign = ("− " if w2 < 0 else "+ ") if first else ("−" if w2 < 0 else "")
    return f"{first} {sign}{second} = {threshold:g}".strip()


def _default_letters(layers: int) -> list[str]:
    hidden = ["a"] if layers == 3 else [f"a^{{({number})}}" for number in range(1, layers - 1)]
    return ["x", *hidden, "p"]


def _check(sizes: Sequence[int], letters: Sequence[str]) -> None:
    if len(sizes) < 2 or not all(1 <= size <= _MOST_UNITS for size in sizes):
        raise ValueError(
            f"sizes is {list(sizes)}, but only two or more layers of 1 to {_MOST_UNITS} units can be drawn; draw a "
            "smaller network of the same kind."
        )
    if len(letters) != len(sizes):
        raise ValueError(f"There are {len(letters)} letters for {len(sizes)} layers; give one letter a layer.")


def _plain(letter: str) -> str:
    return letter.translate(str.maketrans("", "", "^{}"))


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _es(count: int) -> str:
    return "" if count == 1 else "es"
