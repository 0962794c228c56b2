"""Words, and how often each document has them."""

import itertools
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer

from qta_keras.features.parts import check_texts, in_order, text_parts
from qta_keras.features.spelling import as_counted

_SIGNS = [chr(code) for code in range(0x300, 0xFE00) if unicodedata.category(chr(code)).startswith("M")]
_VOWELS = "".join(sign for sign in _SIGNS if "VOWEL SIGN" in unicodedata.name(sign, ""))
_LETTER = r"[^\W\d_]"
# The accents, vowel signs and points that Unicode writes after a letter, as in Arabic, Hebrew and Hindi, and joiners.
_MARKS = f"[{''.join(_SIGNS)}\u200c\u200d]*"
# Letters, joined by apostrophes or not: "don't" is one word, numbers are none, and one letter alone is none either,
# but a letter with a vowel sign, a syllable, is one.
WORD_PATTERN = rf"(?u)\b{_LETTER}{_MARKS}(?:(?:['’]?{_LETTER}{_MARKS})+|(?<=[{_VOWELS}]){_MARKS})(?!\w)"


def count_words(
    texts: Iterable[str], *, tokeniser: Callable[[str], list[str]] | None = None, client: Any | None = None
) -> tuple[scipy.sparse.csr_matrix, np.ndarray]:
    r"""Count every word of every text.

    For cross-validation, count once; then choose the vocabulary (`trim`) and fit the weighting (`fit_weighting`) on
    the rows of the training documents. The result is the same as that of `fit_vectoriser` on their texts, in a
    fraction of the time.

    Parameters
    ----------
    texts : iterable of str
        They are lower-cased, and their words made whole: soft hyphens and other invisible signs are taken out, and
        a word divided by a hyphen at the end of a line is joined. ``don’t`` and ``don't`` are two words: where a corpus
        has both, write them alike first, by ``corpus["text"].str.replace("’", "'")``.
    tokeniser : callable or None
        Takes a text and returns its words, for languages in which words are not sequences of letters between
        spaces. By default a word is two letters or more, apostrophes inside included (`WORD_PATTERN`). So "I" and "a"
        are not counted, as in scikit-learn and unlike quanteda; ``re.compile(r"[^\W\d_]+").findall`` counts them.
    client : distributed.Client or None
        A client of a Dask cluster, whose workers count parts of the texts and have the same qta-keras installed; the
        result is the same. None counts here.

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
    ValueError
        If a worker of the cluster has other versions, or there is none.

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
    counted = list(in_order(count_part, text_parts(texts, tokeniser), tokeniser, client))
    return _merge([counts for counts, _ in counted], [words for _, words in counted])


def count_part(texts: list[str], tokeniser: Callable[[str], list[str]] | None) -> tuple[scipy.sparse.csr_matrix, list]:
    """Count the words of some texts; the words are in alphabetical order."""
    counter = CountVectorizer(**tokenising(tokeniser))
    try:
        counts = counter.fit_transform(texts)
    except ValueError as error:
        if "empty vocabulary" not in str(error):  # scikit-learn's answer to texts without a single word
            raise
        return scipy.sparse.csr_matrix((len(texts), 0), dtype=np.float32), []
    return counts, list(counter.get_feature_names_out())


def tokenising(tokeniser: Callable[[str], list[str]] | None) -> dict:
    """Return the arguments that tell scikit-learn's vectorisers what a word is."""
    pattern = None if tokeniser else WORD_PATTERN
    return {"preprocessor": as_counted, "tokenizer": tokeniser, "token_pattern": pattern, "dtype": np.float32}


def _merge(counts: list[scipy.sparse.csr_matrix], words: list[list[str]]) -> tuple[scipy.sparse.csr_matrix, np.ndarray]:
    """Put parts one below the other, with the words of all of them as columns."""
    every = sorted(set(itertools.chain.from_iterable(words)))
    position = {word: column for column, word in enumerate(every)}
    columns = [
        np.array([position[word] for word in names], dtype=np.int32)[part.indices]
        for part, names in zip(counts, words, strict=True)
        if part.nnz
    ]
    lengths = [np.diff(part.indptr) for part in counts]
    data = np.concatenate([np.empty(0, np.float32), *(part.data for part in counts)])
    indices = np.concatenate([np.empty(0, np.int32), *columns])
    indptr = np.concatenate([[0], *lengths]).cumsum()
    merged = scipy.sparse.csr_matrix((data, indices, indptr), shape=(len(indptr) - 1, len(every)))
    merged.sort_indices()
    return merged, np.array(every, dtype=object)
