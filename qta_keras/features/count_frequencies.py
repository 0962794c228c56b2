"""How often words occur, and in how many documents, counted without ever holding the counts of all documents."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse

from qta_keras.features.count_words import count_part
from qta_keras.features.parts import in_order, labelled_parts


@dataclass(frozen=True, eq=False)
class WordFrequencies:
    """What `count_frequencies` found.

    Attributes
    ----------
    words : numpy.ndarray of str
        In alphabetical order.
    classes : list of str
        In alphabetical order; one empty name where the documents have no labels.
    n_documents : numpy.ndarray of int
        How many documents each class has.
    termfreq, docfreq : scipy.sparse.csr_matrix
        How often each word occurs in the documents of each class, and in how many of them: whole numbers (float64),
        shape (classes, words).
    """

    words: np.ndarray
    classes: list[str]
    n_documents: np.ndarray
    termfreq: scipy.sparse.csr_matrix
    docfreq: scipy.sparse.csr_matrix


def count_frequencies(
    pieces: Iterable[pd.DataFrame],
    *,
    tokeniser: Callable[[str], list[str]] | None = None,
    client: Any | None = None,
) -> WordFrequencies:
    """Count words per class, in a corpus of any size.

    Memory grows with the number of different words (some 200 bytes each, and 60 for each further class that uses it),
    and not with the number of documents.

    Parameters
    ----------
    pieces : iterable of pandas.DataFrame
        What `data.stream_corpus` returns, or ``[corpus]``: columns ``text`` and, for classes, ``label``.
    tokeniser, client
        As in `count_words`.

    Returns
    -------
    WordFrequencies
        With ``words``, ``classes``, ``n_documents``, ``termfreq`` and ``docfreq``.

    Raises
    ------
    TypeError
        If the pieces are no tables or a text is no string.
    ValueError
        If labels are missing, or a worker of the cluster has other versions.

    Examples
    --------
    >>> corpus = pd.DataFrame({"text": ["War and war", "Peace and war"], "label": ["hawk", "dove"]})
    >>> found = count_frequencies([corpus])
    >>> list(found.words), found.classes, found.n_documents.tolist()
    (['and', 'peace', 'war'], ['dove', 'hawk'], [1, 1])
    >>> found.termfreq.toarray().tolist()
    [[1.0, 1.0, 1.0], [1.0, 0.0, 2.0]]
    """
    return sum_up(labelled_parts(pieces, tokeniser), tokeniser, client)


def sum_up(
    parts: Iterable[tuple[list[str], list[str]]], tokeniser: Callable[[str], list[str]] | None, client: Any | None
) -> WordFrequencies:
    """Count the words of parts of a corpus, each a list of texts and one of labels, and add them up."""
    numbers, classes, sizes = {}, {}, []
    termfreq = docfreq = scipy.sparse.csr_matrix((0, 0))
    for words, labels, n_documents, *counted in in_order(_count_per_class, parts, tokeniser, client):
        rows = [classes.setdefault(label, len(classes)) for label in labels]
        columns = np.array([numbers.setdefault(word, len(numbers)) for word in words], dtype=np.int64)
        sizes += [0] * (len(classes) - len(sizes))
        for row, size in zip(rows, n_documents, strict=True):
            sizes[row] += int(size)
        shape = (len(classes), len(numbers))
        termfreq, docfreq = (
            _add(total, part, rows, columns, shape) for total, part in zip((termfreq, docfreq), counted, strict=True)
        )
    words = np.array(list(numbers), dtype=object)
    by_word, by_class = np.argsort(words), sorted(classes)
    order = [classes[label] for label in by_class]
    sums = (total[order][:, by_word] for total in (termfreq, docfreq))
    return WordFrequencies(words[by_word], by_class, np.array(sizes, dtype=np.int64)[order], *sums)


def _count_per_class(part: tuple[list[str], list[str]], tokeniser: Callable[[str], list[str]] | None) -> tuple:
    """Return words, classes, their numbers of documents, and the frequencies of words and of documents with them."""
    texts, labels = part
    counts, words = count_part(texts, tokeniser)
    codes, classes = pd.factorize(np.array(labels, dtype=object))
    membership = scipy.sparse.csr_matrix((np.ones(len(codes)), (codes, np.arange(len(codes)))))
    return words, list(classes), np.bincount(codes), membership @ counts, membership @ (counts > 0)


def _add(
    total: scipy.sparse.csr_matrix, part: scipy.sparse.csr_matrix, rows: list[int], columns: np.ndarray, shape: tuple
) -> scipy.sparse.csr_matrix:
    """Add a part, the rows and columns of which are some of the total's."""
    total.resize(shape)
    part = part.tocoo()
    placed = (part.data, (np.array(rows)[part.row], columns[part.col]))
    return total + scipy.sparse.csr_matrix(placed, shape=shape)
