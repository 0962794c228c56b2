"""Words handed to a figure are drawn as they are, and any number of curves is told apart."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.cbook import is_math_text
from matplotlib.font_manager import findfont
from matplotlib.text import Text

from qta_keras import evaluate, plots
from qta_keras.plots.picture import curve_style

ODD = ["$20k to $50k", "ca$$h", "$x^", r"\$5 or \$6", "50 % $"]
RUN = {"loss": [2, 1], "val_loss": [2, 3], "accuracy": [0.1, 0.9], "val_accuracy": [0.2, 0.3]}
X = np.linspace(0, 1, 5)
FIGURES = {
    "class_sizes": lambda word: plots.class_sizes(pd.Series([word, "b", word], name=word)),
    "confusion_matrix": lambda word: plots.confusion_matrix(pd.DataFrame([[1, 2], [0, 1]], [word, "b"], [word, "b"])),
    "score_intervals": lambda word: plots.score_intervals(
        pd.DataFrame({"accuracy": [0.5], "accuracy_low": [0.4], "accuracy_high": [0.6]}, index=[word])
    ),
    "driving_words": lambda word: plots.driving_words({word: pd.Series([0.3], index=[word])}),
    "word_ranks": lambda word: plots.word_ranks([3, 2], [word, "b"]),
    "loss_per_epoch": lambda word: plots.loss_per_epoch({word: [4, 2, 1]}, title=word),
    "compare_curves": lambda word: plots.compare_curves({word: [RUN]}),
    "lines_through_points": lambda word: plots.lines_through_points(X, X, {word: (0, 1)}, xlabel=word, ylabel=word),
    "arrows": lambda word: plots.arrows({word: [1, 2]}, title=word),
    "similarity_map": lambda word: plots.similarity_map(pd.DataFrame([[1, 0.5], [0.5, 1]], [word, "b"], [word, "b"])),
    "probability_curves": lambda word: plots.probability_curves(
        X, [0, 0, 1, 1, 1], {word: lambda x: x}, classes=(word, "b"), xlabel=word, title=word
    ),
}


@pytest.mark.parametrize("word", ODD)
@pytest.mark.parametrize("name", FIGURES)
def test_dollar_signs_are_drawn_as_such(name, word):
    picture = FIGURES[name](word)
    picture.figure.savefig(io.BytesIO(), format="png")
    words = [text for text in picture.figure.findobj(Text) if word in text.get_text()]
    assert words
    assert not any(text.get_parse_math() and is_math_text(text.get_text()) for text in words)
    assert word in picture.description


def test_powers_of_ten_stay_formulas():
    picture = plots.word_ranks(range(200, 0, -1), [f"w{number}" for number in range(200)])
    picture.figure.savefig(io.BytesIO(), format="png")
    labels = picture.figure.axes[0].get_xticklabels()
    assert any(is_math_text(label.get_text()) for label in labels)
    assert all(label.get_parse_math() for label in labels)


def test_letters_of_a_network_stay_formulas_and_its_title_is_none():
    picture = plots.network_circles([2, 1], title="$2 in, $1 out")
    assert not picture.figure.axes[0].title.get_parse_math()
    assert picture.figure.axes[0].texts[0].get_parse_math()


def test_a_caption_is_shown_as_written(monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda item, **rest: shown.append(item))
    plots.class_sizes(pd.Series(["$5 to $6", "a_b_c", "*new*"], name="income"))._ipython_display_()
    assert r"\$5 to \$6 1" in shown[1].data
    assert r"a\_b\_c 1" in shown[1].data
    assert r"\*new\* 1" in shown[1].data
    assert "$5 to $6 1" in shown[0]["text/plain"]


def test_a_script_that_no_font_has_gets_one_sentence(monkeypatch):
    monkeypatch.setattr("qta_keras.plots.words_as_written._other_fonts", lambda: [("usual", findfont("DejaVu Sans"))])
    for function in ("_fonts_for", "_drawable"):
        monkeypatch.setattr(f"qta_keras.plots.words_as_written.{function}", uncached(function))
    with pytest.warns(UserWarning, match="No font on this machine has the sign '中' and 1 others") as heard:
        plots.class_sizes(pd.Series(["中文", "b"]))
    assert len(heard) == 1


def test_a_script_that_another_font_has_is_drawn_in_it():
    picture = plots.class_sizes(pd.Series(["𝒜 b", "b"]))  # a letter that only a font of formulas may have
    family = picture.figure.axes[0].get_yticklabels()[1].get_fontfamily()
    assert family[0] == "sans-serif"


def uncached(function):
    from qta_keras.plots import words_as_written

    return getattr(words_as_written, function).__wrapped__


def test_a_perfect_classifier_has_no_commonest_mistake():
    truth = pd.Series(list("aab"))
    description = plots.confusion_matrix(evaluate.confusion(truth, truth)).description
    assert description == "Confusion matrix, 3 documents. Read rightly: a 100 %, b 100 %. There is no mistake."


def test_a_class_that_no_document_has_is_not_said_to_be_misread():
    table = evaluate.confusion(pd.Series(list("ab")), pd.Series(list("az")))
    assert "z has no documents. The commonest mistake: b read as z, 1" in plots.confusion_matrix(table).description


def test_labels_without_a_name_or_a_document_are_told():
    assert plots.class_sizes(pd.Series([1, 2, 1])).description.startswith("Bars: documents per class. 1 2, 2 1.")
    with pytest.raises(ValueError, match="There are no documents to count"):
        plots.class_sizes(pd.Series([], dtype=object))
    with pytest.raises(ValueError, match="two kinds"):
        plots.class_sizes(pd.Series([1, "1"], dtype=object))


def test_curves_differ_up_to_36():
    assert len({tuple(curve_style(number).values()) for number in range(36)}) == 36
    assert len({tuple(curve_style(number).values())[:2] for number in range(24)}) == 24


PATH = np.array([[0.0, 0.0], [0.5, 0.1], [1.0, 1.0]])
MANY = {
    "loss_per_epoch": lambda names: plots.loss_per_epoch({name: [4, 2, 1] for name in names}),
    "lines_through_points": lambda names: plots.lines_through_points(X, X, dict.fromkeys(names, (0, 1))),
    "losses_by_cost": lambda names: plots.losses_by_cost({name: ([1, 2], [3, 1]) for name in names}, xlabel="passes"),
    "loss_contours": lambda names: plots.loss_contours(lambda a, b: a**2 + b**2, dict.fromkeys(names, PATH)),
    "saddle_paths": lambda names: plots.saddle_paths(lambda x, y: x**2 - y**2, dict.fromkeys(names, PATH)),
    "descents_on_curve": lambda names: plots.descents_on_curve(np.square, [PATH[:, 0] for _ in names]),
    "loss_by_probability": lambda names: plots.loss_by_probability(X + 0.1, dict.fromkeys(names, X)),
    "probability_curves": lambda names: plots.probability_curves(
        X, [0, 0, 1, 1, 1], dict.fromkeys(names, lambda x: x), classes=("a", "b")
    ),
    "step_errors": lambda names: plots.step_errors([0.1, 0.01], {key: [1, 2] for key in names}),
    "errors_by_width": lambda names: plots.errors_by_width([4, 8], dict.fromkeys(names, ([4, 8], [0.4, 0.1]))),
    "gradient_by_layer": lambda names: plots.gradient_by_layer({"start": {key: [[1, 2], [2, 3]] for key in names}}),
    "threshold_lines": lambda names: plots.threshold_lines({"AND": ([0, 0, 0, 1], [([1, 1], 2)] * len(names))}),
    "secants": lambda names: plots.secants(np.square, x=1, steps=range(1, len(names) + 1), slope=2),
    "bends_add_up": lambda names: plots.bends_add_up(X, X, 0, np.ones((5, len(names))), knots=range(len(names))),
}


@pytest.mark.parametrize("count", [1, 7, 12])
@pytest.mark.parametrize("name", MANY)
def test_figures_take_any_number_of_curves(name, count):
    picture = MANY[name]([f"run {number}" for number in range(1, count + 1)])
    picture.figure.savefig(io.BytesIO(), format="png", dpi=20)
    for axes in picture.figure.axes:
        curves = [line for line in axes.lines if not line.get_label().startswith("_")]
        assert len({(line.get_color(), line.get_linestyle(), line.get_marker()) for line in curves}) == len(curves)
        firsts = [(line.get_markevery(), len(line.get_xdata())) for line in curves]
        assert all(every[0] < points for every, points in firsts if isinstance(every, tuple))
