"""Gradient descent as notebooks 01 and 02 write it, in NumPy, against the same loop compiled."""

import statistics
import time
from collections.abc import Callable

from qta_keras.runtime import tensorflow_first

tensorflow_first()

import numpy as np
import tensorflow as tf

from benchmarks import report

EPOCHS, ETA = 2_000, 0.1
ROUNDS = 5
LARGE = 10_000_000  # 160 MB for x and y


def main(quick: bool = False) -> str:
    """Measure both regressions on a small and a large sample, and return the section."""
    rows = []
    for title, numpy_loop, gradient in (
        ("01, linear", linear_numpy, linear_gradient),
        ("02, logistic", logistic_numpy, logistic_gradient),
    ):
        for observations, epochs in ((237, EPOCHS), (LARGE, 5)) if not quick else ((237, 10),):
            rows += compare(title, numpy_loop, gradient, observations, epochs)
    return report.section(
        "Gradient descent",
        "What an epoch of the notebooks' gradient descent costs, as the NumPy loop of the notebook and as the same "
        f"loop compiled by TensorFlow with XLA in double precision: median of {ROUNDS} rounds in turn, compiling left "
        "out. Both end at the same numbers to 10 digits, or the benchmark fails. The last column is how long it takes "
        "to read x and y once from memory, measured by summing them: on a sample that no cache holds, no loop in one "
        "thread can be faster.",
        report.table(["notebook", "observations", "loop", "microseconds an epoch", "to NumPy", "reading once"], rows),
    )


def compare(title: str, numpy_loop: Callable, gradient: Callable, observations: int, epochs: int) -> list[list[str]]:
    """Return the rows of the table for one sample.

    Raises
    ------
    RuntimeError
        If the two loops do not agree.
    """
    random = np.random.default_rng(1)
    x = random.standard_normal(observations)
    y = (x + random.standard_normal(observations) > 0).astype(float)
    compiled = compile_loop(gradient)
    loops = {
        "NumPy": lambda: numpy_loop(x, y, epochs),
        "compiled": lambda: compiled(tf.constant(x), tf.constant(y), epochs),
    }
    ends = {name: np.array(loop(), dtype=float) for name, loop in loops.items()}  # compiles, too
    if not np.allclose(ends["NumPy"], ends["compiled"], rtol=1e-10, atol=0):
        raise RuntimeError(f"The two loops of {title} end at {ends}: they must agree.")
    seconds = {name: [] for name in loops}
    for _ in range(ROUNDS):
        for name, loop in loops.items():
            begin = time.perf_counter()
            loop()
            seconds[name].append((time.perf_counter() - begin) / epochs)
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    limit = f"{1e6 * reading(x, y):,.0f}" if observations == LARGE else None
    return [
        [title, f"{observations:,}", name, f"{1e6 * median:,.1f}", f"{median / medians['NumPy']:.2f}", limit]
        for name, median in medians.items()
    ]


def linear_numpy(x: np.ndarray, y: np.ndarray, epochs: int) -> tuple[float, float]:
    """Descend as notebook 01 does."""
    alpha, beta = 0.0, 0.0
    for _ in range(epochs):
        e = y - (alpha + beta * x)
        step_alpha, step_beta = ETA * np.mean(-2 * e), ETA * np.mean(-2 * e * x)
        alpha, beta = alpha - step_alpha, beta - step_beta
    return alpha, beta


def logistic_numpy(x: np.ndarray, y: np.ndarray, epochs: int) -> tuple[float, float]:
    """Descend as notebook 02 does."""
    alpha, beta = 0.0, 0.0
    for _ in range(epochs):
        p = np.exp(-np.logaddexp(0, -(alpha + beta * x)))
        step_alpha, step_beta = ETA * np.mean(p - y), ETA * np.mean((p - y) * x)
        alpha, beta = alpha - step_alpha, beta - step_beta
    return alpha, beta


def linear_gradient(alpha: tf.Tensor, beta: tf.Tensor, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the slopes of the mean squared error."""
    e = y - (alpha + beta * x)
    return tf.reduce_mean(-2 * e), tf.reduce_mean(-2 * e * x)


def logistic_gradient(alpha: tf.Tensor, beta: tf.Tensor, x: tf.Tensor, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the slopes of the cross-entropy."""
    e = tf.sigmoid(alpha + beta * x) - y
    return tf.reduce_mean(e), tf.reduce_mean(e * x)


def compile_loop(gradient: Callable) -> Callable:
    """Return the loop over epochs as one compiled function."""

    @tf.function(jit_compile=True)
    def descend(x: tf.Tensor, y: tf.Tensor, epochs: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        alpha, beta = tf.zeros((), tf.float64), tf.zeros((), tf.float64)
        for _ in tf.range(epochs):
            slope_alpha, slope_beta = gradient(alpha, beta, x, y)
            alpha, beta = alpha - ETA * slope_alpha, beta - ETA * slope_beta
        return alpha, beta

    return lambda x, y, epochs: [value.numpy() for value in descend(x, y, tf.constant(epochs))]


def reading(x: np.ndarray, y: np.ndarray) -> float:
    """Return the least seconds that summing x and y took."""
    times = []
    for _ in range(20):
        begin = time.perf_counter()
        x.sum(), y.sum()
        times.append(time.perf_counter() - begin)
    return min(times)


if __name__ == "__main__":
    report.command_line(main)
