"""Matrices with other columns made to fit a model."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import scipy.sparse

from qta_keras.features.checks import check_dfm, check_names


def conform(
    dfm: scipy.sparse.csr_matrix, *, features_from: Iterable[str], features_to: Iterable[str]
) -> tuple[scipy.sparse.csr_matrix, list[str]]:
    """Give a document-feature matrix the columns of another one, as quanteda's dfm_match does.

    Columns come in the order of the other matrix. Missing ones are filled with zeros; extra ones are dropped, and
    named in the second result. Names have to be equal to the letter. Raw texts need
    none of this: ``vectoriser.transform(texts)`` has the columns of the training texts.

    Parameters
    ----------
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix, shape (documents, len(features_from)).
    features_from : iterable of str
        The names of its columns, such as ``featnames(x)`` in R.
    features_to : iterable of str
        The names of the columns wanted, such as the training features, ``vectoriser.get_feature_names_out()``.

    Returns
    -------
    conformed : scipy.sparse.csr_matrix
        Shape (documents, len(features_to)), of the type that the numbers had.
    unseen : list of str
        The features that were dropped, for they are not in `features_to`.

    Raises
    ------
    ValueError
        If the names do not fit the matrix, or one is there twice.
    TypeError
        If the matrix is not sparse.

    See Also
    --------
    qta_keras.features.unseen_words : counts the words of raw texts that a vectoriser does not know.

    Examples
    --------
    >>> dfm = scipy.sparse.csr_matrix([[1.0, 2.0, 3.0]])
    >>> dfm, unseen = conform(dfm, features_from=["love", "peace", "war"], features_to=["war", "treaty", "peace"])
    >>> dfm.toarray().tolist(), unseen
    ([[3.0, 0.0, 2.0]], ['love'])
    """
    dfm = check_dfm(dfm)
    features_from = check_names(features_from, "feature", dfm.shape[1])
    features_to = check_names(features_to, "feature")
    source = pd.Index(features_from).get_indexer(features_to)  # -1 where this matrix has no such feature
    target = np.flatnonzero(source >= 0)
    ones = np.ones(len(target), dtype=dfm.dtype)
    selection = scipy.sparse.csr_matrix((ones, (source[target], target)), shape=(dfm.shape[1], len(features_to)))
    return dfm @ selection, sorted(set(features_from) - set(features_to))
