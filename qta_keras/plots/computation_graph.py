"""Figure of notebook 02b, a computation graph: what each node holds on the way forward, and what comes back."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from qta_keras.plots.picture import BROWN, COLOURS, Picture, new_figure

Place = tuple[float, float]


def computation_graph(
    inputs: Mapping[str, Sequence[str]],
    values: Mapping[str, float],
    slopes: Mapping[str, float],
    *,
    formulas: Mapping[str, str] | None = None,
    title: str = "Values go forward, slopes come back",
) -> Picture:
    """Draw a computation as boxes and arrows, with a value and a slope in every box, and factors on the way back.

    A node stands one column to the right of the last of its inputs; what is given, not computed, stands one column
    to the left of where it is first used. The value is written first, the slope of the result below it. The factor
    at an arrow is the slope of a node in what it is computed from; it is written where a node is used once.

    Parameters
    ----------
    inputs : mapping of str to sequence of str
        Each computed node with the nodes it is computed from, in the order of computation; the last is the result.
    values : mapping of str to float
        The value of every node, given or computed.
    slopes : mapping of str to float
        The derivative of the result with respect to every node.
    formulas : mapping of str to str, optional
        What to write at the top of a computed node's box; by default its name.
    title : str
        The figure's title.

    Returns
    -------
    Picture
        The description lists the value and the slope of each node, from left to right, and the factors.

    Raises
    ------
    ValueError
        If a node lacks a value or a slope.

    References
    ----------
    Baydin, A. G. et al. (2018), Automatic differentiation in machine learning: a survey, Journal of Machine Learning
    Research 18, 1-43.

    Examples
    --------
    >>> picture = computation_graph({"z": ["w", "x"]}, {"w": 2, "x": 3, "z": 6}, {"w": 3, "x": 2, "z": 1})
    >>> picture.description
    'Computation graph of 3 nodes, with value and slope of z. Given: w 2.00, slope 3.00; x 3.00, slope 2.00. \
Computed: z 6.00, slope 1.00. Factors on the way back: z to w 3.00, z to x 2.00.'
    """
    columns = _columns(inputs)
    for node in columns:
        if node not in values or node not in slopes:
            raise ValueError(f"Node {node!r} has no value or no slope; give one of each for every node.")
    places = _places(columns, inputs)
    names = {node: (formulas or {}).get(node, node) for node in columns}
    result = list(inputs)[-1]
    factors = _factors(inputs, slopes)
    figure, axes = new_figure(width=9.2, height=4.6)
    for node, sources in inputs.items():
        for source in sources:
            _draw_edge(axes, places[source], places[node], factors.get((node, source)))
    for node, place in places.items():
        _draw_node(axes, place, names[node], values[node], slopes[node], given=node not in inputs)
    rows = [y for _, y in places.values()]
    axes.set(title=title, xlim=(-0.55, max(columns.values()) + 0.55), ylim=(min(rows) - 0.5, max(rows) + 0.5))
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("solid arrows: forward, values      dashed arrows: backward, slopes, times the factor at the arrow")
    given = [node for node in columns if node not in inputs]
    told = [
        "; ".join(f"{names[node]} {values[node]:.2f}, slope {slopes[node]:.2f}" for node in nodes)
        for nodes in (given, inputs)
    ]
    return Picture(
        figure,
        f"Computation graph of {len(columns)} nodes, with value and slope of {result}. Given: {told[0]}. "
        f"Computed: {told[1]}. Factors on the way back: "
        + ", ".join(f"{names[node]} to {names[source]} {factor:.2f}" for (node, source), factor in factors.items())
        + ".",
    )


def _factors(inputs: Mapping[str, Sequence[str]], slopes: Mapping[str, float]) -> dict[tuple[str, str], float]:
    """Return, by the chain rule, the slope of each node in each source that is used nowhere else."""
    used = [source for sources in inputs.values() for source in sources]
    return {
        (node, source): slopes[source] / slopes[node]
        for node, sources in inputs.items()
        for source in sources
        if used.count(source) == 1 and slopes[node] != 0
    }


def _columns(inputs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the column of every node, 0 at the left."""
    columns = {}
    for node, sources in inputs.items():
        columns[node] = 1 + max(columns.get(source, 0) for source in sources)
    for node, sources in inputs.items():
        for source in sources:
            columns.setdefault(source, columns[node] - 1)
    return columns


def _places(columns: Mapping[str, int], inputs: Mapping[str, Sequence[str]]) -> dict[str, Place]:
    """Return where each box stands: a column's boxes one below the other, those given in the middle."""
    places = {}
    for column in range(max(columns.values()) + 1):
        computed = [node for node in inputs if columns[node] == column]
        given = [node for node in columns if columns[node] == column and node not in inputs]
        half = (len(computed) + 1) // 2
        nodes = computed[:half] + given + computed[half:]
        for row, node in enumerate(nodes):
            places[node] = (float(column), (len(nodes) - 1) / 2 - row)
    return places


def _draw_edge(axes: Axes, start: Place, end: Place, factor: float | None) -> None:
    """Draw a solid arrow forward and, a little below, a dashed one back with its factor."""
    (x1, y1), (x2, y2) = (start[0] + 0.33, start[1]), (end[0] - 0.33, end[1])
    shift = 0.1
    forward = {"arrowstyle": "-|>", "color": COLOURS[0], "linewidth": 1.3, "shrinkA": 0, "shrinkB": 0}
    back = forward | {"color": COLOURS[1], "linestyle": (0, (3, 2))}
    axes.annotate("", (x2, y2 + shift), (x1, y1 + shift), arrowprops=forward)
    axes.annotate("", (x1, y1 - shift), (x2, y2 - shift), arrowprops=back)
    if factor is not None:
        ground = {"facecolor": "white", "edgecolor": "none", "pad": 0.2}
        look = {"ha": "center", "va": "center", "fontsize": 8, "color": BROWN, "bbox": ground}
        beside = 0.12 if y1 == y2 else 0  # under a level arrow, which it would hide
        axes.text((x1 + x2) / 2, (y1 + y2) / 2 - shift - beside, f"×{_minus(factor)}", **look)


def _draw_node(axes: Axes, place: Place, name: str, value: float, slope: float, *, given: bool) -> None:
    x, y = place
    look = {"boxstyle": "round,pad=0.02", "facecolor": "white" if given else "0.93", "edgecolor": "0.35"}
    axes.add_patch(FancyBboxPatch((x - 0.3, y - 0.34), 0.6, 0.68, **look))
    axes.text(x, y + 0.2, name, ha="center", va="center", fontsize=9 if len(name) < 10 else 7.5, fontweight="bold")
    axes.text(x, y, _minus(value), ha="center", va="center", fontsize=10, color=COLOURS[0])
    axes.text(x, y - 0.2, f"slope {_minus(slope)}", ha="center", va="center", fontsize=8, color=BROWN)


def _minus(number: float) -> str:
    """Write a number to two decimals, with a minus sign that is as wide as a plus."""
    return f"{number:.2f}".replace("-", "−")
