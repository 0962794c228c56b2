"""The figures of notebooks 01 and 02."""

import io

import numpy as np
import pytest
from PIL import Image

from qta_keras import plots

X, Y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0, 5.0])
CLASSES = np.array([0, 0, 1, 1])
PATH = np.array([[0.0, 0.0], [0.5, 0.8], [1.0, 1.1]])


def line(alpha, beta, x):
    return alpha + beta * x


def loss(alpha, beta):
    return float(np.mean((Y - line(alpha, beta, X)) ** 2))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


ALL = {
    "lines_through_points": (
        lambda: plots.lines_through_points(X, Y, {"truth": (1, 1), "guess": (0, 2)}, xlabel="year", ylabel="words"),
        ["4 points", "year from 0.0 to 3.0", "truth, intercept 1.0 and slope 1.000; guess"],
    ),
    "points without a line": (lambda: plots.lines_through_points(X, Y, {}), ["y from 1.0 to 5.0."]),
    "residuals": (lambda: plots.residuals(X, Y, 1.0, 1.0), ["from -1.0 to 1.0", "mean squared error is 0.75"]),
    "loss_per_epoch": (
        lambda: plots.loss_per_epoch({"good": [8, 2, 1], "bad": [8, 90, 1e9]}),
        ["good: from 8.00 to 1.00 in 2 epochs", "bad: from 8.00 to beyond the figure, it diverges"],
    ),
    "loss_per_epoch with its floor": (
        lambda: plots.loss_per_epoch({"good": [8, 2, 1]}, lowest=0.9),
        ["axis from 0", "good: from 8.00 to 1.00 in 2 epochs", "lowest possible loss, 0.90"],
    ),
    "fit_strip with losses": (
        lambda: plots.fit_strip(X, Y, PATH, line, [0, 2], losses=[9.75, 3, 0.68]),
        ["2 frames", "The loss in the frames: 9.75, 0.68"],
    ),
    "fit_strip": (lambda: plots.fit_strip(X, Y, PATH, line, [0, 1, 2]), ["3 frames", "after epoch 2: 1.00 and 1.10"]),
    "fit_animation": (lambda: plots.fit_animation(X, Y, PATH, line, [0, 2]), ["2 frames", "to 1.00 and 1.10"]),
    "loss_contours": (
        lambda: plots.loss_contours(loss, {"a": PATH, "b": PATH[::-1]}),
        [
            "a: from (0.00, 0.00), loss 9.75, to (1.00, 1.10), loss 0.68, in 2 epochs; b: from (1.00, 1.10)",
            "β, 1 apart",
        ],
    ),
    "loss_surface": (lambda: plots.loss_surface(loss, PATH, box=((0, 2), (0, 2))), ["9.8 at its highest", "loss 0.68"]),
    "sigmoid_wrap": (lambda: plots.sigmoid_wrap(sigmoid, 1.0, 2.0), ["-7.0 to 9.0", "0.001 to 1.000", "x = -0.5"]),
    "loss_by_probability": (
        lambda: plots.loss_by_probability(np.array([0.1, 0.5, 0.9]), {"y = 1": -np.log([0.1, 0.5, 0.9])}),
        ["y = 1: 2.30 at p = 0.100, 0.69 at p = 0.500, 0.11 at p = 0.900"],
    ),
    "probability_curves": (
        lambda: plots.probability_curves(
            X, CLASSES, {"fit": lambda x: sigmoid(9 * (x - 1.5))}, classes=("no", "yes"), boundary=1.5
        ),
        ["2 no (0), x 0.0 to 1.0", "2 yes (1), x 2.0 to 3.0", "'fit' goes from 0.00", "to 1.00", "boundary at x 1.5"],
    ),
    "classes without a curve": (
        lambda: plots.probability_curves(X, CLASSES, {}, classes=("no", "yes")),
        ["2 no (0), x 0.0 to 1.0"],
    ),
    "probability_curves with mistakes": (
        lambda: plots.probability_curves(
            X, CLASSES, {"fit": sigmoid}, classes=("no", "yes"), wrong={"early": X < 1, "late": X == 1}
        ),
        ["Crosses: early, 1; late, 1."],
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
        assert axes.get_title()
        assert axes.get_xlabel()


@pytest.mark.parametrize(("name", "lines"), [("loss_per_epoch", 2), ("loss_contours", 3)])
def test_curves_differ_by_more_than_colour(name, lines):
    axes = ALL[name][0]().figure.axes[0]
    looks = {(line.get_linestyle(), line.get_marker()) for line in axes.lines[:lines]}
    assert len(looks) > 1


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


def test_an_animation_has_words(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, metadata=None, raw=False: shown.append((data, metadata))
    )
    animation = plots.fit_animation(X, Y, PATH, line, [0, 2])
    animation._ipython_display_()
    (image, metadata), (caption, _) = shown
    assert image["text/plain"] == metadata["image/png"]["alt"] == animation.description
    assert animation.description in caption.data


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
    panel = plots.fit_strip(X, CLASSES, PATH, lambda a, b, x: sigmoid(a + b * x), [0]).figure.axes[0]
    assert len({line.get_marker() for line in panel.lines[:2]}) == 2
