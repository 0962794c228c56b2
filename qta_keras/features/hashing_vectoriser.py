"""Columns without a vocabulary: the hashing trick."""

from collections.abc import Callable

from sklearn.feature_extraction.text import HashingVectorizer

from qta_keras.features.checks import check_positive
from qta_keras.features.count_words import tokenising


def hashing_vectoriser(
    n_features: int = 2**18, *, tokeniser: Callable[[str], list[str]] | None = None
) -> HashingVectorizer:
    """Make a vectoriser that keeps no list of words, for where the list itself would not fit into memory.

    A word's column is computed from its letters (MurmurHash3). So there is nothing to fit, and nothing to learn from
    test texts; but words can share a column, columns have no names, and there is no weight for rarity. A row is the
    counts of the document's words, scaled to length 1. Prefer `fit_vectoriser` wherever it works.

    Parameters
    ----------
    n_features : int, default 2**18
        Number of columns. Of two words, a share of 1 in `n_features` meets in one column: with 100,000 words and the
        default, about a third shares its column with another.
    tokeniser : callable or None
        As in `fit_vectoriser`.

    Returns
    -------
    sklearn.feature_extraction.text.HashingVectorizer
        ``transform(texts)`` gives a document-feature matrix, float32, shape (documents, n_features).

    Raises
    ------
    ValueError
        If `n_features` is no positive whole number.

    References
    ----------
    Weinberger, K. et al. (2009), Feature hashing for large scale multitask learning, Proceedings of ICML.

    Examples
    --------
    >>> hashing_vectoriser(1_000).transform(["War and peace", "Peace"]).shape
    (2, 1000)
    """
    check_positive("n_features", n_features)
    return HashingVectorizer(n_features=int(n_features), alternate_sign=False, **tokenising(tokeniser))
