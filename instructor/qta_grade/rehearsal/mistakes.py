"""Mistakes and habits of honest students in a complete solution: they cost nothing, or the one answer they spoil."""

from random import Random

from qta_grade.rehearsal.material import Material, Role, code_cell, markdown_cell, place_of
from qta_grade.source import SETUP

_SCRATCH = {  # cells of a student's own, above an answer
    "a syntax error in a cell of one's own": "for i in range(3)\n    print(i)",
    "an exception in a cell of one's own": "scratch = [1, 2, 3]\nscratch[3]",
    "a cell in another language": "%%bash\nls",
    "imports that nothing needs": "import collections, math\nfrom pathlib import Path",
}
_BELOW = {  # lines below an answer, in its cell
    "an error below an answer": "print(undefined)",
    "prints by the megabyte below an answer": "for _ in range(4):\n    print('x' * 1_000_000)",
}
_RUNAWAY = "count = 0\nwhile True:\n    count = count + 1"


def mistakes(material: Material, rng: Random) -> list[Role]:
    """Return one student per mistake.

    Parameters
    ----------
    material
        The assignment.
    rng
        Chooses the question at which it is made.
    """
    made = {what: _above_an_answer(material, rng, source) for what, source in _SCRATCH.items()}
    made |= {what: _below_an_answer(material, rng, source) for what, source in _BELOW.items()}
    made |= {what: change(material, rng) for what, change in _HARMLESS.items()}
    if any(_is_setup(cell) for cell in material.template["cells"]):
        made["without the setup cell"] = [cell for cell in material.solved() if not _is_setup(cell)]
    roles = [Role("mistake", what, material.notebook(cells), material.possible) for what, cells in made.items()]
    left = material.possible - material.points(material.questions[-1:])
    spoilt = {what: change(material) for what, change in _COSTLY.items()}
    return roles + [Role("mistake", what, material.notebook(cells), left) for what, cells in spoilt.items()]


def runaway(material: Material, rng: Random) -> Role:
    """Return a student with a cell that never ends: it costs its limit of computing time, and no points."""
    cells = _above_an_answer(material, rng, _RUNAWAY)
    return Role("endless", "a cell of one's own that never ends", material.notebook(cells), material.possible)


def _above_an_answer(material: Material, rng: Random, source: str) -> list[dict]:
    """Put a cell where it has to run: what stands below the last answer is not run at all."""
    cells = material.solved()
    cells.insert(place_of(cells, rng.choice(material.answers)), code_cell(source, "scratch"))
    return cells


def _with_an_answer(material: Material, rng: Random) -> tuple[list[dict], list[str]]:
    """Return the solved cells, and the lines of one of the answers among them, both for the caller to change."""
    cells = material.solved()
    return cells, cells[place_of(cells, rng.choice(material.answers))]["source"]


def _below_an_answer(material: Material, rng: Random, source: str) -> list[dict]:
    cells, lines = _with_an_answer(material, rng)
    lines += ["\n", "\n", *source.splitlines(keepends=True)]
    return cells


def _is_setup(cell: dict) -> bool:
    return "".join(cell["source"]).startswith(SETUP)


def _lines_for_jupyter(material: Material, rng: Random) -> list[dict]:
    cells, lines = _with_an_answer(material, rng)
    lines[1:1] = ["%matplotlib inline\n", "!pip install numpy\n"]
    return cells


def _builtin_name(material: Material, rng: Random) -> list[dict]:
    return [*material.solved(), code_cell("list = [1, 2, 3]\nsum = 0\nlen = 3", "scratch")]


def _notes_between(material: Material, rng: Random) -> list[dict]:
    cells = material.solved()
    for number, answer in enumerate(material.answers):
        place = place_of(cells, answer)
        cells.insert(place, markdown_cell("**My notes:** why does this work?\n\n$a + b$ <b>", f"notes-{number}"))
    return cells


def _run_in_disorder(material: Material, rng: Random) -> list[dict]:
    cells = material.solved()
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    for cell, count in zip(code, rng.sample(range(1, 200), len(code)), strict=True):
        cell["execution_count"] = count
        cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": [f"run {count}\n"]}]
    return cells


def _sources_as_one_text(material: Material, rng: Random) -> list[dict]:
    return [{**cell, "source": "".join(cell["source"])} for cell in material.solved()]


def _first_line_changed(material: Material, rng: Random) -> list[dict]:
    """Change the line that says which question a cell answers."""
    cells, lines = _with_an_answer(material, rng)
    lines[0] = "# my answer\n"
    return cells


def _earlier_attempt(material: Material, rng: Random) -> list[dict]:
    """Leave an unsolved copy of an answer above it: what was defined last above the check counts."""
    cells, answer = material.solved(), rng.choice(material.answers)
    cells.insert(place_of(cells, answer), code_cell(answer.template, "earlier"))
    return cells


def _syntax_error_in_the_last_answer(material: Material) -> list[dict]:
    cells = material.solved()
    cells[place_of(cells, material.answers[-1])]["source"] += ["\n", "\n", "def unfinished("]
    return cells


def _last_answer_as_text(material: Material) -> list[dict]:
    cells, answer = material.solved(), material.answers[-1]
    cells[place_of(cells, answer)] = markdown_cell(answer.solved, answer.cell["id"])
    return cells


_HARMLESS = {
    "lines for Jupyter in an answer": _lines_for_jupyter,
    "names of builtins in a cell below all": _builtin_name,
    "notes between the cells": _notes_between,
    "cells run in disorder, with outputs": _run_in_disorder,
    "sources as texts, and not as lists of lines": _sources_as_one_text,
    "the first line of an answer changed": _first_line_changed,
    "an earlier attempt left above an answer": _earlier_attempt,
}
_COSTLY = {  # of the last question, since no other can build on its answer
    "a syntax error in the last answer": _syntax_error_in_the_last_answer,
    "the last answer turned into text": _last_answer_as_text,
}
