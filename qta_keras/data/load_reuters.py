"""The Reuters newswires that come with Keras: 11,228 articles of 1987 on 46 topics."""

import os
from pathlib import Path

import pandas as pd

_SOURCE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
_FILES = ("reuters.npz", "reuters_word_index.json")
_ALL_WORDS = 1_000_000  # more than the archive has


def load_reuters() -> pd.DataFrame:
    """Load the Reuters newswires, one row per article, with their topics as labels.

    Keras downloads them at the first call (3 MB) and keeps them. They come in lower case, without punctuation, as
    numbers of words; here they are texts again, with ``?`` for a number that the word index lacks. Their authors are
    not known, so each is its own group.

    Returns
    -------
    pandas.DataFrame
        11,228 rows, indexed by ``document`` (such as ``newswire-00001``), with the columns ``text``, ``label`` (one
        of 46 topics), ``group`` (the document's name) and ``split`` (``train`` for 8,982 and ``test`` for 2,246),
        in the order and with the split that ``keras.datasets.reuters.load_data()`` gives.

    Raises
    ------
    OSError
        If the files can't be downloaded or are damaged.

    References
    ----------
    Lewis, D. D. (1997), Reuters-21578 text categorization test collection, AT&T Labs.

    Examples
    --------
    >>> load_reuters()["label"].nunique()  # doctest: +SKIP
    46
    """
    from keras.datasets import reuters

    try:
        # No sign for the beginning and none for rare words: the numbers are those of the word index.
        parts = reuters.load_data(num_words=_ALL_WORDS, start_char=None, index_from=0, oov_char=None)
        words = {number: word for word, number in reuters.get_word_index().items()}
    except Exception as error:  # Keras raises plain Exception where the download fails
        raise OSError(_what_to_do(error)) from None
    topics = reuters.get_label_names()
    articles = pd.DataFrame(
        [
            (" ".join(words.get(number, "?") for number in article), topics[topic], split)
            for split, (articles, numbers) in zip(("train", "test"), parts, strict=True)
            for article, topic in zip(articles, numbers, strict=True)
        ],
        columns=["text", "label", "split"],
    )
    articles.index = pd.Index([f"newswire-{row:05d}" for row in range(1, len(articles) + 1)], name="document")
    articles.insert(2, "group", articles.index)
    return articles


def _what_to_do(error: Exception) -> str:
    folder = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "datasets"
    return (
        f"The Reuters newswires could not be loaded ({str(error).strip() or type(error).__name__}). Keras downloads "
        f"{' and '.join(_FILES)} once from {_SOURCE} and keeps them in {folder}: with a network, delete both there and "
        "call again; without one, fetch both on another computer and put them there."
    )
