"""The smallest assignment as docs/writing.md shows it: built and verified, taken from the page itself."""

import json
import re
import shutil
from pathlib import Path

import pytest
from qta_grade.build import build
from qta_grade.verify import verify

INSTRUCTOR = Path(__file__).parents[1]
PAGE = (INSTRUCTOR / "docs" / "writing.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)\n```", PAGE, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def room(tmp_path):
    """A folder ``instructor`` with the two files that the page describes."""
    root = tmp_path / "instructor"
    (root / "sources").mkdir(parents=True)
    (tmp_path / "tools").mkdir()
    shutil.copy(INSTRUCTOR.parent / "tools" / "setup_cell.py", tmp_path / "tools")
    ran = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    cells = [{**ran, "id": f"c{number}", "source": source} for number, source in enumerate(blocks("python"))]
    cells += [
        {"cell_type": "markdown", "metadata": {}, "id": f"m{number}", "source": source}
        for number, source in enumerate(blocks("markdown"))
    ]
    notebook = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (root / "sources" / "squares.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (mutants,) = blocks("toml")
    (root / "sources" / "squares.mutants.toml").write_text(mutants, encoding="utf-8")
    return root


def test_the_smallest_assignment_of_the_page_is_sound(room, tier, capsys):
    build("squares", room)
    assert verify("squares", room, tier) == []
    said = capsys.readouterr().out
    assert "3 points in 2 checks; 6 of 6 mutants lose exactly their checks" in said
    assert "q2 Why squares?: 2 points, marked by hand" in said


def test_it_is_the_smallest(room, tier):
    """Any mutant or check less is a fault; that cells are compulsory, test_source.py has."""
    path = room / "sources" / "squares.mutants.toml"
    path.write_text(path.read_text(encoding="utf-8").rpartition("[[mutant]]")[0], encoding="utf-8")
    build("squares", room)
    assert verify("squares", room, tier) == ["q1 has 5 mutants: at least 6 are wanted."]
