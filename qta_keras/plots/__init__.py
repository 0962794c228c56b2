"""The figures of the notebooks; each describes itself in words.

A figure is a `Picture`: at the end of a cell it shows itself, ``.description`` says in words what there is to see,
and ``.save(path)`` writes a file.
"""

from qta_keras.runtime import tensorflow_first

tensorflow_first()

from qta_keras.plots.activations import activation_slopes
from qta_keras.plots.animation import Animation, fit_animation
from qta_keras.plots.approximation import bends_add_up, errors_by_width, waves
from qta_keras.plots.classification import class_sizes, confusion_matrix, learning_curves, score_intervals, word_ranks
from qta_keras.plots.computation_graph import computation_graph
from qta_keras.plots.depth import gradient_by_layer
from qta_keras.plots.derivatives import curves_with_slopes, secants, step_errors
from qta_keras.plots.descent import loss_contours, loss_slice, loss_surface
from qta_keras.plots.gradients import contours_with_gradients, rise_by_direction, surfaces
from qta_keras.plots.interactive import slider
from qta_keras.plots.logistic import loss_by_probability, probability_curves, sigmoid_wrap
from qta_keras.plots.matrices import grid_before_after, plane_into_space, similarity_map
from qta_keras.plots.networks import network_circles, threshold_lines
from qta_keras.plots.optimisers import descents_on_curve, losses_by_cost, saddle_paths
from qta_keras.plots.picture import Picture
from qta_keras.plots.regression import fit_strip, lines_through_points, loss_per_epoch, residuals
from qta_keras.plots.remedies import compare_curves, shrinking_difference
from qta_keras.plots.vectors import angle_between, arrows, tip_to_tail
from qta_keras.plots.words import driving_words

__all__ = [
    "Animation",
    "Picture",
    "activation_slopes",
    "angle_between",
    "arrows",
    "bends_add_up",
    "class_sizes",
    "compare_curves",
    "computation_graph",
    "confusion_matrix",
    "contours_with_gradients",
    "curves_with_slopes",
    "descents_on_curve",
    "driving_words",
    "errors_by_width",
    "fit_animation",
    "fit_strip",
    "gradient_by_layer",
    "grid_before_after",
    "learning_curves",
    "lines_through_points",
    "loss_by_probability",
    "loss_contours",
    "loss_per_epoch",
    "loss_slice",
    "loss_surface",
    "losses_by_cost",
    "network_circles",
    "plane_into_space",
    "probability_curves",
    "residuals",
    "rise_by_direction",
    "saddle_paths",
    "score_intervals",
    "secants",
    "shrinking_difference",
    "sigmoid_wrap",
    "similarity_map",
    "slider",
    "step_errors",
    "surfaces",
    "threshold_lines",
    "tip_to_tail",
    "waves",
    "word_ranks",
]
