"""Texts to document-feature matrices, and splits that keep the documents of a group together.

A document-feature matrix (dfm) is a float32 ``scipy.sparse.csr_matrix``: a row per document in the order of the
corpus, a column per feature in the order of the vectoriser's ``get_feature_names_out()``.
"""

import unicodedata
from collections.abc import Callable, Iterable

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
import pandas as pd
import scipy.sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

# The accents, vowel signs and points that Unicode writes after a letter, as in Arabic, Hebrew and Hindi.
_MARKS = "".join(chr(code) for code in range(0x300, 0xFE00) if unicodedata.category(chr(code)).startswith("M"))
# Letters, joined by apostrophes or not: "don't" is one word, numbers are none, and one letter alone is none either.
WORD_PATTERN = rf"(?u)\b[^\W\d_][{_MARKS}]*(?:['’]?[^\W\d_][{_MARKS}]*)+(?!\w)"

_WEIGHTINGS = {
    "count": (CountVectorizer, {}),
    "proportion": (TfidfVectorizer, {"use_idf": False, "norm": "l1"}),
    "tfidf": (TfidfVectorizer, {"sublinear_tf": True}),
}


def fit_vectoriser(
    texts: Iterable[str],
    *,
    weighting: str = "tfidf",
    max_features: int | None = 10_000,
    min_docfreq: int = 2,
    tokeniser: Callable[[str], list[str]] | None = None,
) -> CountVectorizer:
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
    sklearn.feature_extraction.text.CountVectorizer or TfidfVectorizer
        Fitted, with float32 output and the columns in order of frequency, then alphabet.

    Raises
    ------
    ValueError
        If the weighting is unknown, a limit is not positive, or no word is left.
    TypeError
        If `texts` is a single string or holds anything but strings.

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
    texts = _checked_texts(texts)
    if weighting not in _WEIGHTINGS:
        raise ValueError(f"weighting is {weighting!r}, but it must be one of {', '.join(_WEIGHTINGS)}.")
    for name, value in (("max_features", max_features), ("min_docfreq", min_docfreq)):
        if value is not None and value < 1:
            raise ValueError(f"{name} is {value}, but it must be 1 or more.")
    words = {"tokenizer": tokeniser, "token_pattern": None if tokeniser else WORD_PATTERN, "dtype": np.float32}
    counts, names = _count_words(texts, CountVectorizer(**words))
    columns = _most_frequent(counts, min_docfreq)[:max_features]
    if not len(columns):
        raise ValueError(
            f"No word occurs in {min_docfreq} or more of the {len(texts)} texts: lower min_docfreq, or check that "
            "the texts are not empty."
        )
    vectoriser_class, arguments = _WEIGHTINGS[weighting]
    vectoriser = vectoriser_class(vocabulary=[str(names[column]) for column in columns], **words, **arguments)
    vectoriser.fit(texts[:1])  # the vocabulary is fixed already; one text spares a second pass over all of them
    if weighting == "tfidf":
        vectoriser.idf_ = TfidfTransformer().fit(counts[:, columns]).idf_
    return vectoriser


def unseen_words(vectoriser: CountVectorizer, texts: pd.Series) -> pd.DataFrame:
    """Count the words of new texts that the vectoriser does not know.

    Parameters
    ----------
    vectoriser : sklearn.feature_extraction.text.CountVectorizer
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
        If there are too few groups for that many folds.

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
    kind, groups = (StratifiedKFold, None) if group is None else (StratifiedGroupKFold, corpus[group])
    larger, smaller = next(kind(folds, shuffle=True, random_state=seed).split(corpus, corpus[label], groups))
    return corpus.iloc[larger], corpus.iloc[smaller]


def _checked_texts(texts: Iterable[str]) -> list[str]:
    if isinstance(texts, str):
        raise TypeError("texts is one string, but it must be a list or column of them; put it in a list.")
    texts = list(texts)
    for position, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                f"Text number {position + 1} is {text!r}, not a string; drop missing texts with corpus.dropna first."
            )
    return texts


def _count_words(texts: list[str], counter: CountVectorizer) -> tuple[scipy.sparse.csr_matrix, np.ndarray]:
    """Count all words of all texts; the names of the columns are in alphabetical order."""
    try:
        counts = counter.fit_transform(texts)
    except ValueError:  # scikit-learn's answer to texts without a single word
        return scipy.sparse.csr_matrix((len(texts), 0), dtype=np.float32), np.array([])
    return counts, counter.get_feature_names_out()


def _most_frequent(counts: scipy.sparse.csr_matrix, min_docfreq: int) -> np.ndarray:
    """List the columns that occur in enough texts, the most frequent first and ties in the order they had."""
    frequency, docfreq = counts.sum(axis=0).A1, counts.getnnz(axis=0)
    by_frequency = np.argsort(-frequency, kind="stable")
    return by_frequency[docfreq[by_frequency] >= min_docfreq]
