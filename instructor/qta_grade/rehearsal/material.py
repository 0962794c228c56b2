"""What made-up submissions are made of: the notebook that students get, with the source's answers put in."""

import copy
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qta_grade.source import Assignment, SourceCell
from qta_grade.specification import Check, Question


@dataclass(frozen=True)
class Role:
    """What a made-up student does.

    Attributes
    ----------
    kind
        Such as "mutant".
    what
        The same in words: which mutant.
    content
        The file that is handed in.
    expected
        The score that it has to get.
    """

    kind: str
    what: str
    content: bytes
    expected: float


@dataclass(frozen=True)
class Material:
    """An assignment, and the notebook of it that students get."""

    assignment: Assignment
    template: dict

    @property
    def questions(self) -> list[Question]:
        """The questions that have checks."""
        return [question for question in self.assignment.questions if not question.by_hand]

    @property
    def answers(self) -> list[SourceCell]:
        """The cells of the source that answer these, one per question."""
        names = {question.id for question in self.questions}
        return [cell for cell in self.assignment.cells if cell.kind == "question" and cell.marker.words[0] in names]

    @property
    def possible(self) -> float:
        """The points of these together that count."""
        return self.points(self.questions)

    def points(self, of: Iterable[Question | Check]) -> float:
        """Return the points of questions or checks together, without optional ones."""
        optional = {question.id for question in self.questions if question.optional}
        return sum(one.points for one in of if getattr(one, "question", one.id) not in optional)

    def cells(self, answers: Mapping[str, str]) -> list[dict]:
        """Return the cells of the students' notebook, for the caller to change.

        Parameters
        ----------
        answers
            The code of answers by what their cell is called in the source (its ``where``); the others stay unsolved.
        """
        names = {cell.cell["id"]: cell.where for cell in self.answers}
        cells = copy.deepcopy(self.template["cells"])
        for cell in cells:
            if (where := names.get(cell["id"])) in answers:
                cell["source"] = answers[where].splitlines(keepends=True)
        return cells

    def solved(self, answers: Iterable[SourceCell] | None = None) -> list[dict]:
        """Return the cells with these answers solved; with all of them by default."""
        return self.cells({cell.where: cell.solved for cell in (self.answers if answers is None else answers)})

    def notebook(self, cells: list[dict]) -> bytes:
        """Return a file with these cells."""
        return (json.dumps({**self.template, "cells": cells}, indent=1, ensure_ascii=False) + "\n").encode()


def code_cell(source: str, name: str) -> dict:
    """Return a cell of a student's own; `name` tells it from the notebook's other cells."""
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "id": name, "metadata": {}, "execution_count": None, "outputs": [], "source": lines}


def markdown_cell(source: str, name: str) -> dict:
    """Return a text of a student's own."""
    return {"cell_type": "markdown", "id": name, "metadata": {}, "source": source.splitlines(keepends=True)}


def place_of(cells: list[dict], answer: SourceCell) -> int:
    """Return where in the notebook the cell of an answer stands."""
    return next(place for place, cell in enumerate(cells) if cell["id"] == answer.cell["id"])
