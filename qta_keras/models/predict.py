"""Predictions with the names of documents and classes."""

from collections.abc import Sequence

import keras
import numpy as np
import pandas as pd
import scipy.sparse

from qta_keras.features.checks import check_dfm
from qta_keras.models.for_keras import for_keras


def predict(
    model: keras.Model, dfm: scipy.sparse.csr_matrix, *, documents: Sequence[str], classes: Sequence[str]
) -> pd.DataFrame:
    """Predict the probability of each class for each document.

    Parameters
    ----------
    model : keras.Model
        A classifier whose output has a column per class.
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix, shape (documents, n_features), one document or more; it needs no `for_keras`.
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
        If the names do not match the matrix or the model's output, the matrix has no documents, other columns than the
        model was made for, or missing numbers.
    TypeError
        If the matrix is not sparse, or the model no network of Keras.

    Examples
    --------
    >>> from qta_keras import models
    >>> dfm = scipy.sparse.csr_matrix([[1.0, 0.0, 0.5]], dtype="float32")
    >>> predict(models.mlp(3, 2), dfm, documents=["a letter"], classes=["war", "peace"]).shape
    (1, 2)
    """
    if not isinstance(model, keras.Model):
        raise TypeError(f"The model is a {type(model).__name__}, but it must be a network, as models.mlp makes one.")
    dfm = check_dfm(dfm, n_features=model.input_shape[-1])
    if len(documents) != dfm.shape[0]:
        raise ValueError(f"There are {len(documents)} document names for {dfm.shape[0]} rows of the matrix.")
    if len(classes) != model.output_shape[-1]:
        raise ValueError(
            f"There are {len(classes)} class names, but the model tells {model.output_shape[-1]} classes apart."
        )
    if keras.backend.backend() == "torch":  # where the rows become dense
        parts = (for_keras(dfm[start : start + 1024]) for start in range(0, dfm.shape[0], 1024))
        probabilities = np.concatenate([model.predict(part, verbose=0) for part in parts])
    else:
        probabilities = model.predict(for_keras(dfm), batch_size=1024, verbose=0)
    return pd.DataFrame(probabilities, index=pd.Index(documents, name="document"), columns=list(classes))
