"""Words that a class uses more, or less, than the others do."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import scipy.sparse
from scipy.stats import chi2

from qta_keras.features.checks import check_counts, check_labels, check_names


def keyness(dfm: scipy.sparse.csr_matrix, *, labels: Iterable[str], feature_names: Iterable[str]) -> pd.DataFrame:
    """Compare how often each class and the rest use each feature, as quanteda's textstat_keyness does.

    For each class and feature: chi-squared of the 2 x 2 table (this feature, others) by (this class, the rest). It is
    negative where the class uses the feature less than expected. As quanteda does by default, Yates's continuity
    correction is applied where one of the four expected counts is below 5 and the counts differ enough for it.
    The p values take words for independent draws, which words of one text are not: read them as a ranking, and test
    a claim on documents.

    Parameters
    ----------
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix of counts, shape (documents, features).
    labels : iterable of str
        The class of each document, such as ``corpus["party"]``; two classes or more.
    feature_names : iterable of str
        The names of the columns.

    Returns
    -------
    pandas.DataFrame
        A row per class and feature: ``class``, ``feature``, ``chi2`` (signed; 0 for a feature that occurs nowhere),
        ``p`` (one degree of freedom), ``n_target`` and ``n_reference`` (how often it occurs in the class and in the
        rest). Classes are in alphabetical order, in each the features with the highest ``chi2`` first, ties in
        alphabetical order; ``table.groupby("class").head(10)`` takes ten of each.

    Raises
    ------
    ValueError
        If labels or names do not fit the matrix, labels are missing or all equal, or the matrix is empty or holds
        anything but counts.
    TypeError
        If the matrix is not sparse.

    References
    ----------
    Scott, M. and Tribble, C. (2006), Textual Patterns, Benjamins, chapter 4. Benoit, K. et al., the R package
    quanteda.textstats: the function ``textstat_keyness``.

    Examples
    --------
    >>> dfm = scipy.sparse.csr_matrix([[9, 1], [2, 8], [1, 9]])
    >>> keyness(dfm, labels=["hawk", "dove", "dove"], feature_names=["war", "peace"]).round(2).head(2)
      class feature   chi2    p  n_target  n_reference
    0  dove   peace  12.66  0.0        17            1
    1  dove     war -12.66  0.0         3            9
    """
    counts = check_counts(dfm)
    names = check_names(feature_names, "feature", counts.shape[1])
    codes, classes = check_labels(labels, counts.shape[0])
    membership = scipy.sparse.csr_matrix((np.ones(len(codes)), (codes, np.arange(len(codes)))))
    per_class = (membership @ counts).toarray()
    total = per_class.sum(axis=0)
    if not total.sum():
        raise ValueError(
            "The document-feature matrix holds no occurrence of any feature, so there is nothing to compare."
        )
    return pd.concat(
        [_compare(label, target, total - target, names) for label, target in zip(classes, per_class, strict=True)],
        ignore_index=True,
    )


def _compare(label: str, target: np.ndarray, reference: np.ndarray, names: list[str]) -> pd.DataFrame:
    """Make the rows of one class from the counts of the features in the class and in the rest."""
    statistic = _signed_chi2(target, reference)
    table = {"class": label, "feature": names, "chi2": statistic, "p": chi2.sf(abs(statistic), df=1)}
    table |= {"n_target": target.astype(int), "n_reference": reference.astype(int)}
    return pd.DataFrame(table).sort_values(["chi2", "feature"], ascending=[False, True])


def _signed_chi2(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Chi-squared of the tables [[a, b], [c, d]], c and d being the counts of all other features."""
    c, d = a.sum() - a, b.sum() - b
    n = a.sum() + b.sum()
    difference = a * d - b * c
    smallest_expected = np.minimum(a + b, c + d) * np.minimum(a + c, b + d) / n
    corrected = (abs(difference) >= n / 2) & (smallest_expected < 5)
    numerator = np.sign(difference) * n * (abs(difference) - np.where(corrected, n / 2, 0)) ** 2
    denominator = (a + b) * (c + d) * (a + c) * (b + d)
    return np.divide(numerator, denominator, out=np.zeros_like(numerator), where=denominator > 0) + 0.0  # no -0.0
