"""Splits of a corpus that keep the documents of a group together."""

import warnings
from numbers import Integral

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from qta_keras.features.checks import check_one_kind, check_seed


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
        If a class has fewer than three groups, there are too few groups for that many folds, no class has as many
        documents as there are folds, or labels or groups are missing or of two kinds, such as 1 and "1".

    Warns
    -----
    UserWarning
        If a class is not in all three parts. It mostly is, for the folds are tried in turn.

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
        if column is not None:
            check_one_kind(corpus[column], f"the column {column!r}")
    check_seed(seed)
    classes = pd.Series(pd.factorize(corpus[label], sort=True)[0], index=corpus.index)
    groups = pd.Series(range(len(corpus)) if group is None else corpus[group].to_numpy(), index=corpus.index)
    if not isinstance(folds, Integral) or not 2 <= folds < groups.nunique():
        raise ValueError(
            f"folds is {folds!r}, but it must be at least 2 and smaller than the number of groups, which is "
            f"{groups.nunique()}."
        )
    places = pd.DataFrame({"class": classes.to_numpy(), "group": groups.to_numpy(), "label": corpus[label].to_numpy()})
    _check_classes(places, group)
    alone = group is None
    rest, test = _one_split(places, alone, folds, seed, sides=(2, 1))
    train, validation = _one_split(rest, alone, folds, seed, sides=(1, 1))
    parts = {"training": train, "validation": validation, "test": test}
    _warn_of_absent(places, parts)
    return tuple(corpus.iloc[part.index] for part in parts.values())


def _check_classes(places: pd.DataFrame, group: str | None) -> None:
    """Check that every class has three groups, one for each part."""
    n_groups = places.groupby("label")["group"].nunique()
    few = n_groups[n_groups < 3]
    if len(few):
        kind, advice = "documents", "merge it with another class, or drop it"
        if group is not None:
            kind, advice = "groups", "merge it with another class, drop it, or split by document with group=None"
        more = f" (and {len(few) - 1} more have too few)" if len(few) > 1 else ""
        raise ValueError(
            f"The class {few.index.tolist()[0]!r} has {few.iloc[0]} of the {kind}{more}, but it needs three, one for "
            f"each part: {advice}."
        )


def _one_split(
    places: pd.DataFrame, alone: bool, folds: int, seed: int, sides: tuple[int, int]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the larger and the smaller part, of documents that go alone or in groups.

    Of the possible splits it is the first in which every class has the wanted number of groups on both sides, or else
    that in which the fewest lack them.
    """
    sizes = places["label"].value_counts()
    if sizes.iloc[0] < folds:
        raise ValueError(
            f"folds is {folds}, but the largest class, {sizes.index[0]!r}, has only {sizes.iloc[0]} "
            "documents to divide: choose fewer folds, or join classes."
        )

    n_groups = places["group"].nunique()
    if n_groups < folds:
        raise ValueError(
            f"folds is {folds}, but beside the test documents only {n_groups} groups are left: choose fewer folds."
        )

    def lacking(split: tuple[np.ndarray, np.ndarray]) -> int:
        sides_groups = (places.iloc[rows].groupby("class")["group"].nunique() for rows in split)
        return sum(len(sizes) - (found >= wanted).sum() for found, wanted in zip(sides_groups, sides, strict=True))

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The least populated class")  # told in this package's words
        if alone:
            splits = list(StratifiedKFold(folds, shuffle=True, random_state=seed).split(places, places["class"]))
        else:
            groups = _shuffle(places["group"], seed)
            splits = list(StratifiedGroupKFold(folds).split(places, places["class"], groups))
    larger, smaller = min(splits, key=lacking)
    return places.iloc[larger], places.iloc[smaller]


def _warn_of_absent(places: pd.DataFrame, parts: dict[str, pd.DataFrame]) -> None:
    """Warn of classes that are not in all parts."""
    absent = {
        label: " and ".join(name for name, part in parts.items() if label not in set(part["label"]))
        for label in sorted(set(places["label"]))
    }
    told = [f"{label!r} in the {where} documents" for label, where in absent.items() if where]
    if told:
        more = f" (and {len(told) - 5} more)" if len(told) > 5 else ""
        warnings.warn(
            f"Not every class is in all three parts; missing are {', '.join(told[:5])}{more}: try another seed or "
            "fewer folds, merge the class with another, or drop it.",
            stacklevel=3,
        )


def _shuffle(groups: pd.Series, seed: int) -> np.ndarray:
    """Number the groups in random order: where scikit-learn 1.6 shuffles itself, it loses the mix of labels."""
    numbers, names = pd.factorize(groups, sort=True)
    order = np.random.RandomState(seed).permutation(len(names))  # the one that scikit-learn draws
    return np.argsort(order)[numbers]
