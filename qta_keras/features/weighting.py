"""From counts to weights: relative frequencies and tf-idf."""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import scipy.sparse
from sklearn.feature_extraction.text import TfidfTransformer

from qta_keras.features.checks import check_counts

_WEIGHTINGS = {
    "count": {"use_idf": False, "norm": None},
    "proportion": {"use_idf": False, "norm": "l1"},
    "tfidf": {"sublinear_tf": True},
}


def fit_weighting(counts: scipy.sparse.csr_matrix, weighting: str = "tfidf") -> TfidfTransformer:
    """Learn from the counts of training documents how to weight words.

    Parameters
    ----------
    counts : scipy.sparse.csr_matrix
        Document-feature matrix of the training documents, shape (documents, features).
    weighting : {"tfidf", "proportion", "count"}, default "tfidf"
        ``count``: how often the word occurs in the document; ``proportion``: the count divided by the sum of the
        document's counts, so that a row sums to 1; ``tfidf``: one plus the logarithm of the count, times the
        inverse document frequency in the training documents, a row scaled to length 1.

    Returns
    -------
    sklearn.feature_extraction.text.TfidfTransformer
        Fitted. ``transform(counts)`` weights a matrix with the same columns, such as that of the test documents.

    Raises
    ------
    ValueError
        If the weighting is unknown, or the matrix has no rows or columns or holds anything but counts.
    TypeError
        If the matrix is not sparse.

    References
    ----------
    Manning, C. D., Raghavan, P. and Schütze, H. (2008), Introduction to Information Retrieval, chapter 6.

    Examples
    --------
    >>> counts = scipy.sparse.csr_matrix([[3.0, 1.0], [0.0, 2.0]], dtype="float32")
    >>> fit_weighting(counts, "proportion").transform(counts).toarray()
    array([[0.75, 0.25],
           [0.  , 1.  ]], dtype=float32)
    """
    counts = check_counts(counts)
    if 0 in counts.shape:
        raise ValueError(
            f"The document-feature matrix has {counts.shape[0]} documents and {counts.shape[1]} features, so there "
            "is nothing to weight: keep at least one of each."
        )
    return TfidfTransformer(**weighting_arguments(weighting)).fit(counts)


def weighting_arguments(weighting: str) -> dict:
    """Return the arguments of scikit-learn's TfidfTransformer, or raise ValueError."""
    if weighting not in _WEIGHTINGS:
        raise ValueError(f"weighting is {weighting!r}, but it must be one of {', '.join(_WEIGHTINGS)}.")
    return _WEIGHTINGS[weighting]
