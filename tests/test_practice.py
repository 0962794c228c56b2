"""Each exercise names each of its mistakes, and accuses nobody who is right; programs near a solution try it."""

import contextlib
import io
import os
import random
import re

import nbformat
import numpy as np
import pandas as pd
import pytest

from qta_keras import practice
from qta_keras.practice.exercise import exercise_names, load_exercise, run
from tools import practice as cells_of_practice
from tools.notebook import find_notebooks
from tools.plant_faults import slips

ROOT = cells_of_practice.ROOT
# How many of the programs with two slips are tried; those with one are all.
NEAR_PROGRAMS = int(os.environ.get("NEAR_PROGRAMS", "60"))


@pytest.fixture(params=exercise_names())
def exercise(request):
    return load_exercise(request.param)


def said(exercise, code):
    """What the check says about a program: one line."""
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        practice.check(exercise.name, run(code, exercise))
    (line,) = printed.getvalue().splitlines()
    return line


def near_programs(exercise):
    """All programs that are one slip away from the solution, and some that are two."""
    once = slips(exercise.solution)
    draw = random.Random(exercise.name)
    twice = [program for first in once for program in slips(first)]
    return once + draw.sample(twice, min(NEAR_PROGRAMS, len(twice)))


def other_inputs(exercise):
    """Inputs of the same kinds as the exercise's own, with other, smaller numbers; words and whole numbers stay."""
    draw = np.random.default_rng(8)
    return [
        [value * draw.uniform(0.3, 1, np.shape(value)) if is_decimal(value) else value for value in arguments]
        for arguments in exercise.inputs
        for _ in range(3)
    ]


def is_decimal(value):
    return np.asarray(value).dtype.kind == "f"


def behaves_as(code, other, exercise):
    """Tell whether two programs answer the same to inputs that the check does not use."""
    one, two = run(code, exercise), run(other, exercise)
    if not exercise.inputs:
        return one == two if isinstance(two, str) else np.allclose(one, two, rtol=1e-2)
    # Each gets inputs of its own, which it may change.
    given = zip(other_inputs(exercise), other_inputs(exercise), strict=True)
    return all(alike(one(*its), two(*others)) for its, others in given)


def alike(one, other):
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(alike(*parts) for parts in zip(one, other, strict=True))
    return np.shape(one) == np.shape(other) and np.allclose(one, other, rtol=1e-3)


def test_the_solution_is_right_and_the_stub_not_attempted(exercise):
    assert said(exercise, exercise.solution).startswith("Right.")
    assert said(exercise, exercise.stub).startswith("Not attempted yet")


def test_right_variants_are_right(exercise):
    assert [code for code in exercise.right if not said(exercise, code).startswith("Right.")] == []


def test_each_mistake_is_named_by_its_own_sentence_and_no_other(exercise):
    sentences = [mistake.says for mistake in exercise.mistakes]
    assert len(set(sentences)) == len(sentences) > 0
    # Last first, too: a sentence that is found only because it stands above another would not be its mistake's own.
    assert [said(exercise, mistake.code) for mistake in exercise.mistakes] == sentences
    exercise.mistakes.reverse()
    try:
        assert [said(exercise, mistake.code) for mistake in exercise.mistakes] == sentences[::-1]
    finally:
        exercise.mistakes.reverse()


def test_sentences_are_short_and_blame_nobody(exercise):
    for mistake in exercise.mistakes:
        assert 5 <= len(mistake.says.split()) <= 30
        assert mistake.says.endswith((".", "?"))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # programs that overflow
def test_programs_near_the_solution_are_never_named_falsely(exercise):
    known = {mistake.says: mistake.code for mistake in exercise.mistakes}
    false = []
    for program in near_programs(exercise):
        try:
            sentence = said(exercise, program)
        except Exception:  # a value that cannot be computed, such as a name before it is given
            continue
        meant = exercise.solution if sentence.startswith("Right.") else known.get(sentence)
        if meant is not None and not behaves_as(program, meant, exercise):
            false.append((program, sentence))
    assert false == []


def test_many_programs_are_near():
    assert sum(len(near_programs(load_exercise(name))) for name in exercise_names()) > 1000


def test_an_answer_that_no_mistake_explains_is_shown_the_smallest_input(capsys):
    practice.check("01-2-bend", lambda alpha, beta, gamma, x, y: gamma + 0.5)
    assert capsys.readouterr().out == (
        "Not yet: for alpha = 0, beta = 0, gamma = 1, x = [1, 2], y = [2, 3] it should be 3, and yours gives 1.5.\n"
    )


@pytest.mark.parametrize(
    ("name", "answer", "sentence"),
    [
        ("01-2-bend", lambda *_: None, "Your function returns nothing: is `return` missing?"),
        ("01-2-bend", lambda *_: [1, 2, "x"], "and yours gives [1, 2, 'x']."),
        ("01-2-bend", lambda alpha: alpha, "Your function stops with TypeError: "),
        (
            "01-2-bend",
            lambda *_: {}["x"],
            "Your function stops with KeyError: 'x', for alpha = 0, beta = 0, gamma = 1,",
        ),
        ("01-2-bend", 3.0, "Give the check your function itself: slope_gamma, without brackets."),
        ("01-2-bend", ..., "Not attempted yet."),
        ("01-3-step", lambda *_: (..., ...), "Not attempted yet."),
        ("01-3-step", lambda *_: (1.0, 2.0), "Not yet: for alpha = 0, beta = 0, x = [1, 2], y = [2, 6], eta = 0.1 it"),
        (
            "01-2-bend",
            lambda alpha, beta, gamma, x, y: x ^ 2,
            "with a TypeError: in Python a power is written **",
        ),
        ("01-2-bend", lambda alpha, beta, gamma, x, y: beta ^ 2, "in Python a power is written **, not ^."),
        ("01-3-step", lambda *_: (1.0, ...), "A part is still missing: replace the other dots, too."),
        ("02b-1-gate", lambda x1, x2: ... if x1 and x2 else x1, "Not attempted yet."),  # dots in one branch alone
        ("02b-1-gate", lambda x1, x2: 1, "Not attempted yet? It answers as it did before you began."),
        ("00-5-downhill", (..., 0.949), "A part is still missing: replace the other dots, too."),
        ("00-5-downhill", "(-0.316, 0.949)", "is a text. Give the numbers alone,"),
        ("00-5-downhill", (-0.31, 0.94), "Close, but (-0.31, 0.94) is not it: let Python compute it, or give"),
        ("01-1-loss", print, "Give the check a value: mse is a function. Call it, or write what it returns."),
        (
            "01-1-loss",
            "4.67 words",
            "'4.67 words' is a text. Give the number alone, without quotation marks, words or signs.",
        ),
        ("01-1-loss", None, "Not yet: None is not it. The hints may help."),
        ("01-1-loss", 5, "Not yet: 5 is not it. The hints may help."),
        ("01-1-loss", (9, 75), "(9, 75) is not one number: in Python a comma separates numbers"),
        ("01-1-loss", (22, 27, 30, 24), "(22, 27, 30, 24): those are 4 numbers, and one is asked for."),
        ("02c-3-stopping", (5, 8), "(5, 8): those are 2 numbers, and one is asked for."),
        ("02b-3-parameters", (64, 628), "In Python a comma separates two numbers: write 64628."),
        ("01-1-loss", 9.7, "Close, but 9.7 is not it: let Python compute it, or give more decimals."),
        ("01-1-loss", 9.65, "Not yet: 9.65 is not it. The hints may help."),  # no rounding of 9.75
        ("02-1-probability", 0.996, "Not yet: 0.996 is not it."),  # near 1, which is a class, and no class
        ("02c-1-updates", 5 * 32, "That is the size of a batch, times the epochs."),
        ("01-5-parliament", 24 - 2.8, "You took beta away once."),
        ("03-1-leak", lambda train, test: sum(name in str(train) for name in test), "You look for a name in a text"),
        ("03-4-claim", ["newspaper"], "Right."),
        ("03-4-claim", [["newspaper"], []], "is none of the words to choose from."),
        ("01-1-loss", (), "Not yet: () is not it."),
        ("01-1-loss", (7,), "Not yet: (7) is not it."),
        ("03-4-claim", "side", "Not yet: 'side' is none of the words to choose from."),
        (
            "02c-5-normal",
            lambda z: (z - z.mean(0)) / np.sqrt(z.var(0) + 1e-3),
            "Nearly right, but not exact: return it unrounded",
        ),
        ("01-1-loss", False, "Not yet: False is not it."),
        ("01-1-loss", np.array([9.75]), "Right."),
        ("00-2-shape", np.zeros((500, 64)), "Not yet: [[0, 0, 0, 0, 0,"),
        ("00-3-alike", lambda *_: "0.95", "and yours gives '0.95'."),
        ("00-3-alike", lambda *_: np.str_("0.95"), "and yours gives '0.95'."),
        ("00-3-alike", lambda *_: pd.Series([1.0, 2.0]), "and yours gives [1, 2]."),
        ("00-3-alike", lambda *_: (1, [2, 3]), "and yours gives (1, [2, 3])."),
    ],
)
def test_whatever_is_given_gets_one_sentence(name, answer, sentence, capsys):
    practice.check(name, answer)
    (line,) = capsys.readouterr().out.splitlines()
    assert sentence in line
    assert len(line) < 250


def test_the_inputs_are_not_changed_by_an_answer(capsys):
    def spoils(alpha, beta, x, y, eta):
        x *= 0
        y *= 0
        return alpha, beta + 1

    practice.check("01-3-step", spoils)
    first = capsys.readouterr().out
    practice.check("01-3-step", spoils)
    assert capsys.readouterr().out == first
    practice.check("01-3-step", run(load_exercise("01-3-step").solution, load_exercise("01-3-step")))
    assert capsys.readouterr().out.startswith("Right.")


def test_an_unknown_exercise_is_told_with_the_nearest_name():
    with pytest.raises(ValueError, match="There is no exercise '01-3-stepp'; is '01-3-step' meant"):
        practice.check("01-3-stepp", 1)


def test_the_lessons_hold_the_exercises_as_their_sources_have_them():
    for path in find_notebooks(ROOT / "notebooks", []):
        notebook = nbformat.read(path, as_version=4)
        present = [cell.source for cell in notebook.cells if cells_of_practice.is_practice(cell)]
        cells_of_practice.put_in(notebook, cells_of_practice.exercises_of(path.stem))
        assert present == [cell.source for cell in notebook.cells if cells_of_practice.is_practice(cell)]


def test_nothing_in_a_lesson_needs_an_exercise():
    for path in find_notebooks(ROOT / "notebooks", []):
        notebook = nbformat.read(path, as_version=4)
        for exercise in cells_of_practice.exercises_of(path.stem):
            others = [cell.source for cell in notebook.cells if not cells_of_practice.is_practice(cell)]
            assert not re.search(rf"\b{exercise.answer}\b", "\n".join(others))


def test_the_instructors_page_is_what_the_exercises_say():
    path = ROOT / cells_of_practice.MISTAKES
    if not path.parents[1].is_dir():
        pytest.skip("students do not have the instructor's pages")
    assert path.read_text(encoding="utf-8") == cells_of_practice.page()
