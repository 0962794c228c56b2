"""Accuracy and macro F1, with intervals.

Uncertainty comes from a bootstrap over *groups* of documents (such as the address that a paragraph belongs to): the
paragraphs of one address resemble each other, and a copied paragraph is no new evidence.
"""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
import pandas as pd
import scipy.sparse

REPLICATES = 2_000


def score(truth: pd.Series, predicted: pd.Series, *, groups: pd.Series, seed: int = 1) -> pd.Series:
    """Accuracy and macro F1 with 95 per cent intervals from a bootstrap over groups.

    Whole groups are drawn with replacement, 2,000 times, and the interval runs from the 2.5th to the 97.5th
    percentile of the scores. With fewer than about 20 groups such an interval is too narrow.

    Parameters
    ----------
    truth, predicted : pandas.Series
        The label of each document, and the predicted one, with the same index.
    groups : pandas.Series
        The group of each document, with the same index.
    seed : int, default 1
        Seed of the bootstrap.

    Returns
    -------
    pandas.Series
        ``accuracy``, ``accuracy_low``, ``accuracy_high``, ``macro_f1``, ``macro_f1_low``, ``macro_f1_high`` (all in
        [0, 1]), ``documents`` and ``groups`` (how many there are).

    Raises
    ------
    ValueError
        If the three do not have the same index, there is no document, or fewer than two groups.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993), An Introduction to the Bootstrap, chapters 8 and 13.

    Examples
    --------
    >>> truth, predicted = pd.Series(list("aabb")), pd.Series(list("aaba"))
    >>> score(truth, predicted, groups=pd.Series([1, 2, 3, 4]))["accuracy"]
    0.75
    """
    check_same_documents(truth, predicted, groups)
    if groups.nunique() < 2:
        raise ValueError(f"There is {groups.nunique()} group, but a bootstrap over groups needs two or more.")
    per_group = _confusion_per_group(truth, predicted, groups)
    replicates = _resample(per_group, seed)
    observed = _as_matrices(per_group.sum(axis=0))
    result = {}
    for name, statistic in (("accuracy", _accuracy), ("macro_f1", _macro_f1)):
        low, high = np.percentile(statistic(replicates), [2.5, 97.5])
        result |= {name: float(statistic(observed)[0]), f"{name}_low": low, f"{name}_high": high}
    return pd.Series(result | {"documents": len(truth), "groups": per_group.shape[0]}, dtype=object)


def format_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Write scores for reading: each with its interval, to two decimals.

    Parameters
    ----------
    scores : pandas.DataFrame
        A row per classifier, each what `score` returned.

    Returns
    -------
    pandas.DataFrame
        The columns ``accuracy`` and ``macro F1`` as text, ``documents`` and ``groups`` as whole numbers.

    Examples
    --------
    >>> truth, groups = pd.Series(list("aabb")), pd.Series([1, 1, 2, 2])
    >>> print(format_scores(score(truth, truth, groups=groups).to_frame("oracle").T).loc["oracle", "accuracy"])
    1.00 (1.00 to 1.00)
    """
    readable = pd.DataFrame(index=scores.index)
    for name, title in (("accuracy", "accuracy"), ("macro_f1", "macro F1")):
        numbers = zip(scores[name], scores[f"{name}_low"], scores[f"{name}_high"], strict=True)
        readable[title] = [f"{value:.2f} ({low:.2f} to {high:.2f})" for value, low, high in numbers]
    return readable.join(scores[["documents", "groups"]].astype(int))


def check_same_documents(first: pd.Series | pd.DataFrame, *others: pd.Series | pd.DataFrame) -> None:
    """Raise ValueError unless all have the same documents in the same order, and at least one."""
    if first.empty:
        raise ValueError("There are no documents to score.")
    for other in others:
        if not first.index.equals(other.index):
            raise ValueError(
                f"The documents differ: one table has {len(first)} and another {len(other)}, or they come in "
                "another order; give both the same index, as in predicted.loc[truth.index]."
            )


def _confusion_per_group(truth: pd.Series, predicted: pd.Series, groups: pd.Series) -> scipy.sparse.csr_matrix:
    """Count, for each group (row), the pairs of true and predicted class (columns, in the order of a matrix)."""
    labels = pd.Index(sorted(set(truth) | set(predicted)))
    rows, names = pd.factorize(groups)
    columns = labels.get_indexer(truth) * len(labels) + labels.get_indexer(predicted)
    return scipy.sparse.csr_matrix((np.ones(len(truth)), (rows, columns)), shape=(len(names), len(labels) ** 2))


def _resample(per_group: scipy.sparse.csr_matrix, seed: int) -> np.ndarray:
    """Draw as many groups as there are, with replacement, and add up their confusion matrices; many times."""
    random, n_groups = np.random.default_rng(seed), per_group.shape[0]
    at_once = max(1, 5_000_000 // n_groups)  # keeps the draws in memory below 50 MB
    sizes = [min(at_once, REPLICATES - done) for done in range(0, REPLICATES, at_once)]
    equal = np.full(n_groups, 1 / n_groups)
    draws = (random.multinomial(n_groups, equal, size=size) for size in sizes)
    return _as_matrices(np.concatenate([drawn @ per_group for drawn in draws]))


def _as_matrices(flat: np.ndarray) -> np.ndarray:
    """Reshape rows of counts to confusion matrices, shape (rows, classes, classes)."""
    n_classes = int(np.sqrt(np.shape(flat)[-1]))
    return np.asarray(flat).reshape(-1, n_classes, n_classes)


def _accuracy(confusions: np.ndarray) -> np.ndarray:
    """Accuracy of confusion matrices in the last two axes."""
    return np.trace(confusions, axis1=-2, axis2=-1) / confusions.sum(axis=(-2, -1))


def _macro_f1(confusions: np.ndarray) -> np.ndarray:
    """Mean over classes of F1 = 2 hits / (true + predicted), 0 for a class that is neither; rows are the truth."""
    hits = np.diagonal(confusions, axis1=-2, axis2=-1)
    involved = confusions.sum(axis=-1) + confusions.sum(axis=-2)
    return (2 * hits / np.maximum(involved, 1)).mean(axis=-1)
