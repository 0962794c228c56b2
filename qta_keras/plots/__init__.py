"""The figures of the notebooks; each describes itself in words.

A figure is a `Picture`: at the end of a cell it shows itself, ``.description`` says in words what there is to see,
and ``.save(path)`` writes a file.
"""

from qta_keras.plots.animation import Animation, fit_animation
from qta_keras.plots.classification import class_sizes, confusion_matrix, learning_curves, score_intervals, word_ranks
from qta_keras.plots.descent import loss_contours, loss_surface
from qta_keras.plots.interactive import slider
from qta_keras.plots.logistic import loss_by_probability, probability_curves, sigmoid_wrap
from qta_keras.plots.picture import Picture
from qta_keras.plots.regression import fit_strip, lines_through_points, loss_per_epoch, residuals

__all__ = [
    "Animation",
    "Picture",
    "class_sizes",
    "confusion_matrix",
    "fit_animation",
    "fit_strip",
    "learning_curves",
    "lines_through_points",
    "loss_by_probability",
    "loss_contours",
    "loss_per_epoch",
    "loss_surface",
    "probability_curves",
    "residuals",
    "score_intervals",
    "sigmoid_wrap",
    "slider",
    "word_ranks",
]
