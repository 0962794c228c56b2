"""Is it a document-feature matrix of counts, and do the names fit it? One sentence if not."""

from collections.abc import Iterable
from numbers import Integral

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
import pandas as pd
import scipy.sparse


def check_iterable(values: Iterable, what: str) -> Iterable:
    """Return the values, or raise TypeError if they are one string, a table or nothing to go through at all."""
    if isinstance(values, str | pd.DataFrame) or not isinstance(values, Iterable):
        kind = "single string" if isinstance(values, str) else type(values).__name__
        raise TypeError(f"The {what} are a {kind}, but must be a list or a column of a table, such as corpus['text'].")
    return values


def check_list(values: Iterable, what: str) -> list:
    """Return the values as a list, or raise TypeError if they are one string, a table or no list at all."""
    return list(check_iterable(values, what))


def check_dfm(dfm: scipy.sparse.sparray | scipy.sparse.spmatrix) -> scipy.sparse.csr_matrix:
    """Return the matrix row by row (csr), or raise TypeError if it is not sparse."""
    if not scipy.sparse.issparse(dfm) or dfm.ndim != 2:
        raise TypeError(
            f"The document-feature matrix is a {type(dfm).__name__}, but it must be sparse, with a row per document: "
            "make it so with scipy.sparse.csr_matrix(...)."
        )
    return scipy.sparse.csr_matrix(dfm)


def check_counts(counts: scipy.sparse.sparray | scipy.sparse.spmatrix) -> scipy.sparse.csr_matrix:
    """Return the matrix row by row (csr), or raise ValueError if it holds anything but counts."""
    counts = check_dfm(counts)
    wrong = counts.data[(counts.data < 0) | (counts.data != np.rint(counts.data)) | ~np.isfinite(counts.data)]
    if len(wrong):
        raise ValueError(
            f"The document-feature matrix holds {wrong[0]:.6g}, which is not a count: give the matrix of counts, "
            "as it was before weighting."
        )
    return counts


def check_names(names: Iterable, what: str, expected: int | None = None) -> list[str]:
    """Return the names of documents or features as strings, or raise if one is there twice or their number is wrong."""
    names = [str(name) for name in check_list(names, f"names of the {what}s")]
    if expected is not None and len(names) != expected:
        raise ValueError(
            f"The matrix has {expected:,} {what}s, but the names given for them number {len(names):,}: give one for "
            "each, in the order of the matrix."
        )
    seen = set()
    for name in names:
        if name in seen:
            raise ValueError(f"The {what} {name!r} is there more than once: give every {what} a name of its own.")
        seen.add(name)
    return names


def check_positive(name: str, value: int) -> None:
    """Raise ValueError if the value is no whole number from 1 on."""
    if not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} is {value!r}, but it must be a whole number, 1 or more.")


def check_labels(labels: Iterable[str], n_documents: int) -> tuple[np.ndarray, pd.Index]:
    """Return the number of each document's class and the classes in alphabetical order, or raise ValueError."""
    labels = pd.Series(check_list(labels, "labels"), dtype=object)
    if len(labels) != n_documents:
        raise ValueError(f"There are {len(labels):,} labels for {n_documents:,} documents: give one for each.")
    missing = int(labels.isna().sum())
    if missing:
        raise ValueError(
            f"{missing:,} of the {len(labels):,} labels are missing: leave out these rows of the matrix and labels."
        )
    codes, classes = pd.factorize(labels, sort=True)
    if len(classes) < 2:
        raise ValueError(
            f"The labels know {len(classes)} class ({', '.join(map(str, classes)) or 'none'}), so there is nothing to "
            "tell apart: give labels of two or more."
        )
    return codes, classes
