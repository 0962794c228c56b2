"""Every lesson's cells run a second time, and those of the seminar run without the others."""

from pathlib import Path

import nbformat
import pytest

from tools import execute, time_reading
from tools.pin_environment import kernel_environment

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


def failure(notebook, path):
    return execute.execute(notebook, path.parent, kernel_environment(path.parents[1])).failure


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_all_cells_run_twice_in_one_kernel(path):
    notebook = nbformat.read(path, as_version=4)
    again = nbformat.read(path, as_version=4)
    notebook.cells += again.cells
    assert failure(notebook, path) is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_seminar_runs_alone(path):
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = time_reading.seminar(notebook)
    assert failure(notebook, path) is None
