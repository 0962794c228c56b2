import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from qta_keras import features, models


@pytest.fixture(scope="module")
def corpus():
    """Texts of two topics; those of one topic share few words, but each shares some with others of its topic."""
    chance = np.random.default_rng(1)
    topics = {topic: [f"{topic}{one}{other}" for one in "abcdefgh" for other in "abcdefgh"] for topic in ("war", "tax")}
    labels = np.array(["war", "tax"])[chance.integers(2, size=400)]
    texts = [" ".join(chance.choice(topics[label], 8)) for label in labels]
    return pd.DataFrame({"text": texts, "label": labels}, index=[f"d{number}" for number in range(400)])


@pytest.fixture(scope="module")
def analysis(corpus):
    return features.fit_document_vectors(corpus["text"], n_dimensions=4)


def test_vectors_are_the_singular_vectors_of_the_tfidf_matrix(corpus, analysis):
    dfm = features.fit_vectoriser(corpus["text"], max_features=None).transform(corpus["text"]).toarray()
    left, values, _ = np.linalg.svd(dfm, full_matrices=False)
    expected = normalize(left[:, :2] * values[:2])
    found = features.fit_document_vectors(corpus["text"], n_dimensions=2).transform(corpus["text"])
    assert found.dtype == np.float32
    assert np.abs(np.abs(found) - np.abs(expected)).max() < 0.02  # which way they point is arbitrary
    vectors = analysis.transform(corpus["text"])
    assert vectors.shape == (400, 4)
    assert np.allclose((vectors**2).sum(axis=1), 1, atol=1e-5)


def test_one_seed_one_result_and_new_texts_have_vectors(corpus, analysis):
    again = features.fit_document_vectors(list(corpus["text"]), n_dimensions=4)
    assert np.array_equal(again.transform(corpus["text"]), analysis.transform(corpus["text"]))
    new = analysis.transform(["waraa warbb and warcc", "", "peace"])
    assert np.allclose((new**2).sum(axis=1), [1, 0, 0], atol=1e-5)


NETWORK = models.MLPTextClassifier(networks=1, epochs=8, learning_rate=0.05, word_dropout=0, random_state=1)


@pytest.mark.parametrize("classifier", [LogisticRegression(), NETWORK], ids=["regression", "network"])
def test_with_few_labels_the_unlabelled_texts_help(corpus, analysis, classifier):
    train = corpus.groupby("label").head(2)
    test = corpus.drop(index=train.index)
    vectors = pd.DataFrame(analysis.transform(corpus["text"]), index=corpus.index)
    vectoriser = features.fit_vectoriser(train["text"], min_docfreq=1)

    def accuracy(weight):
        one, other = (
            features.join_vectors(vectoriser.transform(some["text"]), vectors, documents=some.index, weight=weight)
            for some in (train, test)
        )
        return clone(classifier).fit(one, train["label"]).score(other, test["label"])

    without, joined = accuracy(0), accuracy(1)
    assert joined > without + 0.05
    assert joined > 0.95


def test_vectors_are_joined_by_name_and_weighted(corpus):
    chance = np.random.default_rng(2)
    own = pd.DataFrame(chance.normal(size=(400, 3)), index=corpus.index)
    some = corpus.sample(50, random_state=1)
    dfm = features.fit_vectoriser(corpus["text"]).transform(some["text"])
    joined = features.join_vectors(dfm, own, documents=some.index, weight=2)
    assert isinstance(joined, scipy.sparse.csr_matrix)
    assert joined.dtype == np.float32
    assert (joined[:, :-3] != dfm).nnz == 0
    assert np.allclose(joined[:, -3:].toarray(), 2 * own.loc[some.index], atol=1e-6)
    without = features.join_vectors(dfm, own, documents=some.index, weight=0)
    assert without.shape == joined.shape
    assert without.nnz == dfm.nnz


def test_what_does_not_fit_is_refused(corpus):
    dfm = scipy.sparse.csr_matrix(np.eye(2, dtype="float32"))
    vectors = pd.DataFrame([[1.0], [2.0], [np.nan]], index=["a", "b", "c"])

    def join(vectors=vectors, documents=("a", "b"), weight=1.0, dfm=dfm):
        return features.join_vectors(dfm, vectors, documents=documents, weight=weight)

    assert join().shape == (2, 3)
    with pytest.raises(TypeError, match=r"The vectors are a ndarray, but must be a table indexed by document"):
        join(vectors=vectors.to_numpy())
    with pytest.raises(TypeError, match="it must be sparse"):
        join(dfm=dfm.toarray())
    with pytest.raises(ValueError, match="There are 1 document names for 2 rows"):
        join(documents=["a"])
    with pytest.raises(ValueError, match="1 of 2 documents have no vector, such as 'x'"):
        join(documents=["a", "x"])
    with pytest.raises(ValueError, match="more than one row for the document 'a'"):
        join(vectors=vectors.set_axis(["a", "a", "b"]))
    with pytest.raises(ValueError, match="missing or infinite"):
        join(documents=["a", "c"])
    for weight in (-1, float("nan")):
        with pytest.raises(ValueError, match=r"weight is .*, but it must be 0 or more"):
            join(weight=weight)
    with pytest.raises(ValueError, match=r"n_dimensions is 500, but there are 400 texts and 1\d\d words"):
        features.fit_document_vectors(corpus["text"], n_dimensions=500)
    with pytest.raises(ValueError, match="n_dimensions is 0"):
        features.fit_document_vectors(corpus["text"], n_dimensions=0)
    with pytest.raises(TypeError, match="The texts are a single string"):
        features.fit_document_vectors("war and peace")
