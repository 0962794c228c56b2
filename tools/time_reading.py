"""How long a student reads a lesson and does its exercises, and the part of both that belongs to the seminar."""

import re

from nbformat import NotebookNode

from tools.practice import is_practice

WORDS, LINES, PICTURES = 200, 12, 2  # read in a minute: words, lines of code, figures or displayed equations
_EQUATION = re.compile(r"\$\$.*?\$\$", re.DOTALL)


def minutes(cells: list[NotebookNode]) -> float:
    """Return the minutes that cells take to read; everything counts, folded or not, but exercises."""
    words = lines = pictures = 0
    for cell in cells:
        if is_practice(cell):
            continue  # counted by `doing`
        if cell.cell_type == "code":
            lines += sum(bool(line.strip()) for line in cell.source.splitlines())
            pictures += any("image/png" in output.get("data", {}) for output in cell.outputs)
        else:
            pictures += len(_EQUATION.findall(cell.source))
            words += len(re.sub(r"<[^>]+>", " ", _EQUATION.sub(" ", cell.source)).split())
    return words / WORDS + lines / LINES + pictures / PICTURES


def doing(cells: list[NotebookNode]) -> int:
    """Return the minutes that the exercises among cells say they take."""
    tasks = "\n".join(cell.source for cell in cells if is_practice(cell))
    return sum(map(int, re.findall(r"^\*\((\d+) minutes\)\*", tasks, re.MULTILINE)))


def seminar(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells of the seminar.

    They are what stands before the first section, then the sections and the exercise that the top names, without the
    parts that say *At home* under their subheading.
    """
    line = re.search(
        r"\*\*In the seminar\*\* .*?: sections? (.+), with the exercise \*(.+?)\*", notebook.cells[1].source
    )
    sections, task = _numbers(line.group(1)), f"### Try it: {line.group(2)}\n"
    exercise = next(cell.id.removesuffix("-task") for cell in notebook.cells if cell.source.startswith(task))
    chosen, in_section, at_home = [], True, False
    for cell in notebook.cells:
        if is_practice(cell):
            chosen += [cell] * cell.id.startswith(exercise)
        elif cell.cell_type == "code":
            chosen += [cell] * (in_section and not at_home)
        else:
            for part in re.split(r"^(?=###? )", cell.source, flags=re.MULTILINE):
                if part.startswith("## "):
                    number = re.match(r"## (\d+)\. ", part)
                    in_section, at_home = number is not None and int(number.group(1)) in sections, False
                elif part.startswith("### "):
                    at_home = re.match(r"### .*\n\n.*\*At home\*", part) is not None
                if in_section and not at_home and part.strip():
                    chosen.append(NotebookNode({**cell, "source": part}))
    return chosen


def _numbers(words: str) -> set[int]:
    """Return 1, 3, 4 and 5 for "1 and 3 to 5"."""
    ranges = re.findall(r"(\d+)(?: to (\d+))?", words)
    return {number for first, last in ranges for number in range(int(first), int(last or first) + 1)}
