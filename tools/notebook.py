"""Finding, reading and writing notebooks."""

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools import Stop
from tools.write_files import write_atomically

CHECKS = "# checks"  # a cell that begins so holds the assertions of the one above


def find_notebooks(folder: Path, prefixes: list[str]) -> list[Path]:
    """Return the notebooks of a folder in order, or those whose names begin with a prefix, such as ``03``."""
    notebooks = sorted(folder.glob("*.ipynb"))
    if not notebooks:
        raise Stop(f"There are no notebooks in {folder}.")
    for prefix in prefixes:
        if not any(path.name.startswith(prefix) for path in notebooks):
            names = "\n".join(f"  {path.stem}" for path in notebooks)
            raise Stop(f"No notebook's name begins with {prefix!r}. There are:\n{names}")
    return [path for path in notebooks if not prefixes or path.name.startswith(tuple(prefixes))]


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook, giving the cells that lack an id one made from their position."""
    return parse_notebook(path.read_text(encoding="utf-8"), str(path))


def parse_notebook(text: str, name: str) -> NotebookNode:
    """Do for a text what `read_notebook` does for a file; `name` is what a message calls it.

    Raises
    ------
    Stop
        If the text is no notebook, or one of another format than 4.
    """
    try:
        content = json.loads(text)
        if content["nbformat"] != 4:
            raise Stop(f"{name} is a notebook of an old format. Open it in JupyterLab and save it again.")
        content["nbformat_minor"] = 5
        taken = set()
        for position, cell in enumerate(content["cells"]):
            if cell.get("id") in taken or not cell.get("id"):
                cell["id"] = f"cell-{position}"
            taken.add(cell["id"])
        return nbformat.reads(json.dumps(content), as_version=4)
    except (json.JSONDecodeError, TypeError, KeyError, AttributeError) as error:
        raise Stop(f"{name} is not a notebook ({type(error).__name__}: {error}).") from None


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as UTF-8 with the line ends of Unix, in one step."""
    write_atomically(path, (nbformat.writes(notebook).rstrip("\n") + "\n").encode("utf-8"))


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the code cells; the number of a cell in messages is its place in this list, from 1."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
