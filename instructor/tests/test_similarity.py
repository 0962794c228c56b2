"""Which submissions share passages: planted copies are found, and honest answers do not stand out.

The folder ``honest`` holds right answers to two assignments, written one by one in different styles.
"""

import ast
import builtins
import csv
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from qta_grade import Refused
from qta_grade.notebook import Cell
from qta_grade.passages import SHORTEST, read_code, read_template
from qta_grade.similarity import LONG, MAX_CODE, MAX_PAIRS, SHARE, compare, groups, report_similarity
from qta_grade.source import load_source
from qta_grade.specification import load_specification

INSTRUCTOR = Path(__file__).resolve().parents[1]
ASSIGNMENTS = ["1-linear-regression", "2-logistic-regression"]


def template_of(name):
    return load_specification(name, INSTRUCTOR).template


def answers_of(name):
    """Give the honest answers: per author the cells, by question."""
    text = (INSTRUCTOR / "tests" / "honest" / f"{name}.txt").read_text(encoding="utf-8")
    authors = dict(part.split("\n", 1) for part in text.split("######## ")[1:])
    answers = {
        author: {cell[:2]: f"# @question {cell}" for cell in code.split("# @question ")[1:]}
        for author, code in authors.items()
    }
    solved = [cell.solved for cell in load_source(name).cells if cell.kind == "question"]
    return {**answers, "solution": {cell.split()[2]: cell for cell in solved}}


def notebook_of(name, answers):
    """Give the sources of a whole notebook: the template's cells with these answers put in."""
    return [answers.get(cell.split()[2], cell) if cell.startswith("# @q") else cell for cell in template_of(name)]


def read(name, notebooks):
    template = read_template(template_of(name))
    return {
        student: read_code([Cell(number, source, None, None) for number, source in enumerate(sources, 1)], template)
        for student, sources in notebooks.items()
    }


def renamed(source):
    """Give all names of variables, arguments and functions new ones."""
    tree = ast.parse(source)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    names |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    new = {old: f"my_{number}_{old[::-1]}" for number, old in enumerate(sorted(names - set(dir(builtins))))}
    return re.sub(r"(?<![.\w])[A-Za-z_]\w*", lambda match: new.get(match[0], match[0]), source)


def decorated(source):
    """Put other comments and blank lines in, and print here and there."""
    lines = []
    for number, line in enumerate(re.sub(r"(?m)\s*#.*$", "", source).strip().split("\n")):
        indent = line[: len(line) - len(line.lstrip())]
        if number % 2 and indent and not line.strip().startswith((")", "else", "elif")):
            lines += ["", f"{indent}# step {number}: as I understand it", f'{indent}print("now", {number})']
        lines.append(line)
    return "\n".join(lines)


DISGUISES = {
    "renamed": lambda cells: [renamed(cell) for cell in cells],
    "reordered": lambda cells: cells[::-1],
    "decorated": lambda cells: [decorated(cell) for cell in cells],
    "all": lambda cells: [decorated(renamed(cell)) for cell in cells][::-1],
}


CASES = [
    (ASSIGNMENTS[0], "renamed"),
    (ASSIGNMENTS[0], "all"),
    (ASSIGNMENTS[1], "reordered"),
    (ASSIGNMENTS[1], "decorated"),
]


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_honest_answers_do_not_stand_out(name):
    pairs = compare(read(name, {author: notebook_of(name, cells) for author, cells in answers_of(name).items()}))
    assert len(pairs) > 5, "too different to say anything about the limits"
    assert max(pair.longest for pair in pairs) <= 0.8 * LONG
    assert max(pair.share for pair in pairs) <= 0.7 * SHARE


@pytest.mark.parametrize(("name", "disguise"), CASES)
def test_copies_are_found_and_nothing_else(name, disguise):
    answers = answers_of(name)
    given = [cell for cell in template_of(name) if not cell.startswith("# @q")]
    notebooks = {author: notebook_of(name, cells) for author, cells in answers.items()}
    copies = {
        f"{author}, copied": given + DISGUISES[disguise](list(cells.values())) for author, cells in answers.items()
    }
    found = [pair for pair in compare(read(name, notebooks | copies)) if pair.stands_out]
    assert sorted((pair.left, pair.right) for pair in found) == sorted(
        (author, f"{author}, copied") for author in answers
    )
    assert min(pair.share for pair in found) >= 2 * SHARE


@pytest.mark.parametrize(
    ("author", "other", "found"),
    [
        ("solution", "loops", True),
        ("beginner", "terse", True),
        ("inplace", "careful", True),
        ("helpers", "careful", False),  # short functions: too much like what many write
    ],
)
def test_one_long_function_of_another_is_found(author, other, found):
    name = ASSIGNMENTS[0]
    answers = answers_of(name)
    taken = answers[author]["q4"].partition("\ndef ridge_closed_form")[0]
    kept = "".join(answers[other]["q4"].partition("\ndef ridge_closed_form")[1:])
    thief = notebook_of(name, {**answers[other], "q4": decorated(renamed(taken)) + kept})
    pairs = compare(read(name, {author: notebook_of(name, answers[author]), "thief": thief}))
    assert [pair.stands_out for pair in pairs] == [found]


def test_reformatting_the_template_is_no_match():
    def wrapped(line):
        return line if "#" in line or '"' in line else line.replace("(", "(\n    ").replace("\n    )", ")")

    name = ASSIGNMENTS[0]
    cells = ["\n\n".join(wrapped(line) for line in cell.split("\n")).replace('"', "'") for cell in template_of(name)]
    assert cells[0] != template_of(name)[0]
    assert read(name, {"ann": cells})["ann"].own < SHORTEST


@pytest.fixture
def handed_in(tmp_path, room):
    """Hand in texts as notebooks of the demo assignment; gives the rows of the table, and the page."""

    def hand_in(**submissions):
        (tmp_path / "in").mkdir()
        for student, cells in submissions.items():
            content = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
            (tmp_path / "in" / f"{student}.ipynb").write_text(json.dumps(content) if cells else "no notebook")
        report_similarity(load_specification("demo", room), tmp_path / "in", tmp_path / "out")
        with open(tmp_path / "out" / "similarity.csv", encoding="utf-8-sig") as file:
            return list(csv.DictReader(file)), (tmp_path / "out" / "similarity.html").read_text(encoding="utf-8")

    return hand_in


LONG_CODE = "\n".join(
    f"step_{i} = (a + b[{i}]) * np.{word}(c)" for i, word in enumerate("sin cos tan exp log abs".split())
)


def test_table_and_page(handed_in):
    hostile = LONG_CODE.replace("(a", "('<script>alert(1)</script>' + a", 1)
    rows, page = handed_in(
        **{"=ann": [LONG_CODE], "bo": [renamed(LONG_CODE)], "cy": [hostile], "di": [], "ed": ["x = 1"]}
    )
    assert [(row["left"], row["right"]) for row in rows if row["to_look_at"] == "yes"] == [
        ("'=ann", "bo"),
        ("'=ann", "cy"),
        ("bo", "cy"),
    ]
    assert float(rows[0]["left_share"]) == float(rows[0]["right_share"]) == 1
    assert page.count("<h1>") == 1
    assert "A group of 3" in page
    assert page.index("no scores") < page.index("A group of 3")
    assert page.count("<details>") == 3
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    assert "di: The file is not a notebook" in page
    assert "ed: It has hardly any code" in page


@pytest.mark.parametrize(
    "source", ["(" * 8_000, "\0" * 8_000, "\n \t" * 3_000, "x" * (MAX_CODE + 1), 'f"{' * 3_000, "a " * 4_000]
)
def test_hostile_text_neither_stops_nor_hides_the_others(handed_in, source):
    rows, _ = handed_in(ann=[LONG_CODE], bo=[LONG_CODE], wrecker=[source], accomplice=[source])
    assert {("ann", "bo")} <= {(row["left"], row["right"]) for row in rows}


def test_the_page_shows_so_many_pairs_and_no_more(handed_in):
    rows, page = handed_in(**{f"s{i}": [LONG_CODE] for i in range(16)})
    assert len(rows) == 120 > MAX_PAIRS == page.count("<details>")


def test_groups():
    pairs = [SimpleNamespace(left=left, right=right) for left, right in ["ab", "cd", "ef", "bc"]]
    assert groups(pairs) == [["a", "b", "c", "d"], ["e", "f"]]


def test_nothing_is_overwritten(tmp_path, room, handed_in):
    handed_in(ann=[LONG_CODE])
    demo = load_specification("demo", room)
    with pytest.raises(Refused, match="not an empty folder"):
        report_similarity(demo, tmp_path / "in", tmp_path / "out")
    with pytest.raises(Refused, match="inside"):
        report_similarity(demo, tmp_path / "in", tmp_path / "in" / "out")
