"""Vectorisers: what turns any texts into the columns of the training texts."""

from collections.abc import Callable, Iterable
from numbers import Integral

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from qta_keras.features.counting import check_texts, count_words, tokenising
from qta_keras.features.trimming import trim
from qta_keras.features.weighting import fit_weighting, weighting_arguments


def fit_vectoriser(
    texts: Iterable[str],
    *,
    weighting: str = "tfidf",
    max_features: int | None = 10_000,
    min_docfreq: int = 2,
    tokeniser: Callable[[str], list[str]] | None = None,
) -> TfidfVectorizer:
    """Choose the vocabulary from training texts and learn how to weight it.

    The result is one of scikit-learn's vectorisers: ``transform(texts)`` gives a document-feature matrix with the
    columns of the training texts, whatever the texts, and ``get_feature_names_out()`` names the columns. Fit it on
    the training texts only: a vocabulary that has seen the test texts lets the model know them.

    Parameters
    ----------
    texts : iterable of str
        The training texts. They are lower-cased.
    weighting : {"tfidf", "proportion", "count"}, default "tfidf"
        ``count``: how often the word occurs in the document; ``proportion``: the count divided by the document's
        number of words in the vocabulary, so that a row sums to 1; ``tfidf``: one plus the logarithm of the count,
        times the inverse document frequency in the training texts, a row scaled to length 1.
    max_features : int or None, default 10_000
        Keep this many words, the most frequent first and ties in alphabetical order; None keeps all.
    min_docfreq : int, default 2
        Words that occur in fewer training texts are left out.
    tokeniser : callable or None
        Takes a text and returns its words, for languages in which words are not sequences of letters between
        spaces. By default a word is two letters or more, apostrophes inside included (`WORD_PATTERN`).

    Returns
    -------
    sklearn.feature_extraction.text.TfidfVectorizer
        Fitted, with float32 output and the columns in order of frequency, then alphabet.

    Raises
    ------
    ValueError
        If the weighting is unknown, a limit is not a positive whole number, or no word is left.
    TypeError
        If `texts` is a single string or a table or holds anything but strings.

    References
    ----------
    Manning, C. D., Raghavan, P. and Schütze, H. (2008), Introduction to Information Retrieval, chapter 6.

    Examples
    --------
    >>> vectoriser = fit_vectoriser(["War and peace", "Peace, not war!"], weighting="count")
    >>> list(vectoriser.get_feature_names_out())
    ['peace', 'war']
    >>> vectoriser.transform(["peace peace love"]).toarray()
    array([[2., 0.]], dtype=float32)
    """
    texts = check_texts(texts)
    arguments = weighting_arguments(weighting)
    _check_positive("min_docfreq", min_docfreq)
    if max_features is not None:
        _check_positive("max_features", max_features)
    counts, words = count_words(texts, tokeniser=tokeniser)
    kept = trim(counts, min_docfreq=min_docfreq)[:max_features]
    if not len(kept):
        raise ValueError(
            f"No word occurs in {min_docfreq} or more of the {len(texts)} texts: lower min_docfreq, or check that "
            "the texts are not empty."
        )
    fitted = fit_weighting(counts[:, kept], weighting)
    idf = fitted.idf_ if fitted.use_idf else None
    return build_vectoriser([str(word) for word in words[kept]], arguments, idf, tokeniser)


def build_vectoriser(
    words: list[str], weighting: dict, idf: np.ndarray | None, tokeniser: Callable[[str], list[str]] | None
) -> TfidfVectorizer:
    """Make a fitted vectoriser of its parts: what `vectoriser_parts` returns, with the tokeniser itself."""
    vectoriser = TfidfVectorizer(vocabulary=words, **tokenising(tokeniser), **weighting)
    vectoriser.fit(words[:1])  # the vocabulary is fixed; scikit-learn wants to see a text all the same
    if vectoriser.use_idf:
        vectoriser.idf_ = np.asarray(idf, dtype=np.float32)
    return vectoriser


def vectoriser_parts(vectoriser: TfidfVectorizer) -> dict:
    """Take a vectoriser of `fit_vectoriser` apart, into words, weighting, idf and tokeniser.

    Raises
    ------
    TypeError
        If it is no such vectoriser: one that was set otherwise could not be put together again from these parts.
    """
    parts = {}
    if isinstance(vectoriser, TfidfVectorizer) and hasattr(vectoriser, "vocabulary_"):
        settings = vectoriser.get_params()
        parts = {
            "words": [str(word) for word in vectoriser.get_feature_names_out()],
            "weighting": {name: settings[name] for name in ("use_idf", "norm", "sublinear_tf")},
            "idf": vectoriser.idf_ if vectoriser.use_idf else None,
            "tokeniser": vectoriser.tokenizer,
        }
    if not parts or build_vectoriser(**parts).get_params() != {**settings, "vocabulary": parts["words"]}:
        raise TypeError(
            f"The vectoriser is {vectoriser!r:.60}, but it must be one that features.fit_vectoriser returned."
        )
    return parts


def unseen_words(vectoriser: TfidfVectorizer, texts: pd.Series) -> pd.DataFrame:
    """Count the words of new texts that the vectoriser does not know.

    Parameters
    ----------
    vectoriser : sklearn.feature_extraction.text.TfidfVectorizer
        What `fit_vectoriser` returned.
    texts : pandas.Series
        The new texts, indexed by document.

    Returns
    -------
    pandas.DataFrame
        Per document: ``words`` (how many it has), ``unseen`` (how many of them are not in the vocabulary, and so
        are ignored) and ``share`` (of unseen words, between 0 and 1; 0 for a text without words).

    Examples
    --------
    >>> vectoriser = fit_vectoriser(["war and peace", "peace and war"])
    >>> unseen_words(vectoriser, pd.Series(["war or love"])).to_dict("records")
    [{'words': 3, 'unseen': 2, 'share': 0.667}]
    """
    analyse = vectoriser.build_analyzer()
    words = texts.map(analyse)
    count = words.map(len)
    unseen = words.map(lambda found: sum(word not in vectoriser.vocabulary_ for word in found))
    share = (unseen / count.clip(lower=1)).round(3)
    return pd.DataFrame({"words": count, "unseen": unseen, "share": share})


def _check_positive(name: str, value: int) -> None:
    if not isinstance(value, Integral) or value < 1:
        raise ValueError(f"{name} is {value!r}, but it must be a whole number, 1 or more.")
