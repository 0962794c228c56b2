"""An assignment proved sound, and faults planted in it found."""

import pytest
from qta_grade import Refused
from qta_grade.build import build
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
    rebuild(room)
    try:
        found = "\n".join(verify("demo", room, tier))
    except Refused as error:
        found = str(error)
    for sentence in says:
        assert sentence in found


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
