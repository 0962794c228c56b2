"""Generates docs/lecture-map.md: where each concept of the lecture is shown, from the tags of the notebooks' cells."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.concepts import CONCEPTS
from tools.files import write_atomically
from tools.notebook import CHECKS, read_notebook

TAG = "row-"


@dataclass
class Row:
    """A cell that carries the tag of a concept."""

    concept: str
    notebook: str
    section: str
    cell: int
    assertions: int


def find_rows(root: Path) -> list[Row]:
    """Return every tagged code cell of the notebooks, with how often it, or its checks below, asserts something.

    Parameters
    ----------
    root
        The repository's root.

    Returns
    -------
    list of Row
        In the order of notebooks and cells. A tag may stand on several cells, a cell may have several tags.
    """
    rows = []
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        section, number = "", 0
        cells = read_notebook(path).cells
        for cell, following in zip(cells, [*cells[1:], None], strict=True):
            if cell.cell_type == "markdown":
                section = (re.findall(r"^## (.+)$", cell.source, re.MULTILINE) or [section])[-1]
            elif cell.cell_type == "code":
                number += 1
                found = [tag.removeprefix(TAG) for tag in cell.metadata.get("tags", []) if tag.startswith(TAG)]
                assertions = _count_assertions(cell.source)
                if following is not None and following.source.startswith(CHECKS):
                    assertions += _count_assertions(following.source)
                rows += [Row(tag, path.stem, section, number, assertions) for tag in found]
    return rows


def render(root: Path) -> str:
    """Return the lecture map as Markdown."""
    rows = find_rows(root)
    lines = [
        "# Where each concept is shown",
        "",
        "Every concept of the lecture runs in a cell that computes it and asserts the result. Cells are counted as",
        "in `In [7]`. This page is generated from the notebooks' cell tags by `python3 course.py record`.",
        "",
        "| id | concept | notebook | section | cells | assertions |",
        "|---|---|---|---|---|---|",
    ]
    for concept, words in CONCEPTS.items():
        shown = [row for row in rows if row.concept == concept]
        notebooks = _each_once(
            f"[{row.notebook.partition('-')[0]}](../notebooks/{row.notebook}.ipynb)" for row in shown
        )
        sections, cells = _each_once(row.section for row in shown), ", ".join(str(row.cell) for row in shown)
        assertions = sum(row.assertions for row in shown) or ""
        lines.append(f"| {concept} | {words} | {notebooks or 'not yet'} | {sections} | {cells} | {assertions} |")
    return "\n".join(lines) + "\n"


def write(root: Path) -> Path:
    """Write docs/lecture-map.md, and return its path."""
    page = root / "docs" / "lecture-map.md"
    write_atomically(page, render(root).encode("utf-8"))
    return page


def _each_once(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def _count_assertions(source: str) -> int:
    # Lines of IPython's own (%time, !ls) are no Python.
    python = "\n".join("pass" if line.startswith(("%", "!")) else line for line in source.splitlines())
    return sum(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(python)))
