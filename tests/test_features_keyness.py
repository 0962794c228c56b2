import numpy as np
import pytest
import scipy.sparse
from scipy.stats import chi2_contingency

from qta_keras import features

COUNTS = scipy.sparse.csr_matrix(
    [[9, 1, 0, 40, 2], [2, 8, 1, 35, 2], [30, 9, 0, 90, 3], [1, 9, 1, 25, 2], [0, 2, 0, 20, 1]], dtype="float32"
)
LABELS = ["left", "right", "left", "green", "green"]
NAMES = ["war", "peace", "ozone", "the", "of"]


def table(**changes):
    return features.keyness(**({"dfm": COUNTS, "labels": LABELS, "feature_names": NAMES} | changes))


def test_it_is_the_chi_squared_test_of_each_two_by_two_table():
    dense, labels = COUNTS.toarray(), np.array(LABELS)
    both_kinds = set()
    for row in table().to_dict("records"):
        column = dense[:, NAMES.index(row["feature"])]
        inside = labels == row["class"]
        a, b = column[inside].sum(), column[~inside].sum()
        c, d = dense[inside].sum() - a, dense[~inside].sum() - b
        observed = np.array([[a, b], [c, d]])
        plain = chi2_contingency(observed, correction=False)
        corrected = plain.expected_freq.min() < 5 and abs(a * d - b * c) >= observed.sum() / 2
        expected = chi2_contingency(observed, correction=corrected)
        both_kinds.add(corrected)
        assert abs(row["chi2"]) == pytest.approx(expected.statistic)
        assert row["p"] == pytest.approx(expected.pvalue)
        assert np.sign(row["chi2"]) == np.sign(a - plain.expected_freq[0, 0])
        assert (row["n_target"], row["n_reference"]) == (a, b)
    assert both_kinds == {True, False}


def test_classes_are_in_alphabetical_order_and_the_most_typical_feature_comes_first():
    result = table()
    assert list(result.columns) == ["class", "feature", "chi2", "p", "n_target", "n_reference"]
    assert list(result["class"]) == ["green"] * 5 + ["left"] * 5 + ["right"] * 5
    assert (result.groupby("class")["chi2"].diff().dropna() <= 0).all()
    assert result.groupby("class")["feature"].first().to_dict() == {"green": "peace", "left": "war", "right": "peace"}


def test_ties_are_in_alphabetical_order():
    result = features.keyness(
        scipy.sparse.csr_matrix([[1, 1, 1, 9], [2, 2, 2, 1]]), labels=["a", "b"], feature_names=["z", "y", "x", "w"]
    )
    assert list(result["feature"]) == ["w", "x", "y", "z", "x", "y", "z", "w"]


def test_the_order_of_documents_and_features_does_not_matter():
    shuffled = table(dfm=COUNTS[::-1, ::-1], labels=LABELS[::-1], feature_names=NAMES[::-1])
    assert shuffled.equals(table())


def test_what_occurs_nowhere_and_a_class_without_words_have_no_keyness():
    counts = scipy.sparse.csr_matrix([[3, 0, 1], [1, 0, 2], [0, 0, 0]])
    result = features.keyness(counts, labels=["a", "b", "empty"], feature_names=["x", "nowhere", "y"])
    none = result[(result["feature"] == "nowhere") | (result["class"] == "empty")]
    assert len(none) == 5
    assert (none["chi2"] == 0).all()
    assert (none["p"] == 1).all()


def test_large_counts_do_not_lose_a_word():
    counts = scipy.sparse.csr_matrix([[2**24, 1], [1, 0], [5, 5]], dtype="float32")
    result = features.keyness(counts, labels=["a", "a", "b"], feature_names=["the", "war"])
    assert result["n_target"].max() == 2**24 + 1


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"labels": ["left", "right"]}, ValueError, "There are 2 labels for 5 documents"),
        ({"labels": ["left"] * 5}, ValueError, r"know 1 class \(left\), so there is nothing to tell apart"),
        ({"labels": ["a", None, "b", np.nan, "a"]}, ValueError, "2 of the 5 labels are missing"),
        (
            {"feature_names": ["war", "peace"]},
            ValueError,
            "The matrix has 5 features, but the names given for them number 2",
        ),
        ({"feature_names": ["war"] * 5}, ValueError, "The feature 'war' is there more than once"),
        ({"feature_names": "abcde"}, TypeError, "The names of the features are a single string"),
        ({"feature_names": None}, TypeError, "The names of the features are a NoneType"),
        ({"labels": "abcab"}, TypeError, "The labels are a single string"),
        ({"dfm": COUNTS * 0}, ValueError, "holds no occurrence of any feature"),
        ({"dfm": COUNTS * 0.3}, ValueError, "holds 2.7, which is not a count"),
        ({"dfm": COUNTS.toarray()}, TypeError, "it must be sparse"),
    ],
)
def test_wrong_input_gets_one_clear_sentence(changes, error, message):
    with pytest.raises(error, match=message):
        table(**changes)
