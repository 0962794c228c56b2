import sys
from types import SimpleNamespace

import pytest

from qta_keras import plots


def draw(number=1.0):
    return number


@pytest.fixture
def interact(monkeypatch):
    """Stand in for ipywidgets in a running notebook; returns what it was asked for."""
    asked = []
    monkeypatch.delenv("QTA_KERAS_PROGRESS", raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name)
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(kernel=True))
    interact = SimpleNamespace(interact=lambda function, **ranges: asked.append((function, ranges)))
    monkeypatch.setitem(sys.modules, "ipywidgets", interact)
    return asked


def test_in_a_notebook_the_slider_moves_the_figure(interact, capsys):
    assert plots.slider(draw, number=(0.0, 2.0, 0.5)) is None
    assert interact == [(draw, {"number": (0.0, 2.0, 0.5)})]
    assert capsys.readouterr().out == ""


def test_where_outputs_are_stored_nothing_is_shown(interact, monkeypatch, capsys):
    monkeypatch.setenv("QTA_KERAS_PROGRESS", "0")
    plots.slider(draw, number=(0.0, 2.0, 0.5))
    assert interact == []
    assert capsys.readouterr().out == ""


def test_without_ipywidgets_one_sentence_says_so(interact, monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    plots.slider(draw, number=(0.0, 2.0, 0.5))
    assert interact == []
    assert "ipywidgets is not installed" in capsys.readouterr().out


def test_outside_a_notebook_one_sentence_says_so(interact, monkeypatch, capsys):
    monkeypatch.setattr("IPython.get_ipython", lambda: None)
    plots.slider(draw, number=(0.0, 2.0, 0.5))
    assert interact == []
    assert "needs a running notebook" in capsys.readouterr().out
