"""Multilayer perceptrons for document-feature matrices."""

import itertools
from collections.abc import Sequence

import keras

from qta_keras.models.checks import check_hidden, check_number, check_rate, check_share, check_whole


def mlp(
    n_features: int,
    n_classes: int,
    *,
    hidden: Sequence[int] = (64,),
    dropout: float = 0.5,
    l2: float = 0.0,
    learning_rate: float = 1e-3,
    seed: int | None = None,
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
    l2 : float, default 0.0
        Weight of the penalty on the squared weights of all layers, which is added to the loss; 0 or more.
    learning_rate : float, default 1e-3
        Step size of Adam, positive.
    seed : int or None
        Of the first weights and of dropout. With None they come from Keras's global generator, which
        ``keras.utils.set_random_seed`` sets.

    Returns
    -------
    keras.Model
        Compiled, untrained. Input: (documents, n_features), sparse float32; output: (documents, n_classes).
        On PyTorch, which has no sparse input in Keras, the rows have to be dense.

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
    n_features, n_classes = check_whole("n_features", n_features, 1), check_whole("n_classes", n_classes, 2)
    hidden, dropout = check_hidden(hidden), check_share("dropout", dropout)
    l2 = check_number("l2", l2, lambda weight: weight >= 0, "0 or more")
    learning_rate = check_rate("learning_rate", learning_rate)
    seed = None if seed is None else check_whole("seed", seed, 0)
    penalty = keras.regularizers.L2(l2) if l2 else None
    seeds = iter(range(seed, seed + 2 * len(hidden) + 1)) if seed is not None else itertools.repeat(None)
    layers = [features_of(n_features)]
    for number, units in enumerate(hidden, start=1):
        name = f"hidden_{number}"
        start = keras.initializers.GlorotUniform(next(seeds))
        dense = {"activation": "relu", "kernel_initializer": start, "kernel_regularizer": penalty, "name": name}
        layers.append(keras.layers.Dense(units, **dense))
        layers.append(keras.layers.Dropout(dropout, seed=next(seeds), name=f"dropout_{number}"))
    start = keras.initializers.GlorotUniform(next(seeds))
    dense = {"activation": "softmax", "kernel_initializer": start, "kernel_regularizer": penalty}
    layers.append(keras.layers.Dense(n_classes, **dense, name="probabilities"))
    model = keras.Sequential(layers, name="mlp")
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        jit_compile=False,  # XLA can't compile sparse input, and Keras would switch it on where there is a GPU
    )
    return model


def features_of(n_features: int) -> keras.KerasTensor:
    """Return the input for rows of a document-feature matrix; on PyTorch, which has no sparse one in Keras, dense."""
    return keras.Input((int(n_features),), sparse=keras.backend.backend() != "torch", name="features")


def reuters_mlp(n_features: int = 1_000, n_classes: int = 46) -> keras.Model:
    """Multilayer perceptron in the setting that the course has used on the Reuters newswires.

    One hidden layer of 512 units, dropout of one half, and Adam at 0.01. It was trained on relative frequencies of the
    1,000 most frequent words (`qta_keras.features.fit_vectoriser` with ``weighting="proportion"``), in batches of 256
    for 15 epochs, with a tenth of the training documents for validation.

    Parameters
    ----------
    n_features : int, default 1_000
        Number of columns of the document-feature matrix.
    n_classes : int, default 46
        Number of classes, at least 2.

    Returns
    -------
    keras.Model
        As `mlp`.

    Raises
    ------
    ValueError
        If a number is out of its range.

    References
    ----------
    Chollet, F. (2021), Deep Learning with Python, second edition, section 4.2, on the same newswires.

    Examples
    --------
    >>> reuters_mlp().count_params()
    536110
    """
    return mlp(n_features, n_classes, hidden=(512,), dropout=0.5, learning_rate=0.01)
