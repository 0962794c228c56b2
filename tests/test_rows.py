"""Batches of rows: every document once an epoch, in another order each time, and words left out at random."""

import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf

from qta_keras.models.rows import Rows, padded_rows


@pytest.fixture
def dfm():
    random = np.random.default_rng(1)
    return scipy.sparse.random(50, 40, density=0.5, format="csr", dtype="float32", random_state=random)


def batches(dfm, **settings):
    numbers = np.arange(dfm.shape[0])
    return Rows(dfm, numbers, np.ones(len(numbers), dtype="float32"), batch_size=16, **settings)


def read(rows):
    taken = [rows[number] for number in range(len(rows))]
    dense = np.concatenate([tf.sparse.to_dense(features).numpy() for features, _, _ in taken])
    return dense, np.concatenate([numbers for _, numbers, _ in taken])


def test_every_document_comes_once_with_its_own_target(dfm):
    rows = batches(dfm, seed=1)
    assert len(rows) == 4
    for _ in range(2):
        dense, numbers = read(rows)
        assert sorted(numbers) == list(range(50))
        assert (dense == dfm.toarray()[numbers]).all()
        rows.on_epoch_end()


def test_the_order_changes_with_the_epoch_and_not_without_a_seed(dfm):
    rows = batches(dfm, seed=1)
    first = read(rows)[1]
    rows.on_epoch_end()
    assert (first != read(rows)[1]).any()
    assert (read(batches(dfm))[1] == np.arange(50)).all()


def test_a_share_of_the_words_is_left_out_and_the_others_make_up_for_them(dfm):
    rows = batches(dfm, seed=1, left_out=0.3)
    dense, numbers = read(rows)
    whole = dfm.toarray()[numbers]
    left_out = (dense == 0) & (whole > 0)
    assert 0.25 < left_out.sum() / dfm.nnz < 0.35  # 1,000 entries: two standard errors are 0.03
    assert np.allclose(dense[dense > 0], whole[dense > 0] / 0.7)
    again, same = read(rows)
    assert (dense[np.argsort(numbers)] != again[np.argsort(same)]).any()
    assert dfm.nnz == 1_000  # the matrix itself is left alone


def test_padded_rows_hold_the_same_numbers(dfm):
    columns, weights = padded_rows(dfm, 45)
    dense = np.zeros(dfm.shape, dtype="float32")
    np.add.at(dense, (np.repeat(np.arange(50), 45), columns.ravel()), weights.ravel())
    assert (dense == dfm.toarray()).all()
