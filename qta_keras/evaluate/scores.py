"""Accuracy and macro F1, with intervals.

Uncertainty comes from a bootstrap over *groups* of documents (such as the address that a paragraph belongs to): the
paragraphs of one address resemble each other, and a copied paragraph is no new evidence.
"""

import numpy as np
import pandas as pd
import scipy.sparse

from qta_keras.features.checks import check_one_kind, check_seed

REPLICATES = 2_000


def score(truth: pd.Series, predicted: pd.Series, *, groups: pd.Series, seed: int = 1) -> pd.Series:
    """Accuracy and macro F1 with 95 per cent intervals from a bootstrap over groups.

    Whole groups are drawn with replacement, 2,000 times, and the interval runs from the 2.5th to the 97.5th
    percentile of the scores. A class that a draw does not hold is left out of that draw's macro F1: it can't be missed
    there.

    In simulations the interval of accuracy held the truth in 92 to 97 of 100 samples from 40 groups on, and in 88 to 94
    with 10 to 30. That of macro F1 held it in 91 to 96 from 60 groups on, if every class was in 18 of them or more;
    with a class in 5 to 15 groups in 87 to 96, and with one in fewer in as few as 63: then take it for too narrow.

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
        If the three do not have the same index, there is no document, fewer than two groups, labels or groups are
        missing or of two kinds, such as 1 and "1", or the seed is no whole number from 0 on.
    TypeError
        If one of the three is no column with an index.

    References
    ----------
    Efron, B. and Tibshirani, R. J. (1993), An Introduction to the Bootstrap, chapters 8 and 13.

    Examples
    --------
    >>> truth, predicted = pd.Series(list("aabb")), pd.Series(list("aaba"))
    >>> score(truth, predicted, groups=pd.Series([1, 2, 3, 4]))["accuracy"]
    0.75
    """
    check_same_documents(truth=truth, predicted=predicted, groups=groups)
    check_seed(seed)
    if groups.nunique() < 2:
        raise ValueError(f"There is {groups.nunique()} group, but a bootstrap over groups needs two or more.")
    per_group = _counts_per_group(truth, predicted, groups)
    observed = np.split(np.asarray(per_group.sum(axis=0)), 3, axis=-1)
    replicates = np.split(_resample(per_group, seed), 3, axis=-1)
    result = {}
    for name, statistic in (("accuracy", _accuracy), ("macro_f1", _macro_f1)):
        low, high = np.percentile(statistic(*replicates), [2.5, 97.5])
        result |= {name: float(statistic(*observed)[0]), f"{name}_low": low, f"{name}_high": high}
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


def check_same_documents(**tables: pd.Series | pd.DataFrame) -> None:
    """Raise TypeError or ValueError unless all, by name, have the same documents in the same order, and at least one.

    Columns must also have a value for each document.
    """
    (name, first), *others = tables.items()
    for other, table in tables.items():
        if not isinstance(table, pd.Series | pd.DataFrame):
            raise TypeError(
                f"{other} is a {type(table).__name__}, which does not say which documents it is about: give a column "
                f"with their names, as pandas.Series({other}, index=corpus.index) makes it."
            )
    if first.empty:
        raise ValueError("There are no documents to score.")
    for other, table in others:
        if not first.index.equals(table.index):
            raise ValueError(
                f"The documents of {name} and {other} differ: one table has {len(first)} and another {len(table)}, or "
                "they come in another order; give both the same index, as in predicted.loc[truth.index]."
            )
    for other, table in tables.items():
        if isinstance(table, pd.Series):
            check_one_kind(table, other)


def check_labels_alike(truth: pd.Series, predicted: pd.Series) -> list:
    """Return all classes in alphabetical order, or raise ValueError if the two hold labels of different kinds."""
    check_same_documents(truth=truth, predicted=predicted)
    check_one_kind([*truth, *predicted], "truth and predicted")
    return sorted(set(truth) | set(predicted))


def _counts_per_group(truth: pd.Series, predicted: pd.Series, groups: pd.Series) -> scipy.sparse.csr_matrix:
    """Count for each group (row) the hits of each class, then the documents that have it, then those given it."""
    labels = pd.Index(check_labels_alike(truth, predicted), dtype=object)
    rows, names = pd.factorize(groups.astype(object))
    true, given = (labels.get_indexer(pd.Index(values, dtype=object)) for values in (truth, predicted))
    hit = true == given
    columns = np.concatenate([true[hit], true + len(labels), given + 2 * len(labels)])
    shape = (len(names), 3 * len(labels))
    return scipy.sparse.csr_matrix((np.ones(len(columns)), (np.concatenate([rows[hit], rows, rows]), columns)), shape)


def _resample(per_group: scipy.sparse.csr_matrix, seed: int) -> np.ndarray:
    """Draw as many groups as there are, with replacement, and add up their counts; many times."""
    random, n_groups = np.random.default_rng(seed), per_group.shape[0]
    at_once = max(1, 5_000_000 // n_groups)  # keeps the draws in memory below 50 MB
    sizes = [min(at_once, REPLICATES - done) for done in range(0, REPLICATES, at_once)]
    equal = np.full(n_groups, 1 / n_groups)
    draws = (random.multinomial(n_groups, equal, size=size) for size in sizes)
    return np.concatenate([drawn @ per_group for drawn in draws])


def _accuracy(hits: np.ndarray, true: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Share of hits among the documents; classes are in the last axis."""
    return hits.sum(axis=-1) / true.sum(axis=-1)


def _macro_f1(hits: np.ndarray, true: np.ndarray, given: np.ndarray) -> np.ndarray:
    """Mean of F1 = 2 hits / (true + given) over the classes that have documents here, or have none anywhere.

    F1 is 0 for a class that no document has and that is given to some.
    """
    f1 = 2 * hits / np.maximum(true + given, 1)
    held = (true > 0) | (true == 0).all(axis=0)
    return np.where(held, f1, 0).sum(axis=-1) / held.sum(axis=-1)
