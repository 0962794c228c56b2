"""What 0.1.0 had is still there: a name that goes needs a version in which it is told that it will."""

from importlib import import_module

import pytest

PUBLIC_IN_0_1_0 = {
    "data": """
        PERIODS load_reuters load_sotu load_sotu_addresses load_sotu_paragraphs measure_addresses
        read_corpus split_sentences
    """,
    "features": """
        WORD_PATTERN conform count_words fit_vectoriser fit_weighting keyness read_matrix_market
        split_by_group trim unseen_words write_matrix_market
    """,
    "models": """
        ProgressBar linear_regression load_classifier logistic_regression mlp predict reuters_mlp
        save_classifier
    """,
    "evaluate": """
        baselines confusion cross_validate format_scores misread per_class score
    """,
    "plots": """
        Animation Picture activation_slopes angle_between arrows bends_add_up class_sizes compare_curves
        computation_graph confusion_matrix contours_with_gradients curves_with_slopes descents_on_curve
        driving_words errors_by_width fit_animation fit_strip gradient_by_layer grid_before_after
        learning_curves lines_through_points loss_by_probability loss_contours loss_per_epoch loss_surface
        losses_by_cost network_circles plane_into_space probability_curves residuals rise_by_direction
        saddle_paths score_intervals secants shrinking_difference sigmoid_wrap similarity_map slider
        step_errors surfaces threshold_lines tip_to_tail waves word_ranks
    """,
    "runtime": """
        tensorflow_first describe progress
    """,
}


@pytest.mark.parametrize("module", PUBLIC_IN_0_1_0)
def test_every_public_name_of_0_1_0_can_be_imported(module):
    found = import_module(f"qta_keras.{module}")
    assert [name for name in PUBLIC_IN_0_1_0[module].split() if not hasattr(found, name)] == []
