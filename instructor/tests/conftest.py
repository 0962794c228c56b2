"""The demo assignment built in a folder of its own, and its solution as a notebook."""

import json
import shutil
from pathlib import Path

import psutil
import pytest
from qta_grade import doctor
from qta_grade.build import build
from qta_grade.source import load_source
from qta_grade.specification import load_specification

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def tier():
    """The best kind of sandbox on this machine."""
    return doctor.best() or pytest.skip("No sandbox of any kind works here.")


@pytest.fixture
def innermost():
    """A function: of all processes under one, the last of the line that was started last.

    Not the one with the largest number: numbers start again from the bottom, after 32,768 on some machines.
    """

    def find(process: psutil.Process) -> psutil.Process:
        ends = [child for child in process.children(recursive=True) if not child.children()]
        return max(ends, key=psutil.Process.create_time)

    return find


@pytest.fixture
def room(tmp_path):
    """A folder ``instructor`` with the demo assignment, built."""
    root = tmp_path / "instructor"
    (root / "sources").mkdir(parents=True)
    for file in (HERE / "demo").iterdir():
        shutil.copy(file, root / "sources")
    (tmp_path / "tools").mkdir()
    shutil.copy(HERE.parents[1] / "tools" / "setup_cell.py", tmp_path / "tools")
    build("demo", root)
    return root


@pytest.fixture
def specification(room):
    return load_specification("demo", room)


@pytest.fixture
def solution(room):
    """The code cells of the demo, solved."""
    return [cell.solved for cell in load_source("demo", room).cells if cell.kind in ("plain", "question")]


@pytest.fixture
def handed_in(room, specification):
    """All code cells of the demo's notebook, solved: with its public checks."""
    assignment = load_source("demo", room)
    solved = {cell.template: cell.solved for cell in assignment.cells if cell.kind == "question"}
    return [solved.get(source, source) for source in specification.template]


@pytest.fixture
def notebook():
    def make(cells):
        return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode()

    return make
