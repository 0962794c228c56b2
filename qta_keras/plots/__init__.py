"""The figures of the notebooks, a module per notebook; each describes itself in words.

A figure is a `Picture`: at the end of a cell it shows itself, ``.description`` says in words what there is to see,
and ``.save(path)`` writes a file.
"""

from qta_keras.plots.classification import class_sizes, confusion_matrix, learning_curves, score_intervals, word_ranks
from qta_keras.plots.derivatives import curves_with_slopes, secants, step_errors
from qta_keras.plots.gradients import contours_with_gradients, rise_by_direction, surfaces
from qta_keras.plots.interactive import slider
from qta_keras.plots.matrices import grid_before_after, plane_into_space, similarity_map
from qta_keras.plots.picture import Picture
from qta_keras.plots.vectors import angle_between, arrows, tip_to_tail

__all__ = [
    "Picture",
    "angle_between",
    "arrows",
    "class_sizes",
    "confusion_matrix",
    "contours_with_gradients",
    "curves_with_slopes",
    "grid_before_after",
    "learning_curves",
    "plane_into_space",
    "rise_by_direction",
    "score_intervals",
    "secants",
    "similarity_map",
    "slider",
    "step_errors",
    "surfaces",
    "tip_to_tail",
    "word_ranks",
]
