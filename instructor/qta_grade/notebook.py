"""A submission's bytes read as a notebook. Every byte of them may be hostile."""

import base64
import binascii
import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field

from qta_grade.specification import PUBLIC_CHECK

MAX_BYTES = 20_000_000
MAX_CELLS = 2_000
MAX_SHOWN = 20_000  # characters of an answer, on a page
MAX_PICTURES = 3  # of an answer
MAX_PICTURE = 1_000_000  # characters of base64
MAX_PIXELS = 20_000_000  # a file of few bytes may fill the memory of the browser
_PNG = b"\x89PNG\r\n\x1a\n"
_QUESTION = re.compile(r"\s*#\s*@question\s+(\w+)")
_WRITTEN = re.compile(r"<!--\s*@question\s+(\w+)")  # its end is looked for once, or hostile text takes hours
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
    return [_code_cell(number, cell) for number, cell in enumerate(_cells(content), 1) if cell["cell_type"] == "code"]


@dataclass
class Answer:
    """What stands under a question's marker: its text, cut off at `MAX_SHOWN`, and its pictures as data addresses."""

    text: str = ""
    pictures: list[str] = field(default_factory=list)


def read_answers(content: bytes, questions: Collection[str]) -> dict[str, Answer]:
    """Read the answers to these questions, written and code. Pictures are what the file holds: no code is run.

    Raises
    ------
    Unreadable
        As `read_cells`.
    """
    answers: dict[str, Answer] = {}
    for number, cell in enumerate(_cells(content), 1):
        if cell["cell_type"] not in ("code", "markdown"):
            continue
        source = _source(number, cell)
        written = cell["cell_type"] == "markdown"
        found = _WRITTEN.search(source) if written else _QUESTION.match(source)
        if found and found[1] in questions:
            answer = answers.setdefault(found[1], Answer())
            after = source[found.end() :].partition("-->" if written else "\n")[2]
            text = source[: found.start()] + after if written else after
            answer.text = f"{answer.text}\n\n{text}".strip()
            if len(answer.text) > MAX_SHOWN:
                answer.text = f"{answer.text[:MAX_SHOWN]} ... (the rest is left out)"
            answer.pictures = [*answer.pictures, *_pictures(cell)][:MAX_PICTURES]
    return answers


def _pictures(cell: dict) -> list[str]:
    """Give the pictures among a code cell's outputs, or pasted into a Markdown cell."""
    outputs, attached = cell.get("outputs"), cell.get("attachments")
    found = [output.get("data") for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
    found += attached.values() if isinstance(attached, dict) else []
    texts = [_one_line(data.get("image/png")) for data in found if isinstance(data, dict)]
    return [f"data:image/png;base64,{text}" for text in texts if 0 < len(text) <= MAX_PICTURE and _is_picture(text)]


def _one_line(text: object) -> str:
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    return "".join(text.split()) if isinstance(text, str) else ""


def _is_picture(text: str) -> bool:
    """Tell whether it is a PNG by its first bytes, and not larger than a browser can show."""
    try:
        start = base64.b64decode(text, validate=True)[:24]
    except (binascii.Error, ValueError):
        return False
    width, height = (int.from_bytes(start[place : place + 4], "big") for place in (16, 20))
    return start.startswith(_PNG) and 0 < width * height <= MAX_PIXELS


def _cells(content: bytes) -> list[dict]:
    """Give the cells of all types, each of which is known to have one."""
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
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or not isinstance(cell.get("cell_type"), str):
            raise Unreadable(f"The notebook is damaged: cell {number} has no type.")
    return cells


def _code_cell(number: int, cell: dict) -> Cell:
    source = _source(number, cell)
    answered, checked = _QUESTION.match(source), _CHECKED.match(source)
    return Cell(number, source, answered[1] if answered else None, checked[1] if checked else None)


def _source(number: int, cell: dict) -> str:
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(f"The notebook is damaged: the source of cell {number} is no text.")
    return source.encode("utf-8", "replace").decode("utf-8")  # half a pair of surrogates has no bytes
