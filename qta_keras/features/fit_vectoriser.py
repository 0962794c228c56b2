"""Vectorisers: what turns any texts into the columns of the training texts."""

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from qta_keras.features.checks import check_iterable, check_labels, check_positive
from qta_keras.features.count_frequencies import sum_up
from qta_keras.features.count_words import tokenising
from qta_keras.features.fit_weighting import check_labels_wanted, weighting_arguments, word_weights
from qta_keras.features.parts import NO_LABEL, check_texts, labelled_parts, text_parts, with_labels


def fit_vectoriser(
    texts: Iterable[str],
    *,
    weighting: str = "tfidf",
    max_features: int | None = 10_000,
    min_docfreq: int = 2,
    tokeniser: Callable[[str], list[str]] | None = None,
    labels: Iterable[str] | None = None,
    client: Any | None = None,
) -> TfidfVectorizer:
    """Choose the vocabulary from training texts and learn how to weight it.

    The result is one of scikit-learn's vectorisers: ``transform(texts)`` gives a document-feature matrix with the
    columns of the training texts, whatever the texts, and ``get_feature_names_out()`` names the columns. Fit it on
    the training texts only: a vocabulary that has seen the test texts lets the model know them.

    Parameters
    ----------
    texts : iterable of str
        The training texts. They are lower-cased, and words made whole, as in `count_words`. They are taken one after
        the other and never held together, so what `data.stream_corpus` returns will do as well, and texts need not fit
        into memory.
    weighting : {"tfidf", "proportion", "count", "class_entropy"}, default "tfidf"
        ``count``: how often the word occurs in the document; ``proportion``: the count divided by the document's
        number of words in the vocabulary, so that a row sums to 1; ``tfidf``: one plus the logarithm of the count,
        times the inverse document frequency in the training texts, a row scaled to length 1; ``class_entropy``: one
        plus the logarithm of the count, times a number between 0 and 1 that is the higher the more unevenly the classes
        use the word, a row scaled to length 1 (`ClassEntropyTransformer`).
    max_features : int or None, default 10_000
        Keep this many words, the most frequent first and ties in alphabetical order; None keeps all.
    min_docfreq : int, default 2
        Words that occur in fewer training texts are left out.
    tokeniser : callable or None
        Takes a text and returns its words, for languages in which words are not sequences of letters between
        spaces. By default a word is two letters or more, apostrophes inside included (`WORD_PATTERN`).
    labels : iterable of str or None
        The class of each text, which ``class_entropy`` learns from, and no other weighting does. A stream has its own.
    client : distributed.Client or None
        A client of a Dask cluster that is to count, as in `count_words`; the result is the same.

    Returns
    -------
    sklearn.feature_extraction.text.TfidfVectorizer
        Fitted, with float32 output and the columns in order of frequency, then alphabet.

    Raises
    ------
    ValueError
        If the weighting is unknown, its labels are missing or not wanted, a limit is not a positive whole number, or
        no word is left.
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
    arguments = weighting_arguments(weighting)
    check_positive("min_docfreq", min_docfreq)
    if max_features is not None:
        check_positive("max_features", max_features)
    found = sum_up(_parts(texts, weighting, labels, tokeniser), tokeniser, client)
    if weighting == "class_entropy":
        check_labels(found.classes, len(found.classes))
    termfreq, docfreq = (np.asarray(per_class.sum(axis=0)).ravel() for per_class in (found.termfreq, found.docfreq))
    by_frequency = np.argsort(-termfreq, kind="stable")
    kept = by_frequency[docfreq[by_frequency] >= min_docfreq][:max_features]
    if not len(kept):
        raise ValueError(
            f"No word occurs in {min_docfreq} or more of the {found.n_documents.sum()} texts: lower min_docfreq, or "
            "check that the texts are not empty."
        )
    idf = word_weights(weighting, found.docfreq[:, kept], found.n_documents)
    return build_vectoriser([str(word) for word in found.words[kept]], arguments, idf, tokeniser)


def _parts(
    texts: Iterable[str], weighting: str, labels: Iterable[str] | None, tokeniser: Callable[[str], list[str]] | None
) -> Iterator[tuple[list[str], list]]:
    """Yield texts in lists, each with a list of the labels that the weighting learns from."""
    texts = check_iterable(texts, "texts")
    if labels is not None:
        check_labels_wanted(weighting, labels)
        texts = check_texts(texts)
        codes, _ = check_labels(labels, len(texts))
        return with_labels(text_parts(texts, tokeniser), codes.tolist())
    if weighting != "class_entropy":
        return with_labels(text_parts(texts, tokeniser), itertools.repeat(NO_LABEL))
    texts = iter(texts)
    first = next(texts, None)
    if not isinstance(first, pd.DataFrame) or "label" not in first:
        check_labels_wanted(weighting, None)
    return labelled_parts(itertools.chain([first], texts), tokeniser)


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
