"""Words and how often each document has them."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator

from qta_keras.runtime import progress, tensorflow_first

tensorflow_first()

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer

from qta_keras.features.checks import check_list

# The accents, vowel signs and points that Unicode writes after a letter, as in Arabic, Hebrew and Hindi.
_MARKS = "".join(chr(code) for code in range(0x300, 0xFE00) if unicodedata.category(chr(code)).startswith("M"))
# Letters, joined by apostrophes or not: "don't" is one word, numbers are none, and one letter alone is none either.
WORD_PATTERN = rf"(?u)\b[^\W\d_][{_MARKS}]*(?:['’]?[^\W\d_][{_MARKS}]*)+(?!\w)"

_TEXTS_AT_ONCE = 1_000


def count_words(
    texts: Iterable[str], *, tokeniser: Callable[[str], list[str]] | None = None
) -> tuple[scipy.sparse.csr_matrix, np.ndarray]:
    """Count every word of every text.

    Whoever trains on many parts of one corpus, as in cross-validation, counts once, and then chooses the
    vocabulary (`trim`) and fits the weighting (`fit_weighting`) on the rows of the training documents. The result
    is the same as that of `fit_vectoriser` on their texts, in a fraction of the time.

    Parameters
    ----------
    texts : iterable of str
        They are lower-cased.
    tokeniser : callable or None
        Takes a text and returns its words, for languages in which words are not sequences of letters between
        spaces. By default a word is two letters or more, apostrophes inside included (`WORD_PATTERN`).

    Returns
    -------
    counts : scipy.sparse.csr_matrix
        Document-feature matrix of counts, float32, shape (documents, words).
    words : numpy.ndarray of str
        The names of the columns, in alphabetical order.

    Raises
    ------
    TypeError
        If `texts` is a single string or a table or holds anything but strings, or the tokeniser is no function that
        returns a list of words.

    See Also
    --------
    sklearn.feature_extraction.text.CountVectorizer : does the work.

    Examples
    --------
    >>> counts, words = count_words(["War and peace", "Peace, peace!"])
    >>> list(words)
    ['and', 'peace', 'war']
    >>> counts.toarray().tolist()
    [[1.0, 1.0, 1.0], [0.0, 2.0, 0.0]]
    """
    texts = check_texts(texts)
    if tokeniser is not None and texts:
        _check_tokeniser(tokeniser, texts[0])
    counter = CountVectorizer(**tokenising(tokeniser))
    try:
        counts = counter.fit_transform(_with_progress(texts))
    except ValueError as error:
        if "empty vocabulary" not in str(error):  # scikit-learn's answer to texts without a single word
            raise
        return scipy.sparse.csr_matrix((len(texts), 0), dtype=np.float32), np.array([], dtype=object)
    return counts, counter.get_feature_names_out()


def tokenising(tokeniser: Callable[[str], list[str]] | None) -> dict:
    """Return the arguments that tell scikit-learn's vectorisers what a word is."""
    return {"tokenizer": tokeniser, "token_pattern": None if tokeniser else WORD_PATTERN, "dtype": np.float32}


def check_texts(texts: Iterable[str]) -> list[str]:
    """Return the texts as a list, or raise TypeError if they are not all strings."""
    texts = check_list(texts, "texts")
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                f"Text number {position + 1} is {text!r}, not a string; drop missing texts with corpus.dropna first."
            )
    return texts


def _check_tokeniser(tokeniser: Callable[[str], list[str]], text: str) -> None:
    if not callable(tokeniser):
        raise TypeError(f"The tokeniser is {tokeniser!r}, but it must be a function from a text to a list of words.")
    words = tokeniser(text)
    if not isinstance(words, list | tuple) or not all(isinstance(word, str) for word in words):
        raise TypeError(f"The tokeniser made {words!r:.60} of the first text, but it must return a list of words.")


def _with_progress(texts: list[str]) -> Iterator[str]:
    starts = range(0, len(texts), _TEXTS_AT_ONCE)
    for start in progress(starts, "Counting words: part"):
        yield from texts[start : start + _TEXTS_AT_ONCE]
