"""A line that tells which cell of which notebook runs, updated in place on a terminal."""

import sys
import threading
import time
from typing import Self


class ProgressLine:
    """One notebook's progress, as a context manager.

    On a terminal one line is rewritten every second. Elsewhere, as in a log, only the end is printed.

    Parameters
    ----------
    name
        What the line begins with: the notebook's name.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.started = time.monotonic()
        self.text = "starting a kernel"
        self.width = 0
        self.done = threading.Event()
        self.ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        """Start the line."""
        if sys.stdout.isatty():
            self.ticker.start()
        return self

    def cell(self, number: int, cells: int) -> None:
        """Say which cell runs."""
        self.text = f"cell {number} of {cells}"

    def finish(self, text: str) -> None:
        """Say how it ended."""
        self.text = text

    def __exit__(self, *exception: object) -> None:
        """Put the last word in the line's place."""
        self.done.set()
        if self.ticker.is_alive():
            self.ticker.join()
            self._rewrite("")
        stopped = "stopped at " if exception[0] else ""
        print(f"{self.name}: {stopped}{self.text}", flush=True)

    def _tick(self) -> None:
        while not self.done.wait(1):
            self._rewrite(f"{self.name}: {self.text}, {time.monotonic() - self.started:.0f} s")

    def _rewrite(self, line: str) -> None:
        sys.stdout.write("\r" + line.ljust(self.width) + ("" if line else "\r"))
        sys.stdout.flush()
        self.width = len(line)
