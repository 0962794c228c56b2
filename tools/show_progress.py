"""What the terminal shows: a bar for each notebook that executes, a line for each end, and tables."""

import threading
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class NotebookProgress:
    """The progress of one or more notebooks, as a context manager.

    On a terminal each has a bar while it executes. Elsewhere, as in a log, only the ends are printed.
    """

    def __init__(self) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
        self.bars = Progress(*columns, transient=True)
        self.tasks = {}
        self.lock = threading.Lock()
        self.stopped = False

    def __enter__(self) -> Self:
        """Show the bars."""
        if self.bars.console.is_terminal:
            self.bars.start()
        return self

    def tell(self, name: str, cell: int, cells: int) -> None:
        """Say at which of its cells a notebook is."""
        with self.lock:
            if not self.stopped:
                if name not in self.tasks:
                    self.tasks[name] = self.bars.add_task(name, total=cells)
                self.bars.update(self.tasks[name], completed=cell)

    def finish(self, name: str, text: str) -> None:
        """Give a notebook's end a line of its own, unless all were stopped."""
        with self.lock:
            if not self.stopped:
                if name in self.tasks:  # it has cells
                    self.bars.remove_task(self.tasks.pop(name))
                print(f"{name}: {text}", flush=True)

    def stop(self) -> None:
        """Take the bars away, and say where the notebooks stopped that have not ended."""
        with self.lock:
            self.stopped = True
            if self.bars.console.is_terminal:
                self.bars.stop()
            for task in self.bars.tasks:
                print(f"{task.description}: stopped at cell {task.completed:.0f} of {task.total:.0f}", flush=True)
                self.bars.remove_task(task.id)

    def __exit__(self, *exception: object) -> None:
        """Stop."""
        self.stop()


def format_table(header: list[str], rows: list[list[str]]) -> str:
    """Return a table with columns as wide as their longest entry.

    Examples
    --------
    >>> print(format_table(["step", "result"], [["ruff", "ok"]]))
    step  result
    ----  ------
    ruff  ok
    """
    widths = [max(len(row[column]) for row in [header, *rows]) for column in range(len(header))]
    lines = [header, ["-" * width for width in widths], *rows]
    return "\n".join(
        "  ".join(entry.ljust(width) for entry, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
