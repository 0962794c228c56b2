"""Checks name the mistake whose answers a student's are, and never another's."""

import contextlib
import copy
import inspect
import os
import random
from dataclasses import replace

import numpy as np
import pytest
from qta_grade import Refused, submission
from qta_grade.build import build
from qta_grade.known import answers_to, helpers_of, run, runs, with_known_mistakes
from qta_grade.leaks import hidden_lines, leaks
from qta_grade.mutants import read_mutants
from qta_grade.run_check import mistake_behind, note, seen_by_checks
from qta_grade.source import ROOT, load_source
from qta_grade.specification import load_specification
from qta_grade.submission import grade_submission

from tools.plant_faults import slips

NEAR_PROGRAMS = int(os.environ.get("NEAR_PROGRAMS", "20"))  # for each question; nightly all
SAYS = "This is the sum of the squared residuals."
WITH_TABLES = ["1-linear-regression", "2-logistic-regression", "3-neural-network"]


class Questions:
    """The questions of an assignment, answered by programs in the place of the solution."""

    def __init__(self, name):
        assignment = load_source(name)
        self.mutants = read_mutants(ROOT / "sources" / f"{name}.mutants.toml", assignment)
        self.assignment = with_known_mistakes(assignment, self.mutants)
        self.helpers = helpers_of(assignment)
        asked = {check.question for check in self.assignment.checks if check.known}
        self.calls = {question: self.calls_of(question) for question in asked}

    def cells(self, question):
        cells = self.assignment.cells
        return [cell for cell in cells if cell.kind == "question" and cell.marker.words[0] == question]

    def names(self, question, where=None, program=None):
        """The names after a question, with a program in the place of a cell's solution."""
        last = self.assignment.cells.index(self.cells(question)[-1])
        names = {}
        with contextlib.suppress(Exception):  # a value that cannot be computed
            cells = [cell for cell in self.assignment.cells[: last + 1] if runs(cell)]
            run([program if cell.where == where else cell.solved for cell in cells], names)
        return names

    def said(self, check, names):
        """What a check says about answers: the sentence of a mistake, or nothing."""
        answers = answers_to(check, names, self.helpers)
        return mistake_behind(answers, check.known) if answers else ""

    def calls_of(self, question):
        """What the checks of a question ask a right solution: names and arguments."""
        calls, names = [], self.names(question)

        def noted(name):
            def call(*arguments, **named):
                calls.append((name, copy.deepcopy((arguments, named))))
                return names[name](*arguments, **named)

            return call if callable(names[name]) else names[name]

        for check in self.assignment.checks:
            if check.question == question:
                function = check.function(self.helpers)
                asked = list(inspect.signature(function).parameters)
                calls += [(name, None) for name in asked if name != "rng" and not callable(names[name])]
                function(*[np.random.default_rng(3) if name == "rng" else noted(name) for name in asked])
        return calls[:150]

    def behaviour(self, question, names):
        """All numbers that a program gives to what the checks ask, or the error in their place."""
        behaviour = []
        for name, asked in self.calls[question]:
            arguments, named = copy.deepcopy(asked or ((), {}))
            try:
                value = names[name](*arguments, **named) if asked else names[name]
            except Exception as error:
                behaviour.append(type(error).__name__)
            else:
                behaviour.append([])
                note(seen_by_checks(value), behaviour[-1])
        return behaviour

    def behaviours_that_say(self, question, sentence):
        meant = [mutant for mutant in self.mutants if (mutant.question, mutant.says) == (question, sentence)]
        return [self.behaviour(question, self.names(question, mutant.where, mutant.solved)) for mutant in meant]


def alike(one, other):
    pairs = list(zip(one, other, strict=True))
    return all(
        left == right
        if isinstance(left, str) or isinstance(right, str)
        else len(left) == len(right) and np.allclose(left, right, rtol=1e-4, equal_nan=True)
        for left, right in pairs
    )


@pytest.fixture(scope="module", params=WITH_TABLES)
def questions(request):
    return Questions(request.param)


def checks_that_name(questions):
    return [check for check in questions.assignment.checks if check.known]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_each_mistake_with_a_sentence_is_named_by_its_own_alone(questions):
    named = set()
    for mutant in questions.mutants:
        names = questions.names(mutant.question, mutant.where, mutant.solved)
        for check in checks_that_name(questions):
            if check.question == mutant.question:
                said = questions.said(check, names)
                assert said in ("", mutant.says), (mutant.name, check.id)
                named |= {(mutant.question, mutant.name)} if said else set()
    assert named == {(mutant.question, mutant.name) for mutant in questions.mutants if mutant.says}


def test_sentences_are_short(questions):
    for mutant in questions.mutants:
        if mutant.says:
            assert 4 <= len(mutant.says.split()) <= 30
            assert mutant.says.endswith(".")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # programs that overflow
def test_programs_near_the_solution_are_never_named_falsely(questions):
    tried, false = 0, []
    for question in sorted({check.question for check in checks_that_name(questions)}):
        programs = [(cell.where, slip) for cell in questions.cells(question) for slip in slips(cell.solved)]
        tried += len(programs)
        for where, program in random.Random(question).sample(programs, min(NEAR_PROGRAMS, len(programs))):
            names = questions.names(question, where, program)
            said = {questions.said(check, names) for check in checks_that_name(questions) if check.question == question}
            behaviour = questions.behaviour(question, names) if said - {""} else []
            for sentence in said - {""}:
                if not any(alike(behaviour, other) for other in questions.behaviours_that_say(question, sentence)):
                    false.append((question, sentence, program))
    assert tried > 500
    assert false == []


@pytest.fixture
def told(room):
    """The demo assignment, built anew with a sentence for one mistake; the list of mutants."""
    path = room / "sources" / "demo.mutants.toml"
    text = path.read_text()
    path.write_text(text.replace('name = "sums the squares"\n', f'name = "sums the squares"\nsays = "{SAYS}"\n'))
    build("demo", room)
    return path


def test_the_notebook_and_the_feedback_name_the_mistake(told, room, notebook, tier, capsys):
    file = room.parent / "assignments" / "demo.ipynb"
    assignment, specification = load_source("demo", room), load_specification("demo", room)
    (summed,) = [mutant for mutant in read_mutants(told, assignment) if mutant.says]
    changed = {cell.template: cell.solved for cell in assignment.cells if cell.kind == "question"}
    changed |= {cell.template: summed.solved for cell in assignment.cells if cell.where == summed.where}
    cells = [changed.get(source, source) for source in specification.template]
    names = {}
    for source in cells:
        exec(source, names)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if SAYS in line]
    assert line.startswith("q1 check_example: ")
    result = grade_submission(specification, notebook(cells), "ann", b"0123456789abcdef", tier)
    named = [check for check in result.checks if SAYS in check.message]
    assert [check.id for check in named] == ["q1.check_example", "q1.check_loss"]
    assert named[1].message == f"Not passed: the loss is wrong for other data. {SAYS}"
    assert leaks(file.read_bytes(), hidden_lines(assignment)) == []


def test_a_mistake_that_only_hidden_checks_see_stays_out_of_the_notebook(told, room, notebook, tier):
    says = "Your answer is that of the example, whatever the data are."
    old = 'name = "knows the example only"\n'
    told.write_text(told.read_text().replace(old, f'{old}says = "{says}"\n'))
    before = (room.parent / "assignments" / "demo.ipynb").read_bytes()
    build("demo", room)
    assert (room.parent / "assignments" / "demo.ipynb").read_bytes() == before
    cells = ["# @question q1\ndef loss(weights, x, y): return 2.5"]
    result = grade_submission(load_specification("demo", room), notebook(cells), "ann", b"0123456789abcdef", tier)
    assert [check.id for check in result.checks if says in check.message] == ["q1.check_loss"]


def test_a_name_takes_no_points_and_no_time_from_other_checks(told, room, handed_in, notebook, tier, monkeypatch):
    specification = replace(load_specification("demo", room), cpu_per_check=1.0)
    summed = """
calls = 0
def loss(weights, x, y):
    global calls
    calls += 1
    while calls > 4: pass
    return np.sum((y - weights[0] - weights[1] * x) ** 2)
"""  # two calls of the public check, two of the hidden one; the fifth is to name the mistake
    (answer,) = [cell for cell in handed_in if "def gradient(" in cell]
    gradient = answer[answer.index("def gradient(") :]
    result = grade_submission(specification, notebook(["import numpy as np", summed + gradient]), "ann", b"s", tier)
    of = {check.id: check for check in result.checks}
    assert of["q1.check_example"].message.endswith(SAYS)
    assert of["q1.check_loss"].message == "Not passed: the loss is wrong for other data."
    assert of["q1.check_gradient"].points == 2
    assert (result.restarts, result.limits) == (1, [])
    monkeypatch.setattr(submission, "MOST_USED_FOR_NAMES", 0)
    result = grade_submission(specification, notebook(["import numpy as np", summed + gradient]), "ann", b"s", tier)
    assert SAYS not in str(result.checks)


@pytest.mark.parametrize(
    ("name", "checks"),
    [
        ("sums the squares instead of averaging", ["q1.check_loss", "q1.check_gradient", "q1.check_other_losses"]),
        ("keeps the order of the first epoch", ["q3.check_epochs", "q3.check_short_batch"]),
    ],
)
def test_grading_names_a_mistake_by_the_inputs_of_the_table(name, checks, notebook, tier):
    assignment, specification = load_source("1-linear-regression"), load_specification("1-linear-regression", ROOT)
    mutants = read_mutants(ROOT / "sources" / "1-linear-regression.mutants.toml", assignment)
    (mutant,) = [mutant for mutant in mutants if mutant.name == name]
    cells = [mutant.solved if cell.where == mutant.where else cell.solved for cell in assignment.cells if runs(cell)]
    result = grade_submission(specification, notebook(cells), "ann", b"0123456789abcdef", tier)
    assert [check.id for check in result.checks if mutant.says in check.message] == checks


def test_two_mistakes_that_give_the_same_numbers_say_the_same_or_nothing(told, room):
    text = told.read_text()
    again = text[text.index("[[mutant]]") : text.index("[[mutant]]", text.index("[[mutant]]") + 1)]
    told.write_text(text + "\n" + again.replace("sums the squares", "adds").replace(SAYS, "It is something else."))
    with pytest.raises(Refused, match="'adds' gives the same numbers as a mistake that says 'This is the sum"):
        build("demo", room)
    told.write_text(text + "\n" + again.replace("sums the squares", "adds"))
    build("demo", room)
