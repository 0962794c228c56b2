"""A training part and a part to be predicted, as texts and as counts of the words that the training part has."""

from dataclasses import dataclass

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
import scipy.sparse

from benchmarks.corpora import Corpus
from qta_keras import features


@dataclass(frozen=True)
class Part:
    """What a method learns from, and what it then predicts.

    Attributes
    ----------
    texts, new_texts
        The training texts, and those to be predicted.
    counts, new_counts
        The same as counts of words, of those that two training texts or more have: float32, a row per text.
    labels
        The class of each training text, as a string.
    truth
        The class of each text to be predicted.
    """

    texts: np.ndarray
    new_texts: np.ndarray
    counts: scipy.sparse.csr_matrix
    new_counts: scipy.sparse.csr_matrix
    labels: np.ndarray
    truth: np.ndarray

    @property
    def classes(self) -> np.ndarray:
        """The classes of the training texts, in alphabetical order."""
        return np.unique(self.labels)

    @property
    def true_columns(self) -> np.ndarray:
        """The column of each true class among `classes`; -1 for one that no training text has."""
        columns = {label: column for column, label in enumerate(self.classes)}
        return np.array([columns.get(label, -1) for label in self.truth])


class Counted:
    """A corpus whose words are counted once, and from which parts are then taken."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.texts = np.array([*corpus.train["text"], *corpus.test["text"]], dtype=object)
        self.labels = np.array([*corpus.train["label"], *corpus.test["label"]], dtype=object)
        self.counts, _ = features.count_words(self.texts)
        self.n_train = len(corpus.train)

    def part(self, train: np.ndarray, new: np.ndarray) -> Part:
        """Take a part, by the numbers of the rows; the test documents come after the training documents."""
        kept = features.trim(self.counts[train], min_docfreq=2)
        columns = self.counts[:, kept]
        texts, labels = self.texts, self.labels
        return Part(texts[train], texts[new], columns[train], columns[new], labels[train], labels[new])

    @property
    def whole(self) -> Part:
        """All training documents, and the test documents to be predicted."""
        return self.part(np.arange(self.n_train), np.arange(self.n_train, len(self.texts)))

    @property
    def choosing(self) -> Part:
        """The training documents without those for validation, and these to be predicted."""
        validation = self.corpus.validation
        return self.part(np.flatnonzero(~validation), np.flatnonzero(validation))
