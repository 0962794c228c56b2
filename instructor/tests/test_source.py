"""A source notebook read, and every fault in one refused with a sentence that names its place."""

import json
from pathlib import Path

import pytest
from qta_grade import Refused
from qta_grade.mutants import read_mutants
from qta_grade.source import read_source
from qta_grade.specification import Specification, load_specification

DEMO = Path(__file__).parent / "demo" / "demo.ipynb"
HEADER = '# @assignment title="Small" cpu_per_cell=1 cpu_per_check=1 memory_gb=2 tensorflow=no'
ANSWER = (
    '# @question q1 points=1 title="One"\ndef double(x):\n    # BEGIN SOLUTION\n    return 2 * x\n    # END SOLUTION'
)
CHECK = '# @check q1 public points=1 fail="no double"\ndef check_it(double):\n    assert double(1) == 2'


def written(folder, *cells):
    path = folder / "small.ipynb"
    cells = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": cell,
        }
        for number, cell in enumerate(cells)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_the_demo():
    demo = read_source(DEMO)
    assert (demo.name, demo.options["title"]) == ("demo", "Demo")
    assert [(question.id, question.points) for question in demo.questions] == [("q1", 5), ("q2", 6)]
    assert [check.id for check in demo.checks if check.kind == "public"] == ["q1.check_example", "q2.check_history"]
    assert sum(check.points for check in demo.checks) == 11
    first, second = [cell for cell in demo.cells if cell.kind == "question"]
    assert first.template.count('    raise NotImplementedError("q1")') == 2
    assert "best_rate = None  # your choice" in second.template
    assert "SOLUTION" not in first.template + first.solved + second.template + second.solved
    assert "    return np.mean(residuals**2)" in first.private
    assert "np.mean(residuals**2)" not in first.template
    names = {}
    exec("import numpy as np\n" + first.solved, names)
    assert names["loss"]([0, 1], *[names["np"].array(values) for values in ([1.0, 2.0], [2.0, 4.0])]) == 2.5


def test_a_small_one(tmp_path):
    assert [check.id for check in read_source(written(tmp_path, HEADER, ANSWER, CHECK)).checks] == ["q1.check_it"]


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ([ANSWER, CHECK], "first code cell, and no other, has to begin with # @assignment"),
        (["import numpy", HEADER, ANSWER, CHECK], "first code cell, and no other"),
        ([HEADER, ANSWER, CHECK, HEADER], "first code cell, and no other"),
        ([HEADER.replace("memory_gb=2", "memory_gb=much"), ANSWER, CHECK], "memory_gb=much in cell 1"),
        ([HEADER.replace("cpu_per_cell=1", "cpu_per_cell=0"), ANSWER, CHECK], "cpu_per_cell=0 in cell 1"),
        ([HEADER.replace("=no", "=maybe"), ANSWER, CHECK], "tensorflow=maybe in cell 1: it has to be yes or no"),
        ([HEADER.replace(" memory_gb=2", ""), ANSWER, CHECK], "@assignment in cell 1 lacks memory_gb: it takes "),
        ([HEADER, ANSWER.replace(" points", " marked=by-hand prompt='x' points"), CHECK],
         "@question in cell 2 has the unknown option prompt: it takes points, title and, if liked, marked, optional. "
         "(prompt belongs behind # BEGIN SOLUTION.)"),
        ([HEADER, ANSWER, CHECK, "# @reference a=1 b=2"],
         "@reference in cell 4 has the unknown options a, b: it takes none."),
        ([HEADER + ' title="Again"', ANSWER, CHECK], "has an option twice"),
        ([HEADER + ' more="', ANSWER, CHECK], "cannot be read"),
        ([HEADER], "has no question"),
        ([HEADER, ANSWER.replace(" points", " optional=no points"), CHECK], "optional=no in cell 2: it takes yes"),
        ([HEADER, ANSWER.replace(" points", " optional=yes points"), CHECK], "are optional: one at least has to count"),
        ([HEADER, ANSWER], "q1 has no check"),
        ([HEADER, ANSWER.replace("points=1", "points=2"), CHECK], "q1 has 2 points, but its checks have 1"),
        ([HEADER, ANSWER.replace("points=1", "points=-1"), CHECK], "points=-1 in cell 2"),
        ([HEADER, ANSWER, ANSWER, CHECK], "There are 2 of the question q1"),
        ([HEADER, ANSWER, CHECK, CHECK], "There are 2 of the check q1.check_it"),
        ([HEADER, ANSWER.replace("q1", "1st"), CHECK], "Cell 2 is for question '1st'"),
        ([HEADER, ANSWER.replace(" q1", ""), CHECK], "@question in cell 2 is followed by the words"),
        ([HEADER, CHECK, ANSWER], "q1.check_it in cell 2 stands before any question q1"),
        ([HEADER, ANSWER, CHECK.replace("public", "secret")], "The check in cell 3 is 'secret'"),
        ([HEADER, ANSWER, CHECK + "\nmore = 1"], "The check in cell 3 has to be one function"),
        ([HEADER, ANSWER, CHECK.replace("(double):", "(double=1):")],
         "check_it in cell 3 has other than plain arguments"),
        ([HEADER, ANSWER, CHECK.replace("(double):", "(double, triple):")], "asks for triple, which no cell"),
        ([HEADER, ANSWER, CHECK.replace("no double", " ")], "check_it in cell 3 has an empty fail"),
        ([HEADER, ANSWER, CHECK.replace("== 2", "== helper(1)")],
         "q1.check_it uses helper: a public check sees only np"),
        ([HEADER, ANSWER, "def helper(x): ...", CHECK.replace("public", "hidden").replace("== 2", "== helper(1)")],
         "q1.check_it uses helper: a hidden check sees only np and names of @reference cells"),
        ([HEADER, ANSWER, "# @reference\ndef helper(x): ...", CHECK.replace("== 2", "== helper(1)")],
         "q1.check_it uses helper: a public check sees only np"),
        ([HEADER, ANSWER.replace("# END SOLUTION", ""), CHECK], "the solution begun on line 3 has no END SOLUTION"),
        ([HEADER, ANSWER.replace("# BEGIN SOLUTION", ""), CHECK], "line 5 is END SOLUTION without a BEGIN"),
        ([HEADER, ANSWER.replace("    return", "    # BEGIN SOLUTION\n    return"), CHECK],
         "no END SOLUTION before line 4"),
        ([HEADER, "# @question q1 points=1 title='One'\ndouble = abs", CHECK], "answers q1, but has no solution"),
        ([HEADER, ANSWER.replace("BEGIN SOLUTION", "BEGIN SOLUTION stub='x'"), CHECK], "it takes only prompt="),
        ([HEADER, ANSWER, CHECK, "x = 1\n# BEGIN SOLUTION\n# END SOLUTION"], "Cell 4 has a SOLUTION, but is no answer"),
        ([HEADER, ANSWER, CHECK, "x = ("], "Cell 4 is no Python"),
        ([HEADER, ANSWER, CHECK, "# @answer q1"], "The first line of cell 4 says @answer"),
        ([HEADER, ANSWER, CHECK, "x = 1\n# @reference"], "In cell 4, line 2 is '# @reference'"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_and_its_place_named(cells, says, tmp_path):
    with pytest.raises(Refused) as refused:
        read_source(written(tmp_path, *cells))
    assert says in str(refused.value)


RAW = {"cell_type": "raw", "metadata": {}, "source": ""}
WITHOUT_ID = json.dumps({"cells": [RAW], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


@pytest.mark.parametrize(
    "text", ["no JSON", "[]", '{"cells": [{}]}', '{"cells": [{"id": "a"}], "nbformat": 4}', WITHOUT_ID]
)
def test_what_is_no_notebook_is_refused(text, tmp_path):
    path = tmp_path / "small.ipynb"
    path.write_text(text)
    with pytest.raises(Refused, match=r"small\.ipynb"):
        read_source(path)


def test_a_specification_comes_back_from_its_text(specification, room):
    assert Specification.from_json(specification.to_json()) == specification
    for text in ("{}", "[]", "no JSON", specification.to_json().replace('"points"', '"marks"')):
        with pytest.raises(Refused, match="run 'qta-grade build' again"):
            Specification.from_json(text)
    for name in ("nothing", "../sources/demo"):
        with pytest.raises(Refused, match="there are demo"):
            load_specification(name, room)


MUTANT = '[[mutant]]\nquestion = "q1"\nname = "wrong"\nold = "2 * x"\nnew = "3 * x"\nloses = ["q1.check_it"]\n'


def test_mutants(tmp_path):
    source = read_source(written(tmp_path, HEADER, ANSWER, CHECK))
    path = tmp_path / "small.mutants.toml"
    path.write_text(MUTANT)
    (mutant,) = read_mutants(path, source)
    assert (mutant.question, mutant.name, mutant.loses) == ("q1", "wrong", {"q1.check_it"})
    assert "return 3 * x" in mutant.solved
    for old, new, says in [
        ("[[mutant]]", "[[mutants]]", "cannot be read"),
        ('name = "wrong"', "name = wrong", "cannot be read"),
        ("new =", "neu =", "has the keys"),
        ('"q1.check_it"', "", "loses nothing"),
        ("check_it", "check_that", "loses q1.check_that"),
        ("2 * x", "5 * x", "which stands in 0 cells of q1"),
        ("3 * x", "2 * x", "changes nothing"),
    ]:
        path.write_text(MUTANT.replace(old, new))
        with pytest.raises(Refused, match=says):
            read_mutants(path, source)
    path.unlink()
    with pytest.raises(Refused, match="There is no"):
        read_mutants(path, source)
