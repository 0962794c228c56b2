"""The rules that every notebook keeps; what its cells compute is tested by nbval."""

import ast
import base64
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

from tools import practice, run, time_reading, write_lecture_map
from tools.notebook import CHECKS

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SETUP = (ROOT / "tools" / "setup_cell.py").read_text(encoding="utf-8").rstrip("\n")

# The cells whose output may differ: by notebook, the beginning of the cell.
MAY_DIFFER = {
    "00-methods-review": ["def move_columns("],
    "01-linear-regression-with-gradient-descent": ["plots.slider("],
    "02-logistic-regression-with-gradient-descent": ["def draw(alpha, beta):"],
    "03-neural-network-for-text-classification": ["print(runtime.describe())"],
}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [output for cell in code_cells(notebook) for output in cell.outputs]


def markdown(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_it_is_a_valid_file_without_widget_state(notebook):
    nbformat.validate(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}


def test_every_cell_was_run_in_order(notebook):
    """A cell without an execution count would pass nbval unchecked."""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    assert counts == list(range(1, len(counts) + 1))


def test_the_opening_is_the_same_everywhere(notebook):
    title, aims, setup = notebook.cells[:3]
    assert re.match(r"# \S.*\n\n\S", title.source)
    assert re.search(r"\*Runs in about .+ on two cores; downloads nothing\.\*", title.source)
    assert 3 <= len(re.findall(r"^- \*\*", aims.source, re.MULTILINE)) <= 5
    assert setup.source == SETUP


def test_it_takes_as_long_to_read_as_it_says(notebook):
    said = int(re.search(r"\*(\d+) minutes to read", notebook.cells[0].source).group(1))
    assert said - 4 < time_reading.minutes(notebook.cells) < said + 0.5


def test_its_exercises_take_as_long_as_it_says(path, notebook):
    said = re.search(r"minutes to read(?:, and (\d+) for the exercises)?\.\*$", notebook.cells[0].source).group(1)
    assert int(said or 0) == sum(exercise.minutes for exercise in practice.exercises_of(path.stem))


def seminar_minutes(notebook):
    """Return the minutes of reading and of the exercise; what the lesson teaches is read at home."""
    cells = time_reading.seminar(notebook)
    assert time_reading.doing(cells) > 0
    return time_reading.minutes(cells[2:]) + time_reading.doing(cells)


def test_the_seminar_takes_as_long_as_it_says(notebook):
    said = int(re.search(r"\*\*In the seminar\*\* \((\d+) minutes\)", notebook.cells[1].source).group(1))
    assert abs(said - seminar_minutes(notebook)) < 1


def test_all_seminars_together_take_two_hours():
    books = [nbformat.read(path, as_version=4) for path in NOTEBOOKS]
    assert sum(map(seminar_minutes, books)) < 120


def test_the_sections_of_the_seminar_need_no_other(notebook):
    """Whether they run is tried by the slow tests; here no name is missing."""
    code = "\n\n".join(cell.source for cell in time_reading.seminar(notebook) if cell.cell_type == "code")
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821", "--output-format", "concise", "-"]
    checked = subprocess.run(ruff, input=code, capture_output=True, text=True, check=False)
    assert "F821" not in checked.stdout, checked.stdout


def test_each_quoted_phrase_stands_in_the_next_what_you_see(notebook):
    """An assertion that holds a quantitative phrase quotes it; the next text has it word for word, once."""
    quoted = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type != "code":
            continue
        found = re.findall(r"# \"(.+)\"$", cell.source, re.MULTILINE)
        texts = (other.source for other in notebook.cells[number:] if other.cell_type == "markdown")
        text = next(texts).lower()
        assert [phrase for phrase in found if text.count(phrase.lower()) != 1] == []
        quoted += found
    assert len(quoted) >= 3


def test_no_assertion_is_about_constants(notebook):
    for cell in code_cells(notebook):
        python = "\n".join("pass" if line.startswith(("%", "!")) else line for line in cell.source.splitlines())
        for node in ast.walk(ast.parse(python)):
            if isinstance(node, ast.Assert):
                assert any(isinstance(part, ast.Name) for part in ast.walk(node.test)), ast.unparse(node)


def test_cells_that_teach_nothing_are_folded(notebook):
    """The setup cell, and cells of checks alone: in JupyterLab by their metadata, on the site by their tag."""
    for cell in code_cells(notebook):
        folded = cell.source == SETUP or cell.source.startswith(CHECKS)
        assert cell.metadata.get("jupyter", {}).get("source_hidden", False) == folded
        assert ("hide-input" in cell.metadata.get("tags", [])) == folded


def test_the_ending_answers_the_opening(notebook):
    verbs = re.findall(r"^- \*\*(\w+)\*\*", notebook.cells[1].source, re.MULTILINE)
    answered = re.findall(r"^- You \*\*(\w+)\*\*", notebook.cells[-1].source, re.MULTILINE)
    assert len(answered) == len(verbs)
    assert "## Where to read on" in notebook.cells[-1].source


def test_one_cell_gives_the_headline_of_the_run(notebook):
    assert [cell for cell in code_cells(notebook) if "headline" in cell.metadata.get("tags", [])]
    assert run.headline(notebook)


def test_headings_are_in_order(notebook):
    levels = [len(marks) for marks in re.findall(r"^(#+) ", markdown(notebook), re.MULTILINE)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(lower <= upper + 1 for upper, lower in pairwise(levels))


def test_cells_are_short(notebook):
    lengths = sorted(len(cell.source.splitlines()) for cell in code_cells(notebook)[1:])
    assert lengths[-1] <= 25
    assert lengths[len(lengths) // 2] <= 10


def test_no_output_belongs_to_one_machine(notebook):
    for output in outputs(notebook):
        assert output.output_type != "error"
        assert output.get("name") != "stderr"
        text = str(output.get("text", "")) + str(output.get("data", {}).get("text/plain", ""))
        assert not re.search(r"0x[0-9a-f]{6,}|/home/|/root/|/tmp/|site-packages|[A-Z]:\\", text)


def test_figures_have_words(notebook):
    images = [output for output in outputs(notebook) if "image/png" in output.get("data", {})]
    for image in images:
        words = image.metadata["image/png"]["alt"]
        assert len(words) > 40
        assert image.data["text/plain"] == words
        assert b"matplotlib" not in base64.b64decode(image.data["image/png"])  # no version of it
    assert images


def test_outputs_that_may_differ_are_few_and_known(path, notebook):
    ignored = [cell.source for cell in code_cells(notebook) if "nbval-ignore-output" in cell.metadata.get("tags", [])]
    known = MAY_DIFFER.get(path.stem, [])
    assert len(ignored) == len(known)
    assert all(source.startswith(beginning) for source, beginning in zip(ignored, known, strict=True))
    for cell in code_cells(notebook):
        assert not re.search(r"nbval-skip|NBVAL_", cell.source + " ".join(cell.metadata.get("tags", [])), re.IGNORECASE)


def test_the_habits_of_the_house(notebook):
    for cell in code_cells(notebook)[1:]:
        assert not re.search(r"tf\.keras|^[!%]|pip install|plt\.show", cell.source, re.MULTILINE)
        for fit in re.findall(r"\.fit\([^)]*epochs.*?\)", cell.source, re.DOTALL):
            assert "verbose=0" in fit


def test_links_and_pictures_have_words(notebook):
    text = markdown(notebook)
    assert not re.search(r"!\[\s*\]\(", text)
    assert not re.search(r"\[(here|link|this)\]\(", text, re.IGNORECASE)


def test_a_tagged_cell_asserts_its_row():
    rows = write_lecture_map.find_rows(ROOT)
    assert [row for row in rows if not row.assertions] == []


def test_every_concept_of_the_lecture_is_shown():
    shown = {row.concept for row in write_lecture_map.find_rows(ROOT)}
    assert shown == set(write_lecture_map.CONCEPTS)


def test_the_lecture_map_is_what_the_tags_say():
    assert (ROOT / "docs" / "lecture-map.md").read_text(encoding="utf-8") == write_lecture_map.render(ROOT)
