"""The figure of the words that drive a class."""

import pandas as pd
import pytest

from qta_keras import plots

WORDS = {
    name: pd.Series([0.3, 0.2, 0.1, 0.05], index=["war", "peace", "sea", "sky"][:: 1 if name == "early" else -1])
    for name in ("early", "middle", "late", "last")
}


def test_it_names_the_three_strongest_words_of_each_class():
    picture = plots.driving_words(WORDS)
    assert "early: war, peace, sea; middle: sky, sea, peace" in picture.description


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


@pytest.mark.parametrize("wrong", [{}, {"early": WORDS["early"][:0]}])
def test_a_class_without_words_is_refused(wrong):
    with pytest.raises(ValueError, match="give one word or more for each"):
        plots.driving_words(wrong)
