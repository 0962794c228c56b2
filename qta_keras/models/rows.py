"""Rows of a sparse document-feature matrix, batch by batch, in the form that the backend takes."""

import keras
import numpy as np
import scipy.sparse
from keras import ops

from qta_keras.models.mlp import features_of

XLA = False if keras.backend.backend() == "tensorflow" else "auto"  # which can't compile TensorFlow's sparse input


class Rows(keras.utils.PyDataset):
    """Batches of rows with their targets and weights, in another random order each epoch.

    Parameters
    ----------
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix, shape (documents, features).
    targets : numpy.ndarray
        A row per document, what the network is to answer.
    weights : numpy.ndarray
        How much each document counts in the loss.
    batch_size : int
        Documents per batch; the last batch may be smaller.
    seed : int or None
        Of the order and of what is left out; None keeps the order of the matrix.
    left_out : float, default 0
        Share of the entries that are dropped, others each time; the rest is enlarged to make up for them.
    """

    def __init__(
        self,
        dfm: scipy.sparse.csr_matrix,
        targets: np.ndarray,
        weights: np.ndarray,
        *,
        batch_size: int,
        seed: int | None = None,
        left_out: float = 0.0,
    ) -> None:
        super().__init__()
        self._dfm, self._targets, self._weights, self._batch_size = dfm, targets, weights, batch_size
        self._left_out = left_out
        self._random = None if seed is None else np.random.default_rng(seed)
        self._width = max(1, int(dfm.getnnz(axis=1).max()))
        self.on_epoch_end()

    def __len__(self) -> int:
        """Return the number of batches."""
        return -(-self._dfm.shape[0] // self._batch_size)

    def __getitem__(self, number: int) -> tuple:
        """Return one batch: rows, targets, weights."""
        rows = self._order[number * self._batch_size : (number + 1) * self._batch_size]
        dfm = self._dfm[rows]
        if self._left_out:
            kept = self._random.random(dfm.nnz) >= self._left_out
            dfm.data *= kept.astype("float32") / np.float32(1 - self._left_out)
            dfm.eliminate_zeros()  # rows of words that are left out are then not touched
        return batch(dfm, self._width), self._targets[rows], self._weights[rows]

    def on_epoch_end(self) -> None:
        """Draw another order."""
        n_documents = self._dfm.shape[0]
        self._order = np.arange(n_documents) if self._random is None else self._random.permutation(n_documents)


def batch(dfm: scipy.sparse.csr_matrix, width: int):
    """Return rows as TensorFlow's sparse tensor, or on other backends as `padded_rows`."""
    return sparse_rows(dfm) if keras.backend.backend() == "tensorflow" else padded_rows(dfm, width)


def sparse_rows(dfm: scipy.sparse.csr_matrix):
    """Return rows as TensorFlow's sparse tensor: from a PyDataset Keras takes no SciPy matrix there."""
    import tensorflow as tf

    row = np.repeat(np.arange(dfm.shape[0]), np.diff(dfm.indptr))
    return tf.SparseTensor(np.stack([row, dfm.indices], axis=1).astype("int64"), dfm.data, dfm.shape)


def padded_rows(dfm: scipy.sparse.csr_matrix, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the columns and the weights of each row's entries, filled up with zeros to the width."""
    columns = np.zeros((dfm.shape[0], width), dtype="int32")
    weights = np.zeros((dfm.shape[0], width), dtype="float32")
    taken = np.arange(width) < np.diff(dfm.indptr)[:, None]
    columns[taken], weights[taken] = dfm.indices, dfm.data
    return columns, weights


def for_batches(network: keras.Sequential) -> keras.Model:
    """Return the same network, with the same weights, for the batches of `Rows`."""
    if keras.backend.backend() == "tensorflow":
        return network
    columns = keras.Input((None,), dtype="int32", name="columns")
    weights = keras.Input((None,), name="weights")
    answer = _FirstLayer(network.layers[0])(columns, weights)
    for layer in network.layers[1:]:
        answer = layer(answer)
    return keras.Model([columns, weights], answer, name=network.name)


def probabilities(network: keras.Sequential, dfm: scipy.sparse.csr_matrix) -> np.ndarray:
    """Return the network's answer for each row, shape (documents, classes)."""
    nothing = np.zeros(dfm.shape[0], dtype="float32")
    return for_batches(network).predict(Rows(dfm, nothing, nothing, batch_size=1024), verbose=0)


def average(networks: list[keras.Sequential]) -> keras.Model:
    """Return one network whose answer is the mean of the others'."""
    features = features_of(networks[0].input_shape[-1])
    answers = [network(features) for network in networks]
    return keras.Model(features, keras.layers.average(answers) if len(answers) > 1 else answers[0], name="average")


def alone(network: keras.Sequential) -> keras.Sequential:
    """Return the network without its optimiser, which is twice as large, under a name of its own."""
    return keras.Sequential([features_of(network.input_shape[-1]), *network.layers])


class _FirstLayer(keras.layers.Layer):
    """A dense layer for padded rows: the weighted sum of the rows of its kernel is the product with a sparse row."""

    def __init__(self, dense: keras.layers.Dense) -> None:
        super().__init__(name="padded")
        self.dense = dense

    def call(self, columns, weights):
        """Gather, weigh and add up rows of the kernel."""
        rows = ops.take(self.dense.kernel, columns, axis=0)
        return self.dense.activation(ops.einsum("dw,dwu->du", weights, rows) + self.dense.bias)
