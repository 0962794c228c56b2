import numpy as np
import pytest
import scipy.sparse

from qta_keras import features

# Occurrences: a 6, b 4, c 3, d 3, e 1, f 0; documents: a 3, b 4, c 3, d 1, e 1, f 0.
COUNTS = scipy.sparse.csr_matrix(
    [[4, 1, 1, 0, 0, 0], [1, 1, 0, 3, 0, 0], [1, 1, 1, 0, 1, 0], [0, 1, 1, 0, 0, 0]], dtype="float32"
)
NAMES = np.array(list("abcdef"))


def kept(counts=COUNTS, **arguments):
    return "".join(NAMES[features.trim(counts, **arguments)])


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, "abcde"),
        ({"min_termfreq": 0, "min_docfreq": 0}, "abcdef"),
        ({"min_termfreq": 4}, "ab"),
        ({"max_termfreq": 3}, "cde"),
        ({"min_termfreq": 3, "max_termfreq": 4}, "bcd"),
        ({"min_termfreq": 3 / 17, "termfreq_type": "prop"}, "abcd"),
        ({"max_termfreq": 0.2, "termfreq_type": "prop"}, "cde"),
        ({"min_termfreq": 2, "termfreq_type": "rank"}, "ab"),
        ({"min_termfreq": 3, "termfreq_type": "rank"}, "abcd"),  # c and d tie
        ({"max_termfreq": 3, "termfreq_type": "rank"}, "cde"),
        ({"max_termfreq": 4, "termfreq_type": "rank"}, "e"),  # and so nothing has rank 4
        ({"min_termfreq": 4, "max_termfreq": 2, "termfreq_type": "rank"}, "bcd"),
        ({"min_termfreq": 0.5, "termfreq_type": "quantile"}, "abcd"),
        ({"max_termfreq": 0.34, "termfreq_type": "quantile"}, "cde"),
        ({"min_docfreq": 3}, "abc"),
        ({"max_docfreq": 1}, "de"),
        ({"min_docfreq": 0.75, "docfreq_type": "prop"}, "abc"),
        ({"max_docfreq": 0.75, "docfreq_type": "prop"}, "acde"),
        ({"min_docfreq": 1, "docfreq_type": "rank"}, "b"),
        ({"min_docfreq": 2, "docfreq_type": "rank"}, "abc"),
        ({"max_docfreq": 0.5, "docfreq_type": "quantile"}, "de"),
        ({"sparsity": 0.25}, "abc"),
        ({"sparsity": 0.75}, "abcde"),
        ({"min_termfreq": 4, "max_docfreq": 3}, "a"),
        ({"min_termfreq": 7}, ""),
    ],
)
def test_limits_mean_what_they_mean_in_quanteda(arguments, expected):
    assert kept(**arguments) == expected


def test_the_most_frequent_feature_comes_first_and_ties_in_the_order_of_the_columns():
    assert features.trim(COUNTS[:, ::-1]).tolist() == [5, 4, 2, 3, 1]


def test_a_share_of_documents_is_met_exactly():
    counts = scipy.sparse.csr_matrix(np.arange(100)[:, None] < np.arange(1, 101)).astype("float32")
    for percent in range(1, 101):
        assert len(features.trim(counts, min_docfreq=percent / 100, docfreq_type="prop")) == 101 - percent
        assert len(features.trim(counts, sparsity=(100 - percent) / 100)) == 101 - percent


def test_stored_zeros_are_no_occurrences():
    counts = scipy.sparse.csr_matrix(([1, 0, 1, 1], ([0, 1, 0, 1], [0, 0, 1, 1])))
    assert counts.nnz == 4
    assert kept(counts, min_docfreq=2) == "b"


def test_large_counts_are_added_exactly():
    counts = scipy.sparse.csr_matrix([[2**24, 2**24], [0, 1]], dtype="float32")
    assert features.trim(counts, min_termfreq=2**24 + 1).tolist() == [1]


def test_other_sparse_formats_and_whole_number_types_do():
    assert kept(COUNTS.astype(int).tocsc(), min_docfreq=3) == "abc"
    assert kept(scipy.sparse.csr_array(COUNTS), min_docfreq=3) == "abc"


def test_a_matrix_without_documents_has_no_features_to_keep():
    assert features.trim(COUNTS[:0]).tolist() == []
    assert features.trim(COUNTS[:, :0], min_termfreq=0.5, termfreq_type="quantile").tolist() == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"min_docfreq": 0.4},
            "min_docfreq is 0.4, but with docfreq_type='count' it must be a whole number, 0 or more",
        ),
        ({"min_termfreq": -1}, "min_termfreq is -1, but with termfreq_type='count'"),
        ({"max_termfreq": "ten"}, "max_termfreq is 'ten'"),
        ({"min_termfreq": float("nan")}, "min_termfreq is nan"),
        ({"min_termfreq": 5, "termfreq_type": "prop"}, "min_termfreq is 5, but .* a share between 0 and 1"),
        ({"max_docfreq": 1.5, "docfreq_type": "quantile"}, "max_docfreq is 1.5"),
        ({"min_termfreq": 0, "termfreq_type": "rank"}, r"min_termfreq is 0, .* 1 \(the most frequent\) or more"),
        ({"termfreq_type": "tfidf"}, "termfreq_type is 'tfidf', but it must be one of count, prop, rank, quantile"),
        ({"docfreq_type": None}, "docfreq_type is None"),
        ({"min_termfreq": 5, "max_termfreq": 2}, "min_termfreq is 5 and max_termfreq 2, which no feature can meet"),
        ({"min_docfreq": 1, "max_docfreq": 2, "docfreq_type": "rank"}, "which no feature can meet"),
        ({"sparsity": 0.9, "min_docfreq": 2}, "sparsity is 0.9, and min_docfreq or max_docfreq is given too"),
        ({"sparsity": 90}, "sparsity is 90, but it must be a share"),
    ],
)
def test_impossible_limits_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        features.trim(COUNTS, **arguments)


@pytest.mark.parametrize(
    ("dfm", "error", "message"),
    [
        (COUNTS.toarray(), TypeError, "is a ndarray, but it must be sparse"),
        (COUNTS * 0.37, ValueError, "holds 1.48, which is not a count"),
        (scipy.sparse.csr_matrix([[np.inf]]), ValueError, "holds inf, which is not a count"),
        (-COUNTS, ValueError, "holds -4, which is not a count"),
    ],
)
def test_only_sparse_counts_are_trimmed(dfm, error, message):
    with pytest.raises(error, match=message):
        features.trim(dfm)
