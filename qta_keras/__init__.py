"""Helpers for the notebooks of qta-keras: corpora, document-feature matrices, Keras models, scores, figures, exercises.

``import qta_keras`` is instant: a module is loaded when it is first used, as in ``from qta_keras import data``.
"""

from importlib import import_module

__version__ = "0.2.0"
__all__ = ["data", "evaluate", "features", "models", "plots", "practice", "runtime"]


def __getattr__(name: str):
    """Load a module of the package at its first use (PEP 562)."""
    if name in __all__:
        return import_module(f"qta_keras.{name}")
    raise AttributeError(f"qta_keras has no module {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    """List the modules, loaded or not, so that tab completion finds them."""
    return sorted([*globals(), *__all__])
