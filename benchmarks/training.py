"""What an epoch costs, in time and memory, as vocabulary, units and documents grow."""

import json
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
import pandas as pd
import scipy.sparse

from benchmarks import NotToBeHad, corpora, downloads, report
from benchmarks.measures import exponent
from qta_keras import features

ROOT = Path(__file__).resolve().parents[1]
METHODS = {
    "ours: MLPTextClassifier": ("worker_training", "estimator"),
    "ours: models.mlp with RowwiseAdam": ("worker_training", "rowwise"),
    "ours: models.mlp with Adam": ("worker_training", "adam"),
    "scikit-learn MLPClassifier": ("worker_sklearn", "adam"),
    "PyTorch, EmbeddingBag and SparseAdam": ("worker_torch", "sparse"),
    "PyTorch, EmbeddingBag and Adam": ("worker_torch", "dense"),
}
FEW_ROWS = tuple(METHODS)[:2]  # whose step touches the rows of its words only
OURS = FEW_ROWS[0]
DOCUMENTS, WORDS, UNITS = (1_250, 2_500, 5_000), (1_000, 10_000, 1_000_000), (64, 512)  # a million: all there are
EPOCHS = 3


def main(quick: bool = False) -> str:
    """Measure every method in every size, the methods in turn, and return the section.

    Parameters
    ----------
    quick : bool, default False
        Few documents and small sizes.
    """
    try:
        corpus = corpora.load("newsgroups").train
    except NotToBeHad as error:
        return report.section("Training", f"Not measured: the corpus is not to be had here. {error}")
    documents, words, units = ((300, 600), (500, 1_000), (16,)) if quick else (DOCUMENTS, WORDS, UNITS)
    # Of the whole, all words are counted, and of the quick trial's documents only theirs.
    corpus = corpus.sample(max(documents) if quick else len(corpus), random_state=1)
    counts, _ = features.count_words(corpus["text"])
    words = tuple(min(number, counts.shape[1]) for number in words)
    pythons, absent = _pythons()
    # Every size of vocabulary and hidden layer with all documents, and fewer documents with the middle vocabulary.
    sizes = [(max(documents), *pair) for pair in product(words, units)]
    sizes += [(number, words[len(words) // 2], units[0]) for number in documents[:-1]]
    costs = []
    with tempfile.TemporaryDirectory() as folder:
        for size, method in product(sizes, pythons):
            cost = _measure(Path(folder), counts, corpus["label"], size, method, pythons[method])
            costs.append({**dict(zip(("documents", "words", "units"), size, strict=True)), "method": method, **cost})
            report.say(f"{method}, {size}: {cost['cpu']:.2f} s, {cost['peak']:.0f} MB")
    return write(pd.DataFrame(costs), words[len(words) // 2], absent)


def write(costs: pd.DataFrame, middle: int, absent: list[str]) -> str:
    """Return the section.

    Parameters
    ----------
    costs : pandas.DataFrame
        A row per size and method: ``documents``, ``words``, ``units``, ``method``, ``cpu`` and ``wall`` (seconds an
        epoch) and ``peak`` (MB).
    middle : int
        The vocabulary with which the documents were varied.
    absent : list of str
        Sentences on what could not be compared.
    """
    reference = costs[costs["method"] == OURS].set_index(["documents", "words", "units"])["cpu"]
    rows = [
        [
            row.method,
            f"{row.documents:,}",
            f"{row.words:,}",
            row.units,
            f"{row.cpu:.2f}",
            f"{row.cpu / reference[row.documents, row.words, row.units]:.2f}",
            f"{row.wall:.2f}",
            f"{row.peak:,.0f}",
        ]
        for row in costs.itertuples()
    ]
    header = ["method", "documents", "words", "units", "CPU s an epoch", "to ours", "seconds", "peak MB"]
    return report.section(
        "Training",
        "What an epoch costs on tf-idf of 20 newsgroups, one hidden layer, dropout 0.5, batches of 256: the "
        "processor's seconds of all threads, the same as a ratio to MLPTextClassifier, seconds on the clock, and the "
        f"most memory of the process, libraries and data included. Mean of {EPOCHS - 1} epochs after a first that is "
        "left out; each number is from a process of its own, and the methods took turns. MLPTextClassifier leaves out "
        "three words in ten at each step, as it does by default, the others none; scikit-learn's network has no "
        "dropout. "
        f"PyTorch is {downloads.PACKAGES['torch'][0]}; beside SparseAdam the other weights have Adam.",
        report.table(header, rows),
        "Ours with all words: its processor's seconds divided by those of the others.",
        _ratios(costs),
        "How the processor's seconds grow: the exponent of the number of documents, and that of the number of words.",
        _growth(costs, middle),
        *absent,
    )


def _ratios(costs: pd.DataFrame) -> str:
    most = costs[(costs["documents"] == costs["documents"].max()) & (costs["words"] == costs["words"].max())]
    seconds = most.pivot(index="units", columns="method", values="cpu")
    others = [method for method in METHODS if method in seconds and method not in FEW_ROWS]
    rows = [
        [f"{ours}, {units} units", *(f"{of[ours] / of[other]:.2f}" for other in others)]
        for units, of in seconds.iterrows()
        for ours in FEW_ROWS
        if ours in seconds
    ]
    return report.table([f"{most['words'].max():,} words", *others], rows)


def _growth(costs: pd.DataFrame, middle: int) -> str:
    units, most = costs["units"].min(), costs["documents"].max()
    narrow = costs[costs["units"] == units]
    rows = []
    for method in costs["method"].unique():
        of = narrow[narrow["method"] == method]
        by_documents, by_words = of[of["words"] == middle], of[of["documents"] == most]
        exponents = [
            exponent(by_documents["documents"], by_documents["cpu"]),
            exponent(by_words["words"], by_words["cpu"]),
        ]
        rows.append([method, *(f"{value:.2f}" for value in exponents)])
    return report.table([f"{units} units", "documents", "words"], rows)


def _pythons() -> tuple[dict[str, str], list[str]]:
    """Return the Python of each method, and sentences on those that can't be had."""
    pythons, absent = {}, []
    for method, (worker, _) in METHODS.items():
        try:
            pythons[method] = downloads.python_with("torch") if worker == "worker_torch" else sys.executable
        except NotToBeHad as error:
            absent.append(f"Not compared: {method}. {error}")
    return pythons, absent


def _measure(
    folder: Path, counts: scipy.sparse.csr_matrix, labels: pd.Series, size: tuple, method: str, python: str
) -> dict[str, float]:
    documents, words, units = size
    rows, codes = folder / f"{documents}-{words}.npz", folder / f"{documents}.npy"
    if not rows.exists():
        chosen = counts[:documents]
        chosen = chosen[:, np.sort(features.trim(counts)[:words])]
        scipy.sparse.save_npz(rows, features.fit_weighting(chosen).transform(chosen))
        np.save(codes, np.unique(labels[:documents], return_inverse=True)[1])
    worker, how = METHODS[method]
    command = [python, "-m", f"benchmarks.{worker}", how, rows, codes, str(units), str(EPOCHS)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    report.command_line(main)
