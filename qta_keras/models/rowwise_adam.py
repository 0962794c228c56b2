"""Adam whose step costs what the batch's words cost, not what the vocabulary costs."""

import keras
from keras import ops
from keras.optimizers.schedules import LearningRateSchedule

from qta_keras.models.checks import check_rate


@keras.saving.register_keras_serializable(package="qta_keras")
class RowwiseAdam(keras.optimizers.Optimizer):
    """Adam that updates only the rows of a weight matrix that the batch has touched.

    The words of a batch are a small part of a large vocabulary, and the gradient of the first layer is zero in all
    other rows. Adam nevertheless moves every row at every step, for its two moments decay everywhere. Here the
    moments of a row decay only when one of its words occurs, and rows of words that do not occur stay as they are.
    On TensorFlow, where such a gradient arrives as rows (``tf.IndexedSlices``), a step so costs as much as the rows;
    where it arrives as a whole matrix, and on other backends, this is Adam.

    Settings that need the whole matrix at every step have no place here: weight decay, exponential moving averages
    of the weights, a penalty on the first layer's weights.

    Parameters
    ----------
    learning_rate : float or keras.optimizers.schedules.LearningRateSchedule, default 1e-3
        Step size, positive.
    beta_1, beta_2 : float, default 0.9 and 0.999
        Decay rates of the two moments, in [0, 1).
    epsilon : float, default 1e-7
        Keeps the division from dividing by zero.
    name : str, default "rowwise_adam"
        Name of the optimiser.
    **settings
        Others of `keras.optimizers.Optimizer`, such as ``clipnorm``.

    References
    ----------
    Kingma, D. P. and Ba, J. (2015), Adam: a method for stochastic optimization, ICLR. Moments by row are PyTorch's
    ``SparseAdam`` and TensorFlow Addons' ``LazyAdam``.

    Examples
    --------
    >>> from qta_keras import models
    >>> network = models.mlp(100_000, 6)
    >>> network.compile(models.RowwiseAdam(1e-2), "sparse_categorical_crossentropy", jit_compile=False)
    """

    def __init__(
        self,
        learning_rate: float | keras.optimizers.schedules.LearningRateSchedule = 1e-3,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-7,
        name: str = "rowwise_adam",
        **settings,
    ) -> None:
        if not isinstance(learning_rate, LearningRateSchedule):
            learning_rate = check_rate("learning_rate", learning_rate)
        super().__init__(learning_rate=learning_rate, name=name, **settings)
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon

    def build(self, variables: list) -> None:
        """Make the two moments of each variable, zero at first."""
        if not self.built:
            super().build(variables)
            self._first, self._second = self.add_optimizer_variables(variables, ["first_moment", "second_moment"])

    def update_step(self, gradient, variable, learning_rate) -> None:
        """Move one variable, or the rows of it that the gradient speaks of."""
        number = self._get_variable_index(variable)
        first, second = self._first[number], self._second[number]
        step = ops.cast(self.iterations + 1, variable.dtype)
        correction = ops.sqrt(1 - self.beta_2**step) / (1 - self.beta_1**step)
        rate = ops.cast(learning_rate, variable.dtype) * correction
        gradient, part, rows = _parts(gradient)
        m, v = part(first), part(second)
        m = m + (gradient - m) * (1 - self.beta_1)
        v = v + (ops.square(gradient) - v) * (1 - self.beta_2)
        self.assign(first, rows(m))
        self.assign(second, rows(v))
        self.assign_sub(variable, rows(rate * m / (ops.sqrt(v) + self.epsilon)))

    def get_config(self) -> dict:
        """Return the settings, for saving."""
        return super().get_config() | {"beta_1": self.beta_1, "beta_2": self.beta_2, "epsilon": self.epsilon}


def _parts(gradient):
    """Return the gradient, how to take the part of a variable that it speaks of, and how to make an update of a part.

    TensorFlow's rows may name one twice, as the words of two documents do: they are added up first.
    """
    if keras.backend.backend() != "tensorflow":
        return gradient, ops.convert_to_tensor, ops.convert_to_tensor
    import tensorflow as tf

    if not isinstance(gradient, tf.IndexedSlices):
        return gradient, tf.convert_to_tensor, tf.convert_to_tensor
    indices, position = tf.unique(gradient.indices)
    summed = tf.math.unsorted_segment_sum(gradient.values, position, tf.size(indices))
    return (
        summed,
        lambda variable: tf.gather(variable.value, indices),
        lambda values: tf.IndexedSlices(values, indices, gradient.dense_shape),
    )
