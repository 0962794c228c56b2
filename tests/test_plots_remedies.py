"""The figures of over-fitting, its cures, and deep stacks."""

import numpy as np
import pytest

from qta_keras import plots

LONG = {"loss": [0.7, 0.4, 0.1], "val_loss": [0.7, 0.5, 0.9]}
SHORT = {"loss": [1.6, 0.5], "val_loss": [0.7, 0.6]}
NORMS = {
    "Glorot start": {"plain": np.array([[1e-5, 1e-4, 1e-3], [1e-3, 1e-3, 1e-1]]), "layer norm": np.ones((2, 3))},
    "He start": {"plain": np.full((2, 3), 1e-1), "layer norm": np.ones((2, 3))},
}

ALL = {
    "compare_curves": (
        lambda: plots.compare_curves(
            {"none": [LONG, SHORT], "L1": [LONG, LONG], "L2": [SHORT, SHORT], "x": [LONG] * 2}
        ),
        [
            "loss per epoch, 2 runs each",
            "none: training ends at 0.30, validation at 0.75, lowest 0.55 after epoch 2.0 on average",
            "L2: training ends at 0.50, validation at 0.60",
        ],
    ),
    "shrinking_difference": (
        lambda: plots.shrinking_difference([1, 10, 100], [1.0, 0.1, 0.01], xlabel="masks", ylabel="difference"),
        ["from 1 (masks: 1) to 0.01 (masks: 100)", "slope of -1.00"],
    ),
    "gradient_by_layer": (
        lambda: plots.gradient_by_layer(NORMS),
        ["layer 1 and layer 3", "Glorot start: plain -4.0 and -2.0, layer norm 0.0 and 0.0; He start: plain -1.0"],
    ),
}


@pytest.mark.parametrize("name", ALL)
def test_a_figure_says_what_it_shows(name):
    draw, expected = ALL[name]
    for words in expected:
        assert words in draw().description


@pytest.mark.parametrize("name", ALL)
def test_a_figure_has_titles_and_named_axes(name):
    figure = ALL[name][0]().figure
    assert figure.axes[0].get_ylabel()
    for axes in figure.axes:
        if axes.get_visible():
            assert axes.get_title()
            assert axes.get_xlabel()


def test_curves_of_all_panels_are_drawn_whole_on_one_scale():
    figure = ALL["compare_curves"][0]().figure
    first, *_, fourth, fifth, sixth = figure.axes
    assert np.array_equal(first.lines[3].get_xydata(), [[1, 0.7], [2, 0.6]])
    assert first.get_ylim() == fourth.get_ylim()
    assert first.get_ylim()[0] == 0
    assert first.get_ylim()[1] > 1.6
    assert not fifth.get_visible()
    assert not sixth.get_visible()


def test_the_dotted_line_is_the_lowest_validation_of_the_first_way():
    figure = ALL["compare_curves"][0]().figure
    levels = [axes.lines[-1].get_ydata()[0] for axes in figure.axes[:4]]
    assert levels == pytest.approx([0.55] * 4)


@pytest.mark.parametrize(("name", "panel"), [("compare_curves", 0), ("gradient_by_layer", 1)])
def test_curves_differ_by_more_than_colour(name, panel):
    one, two, *_ = ALL[name][0]().figure.axes[panel].lines
    assert one.get_linestyle() != two.get_linestyle()
    assert one.get_marker() != two.get_marker()


def test_the_law_of_the_square_root_starts_at_the_first_measurement():
    law = ALL["shrinking_difference"][0]().figure.axes[0].lines[0]
    assert law.get_ydata() == pytest.approx([1, 10**-0.5, 0.1])


def test_gradients_are_averaged_as_logarithms():
    axes = ALL["gradient_by_layer"][0]().figure.axes[0]
    assert axes.get_yscale() == "log"
    assert axes.lines[0].get_ydata() == pytest.approx([1e-4, 10**-3.5, 1e-2])
