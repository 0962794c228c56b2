"""Figure of notebook 03: the words that go with classes."""

from collections import Counter
from collections.abc import Collection, Mapping

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from qta_keras.plots.picture import COLOURS, GREY, Picture

SHARED = {"hatch": "////", "edgecolor": "white", "linewidth": 0}


def driving_words(contributions: Mapping[str, pd.Series], function_words: Collection[str] = ()) -> Picture:
    """Draw the strongest words of each class as bars, a panel per class, all on one scale.

    The bars of words that stand in the lists of several classes are hatched.

    Parameters
    ----------
    contributions : mapping of str to pandas.Series
        For each class what its words contribute, indexed by word, the strongest first.
    function_words : collection of str
        Words such as *the* and *which*: their bars are grey and their names in italics.

    Returns
    -------
    Picture
        Its description names the first three words of each class, and those that stand in several lists.

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
    lists = Counter(word for words in contributions.values() for word in words.index)
    shared = [str(word) for word, number in lists.items() if number > 1]
    for panel, (name, words) in zip(panels, contributions.items(), strict=False):
        for row, (word, contribution) in enumerate(words.items()):
            colour = GREY if word in function_words else COLOURS[0]
            panel.barh(row, contribution, color=colour, **(SHARED if lists[word] > 1 else {}))
        panel.set_yticks(range(len(words)), [str(word) for word in words.index])
        for label, word in zip(panel.get_yticklabels(), words.index, strict=True):
            label.set_style("italic" if word in function_words else "normal")
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
    description = f"The words that contribute most to each class. {'; '.join(told)}."
    keys = []
    if any(word in function_words for word in lists):
        keys += [Patch(color=COLOURS[0], label="content word"), Patch(color=GREY, label="function word")]
        own = [word for words in contributions.values() for word in words.index if word not in function_words]
        description += f" Function words are grey; {len(own)} of {lists.total()} bars are content words."
    if shared:
        keys.append(Patch(facecolor=COLOURS[0], label="in several lists", **SHARED))
        description += f" In several lists, hatched: {', '.join(shared)}."
    if keys:
        figure.legend(handles=keys, loc="outside upper center", ncols=len(keys), frameon=False)
    return Picture(figure, description)
