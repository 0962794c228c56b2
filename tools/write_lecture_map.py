"""Generates docs/lecture-map.md: where each concept of the lecture is shown, from the tags of the notebooks' cells."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.notebook import CHECKS, read_notebook
from tools.write_files import write_atomically

CONCEPTS = {  # those that the notebooks must show, by the tag of their cell
    "A1": "vectors: lists, points, directions",
    "A2": "vector spaces and multiplying by a number",
    "A3": "adding vectors",
    "A4": "subtracting vectors",
    "A5": "the dot product",
    "A6": "the matrix product and its laws",
    "A7": "matrix products worked by hand",
    "A8": "a matrix moves points",
    "A9": "length, angle and cosine similarity",
    "B1": "the derivative as a limit of slopes",
    "B2": "rules for derivatives",
    "B3": "partial derivatives",
    "B4": "the gradient points uphill",
    "B5": "the chain rule",
    "B6": "zero slope: minimum, maximum or saddle",
    "C1": "the linear model",
    "C2": "mean squared error",
    "C3": "its gradient",
    "C4": "gradient descent, step by step",
    "C5": "watching the line find its place",
    "C6": "agreement with the closed form",
    "C7": "learning rate, scale and noise",
    "D1": "the logistic model and its sigmoid",
    "D2": "binary cross-entropy",
    "D3": "the stable form of the loss",
    "D4": "the gradient of the loss",
    "D5": "gradient descent for the logistic model",
    "D6": "watching the boundary move",
    "D7": "agreement with maximum likelihood, and separation",
    "E1": "a little history of neural networks",
    "E2": "one neuron is logistic regression",
    "E3": "activation functions and their slopes",
    "E4": "one hidden layer, forwards",
    "E5": "more layers and their parameters",
    "E6": "linear layers collapse into one",
    "E7": "universal approximation",
    "E8": "losses for networks",
    "E9": "back-propagation by hand",
    "E10": "computation graphs",
    "E11": "random starts, batches and shuffling",
    "E12": "momentum, Adam and saddle points",
    "E13": "over-fitting and its cures",
    "E14": "normalisation and residual connections",
    "E15": "fitting a very small sample first",
    "F1": "texts to a document-feature matrix",
    "F2": "baselines",
    "F3": "training and testing the network",
    "F4": "the course's earlier network",
    "F5": "regularisation and early stopping on text",
    "F6": "splitting by document",
    "F7": "what the network learned",
}
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

    A tag may stand on several cells, and a cell may have several tags.
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


def write_lecture_map(root: Path) -> Path:
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
