"""Trains one of our networks with one hidden layer, and prints what an epoch costs."""

import sys
from collections.abc import Iterable, Iterator

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import keras
import numpy as np
import scipy.sparse

from benchmarks.epochs import now, tell
from qta_keras import models
from qta_keras.models import training

BATCH = 256


def main(method: str, rows: str, labels: str, units: int, epochs: int) -> None:
    """Train in one way and print what an epoch costs.

    Parameters
    ----------
    method : {"adam", "rowwise", "estimator"}
        `models.mlp` with Keras's Adam or with `models.RowwiseAdam`, or `models.MLPTextClassifier` with one network.
    rows, labels : str
        Files with the document-feature matrix and the numbers of the classes.
    units, epochs : int
        Hidden units, and how many epochs, of which the first is not counted.
    """
    keras.utils.set_random_seed(1)
    dfm, codes = scipy.sparse.load_npz(rows), np.load(labels)
    marks = []
    if method == "estimator":
        training.progress = lambda steps, label: _clocked(steps, marks)  # its progress bar is its only sign of an epoch
        settings = {"hidden": (units,), "networks": 1, "batch_size": BATCH, "epochs": epochs, "random_state": 1}
        models.MLPTextClassifier(**settings).fit(dfm, codes)
    else:
        network = models.mlp(dfm.shape[1], int(codes.max()) + 1, hidden=(units,))
        if method == "rowwise":
            settings = {"metrics": ["accuracy"], "jit_compile": False}  # as `models.mlp` has them
            network.compile(models.RowwiseAdam(), "sparse_categorical_crossentropy", **settings)
        clock = keras.callbacks.LambdaCallback(
            on_train_begin=lambda logs: marks.append(now()), on_epoch_end=lambda epoch, logs: marks.append(now())
        )
        network.fit(dfm, codes, batch_size=BATCH, epochs=epochs, verbose=0, callbacks=[clock])
    tell(marks)


def _clocked(steps: Iterable, marks: list) -> Iterator:
    for step in steps:
        marks.append(now())
        yield step
    marks.append(now())


if __name__ == "__main__":
    main(*sys.argv[1:4], *map(int, sys.argv[4:6]))
