"""What the terminal shows: a line of what executes at the moment, a line for each end, and tables."""

import sys
import threading
import time
from typing import Self


class Progress:
    """The progress of one or more notebooks, as a context manager.

    On a terminal one line is rewritten every second. Elsewhere, as in a log, only the ends are printed.
    """

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.running: dict[str, str] = {}
        self.width = 0
        self.lock = threading.Lock()
        self.done = threading.Event()
        self.ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        """Start the line."""
        if sys.stdout.isatty():
            self.ticker.start()
        return self

    def tell(self, name: str, cell: int, cells: int) -> None:
        """Say at which of its cells a notebook is."""
        with self.lock:
            self.running[name] = f"cell {cell} of {cells}"

    def finish(self, name: str, text: str) -> None:
        """Give a notebook's end a line of its own, unless all were stopped."""
        with self.lock:
            if not self.done.is_set():
                self.running.pop(name, None)
                self._rewrite("")
                print(f"{name}: {text}", flush=True)

    def stop(self) -> None:
        """Take the line away, and say where the notebooks stopped that have not ended."""
        self.done.set()
        with self.lock:
            self._rewrite("")
            for name, text in self.running.items():
                print(f"{name}: stopped at {text}", flush=True)
            self.running.clear()

    def __exit__(self, *exception: object) -> None:
        """Stop."""
        self.stop()

    def _tick(self) -> None:
        while not self.done.wait(1):
            with self.lock:
                if self.done.is_set():
                    return
                texts = [f"{name}: {text}" for name, text in self.running.items()]
                self._rewrite(", ".join([*texts, f"{time.monotonic() - self.started:.0f} s"]))

    def _rewrite(self, line: str) -> None:
        if self.width or line:
            sys.stdout.write("\r" + line.ljust(self.width) + ("" if line else "\r"))
            sys.stdout.flush()
            self.width = len(line)


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
