"""Whether a file for students holds something hidden: a line of a solution, a hidden check or its helpers."""

import json
from collections.abc import Iterator

from qta_grade.build import CANARY
from qta_grade.source import Assignment, SourceCell

SHORTEST = 25  # characters; shorter lines, such as "return weights", stand anywhere


def hidden_lines(assignment: Assignment) -> set[str]:
    """Return the lines of an assignment that students must not get, without their indents.

    Lines of hidden checks and helpers that the assignment itself gives to students, as public checks have them, are
    left out; lines of a solution never are.
    """
    given = {line for cell in assignment.cells if not _is_hidden(cell) for line in _lines(cell.template)}
    hidden = {line for cell in assignment.cells if _is_hidden(cell) for line in _lines(cell.template)}
    solution = {line for cell in assignment.cells for private in cell.private for line in _lines(private)}
    return {line for line in solution | (hidden - given) if len(line) >= SHORTEST}


def leaks(content: bytes, hidden: set[str]) -> list[str]:
    """Return the lines of a file that are among the `hidden` ones or hold the canary, sorted."""
    text = content.decode("utf-8", "replace")
    lines = {line for part in _parts(text) for line in _lines(part)}
    return sorted(line for line in lines if line in hidden or CANARY in line)


def _is_hidden(cell: SourceCell) -> bool:
    return cell.kind == "reference" or (cell.kind == "check" and cell.marker.words[1] == "hidden")


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n")]


def _parts(text: str) -> Iterator[str]:
    """Yield every text in a notebook or another JSON file; of any other file, the whole text."""
    try:
        open_parts = [json.loads(text)]
    except ValueError:
        open_parts = [text]
    while open_parts:
        part = open_parts.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, list):
            open_parts.extend(part)
        elif isinstance(part, dict):
            open_parts.extend(part.values())
