"""Document-feature matrices on disk, for corpora whose matrix does not fit into memory."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse

from qta_keras.features.checks import check_one_kind
from qta_keras.features.on_disk import new_folder, plain_name
from qta_keras.features.parts import NO_LABEL, in_order, labelled_parts

FORMAT = 1  # of the folder; a change that older versions can't read gets the next number
_ENTRIES, _OFFSETS, _LABELS, _ABOUT = "entries.bin", "offsets.npy", "labels.npy", "dfm.json"
_ENTRY = np.dtype([("column", "<i4"), ("weight", "<f4")])  # one after the other, so that a row is read at once


@dataclass(frozen=True, eq=False)
class StoredDfm:
    """A document-feature matrix on disk; `store_dfm` and `open_dfm` make it.

    Attributes
    ----------
    folder : Path
        Where it lies.
    shape : tuple of int
        Documents and features.
    classes : list of str
        The names of the classes, in alphabetical order; none where the documents have no labels.
    labels : numpy.ndarray of int
        The number of each document's class in `classes`; -1 where they have no labels.
    offsets : numpy.ndarray of int
        Where each row begins, counted in entries; one more for the end.
    """

    folder: Path
    shape: tuple[int, int]
    classes: list[str]
    labels: np.ndarray
    offsets: np.ndarray

    def rows(self, numbers: Iterable[int]) -> scipy.sparse.csr_matrix:
        """Read some rows, numbered from 0, in the order given."""
        numbers = np.asarray(numbers, dtype=np.int64)
        wrong = numbers[(numbers < 0) | (numbers >= self.shape[0])]
        if len(wrong):
            raise IndexError(f"There is no row {wrong[0]}: the rows are numbered from 0 to {self.shape[0] - 1}.")
        starts, ends = self.offsets[numbers], self.offsets[numbers + 1]
        first = np.flatnonzero(np.append(True, starts[1:] != ends[:-1])[: len(numbers)])
        last = np.append(first[1:], len(numbers))[: len(first)] - 1  # from first to last they follow one another
        found = [np.empty(0, _ENTRY)]
        with (self.folder / _ENTRIES).open("rb") as file:
            for start, end in zip(starts[first], ends[last], strict=True):
                file.seek(start * _ENTRY.itemsize)
                found.append(np.fromfile(file, dtype=_ENTRY, count=end - start))
        entries, indptr = np.concatenate(found), np.append(0, np.cumsum(ends - starts))
        arrays = np.ascontiguousarray(entries["weight"]), np.ascontiguousarray(entries["column"]), indptr
        return scipy.sparse.csr_matrix(arrays, shape=(len(numbers), self.shape[1]))


def store_dfm(
    pieces: Iterable[pd.DataFrame], vectoriser: Any, folder: str | Path, *, client: Any | None = None
) -> StoredDfm:
    """Turn a corpus of any size into a document-feature matrix on disk.

    Each text is read and counted once, however many epochs are trained later (`models.batches`). The folder takes
    8 bytes for each different word of each document; in memory remain 20 bytes a document.

    Parameters
    ----------
    pieces : iterable of pandas.DataFrame
        What `data.stream_corpus` returns, or ``[corpus]``: columns ``text`` and, for training, ``label``.
    vectoriser : object with ``transform(texts)``
        Such as `fit_vectoriser` and `hashing_vectoriser` return, or a scikit-learn pipeline of transformers.
    folder : str or Path
        The folder to make; folders above it are made as well. Delete it when it is no longer needed.
    client : distributed.Client or None
        A client of a Dask cluster that is to transform the texts, as in `count_words`; the matrix is the same.

    Returns
    -------
    StoredDfm
        With ``shape``, ``classes``, ``labels`` and ``rows(numbers)``. The rows are in the order of the pieces and
        those of ``vectoriser.transform(texts)``.

    Raises
    ------
    FileExistsError
        If the folder is there already.
    ValueError
        If there are no documents, only some of them have labels, or labels are of two kinds, such as 1 and "1".
    TypeError
        If a label is neither text nor a number.

    Examples
    --------
    >>> from qta_keras import features
    >>> corpus = pd.DataFrame({"text": ["War and peace", "Peace and war"], "label": ["novel", "speech"]})
    >>> vectoriser = features.fit_vectoriser(corpus["text"], weighting="count")
    >>> stored = store_dfm([corpus], vectoriser, "my-dfm")
    >>> stored.shape, stored.classes, stored.labels.tolist()
    ((2, 3), ['novel', 'speech'], [0, 1])
    >>> stored.rows([1]).toarray().tolist()
    [[1.0, 1.0, 1.0]]
    """
    folder = Path(folder)
    if folder.exists():
        raise FileExistsError(
            f"{str(folder)!r} exists already: open it with features.open_dfm, delete it, or choose another name."
        )
    lengths, labels, numbers, n_features = [], [], {}, 0
    with new_folder(folder) as part:
        with (part / _ENTRIES).open("wb") as file:
            for rows, names in in_order(_transform, labelled_parts(pieces), vectoriser, client):
                entries = np.empty(rows.nnz, dtype=_ENTRY)
                entries["column"], entries["weight"] = rows.indices, rows.data
                entries.tofile(file)
                lengths.append(np.diff(rows.indptr).astype(np.int32))
                labels.append(
                    np.array([numbers.setdefault(plain_name(name), len(numbers)) for name in names], dtype=np.int32)
                )
                check_one_kind(numbers, "the labels")
                n_features = rows.shape[1]
        if not lengths:
            raise ValueError("There are no documents, so there is nothing to store: check the files.")
        classes = sorted(numbers.keys() - {NO_LABEL})
        new_number = np.array([classes.index(name) if name != NO_LABEL else -1 for name in numbers], dtype=np.int32)
        np.save(part / _OFFSETS, np.append(0, np.cumsum(np.concatenate(lengths), dtype=np.int64)))
        np.save(part / _LABELS, new_number[np.concatenate(labels)])
        about = {"format": FORMAT, "n_features": n_features, "classes": classes}
        (part / _ABOUT).write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    return open_dfm(folder)


def open_dfm(folder: str | Path) -> StoredDfm:
    """Open what `store_dfm` stored.

    Parameters
    ----------
    folder : str or Path
        The folder.

    Returns
    -------
    StoredDfm
        As `store_dfm` returned it.

    Raises
    ------
    FileNotFoundError
        If there is no such folder, or one of its files is missing.
    ValueError
        If it was made by a version that this one can't read.

    Examples
    --------
    >>> stored = open_dfm("my-dfm")  # doctest: +SKIP
    """
    folder = Path(folder)
    missing = [name for name in (_ENTRIES, _OFFSETS, _LABELS, _ABOUT) if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{str(folder)!r} holds no document-feature matrix, for {' and '.join(missing)} is missing: check the "
            "name, or make it with features.store_dfm."
        )
    about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    if about["format"] != FORMAT:
        raise ValueError(f"{str(folder)!r} has format {about['format']!r}, and not {FORMAT}: store the matrix again.")
    offsets, labels = np.load(folder / _OFFSETS), np.load(folder / _LABELS)
    return StoredDfm(folder, (len(labels), about["n_features"]), about["classes"], labels, offsets)


def _transform(part: tuple[list[str], list[str]], vectoriser: Any) -> tuple[scipy.sparse.csr_matrix, list[str]]:
    texts, labels = part
    rows = scipy.sparse.csr_matrix(vectoriser.transform(texts), dtype=np.float32)
    rows.sort_indices()
    return rows, labels
