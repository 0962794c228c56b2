"""How far a run has come: a bar on a terminal, a line now and then elsewhere."""

import contextlib
import queue
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

SECONDS_BETWEEN_LINES = 30


@contextlib.contextmanager
def progress(
    total: int, say: Callable[[str], None] = print, doing: str = "Grading", done: str = "graded"
) -> Iterator[Callable[[int], None]]:
    """Show the progress, by `say` where there is no terminal; yield a function that takes how many are done."""
    console = Console(stderr=True)
    if console.is_terminal:
        columns = TextColumn(doing), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        with Progress(*columns, console=console) as bar:
            task = bar.add_task("", total=total)
            yield lambda count: bar.update(task, completed=count)
    else:
        yield _lines(total, say, done)


def as_finished(futures: Collection[Future]) -> Iterator[Future]:
    """Yield the futures as they finish, and let an interrupt through meanwhile.

    `concurrent.futures.as_completed` waits without end: Python sees an interrupt that comes just before a wait only
    when it has waited.
    """
    finished: queue.SimpleQueue[Future] = queue.SimpleQueue()
    for future in futures:
        future.add_done_callback(finished.put)
    for _ in futures:
        future = None
        while future is None:
            with contextlib.suppress(queue.Empty):
                future = finished.get(timeout=1)
        yield future


def _lines(total: int, say: Callable[[str], None], word: str) -> Callable[[int], None]:
    start = last = time.monotonic()

    def advance(done: int) -> None:
        nonlocal last
        now = time.monotonic()
        if done and done < total and now - last >= SECONDS_BETWEEN_LINES:
            last = now
            minutes = (now - start) / done * (total - done) / 60
            say(f"{done} of {total} {word}, about {max(minutes, 1):.0f} min left")

    return advance
