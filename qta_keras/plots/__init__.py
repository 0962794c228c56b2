"""The figures of the notebooks, a module per notebook; each describes itself in words.

A figure is a `Picture`: at the end of a cell it shows itself, ``.description`` says in words what there is to see,
and ``.save(path)`` writes a file.
"""

from qta_keras.plots.classification import class_sizes, confusion_matrix, learning_curves, score_intervals, word_ranks
from qta_keras.plots.picture import Picture

__all__ = ["Picture", "class_sizes", "confusion_matrix", "learning_curves", "score_intervals", "word_ranks"]
