"""What one figure draws: where its points, lines and words stand."""

import io

import matplotlib.colors
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from qta_keras import evaluate, plots

X, Y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0, 5.0])
CLASSES = np.array([0, 0, 1, 1])
PATH = np.array([[0.0, 0.0], [0.5, 0.8], [1.0, 1.1]])


def line(alpha, beta, x):
    return alpha + beta * x


def loss(alpha, beta):
    return float(np.mean((Y - line(alpha, beta, X)) ** 2))


# Classification


def test_the_description_follows_the_data():
    table = pd.DataFrame([[8, 2], [1, 9]], index=["war", "peace"], columns=["war", "peace"])
    other = table.copy()
    other.loc["war", "peace"] = 7
    assert plots.confusion_matrix(table).description != plots.confusion_matrix(other).description


def test_a_perfect_classifier_has_no_commonest_mistake():
    truth = pd.Series(list("aab"))
    description = plots.confusion_matrix(evaluate.confusion(truth, truth)).description
    assert description == "Confusion matrix, 3 documents. Read rightly: a 100 %, b 100 %. There is no mistake."


def test_a_class_that_no_document_has_is_not_said_to_be_misread():
    table = evaluate.confusion(pd.Series(list("ab")), pd.Series(list("az")))
    assert "z has no documents. The commonest mistake: b read as z, 1" in plots.confusion_matrix(table).description


def test_labels_without_a_name_are_told():
    assert plots.class_sizes(pd.Series([1, 2, 1])).description.startswith("Bars: documents per class. 1 2, 2 1.")


def test_a_training_without_validation_has_its_curves_alone():
    picture = plots.learning_curves({"loss": [2, 1], "accuracy": [0.1, 0.9]})
    assert picture.description == (
        "Curves over 2 epochs. The training loss goes from 2.00 to 1.00. The accuracy ends at 0.90 in training."
    )
    assert [len(axes.lines) for axes in picture.figure.axes] == [1, 1]


SCORES = pd.DataFrame(
    {"accuracy": [0.3, 0.78], "accuracy_low": [0.1, 0.73], "accuracy_high": [0.5, 0.83]},
    index=pd.MultiIndex.from_tuples([("by address", "majority"), ("by address", "mlp")]),
)


def test_intervals_fill_their_axis_and_no_row_lies_on_the_frame():
    (axes,) = plots.score_intervals(SCORES).figure.axes
    assert axes.get_xlim() == pytest.approx((0.09, 0.91))
    assert axes.get_ylim() == (1.6, -0.6)
    sure = pd.DataFrame({"accuracy": [1.0], "accuracy_low": [1.0], "accuracy_high": [1.0]}, index=["mlp"])
    assert plots.score_intervals(sure).figure.axes[0].get_xlim() == pytest.approx((0.89, 1.01))


def test_the_lead_has_a_panel_with_a_line_at_0():
    leads = pd.DataFrame(
        {"lead": [-0.48, 0.016], "lead_low": [-0.6, 0.003], "lead_high": [-0.3, 0.032]}, index=SCORES.index
    )
    picture = plots.score_intervals(SCORES.join(leads), lead="logistic regression")
    scores, lead = picture.figure.axes
    assert lead.get_title() == "Lead over logistic regression"
    assert lead.get_ylim() == scores.get_ylim()
    assert [list(line.get_xdata()) for line in lead.lines if line.get_linestyle() == "--"] == [[0, 0]]
    assert "the lead over logistic regression in points:" in picture.description
    assert "by address, mlp +1.6 (+0.3 to +3.2)." in picture.description


# Words

WORDS = {
    name: pd.Series([0.3, 0.2, 0.1, 0.05], index=["war", "peace", "sea", "sky"][:: 1 if name == "early" else -1])
    for name in ("early", "middle", "late", "last")
}


def test_each_class_has_a_panel_with_its_words_the_strongest_on_top():
    panels = [panel for panel in plots.driving_words(WORDS).figure.axes if panel.get_visible()]
    assert [panel.get_title() for panel in panels] == list(WORDS)
    assert [label.get_text() for label in panels[0].get_yticklabels()] == ["war", "peace", "sea", "sky"]
    assert panels[0].yaxis_inverted()
    assert panels[0].patches[0].get_width() == 0.3


def test_words_of_several_lists_are_hatched_and_function_words_grey_in_italics():
    lists = {
        "early": pd.Series([0.3, 0.2], index=["which", "tariff"]),
        "late": pd.Series([0.3, 0.2], index=["which", "energy"]),
    }
    picture = plots.driving_words(lists, {"which"})
    panel = picture.figure.axes[0]
    which, tariff = panel.patches
    assert which.get_hatch()
    assert not tariff.get_hatch()
    assert which.get_facecolor() != tariff.get_facecolor()
    assert [label.get_style() for label in panel.get_yticklabels()] == ["italic", "normal"]
    assert "2 of 4 bars are content words" in picture.description
    assert "In several lists, hatched: which." in picture.description
    keys = [text.get_text() for text in picture.figure.legends[0].get_texts()]
    assert keys == ["content word", "function word", "in several lists"]


def test_lists_without_common_words_need_no_key():
    picture = plots.driving_words({"early": pd.Series([0.3], index=["war"]), "late": pd.Series([0.3], index=["sea"])})
    assert not picture.figure.legends
    assert picture.description.endswith("early: war; late: sea.")


# Lines, residuals, descent and logistic regression


def test_points_are_drawn_where_the_data_are():
    drawn = plots.residuals(X, Y, 1.0, 1.0).figure.axes[0]
    assert np.array_equal(drawn.lines[0].get_xydata(), np.column_stack([X, Y]))
    assert np.array_equal(drawn.lines[1].get_xydata(), [[0, 1], [3, 4]])
    sticks = drawn.collections[0].get_segments()
    assert np.array_equal([stick[1] - stick[0] for stick in sticks], np.column_stack([0 * X, Y - (1 + X)]))


def test_contours_have_alpha_across_and_beta_up():
    """A loss that depends on alpha alone has upright contours: a transposed grid would lay them down."""
    axes = plots.loss_contours(lambda alpha, beta: alpha**2, {"path": PATH}).figure.axes[0]
    contour = axes.collections[-1].get_paths()[3].vertices
    assert len(contour) > 20
    assert np.ptp(abs(contour[:, 0])) < 0.01
    assert np.ptp(contour[:, 1]) > 1


def test_an_animation_is_one_small_file_that_plays_twice_and_ends():
    animation = plots.fit_animation(X, Y, PATH, line, [0, 1, 2])
    content = animation.png()
    image = Image.open(io.BytesIO(content))
    assert image.is_animated
    assert image.info["loop"] == 2
    assert image.n_frames == 3 + 1  # and the still picture
    assert len(content) < 60_000
    assert content == animation.png()


def test_what_cannot_play_an_animation_shows_its_end():
    image = Image.open(io.BytesIO(plots.fit_animation(X, Y, PATH, line, [0, 1, 2]).png()))
    still = np.asarray(image.convert("RGB"))
    image.seek(image.n_frames - 1)
    assert np.array_equal(still, np.asarray(image.convert("RGB")))


def test_lines_of_equal_loss_are_equally_far_apart():
    """Only so do close lines mean steep ground; the step stands in the title."""
    axes = plots.loss_contours(loss, {"path": PATH}).figure.axes[0]
    steps = np.diff(axes.collections[-1].levels)
    assert len(steps) > 8
    assert np.allclose(steps, steps[0])
    assert f"lines {steps[0]:.3g} apart" in axes.get_title()


def test_the_lowest_point_is_marked_where_it_is():
    slope, intercept = np.polyfit(X, Y, 1)
    path = np.array([[0.0, 0.0], [1.5, 2.0]])
    axes = plots.loss_contours(loss, {"path": path}).figure.axes[0]
    marks = {line.get_label(): line.get_xydata() for line in axes.lines}
    assert np.allclose(marks["lowest loss"], [[intercept, slope]], atol=1e-3)
    assert np.array_equal(marks["end of the path"], path[-1:])


def test_no_lowest_point_is_marked_where_the_figure_ends_before_it():
    picture = plots.loss_contours(loss, {"path": PATH}, box=((-2, -1), (-2, -1)))
    assert "lowest" not in picture.description
    assert "lowest loss" not in [line.get_label() for line in picture.figure.axes[0].lines]


def test_the_floor_of_the_loss_needs_an_axis_from_zero():
    axes = plots.loss_per_epoch({"good": [8, 2, 1]}, lowest=0.9).figure.axes[0]
    assert (axes.get_yscale(), axes.get_ylim()[0]) == ("linear", 0)
    assert plots.loss_per_epoch({"good": [8, 2, 1]}).figure.axes[0].get_yscale() == "log"


def test_mistakes_are_crosses_and_no_points():
    axes = plots.probability_curves(X, CLASSES, {}, classes=("no", "yes"), wrong={"bad": X == 1}).figure.axes[0]
    drawn = {line.get_label(): (line.get_marker(), line.get_xdata().tolist()) for line in axes.lines}
    assert drawn["bad"] == ("x", [1])
    assert drawn["no (0)"][1] == [0]
    assert drawn["yes (1)"][1] == [2, 3]


def test_an_axis_speaks_of_probability_only_where_there_is_one():
    without = plots.probability_curves(X, CLASSES, {}, classes=("no", "yes")).figure.axes[0]
    assert "probability" not in without.get_ylabel()
    assert without.get_yticks().tolist() == [0, 1]


def test_two_classes_have_markers_of_their_own_in_a_strip():
    panel = plots.fit_strip(X, CLASSES, PATH, line, [0]).figure.axes[0]
    assert len({line.get_marker() for line in panel.lines[:2]}) == 2


# Networks and activations


def test_a_network_has_a_line_for_every_weight_and_a_circle_for_every_unit():
    lines = plots.network_circles([5, 7, 3]).figure.axes[0].lines
    assert sum(line.get_marker() == "None" for line in lines) == 5 * 7 + 7 * 3
    assert sum(line.get_marker() == "o" for line in lines) == 5 + 7 + 3


def test_the_circles_are_named_and_the_gaps_counted():
    axes = plots.network_circles([3, 1], letters=["x", "a"], title="A perceptron").figure.axes[0]
    words = [text.get_text() for text in axes.texts]
    assert words == ["$x_{1}$", "$x_{2}$", "$x_{3}$", "$a$", "3·1 weights\n+ 1 bias"]
    assert axes.get_title() == "A perceptron"


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
    picture = plots.threshold_lines({"XOR": ([0, 1, 1, 0], [((1, 1), 1), ((1, 1), 2)])})
    silent, firing = picture.figure.axes[0].lines[:2]
    assert silent.get_xydata().tolist() == [[0, 0], [1, 1]]
    assert firing.get_xydata().tolist() == [[0, 1], [1, 0]]


def test_more_than_three_activations_take_a_second_row():
    relu = (lambda z: np.maximum(0, z), lambda z: np.where(z > 0, 1.0, 0.0))
    figure = plots.activation_slopes({f"g{number}": relu for number in range(4)}).figure
    assert [axes.get_visible() for axes in figure.axes] == [True] * 4 + [False] * 2


# Training and optimisers


def graph():
    values = {"w": 2.0, "x": 3.0, "u": 6.0, "b": -1.0, "z": 5.0}
    slopes = {"w": 3.0, "x": 2.0, "u": 1.0, "b": 1.0, "z": 1.0}
    return plots.computation_graph({"u": ["w", "x"], "z": ["u", "b"]}, values, slopes, formulas={"u": "w·x"})


def words_in_the_graph():
    axes = graph().figure.axes[0]
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
    axes = graph().figure.axes[0]
    arrows = [text.arrow_patch for text in axes.texts if getattr(text, "arrow_patch", None)]
    assert len(arrows) == 2 * 4
    assert len({matplotlib.colors.to_hex(arrow.get_edgecolor()) for arrow in arrows}) == 2


def test_a_path_is_drawn_where_it_went():
    path = np.array([[1.0, 0.01], [0.5, 0.2], [0.0, 0.4], [0.0, 0.9]])
    picture = plots.saddle_paths(lambda x, y: x**2 - y**2, {"slow": path[:3], "fast": path}, drawn=2)
    *panels, steps = picture.figure.axes
    assert [panel.get_title() for panel in panels] == ["slow", "fast"]
    for panel in panels:
        assert np.array_equal(panel.lines[0].get_xydata(), path[:3])
        assert panel.lines[1].get_xydata().tolist() == [[0, 0]]
    assert np.array_equal(steps.lines[1].get_xydata(), np.column_stack([[1, 2, 3], path[1:, 1]]))


def test_a_neuron_is_shaded_where_it_fires():
    gates = {"AND": ([0, 0, 0, 1], [((1, 1), 2)]), "NOT x2": ([1, 0, 1, 0], [((0, -1), -0.5)])}
    both, negated = plots.threshold_lines(gates).figure.axes
    for axes, fires, rests in ((both, (1.2, 1.2), (0.8, 0.8)), (negated, (0.3, 0.2), (0.3, 0.8))):
        (shade,) = axes.collections
        (side,) = shade.get_paths()
        assert side.contains_point(fires)
        assert not side.contains_point(rests)


def test_the_factors_of_a_graph_stand_where_a_node_is_used_once():
    values, slopes = {"x": 3.0, "a": 6.0, "b": 9.0, "s": 15.0}, {"x": 5.0, "a": 1.0, "b": 1.0, "s": 1.0}
    picture = plots.computation_graph({"a": ["x"], "b": ["x"], "s": ["a", "b"]}, values, slopes)
    written = [text.get_text() for text in picture.figure.axes[0].texts if text.get_text().startswith("×")]
    assert written == ["×1.00", "×1.00"]
    assert picture.description.endswith("Factors on the way back: s to a 1.00, s to b 1.00.")


def test_contours_of_a_saddle_have_x_across_and_y_up():
    """A loss that depends on x alone has upright contours: a transposed grid would lay them down."""
    left = plots.saddle_paths(lambda x, y: x**2 + 0 * y, {"path": PATH}).figure.axes[0]
    contour = left.collections[-1].get_paths()[5].vertices
    assert np.ptp(abs(contour[:, 0])) < 0.02
    assert np.ptp(contour[:, 1]) > 0.5


def test_a_descent_lies_on_the_curve():
    def double_well(theta):
        return theta**4 - theta**2

    axes = plots.descents_on_curve(double_well, [np.array([-1.0, -0.8, -0.7])]).figure.axes[0]
    assert np.allclose(axes.lines[0].get_ydata(), double_well(axes.lines[0].get_xdata()))
    assert axes.lines[1].get_xydata()[0].tolist() == [-1.0, 0.0]


# Over-fitting and depth


LONG = {"loss": [0.7, 0.4, 0.1], "val_loss": [0.7, 0.5, 0.9]}
SHORT = {"loss": [1.6, 0.5], "val_loss": [0.7, 0.6]}


def four_ways():
    return plots.compare_curves({"none": [LONG, SHORT], "L1": [LONG, LONG], "L2": [SHORT, SHORT], "x": [LONG] * 2})


def test_curves_of_all_panels_are_drawn_whole_on_one_scale():
    figure = four_ways().figure
    first, *_, fourth, fifth, sixth = figure.axes
    assert np.array_equal(first.lines[3].get_xydata(), [[1, 0.7], [2, 0.6]])
    assert first.get_ylim() == fourth.get_ylim()
    assert first.get_ylim()[0] == 0
    assert first.get_ylim()[1] > 1.6
    assert not fifth.get_visible()
    assert not sixth.get_visible()


def test_the_dotted_line_is_the_lowest_validation_of_the_first_way():
    levels = [axes.lines[-1].get_ydata()[0] for axes in four_ways().figure.axes[:4]]
    assert levels == pytest.approx([0.55] * 4)


def test_the_law_of_the_square_root_starts_at_the_first_measurement():
    picture = plots.shrinking_difference([1, 10, 100], [1.0, 0.1, 0.01], xlabel="masks", ylabel="difference")
    law = picture.figure.axes[0].lines[0]
    assert law.get_ydata() == pytest.approx([1, 10**-0.5, 0.1])


def test_gradients_are_averaged_as_logarithms():
    norms = np.array([[1e-5, 1e-4, 1e-3], [1e-3, 1e-3, 1e-1]])
    axes = plots.gradient_by_layer({"Glorot start": {"plain": norms}}).figure.axes[0]
    assert axes.get_yscale() == "log"
    assert axes.lines[0].get_ydata() == pytest.approx([1e-4, 10**-3.5, 1e-2])


# Vectors, matrices and derivatives


def test_arrows_differ_by_more_than_colour():
    axes = plots.arrows({"a": [1, 0], "b": [0, 1]}).figure.axes[0]
    shafts = [note.arrow_patch for note in axes.texts if note.arrow_patch is not None]
    assert len({shaft.get_linestyle() for shaft in shafts if shaft.get_linewidth() > 0}) == 2


def test_the_angle_is_the_smaller_one_of_the_two():
    description = plots.angle_between({"a": [-1, 0.01], "b": [-1, -0.01]}).description
    assert "1.15 degrees" in description


def test_arrows_in_the_same_direction_are_drawn_side_by_side():
    picture = plots.arrows({"a": [2, 1], "2a": [4, 2], "−0.5a": [-1, -0.5]})
    ends = [
        np.array(note.xy) for note in picture.figure.axes[0].texts if note.get_text() == "" and note.xyann != note.xy
    ]
    shafts = ends[::2]
    assert np.allclose(shafts[0], [2, 1])
    assert np.allclose(shafts[2], [-1, -0.5])
    assert 0.1 < np.linalg.norm(shafts[1] - [4, 2]) < 0.3
    assert abs((shafts[1] - [4, 2]) @ [2, 1]) < 1e-9  # sideways, so the arrow keeps its length
    assert "2a is drawn beside a" in picture.description
    assert "−0.5a is drawn" not in picture.description


def test_a_map_of_many_documents_names_every_third_and_those_at_an_edge():
    names = [f"document {k}" for k in range(30)]
    values = pd.DataFrame(np.eye(30), index=names, columns=names)
    picture = plots.similarity_map(values, edges=["document 10"])
    axes = picture.figure.axes[0]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[:6] == ["document 0", "document 3", "document 6", "document 10", "document 12", "document 15"]
    assert [label.get_text() for label in axes.get_xticklabels()] == labels
    assert {tuple(line.get_ydata()) for line in axes.lines} >= {(9.5, 9.5)}
    assert "A line before document 10 marks an edge." in picture.description
    assert not plots.similarity_map(values).figure.axes[0].lines


def test_curves_are_drawn_from_values_or_from_functions():
    x = np.linspace(-1, 1, 21)
    from_values = plots.curves_with_slopes({"x²": (x**2, 2 * x)}, x)
    assert from_values.description == plots.curves_with_slopes({"x²": (np.square, lambda x: 2 * x)}, x).description


def test_only_similarities_below_zero_get_a_scale_with_two_ends():
    alike = pd.DataFrame([[1, 0.2, 0.7], [0.2, 1, 0.4], [0.7, 0.4, 1]])
    image = plots.similarity_map(alike).figure.axes[0].images[0]
    assert image.get_clim() == pytest.approx((0.2, 0.7))
    signed = alike.replace(0.2, -0.2)
    assert plots.similarity_map(signed).figure.axes[0].images[0].get_clim() == (-1, 1)
