"""How good is a classifier? Scores with their uncertainty, baselines, and the documents it misreads.

Uncertainty comes from a bootstrap over *groups* of documents (such as the address that a paragraph belongs to): the
paragraphs of one address resemble each other, and a copied paragraph is no new evidence.
"""

from collections.abc import Callable, Sequence

from qta_keras.runtime import progress, tensorflow_first

tensorflow_first()

import numpy as np
import pandas as pd
import scipy.sparse
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import MultinomialNB
from threadpoolctl import threadpool_limits

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
    _check_same_documents(truth, predicted, groups)
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


def per_class(truth: pd.Series, predicted: pd.Series) -> pd.DataFrame:
    """Precision, recall, F1 and number of documents of each class.

    Returns
    -------
    pandas.DataFrame
        A row per class in alphabetical order, with ``precision`` (of the documents given this label, the share that
        have it), ``recall`` (of the documents that have it, the share given it), ``f1`` (their harmonic mean), all
        in [0, 1] and 0 where there is nothing to divide by, and ``documents``.

    Examples
    --------
    >>> per_class(pd.Series(list("aabb")), pd.Series(list("aaba"))).loc["b"].round(2).tolist()
    [1.0, 0.5, 0.67, 2.0]
    """
    _check_same_documents(truth, predicted)
    labels = sorted(set(truth) | set(predicted))
    columns = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    table = dict(zip(["precision", "recall", "f1", "documents"], columns, strict=True))
    return pd.DataFrame(table, index=pd.Index(labels, name="class"))


def confusion(truth: pd.Series, predicted: pd.Series) -> pd.DataFrame:
    """Count the documents of each class (rows) that were given each label (columns).

    Examples
    --------
    >>> confusion(pd.Series(list("aabb")), pd.Series(list("aaba"))).loc["b"].to_dict()
    {'a': 1, 'b': 1}
    """
    _check_same_documents(truth, predicted)
    labels = sorted(set(truth) | set(predicted))
    return pd.DataFrame(
        confusion_matrix(truth, predicted, labels=labels),
        index=pd.Index(labels, name="truth"),
        columns=pd.Index(labels, name="predicted"),
    )


def baselines(
    train: tuple[scipy.sparse.csr_matrix, pd.Series], validation: tuple[scipy.sparse.csr_matrix, pd.Series]
) -> dict[str, object]:
    """Fit the simple classifiers that a network has to beat.

    Parameters
    ----------
    train : tuple of scipy.sparse.csr_matrix and pandas.Series
        Document-feature matrix without negative entries, and labels.
    validation : the same
        Used to choose how strongly the logistic regression is regularised, and by nothing else.

    Returns
    -------
    dict of str to fitted scikit-learn classifier
        ``majority class``, ``naive Bayes`` (multinomial) and ``logistic regression`` (L2 penalty, its inverse
        strength C the best of 1, 3, 10 and 30 on the validation documents).

    References
    ----------
    Manning, C. D., Raghavan, P. and Schütze, H. (2008), Introduction to Information Retrieval, chapter 13.

    Examples
    --------
    >>> part = scipy.sparse.csr_matrix(np.eye(4)), pd.Series(list("abab"))
    >>> sorted(baselines(part, part))
    ['logistic regression', 'majority class', 'naive Bayes']
    """
    dfm, labels = train
    # To this tolerance, in double precision, the coefficients no longer depend on the machine. More threads only get
    # into each other's way: on two busy cores two took ten times as long as one.
    dfm = dfm.astype(np.float64)
    with threadpool_limits(limits=1):
        candidates = [
            LogisticRegression(C=c, tol=1e-6, max_iter=2_000).fit(dfm, labels)
            for c in progress([1, 3, 10, 30], "Fitting logistic regression")
        ]
    return {
        "majority class": DummyClassifier(strategy="most_frequent").fit(dfm, labels),
        "naive Bayes": MultinomialNB(alpha=0.1).fit(dfm, labels),
        "logistic regression": max(candidates, key=lambda candidate: candidate.score(*validation)),
    }


def cross_validate(
    classify: Callable[[pd.DataFrame, pd.DataFrame], Sequence[str]],
    corpus: pd.DataFrame,
    *,
    groups: pd.Series,
    folds: int = 5,
    seed: int = 1,
) -> pd.Series:
    """Predict every document by a classifier that has seen no document of its group.

    Parameters
    ----------
    classify : callable
        Takes training and test documents and returns a label for each test document. Everything that learns, the
        vocabulary included, belongs inside it.
    corpus : pandas.DataFrame
        One row per document.
    groups : pandas.Series
        The group of each document, with the same index. Groups are dealt to the folds at random.
    folds : int, default 5
        How many times to train, each time without a fold of the groups.
    seed : int, default 1
        Seed of the deal.

    Returns
    -------
    pandas.Series
        A predicted label per document, in the order of the corpus.

    Raises
    ------
    ValueError
        If the index of `groups` differs, or there are fewer groups than folds.

    Examples
    --------
    >>> corpus = pd.DataFrame({"label": list("aaab")})
    >>> most_common = lambda train, test: [train["label"].mode()[0]] * len(test)
    >>> cross_validate(most_common, corpus, groups=pd.Series([1, 1, 2, 2]), folds=2).tolist()
    ['a', 'a', 'a', 'a']
    """
    _check_same_documents(corpus, groups)
    if not 2 <= folds <= groups.nunique():
        raise ValueError(
            f"folds is {folds}, but it must be at least 2 and at most the number of groups, {groups.nunique()}."
        )
    predicted = pd.Series(index=corpus.index, dtype=object, name="predicted")
    splits = GroupKFold(folds, shuffle=True, random_state=seed).split(corpus, groups=groups)
    for train, test in progress(splits, "Cross-validation: fold"):
        predicted.iloc[test] = classify(corpus.iloc[train], corpus.iloc[test])
    return predicted


def misread(corpus: pd.DataFrame, probabilities: pd.DataFrame, *, label: str, n: int = 10) -> pd.DataFrame:
    """Find the documents that a classifier is most confidently wrong about.

    Parameters
    ----------
    corpus : pandas.DataFrame
        The documents, with ``text`` and the column `label`.
    probabilities : pandas.DataFrame
        What `qta_keras.models.predict` returned for them.
    label : str
        The column with the classes.
    n : int, default 10
        How many documents to return at most.

    Returns
    -------
    pandas.DataFrame
        Indexed by document, the most confident mistake first: ``truth``, ``predicted``, ``confidence`` (the
        probability of the predicted class) and ``text``.

    Examples
    --------
    >>> corpus = pd.DataFrame({"text": ["war", "peace"], "label": ["a", "b"]})
    >>> misread(corpus, pd.DataFrame({"a": [0.9, 0.8], "b": [0.1, 0.2]}), label="label")["text"].tolist()
    ['peace']
    """
    _check_same_documents(corpus, probabilities)
    table = pd.DataFrame(
        {
            "truth": corpus[label],
            "predicted": probabilities.idxmax(axis=1),
            "confidence": probabilities.max(axis=1),
            "text": corpus["text"],
        }
    )
    wrong = table[table["truth"] != table["predicted"]]
    return wrong.sort_values("confidence", ascending=False, kind="stable").head(n)


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


def _check_same_documents(first: pd.Series | pd.DataFrame, *others: pd.Series | pd.DataFrame) -> None:
    if first.empty:
        raise ValueError("There are no documents to score.")
    for other in others:
        if not first.index.equals(other.index):
            raise ValueError(
                f"The documents differ: one table has {len(first)} and another {len(other)}, or they come in "
                "another order; give both the same index, as in predicted.loc[truth.index]."
            )
