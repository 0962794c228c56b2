"""What a human should look at in a submission. Flags change no score: a name in the code proves nothing."""

import ast
import re

from qta_grade.notebook import Cell
from qta_grade.specification import Specification

# Each does what the assignments ask to be written by hand.
SHORTCUTS = {
    "lstsq",
    "LinearRegression",
    "LogisticRegression",
    "Ridge",
    "SGDClassifier",
    "SGDRegressor",
    "GradientTape",
}
MAX_PARSED = 100_000  # characters of all cells together; parsing ten times as many takes seconds
INSIDES = {"_getframe", "ctypes", "gc", "inspect", "socket", "subprocess"}
_WORDS = re.compile(rf"\b(?:{'|'.join(sorted(SHORTCUTS | INSIDES))})\b")


def flags_of(cells: list[Cell], specification: Specification) -> list[str]:
    """Return sentences for the instructor on what the student's code uses and the assignment's own cells do not."""
    given = set().union(*map(_names, specification.template))
    flags = []
    length = 0
    for cell in cells:
        length += len(cell.source)
        used = (_names(cell.source) if length < MAX_PARSED else set(_WORDS.findall(cell.source))) - given
        if found := sorted(used & SHORTCUTS):
            flags.append(f"{cell.name.capitalize()} uses {', '.join(found)}, which does the work of the question.")
        if found := sorted(used & INSIDES):
            flags.append(f"{cell.name.capitalize()} uses {', '.join(found)}, which no answer needs.")
        if "canary qta-" in cell.source:
            flags.append(f"{cell.name.capitalize()} holds text of the private specification.")
    return flags


def _names(source: str) -> set[str]:
    """Return the names in a cell; of one that is no Python, those of interest among its words."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(_WORDS.findall(source))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names |= {part for alias in node.names for part in alias.name.split(".")}
            names |= set((getattr(node, "module", None) or "").split("."))
    return names
