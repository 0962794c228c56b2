"""The weighting that knows classes: a loop over words says the same, and test labels change nothing."""

import numpy as np
import pytest
import scipy.sparse
from sklearn.base import clone

from qta_keras import features, models


@pytest.fixture
def counted():
    random = np.random.default_rng(1)
    counts = scipy.sparse.csr_matrix(random.poisson(0.4, size=(60, 25)).astype("float32"))
    return counts, random.choice(["left", "right", "centre"], size=60, p=[0.6, 0.3, 0.1])


def word_weight(column, labels):
    """The root of one minus the entropy of the classes' shares, in plain words."""
    has = column > 0
    shares = np.array([has[labels == name].mean() for name in sorted(set(labels))])
    shares = shares[shares > 0] / shares.sum()
    entropy = -(shares * np.log(shares)).sum() / np.log(len(set(labels)))
    return np.sqrt(1 - entropy)


def test_each_word_weighs_what_a_plain_loop_says(counted):
    counts, labels = counted
    weighting = features.ClassEntropyTransformer().fit(counts, labels)
    expected = [word_weight(column, labels) for column in counts.toarray().T]
    assert np.allclose(weighting.idf_, expected, atol=1e-6)
    dense = counts.toarray()
    rows = np.where(dense > 0, 1 + np.log(np.maximum(dense, 1)), 0) * expected
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    assert np.allclose(weighting.transform(counts).toarray(), rows, atol=1e-6)


def test_a_word_of_one_class_keeps_its_weight_and_one_of_all_alike_has_none():
    counts = scipy.sparse.csr_matrix([[1, 1, 0], [1, 0, 1], [1, 1, 0], [1, 0, 1]], dtype="float32")
    weighting = features.ClassEntropyTransformer().fit(counts, ["a", "b", "a", "b"])
    assert weighting.idf_ == pytest.approx([0, 1, 1], abs=1e-7)


def test_larger_classes_do_not_outvote_smaller_ones():
    """A word in half of the documents of each class says nothing, however unequal the classes are."""
    labels = np.array(["large"] * 80 + ["small"] * 20)
    every_second = np.arange(100) % 2
    counts = scipy.sparse.csr_matrix(np.stack([every_second, 1 - every_second], axis=1))
    assert features.ClassEntropyTransformer().fit(counts, labels).idf_ == pytest.approx([0, 0], abs=1e-7)


def test_the_vectoriser_weighs_alike_and_can_be_taken_apart(paragraphs, tmp_path):
    part = paragraphs.sample(300, random_state=1)
    vectoriser = features.fit_vectoriser(part["text"], weighting="class_entropy", labels=part["period"])
    counts, words = features.count_words(part["text"])
    kept = features.trim(counts, min_docfreq=2)
    assert list(vectoriser.get_feature_names_out()) == list(words[kept])
    weighting = features.fit_weighting(counts[:, kept], "class_entropy", labels=part["period"])
    assert isinstance(weighting, features.ClassEntropyTransformer)
    dfm = vectoriser.transform(part["text"])
    assert abs(dfm - weighting.transform(counts[:, kept])).max() < 1e-6
    network = models.mlp(dfm.shape[1], 2)
    network.fit(dfm, np.arange(300) % 2, verbose=0)
    models.save_classifier(tmp_path / "c", network, vectoriser, ["a", "b"])
    assert abs(models.load_classifier(tmp_path / "c")[1].transform(part["text"]) - dfm).max() < 1e-7


def test_it_is_a_transformer_of_scikit_learn(counted):
    counts, labels = counted
    weighting = clone(features.ClassEntropyTransformer())
    assert abs(weighting.fit_transform(counts, labels) - weighting.fit(counts, labels).transform(counts)).max() == 0


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"] * 60, "1 class"),
        (["a", "b"], "2 labels for 60 documents"),
        ([None] + ["a", "b"] * 29 + ["a"], "1 of the 60 labels are missing"),
    ],
)
def test_labels_that_do_not_fit_are_refused(counted, labels, message):
    with pytest.raises(ValueError, match=message):
        features.ClassEntropyTransformer().fit(counted[0], labels)


def test_labels_are_asked_for_where_they_are_used_and_nowhere_else(counted):
    counts, labels = counted
    with pytest.raises(ValueError, match="learns from labels, and there are none: give labels"):
        features.fit_weighting(counts, "class_entropy")
    with pytest.raises(ValueError, match="'tfidf' does not use labels"):
        features.fit_weighting(counts, "tfidf", labels=labels)
    with pytest.raises(ValueError, match="holds -1, which is not a count"):
        features.ClassEntropyTransformer().fit(-counts.astype(bool).astype(float), labels)
