"""A weighting that knows which words tell classes apart."""

from collections.abc import Iterable

import numpy as np
import scipy.sparse
from scipy.special import entr
from sklearn.feature_extraction.text import TfidfTransformer

from qta_keras.features.checks import check_counts, check_labels


class ClassEntropyTransformer(TfidfTransformer):
    """Weight words by how unevenly the classes use them.

    A count above zero becomes one plus its logarithm, times the square root of one minus the word's class entropy; each
    row is then scaled to length 1. It is tf-idf with another weight in place of the inverse document frequency: rare
    words are not worth more for being rare, but for telling classes apart. The class entropy of a word is that of
    the shares of documents with it, class by class, divided by the logarithm of the number of classes: 0 for a word
    of a single class, 1 for a word as frequent in all. A word that says nothing of the class so weighs nothing,
    whatever its frequency.

    It learns from labels, so give it those of the training documents only; in a pipeline that is so by itself.

    Attributes
    ----------
    idf_ : numpy.ndarray, shape (n_features,)
        The weight of each word, the square root of one minus its class entropy, in [0, 1]. The name is that of the
        weight in whose place it stands.

    See Also
    --------
    sklearn.feature_extraction.text.TfidfTransformer : tf-idf without labels.

    References
    ----------
    Largeron, C., Moulin, C. and Géry, M. (2011), Entropy based feature selection for text categorization, ACM
    Symposium on Applied Computing, 924-928, for the idea of weighing words by the entropy of the classes.

    Examples
    --------
    >>> counts = scipy.sparse.csr_matrix([[1, 2, 0], [1, 0, 1], [1, 0, 3]])
    >>> weighting = ClassEntropyTransformer().fit(counts, ["war", "peace", "peace"])
    >>> weighting.transform(counts).toarray().round(2)
    array([[0., 1., 0.],
           [0., 0., 1.],
           [0., 0., 1.]])
    """

    def __init__(self) -> None:
        super().__init__(sublinear_tf=True)

    def fit(self, X: scipy.sparse.csr_matrix, y: Iterable[str]) -> "ClassEntropyTransformer":
        """Learn the words' weights.

        Parameters
        ----------
        X : scipy.sparse.csr_matrix
            Document-feature matrix of counts of the training documents, shape (documents, features).
        y : iterable of str
            The class of each document; two classes or more.

        Returns
        -------
        ClassEntropyTransformer
            Itself.

        Raises
        ------
        ValueError
            If the matrix holds anything but counts, or labels do not fit it, are missing or all equal.
        TypeError
            If the matrix is not sparse.
        """
        counts = check_counts(X)
        codes, _ = check_labels(y, counts.shape[0])
        super().fit(counts)
        membership = scipy.sparse.csr_matrix((np.ones(len(codes)), (codes, np.arange(len(codes)))))
        weights = entropy_weights((membership @ (counts > 0)).toarray(), np.bincount(codes))
        self.idf_ = weights.astype(self.idf_.dtype)
        return self


def entropy_weights(docfreq: np.ndarray, n_documents: np.ndarray) -> np.ndarray:
    """Return a weight in [0, 1] for each word; 0 for one that no document has.

    Given are, for each class, the number of documents with each word, shape (classes, words), and of all documents.
    """
    shares = docfreq / n_documents[:, np.newaxis]
    total = shares.sum(axis=0)
    distribution = np.divide(shares, total, out=np.full_like(shares, 1 / len(shares)), where=total > 0)
    return np.sqrt(1 - (entr(distribution).sum(axis=0) / np.log(len(shares))).clip(0, 1))
