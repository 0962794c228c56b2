"""Figures of notebook 03: a corpus, its words, and how well a classifier reads it."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from qta_keras.features.checks import check_one_kind
from qta_keras.plots.picture import COLOURS, MARKERS, SHADES, Picture, curve_style, new_figure


def class_sizes(labels: pd.Series) -> Picture:
    """Draw how many documents each class has, as bars in alphabetical order.

    Parameters
    ----------
    labels : pandas.Series
        The label of each document; the name of the series names the axis.

    Examples
    --------
    >>> class_sizes(pd.Series(list("aab"), name="party")).description
    'Bars: documents per party. a 2, b 1. The largest class has 67 % of all.'
    """
    check_one_kind(labels, "the labels")
    if labels.empty:
        raise ValueError("There are no documents to count: give a label or more.")
    name = "class" if labels.name is None else labels.name
    sizes = pd.Series(list(labels)).value_counts().sort_index()
    figure, axes = new_figure(height=0.9 + 0.34 * len(sizes))
    bars = axes.barh(range(len(sizes)), sizes, color=COLOURS[0])
    axes.set_yticks(range(len(sizes)), [str(label) for label in sizes.index])
    axes.bar_label(bars, labels=[f"{size:,}" for size in sizes], padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.set(title=f"Documents per {name}", xlabel="documents", ylabel=str(name))
    counted = ", ".join(f"{label} {size:,}" for label, size in sizes.items())
    largest = 100 * sizes.max() / sizes.sum()
    return Picture(figure, f"Bars: documents per {name}. {counted}. The largest class has {largest:.0f} % of all.")


def word_ranks(frequencies: Sequence[float], words: Sequence[str]) -> Picture:
    """Draw the frequency of words against their rank, both on logarithmic axes (Zipf's law).

    Parameters
    ----------
    frequencies : sequence of float
        How often each word occurs, the most frequent first.
    words : sequence of str
        The words, in the same order.

    Examples
    --------
    >>> word_ranks([8, 1, 1], ["the", "war", "peace"]).description[:44]
    'Curve: frequency of 3 words against rank, bo'
    """
    frequencies = np.asarray(frequencies)
    ranks = np.arange(1, len(frequencies) + 1)
    figure, axes = new_figure()
    axes.loglog(ranks, frequencies, color=COLOURS[0])
    for rank in [10**power for power in range(6) if 10**power <= len(words)]:
        axes.plot(rank, frequencies[rank - 1], MARKERS[0], color=COLOURS[1])
        axes.annotate(words[rank - 1], (rank, frequencies[rank - 1]), xytext=(5, 5), textcoords="offset points")
    axes.set(title="Few words are most of the text", xlabel="rank of the word", ylabel="occurrences")
    share = frequencies[: min(100, len(words))].sum() / frequencies.sum()
    return Picture(
        figure,
        f"Curve: frequency of {len(words):,} words against rank, both on logarithmic axes. It falls from "
        f"{frequencies[0]:,.0f} for '{words[0]}' to {frequencies[-1]:,.0f}; the 100 most frequent words are "
        f"{100 * share:.0f} % of all occurrences.",
    )


def learning_curves(history: Mapping[str, Sequence[float]]) -> Picture:
    """Draw loss and accuracy in training and, if there was one, in validation, epoch by epoch.

    Parameters
    ----------
    history : mapping of str to sequence of float
        What ``model.fit(..., validation_data=...)`` returned, as ``.history``: ``loss``, ``val_loss``, ``accuracy``
        and ``val_accuracy``, or without validation data ``loss`` and ``accuracy``.

    Raises
    ------
    ValueError
        If the history lacks the loss or the accuracy.
    TypeError
        If it is no mapping, such as what ``fit`` returned without ``.history``.

    Examples
    --------
    >>> curves = {"loss": [2, 1], "val_loss": [2, 3], "accuracy": [0.1, 0.9], "val_accuracy": [0.2, 0.3]}
    >>> print(learning_curves(curves).description)
    Curves over 2 epochs. The training loss goes from 2.00 to 1.00; the validation loss is lowest after epoch 1, at \
2.00, and ends at 3.00. The accuracy ends at 0.90 in training and 0.30 in validation.
    """
    check_history(history, "loss", "accuracy")
    epochs = np.arange(1, len(history["loss"]) + 1)
    figure, panels = new_figure(2, width=8.5)
    for axes, measure in zip(panels, ("loss", "accuracy"), strict=True):
        for number, (key, name) in enumerate(((measure, "training"), (f"val_{measure}", "validation"))):
            if key in history:
                axes.plot(epochs, history[key], label=name, markersize=4, **curve_style(number))
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set(title=measure.capitalize(), xlabel="epoch", ylabel=measure)
    told = (
        f"Curves over {len(epochs)} epochs. The training loss goes from {history['loss'][0]:.2f} to "
        f"{history['loss'][-1]:.2f}"
    )
    ends = f". The accuracy ends at {history['accuracy'][-1]:.2f} in training"
    if "val_loss" in history:
        check_history(history, "val_accuracy")
        best = int(np.argmin(history["val_loss"]))
        for axes in panels:
            axes.axvline(epochs[best], color="0.4", linewidth=1, linestyle=":", label="lowest validation loss")
        told += (
            f"; the validation loss is lowest after epoch {epochs[best]}, at {history['val_loss'][best]:.2f}, and ends "
            f"at {history['val_loss'][-1]:.2f}"
        )
        ends += f" and {history['val_accuracy'][-1]:.2f} in validation"
    panels[0].legend(frameon=False)
    return Picture(figure, f"{told}{ends}.")


def check_history(history: Mapping[str, Sequence[float]], *measures: str) -> None:
    """Raise an error unless it is what ``fit`` returned, as ``.history``, with these measures."""
    if not isinstance(history, Mapping):
        raise TypeError(
            f"The history is of type {type(history).__name__}, but it must be a dictionary: give "
            "model.fit(...).history."
        )
    for measure in measures:
        if measure not in history:
            needs = "validation_data in fit" if measure.startswith("val_") else "metrics in compile"
            raise ValueError(
                f"The history has no {measure!r}, only {', '.join(map(repr, history)) or 'nothing'}: train again with "
                f"{needs}."
            )


def confusion_matrix(confusion: pd.DataFrame) -> Picture:
    """Draw a confusion matrix: of the documents of each class (rows), the share given each label (columns).

    Parameters
    ----------
    confusion : pandas.DataFrame
        What `qta_keras.evaluate.confusion` returned: counts, with the true classes as rows.

    Examples
    --------
    >>> confusion_matrix(pd.DataFrame([[3, 1], [0, 4]], index=list("ab"), columns=list("ab"))).description
    'Confusion matrix, 8 documents. Read rightly: a 75 %, b 100 %. The commonest mistake: a read as b, 1 documents.'
    """
    shares = confusion.div(confusion.sum(axis=1).clip(lower=1), axis=0)
    size = 2.2 + 0.75 * len(confusion)
    figure, axes = new_figure(width=size + 1, height=size - 0.6)
    axes.grid(visible=False)
    axes.imshow(shares, cmap=SHADES, vmin=0, vmax=1, aspect="auto")
    for row, column in np.ndindex(shares.shape):
        share = shares.iat[row, column]
        text = f"{confusion.iat[row, column]:,}\n{share:.0%}"
        axes.text(column, row, text, ha="center", va="center", fontsize=8, color="white" if share > 0.5 else "black")
    names = [str(label) for label in confusion.index]
    axes.set_xticks(range(len(confusion)), names, rotation=30, ha="right")
    axes.set_yticks(range(len(confusion)), names)
    axes.set(title="Confusion matrix (share of the row)", xlabel="predicted", ylabel="truth")
    counts = confusion.to_numpy()
    rightly = ", ".join(
        f"{name} {100 * share:.0f} %" if total else f"{name} has no documents"
        for name, share, total in zip(names, np.diag(shares), counts.sum(axis=1), strict=True)
    )
    mistakes = np.where(np.eye(len(counts), dtype=bool), 0, counts)
    truth, predicted = np.unravel_index(mistakes.argmax(), mistakes.shape)
    commonest = f"The commonest mistake: {names[truth]} read as {names[predicted]}, {mistakes.max():,} documents."
    return Picture(
        figure,
        f"Confusion matrix, {counts.sum():,} documents. Read rightly: {rightly}. "
        + (commonest if mistakes.any() else "There is no mistake."),
    )


def score_intervals(table: pd.DataFrame, *, measure: str = "accuracy", lead: str | None = None) -> Picture:
    """Draw scores as points with their 95 per cent intervals, one line per row of the table.

    Parameters
    ----------
    table : pandas.DataFrame
        Rows to compare, with the columns `measure`, ``<measure>_low`` and ``<measure>_high``, as
        `qta_keras.evaluate.score` names them.
    measure : {"accuracy", "macro_f1"}, default "accuracy"
        Which score to draw.
    lead : str or None
        The name of what the rows are compared with. A second panel then draws the columns ``lead``, ``lead_low`` and
        ``lead_high`` in points of 100, with a line at 0.

    Examples
    --------
    >>> scores = pd.DataFrame({"accuracy": [0.5], "accuracy_low": [0.4], "accuracy_high": [0.6]}, index=["mlp"])
    >>> score_intervals(scores).description
    'Points with 95 per cent intervals of accuracy: mlp 0.50 (0.40 to 0.60).'
    """
    name = measure.replace("_f1", " F1")
    names = [str(row) if not isinstance(row, tuple) else ", ".join(map(str, row)) for row in table.index]
    columns = [table[measure + ending].astype(float) for ending in ("", "_low", "_high")]
    figure, panels = new_figure(
        1 if lead is None else 2, width=7.0 if lead is None else 9.0, height=1.1 + 0.32 * len(table)
    )
    first, *others = np.atleast_1d(panels)
    listed = _draw_intervals(first, names, columns, "{:.2f}")
    lowest, highest = np.floor(10 * columns[1].min()) / 10, np.ceil(10 * columns[2].max()) / 10
    title = f"{name.capitalize()} with 95 per cent interval"
    first.set(title=title, xlabel=name, xlim=(min(lowest, highest - 0.1) - 0.01, highest + 0.01))
    told = f"Points with 95 per cent intervals of {name}: {listed}."
    for axes in others:
        points = [100 * table["lead" + ending].astype(float) for ending in ("", "_low", "_high")]
        axes.axvline(0, color="0.4", linewidth=1, linestyle="--")
        listed = _draw_intervals(axes, names, points, "{:+.1f}")
        axes.tick_params(labelleft=False)
        axes.set(title=f"Lead over {lead}", xlabel="points of 100, with 95 per cent interval")
        told += f" Beside it, with a line at 0, the lead over {lead} in points: {listed}."
    return Picture(figure, told)


def _draw_intervals(axes: Axes, names: Sequence[str], columns: Sequence[pd.Series], form: str) -> str:
    """Draw a point and its interval per row, the first row on top and none on the frame; return them in words."""
    listed = []
    for row, (name, value, lower, upper) in enumerate(zip(names, *columns, strict=True)):
        axes.plot([lower, upper], [row, row], color=COLOURS[0], linewidth=2)
        axes.plot(value, row, MARKERS[0], color=COLOURS[1])
        listed.append(f"{name} {form} ({form} to {form})".format(value, lower, upper))
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    return "; ".join(listed)
