"""A text classifier that stands beside scikit-learn's: `fit`, `predict`, and all that takes an estimator."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import scipy.sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GroupShuffleSplit
from sklearn.utils import check_random_state, compute_sample_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from qta_keras.features.checks import SAME_COLUMNS, check_one_kind
from qta_keras.features.fit_vectoriser import fit_vectoriser
from qta_keras.features.parts import check_texts
from qta_keras.models.checks import check_hidden, check_rate, check_share, check_whole
from qta_keras.models.mlp import mlp
from qta_keras.models.rows import XLA, Rows, alone, average, for_batches, probabilities
from qta_keras.models.rowwise_adam import RowwiseAdam
from qta_keras.models.saving import save_classifier
from qta_keras.models.training import ProgressBar

_SCALE = (
    3.0  # rows of length 1 are small beside the weights of a new network: thrice as long, it learns in fewer epochs
)


class MLPTextClassifier(ClassifierMixin, BaseEstimator):
    """Average of multilayer perceptrons for texts, or for the rows of a document-feature matrix.

    Given texts, it counts all words that two of them have, weights them by
    `qta_keras.features.ClassEntropyTransformer`, and trains on all of them. Given a matrix, it takes the rows as they
    are; they should be about as long as those of a tf-idf, which have length 1. Each network is `mlp`, trained by
    `RowwiseAdam` with a learning rate that falls to zero, on labels smoothed a little, in batches.

    Parameters
    ----------
    hidden : sequence of int, default (128,)
        Units of each hidden layer.
    dropout : float, default 0.5
        Share of hidden units set to zero at each training step, in [0, 1).
    word_dropout : float, default 0.3
        Share of each document's words left out at each training step, in [0, 1), so that no word is relied on alone.
    label_smoothing : float, default 0.1
        Share of each label that is spread evenly over all classes, in [0, 1).
    learning_rate : float, default 0.01
        Step size at the start, positive; it falls to 0 in a straight line.
    batch_size : int, default 256
        Documents per training step.
    epochs : int, default 20
        How often training goes through all documents, at most.
    networks : int, default 3
        How many networks are trained, from different first weights; their probabilities are averaged.
    class_weight : dict, "balanced" or None
        How much the documents of each class count in the loss: as given, all classes the same in sum, or all documents
        the same.
    patience : int or None
        Stop where the loss on a tenth of the training documents, held out by group, has not improved for this many
        epochs, and go back to the best. None trains on all documents for all epochs.
    random_state : int, numpy.random.RandomState or None
        Of the first weights, dropout, and the order and choice of documents. Nothing else is drawn from or changed.

    Attributes
    ----------
    classes_ : numpy.ndarray
        The classes, sorted: the order of the columns of `predict_proba`.
    networks_ : list of keras.Model
        The trained networks.
    vectoriser_ : sklearn.feature_extraction.text.TfidfVectorizer
        What texts are made into rows with; there only if it was fitted on texts.

    References
    ----------
    Iyyer, M. et al. (2015), Deep unordered composition rivals syntactic methods for text classification, ACL, for
    leaving out words. Müller, R., Kornblith, S. and Hinton, G. (2019), When does label smoothing help?, NeurIPS.
    Lakshminarayanan, B., Pritzel, A. and Blundell, C. (2017), Simple and scalable predictive uncertainty estimation
    using deep ensembles, NeurIPS.

    Examples
    --------
    >>> texts = ["war and peace", "war and war", "tea and cake", "cake and cream"]
    >>> classifier = MLPTextClassifier(networks=1, random_state=1).fit(texts, ["war", "war", "tea", "tea"])
    >>> classifier.predict(["a war", "more cake"]).tolist()
    ['war', 'tea']
    """

    def __init__(
        self,
        *,
        hidden: Sequence[int] = (128,),
        dropout: float = 0.5,
        word_dropout: float = 0.3,
        label_smoothing: float = 0.1,
        learning_rate: float = 0.01,
        batch_size: int = 256,
        epochs: int = 20,
        networks: int = 3,
        class_weight: dict | str | None = None,
        patience: int | None = None,
        random_state: int | np.random.RandomState | None = None,
    ) -> None:
        self.hidden = hidden
        self.dropout = dropout
        self.word_dropout = word_dropout
        self.label_smoothing = label_smoothing
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.epochs = epochs
        self.networks = networks
        self.class_weight = class_weight
        self.patience = patience
        self.random_state = random_state

    def fit(self, X, y: Iterable[str], groups: Iterable | None = None) -> "MLPTextClassifier":
        """Train on texts or rows.

        Parameters
        ----------
        X : list or pandas.Series of str, or matrix of shape (documents, features)
            Texts, or a document-feature matrix, sparse or dense.
        y : iterable of str
            The class of each document.
        groups : iterable or None
            The group of each document, such as its address, for `patience`: a group is held out whole or not at all.

        Returns
        -------
        MLPTextClassifier
            Itself.

        Raises
        ------
        ValueError
            If a setting is out of its range, or documents, labels and groups do not fit together.
        """
        self._check_settings()
        random = check_random_state(self.random_state)
        texts = _as_texts(X)
        if texts is None:
            if isinstance(y, list | tuple | pd.Series):
                check_one_kind(y, "labels or groups")
            X, y = validate_data(self, X, y, accept_sparse="csr", dtype=np.float32)
        else:
            y = _check_one_each(texts, y)
        check_classification_targets(y)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(
                f"All labels are {self.classes_.item(0)!r}, one class: give documents of two classes or more."
            )
        train, held_out = self._hold_out(len(codes), groups, random)
        self.vectoriser_ = None
        if texts is not None:
            known = [texts[number] for number in train]
            arguments = {"weighting": "class_entropy", "labels": y[train], "max_features": None}
            self.vectoriser_ = fit_vectoriser(known, **arguments)
            X = self.vectoriser_.transform(texts)
            self.n_features_in_ = X.shape[1]
        answers = keras.utils.to_categorical(codes, len(self.classes_))
        weights = compute_sample_weight(self.class_weight, y).astype("float32")
        parts = [(_SCALE * _as_rows(X[part]), answers[part], weights[part]) for part in (train, held_out)]
        seeds = random.randint(2**31 - 1, size=self.networks)
        self.networks_ = [self._train(*parts, int(seed)) for seed in seeds]
        return self

    def _hold_out(self, n_documents: int, groups: Iterable | None, random: np.random.RandomState) -> tuple:
        """Return the numbers of the documents to train on, and of those to stop by: none without patience."""
        everything = np.arange(n_documents)
        if self.patience is None:
            return everything, everything[:0]
        groups = everything if groups is None else _check_one_each(everything, groups)
        if len(np.unique(groups)) < 2:
            raise ValueError("patience needs two groups of documents or more, and there is one: leave it out.")
        return next(GroupShuffleSplit(1, test_size=0.1, random_state=random).split(everything, groups=groups))

    def _train(self, training: tuple, held_out: tuple, seed: int) -> keras.Model:
        """Return one trained network."""
        dfm, answers, weights = training
        network = mlp(dfm.shape[1], answers.shape[1], hidden=self.hidden, dropout=self.dropout, seed=seed)
        rows = Rows(dfm, answers, weights, batch_size=self.batch_size, seed=seed, left_out=self.word_dropout)
        stop = {"callbacks": [ProgressBar()]}
        if len(held_out[1]):
            stop["validation_data"] = Rows(*held_out, batch_size=1024)
            stop["callbacks"].append(keras.callbacks.EarlyStopping(patience=self.patience, restore_best_weights=True))
        falling = keras.optimizers.schedules.PolynomialDecay(float(self.learning_rate), self.epochs * len(rows), 0.0)
        loss = keras.losses.CategoricalCrossentropy(label_smoothing=self.label_smoothing)
        trained = for_batches(network)
        trained.compile(RowwiseAdam(falling), loss, jit_compile=XLA)
        trained.fit(rows, epochs=self.epochs, shuffle=False, verbose=0, **stop)
        first = network.layers[0]
        first.kernel.assign(_SCALE * first.kernel)  # from here on for rows as they come
        return alone(network)

    def predict_proba(self, X) -> np.ndarray:
        """Return the probability of each class for each text or row.

        Parameters
        ----------
        X : list or pandas.Series of str, or matrix of shape (documents, features)
            Texts if it was fitted on texts, else rows with the same columns.

        Returns
        -------
        numpy.ndarray
            Shape (documents, classes), in the order of ``classes_``; rows sum to 1.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If it has not been fitted.
        TypeError
            If it was fitted on texts and gets no texts, or the other way round.
        ValueError
            If the rows have other columns than in training, or hold missing or infinite numbers.
        """
        check_is_fitted(self)
        texts = _as_texts(X)
        if (texts is None) != (self.vectoriser_ is None):
            wanted, given = ("texts", "a matrix") if texts is None else ("a matrix", "texts")
            raise TypeError(f"This classifier was fitted on {wanted} and is given {given}: give it {wanted}.")
        if texts is not None:
            X = self.vectoriser_.transform(texts)
        try:
            rows = _as_rows(validate_data(self, X, accept_sparse="csr", dtype=np.float32, reset=False))
        except ValueError as error:
            if "features as input" not in str(error):
                raise
            # scikit-learn's examination of classifiers wants its own words.
            raise ValueError(f"{str(error).removesuffix('.')}: {SAME_COLUMNS}.") from None
        answers = np.mean([probabilities(network, rows) for network in self.networks_], axis=0, dtype=np.float64)
        return answers / answers.sum(axis=1, keepdims=True)

    def predict(self, X) -> np.ndarray:
        """Return the most probable class of each text or row.

        Parameters
        ----------
        X : list or pandas.Series of str, or matrix of shape (documents, features)
            As for `predict_proba`.

        Returns
        -------
        numpy.ndarray
            Shape (documents,), of the type of the labels.
        """
        answers = self.predict_proba(X)
        return self.classes_[answers.argmax(axis=1)]

    def save(self, folder: str | Path, *, overwrite: bool = False) -> None:
        """Save the average of the networks, the vocabulary and the classes as a folder, for `load_classifier`.

        Parameters
        ----------
        folder : str or Path
            The folder to make.
        overwrite : bool, default False
            Whether a classifier saved in that folder earlier may be replaced.

        Raises
        ------
        TypeError
            If it was fitted on a matrix, and so has no vocabulary to save.
        FileExistsError
            If the folder is there already and must not be replaced.
        """
        check_is_fitted(self)
        if self.vectoriser_ is None:
            raise TypeError("A classifier that was fitted on a matrix has no vocabulary: save one fitted on texts.")
        save_classifier(folder, average(self.networks_), self.vectoriser_, self.classes_, overwrite=overwrite)

    def __sklearn_tags__(self):
        """Tell scikit-learn that sparse matrices are welcome."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _check_settings(self) -> None:
        whole = ("batch_size", "epochs", "networks", *(["patience"] if self.patience is not None else []))
        for name in whole:
            check_whole(name, getattr(self, name), 1)
        for name in ("dropout", "label_smoothing", "word_dropout"):
            check_share(name, getattr(self, name))
        check_rate("learning_rate", self.learning_rate)
        check_hidden(self.hidden)


def _as_texts(documents: object) -> list[str] | None:
    """Return the texts as a list, or None if the documents are rows of a matrix; raise if a text is missing."""
    is_list = isinstance(documents, list | tuple | pd.Series) or (
        isinstance(documents, np.ndarray) and documents.ndim == 1
    )
    if is_list and not len(documents):
        raise ValueError("There are no documents: give one or more.")
    return check_texts(documents) if is_list and any(isinstance(document, str) for document in documents) else None


def _as_rows(dfm: scipy.sparse.csr_matrix | np.ndarray) -> scipy.sparse.csr_matrix:
    """Return a matrix row by row (csr), with the columns of each row in order and none twice."""
    rows = scipy.sparse.csr_matrix(dfm, dtype=np.float32)
    if not rows.has_canonical_format:
        rows = rows.copy()  # the reader's own is left alone
        rows.sum_duplicates()
    return rows


def _check_one_each(documents: Iterable, values: Iterable) -> np.ndarray:
    """Return labels or groups as an array, or raise ValueError unless there is one for each document."""
    values = list(values)
    if len(values) != len(documents):
        raise ValueError(
            f"There are {len(values):,} labels or groups for {len(documents):,} documents: give one for each."
        )
    check_one_kind(values, "labels or groups")  # before NumPy writes a missing one as 'nan', and 1 as '1'
    return np.asarray(values)
