"""``record``: executes the notebooks under the pins and writes their outputs back."""

import subprocess
from pathlib import Path

from nbformat import NotebookNode

from tools import Stop, lecture_map
from tools.execute import execute
from tools.normalise import normalise
from tools.notebook import find_notebooks, parse_notebook, read_notebook, write_notebook
from tools.pinned import can_compare, recording_environment
from tools.progress import ProgressLine


def record(root: Path, prefixes: list[str]) -> bool:
    """Record notebooks, and bring the lecture map up to date.

    Parameters
    ----------
    root
        The repository's root.
    prefixes
        Which notebooks: beginnings of file names, none for all.

    Returns
    -------
    bool
        Whether every notebook ran to its end. One that did not is left as it was.

    Raises
    ------
    Stop
        If this machine cannot repeat the recorded digits, or a notebook's source is not committed.
    """
    possible, reason = can_compare()
    if not possible:
        raise Stop(f"{reason} Please record on such a machine; `test` works here and runs every assertion.")
    notebooks = find_notebooks(root / "notebooks", prefixes)
    for path in notebooks:
        require_committed_source(root, path)
    succeeded = [record_notebook(root, path) for path in notebooks]
    lecture_map.write(root)
    return all(succeeded)


def record_notebook(root: Path, path: Path) -> bool:
    """Execute one notebook and write it back in its normal form, unless a cell fails."""
    notebook = read_notebook(path)
    with ProgressLine(path.stem) as line:
        execution = execute(notebook, path.parent, recording_environment(root), line.cell)
        failure = execution.failure
        line.finish(f"failed at cell {failure.cell}" if failure else f"recorded, {execution.seconds:.0f} s")
    if failure:
        print(f"{path.stem} is left as it was. Cell {failure.cell} failed: {failure.error}")
        return False
    normalise(notebook)
    write_notebook(notebook, path)
    return True


def require_committed_source(root: Path, path: Path) -> None:
    """Raise `Stop` unless a notebook's sources and tags are those of the last commit; outputs may differ."""
    name = path.relative_to(root).as_posix()
    try:
        shown = subprocess.run(["git", "show", f"HEAD:./{name}"], cwd=root, capture_output=True, check=False)
    except FileNotFoundError:
        raise Stop("Recording needs git, to see that what is recorded is committed. Please install git.") from None
    if shown.returncode != 0:
        raise Stop(f"{name} is not in the last commit. Please commit it first (its outputs may be empty).")
    committed = parse_notebook(shown.stdout.decode("utf-8"), f"the committed {name}")
    if _sources(committed) != _sources(read_notebook(path)):
        raise Stop(
            f"{name} has changes in its cells or tags that are not committed, so its outputs would belong to "
            "no commit. Please commit them first, then record."
        )


def _sources(notebook: NotebookNode) -> list[tuple]:
    return [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]
