"""Keras model builders: functions that return a compiled ``keras.Model``, and what goes with training one."""

from collections.abc import Sequence

from qta_keras.runtime import progress, tensorflow_first

tensorflow_first()

import keras
import pandas as pd
import scipy.sparse


def mlp(
    n_features: int,
    n_classes: int,
    *,
    hidden: Sequence[int] = (64,),
    dropout: float = 0.5,
    learning_rate: float = 1e-3,
) -> keras.Model:
    """Multilayer perceptron for documents given as rows of a document-feature matrix.

    Each hidden layer is dense with ReLU activation, followed by dropout; the output layer gives a probability per
    class by softmax. The model takes a sparse matrix as it is, so a large vocabulary costs no memory for its zeros.
    It is compiled with Adam, cross-entropy for labels 0, 1, 2 ..., and accuracy.

    Parameters
    ----------
    n_features : int
        Number of columns of the document-feature matrix.
    n_classes : int
        Number of classes, at least 2.
    hidden : sequence of int, default (64,)
        Units of each hidden layer; () gives multinomial logistic regression.
    dropout : float, default 0.5
        Share of hidden units set to zero at each training step, in [0, 1).
    learning_rate : float, default 1e-3
        Step size of Adam, positive.

    Returns
    -------
    keras.Model
        Compiled, untrained. Input: (documents, n_features), sparse float32; output: (documents, n_classes).

    Raises
    ------
    ValueError
        If a number is out of its range.

    References
    ----------
    Rumelhart, D. E., Hinton, G. E. and Williams, R. J. (1986), Learning representations by back-propagating errors,
    Nature 323, 533-536. Srivastava, N. et al. (2014), Dropout, Journal of Machine Learning Research 15, 1929-1958.

    Examples
    --------
    >>> model = mlp(1_000, 3, hidden=(64,))
    >>> model.count_params() == 1_000 * 64 + 64 + 64 * 3 + 3
    True
    """
    _check_range("n_features", n_features, n_features >= 1, "1 or more")
    _check_range("n_classes", n_classes, n_classes >= 2, "2 or more")
    _check_range("hidden", hidden, all(units >= 1 for units in hidden), "a sequence of numbers of units, such as (64,)")
    _check_range("dropout", dropout, 0 <= dropout < 1, "at least 0 and below 1")
    _check_range("learning_rate", learning_rate, learning_rate > 0, "positive")
    layers = [keras.Input((int(n_features),), sparse=True, name="features")]
    for number, units in enumerate(hidden, start=1):
        layers.append(keras.layers.Dense(int(units), activation="relu", name=f"hidden_{number}"))
        layers.append(keras.layers.Dropout(dropout, name=f"dropout_{number}"))
    layers.append(keras.layers.Dense(int(n_classes), activation="softmax", name="probabilities"))
    model = keras.Sequential(layers, name="mlp")
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # XLA can't compile sparse input, and Keras would switch it on where there is a GPU
    )
    return model


def linear_regression(n_features: int = 1, *, learning_rate: float = 0.1) -> keras.Model:
    """Linear regression as a network: one dense unit without activation, alpha + beta x.

    It starts at zero, and is compiled with the mean squared error and plain stochastic gradient descent; with
    ``batch_size=len(x)`` in ``fit`` that is gradient descent on the whole sample.

    Parameters
    ----------
    n_features : int, default 1
        Number of predictors.
    learning_rate : float, default 0.1
        Step size eta, positive. Too large a step diverges: standardise the predictors.

    Returns
    -------
    keras.Model
        Compiled, untrained. Input: (observations, n_features), float32; output: (observations, 1).
        ``get_weights()`` gives the slopes beta, shape (n_features, 1), and the intercept alpha, shape (1,).

    Raises
    ------
    ValueError
        If a number is out of its range.

    References
    ----------
    Goodfellow, I., Bengio, Y. and Courville, A. (2016), Deep Learning, MIT Press, sections 4.3 and 5.1.4.

    Examples
    --------
    >>> model = linear_regression(learning_rate=0.4)
    >>> beta, alpha = model.get_weights()
    >>> beta.shape, alpha.shape
    ((1, 1), (1,))
    """
    return _one_unit(n_features, learning_rate, activation=None, loss="mean_squared_error", name="linear_regression")


def logistic_regression(n_features: int = 1, *, learning_rate: float = 0.1) -> keras.Model:
    """Logistic regression as a network: one dense unit with a sigmoid, the probability of class 1.

    There is no penalty on the slopes. It starts at zero, and is compiled with binary cross-entropy for labels 0 and
    1, accuracy, and plain stochastic gradient descent; with ``batch_size=len(x)`` in ``fit`` that is gradient
    descent on the whole sample.

    Parameters
    ----------
    n_features : int, default 1
        Number of predictors.
    learning_rate : float, default 0.1
        Step size eta, positive. Too large a step diverges: standardise the predictors.

    Returns
    -------
    keras.Model
        Compiled, untrained. Input: (observations, n_features), float32; output: (observations, 1), in [0, 1].
        ``get_weights()`` gives the slopes beta, shape (n_features, 1), and the intercept alpha, shape (1,).

    Raises
    ------
    ValueError
        If a number is out of its range.

    References
    ----------
    Cox, D. R. (1958), The regression analysis of binary sequences, Journal of the Royal Statistical Society B 20,
    215-242.

    Examples
    --------
    >>> model = logistic_regression(3, learning_rate=4.0)
    >>> model.count_params()
    4
    """
    return _one_unit(
        n_features,
        learning_rate,
        activation="sigmoid",
        loss="binary_crossentropy",
        metrics=["accuracy"],
        name="logistic_regression",
    )


def predict(
    model: keras.Model, dfm: scipy.sparse.csr_matrix, *, documents: Sequence[str], classes: Sequence[str]
) -> pd.DataFrame:
    """Predict the probability of each class for each document.

    Parameters
    ----------
    model : keras.Model
        A classifier whose output has a column per class.
    dfm : scipy.sparse.csr_matrix
        Document-feature matrix, shape (documents, n_features).
    documents : sequence of str
        Names of the rows, such as ``corpus.index``.
    classes : sequence of str
        Names of the classes, in the order of the numbers that the model was trained with.

    Returns
    -------
    pandas.DataFrame
        Shape (documents, classes), probabilities in [0, 1] that sum to 1 in each row. ``idxmax(axis=1)`` gives the
        predicted class.

    Raises
    ------
    ValueError
        If the names do not match the matrix or the model's output.

    Examples
    --------
    >>> dfm = scipy.sparse.csr_matrix([[1.0, 0.0, 0.5]], dtype="float32")
    >>> predict(mlp(3, 2), dfm, documents=["a letter"], classes=["war", "peace"]).shape
    (1, 2)
    """
    if len(documents) != dfm.shape[0]:
        raise ValueError(f"There are {len(documents)} document names for {dfm.shape[0]} rows of the matrix.")
    if len(classes) != model.output_shape[-1]:
        raise ValueError(
            f"There are {len(classes)} class names, but the model tells {model.output_shape[-1]} classes apart."
        )
    probabilities = model.predict(dfm, batch_size=1024, verbose=0)
    return pd.DataFrame(probabilities, index=pd.Index(documents, name="document"), columns=list(classes))


class ProgressBar(keras.callbacks.Callback):
    """Show how far ``fit`` has come, an epoch at a time, and leave no trace when it ends.

    Examples
    --------
    >>> dfm, labels = scipy.sparse.eye(4, format="csr", dtype="float32"), keras.ops.array([0, 1, 0, 1])
    >>> history = mlp(4, 2).fit(dfm, labels, epochs=2, verbose=0, callbacks=[ProgressBar()])
    """

    def on_train_begin(self, logs: dict | None = None) -> None:
        """Draw the empty bar."""
        self._epochs = progress(range(self.params["epochs"]), "Training: epoch")
        next(self._epochs, None)

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        """Move the bar on."""
        next(self._epochs, None)

    def on_train_end(self, logs: dict | None = None) -> None:
        """Remove the bar, also when training stopped early."""
        self._epochs.close()


def _one_unit(n_features: int, learning_rate: float, *, activation: str | None, name: str, **compiled) -> keras.Model:
    """Build and compile a network of a single dense unit that starts at zero."""
    _check_range("n_features", n_features, n_features >= 1, "1 or more")
    _check_range("learning_rate", learning_rate, learning_rate > 0, "positive")
    unit = keras.layers.Dense(1, activation=activation, kernel_initializer="zeros", name="unit")
    model = keras.Sequential([keras.Input((int(n_features),), name="features"), unit], name=name)
    # Keras takes no whole number for the rate, and would switch XLA on where there is a GPU.
    model.compile(optimizer=keras.optimizers.SGD(float(learning_rate)), jit_compile=False, **compiled)
    return model


def _check_range(name: str, value: object, in_range: bool, wanted: str) -> None:
    if not in_range:
        raise ValueError(f"{name} is {value!r}, but it must be {wanted}.")
