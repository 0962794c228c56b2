"""Readable pages made from executed notebooks with Sphinx; docs/conf.py holds their looks."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tools import Stop
from tools.notebook import read_notebook, write_notebook
from tools.write_files import write_atomically


def build_pages(root: Path, notebooks: list[Path], out: Path) -> list[Path]:
    """Make a page of each executed notebook, and an index, that open without a server or a network.

    Raises
    ------
    Stop
        If Sphinx finds a fault, such as a formula that cannot be shown.
    """
    work = out.with_name(f"{out.name}-work")
    for folder in (work, out):
        shutil.rmtree(folder, ignore_errors=True)
    for path in notebooks:
        write_notebook(_without_guides(for_pages(read_notebook(path))), work / "source" / path.name)
    write_atomically(work / "source" / "index.md", _index([path.stem for path in notebooks]).encode("utf-8"))
    render(root, work, out)
    return [out / f"{path.stem}.html" for path in notebooks]


def render(root: Path, work: Path, out: Path) -> None:
    """Have Sphinx make pages of the folder ``source`` in `work`, which goes at the end; `out` is then replaced.

    Both the pages of ``run`` and the site are made here.
    """
    source, html = work / "source", work / "html"
    options = ["-q", "-W", "--keep-going", "-c", str(root / "docs"), "-d", str(work / "doctrees")]
    command = [sys.executable, "-X", "utf8", "-m", "sphinx", *options, str(source), str(html)]
    # Where docstrings are read, the package is imported: quietly, and without a GPU.
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "QTA_KERAS_DEVICE": "cpu"}
    pipes = {"capture_output": True, "text": True, "encoding": "utf-8", "errors": "replace"}
    built = subprocess.run(command, cwd=root, env=environment, **pipes, check=False)
    if built.returncode != 0:
        complaints = "\n".join(dict.fromkeys(built.stderr.strip().splitlines()))  # each once
        raise Stop(f"The pages could not be made. Sphinx says:\n{complaints}")
    (html / "_static" / "webpack-macros.html").unlink(missing_ok=True)  # a left-over of the theme, and no page
    shutil.rmtree(out, ignore_errors=True)
    os.replace(html, out)
    shutil.rmtree(work)


def for_pages(notebook: NotebookNode) -> NotebookNode:
    """Prepare a notebook for readers who do not see: figures get their descriptions, and empty headings go.

    The description is in the figure's output (``{"image/png": {"alt": "..."}}``). myst-nb knows one description a
    cell only, so a cell with several figures becomes several, the later ones without their code. The corner of a
    DataFrame is written as a heading without words.
    """
    cells = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = output.data["text/html"].replace("<th></th>", "<td></td>")
        cells += _split_by_figure(cell) if cell.cell_type == "code" else [cell]
    notebook.cells = cells
    return notebook


def _without_guides(notebook: NotebookNode) -> NotebookNode:
    """Turn links to guides, which only the site has, into their words."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"\[([^\]]+)\]\(\.\./(?:docs|data)/[^)]+\)", r"\1", cell.source)
    return notebook


def _split_by_figure(cell: NotebookNode) -> list[NotebookNode]:
    outputs, cell.outputs = cell.outputs, []
    parts = [cell]
    for output in outputs:
        if _is_figure(output) and any(map(_is_figure, parts[-1].outputs)):
            # The code is repeated, though it is not shown, as myst-nb leaves out cells without any.
            hidden = {"tags": ["remove-input"]}
            parts.append(new_code_cell(cell.source, id=f"{cell.id}-{len(parts)}", metadata=hidden))
        if _is_figure(output):
            alt = output.metadata.get("image/png", {}).get("alt", "")
            parts[-1].metadata["mystnb"] = {"image": {"alt": alt}}
        parts[-1].outputs.append(output)
    return parts


def _is_figure(output: NotebookNode) -> bool:
    return "image/png" in output.get("data", {})


def _index(names: list[str]) -> str:
    """Return the index page: a heading, a line of reading, and the list of notebooks, which Sphinx fills in."""
    return "\n".join(["# The notebooks", "", "```{toctree}", ":maxdepth: 1", "", *names, "```", ""])
