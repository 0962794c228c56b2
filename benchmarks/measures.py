"""Numbers that tell how good a classifier is, whether two differ, and what a piece of work costs."""

import math
import os
from collections.abc import Callable

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
from statsmodels.stats.contingency_tables import mcnemar

FEWEST_FOR_CHI2 = 25  # documents on which two classifiers disagree; below, the binomial test is exact
FLIPS = 10_000


def calibration_error(truth: np.ndarray, probabilities: np.ndarray, bins: int = 15) -> float:
    """Expected calibration error: how far confidence is from accuracy.

    Documents are put into bins of equal width by the probability of the predicted class; the differences between the
    mean of that probability and the share of right predictions are averaged, weighted by the documents of the bin.

    Parameters
    ----------
    truth : numpy.ndarray of int, shape (documents,)
        The column of the true class.
    probabilities : numpy.ndarray, shape (documents, classes)
        Rows that sum to 1.
    bins : int, default 15
        How many.

    Returns
    -------
    float
        In [0, 1]; 0 is perfect.

    References
    ----------
    Guo, C. et al. (2017), On calibration of modern neural networks, ICML, section 2.

    Examples
    --------
    >>> round(calibration_error(np.array([0, 1]), np.array([[0.9, 0.1], [0.9, 0.1]])), 2)
    0.4
    """
    confidence = probabilities.max(axis=1)
    gap = (probabilities.argmax(axis=1) == truth) - confidence
    bin_of = np.minimum((confidence * bins).astype(int), bins - 1)
    return float(abs(np.bincount(bin_of, weights=gap, minlength=bins)).sum() / len(truth))


def mcnemar_p(ours: np.ndarray, theirs: np.ndarray) -> float:
    """McNemar's test of whether two classifiers are right equally often: exact, or with many differences chi-squared.

    Parameters
    ----------
    ours, theirs : numpy.ndarray of bool, shape (documents,)
        Whether each is right.

    Returns
    -------
    float
        The two-sided p value; with 25 documents or more on which they differ, of chi-squared with continuity
        correction.

    References
    ----------
    Dietterich, T. G. (1998), Approximate statistical tests for comparing supervised classification learning
    algorithms, Neural Computation 10, 1895-1923.

    Examples
    --------
    >>> right, wrong = np.array([True] * 6), np.array([False] * 6)
    >>> mcnemar_p(right, wrong) == 2 / 2**6
    True
    """
    table = [[np.sum(ours & theirs), np.sum(ours & ~theirs)], [np.sum(~ours & theirs), np.sum(~ours & ~theirs)]]
    differing = table[0][1] + table[1][0]
    if differing == 0:
        return 1.0
    return min(1.0, float(mcnemar(table, exact=bool(differing < FEWEST_FOR_CHI2), correction=True).pvalue))


def sign_flip_p(ours: np.ndarray, theirs: np.ndarray, groups: np.ndarray, seed: int = 1) -> float:
    """Test the same by groups: how often is the difference as large if the sign of each group's is drawn at random.

    Parameters
    ----------
    ours, theirs : numpy.ndarray of bool, shape (documents,)
        Whether each is right.
    groups : numpy.ndarray, shape (documents,)
        Paragraphs of one address are right or wrong together, which McNemar's test does not know.
    seed : int, default 1
        Of the 10,000 draws.

    Returns
    -------
    float
        The two-sided p value, counting the observed difference as one of the draws.

    Examples
    --------
    >>> ours, theirs = np.array([True] * 40), np.array([False] * 40)
    >>> sign_flip_p(ours, theirs, np.arange(40)) < 0.001, sign_flip_p(ours, theirs, np.arange(40) // 20) > 0.4
    (True, True)
    """
    _, numbers = np.unique(groups, return_inverse=True)
    difference = np.bincount(numbers, weights=ours.astype(float) - theirs)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(FLIPS, len(difference)))
    as_large = abs(signs @ difference) >= abs(difference.sum()) - 1e-9
    return float((as_large.sum() + 1) / (FLIPS + 1))


def cpu_seconds(work: Callable[[], object]) -> tuple[object, float]:
    """Do some work; return its result and the processor's seconds, of all threads and of child processes."""
    begin = sum(os.times()[:4])
    result = work()
    return result, sum(os.times()[:4]) - begin


def exponent(sizes: list[float], costs: list[float]) -> float:
    """Return how cost grows with size: the slope of a straight line through their logarithms.

    Examples
    --------
    >>> round(exponent([1, 10, 100], [2, 20, 200]), 6)
    1.0
    """
    slope, _ = np.polyfit([math.log(size) for size in sizes], [math.log(cost) for cost in costs], 1)
    return float(slope)
