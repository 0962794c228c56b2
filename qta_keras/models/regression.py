"""Linear and logistic regression as networks of a single unit."""

import keras

from qta_keras.models.checks import check_rate, check_whole


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


def _one_unit(n_features: int, learning_rate: float, *, activation: str | None, name: str, **compiled) -> keras.Model:
    """Build and compile a network of a single dense unit that starts at zero."""
    n_features, learning_rate = check_whole("n_features", n_features, 1), check_rate("learning_rate", learning_rate)
    unit = keras.layers.Dense(1, activation=activation, kernel_initializer="zeros", name="unit")
    model = keras.Sequential([keras.Input((n_features,), name="features"), unit], name=name)
    # Keras would switch XLA on where there is a GPU.
    model.compile(optimizer=keras.optimizers.SGD(learning_rate), jit_compile=False, **compiled)
    return model
