"""Figures of the words that go with classes."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from qta_keras.plots.picture import COLOURS, Picture


def driving_words(contributions: Mapping[str, pd.Series]) -> Picture:
    """Draw the strongest words of each class as bars, a panel per class, all on one scale.

    Parameters
    ----------
    contributions : mapping of str to pandas.Series
        For each class what its words contribute, indexed by word, the strongest first.

    Returns
    -------
    Picture
        Its description names the first three words of each class.

    Raises
    ------
    ValueError
        If there is no class, or one without words.

    Examples
    --------
    >>> words = pd.Series([0.3, 0.1], index=["colonies", "frontier"])
    >>> driving_words({"early": words}).description
    'The words that contribute most to each class. early: colonies, frontier.'
    """
    if not contributions or any(words.empty for words in contributions.values()):
        raise ValueError("There is a class without words, or no class at all: give one word or more for each.")
    columns = min(3, len(contributions))
    rows = -(-len(contributions) // columns)
    most = max(len(words) for words in contributions.values())
    figure = Figure(figsize=(2.7 * columns, (0.7 + 0.21 * most) * rows), layout="constrained")
    panels = figure.subplots(rows, columns, sharex=True, squeeze=False).ravel()
    for panel, (name, words) in zip(panels, contributions.items(), strict=False):
        panel.barh(range(len(words)), words.to_numpy(), color=COLOURS[0])
        panel.set_yticks(range(len(words)), [str(word) for word in words.index])
        panel.invert_yaxis()
        panel.set_title(name)
        panel.tick_params(labelbottom=True)
        panel.spines[["top", "right"]].set_visible(False)
        panel.grid(axis="x", alpha=0.25)
        panel.set_axisbelow(True)
    for panel in panels[len(contributions) :]:
        panel.set_visible(False)
    figure.supxlabel("mean contribution to the logarithm of the class's probability", fontsize="medium")
    told = [f"{name}: {', '.join(map(str, words.index[:3]))}" for name, words in contributions.items()]
    return Picture(figure, f"The words that contribute most to each class. {'; '.join(told)}.")
