"""Which features to keep, by how often and in how many documents they occur."""

from numbers import Real

import numpy as np
import scipy.sparse
from scipy.stats import rankdata

from qta_keras.features.checks import check_counts

_ALLOWED = {  # per type: the lowest and the highest limit, whether it must be whole, and this in words
    "count": (0, np.inf, True, "a whole number, 0 or more (shares need the type 'prop')"),
    "prop": (0, 1, False, "a share between 0 and 1"),
    "rank": (1, np.inf, True, "a whole number, 1 (the most frequent) or more"),
    "quantile": (0, 1, False, "a share between 0 and 1"),
}


def trim(
    dfm: scipy.sparse.csr_matrix,
    *,
    min_termfreq: float | None = None,
    max_termfreq: float | None = None,
    termfreq_type: str = "count",
    min_docfreq: float | None = None,
    max_docfreq: float | None = None,
    docfreq_type: str = "count",
    sparsity: float | None = None,
) -> np.ndarray:
    """Choose features by how often and in how many documents they occur, with the arguments of quanteda's dfm_trim.

    Limits are inclusive. As in quanteda, features that occur nowhere are dropped unless a limit says otherwise, and
    features that tie at a limit are treated alike, so ``min_termfreq=100, termfreq_type="rank"`` can keep a few more
    than 100. For exactly 100, ties in the order of the columns, take ``trim(dfm)[:100]``.

    Parameters
    ----------
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix of counts, shape (documents, features).
    min_termfreq, max_termfreq : float or None
        Lowest and highest frequency of a feature in all documents together.
    termfreq_type : {"count", "prop", "rank", "quantile"}, default "count"
        How to read these two. ``count``: occurrences; ``prop``: their share of all occurrences, in [0, 1]; ``rank``:
        position in the list of features from the most frequent (1) to the rarest, so ``min_termfreq=100`` keeps the
        100 most frequent; ``quantile``: a quantile of the features' frequencies, in [0, 1].
    min_docfreq, max_docfreq : float or None
        Lowest and highest number of documents that a feature occurs in.
    docfreq_type : {"count", "prop", "rank", "quantile"}, default "count"
        How to read these two; ``prop`` is the share of all documents.
    sparsity : float or None
        Highest share of documents without the feature, in [0, 1]; instead of the limits of the document frequency.

    Returns
    -------
    numpy.ndarray of int
        The positions of the columns to keep, for ``dfm[:, kept]`` and ``names[kept]``: the most frequent feature
        first, ties in the order of the columns. ``numpy.sort(kept)`` leaves the columns in the order they had.

    Raises
    ------
    ValueError
        If a type is unknown, a limit out of its range, a lower limit above the upper one, `sparsity` given besides
        `min_docfreq` or `max_docfreq`, or the matrix holds anything but counts.
    TypeError
        If the matrix is not sparse.

    References
    ----------
    Benoit, K. et al. (2018), quanteda: an R package for the quantitative analysis of textual data, Journal of Open
    Source Software 3 (30), 774: the function ``dfm_trim``.

    Examples
    --------
    >>> dfm = scipy.sparse.csr_matrix([[1, 0, 2], [0, 1, 2], [0, 1, 1]])
    >>> names = np.array(["love", "peace", "war"])
    >>> names[trim(dfm, min_docfreq=2)].tolist()
    ['war', 'peace']
    >>> dfm[:, trim(dfm, max_termfreq=0.5, termfreq_type="prop")].shape
    (3, 2)
    """
    counts = check_counts(dfm)
    _check_limits("termfreq", min_termfreq, max_termfreq, termfreq_type)
    _check_limits("docfreq", min_docfreq, max_docfreq, docfreq_type)
    n_documents, n_features = counts.shape
    if 0 in counts.shape:
        return np.arange(0)
    termfreq = np.bincount(counts.indices, weights=counts.data, minlength=n_features)
    docfreq = np.bincount(counts.indices[counts.data > 0], minlength=n_features)
    keep = _within(termfreq, min_termfreq, max_termfreq, termfreq_type, termfreq.sum())
    if sparsity is None:
        keep &= _within(docfreq, min_docfreq, max_docfreq, docfreq_type, n_documents)
    else:
        _check_sparsity(sparsity, min_docfreq, max_docfreq)
        keep &= (n_documents - docfreq) / n_documents <= sparsity
    by_frequency = np.argsort(-termfreq, kind="stable")
    return by_frequency[keep[by_frequency]]


def _within(frequency: np.ndarray, low: float | None, high: float | None, kind: str, total: float) -> np.ndarray:
    """Tell for each feature whether its frequency is within the limits."""
    if kind == "count" and low is None:
        low = 1
    elif kind == "prop":
        frequency = frequency / max(total, 1)
    elif kind == "rank":
        frequency = rankdata(-frequency, method="min")
        low, high = high, low  # the highest frequency has the lowest rank
    elif kind == "quantile":
        low, high = (
            None if share is None else np.quantile(frequency, share, method="inverted_cdf") for share in (low, high)
        )
    return (frequency >= (-np.inf if low is None else low)) & (frequency <= (np.inf if high is None else high))


def _check_limits(what: str, low: float | None, high: float | None, kind: str) -> None:
    if kind not in _ALLOWED:
        raise ValueError(f"{what}_type is {kind!r}, but it must be one of {', '.join(_ALLOWED)}.")
    lowest, highest, whole, wanted = _ALLOWED[kind]
    for name, value in ((f"min_{what}", low), (f"max_{what}", high)):
        if value is None:
            continue
        if not isinstance(value, Real) or not lowest <= value <= highest or (whole and not float(value).is_integer()):
            raise ValueError(f"{name} is {value!r}, but with {what}_type={kind!r} it must be {wanted}.")
    if low is not None and high is not None and (low < high if kind == "rank" else low > high):
        raise ValueError(
            f"min_{what} is {low!r} and max_{what} {high!r}, which no feature can meet (as {kind}): exchange them."
        )


def _check_sparsity(sparsity: float, min_docfreq: float | None, max_docfreq: float | None) -> None:
    if min_docfreq is not None or max_docfreq is not None:
        raise ValueError(
            f"sparsity is {sparsity!r}, and min_docfreq or max_docfreq is given too, but all of them limit the number "
            "of documents: give one."
        )
    if not isinstance(sparsity, Real) or not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity is {sparsity!r}, but it must be a share between 0 and 1.")
