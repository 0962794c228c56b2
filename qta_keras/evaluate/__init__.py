"""How good is a classifier? Scores with their uncertainty, baselines, and the documents it misreads."""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

from qta_keras.evaluate.comparison import baselines, cross_validate
from qta_keras.evaluate.mistakes import confusion, misread, per_class
from qta_keras.evaluate.scores import format_scores, score

__all__ = ["baselines", "confusion", "cross_validate", "format_scores", "misread", "per_class", "score"]
