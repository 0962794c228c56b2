"""The figures of notebooks 02b and 02c that show networks, activations and approximation."""

import numpy as np
import pytest

from qta_keras import plots

X = np.linspace(0, 1, 5)
TOOTH = np.array([0, 0.8, 0.2, 0.9, 0])
GATES = {"OR": ([0, 1, 1, 1], [((1, 1), 1)]), "XOR": ([0, 1, 1, 0], [((1, 1), 1), ((1, 1), 2)])}
RELU = {"ReLU": (lambda z: np.maximum(0, z), lambda z: np.where(z > 0, 1.0, 0.0))}
ERRORS = {"built": ([4, 8], [0.4, 0.1]), "trained": ([4, 8], [[0.5, 0.3], [0.7, 0.5]])}
ALL = {
    "network_circles": (
        lambda: plots.network_circles([5, 7, 3]),
        ["5 inputs x, 7 hidden a, 3 outputs p", "56 weights and 10 biases"],
    ),
    "threshold_lines": (
        lambda: plots.threshold_lines(GATES),
        [
            "OR: 1 for (0, 1) (1, 0) (1, 1); line x₁ + x₂ = 1.",
            "XOR: 1 for (0, 1) (1, 0); lines x₁ + x₂ = 1, x₁ + x₂ = 2.",
        ],
    ),
    "activation_slopes": (
        lambda: plots.activation_slopes(RELU, reach=2),
        ["z from -2 to 2", "values 0.00 to 2.00; slope 0.000 on the left, 1.000 on the right, at most 1.00"],
    ),
    "bends_add_up": (
        lambda: plots.bends_add_up(X, X**2, 1.0, np.array([X, -np.maximum(0, X - 0.5)]).T, [0, 0.5]),
        ["at x = 0, rising; at x = 0.5, falling", "sum plus 1", "at most 1.250 away"],
    ),
    "errors_by_width": (
        lambda: plots.errors_by_width([4, 8], ERRORS),
        ["built: from 0.4 with 4 units to 0.1 with 8, a slope of -2.0", "trained: from 0.6 with 4 units to 0.4 with 8"],
    ),
    "waves": (
        lambda: plots.waves(X, {"two teeth": TOOTH, "flat": 0 * TOOTH}),
        ["two teeth: crosses it 4 times", "flat: crosses it 0 times"],
    ),
}


@pytest.mark.parametrize("name", ALL)
def test_a_figure_says_what_it_shows(name):
    draw, expected = ALL[name]
    for words in expected:
        assert words in draw().description


@pytest.mark.parametrize("name", sorted(set(ALL) - {"network_circles"}))
def test_a_figure_has_titles_and_named_axes(name):
    figure = ALL[name][0]().figure
    assert figure.axes[0].get_ylabel()
    for axes in figure.axes:
        assert axes.get_title()
        assert axes.get_xlabel()


@pytest.mark.parametrize(("name", "lines"), [("errors_by_width", 2), ("bends_add_up", 2)])
def test_curves_differ_by_more_than_colour(name, lines):
    axes = ALL[name][0]().figure.axes[0]
    looks = {(line.get_linestyle(), line.get_marker()) for line in axes.lines[:lines]}
    assert len(looks) == lines


def test_a_network_has_a_line_for_every_weight_and_a_circle_for_every_unit():
    lines = plots.network_circles([5, 7, 3]).figure.axes[0].lines
    assert sum(line.get_marker() == "None" for line in lines) == 5 * 7 + 7 * 3
    assert sum(line.get_marker() == "o" for line in lines) == 5 + 7 + 3


def test_the_circles_are_named_and_the_gaps_counted():
    axes = plots.network_circles([3, 1], letters=["x", "a"], title="A perceptron").figure.axes[0]
    words = [text.get_text() for text in axes.texts]
    assert words == ["$x_{1}$", "$x_{2}$", "$x_{3}$", "$a$", "3·1 weights\n+ 1 bias"]
    assert axes.get_title() == "A perceptron"


@pytest.mark.parametrize("sizes", [[5], [5, 0, 3], [784, 10]])
def test_a_network_that_cannot_be_drawn_is_refused(sizes):
    with pytest.raises(ValueError, match=r"sizes is \[.*draw a smaller network"):
        plots.network_circles(sizes)


def test_letters_must_match_the_layers():
    with pytest.raises(ValueError, match="3 letters for 2 layers"):
        plots.network_circles([3, 1], letters="xap")


def test_the_line_of_a_neuron_passes_where_its_sum_is_the_threshold():
    axes = plots.threshold_lines({"any": ([0, 1, 1, 1], [((2, -3), 0.5)])}).figure.axes[0]
    x1, x2 = axes.lines[2].get_data()
    assert np.allclose(2 * x1 - 3 * x2, 0.5)


def test_lines_are_written_as_on_paper():
    neurons = [((2, -3), 0.5), ((-1, 1), 0), ((0, -1), -1)]
    words = plots.threshold_lines({"any": ([0, 1, 1, 1], neurons)}).description
    assert "lines 2 x₁ − 3 x₂ = 0.5, −x₁ + x₂ = 0, −x₂ = -1." in words


def test_several_hidden_layers_are_told_apart():
    assert "3 inputs x, 4 hidden a(1), 4 hidden a(2), 1 output p" in plots.network_circles([3, 4, 4, 1]).description


def test_the_points_of_a_gate_stand_at_its_inputs():
    silent, firing = plots.threshold_lines(GATES).figure.axes[1].lines[:2]
    assert silent.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert firing.get_xydata().tolist() == [[0, 1], [1, 0]]


def test_more_than_three_activations_take_a_second_row():
    figure = plots.activation_slopes({f"g{number}": RELU["ReLU"] for number in range(4)}).figure
    assert [axes.get_visible() for axes in figure.axes] == [True] * 4 + [False] * 2
