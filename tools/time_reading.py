"""How long a student reads a lesson, and the part of it that belongs to the seminar; exercises are counted apart."""

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
            continue  # they say themselves how long they take
        if cell.cell_type == "code":
            lines += sum(bool(line.strip()) for line in cell.source.splitlines())
            pictures += any("image/png" in output.get("data", {}) for output in cell.outputs)
        else:
            pictures += len(_EQUATION.findall(cell.source))
            words += len(re.sub(r"<[^>]+>", " ", _EQUATION.sub(" ", cell.source)).split())
    return words / WORDS + lines / LINES + pictures / PICTURES


def seminar(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that the seminar reads: those before the first section, and the sections that the top names."""
    named = re.search(r"\*\*In the seminar\*\* \(\d+ minutes\): sections? ([^.]+)\.", notebook.cells[1].source)
    wanted = {int(number) for number in re.findall(r"\d+", named.group(1))}
    for first, last in re.findall(r"(\d+) to (\d+)", named.group(1)):
        wanted |= set(range(int(first), int(last) + 1))
    chosen, taken = [], True
    for cell in notebook.cells:
        if cell.cell_type == "code":
            chosen += [cell] * taken
            continue
        for part in re.split(r"^(?=## )", cell.source, flags=re.MULTILINE):
            heading = re.match(r"## (?:(\d+)\. )?", part)
            if heading:
                taken = heading.group(1) is not None and int(heading.group(1)) in wanted
            if taken and part.strip():
                chosen.append(NotebookNode({**cell, "source": part}))
    return chosen
