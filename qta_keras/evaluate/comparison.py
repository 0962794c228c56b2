"""What a classifier is compared with: simpler ones, and itself on documents of groups it has not seen."""

from collections.abc import Callable, Sequence
from numbers import Integral

import numpy as np
import pandas as pd
import scipy.sparse
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits

from qta_keras.evaluate.scores import check_same_documents
from qta_keras.features.checks import check_dfm, check_labels, check_one_kind, check_seed
from qta_keras.runtime import progress


def baselines(
    train: tuple[scipy.sparse.csr_matrix, pd.Series], validation: tuple[scipy.sparse.csr_matrix, pd.Series]
) -> dict[str, object]:
    """Fit the simple classifiers that a network has to beat.

    Parameters
    ----------
    train : tuple of scipy.sparse.csr_matrix and pandas.Series
        Document-feature matrix without negative entries, and labels.
    validation : the same
        Used to choose how strongly the two linear classifiers are regularised, and by nothing else.

    Returns
    -------
    dict of str to fitted scikit-learn classifier
        ``majority class``, ``naive Bayes`` (multinomial), ``logistic regression`` (L2 penalty, its inverse strength C
        the best of 1, 3, 10 and 30 on the validation documents) and ``linear SVM`` (a support vector machine, one
        class against the rest, C the best of 0.1, 0.3, 1 and 3).

    Raises
    ------
    ValueError
        If matrices and labels do not fit together, labels are missing, of two kinds or all equal, or an entry is
        negative.
    TypeError
        If a matrix is not sparse.

    References
    ----------
    Manning, C. D., Raghavan, P. and Schütze, H. (2008), Introduction to Information Retrieval, chapters 13 and 15.

    Examples
    --------
    >>> part = scipy.sparse.csr_matrix(np.eye(4)), pd.Series(list("abab"))
    >>> sorted(baselines(part, part))
    ['linear SVM', 'logistic regression', 'majority class', 'naive Bayes']
    """
    _check_parts(train, validation)
    dfm, labels = train
    # To this tolerance, in double precision, the coefficients no longer depend on the machine, and Newton's method gets
    # there in a fifth of the time. More threads only get into each other's way: two took ten times as long as one.
    dfm = dfm.astype(np.float64)
    with threadpool_limits(limits=1):
        regressions = [
            LogisticRegression(C=c, tol=1e-6, max_iter=2_000, solver="newton-cg").fit(dfm, labels)
            for c in progress([1, 3, 10, 30], "Fitting logistic regression")
        ]
    machines = [
        LinearSVC(C=c, max_iter=5_000, random_state=1).fit(dfm, labels)
        for c in progress([0.1, 0.3, 1, 3], "Fitting a linear support vector machine")
    ]
    return {
        "majority class": DummyClassifier(strategy="most_frequent").fit(dfm, labels),
        "naive Bayes": MultinomialNB(alpha=0.1).fit(dfm, labels),
        "logistic regression": max(regressions, key=lambda candidate: candidate.score(*validation)),
        "linear SVM": max(machines, key=lambda candidate: candidate.score(*validation)),
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
        If the index of `groups` differs, groups are missing or of two kinds, there are fewer groups than folds, or
        `classify` returns anything but a label for each test document, in their order.

    Examples
    --------
    >>> corpus = pd.DataFrame({"label": list("aaab")})
    >>> most_common = lambda train, test: [train["label"].mode()[0]] * len(test)
    >>> cross_validate(most_common, corpus, groups=pd.Series([1, 1, 2, 2]), folds=2).tolist()
    ['a', 'a', 'a', 'a']
    """
    check_same_documents(corpus=corpus, groups=groups)
    check_seed(seed)
    if not isinstance(folds, Integral) or not 2 <= folds <= groups.nunique():
        raise ValueError(
            f"folds is {folds!r}, but it must be at least 2 and at most the number of groups, {groups.nunique()}."
        )
    predicted = pd.Series(index=corpus.index, dtype=object, name="predicted")
    splits = GroupKFold(folds, shuffle=True, random_state=seed).split(corpus, groups=groups)
    for train, test in progress(splits, "Cross-validation: fold"):
        predicted.iloc[test] = _checked_answers(classify(corpus.iloc[train], corpus.iloc[test]), corpus.iloc[test])
    return predicted


def _checked_answers(answers: Sequence[str], documents: pd.DataFrame) -> np.ndarray:
    """Return the answers without index, or raise ValueError if they are not one for each of the documents, in order."""
    if len(answers) != len(documents):
        raise ValueError(
            f"classify returned {len(answers):,} labels for {len(documents):,} test documents: it must return one for "
            "each, in their order."
        )
    if isinstance(answers, pd.Series):
        check_same_documents(documents=documents, answers=answers)
    check_one_kind(answers, "what classify returned")
    return pd.Series(list(answers), dtype=object).to_numpy()


def _check_parts(train: tuple, validation: tuple) -> None:
    """Raise TypeError or ValueError unless both are a matrix and its labels, with the same columns."""
    for (dfm, labels), what in ((train, "training"), (validation, "validation")):
        check_dfm(dfm, n_features=train[0].shape[1])
        if len(labels) != dfm.shape[0] or not len(labels):
            raise ValueError(
                f"There are {len(labels):,} {what} labels for {dfm.shape[0]:,} {what} documents: give one for each, "
                "and one document or more."
            )
        if dfm.nnz and dfm.data.min() < 0:
            raise ValueError(
                f"The {what} matrix holds {dfm.data.min():.6g}, but naive Bayes takes no number below 0: give counts "
                "or the weights of fit_vectoriser."
            )
    check_one_kind([*train[1], *validation[1]], "the labels")
    check_labels(train[1], train[0].shape[0])
