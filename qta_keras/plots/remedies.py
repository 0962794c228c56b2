"""Figures of notebook 02c: networks that over-fit, and how an average closes in."""

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from qta_keras.plots.classification import check_history
from qta_keras.plots.picture import COLOURS, LINE_STYLES, MARKERS, Picture, new_figure, put_in_style


def compare_curves(runs: Mapping[str, Sequence[Mapping[str, Sequence[float]]]], *, metric: str = "loss") -> Picture:
    """Draw training and validation curves of several ways to train, a panel each, a line per run.

    All panels share their axes. Runs may end at different epochs, as they do with early stopping. The dotted
    line in each panel is the lowest that the first way reached in validation, averaged over its runs.

    Parameters
    ----------
    runs : mapping of str to sequence of mappings
        Name of each way, with its runs (such as one per seed): each a mapping with `metric` and ``val_`` before it,
        one number per epoch, as in the ``.history`` that ``fit`` returns.
    metric : str, default "loss"
        What to draw; the names of the vertical axes are made from it.

    Raises
    ------
    ValueError
        If a run lacks `metric`, in training or validation.
    TypeError
        If a run is no mapping, such as what ``fit`` returned without ``.history``.

    Returns
    -------
    Picture
        Its description gives the mean over the runs at the last epoch, and where validation was lowest.

    Examples
    --------
    >>> run = {"loss": [0.7, 0.2], "val_loss": [0.6, 0.9]}
    >>> print(compare_curves({"none": [run, run]}).description)
    Training and validation loss per epoch, 2 runs each. none: training ends at 0.20, validation at 0.90, lowest \
0.60 after epoch 1.0 on average.
    """
    for history in itertools.chain.from_iterable(runs.values()):
        check_history(history, metric, f"val_{metric}")
    columns = min(3, len(runs))
    rows = -(-len(runs) // columns)
    figure = Figure(figsize=(3.1 * columns, 0.5 + 2.5 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False).ravel()
    name_of = metric.replace("_", " ")
    told, level = [], None
    for panel, (name, histories) in zip(panels, runs.items(), strict=False):
        for number, history in enumerate(histories):
            for key, place, label in ((metric, 0, "training"), (f"val_{metric}", 1, "validation")):
                style = {"color": COLOURS[place], "linestyle": LINE_STYLES[1 - place], "marker": MARKERS[place]}
                epochs = range(1, len(history[key]) + 1)
                panel.plot(epochs, history[key], markersize=3, linewidth=1.2, label="" if number else label, **style)
        lowest = float(np.mean([min(history[f"val_{metric}"]) for history in histories]))
        level = lowest if level is None else level
        panel.axhline(level, color="0.4", linestyle=":", linewidth=1.2, label="lowest validation of the first panel")
        panel.set_title(name)
        panel.set_xlabel("epoch")
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        put_in_style(panel)
        panel.tick_params(labelbottom=True)
        ends = [np.mean([history[key][-1] for history in histories]) for key in (metric, f"val_{metric}")]
        when = np.mean([int(np.argmin(history[f"val_{metric}"])) + 1 for history in histories])
        told.append(
            f"{name}: training ends at {ends[0]:.2f}, validation at {ends[1]:.2f}, lowest {lowest:.2f} after epoch "
            f"{when:.1f} on average"
        )
    for panel in panels[::columns]:
        panel.set_ylabel(name_of)
    panels[0].set_ylim(bottom=0)
    for panel in panels[len(runs) :]:
        panel.set_visible(False)
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    count = len(next(iter(runs.values())))
    return Picture(
        figure, f"Training and validation {name_of} per epoch, {count} run{'s' * (count > 1)} each. {'; '.join(told)}."
    )


def shrinking_difference(counts: Sequence[int], differences: Sequence[float], *, xlabel: str, ylabel: str) -> Picture:
    """Draw how a difference shrinks as more is averaged, on logarithmic axes, beside the law 1/sqrt(count).

    Parameters
    ----------
    counts : sequence of int
        How many were averaged, rising and positive.
    differences : sequence of float
        The difference that was left, positive.
    xlabel, ylabel : str
        Names of the axes.

    Examples
    --------
    >>> shrinking_difference([1, 100], [0.5, 0.05], xlabel="masks", ylabel="difference").description
    'On logarithmic axes, the difference falls from 0.5 (masks: 1) to 0.05 (masks: 100), with a slope of -0.50; \
1/sqrt of the count has -0.50.'
    """
    counts, differences = np.asarray(counts, dtype=float), np.asarray(differences, dtype=float)
    slope = np.polyfit(np.log(counts), np.log(differences), 1)[0]
    figure, axes = new_figure(width=5.6)
    law = differences[0] * np.sqrt(counts[0] / counts)
    axes.loglog(counts, law, LINE_STYLES[1], color=COLOURS[1], label="1 / √count")
    axes.loglog(counts, differences, MARKERS[0], color=COLOURS[0], label="measured")
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.12g}"))
        axis.set_minor_formatter(NullFormatter())
    axes.set(title="Averages close in on the single pass", xlabel=xlabel, ylabel=ylabel)
    axes.legend(frameon=False)
    return Picture(
        figure,
        f"On logarithmic axes, the {ylabel} falls from {differences[0]:.2g} ({xlabel}: {counts[0]:,.0f}) to "
        f"{differences[-1]:.2g} ({xlabel}: {counts[-1]:,.0f}), with a slope of {slope:.2f}; 1/sqrt of the "
        "count has -0.50.",
    )
