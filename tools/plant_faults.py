"""``python -m tools.plant_faults 01 --count 15 --seed 1``: plants faults in a lesson's code and says what notices them.

A fault is an operator exchanged, a mean for a sum, a number doubled, or a transposition left out, in code that
computes: not in assertions, and not in what is printed. It is noticed by an assertion or another error, or only by
an output that differs from the recorded one, or by nothing; then the lesson lacks a check.
"""

import argparse
import ast
import random
import sys
from pathlib import Path

from nbformat import NotebookNode

from tools.execute import execute
from tools.notebook import CHECKS, code_cells, find_notebooks, read_notebook
from tools.pin_environment import kernel_environment

ROOT = Path(__file__).parents[1]
OPERATORS = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult}
TURNED = {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Eq: ast.NotEq, ast.GtE: ast.Lt}
WORDS = {"mean": "sum", "sum": "mean", "T": "real"}  # real: the same numbers, not transposed


def faults(source: str) -> list[tuple[str, str]]:
    """Return what can be planted in a cell: a fault in words, and the cell's source with it."""
    tree = ast.parse(source)
    vain = {id(part) for statement in ast.walk(tree) if _is_in_vain(statement) for part in ast.walk(statement)}
    found = []
    for node in ast.walk(tree):
        fault = _fault(node)
        if fault is None or id(node) in vain:
            continue
        field, wrong = fault
        right, words = getattr(node, field), ast.unparse(node)
        setattr(node, field, wrong)
        found.append((f"{words} becomes {ast.unparse(node)}", ast.unparse(tree)))
        setattr(node, field, right)
    return found


def _fault(node: ast.AST) -> tuple[str, object] | None:
    """Return which field of a node gets which wrong value, or None."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return "op", OPERATORS[type(node.op)]()
    if isinstance(node, ast.Attribute) and node.attr in WORDS:
        return "attr", WORDS[node.attr]
    if isinstance(node, ast.Constant) and type(node.value) in (int, float) and node.value:
        return "value", 2 * node.value
    return None


def _is_in_vain(statement: ast.AST) -> bool:
    """Say whether a statement asserts, or only prints or draws."""
    shown = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call)
    return shown or isinstance(statement, ast.Assert)


def slips(source: str) -> list[str]:
    """Return the programs that differ by a fault, a name in another's place, or a comparison turned round.

    The checks of exercises are tried on these: none may be called by the name of another mistake.
    """
    tree = ast.parse(source)
    found = [program for _, program in faults(source)]
    names = sorted({node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)} | _stored_names(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in names:
            found += [_changed(tree, node, "id", name) for name in names if name != node.id]
        if isinstance(node, ast.Compare) and type(node.ops[0]) in TURNED:
            found.append(_changed(tree, node, "ops", [TURNED[type(node.ops[0])](), *node.ops[1:]]))
    return found


def _stored_names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _changed(tree: ast.AST, node: ast.AST, field: str, value: object) -> str:
    """Return the program with another value in one place; the tree stays as it was."""
    before = getattr(node, field)
    setattr(node, field, value)
    program = ast.unparse(tree)
    setattr(node, field, before)
    return program


def noticed_by(notebook: NotebookNode, path: Path) -> str:
    """Run a lesson with a fault, and return what notices it."""
    recorded = [_texts(cell) for cell in code_cells(notebook)]
    execution = execute(notebook, path.parent, kernel_environment(path.parents[1]))
    if execution.failure:
        return "an assertion" if execution.failure.error.startswith("AssertionError") else "another error"
    now = [_texts(cell) for cell in code_cells(notebook)]
    return "an output" if now != recorded else "nothing"


def _texts(cell: NotebookNode) -> list[str]:
    return [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]


def main() -> int:
    """Plant faults, a line for each; the exit status is 1 if one was noticed by nothing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="beginnings of names, such as 01; none for all")
    parser.add_argument("--count", type=int, default=1, help="faults per lesson")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    tally = []
    for path in find_notebooks(ROOT / "notebooks", asked.lessons):
        cells = code_cells(read_notebook(path))
        plantable = [
            (number, *fault)
            for number, cell in enumerate(cells)
            if number > 0 and not cell.source.startswith(CHECKS)
            for fault in faults(cell.source)
        ]
        chosen = random.Random(asked.seed).sample(plantable, min(asked.count, len(plantable)))
        for number, words, source in chosen:
            notebook = read_notebook(path)
            code_cells(notebook)[number].source = source
            tally.append(noticed_by(notebook, path))
            print(f"{path.stem[:4]} In [{number + 1}]: {words}: noticed by {tally[-1]}", flush=True)
    print("; ".join(f"{tally.count(by)} by {by}" for by in dict.fromkeys(tally)))
    return 1 if "nothing" in tally else 0


if __name__ == "__main__":
    sys.exit(main())
