"""Figure of notebooks 02b and 02c: how large the gradient is in each layer of a deep network."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from qta_keras.plots.picture import Picture, curve_style


def gradient_by_layer(norms: Mapping[str, Mapping[str, np.ndarray]]) -> Picture:
    """Draw the length of the gradient in each layer, a panel per setting and a line per kind of network.

    Lines are geometric means over the networks of a kind; the band around each goes from the smallest to the
    largest. The vertical axis is logarithmic and shared.

    Parameters
    ----------
    norms : mapping of str to mapping of str to array of float, shape (networks, layers)
        By setting (the title of its panel) and kind of network: the length of the gradient, above 0, layer 1 first.

    Returns
    -------
    Picture
        Its description gives the mean in the first and the last layer, as powers of ten.

    Examples
    --------
    >>> picture = gradient_by_layer({"Glorot start": {"plain": np.array([[1e-5, 1e-3]])}})
    >>> print(picture.description)
    Length of the gradient per layer, logarithmic axis; powers of ten in layer 1 and layer 2. Glorot start: plain \
-5.0 and -3.0.
    """
    figure = Figure(figsize=(4.0 * len(norms) + 1.6, 4.6), layout="constrained")
    panels = figure.subplots(1, len(norms), sharey=True, squeeze=False)[0]
    told = []
    for panel, (name, kinds) in zip(panels, norms.items(), strict=True):
        words = []
        for number, (kind, values) in enumerate(kinds.items()):
            values = np.asarray(values, dtype=float)
            layers = np.arange(1, values.shape[1] + 1)
            mean = np.exp(np.log(values).mean(axis=0))
            style = curve_style(number)
            panel.fill_between(layers, values.min(axis=0), values.max(axis=0), color=style["color"], alpha=0.15)
            panel.semilogy(layers, mean, label=kind, markersize=5, markevery=(number % len(layers), 3), **style)
            first, last = np.log10(mean[[0, -1]]).round(1) + 0.0  # no minus before a zero
            words.append(f"{kind} {first:.1f} and {last:.1f}")
        panel.set(title=name, xlabel="layer (1 is next to the input)")
        panel.set_xticks(np.unique(np.linspace(1, values.shape[1], 5).round().astype(int)))
        panel.spines[["top", "right"]].set_visible(False)
        panel.grid(alpha=0.25)
        told.append(f"{name}: {', '.join(words)}")
    panels[0].set_ylabel("length of the gradient (logarithmic axis)")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, frameon=False)
    return Picture(
        figure,
        "Length of the gradient per layer, logarithmic axis; powers of ten in layer 1 and layer "
        f"{values.shape[1]}. {'; '.join(told)}.",
    )
