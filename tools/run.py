"""``run``: executes the notebooks into build/, makes pages of them, and ends with a table."""

import contextlib
import functools
import os
import textwrap
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import psutil
from jupyter_core.utils import ensure_event_loop
from nbformat import NotebookNode

from tools import Stop
from tools.build_pages import build_pages
from tools.execute import Execution, execute
from tools.normalise_notebook import normalise
from tools.notebook import find_notebooks, read_notebook, write_notebook
from tools.pin_environment import kernel_environment
from tools.show_progress import NotebookProgress, format_table

HEADLINE_TAG = "headline"
SHOWN_LINES = 5  # of a cell that failed
MEMORY = 2e9  # bytes that a notebook may need; none of ours takes more than 1.5e9
HEADLINE_WIDTH = 60  # so that the table fits a terminal of 100 columns


def run(root: Path, prefixes: list[str]) -> bool:
    """Execute notebooks on this machine as it is, as many at a time as it has room for, without changing them.

    Returns whether every notebook ran to its end, and the pages could be made.
    """
    sources = find_notebooks(root / "notebooks", prefixes)
    (root / "build" / "notebooks").mkdir(parents=True, exist_ok=True)  # now, rather than after the first notebook
    executions = _run_all(root, sources)
    trouble = [describe_failure(source.stem, run) for source, run in executions.items() if run.failure]
    # Pages of what was run earlier stay: `run 03` after `run` changes one page only.
    executed = [root / "build" / "notebooks" / path.name for path in find_notebooks(root / "notebooks", [])]
    print("Making the pages ...", flush=True)
    pages = root / "build" / "pages"
    try:
        build_pages(root, [path for path in executed if path.exists()], pages)
    except Stop as stop:
        trouble.append(str(stop))
    rows = [_row(source, execution) for source, execution in executions.items()]
    print("\n" + format_table(["notebook", "result", "seconds", "peak memory", "headline result"], rows))
    if (pages / "index.html").exists():
        print(f"\nThe pages: {(pages / 'index.html').relative_to(root)}")
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


def _run_all(root: Path, sources: list[Path]) -> dict[Path, Execution]:
    """Execute the notebooks, the later ones first, as they take longest; return what came of them in their order."""
    with NotebookProgress() as progress, ThreadPoolExecutor(kernels_at_a_time()) as pool:
        running = {source: pool.submit(_run_one, root, source, progress) for source in reversed(sources)}
        try:
            while wait(running.values(), timeout=1).not_done:  # one without an end may keep Ctrl-C for ever
                pass
            return {source: running[source].result() for source in sources}
        except BaseException:  # Ctrl-C, too: it does not reach the kernels, and the threads wait for them
            progress.stop()
            pool.shutdown(wait=False, cancel_futures=True)
            for kernel in psutil.Process().children(recursive=True):
                kernel.kill()
            raise


def kernels_at_a_time() -> int:
    """Return how many notebooks this machine can execute at a time: one a core, if memory allows."""
    return max(1, min(os.cpu_count() or 1, int(psutil.virtual_memory().available / MEMORY)))


def _run_one(root: Path, source: Path, progress: NotebookProgress) -> Execution:
    tell = functools.partial(progress.tell, _number(source))
    with contextlib.closing(ensure_event_loop()):  # this thread's own, which nbclient would leave open
        execution = execute(read_notebook(source), source.parent, kernel_environment(root), tell)
    progress.finish(_number(source), f"{_result(execution)}, {execution.seconds:.0f} s")
    normalise(execution.notebook)
    write_notebook(execution.notebook, root / "build" / "notebooks" / source.name)
    return execution


def _result(execution: Execution) -> str:
    return f"failed at cell {execution.failure.cell}" if execution.failure else "ok"


def _number(source: Path) -> str:
    """Return what a notebook's name begins with: 02b."""
    return source.stem.partition("-")[0]


def _row(source: Path, execution: Execution) -> list[str]:
    return [
        _number(source),
        _result(execution),
        f"{execution.seconds:.0f}",
        f"{execution.peak_bytes / 2**20:.0f} MB",
        textwrap.shorten(headline(execution.notebook), HEADLINE_WIDTH, placeholder=" ..."),
    ]
