"""Trains scikit-learn's network; apart from ours, so that its memory does not hold TensorFlow."""

import sys
from collections.abc import Iterator

import numpy as np
import scipy.sparse
from sklearn.neural_network import MLPClassifier

from benchmarks.epochs import measure

BATCH = 256


def main(rows: str, labels: str, units: int, epochs: int) -> None:
    """Train and print what an epoch costs; the arguments are those of `benchmarks.worker_training`."""
    measure(_train(scipy.sparse.load_npz(rows), np.load(labels), units, epochs))


def _train(dfm: scipy.sparse.csr_matrix, codes: np.ndarray, units: int, epochs: int) -> Iterator:
    network = MLPClassifier((units,), batch_size=BATCH, random_state=1)
    for _ in range(epochs):
        yield network.partial_fit(dfm, codes, classes=np.unique(codes))


if __name__ == "__main__":
    main(*sys.argv[2:4], *map(int, sys.argv[4:6]))
