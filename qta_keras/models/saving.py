"""A trained classifier as a folder: the network, its vocabulary and its labels; nothing in it is a pickle."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
from sklearn.feature_extraction.text import TfidfVectorizer

from qta_keras import __version__
from qta_keras.features.fit_vectoriser import build_vectoriser, vectoriser_parts
from qta_keras.features.on_disk import new_folder, plain_names

FORMAT = 1  # of the folder; a change that older versions can't read gets the next number
_MODEL, _VOCABULARY, _LABELS = "model.keras", "vocabulary.json", "labels.json"


def save_classifier(
    folder: str | Path,
    model: keras.Model,
    vectoriser: TfidfVectorizer,
    classes: Sequence[str],
    *,
    overwrite: bool = False,
) -> None:
    """Save a trained classifier as a folder of three files.

    Parameters
    ----------
    folder : str or Path
        The folder to make; folders above it are made as well.
    model : keras.Model
        A network whose output has a column per class.
    vectoriser : sklearn.feature_extraction.text.TfidfVectorizer
        What `qta_keras.features.fit_vectoriser` returned.
    classes : sequence of str
        Names of the classes, in the order of the network's output: text, numbers or truth values, of NumPy as well.
    overwrite : bool, default False
        Whether a classifier saved in that folder earlier may be replaced.

    Raises
    ------
    FileExistsError
        If the folder is there already and must not be replaced, or holds anything but a saved classifier.
    ValueError
        If the network, the vectoriser and the classes do not fit together, or a class is there twice.
    TypeError
        If the vectoriser is not one of `qta_keras.features.fit_vectoriser`, the model no network of Keras, or a class
        neither text nor a number.

    Examples
    --------
    >>> from qta_keras import features, models
    >>> vectoriser = features.fit_vectoriser(["war and peace", "peace and war"])
    >>> models.save_classifier("my-classifier", models.mlp(3, 2), vectoriser, ["novel", "letter"])  # doctest: +SKIP
    """
    folder = Path(folder)
    if not isinstance(model, keras.Model):
        raise TypeError(f"The model is a {type(model).__name__}, but it must be a network, as models.mlp makes one.")
    vocabulary = vectoriser_parts(vectoriser)
    vocabulary["own_tokeniser"] = vocabulary.pop("tokeniser") is not None
    vocabulary["idf"] = None if vocabulary["idf"] is None else [float(value) for value in vocabulary["idf"]]
    labels = {"format": FORMAT, "classes": plain_names(classes), "qta_keras": __version__, "keras": keras.__version__}
    _check_fit(folder, model, vocabulary, labels)
    if folder.exists():
        _check_replaceable(folder, overwrite)
    texts = {
        name: json.dumps(content, ensure_ascii=False, indent=1).encode("utf-8")
        for name, content in ((_VOCABULARY, vocabulary), (_LABELS, labels))
    }
    with new_folder(folder) as part:
        model.save(part / _MODEL)
        for name, text in texts.items():
            (part / name).write_bytes(text)


def load_classifier(
    folder: str | Path, *, tokeniser: Callable[[str], list[str]] | None = None
) -> tuple[keras.Model, TfidfVectorizer, list[str]]:
    """Load what `save_classifier` saved.

    Parameters
    ----------
    folder : str or Path
        The folder.
    tokeniser : callable or None
        The tokeniser that the vectoriser had, if it had one of your own: code is not saved.

    Returns
    -------
    tuple
        The network, the vectoriser and the names of the classes. Its predictions are those of the classifier that
        was saved, to the last bit on the same machine.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or one of its files is missing.
    ValueError
        If a file is damaged, comes from a version that this one can't read, or a tokeniser is missing.

    Examples
    --------
    >>> network, vectoriser, classes = load_classifier("my-classifier")  # doctest: +SKIP
    """
    folder = Path(folder)
    missing = [name for name in (_MODEL, _VOCABULARY, _LABELS) if not (folder / name).is_file()]
    if not folder.is_dir():
        raise FileNotFoundError(
            f"There is no folder {str(folder)!r}: check the name, or save a classifier there first."
        )
    if missing:
        raise FileNotFoundError(
            f"{str(folder)!r} is no complete classifier, for {' and '.join(missing)} is missing: save it again."
        )
    labels, vocabulary = _read(folder / _LABELS), _read(folder / _VOCABULARY)
    if labels.get("format") != FORMAT:
        raise ValueError(
            f"{str(folder)!r} was saved in format {labels.get('format')!r} by qta-keras {labels.get('qta_keras')}, and "
            f"qta-keras {__version__} reads format {FORMAT}: use that version, or save it again."
        )
    if vocabulary.pop("own_tokeniser") and tokeniser is None:
        raise ValueError(f"{str(folder)!r} was made with a tokeniser of your own: give it again, as tokeniser=...")
    try:
        model = keras.models.load_model(folder / _MODEL)
    except Exception as error:  # Keras raises whatever the part that it can't read raises
        raise ValueError(
            f"The network in {str(folder)!r} was saved with Keras {labels.get('keras')}, and Keras {keras.__version__} "
            f"can't read it ({type(error).__name__}): install that version, or save it again if the file is damaged."
        ) from None
    _check_fit(folder, model, vocabulary, labels)
    return model, build_vectoriser(**vocabulary, tokeniser=tokeniser), labels["classes"]


def _read(path: Path) -> dict:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        raise ValueError(f"{str(path)!r} is damaged and can't be read: save the classifier again.") from None


def _check_fit(folder: Path, model: keras.Model, vocabulary: dict, labels: dict) -> None:
    for name, count, wanted in (
        ("words", len(vocabulary["words"]), model.input_shape[-1]),
        ("classes", len(labels["classes"]), model.output_shape[-1]),
    ):
        if count != wanted:
            raise ValueError(f"{str(folder)!r}: there are {count} {name}, but the network was made for {wanted}.")


def _check_replaceable(folder: Path, overwrite: bool) -> None:
    if not overwrite:
        raise FileExistsError(f"{str(folder)!r} exists already: choose another name, or give overwrite=True.")
    others = {path.name for path in folder.iterdir()} - {_MODEL, _VOCABULARY, _LABELS} if folder.is_dir() else {"it"}
    if others or not (folder / _LABELS).is_file():
        raise FileExistsError(f"{str(folder)!r} holds something other than a classifier: choose another name.")
