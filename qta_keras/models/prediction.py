"""Predictions with the names of documents and classes."""

from collections.abc import Sequence

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import keras
import numpy as np
import pandas as pd
import scipy.sparse


def predict(
    model: keras.Model, dfm: scipy.sparse.csr_matrix, *, documents: Sequence[str], classes: Sequence[str]
) -> pd.DataFrame:
    """Predict the probability of each class for each document.

    Parameters
    ----------
    model : keras.Model
        A classifier whose output has a column per class.
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix, shape (documents, n_features).
    documents : sequence of str
        Names of the rows, such as ``corpus.index``.
    classes : sequence of str
        Names of the classes, in the order of the numbers that the model was trained with.

    Returns
    -------
    pandas.DataFrame
        Shape (documents, classes), probabilities in [0, 1] that sum to 1 in each row. ``idxmax(axis=1)`` gives the
        predicted class.

    Raises
    ------
    ValueError
        If the names do not match the matrix or the model's output.

    Examples
    --------
    >>> from qta_keras import models
    >>> dfm = scipy.sparse.csr_matrix([[1.0, 0.0, 0.5]], dtype="float32")
    >>> predict(models.mlp(3, 2), dfm, documents=["a letter"], classes=["war", "peace"]).shape
    (1, 2)
    """
    if len(documents) != dfm.shape[0]:
        raise ValueError(f"There are {len(documents)} document names for {dfm.shape[0]} rows of the matrix.")
    if len(classes) != model.output_shape[-1]:
        raise ValueError(
            f"There are {len(classes)} class names, but the model tells {model.output_shape[-1]} classes apart."
        )
    if keras.backend.backend() == "torch":  # which has no sparse input in Keras
        parts = (dfm[start : start + 1024].toarray() for start in range(0, dfm.shape[0], 1024))
        probabilities = np.concatenate([model.predict(part, verbose=0) for part in parts])
    else:
        probabilities = model.predict(_with_last_row_stored(dfm), batch_size=1024, verbose=0)
    return pd.DataFrame(probabilities, index=pd.Index(documents, name="document"), columns=list(classes))


def _with_last_row_stored(dfm: scipy.sparse.csr_matrix) -> scipy.sparse.csr_matrix:
    """Store a zero in the last row: Keras 3.13, which Colab has, does not see empty rows at the end of a matrix."""
    if dfm.shape[0] == 0 or dfm[-1].nnz:
        return dfm
    last = scipy.sparse.csr_matrix(([0.0], ([0], [0])), shape=(1, dfm.shape[1]), dtype=dfm.dtype)
    return scipy.sparse.vstack([dfm[:-1], last], format="csr")
