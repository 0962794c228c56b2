"""Sliders: a figure that is drawn again when a hand moves its parameters."""

import importlib.util
import os
from collections.abc import Callable

from qta_keras.plots.picture import Picture


def slider(draw: Callable[..., Picture], **ranges: tuple) -> None:
    """Show a figure with a slider for each of its parameters.

    Nothing is shown with the environment variable ``QTA_KERAS_PROGRESS=0``, where outputs are stored.

    Parameters
    ----------
    draw : callable
        Takes the parameters by name and returns a `Picture`.
    **ranges : tuple
        For each parameter: lowest value, highest value, step.

    Examples
    --------
    >>> slider(lambda alpha: Picture(None, f"alpha is {alpha}"), alpha=(0.0, 1.0, 0.1))  # doctest: +SKIP
    """
    if os.environ.get("QTA_KERAS_PROGRESS") == "0":
        return
    if importlib.util.find_spec("ipywidgets") is None or not _has_kernel():
        print("The sliders need Jupyter with ipywidgets; the figure beside them shows the same.")
        return
    import ipywidgets

    ipywidgets.interact(draw, **ranges)


def _has_kernel() -> bool:
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")
