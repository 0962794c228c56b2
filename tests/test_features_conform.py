import numpy as np
import pytest
import scipy.sparse

from qta_keras import features

DFM = scipy.sparse.csr_matrix([[1, 2, 3, 0], [0, 0, 5, 4]], dtype="float32")
NAMES = ["a", "b", "c", "d"]


def test_columns_are_reordered_the_missing_are_zero_and_the_unseen_dropped():
    conformed, unseen = features.conform(DFM, features_from=NAMES, features_to=["d", "x", "a", "c", "y"])
    assert conformed.toarray().tolist() == [[0, 0, 1, 3, 0], [4, 0, 0, 5, 0]]
    assert unseen == ["b"]
    assert isinstance(conformed, scipy.sparse.csr_matrix)
    assert conformed.dtype == np.float32


def test_the_same_columns_change_nothing():
    conformed, unseen = features.conform(DFM, features_from=NAMES, features_to=NAMES)
    assert (conformed != DFM).nnz == 0
    assert unseen == []


def test_it_agrees_with_the_vectoriser_of_the_training_texts():
    new = ["peace now peace", "war, war and love"]
    vectoriser = features.fit_vectoriser(["war and peace", "peace and war"], weighting="count")
    counts, words = features.count_words(new)
    conformed, unseen = features.conform(counts, features_from=words, features_to=vectoriser.get_feature_names_out())
    assert (conformed != vectoriser.transform(new)).nnz == 0
    assert unseen == ["love", "now"]


def test_nothing_in_common_leaves_zeros_and_names_all():
    conformed, unseen = features.conform(DFM, features_from=NAMES, features_to=["x"])
    assert conformed.shape == (2, 1)
    assert conformed.nnz == 0
    assert unseen == NAMES


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"features_from": NAMES[:3]}, ValueError, "The matrix has 4 features, but the names given for them number 3"),
        ({"features_from": list("abca")}, ValueError, "The feature 'a' is there more than once"),
        ({"features_to": list("xyx")}, ValueError, "The feature 'x' is there more than once"),
        ({"features_to": "war"}, TypeError, "The names of the features are a single string"),
        ({"dfm": DFM.toarray()}, TypeError, "it must be sparse"),
    ],
)
def test_wrong_input_gets_one_clear_sentence(arguments, error, message):
    with pytest.raises(error, match=message):
        features.conform(**({"dfm": DFM, "features_from": NAMES, "features_to": ["a"]} | arguments))
