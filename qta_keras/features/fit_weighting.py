"""From counts to weights: relative frequencies, tf-idf, and tf-idf that knows the classes."""

from collections.abc import Iterable

import numpy as np
import scipy.sparse
from sklearn.feature_extraction.text import TfidfTransformer

from qta_keras.features.checks import check_counts
from qta_keras.features.class_entropy import ClassEntropyTransformer, entropy_weights

_WEIGHTINGS = {
    "count": {"use_idf": False, "norm": None},
    "proportion": {"use_idf": False, "norm": "l1"},
    "tfidf": {"sublinear_tf": True},
    "class_entropy": {"sublinear_tf": True},
}


def fit_weighting(
    counts: scipy.sparse.csr_matrix, weighting: str = "tfidf", *, labels: Iterable[str] | None = None
) -> TfidfTransformer:
    """Learn from the counts of training documents how to weight words.

    Parameters
    ----------
    counts : scipy.sparse.csr_matrix
        Document-feature matrix of the training documents, shape (documents, features).
    weighting : {"tfidf", "proportion", "count", "class_entropy"}, default "tfidf"
        ``count``: how often the word occurs in the document; ``proportion``: the count divided by the sum of the
        document's counts, so that a row sums to 1; ``tfidf``: one plus the logarithm of the count, times the
        inverse document frequency in the training documents, a row scaled to length 1; ``class_entropy``: one plus
        the logarithm of the count, times a number between 0 and 1 that is the higher the more unevenly the classes use
        the word, a row scaled to length 1 (`ClassEntropyTransformer`).
    labels : iterable of str or None
        The class of each training document, which ``class_entropy`` learns from, and no other weighting does.

    Returns
    -------
    sklearn.feature_extraction.text.TfidfTransformer
        Fitted. ``transform(counts)`` weights a matrix with the same columns, such as that of the test documents.

    Raises
    ------
    ValueError
        If the weighting is unknown, its labels are missing or not wanted, or the matrix has no rows or columns or
        holds anything but counts.
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
    arguments = weighting_arguments(weighting)
    check_labels_wanted(weighting, labels)
    if weighting == "class_entropy":
        return ClassEntropyTransformer().fit(counts, labels)
    return TfidfTransformer(**arguments).fit(counts)


def word_weights(weighting: str, docfreq: scipy.sparse.csr_matrix, n_documents: np.ndarray) -> np.ndarray | None:
    """Return what `fit_weighting` learns of each word, to the last bit, or None where it learns nothing.

    Given are, for each class, the number of documents with each word, shape (classes, words), and of all documents.
    """
    if not _WEIGHTINGS[weighting].get("use_idf", True):
        return None
    if weighting == "class_entropy":
        return entropy_weights(docfreq.toarray(), n_documents).astype(np.float32)
    with_word = np.asarray(docfreq.sum(axis=0)).ravel().astype(np.float32)
    return np.log(np.float32(n_documents.sum() + 1) / (with_word + np.float32(1))) + np.float32(1)


def check_labels_wanted(weighting: str, labels: Iterable[str] | None) -> None:
    """Raise ValueError if there are labels and the weighting does not use them, or the other way round."""
    if weighting == "class_entropy" and labels is None:
        raise ValueError("The weighting 'class_entropy' learns from labels, and there are none: give labels=...")
    if weighting != "class_entropy" and labels is not None:
        raise ValueError(f"The weighting {weighting!r} does not use labels: leave them out, or use 'class_entropy'.")


def weighting_arguments(weighting: str) -> dict:
    """Return the arguments of scikit-learn's TfidfTransformer, or raise ValueError."""
    if weighting not in _WEIGHTINGS:
        raise ValueError(f"weighting is {weighting!r}, but it must be one of {', '.join(_WEIGHTINGS)}.")
    return _WEIGHTINGS[weighting]
