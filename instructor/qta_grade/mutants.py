"""Wrong solutions, each made by replacing text in the right one, with the checks that it has to lose."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from qta_grade import Refused
from qta_grade.source import Assignment

_KEYS = {"question", "name", "old", "new", "loses"}
_OPTIONAL = {"says"}


@dataclass(frozen=True)
class Mutant:
    """A wrong solution."""

    question: str
    name: str  # what is wrong
    where: str  # its cell
    solved: str  # the cell's new code
    loses: frozenset[str]  # the checks
    says: str = ""  # by a public check to a student with the same answers; empty if nothing


def read_mutants(path: Path, assignment: Assignment) -> list[Mutant]:
    """Read the mutants of an assignment, in the file's order.

    The TOML file has a table ``[[mutant]]`` for each, with the keys question, name, old, new and loses; ``says`` may be
    left out.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))["mutant"]
    except FileNotFoundError:
        raise Refused(f"There is no {path}: list wrong solutions there, see README.md.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError) as error:
        raise Refused(f"{path} cannot be read: {error}.") from None
    return [_mutant(table, assignment, path) for table in tables]


def _mutant(table: dict, assignment: Assignment, path: Path) -> Mutant:
    what = f"In {path.name}, the mutant {table.get('name')!r}"
    if set(table) - _OPTIONAL != _KEYS:
        wanted = f"{', '.join(sorted(_KEYS))}, and perhaps {', '.join(sorted(_OPTIONAL))}"
        raise Refused(f"{what} has the keys {', '.join(sorted(table))}: it takes {wanted}.")
    strange = set(table["loses"]) - {check.id for check in assignment.checks}
    if strange or not table["loses"]:
        raise Refused(f"{what} loses {', '.join(sorted(strange)) or 'nothing'}: name checks, such as q1.check_path.")
    cells = [
        cell
        for cell in assignment.cells
        if cell.kind == "question" and cell.marker.words[0] == table["question"] and table["old"] in cell.solved
    ]
    if len(cells) != 1:
        raise Refused(f"{what} replaces {table['old']!r}, which stands in {len(cells)} cells of {table['question']}.")
    solved = cells[0].solved.replace(table["old"], table["new"])
    if solved == cells[0].solved:
        raise Refused(f"{what} changes nothing.")
    return Mutant(
        table["question"], table["name"], cells[0].where, solved, frozenset(table["loses"]), table.get("says", "")
    )
