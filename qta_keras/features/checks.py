"""Is it a document-feature matrix of counts, and do the names fit it? One sentence if not."""

from collections.abc import Iterable
from numbers import Integral, Number

import numpy as np
import pandas as pd
import scipy.sparse

SAME_COLUMNS = (
    "make it with the vectoriser of the training texts, vectoriser.transform(texts), or give it their columns with "
    "features.conform"
)


def check_iterable(values: Iterable, what: str) -> Iterable:
    """Return the values, or raise TypeError if they are one string, a table or nothing to go through at all."""
    if isinstance(values, str | pd.DataFrame) or not isinstance(values, Iterable):
        kind = "single string" if isinstance(values, str) else type(values).__name__
        raise TypeError(f"The {what} are a {kind}, but must be a list or a column of a table, such as corpus['text'].")
    return values


def check_list(values: Iterable, what: str) -> list:
    """Return the values as a list, or raise TypeError if they are one string, a table or no list at all."""
    return list(check_iterable(values, what))


def check_dfm(
    dfm: scipy.sparse.sparray | scipy.sparse.spmatrix, *, n_features: int | None = None
) -> scipy.sparse.csr_matrix:
    """Return the matrix row by row (csr), each entry stored once; the one given is left as it is.

    Raises
    ------
    TypeError
        If it is not sparse, or holds no numbers.
    ValueError
        If it does not have the wanted number of columns.
    """
    if not scipy.sparse.issparse(dfm) or dfm.ndim != 2:
        raise TypeError(
            f"The document-feature matrix is a {type(dfm).__name__}, but it must be sparse, with a row per document: "
            "make it so with scipy.sparse.csr_matrix(...)."
        )
    if (not np.issubdtype(dfm.dtype, np.number) and dfm.dtype != bool) or np.iscomplexobj(dfm):
        raise TypeError(f"The document-feature matrix holds values of type {dfm.dtype}, but it must hold real numbers.")
    if n_features is not None and dfm.shape[1] != n_features:
        raise ValueError(
            f"The document-feature matrix has {dfm.shape[1]:,} features, but {n_features:,} are wanted: {SAME_COLUMNS}."
        )
    rows = scipy.sparse.csr_matrix(dfm)
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    return rows


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


def check_one_kind(values: Iterable, what: str) -> None:
    """Raise ValueError if some of the values are missing, or they are of two kinds, such as 1 and '1'.

    Numbers of all types are one kind, and so are strings of all types.
    """
    values = pd.Series(list(values), dtype=object)
    missing = int(values.isna().sum())
    if missing:
        raise ValueError(
            f"{missing:,} of the {len(values):,} values of {what} are missing: fill them in, or leave these documents "
            "out."
        )
    examples = {_kind(value): value for value in values.unique()[::-1]}
    if len(examples) > 1:
        (one, this), (other, that) = list(examples.items())[:2]
        raise ValueError(
            f"The values of {what} are of two kinds, {one} such as {this!r} and {other} such as {that!r}, so equal "
            "ones could pass for different: make them one kind, as .astype(str) does."
        )


def _kind(value: object) -> str:
    if isinstance(value, str):
        return "text"
    return "numbers" if isinstance(value, Number | np.bool_) else f"values of type {type(value).__name__}"


def check_seed(seed: int) -> None:
    """Raise ValueError if the seed is no whole number that NumPy's generators take."""
    if not isinstance(seed, Integral) or not 0 <= seed < 2**32:
        raise ValueError(f"seed is {seed!r}, but it must be a whole number, from 0 to {2**32 - 1:,}.")


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
    check_one_kind(labels, "the labels")
    codes, classes = pd.factorize(labels, sort=True)
    if len(classes) < 2:
        raise ValueError(
            f"The labels know {len(classes)} class ({', '.join(map(str, classes)) or 'none'}), so there is nothing to "
            "tell apart: give labels of two or more."
        )
    return codes, classes
