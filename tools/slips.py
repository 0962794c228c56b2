"""Programs near one that is right, to see that none of them is called by the name of another mistake."""

import ast

from tools.faults import faults

TURNED = {ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Eq: ast.NotEq, ast.GtE: ast.Lt}


def slips(source: str) -> list[str]:
    """Return the programs that differ by a planted fault, a name in another's place, or a comparison turned round."""
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
