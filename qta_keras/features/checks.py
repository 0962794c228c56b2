"""Is it a document-feature matrix of counts, and do the names fit it? One sentence if not."""

from collections.abc import Iterable

import numpy as np
import scipy.sparse


def check_dfm(dfm: scipy.sparse.sparray | scipy.sparse.spmatrix) -> scipy.sparse.csr_matrix:
    """Return the matrix row by row (csr), or raise TypeError if it is not sparse."""
    if not scipy.sparse.issparse(dfm):
        raise TypeError(
            f"The document-feature matrix is a {type(dfm).__name__}, but it must be sparse: make it one with "
            "scipy.sparse.csr_matrix(...)."
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


def check_names(names: Iterable, expected: int, what: str) -> list[str]:
    """Return the names as strings, or raise ValueError if one is there twice or their number is not `expected`."""
    if isinstance(names, str):
        raise TypeError(f"The names of the {what}s are one string, {names!r}, but must be a list or column of them.")
    names = [str(name) for name in names]
    if len(names) != expected:
        raise ValueError(
            f"There are {len(names):,} names of {what}s, but the matrix has {expected:,} {what}s: give a name for "
            "each, in the order of the matrix."
        )
    check_unique(names, what)
    return names


def check_unique(names: list[str], what: str) -> None:
    """Raise ValueError if a name is there twice."""
    seen = set()
    for name in names:
        if name in seen:
            raise ValueError(f"The {what} {name!r} is there more than once: give every {what} a name of its own.")
        seen.add(name)
