"""Trains the network of `benchmarks.worker_training` in PyTorch, by a Python that has it."""

import sys
from collections.abc import Iterator

import numpy as np
import scipy.sparse
import torch

from benchmarks.epochs import measure

BATCH = 256


class Network(torch.nn.Module):
    """One hidden layer over the weighted sum of the words' vectors: the product of a sparse row and a matrix."""

    def __init__(self, n_features: int, units: int, n_classes: int, sparse: bool) -> None:
        super().__init__()
        self.words = torch.nn.EmbeddingBag(n_features, units, mode="sum", sparse=sparse)
        torch.nn.init.xavier_uniform_(self.words.weight)
        self.bias = torch.nn.Parameter(torch.zeros(units))
        self.dropout = torch.nn.Dropout(0.5)
        self.output = torch.nn.Linear(units, n_classes)

    def forward(self, words: torch.Tensor, starts: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """Return a score per document and class."""
        hidden = torch.relu(self.words(words, starts, per_sample_weights=weights) + self.bias)
        return self.output(self.dropout(hidden))


def main(method: str, rows: str, labels: str, units: int, epochs: int) -> None:
    """Train with ``sparse`` (SparseAdam for the words' vectors) or ``dense`` (Adam) and print what an epoch costs."""
    torch.manual_seed(1)
    dfm, codes = scipy.sparse.load_npz(rows), torch.from_numpy(np.load(labels).astype("int64"))
    network = Network(dfm.shape[1], units, int(codes.max()) + 1, sparse=method == "sparse")
    if method == "sparse":
        others = [parameter for name, parameter in network.named_parameters() if name != "words.weight"]
        optimisers = [torch.optim.SparseAdam(network.words.parameters()), torch.optim.Adam(others)]
    else:
        optimisers = [torch.optim.Adam(network.parameters())]
    measure(_train(network, optimisers, dfm, codes, epochs))


def _train(
    network: Network, optimisers: list, dfm: scipy.sparse.csr_matrix, codes: torch.Tensor, epochs: int
) -> Iterator[None]:
    random, loss = np.random.default_rng(1), torch.nn.CrossEntropyLoss()
    for _ in range(epochs):
        order = random.permutation(dfm.shape[0])
        for start in range(0, len(order), BATCH):
            chosen = order[start : start + BATCH]
            batch = dfm[chosen]
            words, starts = (torch.from_numpy(part.astype("int64")) for part in (batch.indices, batch.indptr[:-1]))
            for optimiser in optimisers:
                optimiser.zero_grad()
            loss(network(words, starts, torch.from_numpy(batch.data)), codes[chosen]).backward()
            for optimiser in optimisers:
                optimiser.step()
        yield


if __name__ == "__main__":
    main(*sys.argv[1:4], *map(int, sys.argv[4:6]))
