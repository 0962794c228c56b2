"""What a classifier is given: texts or rows, and labels and groups for each."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import scipy.sparse

from qta_keras.features.checks import check_one_kind
from qta_keras.features.parts import check_texts


def as_texts(documents: object) -> list[str] | None:
    """Return the texts as a list, or None if the documents are rows of a matrix; raise if a text is missing."""
    is_list = isinstance(documents, list | tuple | pd.Series) or (
        isinstance(documents, np.ndarray) and documents.ndim == 1
    )
    if is_list and not len(documents):
        raise ValueError("There are no documents: give one or more.")
    return check_texts(documents) if is_list and any(isinstance(document, str) for document in documents) else None


def as_rows(dfm: scipy.sparse.csr_matrix | np.ndarray) -> scipy.sparse.csr_matrix:
    """Return a matrix row by row (csr), with the columns of each row in order and none twice."""
    rows = scipy.sparse.csr_matrix(dfm, dtype=np.float32)
    if not rows.has_canonical_format:
        rows = rows.copy()  # the reader's own is left alone
        rows.sum_duplicates()
    return rows


def check_one_each(documents: Iterable, values: Iterable) -> np.ndarray:
    """Return labels or groups as an array, or raise ValueError unless there is one for each document."""
    values = list(values)
    if len(values) != len(documents):
        raise ValueError(
            f"There are {len(values):,} labels or groups for {len(documents):,} documents: give one for each."
        )
    check_one_kind(values, "labels or groups")  # before NumPy writes a missing one as 'nan', and 1 as '1'
    return np.asarray(values)
