"""One submission graded, honest ones and broken ones."""

import hashlib
import json
from dataclasses import replace

import pytest
from qta_grade import submission
from qta_grade.checks import PASSED_ALONE
from qta_grade.editions import version_of
from qta_grade.flags import flags_of
from qta_grade.notebook import read_cells
from qta_grade.submission import SubmissionResult, grade_submission

SECRET = b"0123456789abcdef"


@pytest.fixture
def grade(specification, notebook, tier):
    quick = replace(specification, cpu_per_cell=1.0, cpu_per_check=1.0)
    return lambda cells, student="ann": grade_submission(quick, notebook(cells), student, SECRET, tier)


def lost(result):
    return [check.id for check in result.checks if check.points < check.possible]


def changed(solution, old, new):
    assert sum(old in cell for cell in solution) == 1
    return [cell.replace(old, new) for cell in solution]


def test_the_solution_has_full_marks_and_the_template_none(grade, solution, specification, notebook):
    result = grade(solution)
    assert (result.score, result.possible, lost(result)) == (11, 11, [])
    assert (result.notes, result.limits, result.flags, result.restarts) == ([], [], [], 0)
    assert result.sha256 == hashlib.sha256(notebook(solution)).hexdigest()
    assert [check.id for check in result.checks] == [check.id for check in specification.checks]
    empty = grade(specification.template)
    assert (empty.score, empty.notes) == (0, [])
    assert {check.message for check in empty.checks} == {"Not attempted yet."}


def test_a_public_check_counts_only_together_with_a_hidden_one(specification, solution, notebook, tier):
    known = "# @question q1\ndef loss(*given): return 2.5\ndef gradient(*given): return [0, 0]"
    content = notebook([solution[0], known])
    result = grade_submission(specification, content, "ann", SECRET, tier)
    assert (result.score, result.checks[0].message) == (0, PASSED_ALONE)
    before = replace(specification, public_needs_hidden=False)  # notebooks from before the rule promise the point
    result = grade_submission(before, content, "ann", SECRET, tier)
    assert (result.score, result.checks[0].message) == (1, "Passed.")
    half = changed(solution[:2], "return np.array([-2 *", "return 0 * np.array([-2 *")
    result = grade_submission(specification, notebook(half), "ann", SECRET, tier)
    assert [check.points for check in result.checks if check.question == "q1"] == [1, 2, 0]


def test_it_comes_back_from_plain_values(grade, solution):
    result = grade(solution)
    plain = json.loads(json.dumps(result.to_dict()))
    assert SubmissionResult.from_dict(plain) == result


def test_a_result_of_an_earlier_version_comes_back(grade, solution):
    plain = grade(solution).to_dict()
    del plain["wall_seconds"]
    assert SubmissionResult.from_dict(plain).score == 11


def as_jupyter(content):
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def as_vs_code(content):
    """Keys in the order of the alphabet, and for each line a text of its own; empty cells have none."""
    for cell in content["cells"]:
        cell["metadata"]["vscode"] = {"languageId": "python"}
        lines = "".join(cell["source"]).split("\n")
        cell["source"] = [line for line in [*(f"{line}\n" for line in lines[:-1]), lines[-1]] if line]
    content["metadata"]["kernelspec"]["display_name"] = ".venv"
    return json.dumps(content, indent="\t", sort_keys=True, ensure_ascii=False) + "\n"


def as_colab(content):
    """An older format, in which cells have their ids elsewhere, and one text for a whole cell."""
    for cell in content["cells"]:
        cell["metadata"] = {"id": cell.pop("id"), "colab": {"base_uri": "https://localhost:8080/"}}
        cell["source"] = "".join(cell["source"])
    content["metadata"] |= {"colab": {"provenance": []}}
    return json.dumps(content | {"nbformat_minor": 0})


@pytest.mark.parametrize("save", [as_jupyter, as_vs_code, as_colab])
def test_the_same_work_has_the_same_marks_whichever_program_saved_it(save, room, specification, handed_in, tier):
    content = json.loads((room.parent / "assignments" / "demo.ipynb").read_text(encoding="utf-8"))
    code = iter(handed_in)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["source"] = next(code).splitlines(keepends=True)
    saved = save(content).encode()
    assert version_of(saved) == specification.version
    result = grade_submission(specification, saved, "ann", SECRET, tier)
    assert (result.score, result.notes, result.flags) == (11, [], [])
    assert list(result.answers) == ["q1", "q2"]


def test_an_error_costs_its_own_question(grade, solution):
    wrong = [cell + "\nraise ValueError('oh')" if "def loss(" in cell else cell for cell in solution]
    result = grade(wrong)
    assert lost(result) == []  # the functions are there: they were defined above the error
    assert len(result.notes) == 1
    assert "ValueError: oh" in result.notes[0]
    assert ", line " in result.notes[0]
    typed = changed(solution, "min([0.01, 0.1, 1], key=lambda rate: descend(x, y, rate, 20)[1][-1])", "0.1")
    result = grade(["def loss(:", *[cell for cell in typed if "def loss" not in cell]])
    assert [check.id for check in result.checks if check.points] == ["q2.check_rate"]
    assert result.notes == ["Cell 1, line 1, `def loss(:`: SyntaxError: invalid syntax"]


def place(cells, question):
    """Where the first public check of a question stands."""
    return next(n for n, cell in enumerate(cells) if cell.startswith(f"# A public check of {question}"))


def test_cells_further_down_cannot_change_what_was_checked(grade, handed_in):
    spoil = ["loss = None", "import numpy as np\nnp.mean = None\nwhile True: pass"]
    result = grade([*handed_in, *spoil])
    assert (result.score, result.limits) == (11, [])
    after = place(handed_in, "q1") + 1
    assert (
        grade([*handed_in[:after], "loss_then = loss\nloss = None\nloss = loss_then", *handed_in[after:]]).score == 11
    )


def test_a_question_is_checked_at_its_first_public_check_with_all_that_ran_until_then(grade, handed_in):
    first = place(handed_in, "q1")
    before, answer, rest = handed_in[: first - 1], handed_in[first - 1], handed_in[first:]
    assert grade([*before, answer.replace("def loss(", "def other("), "loss = other", *rest]).score == 11
    assert "q1.check_loss" in lost(grade([*before, answer, "loss = None", *rest, answer]))
    assert {"q1.check_loss", "q1.check_gradient"} <= set(lost(grade([*before, *rest, answer])))


def test_a_question_without_a_public_check_is_checked_at_the_end_and_not_twice(grade, handed_in):
    without = [cell for cell in handed_in if not cell.startswith("# A public check of q1")]
    assert grade(without).score == 11
    assert "q1.check_loss" in lost(grade([*without, "loss = None"]))
    renamed = [cell.replace("# @question", "# question") for cell in handed_in]
    assert grade(renamed).score == 11  # the line above the answer decides nothing


def test_a_cell_that_runs_for_ever_is_left_out_and_the_rest_counts(grade, solution):
    result = grade([solution[0], "while True: pass", *solution[1:]])
    assert (result.score, result.restarts) == (11, 1)
    assert result.limits == ["Cell 2 used more computing time than it may (1 s)."]
    assert result.notes == ["Cell 2 was left out, and the others were run without it."]


def test_after_three_such_cells_no_other_is_run(grade, solution):
    result = grade([*solution[:2], *["while True: pass"] * 4, *solution[2:]])
    assert [check.question for check in result.checks if check.points] == ["q1", "q1", "q1"]
    assert result.restarts == 3
    assert "No cell was run from cell 6 on" in result.notes[-1]


def test_all_together_has_a_budget_and_what_was_checked_before_counts(grade, handed_in, monkeypatch):
    monkeypatch.setattr(submission, "MAX_TOGETHER", 1)
    after = place(handed_in, "q1") + 1
    result = grade([*handed_in[:after], *["while True: pass"] * 2, *handed_in[after:]])
    assert result.score == 5
    assert result.restarts == 1  # after the second there is none
    assert (
        result.limits[-1] == "All that was run together took longer than it may (2 s of computing, 4 s on the clock)."
    )
    lost = {check.message for check in result.checks if not check.points}
    assert lost == {"Not tried: your notebook used up its time."}
    assert 2 < result.cpu_seconds < 2 + 5
    assert result.wall_seconds > 0


def test_sleeping_in_check_after_check_has_an_end(specification, notebook, solution, tier, monkeypatch):
    monkeypatch.setattr(submission, "MAX_TOGETHER", 5)
    quick = replace(specification, cpu_per_cell=0.3, cpu_per_check=0.1)  # a budget of 2 and of 4 s
    cells = [*solution, "# @question q1\nimport time\ndef loss(weights, x, y): time.sleep(600)\nloss_gradient = loss"]
    result = grade_submission(quick, notebook(cells), "ann", SECRET, tier)
    assert [check.message for check in result.checks if "limit here" in check.message] == [
        "Your code ran into a limit here."
    ]
    assert result.limits[-1].endswith("4 s on the clock).")


def test_a_function_that_runs_for_ever_costs_its_check_and_those_after_it(grade, solution):
    result = grade(changed(solution, "return np.mean(residuals**2)", "\n    while len(x) != 2: pass\n    return 2.5"))
    messages = {check.id: check.message for check in result.checks}
    assert messages["q1.check_example"] == PASSED_ALONE
    assert messages["q1.check_loss"] == "Your code ran into a limit here."
    assert messages["q1.check_gradient"] == "Not tried after the limit in check_loss."
    assert "Your code in q1.check_loss used more computing time than it may (1 s)." in result.limits


def test_leaving_python_costs_what_comes_of_it_only(grade, solution):
    result = grade([*solution[:2], "import os; os._exit(0)", *solution[2:]])
    assert result.score == 11
    assert result.limits == ["Cell 3 ended Python, or needed more memory than it may."]


def with_check(specification, name, source):
    """Put another check in the place of one."""
    checks = [replace(check, source=source) if check.name == name else check for check in specification.checks]
    return replace(specification, cpu_per_cell=1.0, cpu_per_check=1.0, checks=checks)


def test_all_calls_of_a_check_share_its_limit(specification, notebook, solution, tier):
    source = "def check_loss(loss):\n    for _ in range(6):\n        loss([0, 0], [1, 2], [1, 2])"
    burn = "    until = time.process_time() + 0.4\n    while time.process_time() < until: pass\n    return 0"
    slow = f"import time\ndef loss(weights, x, y):\n{burn}"
    result = grade_submission(with_check(specification, "check_loss", source), notebook([slow]), "ann", SECRET, tier)
    assert "Your code in q1.check_loss used more computing time than it may (1 s)." in result.limits


def test_after_a_hidden_check_no_text_of_the_student_s_code_is_shown(specification, notebook, handed_in, tier):
    tell = """
import numpy as np
def loss(weights, x, y):
    global seen
    seen = f"STOLEN {x}"
    return 2.5
def loss_gradient(weights, x, y): raise ValueError("before")
raise KeyError("before")
"""
    told = """
raise ValueError(seen)
"""
    named = "raise type(seen.replace(' ', '_'), (Exception,), {})"
    later = "def descend(x, y, rate, steps): raise ValueError(seen)\n\nbest_rate = 1\nseen + 1"
    check = handed_in[place(handed_in, "q1")]
    after = [told, named, "compile(seen + '(', seen, 'exec')", f"# @question q2\n{later}"]
    cells = [f"# @question q1\n{tell}", check, *after]
    result = grade_submission(specification, notebook(cells), "ann", SECRET, tier)
    assert result.notes == [
        "Cell 1 (your answer to q1), line 9, `raise KeyError(\"before\")`: KeyError: 'before'",
        "Cell 3, line 2, `raise ValueError(seen)`: ValueError",
        "Cell 4, line 1, `raise type(seen.replace(' ', '_'), (Exception,), {})`: an exception",
        "Cell 5, line 1, `compile(seen + '(', seen, 'exec')`: SyntaxError",
        "Cell 6 (your answer to q2), line 5, `seen + 1`: TypeError",
    ]
    assert "STOLEN" not in str([result.notes, result.checks, result.limits, result.flags])
    public = next(check for check in result.checks if check.id == "q2.check_history")
    assert public.message == "Not passed: your code stopped in cell 6 (your answer to q2), line 2: ValueError"


def test_inputs_are_the_student_s_own(specification, notebook, tier):
    source = "def check_rate(best_rate, rng):\n    assert rng.random() < 0.5"
    lucky = with_check(specification, "check_rate", source)
    scores = {grade_submission(lucky, notebook(["best_rate = 1"]), f"s{n}", SECRET, tier).score for n in range(12)}
    assert scores == {0, 1}


def test_an_import_that_fails_costs_only_itself(grade, solution):
    result = grade(["import seaborn_x as sns, numpy as np\nfrom seaborn_x import heatmap", *solution[1:]])
    assert result.score == 11
    assert result.notes == ["Cell 1: seaborn_x cannot be imported where work is graded; what does without was run."]
    opening = "import numpy as np, seaborn_x as sns\nsns.set_theme()\n@sns.plotted\ndef plot(): ..."
    used = grade(
        [opening, *solution[1:], "def draw():\n    return sns.plot()\n\nfor x in 1, 2:\n    draw()\nafter = 1"]
    )
    assert used.score == 11
    assert used.notes[0] == "Cell 1 was run without: sns.set_theme(), @sns.plotted"
    assert used.notes[2] == f"Cell {len(solution) + 1} was run without: draw()"
    assert grade(["import tensorflow"]).notes == [
        "Cell 1: tensorflow cannot be imported where work is graded; what does without was run."
    ]


def test_an_error_names_the_question_and_the_line_where_it_arose(grade, handed_in):
    first = place(handed_in, "q1")
    broken = changed(handed_in, "def loss(weights, x, y):", "def loss(weights, x, y):\n    undefined")
    result = grade([*broken, "loss([0, 0], [1], [1])"])
    messages = {check.id: check.message for check in result.checks}
    where = f"cell {first} (your answer to q1), line 3"
    assert messages["q1.check_example"] == (
        f"Not passed: your code stopped in {where}: NameError: name 'undefined' is not defined"
    )
    assert messages["q1.check_loss"] == f"Not passed: your code stopped in {where}, with NameError."
    before = grade([*broken[: first + 1], "loss([0, 0], [1], [1])", *broken[first + 1 :]])
    assert (
        before.notes[0]
        == f"Cell {first} (your answer to q1), line 3, `undefined`: NameError: name 'undefined' is not defined"
    )


def test_a_name_that_is_missing_has_a_cause(grade, handed_in):
    first = place(handed_in, "q1")
    stopped = changed(handed_in, "def gradient(", "1 / 0\n\n\ndef gradient(")
    result = grade(stopped)
    line = stopped[first - 1].split("\n").index("1 / 0") + 1
    where = f"cell {first} (your answer to q1), line {line}"
    assert result.notes[0] == f"C{where[1:]}, `1 / 0`: ZeroDivisionError: division by zero"
    message = next(check.message for check in result.checks if check.id == "q1.check_gradient")
    assert message == f"Not there: gradient is not defined, since {where} stopped."
    renamed = grade(changed(handed_in, "def gradient(", "def gradients("))
    message = next(check.message for check in renamed.checks if check.id == "q1.check_gradient")
    assert message == "Not there: gradient is not defined: was it renamed to gradients?"


def test_the_code_of_each_answer_is_kept_for_its_page(grade, handed_in):
    result = grade([*handed_in, "# @question q1\n# once more"])
    assert "def loss(" in result.answers["q1"]
    assert result.answers["q1"].endswith("# once more")
    assert set(result.answers) == {"q1", "q2"}
    assert len(grade(["# @question q1\n" + "#" * 99_999]).answers["q1"]) == 20_000


def test_flags_stand_in_the_result(grade):
    assert grade(["import numpy\nnumpy.linalg.lstsq"]).flags == [
        "Cell 1 uses lstsq, which does the work of the question."
    ]


def test_public_checks_as_handed_out_and_cells_after_the_last_check_are_not_run(grade, handed_in):
    assert grade([*handed_in, "1 / 0"]).notes == []
    first = place(handed_in, "q1")
    assert grade([handed_in[first], *handed_in]).notes == []  # run, it would say that run_check is not defined
    assert "NameError" in grade([handed_in[first] + " ", *handed_in]).notes[0]


def test_lines_for_jupyter_are_left_out_and_said(grade, solution):
    result = grade(["%matplotlib inline\n!pip install numpy\nimport numpy as np", *solution[1:]])
    assert result.score == 11
    assert result.notes == ["Cell 1 was run without: %matplotlib inline, !pip install numpy"]


@pytest.mark.parametrize("content", [b"", b"no notebook", b'{"cells": 3}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_notebook_scores_nothing_and_says_why(content, specification, tier):
    result = grade_submission(specification, content, "ann", SECRET, tier)
    assert (result.score, result.possible, len(result.notes)) == (0, 11, 1)
    assert {check.message for check in result.checks} == {"The file could not be read."}


def test_the_same_file_has_the_same_result_for_everybody(grade, solution):
    wrong = changed(solution, "-2 * np.mean(residuals * x)", "-np.mean(residuals * x)")
    results = [grade(wrong, student) for student in ("ann", "bo", "ann")]
    assert [check.points for check in results[0].checks] == [check.points for check in results[1].checks]
    assert results[0].checks == results[2].checks


def test_flags_are_for_a_human_and_name_the_cell(specification, solution, notebook):
    cells = [
        "import numpy as np\nimport inspect",  # run_check imports it, too: no flag
        "np.linalg.lstsq(1, 2)\nfrom sklearn.linear_model import LinearRegression",
        "import sys\nsys._getframe()",
        "def broken(: gc",
        "'# canary qta-0123'",
        "x" * 200_000,
    ]
    flags = flags_of(read_cells(notebook(cells)), specification)
    assert flags == [
        "Cell 2 uses LinearRegression, lstsq, which does the work of the question.",
        "Cell 3 uses _getframe, which no answer needs.",
        "Cell 4 uses gc, which no answer needs.",
        "Cell 5 holds text of the private specification.",
    ]
    assert flags_of(read_cells(notebook(solution)), specification) == []
