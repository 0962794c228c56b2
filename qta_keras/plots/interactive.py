"""Sliders of notebooks 00 to 02: a hand on the numbers behind a figure, where a notebook can show one."""

import importlib.util
import os
import sys
from collections.abc import Callable

from qta_keras.plots.picture import Picture


def slider(draw: Callable[..., Picture], **ranges: tuple) -> None:
    """Draw a figure again whenever one of its numbers is moved with a slider.

    Nothing is shown where outputs are stored (the environment variable ``QTA_KERAS_PROGRESS=0``), for a stored
    slider could not move. Where ipywidgets is missing, or no notebook runs, one sentence says so.

    Parameters
    ----------
    draw : callable
        Takes the numbers by keyword and returns the picture. Its default values are where the sliders start.
    **ranges : tuple
        For each number ``(lowest, highest, step)``.

    Examples
    --------
    >>> from qta_keras.plots.picture import new_figure
    >>> def line(slope=1.0):
    ...     figure, axes = new_figure()
    ...     axes.plot([0, 1], [0, slope])
    ...     return Picture(figure, f"A line of slope {slope}.")
    >>> line()
    A line of slope 1.0.
    >>> slider(line, slope=(-2.0, 2.0, 0.5))  # doctest: +SKIP
    """
    if os.environ.get("QTA_KERAS_PROGRESS") == "0":
        return
    if importlib.util.find_spec("ipywidgets") is None:
        print("There is no slider here, for ipywidgets is not installed; the figure above tells the same.")
    elif not _in_notebook():
        print("There is no slider here, for it needs a running notebook; the figure above tells the same.")
    else:
        from ipywidgets import interact

        interact(draw, **ranges)


def _in_notebook() -> bool:
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")
