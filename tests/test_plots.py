"""What holds for every figure, and what a figure does with words and with many curves."""

import base64
import functools
import io
import warnings

import numpy as np
import pandas as pd
import pytest
from IPython.display import Markdown
from matplotlib.cbook import is_math_text
from matplotlib.font_manager import findfont
from matplotlib.text import Text
from PIL import Image

from qta_keras import plots
from qta_keras.plots import words_as_written
from qta_keras.plots.picture import curve_style, new_figure

X, Y = np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 3.0, 2.0, 5.0])
FIFTHS = np.linspace(0, 1, 5)
CLASSES = np.array([0, 0, 1, 1])
PATH = np.array([[0.0, 0.0], [0.5, 0.8], [1.0, 1.1]])
SADDLE_PATH = np.array([[1.0, 0.01], [0.5, 0.2], [0.0, 0.4], [0.0, 0.9]])
HISTORY = {
    "loss": [1.5, 0.9, 0.4],
    "val_loss": [1.2, 0.8, 0.95],
    "accuracy": [0.4, 0.7, 0.9],
    "val_accuracy": [0.5, 0.72, 0.7],
}
CONFUSION = pd.DataFrame([[8, 2], [1, 9]], index=["war", "peace"], columns=["war", "peace"])
SCORES = pd.DataFrame(
    {"accuracy": [0.3, 0.78], "accuracy_low": [0.1, 0.73], "accuracy_high": [0.5, 0.83]},
    index=pd.MultiIndex.from_tuples([("by address", "majority"), ("by address", "mlp")]),
)
WORDS = {
    "early": pd.Series([0.3, 0.2, 0.1, 0.05], index=["war", "peace", "sea", "sky"]),
    "middle": pd.Series([0.3, 0.2, 0.1, 0.05], index=["sky", "sea", "peace", "war"]),
}
GATES = {"OR": ([0, 1, 1, 1], [((1, 1), 1)]), "XOR": ([0, 1, 1, 0], [((1, 1), 1), ((1, 1), 2)])}
RELU = {"ReLU": (lambda z: np.maximum(0, z), lambda z: np.where(z > 0, 1.0, 0.0))}
ERRORS = {"built": ([4, 8], [0.4, 0.1]), "trained": ([4, 8], [[0.5, 0.3], [0.7, 0.5]])}
VALUES = {"w": 2.0, "x": 3.0, "u": 6.0, "b": -1.0, "z": 5.0}
SLOPES = {"w": 3.0, "x": 2.0, "u": 1.0, "b": 1.0, "z": 1.0}
LONG = {"loss": [0.7, 0.4, 0.1], "val_loss": [0.7, 0.5, 0.9]}
SHORT = {"loss": [1.6, 0.5], "val_loss": [0.7, 0.6]}
NORMS = {
    "Glorot start": {"plain": np.array([[1e-5, 1e-4, 1e-3], [1e-3, 1e-3, 1e-1]]), "layer norm": np.ones((2, 3))},
    "He start": {"plain": np.full((2, 3), 1e-1), "layer norm": np.ones((2, 3))},
}
ALIKE = pd.DataFrame([[1, 0.2, 0.7], [0.2, 1, 0.4], [0.7, 0.4, 1]], index=list("abc"), columns=list("abc"))


def line(alpha, beta, x):
    return alpha + beta * x


def loss(alpha, beta):
    return float(np.mean((Y - line(alpha, beta, X)) ** 2))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def saddle(x, y):
    return x**2 - y**2


ALL = {  # what draws each figure, and some of what it then says of itself
    "activation_slopes": (
        lambda: plots.activation_slopes(RELU, reach=2),
        ["z from -2 to 2", "values 0.00 to 2.00; slope 0.000 on the left, 1.000 on the right, at most 1.00"],
    ),
    "angle_between": (lambda: plots.angle_between({"a": [4, 1], "b": [2, 2]}), ["30.96 degrees"]),
    "arrows": (
        lambda: plots.arrows({"a": [2, 1], "−0.5a": [-1, -0.5]}),
        ["a to (2, 1)", "−0.5a to (-1, -0.5)"],
    ),
    "bends_add_up": (
        lambda: plots.bends_add_up(
            FIFTHS, FIFTHS**2, 1.0, np.array([FIFTHS, -np.maximum(0, FIFTHS - 0.5)]).T, [0, 0.5]
        ),
        ["at x = 0, rising; at x = 0.5, falling", "sum plus 1", "at most 1.250 away"],
    ),
    "class_sizes": (
        lambda: plots.class_sizes(pd.Series(list("aaab"), name="party")),
        ["party", "a 3", "75 %"],
    ),
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
    "computation_graph": (
        lambda: plots.computation_graph({"u": ["w", "x"], "z": ["u", "b"]}, VALUES, SLOPES, formulas={"u": "w·x"}),
        ["5 nodes, with value and slope of z", "w 2.00, slope 3.00", "Computed: w·x 6.00, slope 1.00; z 5.00"],
    ),
    "confusion_matrix": (
        lambda: plots.confusion_matrix(CONFUSION),
        ["war 80 %", "peace 90 %", "war read as peace, 2"],
    ),
    "contours_with_gradients": (
        lambda: plots.contours_with_gradients(
            lambda x, y: x**2 + 4 * y**2, lambda x, y: (2 * x, 8 * y), points=[(1, 0), (0, 1)]
        ),
        ["2 points", "(0, 1): slope 8, towards (0, 1)"],
    ),
    "curves_with_slopes": (
        lambda: plots.curves_with_slopes({"x²": (np.square, lambda x: 2 * x)}, [-1, 0, 1]),
        ["from -2 to 2, zero at x = 0"],
    ),
    "descents_on_curve": (
        lambda: plots.descents_on_curve(
            lambda theta: theta**4 - theta**2, [np.array([-1.0, -0.8, -0.7]), np.array([0.1, 0.3, 0.7])]
        ),
        ["2 descents", "from -1.00 to -0.70, loss -0.25", "from 0.10 to 0.70, loss -0.25"],
    ),
    "driving_words": (
        lambda: plots.driving_words(WORDS),
        ["early: war, peace, sea; middle: sky, sea, peace"],
    ),
    "errors_by_width": (
        lambda: plots.errors_by_width([4, 8], ERRORS),
        ["built: from 0.4 with 4 units to 0.1 with 8, a slope of -2.0", "trained: from 0.6 with 4 units to 0.4 with 8"],
    ),
    "fit_animation": (lambda: plots.fit_animation(X, Y, PATH, line, [0, 2]), ["2 frames", "to 1.00 and 1.10"]),
    "fit_strip": (lambda: plots.fit_strip(X, Y, PATH, line, [0, 1, 2]), ["3 frames", "after epoch 2: 1.00 and 1.10"]),
    "fit_strip with losses": (
        lambda: plots.fit_strip(X, Y, PATH, line, [0, 2], losses=[9.75, 3, 0.68]),
        ["2 frames", "The loss in the frames: 9.75, 0.68"],
    ),
    "gradient_by_layer": (
        lambda: plots.gradient_by_layer(NORMS),
        ["layer 1 and layer 3", "Glorot start: plain -4.0 and -2.0, layer norm 0.0 and 0.0; He start: plain -1.0"],
    ),
    "grid_before_after": (
        lambda: plots.grid_before_after([[1, -2], [-0.5, 2]]),
        ["(1, 1) goes to (-1, 1.5)"],
    ),
    "learning_curves": (
        lambda: plots.learning_curves(HISTORY),
        ["3 epochs", "after epoch 2, at 0.80", "0.70 in validation"],
    ),
    "lines_through_points": (
        lambda: plots.lines_through_points(X, Y, {"truth": (1, 1), "guess": (0, 2)}, xlabel="year", ylabel="words"),
        ["4 points", "year from 0.0 to 3.0", "truth, intercept 1.0 and slope 1.000; guess"],
    ),
    "lines_through_points without a line": (lambda: plots.lines_through_points(X, Y, {}), ["y from 1.0 to 5.0."]),
    "loss_by_probability": (
        lambda: plots.loss_by_probability(np.array([0.1, 0.5, 0.9]), {"y = 1": -np.log([0.1, 0.5, 0.9])}),
        ["y = 1: 2.30 at p = 0.100, 0.69 at p = 0.500, 0.11 at p = 0.900"],
    ),
    "loss_contours": (
        lambda: plots.loss_contours(loss, {"a": PATH, "b": PATH[::-1]}),
        [
            "a: from (0.00, 0.00), loss 9.75, to (1.00, 1.10), loss 0.68, in 2 epochs; b: from (1.00, 1.10)",
            "β, 1 apart",
        ],
    ),
    "loss_per_epoch": (
        lambda: plots.loss_per_epoch({"good": [8, 2, 1], "bad": [8, 90, 1e9]}),
        ["good: from 8.00 to 1.00 in 2 epochs", "bad: from 8.00 to beyond the figure, it diverges"],
    ),
    "loss_per_epoch with its floor": (
        lambda: plots.loss_per_epoch({"good": [8, 2, 1]}, lowest=0.9),
        ["axis from 0", "good: from 8.00 to 1.00 in 2 epochs", "lowest possible loss, 0.90"],
    ),
    "loss_slice": (lambda: plots.loss_slice(loss, 1.0, 0.0, -8.0), ["of slope -8.00", "0.68, is at β = 1.14"]),
    "loss_surface": (lambda: plots.loss_surface(loss, PATH, box=((0, 2), (0, 2))), ["9.8 at its highest", "loss 0.68"]),
    "losses_by_cost": (
        lambda: plots.losses_by_cost({"a": ([1, 2, 4], [3, 1, 2]), "b": ([1, 8], [3, 2])}, xlabel="passes", log=True),
        ["a: from 3.00 at 1 to 2.00 at 4, lowest 1.00 at 2; b: from 3.00 at 1 to 2.00 at 8"],
    ),
    "network_circles": (
        lambda: plots.network_circles([5, 7, 3]),
        ["5 inputs x, 7 hidden a, 3 outputs p", "56 weights and 10 biases"],
    ),
    "plane_into_space": (
        lambda: plots.plane_into_space([[1, 0], [0.5, 1], [-1, 1]]),
        ["(0, 1) goes to (0, 1, 1)"],
    ),
    "probability_curves": (
        lambda: plots.probability_curves(
            X, CLASSES, {"fit": lambda x: sigmoid(9 * (x - 1.5))}, classes=("no", "yes"), boundary=1.5
        ),
        ["2 no (0), x 0.0 to 1.0", "2 yes (1), x 2.0 to 3.0", "'fit' goes from 0.00", "to 1.00", "boundary at x 1.5"],
    ),
    "probability_curves without a curve": (
        lambda: plots.probability_curves(X, CLASSES, {}, classes=("no", "yes")),
        ["2 no (0), x 0.0 to 1.0"],
    ),
    "probability_curves with mistakes": (
        lambda: plots.probability_curves(
            X, CLASSES, {"fit": sigmoid}, classes=("no", "yes"), wrong={"early": X < 1, "late": X == 1}
        ),
        ["Crosses: early, 1; late, 1."],
    ),
    "residuals": (lambda: plots.residuals(X, Y, 1.0, 1.0), ["from -1.0 to 1.0", "mean squared error is 0.75"]),
    "rise_by_direction": (
        lambda: plots.rise_by_direction([0, 90, 180, 270], [0, 3, 0, -3], gradient=90),
        ["fastest at 90 degrees with 3", "slowest at 270"],
    ),
    "saddle_paths": (
        lambda: plots.saddle_paths(saddle, {"slow": SADDLE_PATH[:3], "fast": SADDLE_PATH}, drawn=2),
        ["slow: from (1.00, 0.01) to (0.00, 0.40) at step 2; y never beyond 0.5", "fast: ", "0.5 from step 3."],
    ),
    "score_intervals": (lambda: plots.score_intervals(SCORES), ["by address, mlp 0.78 (0.73 to 0.83)"]),
    "secants": (lambda: plots.secants(np.square, x=1, steps=[1, 0.1], slope=2), ["step 0.1 slope 2.1"]),
    "shrinking_difference": (
        lambda: plots.shrinking_difference([1, 10, 100], [1.0, 0.1, 0.01], xlabel="masks", ylabel="difference"),
        ["from 1 (masks: 1) to 0.01 (masks: 100)", "slope of -1.00"],
    ),
    "sigmoid_wrap": (lambda: plots.sigmoid_wrap(sigmoid, 1.0, 2.0), ["-7.0 to 9.0", "0.001 to 1.000", "x = -0.5"]),
    "similarity_map": (
        lambda: plots.similarity_map(ALIKE),
        ["3 documents", "0.20 (a and b)", "0.70 (a and c)"],
    ),
    "step_errors": (
        lambda: plots.step_errors([1e-1, 1e-2, 1e-3], {"forward": [3, 1, 2]}),
        ["forward at step 10^-2"],
    ),
    "surfaces": (lambda: plots.surfaces({"saddle": saddle}), ["1 along the x-axis and -1 along"]),
    "threshold_lines": (
        lambda: plots.threshold_lines(GATES),
        [
            "OR: 1 for (0, 1) (1, 0) (1, 1); line x₁ + x₂ = 1.",
            "XOR: 1 for (0, 1) (1, 0); lines x₁ + x₂ = 1, x₁ + x₂ = 2.",
        ],
    ),
    "tip_to_tail": (
        lambda: plots.tip_to_tail({"a": [2, 1]}, {"−b": [-3, -3]}, total="a − b"),
        ["(-1, -2)", "a − b"],
    ),
    "waves": (
        lambda: plots.waves(FIFTHS, {"two teeth": np.array([0, 0.8, 0.2, 0.9, 0]), "flat": np.zeros(5)}),
        ["two teeth: crosses it 4 times", "flat: crosses it 0 times"],
    ),
    "word_ranks": (
        lambda: plots.word_ranks(range(200, 0, -1), [f"w{i}" for i in range(200)]),
        ["200 words", "'w0'", "75 %"],
    ),
}

NO_SCALE_UP = {"computation_graph", "curves_with_slopes", "driving_words", "network_circles", "score_intervals"}
TWO_CURVES = [  # are the first lines of the first panel
    "bends_add_up",
    "compare_curves",
    "errors_by_width",
    "gradient_by_layer",
    "learning_curves",
    "loss_contours",
    "loss_per_epoch",
    "losses_by_cost",
    "saddle_paths",
]


@functools.cache
def drawn(name):
    return ALL[name][0]()


@pytest.fixture
def shown(monkeypatch):
    """What is displayed, each item with its metadata."""
    items = []
    monkeypatch.setattr("IPython.display.display", lambda item, metadata=None, **_: items.append((item, metadata)))
    return items


def test_every_figure_is_tried_here():
    assert {name.split()[0] for name in ALL} == set(plots.__all__) - {"Animation", "Picture", "slider"}


@pytest.mark.parametrize("name", ALL)
def test_a_figure_says_what_it_shows(name):
    for words in ALL[name][1]:
        assert words in drawn(name).description


@pytest.mark.parametrize("name", ALL)
def test_a_figure_has_titles_and_named_axes(name):
    figure = drawn(name).figure
    first, *_ = figure.axes
    assert first.get_ylabel() or name in NO_SCALE_UP
    for axes in figure.axes:
        if not axes.get_visible() or axes.get_label() == "<colorbar>":
            continue
        assert axes.get_title()
        assert axes.get_xlabel() or figure.get_supxlabel() or name == "network_circles"
        same_scale = axes.get_ylim() == first.get_ylim()  # as at its left, where the name stands
        assert axes.get_ylabel() or same_scale or name in NO_SCALE_UP


@pytest.mark.parametrize("name", TWO_CURVES)
def test_curves_differ_by_more_than_colour(name):
    one, two, *_ = drawn(name).figure.axes[0].lines
    assert one.get_linestyle() != two.get_linestyle()
    assert one.get_marker() != two.get_marker()


@pytest.mark.parametrize("name", ["plane_into_space", "surfaces"])
def test_a_figure_in_space_has_room_for_its_axes(name):
    with warnings.catch_warnings():
        warnings.filterwarnings("error", "constrained_layout not applied")  # matplotlib 3.10
        ALL[name][0]().png()


REFUSED = {
    "no accuracy": (
        lambda: plots.learning_curves({"loss": [1]}),
        "has no 'accuracy', only 'loss': .* metrics in compile",
    ),
    "no validation": (
        lambda: plots.compare_curves({"none": [HISTORY, {"loss": [1]}]}),
        "has no 'val_loss', only 'loss': train again with validation_data in fit",
    ),
    "no documents": (lambda: plots.class_sizes(pd.Series([], dtype=object)), "There are no documents to count"),
    "mixed labels": (lambda: plots.class_sizes(pd.Series([1, "1"], dtype=object)), "two kinds"),
    "no classes": (lambda: plots.driving_words({}), "give one word or more for each"),
    "no words": (lambda: plots.driving_words({"early": WORDS["early"][:0]}), "give one word or more for each"),
    "one layer": (lambda: plots.network_circles([5]), r"sizes is \[.*draw a smaller network"),
    "an empty layer": (lambda: plots.network_circles([5, 0, 3]), r"sizes is \[.*draw a smaller network"),
    "a wide layer": (lambda: plots.network_circles([784, 10]), r"sizes is \[.*draw a smaller network"),
    "a letter too many": (lambda: plots.network_circles([3, 1], letters="xap"), "3 letters for 2 layers"),
    "a node without a slope": (
        lambda: plots.computation_graph({"z": ["w", "b"]}, {"w": 1.0, "b": 1.0, "z": 2.0}, {"w": 1.0, "z": 1.0}),
        "Node 'b' has no value or no slope",
    ),
    "a vector in space": (lambda: plots.arrows({"a": [1, 2, 3]}), r"vector a has the shape \(3,\)"),
    "a vector of length 0": (
        lambda: plots.angle_between({"a": [1, 2], "b": [0, 0]}),
        "needs two vectors other than",
    ),
    "half a matrix": (
        lambda: plots.grid_before_after([[1, 2]]),
        r"shape \(1, 2\), but this figure needs one of shape \(2, 2\)",
    ),
    "a matrix too wide": (
        lambda: plots.plane_into_space(np.eye(3)),
        r"shape \(3, 3\), but this figure needs one of shape \(3, 2\)",
    ),
    "a step of 0": (lambda: plots.secants(np.square, x=1, steps=[0], slope=2), "use a step other than 0"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_drawn_is_said(name):
    draw, complaint = REFUSED[name]
    with pytest.raises(ValueError, match=complaint):
        draw()


def test_what_is_no_history_is_said():
    with pytest.raises(TypeError, match=r"is of type object, .*: give model\.fit\(\.\.\.\)\.history"):
        plots.learning_curves(object())


# Showing and saving


@pytest.mark.parametrize("name", ["confusion_matrix", "fit_animation"])
def test_the_description_is_alternative_text_text_output_and_caption(name, shown):
    drawn(name)._ipython_display_()
    (image, metadata), (caption, _) = shown
    assert image["text/plain"] == drawn(name).description
    assert metadata["image/png"]["alt"] == drawn(name).description
    assert isinstance(caption, Markdown)
    assert drawn(name).description in caption.data


def test_the_same_figure_is_the_same_file(shown):
    for _ in range(2):
        plots.learning_curves(HISTORY)._ipython_display_()
    assert shown[0][0]["image/png"] == shown[2][0]["image/png"]


def test_saving_overwrites_nothing(tmp_path):
    picture = drawn("learning_curves")
    picture.save(tmp_path / "curves.pdf")
    assert (tmp_path / "curves.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(FileExistsError, match=r"curves\.pdf exists already"):
        picture.save(tmp_path / "curves.pdf")


def test_panels_stand_side_by_side():
    figure, panels = new_figure(3)
    assert np.shape(panels) == (3,)
    assert figure.axes == list(panels)


def test_the_colour_bar_of_a_map_keeps_its_shades(shown):
    values = pd.DataFrame(np.linspace(-1, 1, 900).reshape(30, 30))
    for picture in (plots.similarity_map(values), plots.arrows({"a": [1, 0]})):
        picture._ipython_display_()
    stored = [data["image/png"] for data, _ in shown[::2]]  # each with its caption after it
    images = [Image.open(io.BytesIO(base64.b64decode(image))) for image in stored]
    shades = [len(image.convert("RGB").getcolors(1 << 20)) for image in images]
    assert shades[0] > 256
    assert shades[1] <= 128


# Words as they are written

ODD = ["$20k to $50k", "ca$$h", "$x^", r"\$5 or \$6", "50 % $"]
RUN = {"loss": [2, 1], "val_loss": [2, 3], "accuracy": [0.1, 0.9], "val_accuracy": [0.2, 0.3]}
WITH_A_WORD = {
    "class_sizes": lambda word: plots.class_sizes(pd.Series([word, "b", word], name=word)),
    "confusion_matrix": lambda word: plots.confusion_matrix(pd.DataFrame([[1, 2], [0, 1]], [word, "b"], [word, "b"])),
    "score_intervals": lambda word: plots.score_intervals(
        pd.DataFrame({"accuracy": [0.5], "accuracy_low": [0.4], "accuracy_high": [0.6]}, index=[word])
    ),
    "driving_words": lambda word: plots.driving_words({word: pd.Series([0.3], index=[word])}),
    "word_ranks": lambda word: plots.word_ranks([3, 2], [word, "b"]),
    "loss_per_epoch": lambda word: plots.loss_per_epoch({word: [4, 2, 1]}, title=word),
    "compare_curves": lambda word: plots.compare_curves({word: [RUN]}),
    "lines_through_points": lambda word: plots.lines_through_points(
        FIFTHS, FIFTHS, {word: (0, 1)}, xlabel=word, ylabel=word
    ),
    "arrows": lambda word: plots.arrows({word: [1, 2]}, title=word),
    "similarity_map": lambda word: plots.similarity_map(pd.DataFrame([[1, 0.5], [0.5, 1]], [word, "b"], [word, "b"])),
    "probability_curves": lambda word: plots.probability_curves(
        FIFTHS, [0, 0, 1, 1, 1], {word: lambda x: x}, classes=(word, "b"), xlabel=word, title=word
    ),
}


@pytest.mark.parametrize("word", ODD)
@pytest.mark.parametrize("name", WITH_A_WORD)
def test_dollar_signs_are_drawn_as_such(name, word):
    picture = WITH_A_WORD[name](word)
    picture.figure.savefig(io.BytesIO(), format="png")
    words = [text for text in picture.figure.findobj(Text) if word in text.get_text()]
    assert words
    assert not any(text.get_parse_math() and is_math_text(text.get_text()) for text in words)
    assert word in picture.description


def test_powers_of_ten_stay_formulas():
    picture = drawn("word_ranks")
    picture.figure.savefig(io.BytesIO(), format="png")
    labels = picture.figure.axes[0].get_xticklabels()
    assert any(is_math_text(label.get_text()) for label in labels)
    assert all(label.get_parse_math() for label in labels)


def test_letters_of_a_network_stay_formulas_and_its_title_is_none():
    picture = plots.network_circles([2, 1], title="$2 in, $1 out")
    assert not picture.figure.axes[0].title.get_parse_math()
    assert picture.figure.axes[0].texts[0].get_parse_math()


def test_a_caption_is_shown_as_written(shown):
    plots.class_sizes(pd.Series(["$5 to $6", "a_b_c", "*new*"], name="income"))._ipython_display_()
    (image, _), (caption, _) = shown
    assert r"\$5 to \$6 1" in caption.data
    assert r"a\_b\_c 1" in caption.data
    assert r"\*new\* 1" in caption.data
    assert "$5 to $6 1" in image["text/plain"]


def test_a_script_that_no_font_has_gets_one_sentence(monkeypatch):
    monkeypatch.setattr(words_as_written, "_other_fonts", lambda: [("usual", findfont("DejaVu Sans"))])
    for function in ("_fonts_for", "_drawable"):  # without what they remember of this machine's fonts
        monkeypatch.setattr(words_as_written, function, getattr(words_as_written, function).__wrapped__)
    with pytest.warns(UserWarning, match="No font on this machine has the sign '中' and 1 others") as heard:
        plots.class_sizes(pd.Series(["中文", "b"]))
    assert len(heard) == 1


def test_a_script_that_another_font_has_is_drawn_in_it():
    picture = plots.class_sizes(pd.Series(["𝒜 b", "b"]))  # a letter that only a font of formulas may have
    family = picture.figure.axes[0].get_yticklabels()[1].get_fontfamily()
    assert family[0] == "sans-serif"


# Many curves


def test_curves_differ_up_to_36():
    assert len({tuple(curve_style(number).values()) for number in range(36)}) == 36
    assert len({tuple(curve_style(number).values())[:2] for number in range(24)}) == 24


WITH_CURVES = {
    "loss_per_epoch": lambda names: plots.loss_per_epoch({name: [4, 2, 1] for name in names}),
    "lines_through_points": lambda names: plots.lines_through_points(FIFTHS, FIFTHS, dict.fromkeys(names, (0, 1))),
    "losses_by_cost": lambda names: plots.losses_by_cost({name: ([1, 2], [3, 1]) for name in names}, xlabel="passes"),
    "loss_contours": lambda names: plots.loss_contours(lambda a, b: a**2 + b**2, dict.fromkeys(names, PATH)),
    "saddle_paths": lambda names: plots.saddle_paths(saddle, dict.fromkeys(names, PATH)),
    "descents_on_curve": lambda names: plots.descents_on_curve(np.square, [PATH[:, 0] for _ in names]),
    "loss_by_probability": lambda names: plots.loss_by_probability(FIFTHS + 0.1, dict.fromkeys(names, FIFTHS)),
    "probability_curves": lambda names: plots.probability_curves(
        FIFTHS, [0, 0, 1, 1, 1], dict.fromkeys(names, lambda x: x), classes=("a", "b")
    ),
    "step_errors": lambda names: plots.step_errors([0.1, 0.01], {key: [1, 2] for key in names}),
    "errors_by_width": lambda names: plots.errors_by_width([4, 8], dict.fromkeys(names, ([4, 8], [0.4, 0.1]))),
    "gradient_by_layer": lambda names: plots.gradient_by_layer({"start": {key: [[1, 2], [2, 3]] for key in names}}),
    "threshold_lines": lambda names: plots.threshold_lines({"AND": ([0, 0, 0, 1], [([1, 1], 2)] * len(names))}),
    "secants": lambda names: plots.secants(np.square, x=1, steps=range(1, len(names) + 1), slope=2),
    "bends_add_up": lambda names: plots.bends_add_up(
        FIFTHS, FIFTHS, 0, np.ones((5, len(names))), knots=range(len(names))
    ),
}


@pytest.mark.parametrize("count", [1, 7, 12])
@pytest.mark.parametrize("name", WITH_CURVES)
def test_figures_take_any_number_of_curves(name, count):
    picture = WITH_CURVES[name]([f"run {number}" for number in range(1, count + 1)])
    picture.figure.savefig(io.BytesIO(), format="png", dpi=20)
    for axes in picture.figure.axes:
        curves = [line for line in axes.lines if not line.get_label().startswith("_")]
        assert len({(line.get_color(), line.get_linestyle(), line.get_marker()) for line in curves}) == len(curves)
        firsts = [(line.get_markevery(), len(line.get_xdata())) for line in curves]
        assert all(every[0] < points for every, points in firsts if isinstance(every, tuple))
