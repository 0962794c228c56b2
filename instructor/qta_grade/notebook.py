"""A submission's bytes read as a notebook. Every byte of them may be hostile."""

import json
import re
from dataclasses import dataclass

from qta_grade.specification import PUBLIC_CHECK

MAX_BYTES = 20_000_000
MAX_CELLS = 2_000
_QUESTION = re.compile(r"\s*#\s*@question\s+(\w+)")
_CHECKED = re.compile(rf"\s*{re.escape(PUBLIC_CHECK)}(\w+)")


class Unreadable(Exception):
    """The submission is no notebook; the text is a sentence for the student."""


@dataclass(frozen=True)
class Cell:
    """A code cell.

    Attributes
    ----------
    number
        Its place among all cells, counted from 1.
    source
        The code.
    answers, checks
        The question that it answers, or that it is a public check of; else None.
    """

    number: int
    source: str
    answers: str | None = None
    checks: str | None = None

    @property
    def name(self) -> str:
        """What the cell is called in messages."""
        return f"cell {self.number}" + (f" (your answer to {self.answers})" if self.answers else "")


def read_cells(content: bytes) -> list[Cell]:
    """Read the code cells of a notebook.

    Parameters
    ----------
    content
        The file as it was submitted.

    Returns
    -------
    list of Cell
        In the notebook's order.

    Raises
    ------
    Unreadable
        If it is no notebook, too large, or damaged.

    Examples
    --------
    >>> read_cells(b'{"cells": [{"cell_type": "code", "source": ["# A public check of q1, ..."]}]}')[0].checks
    'q1'
    """
    if not content.strip():
        raise Unreadable("The file is empty.")
    if len(content) > MAX_BYTES:
        raise Unreadable(f"The file has {len(content) / 1e6:.0f} MB; a notebook may have {MAX_BYTES / 1e6:.0f}.")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise Unreadable(f"The file is not in UTF-8 (byte {error.start + 1}), which notebooks are.") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"The file is not a notebook: it is no JSON at line {error.lineno}.") from None
    except (RecursionError, ValueError):
        raise Unreadable(
            "The file is not a notebook: its JSON is nested too deeply or has a number too long."
        ) from None
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        raise Unreadable("The file is not a notebook of this format: it has no list of cells.")
    if len(cells) > MAX_CELLS:
        raise Unreadable(f"The notebook has {len(cells):,} cells; it may have {MAX_CELLS:,}.")
    return [_code_cell(number, cell) for number, cell in enumerate(cells, 1) if _is_code(number, cell)]


def _is_code(number: int, cell: object) -> bool:
    if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
        raise Unreadable(f"The notebook is damaged: cell {number} has no type.")
    return cell["cell_type"] == "code"


def _code_cell(number: int, cell: dict) -> Cell:
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(f"The notebook is damaged: the source of cell {number} is no text.")
    source = source.encode("utf-8", "replace").decode("utf-8")  # half a pair of surrogates has no bytes
    answered, checked = _QUESTION.match(source), _CHECKED.match(source)
    return Cell(number, source, answered[1] if answered else None, checked[1] if checked else None)
