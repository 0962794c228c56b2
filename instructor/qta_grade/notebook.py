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
MAX_TRIED = 20  # pictures of an answer that cannot be shown, before no more are looked at, which takes time
MAX_PICTURE = 1_000_000  # characters of base64
MAX_PIXELS = 20_000_000  # a file of few bytes may fill the memory of the browser
_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # they have the size
_JPEG_SEGMENTS = {0xC4, 0xCC, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE}  # they may stand before it, and have a length
_JPEG_MANY = 1_000  # segments
_DRAWN = ("image/", "application/vnd.plotly", "application/vnd.vega", "application/vnd.bokeh")
_PASTED = re.compile(r"data:(image/[\w.+-]{1,20});base64,([A-Za-z0-9+/=]+)")  # as Colab does it, within the text
_QUESTION = re.compile(r"\s*#\s*@question\s+(\w+)")
_WRITTEN = re.compile(r"<!--\s*@question\s+(\w+)")  # its end is looked for once, or hostile text takes hours
_CHECKED = re.compile(rf"\s*{re.escape(PUBLIC_CHECK)}(\w+)")


class Unreadable(Exception):
    """The submission is no notebook; the text is a sentence for the student."""


@dataclass(frozen=True)
class Cell:
    """A code cell."""

    number: int  # its place among all cells, counted from 1
    source: str
    answers: str | None = None  # the question that it answers
    checks: str | None = None  # the question that it is a public check of

    @property
    def name(self) -> str:
        """What the cell is called in messages."""
        return f"cell {self.number}" + (f" (your answer to {self.answers})" if self.answers else "")


def read_cells(content: bytes) -> list[Cell]:
    """Read the code cells of a submitted file, in the notebook's order.

    Raises `Unreadable` if it is no notebook, too large, or damaged.

    Examples
    --------
    >>> read_cells(b'{"cells": [{"cell_type": "code", "source": ["# A public check of q1, ..."]}]}')[0].checks
    'q1'
    """
    return [_code_cell(number, cell) for number, cell in enumerate(_cells(content), 1) if cell["cell_type"] == "code"]


@dataclass
class Answer:
    """What stands under a question's marker, and in the student's own cells that follow."""

    text: str = ""  # cut off at `MAX_SHOWN`
    pictures: list[str] = field(default_factory=list)  # the first that can be shown, as data addresses
    not_shown: int = 0  # how many more pictures there are
    as_handed_out: bool = True  # the student has added nothing


def read_answers(
    content: bytes, questions: Collection[str], code: Collection[str] = (), texts: Collection[str] = ()
) -> dict[str, Answer]:
    """Read the answers to these questions, written and code. Pictures are what the file holds: no code is run.

    An answer goes on in the cells below its marker, since students write new ones there, up to the next marker or code
    cell of the notebook as it was handed out, whose cells are `code` and `texts`. A question whose marker is gone has
    no answer. Raises `Unreadable` as `read_cells` does.
    """
    given = {("code", *_take_apart(source, "code")) for source in code}
    given |= {("markdown", *_take_apart(source, "markdown")) for source in texts}
    answers: dict[str, Answer] = {}
    answer = None  # that the cell belongs to
    for number, cell in enumerate(_cells(content), 1):
        kind = cell["cell_type"]
        if kind not in ("code", "markdown", "raw"):
            continue
        question, text = _take_apart(_source(number, cell), kind)
        same = (kind, question, text) in given
        if question:
            answer = answers.setdefault(question, Answer()) if question in questions else None
        elif kind == "code" and text and (same or _CHECKED.match(text)):
            answer = None
        if answer and (question or not same):
            _add(answer, cell, text, same)
    return answers


def _take_apart(source: str, kind: str) -> tuple[str | None, str]:
    """Return the question that a cell is marked for, and what stands around the marker."""
    marker = {"code": _QUESTION.match, "markdown": _WRITTEN.search}.get(kind)
    found = marker(source) if marker else None
    if not found:
        return None, source.strip()
    before = source[: found.start()] if kind == "markdown" else ""
    after = source[found.end() :].partition("-->" if kind == "markdown" else "\n")[2]
    return found[1], (before + after).strip()


def _add(answer: Answer, cell: dict, text: str, same: bool) -> None:
    pasted = []
    if cell["cell_type"] == "markdown":
        pasted = [match.groups() for match in _PASTED.finditer(text)]
        text = _PASTED.sub("picture", text)  # else its thousands of letters would push out the answer
    answer.text = f"{answer.text}\n\n{text}".strip()
    if len(answer.text) > MAX_SHOWN:
        answer.text = f"{answer.text[:MAX_SHOWN]} ... (the rest is left out)"
    drawings = _drawings(cell)
    for data in [*drawings, *({kind: base64_text} for kind, base64_text in pasted)]:
        room = len(answer.pictures) < MAX_PICTURES and answer.not_shown < MAX_TRIED
        if picture := _picture(data) if room else None:
            answer.pictures.append(picture)
        else:
            answer.not_shown += 1
    answer.as_handed_out &= not drawings and (same or not text)


def _drawings(cell: dict) -> list[dict]:
    """Return the pictures among a code cell's outputs, or pasted into a Markdown cell, each by its formats."""
    outputs, attached = cell.get("outputs"), cell.get("attachments")
    found = [output.get("data") for output in outputs if isinstance(output, dict)] if isinstance(outputs, list) else []
    found += attached.values() if isinstance(attached, dict) else []
    return [data for data in found if isinstance(data, dict) and any(name.startswith(_DRAWN) for name in data)]


def _picture(data: dict) -> str | None:
    """Return the address of a picture in the first format that can be shown; only what is base64 becomes one."""
    for kind, size in (("image/png", _png_size), ("image/jpeg", _jpeg_size)):
        text = _one_line(data.get(kind))
        if 0 < len(text) <= MAX_PICTURE:
            try:
                width, height = size(base64.b64decode(text, validate=True))
            except (binascii.Error, ValueError):
                continue
            if 0 < width * height <= MAX_PIXELS:
                return f"data:{kind};base64,{text}"
    return None


def _one_line(text: object) -> str:
    if isinstance(text, list) and all(isinstance(line, str) for line in text):
        text = "".join(text)
    return "".join(text.split()) if isinstance(text, str) else ""


def _png_size(content: bytes) -> tuple[int, int]:
    if not content.startswith(_PNG):
        return 0, 0
    return int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")


def _jpeg_size(content: bytes) -> tuple[int, int]:
    """Go through the segments up to the one with the size; what a browser might read in another way has none."""
    place = 2
    for _ in range(_JPEG_MANY if content.startswith(b"\xff\xd8") else 0):
        if place + 9 > len(content) or content[place] != 0xFF:
            break
        kind, length = content[place + 1], int.from_bytes(content[place + 2 : place + 4], "big")
        if kind in _JPEG_FRAMES:
            height, width = content[place + 5 : place + 7], content[place + 7 : place + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        if kind not in _JPEG_SEGMENTS or length < 2:
            break
        place += 2 + length
    return 0, 0


def _cells(content: bytes) -> list[dict]:
    """Return the cells of all types, each of which is known to have one."""
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
