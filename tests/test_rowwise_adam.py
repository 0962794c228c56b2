"""Adam by rows: the same as Adam where every row is touched, as a plain loop where few are, and after a break."""

import keras
import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf

from qta_keras import models

RATE, DECAY_1, DECAY_2, EPSILON = 0.01, 0.9, 0.999, 1e-7


def steps(optimiser, gradients, start):
    variable = keras.Variable(start)
    for gradient in gradients:
        optimiser.apply([gradient], [variable])
    return variable.numpy()


def by_hand(gradients, start):
    """Kingma and Ba's algorithm, row by row, in double precision: a row moves when a gradient names it."""
    weights = start.astype(float)
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step, (values, indices) in enumerate(gradients, start=1):
        for row in set(indices.tolist()):
            gradient = values[indices == row].sum(axis=0)
            first[row] = DECAY_1 * first[row] + (1 - DECAY_1) * gradient
            second[row] = DECAY_2 * second[row] + (1 - DECAY_2) * gradient**2
            corrected = first[row] / (1 - DECAY_1**step), second[row] / (1 - DECAY_2**step)
            weights[row] -= RATE * corrected[0] / (np.sqrt(corrected[1]) + EPSILON)
    return weights


@pytest.fixture
def start():
    return np.random.default_rng(1).normal(size=(8, 3)).astype("float32")


@pytest.fixture
def few_rows():
    """Thirty gradients of four rows each, some of which are named twice."""
    random = np.random.default_rng(2)
    return [(random.normal(size=(4, 3)).astype("float32"), random.integers(6, size=4)) for _ in range(30)]


def as_slices(gradients):
    return [tf.IndexedSlices(tf.constant(values), tf.constant(rows), (8, 3)) for values, rows in gradients]


def test_on_whole_gradients_it_is_adam(start):
    random = np.random.default_rng(3)
    gradients = [tf.constant(random.normal(size=(8, 3)).astype("float32")) for _ in range(20)]
    ours, keras_adam = models.RowwiseAdam(RATE), keras.optimizers.Adam(RATE)
    assert np.allclose(steps(ours, gradients, start), steps(keras_adam, gradients, start), rtol=1e-6, atol=1e-7)


def test_slices_of_all_rows_are_a_whole_gradient(start):
    random = np.random.default_rng(4)
    values = [random.normal(size=(8, 3)).astype("float32") for _ in range(20)]
    slices = as_slices([(rows, np.arange(8)) for rows in values])
    whole = [tf.constant(rows) for rows in values]
    assert np.allclose(
        steps(models.RowwiseAdam(RATE), slices, start), steps(keras.optimizers.Adam(RATE), whole, start), atol=1e-6
    )


def test_rows_that_are_named_twice_and_rows_that_are_not_named(start, few_rows):
    moved = steps(models.RowwiseAdam(RATE), as_slices(few_rows), start)
    assert np.abs(moved[:6] - start[:6]).min() > 1e-3
    assert (moved[6:] == start[6:]).all()
    assert np.allclose(moved, by_hand(few_rows, start), atol=2e-6)  # float32; ten seeds: 7e-7 at most


def test_it_goes_on_where_it_was_saved(tmp_path):
    random = np.random.default_rng(5)
    dfm = scipy.sparse.random(64, 30, density=0.1, format="csr", dtype="float32", random_state=5)
    labels = random.integers(3, size=64)

    def network():
        model = models.mlp(30, 3, dropout=0.0, seed=1)
        model.compile(models.RowwiseAdam(RATE), "sparse_categorical_crossentropy", jit_compile=False)
        return model

    def train(model, epochs):
        model.fit(dfm, labels, batch_size=16, epochs=epochs, shuffle=False, verbose=0)
        return model

    through = train(network(), 4)
    train(network(), 2).save(tmp_path / "half.keras")
    resumed = keras.models.load_model(tmp_path / "half.keras")
    assert resumed.optimizer.iterations.numpy() == 8
    train(resumed, 2)
    for one, other in zip(through.get_weights(), resumed.get_weights(), strict=True):
        assert np.allclose(one, other, atol=1e-6)


def test_words_that_do_not_occur_keep_their_weights():
    model = models.mlp(30, 2, dropout=0.0, seed=1)
    model.compile(models.RowwiseAdam(RATE), "sparse_categorical_crossentropy", jit_compile=False)
    dfm = scipy.sparse.csr_matrix(np.eye(4, 30, dtype="float32"))
    before = model.get_weights()[0]
    model.fit(dfm, np.array([0, 1, 0, 1]), epochs=3, verbose=0)
    after = model.get_weights()[0]
    assert (after[4:] == before[4:]).all()
    assert (after[:4] != before[:4]).any(axis=1).all()
