"""``python -m tools.practice``: writes the exercises into the lessons, and the instructor's page of mistakes."""

import json
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from qta_keras.practice.exercise import Exercise, exercise_names, load_exercise
from tools import Stop
from tools.notebook import find_notebooks, read_notebook, write_notebook
from tools.write_files import write_atomically

ROOT = Path(__file__).parents[1]
MISTAKES = Path("instructor", "docs", "mistakes.md")
_ID = "try-"  # so begin the ids of an exercise's cells


def is_practice(cell: NotebookNode) -> bool:
    """Say whether a cell belongs to an exercise."""
    return cell.id.startswith(_ID)


def exercises_of(lesson: str) -> list[Exercise]:
    """Return the exercises of a lesson, given the name of its notebook or the number that this begins with."""
    number = lesson.partition("-")[0]
    return [load_exercise(name) for name in exercise_names() if name.partition("-")[0] == number]


def cells(exercise: Exercise) -> list[NotebookNode]:
    """Return the three cells of an exercise: the task, the code to fill in with its check, and the folded help."""
    minutes = f"*({exercise.minutes} minutes)*"
    task = f"### Try it: {exercise.title}\n\n{minutes} {exercise.task.strip()}"
    check = f"practice.check({json.dumps(exercise.name)}, {exercise.answer})"
    gap = "\n\n\n" if exercise.inputs else "\n\n"
    code = f"from qta_keras import practice\n{gap[1:]}{exercise.stub.strip()}{gap}{check}"
    folded = {f"Hint {number}": hint for number, hint in enumerate(exercise.hints, start=1)}
    folded["A solution"] = f"```python\n{exercise.solution.strip()}\n```\n\n{exercise.why}"
    help_ = "\n\n".join(
        f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>" for summary, text in folded.items()
    )
    name = _ID + exercise.name
    return [
        nbformat.v4.new_markdown_cell(task, id=f"{name}-task"),
        nbformat.v4.new_code_cell(code, id=name),
        nbformat.v4.new_markdown_cell(help_, id=f"{name}-help"),
    ]


def put_in(notebook: NotebookNode, exercises: list[Exercise]) -> None:
    """Put exercises into a lesson, each above its heading, in place of those that are there."""
    before = {cell.id: cell for cell in notebook.cells}
    notebook.cells = [cell for cell in notebook.cells if not is_practice(cell)]
    for exercise in exercises:
        place = _place_above(notebook, exercise)
        new = cells(exercise)
        ran = before.get(new[1].id)
        if ran and ran.source == new[1].source:
            new[1] = ran  # with what it printed
        notebook.cells[place:place] = new


def _place_above(notebook: NotebookNode, exercise: Exercise) -> int:
    """Return where a heading's cell is; where text stands above the heading, the cell is parted there."""
    for place, cell in enumerate(notebook.cells):
        heading = re.search(rf"^{re.escape(exercise.before)}$", cell.source, re.MULTILINE)
        if cell.cell_type != "markdown" or heading is None:
            continue
        above, below = cell.source[: heading.start()].rstrip(), cell.source[heading.start() :]
        if not above:
            return place
        cell.source = above
        notebook.cells.insert(place + 1, nbformat.v4.new_markdown_cell(below, id=f"{cell.id}-below"))
        return place + 1
    raise Stop(f"{exercise.name}: there is no heading {exercise.before!r} in its lesson.")


def page() -> str:
    """Return the instructor's page: each exercise, and the mistakes that its check knows."""
    lines = [
        "# What students get wrong in the exercises",
        "",
        "The mistakes that the checks of the lessons' exercises know by name, and what a student who makes one reads.",
        "The page is made from the exercises by `python -m tools.practice`.",
    ]
    for exercise in map(load_exercise, exercise_names()):
        lines += ["", f"## {exercise.name}: {exercise.title}", "", exercise.task.strip(), ""]
        lines += [f"- **{mistake.name}**: {mistake.says}" for mistake in exercise.mistakes]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the exercises into all lessons; what is there already stays as it is."""
    for path in find_notebooks(ROOT / "notebooks", []):
        notebook = read_notebook(path)
        put_in(notebook, exercises_of(path.stem))
        write_notebook(notebook, path)
    if (ROOT / "instructor").is_dir():  # students do not have it
        write_atomically(ROOT / MISTAKES, page().encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
