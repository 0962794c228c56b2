"""An assignment proved sound, and faults planted in it found."""

import pytest
from qta_grade import Refused
from qta_grade.build import build
from qta_grade.editions import read_earlier
from qta_grade.source import ROOT, load_source
from qta_grade.specification import load_specification
from qta_grade.submission import grade_submission
from qta_grade.verify import verify


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def rebuild(room):
    (room.parent / "assignments" / "demo.ipynb").unlink()
    build("demo", room)


def test_the_demo_is_sound(room, tier, capsys):
    assert verify("demo", room, tier) == []
    said = capsys.readouterr().out
    assert "q1 Loss and gradient: 5 points in 3 checks; 6 of 6 mutants lose exactly their checks" in said
    assert "q2 Gradient descent: 6 points in 4 checks; 7 of 7 mutants lose exactly their checks" in said
    assert "template: 0 of 11 points" in said
    assert "points for nothing: zeros 0, constants 0, the examples by heart 0" in said
    assert "solution: full marks for 12 of 12 students" in said


FAULTS = {
    "a check that passes everything": (
        "assert best_rate == 0.1",
        "assert True or best_rate",
        ["The mutant 'knows the example only' of q1 passes q2.check_rate, and should not (student 1)."],
    ),
    "a check that the solution loses for some": (
        "x, y = rng.normal(size=9), rng.normal(size=9)\\n\",\n    \"    first",
        "x, y = rng.normal(size=9), rng.normal(size=9)\\n\",\n    \"    assert x[0] < 0\\n\",\n    \"    first",
        ["The solution loses q2.check_weights, and should not (student "],
    ),
    "a public check that looks at nothing": (
        "history = descend(x, y, 0.1, 5)[1]",
        "history = range(6)",
        ["The unsolved notebook does not say 'q2 check_history: not attempted yet.'",
         "The template passes q2.check_history"],
    ),
    "a hidden check that is passed by whoever knows the example": (
        "assert off_by(loss(weights, x, y), expected) < 1e-9",
        "assert loss([0.0, 1.0], np.array([1.0, 2.0]), np.array([2.0, 4.0])) == 2.5",
        ["A submission of constants scores 3 points and should score none, by q1.check_example, q1.check_loss."],
    ),
    "a wrong solution": (
        "np.mean(residuals**2)",
        "np.mean(abs(residuals))",
        ["In demo.mutants.toml, the mutant 'sums the squares' replaces"],
    ),
    "a cell that needs the answer": (
        "y = 1 + 2 * x",
        "y = 1 + 2 * x + loss([0, 0], x, x)",
        ["The unsolved notebook stops in cell 8: NotImplementedError: q1"],
    ),
    "a solution in the text": (
        "Two short questions",
        "residuals = y - weights[0] - weights[1] * x\\n\",\n    \"Two short questions",
        ["Students would get a hidden line: residuals = y - weights[0] - weights[1] * x"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault, room, tier):
    old, new, says = FAULTS[fault]
    change(room / "sources" / "demo.ipynb", old, new)
    try:
        rebuild(room)
        found = "\n".join(verify("demo", room, tier))
    except Refused as error:
        found = str(error)
    for sentence in says:
        assert sentence in found


@pytest.mark.parametrize("name", ["1-linear-regression", "2-logistic-regression"])
def test_the_solutions_have_full_marks_with_the_data_as_they_are_now(name, notebook, tier):
    specification = load_specification(name, ROOT)
    cells = [cell.solved for cell in load_source(name).cells if cell.kind in ("plain", "question")]
    for edition in [specification, *(earlier.specification for earlier in read_earlier(name, ROOT))]:
        result = grade_submission(edition, notebook(cells), "ann", b"0123456789abcdef", tier)
        assert [check.id for check in result.checks if check.points < check.possible] == []


PENALTIES = {
    "both penalise the intercept": {
        "slopes[1:] += 2 * penalty * weights[1:]": "slopes += 2 * penalty * weights",
        "penalties[0, 0] = 0": "penalties[0, 0] = penalty",
    },
    "both ignore the penalty": {
        "slopes[1:] += 2 * penalty * weights[1:]": "pass",
        "penalties = penalty * np.eye": "penalties = 0 * np.eye",
    },
}


@pytest.mark.parametrize("what", PENALTIES)
def test_two_answers_that_agree_on_a_mistake_lose_the_public_check(what, notebook, tier):
    text = "\0".join(
        cell.solved for cell in load_source("1-linear-regression").cells if cell.kind in ("plain", "question")
    )
    for old, new in PENALTIES[what].items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    specification = load_specification("1-linear-regression", ROOT)
    result = grade_submission(specification, notebook(text.split("\0")), "ann", b"0123456789abcdef", tier)
    messages = {check.id: check.message for check in result.checks}
    assert messages["q4.check_agreement"].startswith("Not passed: ridge_closed_form should give 2 and 0.5, but gives")


def test_who_is_not_told_or_is_told_of_another_mistake_is_found(room, tier, monkeypatch):
    mutants = room / "sources" / "demo.mutants.toml"
    change(mutants, 'name = "sums the squares"\n', 'name = "sums the squares"\nsays = "It is the sum."\n')
    change(mutants, 'name = "halves the loss"\n', 'name = "halves the loss"\nsays = "It is the half."\n')
    rebuild(room)
    assert verify("demo", room, tier) == []
    monkeypatch.setattr("qta_grade.submission.known_mistake", lambda *given: "It is the half.")
    found = verify("demo", room, tier)
    assert "The mutant 'sums the squares' of q1 is not told: It is the sum." in found
    assert "The mutant 'sums the squares' of q1 is told of another mistake: It is the half." in found
    assert not any("'halves the loss'" in fault for fault in found)


def test_files_that_are_not_as_built_and_too_few_mutants_are_found(room, tier):
    change(room / "specifications" / "demo.json", '"Demo"', '"Another"')
    change(room.parent / "assignments" / "demo.ipynb", "Two short", "Three short")
    mutants = (room / "sources" / "demo.mutants.toml").read_text().split("[[mutant]]")
    (room / "sources" / "demo.mutants.toml").write_text("[[mutant]]".join(mutants[:7] + mutants[7:8]))
    found = verify("demo", room, tier)
    assert sum("is not what the source gives now" in fault for fault in found) == 2
    assert "q2 has 1 mutants: at least 6 are wanted." in found
    assert "No mutant loses q2.check_history: nobody knows what it is for." not in found
    assert "No mutant loses q2.check_rate: nobody knows what it is for." not in found
