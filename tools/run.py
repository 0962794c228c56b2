"""``run``: executes the notebooks into build/, makes pages of them, and ends with a table."""

from pathlib import Path

from nbformat import NotebookNode

from tools import Stop
from tools.execute import Execution, execute
from tools.normalise import normalise
from tools.notebook import find_notebooks, read_notebook, write_notebook
from tools.pages import build_pages
from tools.pinned import kernel_environment
from tools.progress import ProgressLine
from tools.table import format_table

HEADLINE_TAG = "headline"
SHOWN_LINES = 5  # of a cell that failed


def run(root: Path, prefixes: list[str]) -> bool:
    """Execute notebooks on this machine as it is, without changing them.

    Parameters
    ----------
    root
        The repository's root.
    prefixes
        Which notebooks: beginnings of file names, none for all.

    Returns
    -------
    bool
        Whether every notebook ran to its end, and the pages could be made.
    """
    sources = find_notebooks(root / "notebooks", prefixes)
    (root / "build" / "notebooks").mkdir(parents=True, exist_ok=True)  # now, rather than after the first notebook
    executions = {source: _run_one(root, source) for source in sources}
    trouble = [describe_failure(source.stem, run) for source, run in executions.items() if run.failure]
    # Pages of what was run earlier stay: `run 03` after `run` changes one page only.
    executed = [root / "build" / "notebooks" / path.name for path in find_notebooks(root / "notebooks", [])]
    print("Making the pages ...", flush=True)
    pages = root / "build" / "pages"
    try:
        build_pages(root, [path for path in executed if path.exists()], pages)
    except Stop as stop:
        trouble.append(str(stop))
    rows = [_row(root, source, execution, pages) for source, execution in executions.items()]
    print("\n" + format_table(["notebook", "result", "seconds", "peak memory", "headline result", "page"], rows))
    print("".join(f"\n{sentence}\n" for sentence in trouble), end="")
    return not trouble


def headline(notebook: NotebookNode) -> str:
    """Return the last line that the cell tagged ``headline`` printed, or else showed; or nothing."""
    for cell in notebook.cells:
        if HEADLINE_TAG in cell.metadata.get("tags", []):
            printed = [output.text for output in cell.outputs if output.get("name") == "stdout"]
            shown = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            lines = "\n".join(printed or shown).strip().splitlines()
            return lines[-1].strip() if lines else ""
    return ""


def describe_failure(name: str, execution: Execution) -> str:
    """Tell in plain words which cell of a notebook failed, how, and how it begins."""
    failure = execution.failure
    lines = failure.source.splitlines()
    shown = [f"    {line}" for line in lines[:SHOWN_LINES]] + (["    ..."] if len(lines) > SHOWN_LINES else [])
    return "\n".join([f"{name}: cell {failure.cell} failed with {failure.error}", "The cell begins:", *shown])


def _run_one(root: Path, source: Path) -> Execution:
    with ProgressLine(source.stem) as line:
        execution = execute(read_notebook(source), source.parent, kernel_environment(root), line.cell)
        line.finish(f"{_result(execution)}, {execution.seconds:.0f} s")
    normalise(execution.notebook)
    write_notebook(execution.notebook, root / "build" / "notebooks" / source.name)
    return execution


def _result(execution: Execution) -> str:
    return f"failed at cell {execution.failure.cell}" if execution.failure else "ok"


def _row(root: Path, source: Path, execution: Execution, pages: Path) -> list[str]:
    page = pages / f"{source.stem}.html"
    return [
        source.stem,
        _result(execution),
        f"{execution.seconds:.0f}",
        f"{execution.peak_bytes / 2**20:.0f} MB",
        headline(execution.notebook),
        str(page.relative_to(root)) if page.exists() else "none",
    ]
