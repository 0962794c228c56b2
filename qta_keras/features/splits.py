"""Splits of a corpus that keep the documents of a group together."""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold


def split_by_group(
    corpus: pd.DataFrame, *, label: str, group: str | None, folds: int = 5, seed: int = 1
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Split a corpus into training, validation and test documents, keeping each group on one side.

    One of `folds` parts of the corpus is the test set, and one of `folds` parts of the rest the validation set, so
    5 folds give about 64, 16 and 20 per cent of the documents. The parts have about the same mix of labels.

    Parameters
    ----------
    corpus : pandas.DataFrame
        One row per document.
    label : str
        The column with the classes.
    group : str or None
        The column whose documents stay together (such as ``address``); None lets every document go its own way.
    folds : int, default 5
        Into how many parts to divide, at least 2.
    seed : int, default 1
        Another seed gives another split; the same seed gives the same.

    Returns
    -------
    tuple of three pandas.DataFrame
        Training, validation and test documents, each in the order of the corpus.

    Raises
    ------
    KeyError
        If the corpus has no such column.
    ValueError
        If there are too few groups for that many folds, or a label or group is missing.

    See Also
    --------
    sklearn.model_selection.StratifiedGroupKFold : does the work, or StratifiedKFold where there are no groups.

    Examples
    --------
    >>> corpus = pd.DataFrame({"label": list("abab") * 5, "speech": sorted(list("uvwxy") * 4)})
    >>> train, validation, test = split_by_group(corpus, label="label", group="speech", folds=3)
    >>> set(train["speech"]) & set(test["speech"])
    set()
    """
    for column in (label, group):
        if column is not None and column not in corpus:
            raise KeyError(f"The corpus has no column {column!r}; it has {', '.join(map(str, corpus.columns))}.")
        missing = 0 if column is None else int(corpus[column].isna().sum())
        if missing:
            raise ValueError(
                f"The column {column!r} is empty in {missing:,} of {len(corpus):,} documents: fill it in, or leave "
                f"them out with corpus.dropna(subset=[{column!r}])."
            )
    n_groups = len(corpus) if group is None else corpus[group].nunique()
    if not 2 <= folds < n_groups:
        raise ValueError(
            f"folds is {folds}, but it must be at least 2 and smaller than the number of groups, which is {n_groups}."
        )
    rest, test = _one_split(corpus, label, group, folds, seed)
    train, validation = _one_split(rest, label, group, folds, seed)
    return train, validation, test


def _one_split(
    corpus: pd.DataFrame, label: str, group: str | None, folds: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    if group is None:
        splits = StratifiedKFold(folds, shuffle=True, random_state=seed).split(corpus, corpus[label])
    else:
        splits = StratifiedGroupKFold(folds).split(corpus, corpus[label], _shuffle(corpus[group], seed))
    larger, smaller = next(splits)
    return corpus.iloc[larger], corpus.iloc[smaller]


def _shuffle(groups: pd.Series, seed: int) -> np.ndarray:
    """Number the groups in random order: where scikit-learn 1.6 shuffles itself, it loses the mix of labels."""
    numbers, names = pd.factorize(groups, sort=True)
    order = np.random.RandomState(seed).permutation(len(names))  # the one that scikit-learn draws
    return np.argsort(order)[numbers]
