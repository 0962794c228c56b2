"""Document-feature matrices as files that R and Python both read.

A folder holds three files: ``dfm.mtx``, the matrix in Matrix Market's coordinate format; ``documents.txt`` and
``features.txt``, the names of its rows and columns, one a line in UTF-8. In R, such a folder is made of a quanteda
dfm, here ``x``, by ::

    dir.create("dfm")
    Matrix::writeMM(as(x, "CsparseMatrix"), "dfm/dfm.mtx")
    writeLines(enc2utf8(quanteda::docnames(x)), "dfm/documents.txt", useBytes = TRUE)
    writeLines(enc2utf8(quanteda::featnames(x)), "dfm/features.txt", useBytes = TRUE)

and read by ::

    x <- as(Matrix::readMM("dfm/dfm.mtx"), "CsparseMatrix")
    rownames(x) <- readLines("dfm/documents.txt", encoding = "UTF-8")
    colnames(x) <- readLines("dfm/features.txt", encoding = "UTF-8")
    x <- quanteda::as.dfm(x)
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.io
import scipy.sparse

from qta_keras.features.checks import check_dfm, check_names

_MATRIX, _DOCUMENTS, _FEATURES = "dfm.mtx", "documents.txt", "features.txt"


def write_matrix_market(
    folder: str | Path, dfm: scipy.sparse.csr_matrix, *, documents: Iterable[str], features: Iterable[str]
) -> None:
    """Write a document-feature matrix with its names to a folder that R can read.

    Parameters
    ----------
    folder : str or Path
        Is made if it does not exist. It gets the files ``dfm.mtx``, ``documents.txt`` and ``features.txt``; none of
        them may be there already.
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix, shape (documents, features).
    documents : iterable of str
        The names of the rows, such as ``corpus.index``.
    features : iterable of str
        The names of the columns, such as ``vectoriser.get_feature_names_out()``.

    Raises
    ------
    FileExistsError
        If one of the files exists, or the folder is a file.
    ValueError
        If the names do not fit the matrix, one is there twice, or one has a line break.
    TypeError
        If the matrix is not sparse.

    References
    ----------
    Boisvert, R. F., Pozo, R. and Remington, K. A. (1996), The Matrix Market Exchange Formats, NISTIR 5935.

    Examples
    --------
    >>> import tempfile
    >>> dfm = scipy.sparse.csr_matrix([[2.0, 0.0], [1.0, 1.0]], dtype="float32")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_matrix_market(folder, dfm, documents=["letter", "speech"], features=["war", "peace"])
    ...     sorted(path.name for path in Path(folder).iterdir())
    ['dfm.mtx', 'documents.txt', 'features.txt']
    """
    dfm, folder = check_dfm(dfm), Path(folder)
    names = {
        _DOCUMENTS: _to_lines(check_names(documents, "document", dfm.shape[0]), "document"),
        _FEATURES: _to_lines(check_names(features, "feature", dfm.shape[1]), "feature"),
    }
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file, so no folder can have this name: choose another.")
    for name in (_MATRIX, *names):
        if (folder / name).exists():
            raise FileExistsError(f"{folder / name} exists and is not overwritten: choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in names.items():
        (folder / name).write_bytes(lines)
    scipy.io.mmwrite(folder / _MATRIX, dfm, symmetry="general")


def read_matrix_market(folder: str | Path) -> tuple[scipy.sparse.csr_matrix, pd.Index, np.ndarray]:
    """Read a document-feature matrix with its names, such as one made in R.

    Parameters
    ----------
    folder : str or Path
        Holds the files ``dfm.mtx``, ``documents.txt`` and ``features.txt`` (in UTF-8, one name a line).

    Returns
    -------
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix, float32, shape (documents, features).
    documents : pandas.Index of str
        The names of the rows, ready to be the index of a corpus.
    features : numpy.ndarray of str
        The names of the columns.

    Raises
    ------
    FileNotFoundError
        If the folder or one of the files is missing.
    ValueError
        If a file is not what its name says, the names do not fit the matrix, or one is there twice.

    See Also
    --------
    qta_keras.features.conform : gives it the columns of the training texts.

    References
    ----------
    Boisvert, R. F., Pozo, R. and Remington, K. A. (1996), The Matrix Market Exchange Formats, NISTIR 5935.

    Examples
    --------
    >>> import tempfile
    >>> dfm = scipy.sparse.csr_matrix([[2.0, 0.0], [1.0, 1.0]], dtype="float32")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_matrix_market(folder, dfm, documents=["letter", "speech"], features=["war", "peace"])
    ...     dfm, documents, features = read_matrix_market(folder)
    >>> dfm.toarray().tolist(), list(documents), list(features)
    ([[2.0, 0.0], [1.0, 1.0]], ['letter', 'speech'], ['war', 'peace'])
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FileNotFoundError(
            f"{folder} is {'a file' if folder.exists() else 'not there'}: give the folder that holds {_MATRIX}, "
            f"{_DOCUMENTS} and {_FEATURES}."
        )
    for name in (_MATRIX, _DOCUMENTS, _FEATURES):
        if not (folder / name).is_file():
            raise FileNotFoundError(
                f"The folder {folder} has no {name}, but needs {_MATRIX}, {_DOCUMENTS} and {_FEATURES}."
            )
    dfm = _read_matrix(folder / _MATRIX)
    documents = check_names(_read_lines(folder / _DOCUMENTS), "document", dfm.shape[0])
    features = check_names(_read_lines(folder / _FEATURES), "feature", dfm.shape[1])
    return dfm, pd.Index(documents, name="document"), np.array(features, dtype=object)


def _read_matrix(path: Path) -> scipy.sparse.csr_matrix:
    try:
        matrix = scipy.io.mmread(path, spmatrix=False)  # from SciPy 1.20 on the default
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"{path} is not a matrix in Matrix Market format ({error}): write it with Matrix::writeMM in R or "
            "write_matrix_market here."
        ) from None
    if np.iscomplexobj(matrix):
        raise ValueError(f"{path} holds complex numbers, which no document-feature matrix does.")
    dfm = scipy.sparse.csr_matrix(matrix, dtype=np.float32)
    if not np.isfinite(dfm.data).all():
        raise ValueError(f"{path} holds a missing or infinite number (NA, NaN, Inf): remove it in R before writing.")
    return dfm


def _read_lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not in UTF-8 (byte {error.start + 1}): in R write it with "
            "writeLines(enc2utf8(names), file, useBytes = TRUE)."
        ) from None
    return text.removesuffix("\n").split("\n") if text else []


def _to_lines(names: list[str], what: str) -> bytes:
    for name in names:
        if "\n" in name or "\r" in name:
            raise ValueError(f"The {what} {name!r} has a line break in its name, but names are written one a line.")
    return "".join(f"{name}\n" for name in names).encode("utf-8")
