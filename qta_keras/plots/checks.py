"""Is it the history of a training, with what a figure draws? One sentence if not."""

from collections.abc import Mapping, Sequence


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
