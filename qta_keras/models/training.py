"""What ``fit`` is given: batches of a document-feature matrix that lies on disk, and a bar that shows how far it is."""

import keras
import numpy as np

from qta_keras.features.store_dfm import StoredDfm
from qta_keras.models.checks import check_whole
from qta_keras.models.rows import sparse_rows
from qta_keras.runtime import progress


class ProgressBar(keras.callbacks.Callback):
    """Show how far ``fit`` has come, an epoch at a time, and leave no trace when it ends.

    Examples
    --------
    >>> import scipy.sparse
    >>> from qta_keras import models
    >>> dfm, labels = scipy.sparse.eye(4, format="csr", dtype="float32"), keras.ops.array([0, 1, 0, 1])
    >>> history = models.mlp(4, 2).fit(dfm, labels, epochs=2, verbose=0, callbacks=[ProgressBar()])
    """

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Draw the empty bar."""
        self._epochs = progress(range(self.params["epochs"]), "Training: epoch")
        next(self._epochs, None)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Move the bar on."""
        next(self._epochs, None)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Remove the bar, also when training stopped early."""
        self._epochs.close()


def batches(stored: StoredDfm, *, batch_size: int = 256, seed: int | None = None) -> keras.utils.PyDataset:
    """Give a network a matrix that does not fit into memory, a batch of sparse rows at a time.

    Every document comes once an epoch; the last batch may be smaller.

    Parameters
    ----------
    stored : features.StoredDfm
        What `features.store_dfm` or `features.open_dfm` returned.
    batch_size : int, default 256
        Documents in a batch.
    seed : int or None
        For training: shuffle all documents anew for every epoch; with ``keras.utils.set_random_seed`` the same seed
        gives the same epochs. None keeps the documents in their order, which ``predict`` needs so that its rows are
        those of the documents.

    Returns
    -------
    keras.utils.PyDataset
        For ``fit``, ``evaluate`` and ``predict``, without ``y`` and ``batch_size``: those are in it.

    Raises
    ------
    ValueError
        If the batch size is no whole number from 1 on, or the seed none from 0 on.

    Examples
    --------
    >>> import pandas as pd
    >>> from qta_keras import features, models
    >>> corpus = pd.DataFrame({"text": ["war", "peace"] * 10, "label": ["hawk", "dove"] * 10})
    >>> stored = features.store_dfm([corpus], features.fit_vectoriser(corpus["text"]), "hawks-and-doves")
    >>> network = models.mlp(stored.shape[1], len(stored.classes))
    >>> history = network.fit(batches(stored, batch_size=8, seed=1), epochs=2, verbose=0)
    >>> network.predict(batches(stored), verbose=0).shape
    (20, 2)
    """
    seed = None if seed is None else check_whole("seed", seed, 0)
    return _StoredBatches(stored, check_whole("batch_size", batch_size, 1), seed)


class _StoredBatches(keras.utils.PyDataset):
    """Batches of rows in an order that is drawn anew at the end of every epoch, if there is a seed."""

    def __init__(self, stored: StoredDfm, batch_size: int, seed: int | None) -> None:
        super().__init__()
        self._stored, self._batch_size = stored, batch_size
        self._random = None if seed is None else np.random.default_rng(seed)
        self._order = np.arange(stored.shape[0])
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self._order) // self._batch_size)

    def __getitem__(self, index: int) -> tuple:
        numbers = self._order[index * self._batch_size : (index + 1) * self._batch_size]
        rows = self._stored.rows(numbers)
        if keras.backend.backend() == "tensorflow":
            rows = sparse_rows(rows)
        return (rows, self._stored.labels[numbers]) if self._stored.classes else (rows,)

    def on_epoch_end(self) -> None:
        """Draw the order of the next epoch."""
        if self._random is not None:
            self._order = self._random.permutation(len(self._order))
