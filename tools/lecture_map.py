"""Generates docs/lecture-map.md: where each concept of the lecture is shown, from the tags of the notebooks' cells."""

import ast
from dataclasses import dataclass
from pathlib import Path

from tools.concepts import CONCEPTS
from tools.files import write_atomically
from tools.notebook import code_cells, read_notebook

TAG = "row-"


@dataclass
class Row:
    """A cell that carries the tag of a concept."""

    concept: str
    notebook: str
    cell: int
    asserts: bool


def find_rows(root: Path) -> list[Row]:
    """Return every tagged code cell of the notebooks, with whether it asserts anything.

    Parameters
    ----------
    root
        The repository's root.

    Returns
    -------
    list of Row
        In the order of notebooks and cells. A tag may stand on several cells, a cell may have several tags.
    """
    return [
        Row(tag.removeprefix(TAG), path.stem, number, _asserts(cell.source))
        for path in sorted((root / "notebooks").glob("*.ipynb"))
        for number, cell in enumerate(code_cells(read_notebook(path)), start=1)
        for tag in cell.metadata.get("tags", [])
        if tag.startswith(TAG)
    ]


def render(root: Path) -> str:
    """Return the lecture map as Markdown."""
    rows = find_rows(root)
    lines = [
        "# Where each concept is shown",
        "",
        "Every concept of the lecture runs in a cell that computes it and asserts the result. Cells are counted as",
        "in `In [7]`. This page is generated from the notebooks' cell tags by `python3 course.py record`.",
        "",
        "| id | concept | notebook | cell |",
        "|---|---|---|---|",
    ]
    for concept, words in CONCEPTS.items():
        shown = [row for row in rows if row.concept == concept]
        notebooks = ", ".join(
            f"[{name}](../notebooks/{name}.ipynb)" for name in dict.fromkeys(r.notebook for r in shown)
        )
        cells = ", ".join(str(row.cell) for row in shown)
        lines.append(f"| {concept} | {words} | {notebooks or 'not yet'} | {cells} |")
    return "\n".join(lines) + "\n"


def write(root: Path) -> None:
    """Write docs/lecture-map.md."""
    write_atomically(root / "docs" / "lecture-map.md", render(root).encode("utf-8"))


def _asserts(source: str) -> bool:
    # Lines of IPython's own (%time, !ls) are no Python.
    python = "\n".join("pass" if line.startswith(("%", "!")) else line for line in source.splitlines())
    return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(python)))
