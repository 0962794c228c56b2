"""Accuracy against the number of labelled documents, with and without vectors of unlabelled ones."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
import pandas as pd
import scipy.sparse
from sklearn.base import ClassifierMixin
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.svm import LinearSVC

from benchmarks import NotToBeHad, corpora, report
from benchmarks.measures import cpu_seconds
from benchmarks.methods import class_entropy, tfidf
from benchmarks.parts import Counted, Part
from qta_keras import features, models

NAMES = ["period-by-address", "r8", "newsgroups"]
SIZES = (50, 200, 1_000, None)  # the last: all
DRAWS = 3
DIMENSIONS = 200
SVM, OURS = "linear SVM", "ours, one network"
CLASSIFIERS: dict[str, tuple[Callable, Callable[[int], ClassifierMixin]]] = {
    SVM: (tfidf, lambda seed: LinearSVC(C=1, max_iter=5_000, random_state=seed)),
    OURS: (class_entropy, lambda seed: models.MLPTextClassifier(networks=1, random_state=seed)),
}
WITHOUT, ONE, CHOSEN = "", ", vectors of weight 1", ", vectors of a chosen weight"
WAYS = [(SVM, WITHOUT), (SVM, ONE), (SVM, CHOSEN), (OURS, WITHOUT), (OURS, ONE)]  # choosing ours would take an hour
WEIGHTS, FOLDS = (0.0, 0.5, 1.0, 2.0), 3
Scores = dict[str, tuple[list[float], list[float]]]  # of each way accuracies in per cent and seconds, one a draw


def main(quick: bool = False) -> str:
    """Measure each way with few labels and with all, and return the section.

    Parameters
    ----------
    quick : bool, default False
        300 documents, 50 labels, one draw.
    """
    from benchmarks.learning_curve_page import write

    sizes = SIZES[:1] if quick else SIZES
    results, learning, absent = {}, [], []
    for name in NAMES[:1] if quick else NAMES:
        try:
            corpus = corpora.load(name)
        except NotToBeHad as error:
            absent.append(f"Not measured: {name}. {error}")
            continue
        counted = Counted(corpora.small(corpus) if quick else corpus)
        vectors, seconds = cpu_seconds(lambda c=counted: learn_vectors(c))
        learning.append(seconds)
        results[counted.corpus.title] = [
            measure(counted, vectors, size or counted.n_train, DRAWS if size and not quick else 1) for size in sizes
        ]
    return write(results, [f"{size:,} labels" if size else "all labels" for size in sizes], learning, absent)


def learn_vectors(counted: Counted) -> pd.DataFrame:
    """Learn document vectors from all training texts, labelled or not, and return those of every text."""
    analysis = features.fit_document_vectors(counted.texts[: counted.n_train], n_dimensions=DIMENSIONS)
    return pd.DataFrame(analysis.transform(counted.texts))


@dataclass(frozen=True)
class Task:
    """One draw of labelled documents: what to learn from and what to predict.

    Attributes
    ----------
    part
        The labelled documents and those to be predicted, as counts.
    vectors
        Document vectors of all texts, indexed by the number of the text.
    labelled, new, groups
        The numbers of the texts on both sides, and the groups of the labelled ones.
    seed
        Of whatever is drawn in fitting.
    """

    part: Part
    vectors: pd.DataFrame
    labelled: np.ndarray
    new: np.ndarray
    groups: np.ndarray
    seed: int


def measure(counted: Counted, vectors: pd.DataFrame, size: int, draws: int) -> Scores:
    """Return accuracies and seconds of each way, over several draws of the labelled documents."""
    results = {"".join(way): ([], []) for way in WAYS}
    test = np.arange(counted.n_train, len(counted.texts))
    groups = counted.corpus.train["group"].to_numpy()
    for draw in range(1, draws + 1):
        chosen = draw_labelled(counted.labels[: counted.n_train], size, draw)
        task = Task(counted.part(chosen, test), vectors, chosen, test, groups[chosen], draw)
        for way in WAYS:
            predicted, seconds = cpu_seconds(partial(predict, task, *way))
            accuracies, all_seconds = results["".join(way)]
            accuracies.append(100 * float((predicted == task.part.truth).mean()))
            all_seconds.append(seconds)
            report.say(f"{counted.corpus.title}, {size} labels, draw {draw}: {''.join(way)}, {seconds:.1f} s")
    return results


def predict(task: Task, classifier: str, use: str) -> np.ndarray:
    """Return the predicted classes of one of the `WAYS`."""
    weigh, make = CLASSIFIERS[classifier]
    train, new = weigh(task.part)
    if use != WITHOUT:
        weight = choose(task, make, train) if use == CHOSEN else 1.0
        train = features.join_vectors(train, task.vectors, documents=task.labelled, weight=weight)
        new = features.join_vectors(new, task.vectors, documents=task.new, weight=weight)
    return make(task.seed).fit(train, task.part.labels).predict(new)


def choose(task: Task, make: Callable, train: scipy.sparse.csr_matrix) -> float:
    """Return the weight of the vectors that predicts labelled documents best from others, groups kept together."""

    def accuracy(weight: float) -> float:
        rows = features.join_vectors(train, task.vectors, documents=task.labelled, weight=weight)
        folds = {"groups": task.groups, "cv": GroupKFold(FOLDS)}
        return cross_val_score(make(task.seed), rows, task.part.labels, **folds).mean()

    return max(WEIGHTS, key=accuracy)


def draw_labelled(labels: np.ndarray, size: int, seed: int) -> np.ndarray:
    """Draw documents at random, one of each class first, so that every class is known; return their numbers in order.

    Parameters
    ----------
    labels : numpy.ndarray of str
        The class of each document.
    size : int
        How many; at least as many as classes.
    seed : int
        Of the draw.
    """
    order = np.random.default_rng(seed).permutation(len(labels))
    _, first = np.unique(labels[order], return_index=True)
    rest = np.setdiff1d(np.arange(len(order)), first, assume_unique=True)
    return np.sort(order[np.concatenate([first, rest])[:size]])


if __name__ == "__main__":
    report.command_line(main)
