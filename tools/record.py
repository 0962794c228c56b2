"""``record``: executes the notebooks under the pins, writes their outputs back, and stages them."""

import functools
import subprocess
from pathlib import Path

from nbformat import NotebookNode

from tools import Stop
from tools.execute import execute
from tools.normalise_notebook import normalise
from tools.notebook import find_notebooks, parse_notebook, read_notebook, write_notebook
from tools.pin_environment import can_compare, recording_environment
from tools.show_progress import NotebookProgress
from tools.write_lecture_map import write_lecture_map


def record(root: Path, prefixes: list[str]) -> bool:
    """Record notebooks, bring the lecture map up to date, and say whether every notebook ran to its end.

    One that did not is left as it was.
    """
    possible, reason = can_compare()
    if not possible:
        raise Stop(f"{reason} Please record on such a machine; `test` works here and runs every assertion.")
    notebooks = find_notebooks(root / "notebooks", prefixes)
    for path in notebooks:
        require_staged_source(root, path)
    with NotebookProgress() as progress:
        recorded = [path for path in notebooks if record_notebook(root, path, progress)]
    changed = [*recorded, write_lecture_map(root)]
    subprocess.run(["git", "add", "--", *changed], cwd=root, check=True)
    return recorded == notebooks


def record_notebook(root: Path, path: Path, progress: NotebookProgress) -> bool:
    """Execute one notebook and write it back in its normal form, unless a cell fails."""
    notebook = read_notebook(path)
    tell = functools.partial(progress.tell, path.stem)
    execution = execute(notebook, path.parent, recording_environment(root), tell)
    failure = execution.failure
    progress.finish(path.stem, f"failed at cell {failure.cell}" if failure else f"recorded, {execution.seconds:.0f} s")
    if failure:
        print(f"{path.stem} is left as it was. Cell {failure.cell} failed: {failure.error}")
        return False
    normalise(notebook)
    write_notebook(notebook, path)
    return True


def require_staged_source(root: Path, path: Path) -> None:
    """Raise `Stop` unless a notebook's sources and tags are staged or committed as they are; outputs may differ."""
    name = path.relative_to(root).as_posix()
    try:
        shown = subprocess.run(["git", "show", f":./{name}"], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        raise Stop("Recording needs git, to see that what is recorded is staged. Please install git.") from None
    if shown.returncode != 0:
        raise Stop(f"{name} is not known to git. Please `git add` it first (its outputs may be empty).")
    staged = parse_notebook(shown.stdout.decode("utf-8"), f"the staged {name}")
    if _sources(staged) != _sources(read_notebook(path)):
        raise Stop(
            f"{name} has changes in its cells or tags that are not staged, so its outputs might be committed without "
            "them. Please `git add` it first, then record, then commit both."
        )


def _sources(notebook: NotebookNode) -> list[tuple]:
    return [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]
