import base64
import io
import warnings

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from qta_keras import plots

ALIKE = pd.DataFrame([[1, 0.2, 0.7], [0.2, 1, 0.4], [0.7, 0.4, 1]], index=list("abc"), columns=list("abc"))
SQUARE = {"x²": (np.square, lambda x: 2 * x)}
STEPS = [1e-1, 1e-2, 1e-3]
ALL = {
    "arrows": (plots.arrows, ({"a": [2, 1], "−0.5a": [-1, -0.5]},), {}, ["a to (2, 1)", "−0.5a to (-1, -0.5)"]),
    "tip_to_tail": (plots.tip_to_tail, ({"a": [2, 1]}, {"−b": [-3, -3]}), {"total": "a − b"}, ["(-1, -2)", "a − b"]),
    "angle_between": (plots.angle_between, ({"a": [4, 1], "b": [2, 2]},), {}, ["30.96 degrees"]),
    "grid_before_after": (plots.grid_before_after, ([[1, -2], [-0.5, 2]],), {}, ["(1, 1) goes to (-1, 1.5)"]),
    "plane_into_space": (plots.plane_into_space, ([[1, 0], [0.5, 1], [-1, 1]],), {}, ["(0, 1) goes to (0, 1, 1)"]),
    "similarity_map": (plots.similarity_map, (ALIKE,), {}, ["3 documents", "0.20 (a and b)", "0.70 (a and c)"]),
    "secants": (plots.secants, (np.square,), {"x": 1, "steps": [1, 0.1], "slope": 2}, ["step 0.1 slope 2.1"]),
    "step_errors": (plots.step_errors, (STEPS, {"forward": [3, 1, 2]}), {}, ["forward at step 10^-2"]),
    "curves_with_slopes": (plots.curves_with_slopes, (SQUARE, [-1, 0, 1]), {}, ["from -2 to 2, zero at x = 0"]),
    "contours_with_gradients": (
        plots.contours_with_gradients,
        (lambda x, y: x**2 + 4 * y**2, lambda x, y: (2 * x, 8 * y)),
        {"points": [(1, 0), (0, 1)]},
        ["2 points", "(0, 1): slope 8, towards (0, 1)"],
    ),
    "rise_by_direction": (
        plots.rise_by_direction,
        ([0, 90, 180, 270], [0, 3, 0, -3]),
        {"gradient": 90},
        ["fastest at 90 degrees with 3", "slowest at 270"],
    ),
    "surfaces": (plots.surfaces, ({"saddle": lambda x, y: x**2 - y**2},), {}, ["1 along the x-axis and -1 along"]),
}


@pytest.mark.parametrize("name", ALL)
def test_a_figure_says_what_it_shows(name):
    draw, arguments, keywords, expected = ALL[name]
    picture = draw(*arguments, **keywords)
    for words in expected:
        assert words in picture.description


@pytest.mark.parametrize("name", ALL)
def test_a_figure_has_a_title_and_named_axes(name):
    draw, arguments, keywords, _ = ALL[name]
    for axes in draw(*arguments, **keywords).figure.axes:
        if axes.get_label() != "<colorbar>":
            assert axes.get_title()
            assert axes.get_xlabel()


@pytest.mark.parametrize("name", ["plane_into_space", "surfaces"])
def test_a_figure_in_space_has_room_for_its_axes(name):
    draw, arguments, keywords, _ = ALL[name]
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "constrained_layout not applied")  # matplotlib 3.10
        draw(*arguments, **keywords).png()


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


def test_the_colour_bar_of_a_map_keeps_its_shades(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
    values = pd.DataFrame(np.linspace(-1, 1, 900).reshape(30, 30))
    for picture in (plots.similarity_map(values), plots.arrows({"a": [1, 0]})):
        picture._ipython_display_()
    stored = [data["image/png"] for data in shown[::2]]  # each with its caption after it
    images = [Image.open(io.BytesIO(base64.b64decode(image))) for image in stored]
    shades = [len(image.convert("RGB").getcolors(1 << 20)) for image in images]
    assert shades[0] > 256
    assert shades[1] <= 128


def test_curves_are_drawn_from_values_or_from_functions():
    x = np.linspace(-1, 1, 21)
    from_values = plots.curves_with_slopes({"x²": (x**2, 2 * x)}, x)
    assert from_values.description == plots.curves_with_slopes(SQUARE, x).description


def test_only_similarities_below_zero_get_a_scale_with_two_ends():
    image = plots.similarity_map(ALIKE).figure.axes[0].images[0]
    assert image.get_clim() == pytest.approx((0.2, 0.7))
    signed = ALIKE.replace(0.2, -0.2)
    assert plots.similarity_map(signed).figure.axes[0].images[0].get_clim() == (-1, 1)


@pytest.mark.parametrize(
    ("draw", "complaint"),
    [
        (lambda: plots.arrows({"a": [1, 2, 3]}), r"vector a has the shape \(3,\)"),
        (lambda: plots.angle_between({"a": [1, 2], "b": [0, 0]}), "needs two vectors other than"),
        (lambda: plots.grid_before_after([[1, 2]]), r"shape \(1, 2\), but this figure needs one of shape \(2, 2\)"),
        (lambda: plots.plane_into_space(np.eye(3)), r"shape \(3, 3\), but this figure needs one of shape \(3, 2\)"),
        (lambda: plots.secants(np.square, x=1, steps=[0], slope=2), "use a step other than 0"),
    ],
)
def test_what_cannot_be_drawn_is_said(draw, complaint):
    with pytest.raises(ValueError, match=complaint):
        draw()
