import numpy as np
import pandas as pd
import pytest
from IPython.display import Markdown

from qta_keras import plots
from qta_keras.plots.picture import new_figure

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
ALL = {
    "class_sizes": (plots.class_sizes, (pd.Series(list("aaab"), name="party"),), ["party", "a 3", "75 %"]),
    "word_ranks": (plots.word_ranks, (range(200, 0, -1), [f"w{i}" for i in range(200)]), ["200 words", "'w0'", "75 %"]),
    "learning_curves": (
        plots.learning_curves,
        (HISTORY,),
        ["3 epochs", "after epoch 2, at 0.80", "0.70 in validation"],
    ),
    "confusion_matrix": (plots.confusion_matrix, (CONFUSION,), ["war 80 %", "peace 90 %", "war read as peace, 2"]),
    "score_intervals": (plots.score_intervals, (SCORES,), ["by address, mlp 0.78 (0.73 to 0.83)"]),
}


@pytest.mark.parametrize("name", ALL)
def test_a_figure_says_what_it_shows(name):
    draw, arguments, expected = ALL[name]
    picture = draw(*arguments)
    for words in expected:
        assert words in picture.description


@pytest.mark.parametrize("name", ALL)
def test_a_figure_has_a_title_and_named_axes(name):
    draw, arguments, _ = ALL[name]
    for axes in draw(*arguments).figure.axes:
        assert axes.get_title()
        assert axes.get_xlabel()


def test_the_description_is_alternative_text_text_output_and_caption(monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, metadata=None, raw=False: shown.append((data, metadata))
    )
    picture = plots.confusion_matrix(CONFUSION)
    picture._ipython_display_()
    (image, metadata), (caption, _) = shown
    assert image["text/plain"] == picture.description
    assert metadata["image/png"]["alt"] == picture.description
    assert isinstance(caption, Markdown)
    assert picture.description in caption.data


def test_the_description_follows_the_data():
    other = CONFUSION.copy()
    other.loc["war", "peace"] = 7
    assert plots.confusion_matrix(CONFUSION).description != plots.confusion_matrix(other).description


def test_curves_differ_by_more_than_colour():
    lines = plots.learning_curves(HISTORY).figure.axes[0].lines[:2]
    assert len({line.get_linestyle() for line in lines}) == 2
    assert len({line.get_marker() for line in lines}) == 2


def test_a_training_without_validation_has_its_curves_alone():
    picture = plots.learning_curves({"loss": [2, 1], "accuracy": [0.1, 0.9]})
    assert picture.description == (
        "Curves over 2 epochs. The training loss goes from 2.00 to 1.00. The accuracy ends at 0.90 in training."
    )
    assert [len(axes.lines) for axes in picture.figure.axes] == [1, 1]


@pytest.mark.parametrize(
    ("draw", "history", "error", "message"),
    [
        (plots.learning_curves, {"loss": [1]}, ValueError, "has no 'accuracy', only 'loss': .* metrics in compile"),
        (plots.learning_curves, object(), TypeError, r"is of type object, .*: give model\.fit\(\.\.\.\)\.history"),
        (
            lambda history: plots.compare_curves({"none": [HISTORY, history]}),
            {"loss": [1]},
            ValueError,
            "has no 'val_loss', only 'loss': train again with validation_data in fit",
        ),
    ],
)
def test_a_history_that_lacks_a_curve_gets_one_sentence(draw, history, error, message):
    with pytest.raises(error, match=message):
        draw(history)


def test_the_same_figure_is_the_same_file(monkeypatch):
    files = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: files.append(data))
    for _ in range(2):
        plots.learning_curves(HISTORY)._ipython_display_()
    assert files[0]["image/png"] == files[2]["image/png"]


def test_saving_overwrites_nothing(tmp_path):
    picture = plots.learning_curves(HISTORY)
    picture.save(tmp_path / "curves.pdf")
    assert (tmp_path / "curves.pdf").read_bytes().startswith(b"%PDF")
    with pytest.raises(FileExistsError, match=r"curves\.pdf exists already"):
        picture.save(tmp_path / "curves.pdf")


def test_panels_stand_side_by_side():
    figure, panels = new_figure(3)
    assert np.shape(panels) == (3,)
    assert figure.axes == list(panels)


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
