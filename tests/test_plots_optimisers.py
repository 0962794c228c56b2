"""The figures of training: the computation graph, losses against their cost, optimisers on a saddle."""

import matplotlib.colors
import numpy as np
import pytest

from qta_keras import plots

GRAPH = {"u": ["w", "x"], "z": ["u", "b"]}
VALUES = {"w": 2.0, "x": 3.0, "u": 6.0, "b": -1.0, "z": 5.0}
SLOPES = {"w": 3.0, "x": 2.0, "u": 1.0, "b": 1.0, "z": 1.0}
PATH = np.array([[1.0, 0.01], [0.5, 0.2], [0.0, 0.4], [0.0, 0.9]])


def saddle(x, y):
    return x**2 - y**2


def double_well(theta):
    return theta**4 - theta**2


ALL = {
    "computation_graph": (
        lambda: plots.computation_graph(GRAPH, VALUES, SLOPES, formulas={"u": "w·x"}),
        ["5 nodes, with value and slope of z", "w 2.00, slope 3.00", "Computed: w·x 6.00, slope 1.00; z 5.00"],
    ),
    "losses_by_cost": (
        lambda: plots.losses_by_cost({"a": ([1, 2, 4], [3, 1, 2]), "b": ([1, 8], [3, 2])}, xlabel="passes", log=True),
        ["a: from 3.00 at 1 to 2.00 at 4, lowest 1.00 at 2; b: from 3.00 at 1 to 2.00 at 8"],
    ),
    "descents_on_curve": (
        lambda: plots.descents_on_curve(double_well, [np.array([-1.0, -0.8, -0.7]), np.array([0.1, 0.3, 0.7])]),
        ["2 descents", "from -1.00 to -0.70, loss -0.25", "from 0.10 to 0.70, loss -0.25"],
    ),
    "saddle_paths": (
        lambda: plots.saddle_paths(saddle, {"slow": PATH[:3], "fast": PATH}, drawn=2),
        ["slow: from (1.00, 0.01) to (0.00, 0.40) at step 2; y never beyond 0.5", "fast: ", "0.5 from step 3."],
    ),
}


@pytest.mark.parametrize("name", ALL)
def test_a_figure_says_what_it_shows(name):
    draw, expected = ALL[name]
    for words in expected:
        assert words in draw().description


@pytest.mark.parametrize("name", ALL)
def test_a_figure_has_titles_and_named_axes(name):
    for axes in ALL[name][0]().figure.axes:
        assert axes.get_title()
        assert axes.get_xlabel()
        assert axes.get_ylabel() or name == "computation_graph"


@pytest.mark.parametrize("name", ["losses_by_cost", "saddle_paths"])
def test_curves_differ_by_more_than_colour(name):
    lines = ALL[name][0]().figure.axes[0].lines[:2]
    assert len({line.get_linestyle() for line in lines}) == 2
    assert len({line.get_marker() for line in lines}) == 2


def words_in_the_graph():
    axes = plots.computation_graph(GRAPH, VALUES, SLOPES, formulas={"u": "w·x"}).figure.axes[0]
    return {text.get_text(): text.get_position() for text in axes.texts if text.get_text()}


def test_a_graph_runs_from_left_to_right():
    where = words_in_the_graph()
    assert where["w"][0] == where["x"][0] < where["w·x"][0] == where["b"][0] < where["z"][0]


def test_a_graph_writes_each_value_and_slope_into_its_box():
    where = words_in_the_graph()
    assert where["−1.00"][0] == where["b"][0]
    assert where["slope 3.00"][0] == where["w"][0]
    assert where["b"][1] > where["−1.00"][1] > where["b"][1] - 0.5


def test_a_graph_has_an_arrow_each_way_for_every_input():
    axes = plots.computation_graph(GRAPH, VALUES, SLOPES).figure.axes[0]
    arrows = [text.arrow_patch for text in axes.texts if getattr(text, "arrow_patch", None)]
    assert len(arrows) == 2 * 4
    assert len({matplotlib.colors.to_hex(arrow.get_edgecolor()) for arrow in arrows}) == 2


def test_a_graph_without_a_slope_is_refused():
    with pytest.raises(ValueError, match=r"Node 'b' has no value or no slope"):
        plots.computation_graph(GRAPH, VALUES, {name: 1.0 for name in VALUES if name != "b"})


def test_a_path_is_drawn_where_it_went():
    left, right = ALL["saddle_paths"][0]().figure.axes
    assert np.array_equal(left.lines[1].get_xydata(), PATH[:3])
    assert np.array_equal(right.lines[1].get_xydata(), np.column_stack([[1, 2, 3], PATH[1:, 1]]))
    assert left.lines[2].get_xydata().tolist() == [[0, 0]]


def test_contours_of_a_saddle_have_x_across_and_y_up():
    """A loss that depends on x alone has upright contours: a transposed grid would lay them down."""
    left = plots.saddle_paths(lambda x, y: x**2 + 0 * y, {"path": PATH}).figure.axes[0]
    contour = left.collections[-1].get_paths()[5].vertices
    assert np.ptp(abs(contour[:, 0])) < 0.02
    assert np.ptp(contour[:, 1]) > 0.5


def test_a_descent_lies_on_the_curve():
    axes = ALL["descents_on_curve"][0]().figure.axes[0]
    assert np.allclose(axes.lines[0].get_ydata(), double_well(axes.lines[0].get_xdata()))
    assert axes.lines[1].get_xydata()[0].tolist() == [-1.0, 0.0]
