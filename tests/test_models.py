import keras
import numpy as np
import pytest
import scipy.sparse

from qta_keras import models


@pytest.fixture(scope="module")
def toy():
    """Two hundred documents whose class is the one of three words that occurs most."""
    random = np.random.default_rng(0)
    labels = random.integers(3, size=200)
    dense = random.random((200, 12)).astype("float32") * (random.random((200, 12)) < 0.4)
    dense[np.arange(200), labels] += 2
    return scipy.sparse.csr_matrix(dense.astype("float32")), labels


@pytest.fixture(scope="module")
def learnt(toy):
    """A network that has seen the first 150 of the documents."""
    dfm, labels = toy
    keras.utils.set_random_seed(1)
    model = models.mlp(12, 3, hidden=(16,), dropout=0.0, learning_rate=0.02)
    model.fit(dfm[:150], labels[:150], epochs=15, verbose=0, callbacks=[models.ProgressBar()])
    return model


def test_parameters_are_counted_by_the_formula():
    model = models.mlp(100, 4, hidden=(7, 5))
    assert model.count_params() == (100 * 7 + 7) + (7 * 5 + 5) + (5 * 4 + 4)
    assert models.mlp(100, 4, hidden=()).count_params() == 100 * 4 + 4


def test_it_computes_what_the_formula_says(toy):
    dfm, _ = toy
    keras.utils.set_random_seed(1)
    model = models.mlp(12, 3, hidden=(7,))
    kernel_1, bias_1, kernel_2, bias_2 = model.get_weights()
    scores = np.maximum(0, dfm.toarray() @ kernel_1 + bias_1) @ kernel_2 + bias_2
    softmax = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    assert np.allclose(model.predict(dfm, verbose=0), softmax, atol=1e-6)


def test_it_learns_and_the_sparse_matrix_gives_what_the_dense_one_gives(learnt, toy):
    dfm, labels = toy
    probabilities = models.predict(learnt, dfm[150:], documents=[f"d{i}" for i in range(50)], classes=list("abc"))
    assert (probabilities.idxmax(axis=1).map("abc".index).to_numpy() == labels[150:]).mean() > 0.9
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert ((probabilities >= 0) & (probabilities <= 1)).all(axis=None)
    dense = keras.Sequential([keras.Input((12,)), *learnt.layers])
    assert np.allclose(dense.predict(dfm[150:].toarray(), verbose=0), probabilities, atol=1e-6)


def test_class_names_keep_the_order_of_the_numbers(learnt, toy):
    dfm, labels = toy
    names = ["zebra", "apple", "mango"]
    predicted = models.predict(learnt, dfm, documents=range(200), classes=names).idxmax(axis=1)
    assert (predicted.to_numpy() == np.array(names)[labels]).mean() > 0.9


def test_one_seed_one_result(toy):
    dfm, labels = toy

    def train(seed):
        keras.utils.set_random_seed(seed)
        model = models.mlp(12, 3)
        return model.fit(dfm, labels, epochs=2, verbose=0).history["loss"]

    assert train(1) == pytest.approx(train(1), abs=1e-6)
    assert train(1) != pytest.approx(train(2), abs=1e-6)


def test_xla_stays_off_since_it_cannot_compile_sparse_input():
    assert models.mlp(5, 2).jit_compile is False


def test_numbers_from_numpy_will_do():
    assert models.mlp(np.int64(5), np.int64(2), hidden=(np.int64(3),)).output_shape == (None, 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_features": 0, "n_classes": 2}, "n_features is 0"),
        ({"n_features": 5, "n_classes": 1}, "n_classes is 1, but it must be a whole number, 2 or more"),
        ({"n_features": 5, "n_classes": 2, "hidden": (8, 0)}, r"hidden is \(8, 0\)"),
        ({"n_features": 5, "n_classes": 2, "dropout": 1.0}, "dropout is 1.0"),
        ({"n_features": 5, "n_classes": 2, "learning_rate": -1}, "learning_rate is -1"),
        ({"n_features": 5, "n_classes": 2, "learning_rate": None}, "learning_rate is None, but it must be positive"),
        ({"n_features": 5, "n_classes": 2, "learning_rate": float("nan")}, "learning_rate is nan"),
        ({"n_features": 5, "n_classes": 2, "hidden": (64)}, r"hidden is 64, but .* such as \(64,\)"),
        ({"n_features": 5, "n_classes": 2, "hidden": "64"}, "hidden is '64'"),
        ({"n_features": 5, "n_classes": 2, "hidden": (64.5,)}, "hidden is"),
        ({"n_features": 5, "n_classes": 2.5}, r"n_classes is 2\.5, but it must be a whole number"),
        ({"n_features": "5", "n_classes": 2}, "n_features is '5'"),
        ({"n_features": 5, "n_classes": 2, "dropout": "half"}, "dropout is 'half'"),
        ({"n_features": 5, "n_classes": 2, "l2": None}, "l2 is None"),
        ({"n_features": 5, "n_classes": 2, "seed": 1.5}, r"seed is 1\.5"),
    ],
)
def test_senseless_numbers_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        models.mlp(**arguments)


@pytest.mark.parametrize(
    ("build", "loss", "output"),
    [
        (models.linear_regression, "mean_squared_error", lambda z: z),
        (models.logistic_regression, "binary_crossentropy", lambda z: 1 / (1 + np.exp(-z))),
    ],
)
def test_a_regression_is_one_unit_that_starts_at_zero(build, loss, output):
    model = build(2, learning_rate=1)
    beta, alpha = model.get_weights()
    assert (beta.tolist(), alpha.tolist()) == ([[0], [0]], [0])
    assert (model.loss, model.jit_compile, float(model.optimizer.learning_rate)) == (loss, False, 1.0)
    model.set_weights([np.array([[2.0], [-1.0]]), np.array([0.5])])
    x = np.array([[1.0, 3.0], [-2.0, 0.5]], dtype="float32")
    assert np.allclose(model.predict(x, verbose=0)[:, 0], output(0.5 + 2 * x[:, 0] - x[:, 1]), atol=1e-6)


@pytest.mark.parametrize(
    ("build", "gradient"),
    [(models.linear_regression, lambda z, y: 2 * (z - y)), (models.logistic_regression, lambda z, y: 0.5 - y)],
)
def test_one_epoch_is_one_step_of_gradient_descent(build, gradient):
    x, y = np.array([-1.0, 0.0, 2.0, 3.0], dtype="float32"), np.array([0.0, 0.0, 1.0, 1.0], dtype="float32")
    model = build(learning_rate=0.3)
    model.fit(x[:, np.newaxis], y[:, np.newaxis], batch_size=len(x), epochs=1, verbose=0)
    slopes = gradient(np.zeros(4), y)
    beta, alpha = model.get_weights()
    assert alpha[0] == pytest.approx(-0.3 * slopes.mean(), abs=1e-6)
    assert beta[0, 0] == pytest.approx(-0.3 * (slopes * x).mean(), abs=1e-6)


@pytest.mark.parametrize("build", [models.linear_regression, models.logistic_regression])
def test_senseless_regressions_are_refused(build):
    with pytest.raises(ValueError, match="n_features is 0, but it must be a whole number, 1 or more"):
        build(0)
    with pytest.raises(ValueError, match="learning_rate is 0, but it must be positive"):
        build(learning_rate=0)


@pytest.mark.parametrize(
    ("documents", "classes", "message"),
    [
        (["x"], list("abc"), "1 document names for 2 rows"),
        (["x", "y"], list("ab"), "2 class names, but the model tells 3"),
    ],
)
def test_names_must_fit(toy, documents, classes, message):
    with pytest.raises(ValueError, match=message):
        models.predict(models.mlp(12, 3), toy[0][:2], documents=documents, classes=classes)


def test_documents_without_a_known_word_are_predicted_wherever_they_stand():
    """With Keras 3.13 this failed where the last document was one."""
    network = models.mlp(3, 2)
    names = {"documents": ["first", "middle", "last"], "classes": ["war", "peace"]}
    empty = models.predict(network, scipy.sparse.csr_matrix((3, 3), dtype="float32"), **names)
    assert np.allclose(empty, 0.5)
    for row in range(3):
        rows = np.zeros((3, 3), dtype="float32")
        rows[row] = [1, 0, 2]
        known = models.predict(network, scipy.sparse.csr_matrix(rows), **names)
        assert np.allclose(known.drop(index=names["documents"][row]), 0.5)
        assert not np.allclose(known.iloc[row], 0.5)


def test_the_l2_penalty_is_added_to_the_loss_for_every_kernel_and_no_bias():
    model = models.mlp(4, 2, hidden=(3,), l2=0.1)
    model.set_weights([np.full(weights.shape, 2.0) for weights in model.get_weights()])
    assert sum(float(penalty) for penalty in model.losses) == pytest.approx(0.1 * 4 * (4 * 3 + 3 * 2))
    assert models.mlp(4, 2).losses == []
    with pytest.raises(ValueError, match="l2 is -1, but it must be 0 or more"):
        models.mlp(4, 2, l2=-1)


def test_the_reuters_setting_is_the_one_of_the_course():
    model = models.reuters_mlp()
    assert [layer.name for layer in model.layers] == ["hidden_1", "dropout_1", "probabilities"]
    assert model.layers[0].units == 512
    assert model.layers[1].rate == 0.5
    assert model.output_shape == (None, 46)
    assert float(model.optimizer.learning_rate.numpy()) == pytest.approx(0.01)


@pytest.mark.parametrize("rate", [1, np.float32(0.01), np.int64(1), np.logspace(-3, -1, 3, dtype="float32")[0]])
@pytest.mark.parametrize(
    "build",
    [
        lambda rate: models.mlp(5, 2, learning_rate=rate).optimizer,
        lambda rate: models.linear_regression(learning_rate=rate).optimizer,
        lambda rate: models.logistic_regression(learning_rate=rate).optimizer,
        models.RowwiseAdam,
    ],
)
def test_a_learning_rate_may_be_any_number(build, rate):
    assert float(build(rate).learning_rate.numpy()) == pytest.approx(float(rate))


def test_a_seed_may_be_numpys():
    one, other = (models.mlp(5, 2, seed=seed).get_weights()[0] for seed in (np.int64(3), 3))
    assert np.array_equal(one, other)


def test_a_matrix_is_prepared_for_keras_and_left_as_it_is():
    dfm = scipy.sparse.csc_matrix([[1, 0, 2], [0, 0, 0], [0, 3, 0], [0, 0, 0]])
    ready = models.for_keras(dfm)
    assert ready.toarray().tolist() == dfm.toarray().tolist()
    assert (ready.format, ready.dtype, ready.nnz) == ("csr", np.float32, 3)
    assert (dfm.format, dfm.dtype) == ("csc", np.int64)


@pytest.mark.parametrize("form", [scipy.sparse.coo_matrix, scipy.sparse.csc_matrix, scipy.sparse.csr_array])
def test_any_sparse_matrix_is_predicted(toy, form):
    network = models.mlp(12, 3)
    names = {"documents": range(200), "classes": list("abc")}
    assert models.predict(network, form(toy[0]), **names).equals(models.predict(network, toy[0], **names))


def test_entries_stored_twice_count_as_their_sum():
    twice = scipy.sparse.csr_matrix(([1.0, 2.0, 1.0], [1, 1, 0], [0, 3]), shape=(1, 3))
    once = scipy.sparse.csr_matrix([[1.0, 3.0, 0.0]])
    network, names = models.mlp(3, 2), {"documents": ["x"], "classes": ["a", "b"]}
    assert models.predict(network, twice, **names).equals(models.predict(network, once, **names))
    assert twice.nnz == 3


@pytest.mark.parametrize(
    ("dfm", "message"),
    [
        (scipy.sparse.eye(2, 3, format="csr"), "has 3 features, but 5 are wanted: make it with the vectoriser"),
        (scipy.sparse.csr_matrix((0, 5)), "has 0 documents and 5 features"),
        (np.eye(2, 5), "is a ndarray, but it must be sparse"),
        (scipy.sparse.csr_matrix([[np.nan, 0, 0, 0, 1]] * 2), "missing or infinite numbers"),
        (scipy.sparse.csr_matrix([[1j, 0, 0, 0, 1]] * 2), "must hold real numbers"),
    ],
)
def test_a_matrix_that_cannot_be_predicted_gets_one_sentence(dfm, message):
    names = {"documents": range(dfm.shape[0]), "classes": ["a", "b"]}
    with pytest.raises((ValueError, TypeError), match=message) as refusal:
        models.predict(models.mlp(5, 2), dfm, **names)
    assert "\n" not in str(refusal.value)


def test_only_a_network_predicts_with_names():
    with pytest.raises(TypeError, match="model is a MLPTextClassifier, but it must be a network"):
        models.predict(models.MLPTextClassifier(), scipy.sparse.eye(2), documents=["x", "y"], classes=["a", "b"])


@pytest.mark.parametrize("prepare", [models.for_keras, lambda dfm: dfm], ids=["prepared", "as it is"])
def test_a_last_document_without_a_known_word_trains_validates_and_evaluates(toy, prepare):
    """With Keras 3.13, which Colab has, this failed."""
    dfm = prepare(scipy.sparse.vstack([toy[0], scipy.sparse.csr_matrix((1, 12))], format="csr"))
    labels = np.append(toy[1], 0)
    network = models.mlp(12, 3)
    network.fit(dfm, labels, validation_data=(dfm, labels), epochs=1, verbose=0)
    assert np.isfinite(network.evaluate(dfm, labels, verbose=0)).all()
