"""A process that is asked line by line, and killed when it uses too much or does not answer."""

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import IO

import psutil

from qta_grade.launch import MAX_FILES, MAX_THREADS

_STEP = 0.05  # seconds between two looks at the clock and at the CPU time


class LimitReached(Exception):
    """The sandbox was killed, or died.

    `what` is "cpu", "wall", "threads", "files", "reply" (no proper answer) or "died".
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class WatchedProcess:
    """A process with private lines to it; whoever makes it has to `kill` it.

    `streams` are our ends of its standard input, output and error, `longest_line` the bytes that one answer may have,
    and `folders` those in memory in which only the grader limits the number of files.
    """

    def __init__(self, streams: list[IO[bytes]], longest_line: int, folders: Sequence[str] = ()) -> None:
        self.cpu_seconds = 0.0
        self._folders = folders
        self._longest_line = longest_line
        self._received = bytearray()
        self._streams = streams
        self._family: list[psutil.Process] = []
        for stream in streams:
            os.set_blocking(stream.fileno(), False)

    def started(self) -> None:
        """Note the processes, now that all have started, and stop reading the standard error."""
        self._family = self._members()
        self._streams[2].close()

    def said(self) -> str:
        """Return the last line of the standard error, up to `started`."""
        text = (self._streams[2].read() or b"").decode("utf-8", "replace")
        return text.strip().split("\n")[-1]

    def ask(self, request: bytes, cpu_limit: float, cpu_start: float, wall_start: float) -> bytes:
        """Send a line, its end included, and return the next line that comes, without its end.

        `cpu_limit` is the CPU seconds that may have been used since `cpu_start`; five times as many, and five more, may
        pass since `wall_start` (of `time.monotonic`). Raises `LimitReached` if a limit is exceeded; the process still
        runs then.
        """
        stdin, stdout = self._streams[0].fileno(), self._streams[1].fileno()
        deadline = wall_start + 5 * cpu_limit + 5
        next_look = 0.0
        unsent = memoryview(request)
        while b"\n" not in self._received:
            readable, writable, _ = select.select([stdout], [stdin] if unsent else [], [], _STEP)
            if writable:
                unsent = unsent[_write(stdin, unsent[:65536]) :]
            if readable:
                self._receive(stdout)
            if time.monotonic() > next_look:
                next_look = time.monotonic() + _STEP
                if self.cpu() - cpu_start > cpu_limit:
                    raise LimitReached("cpu")
                if time.monotonic() > deadline:
                    raise LimitReached("wall")
                self._count()
        line, _, rest = bytes(self._received).partition(b"\n")
        self._received = bytearray(rest)
        return line

    def _receive(self, stdout: int) -> None:
        part = os.read(stdout, 65536)
        if not part:
            raise LimitReached("died")
        self._received += part
        if len(self._received) > self._longest_line:
            raise LimitReached("reply")

    def _count(self) -> None:
        """Enforce the limits that the kernel does not set everywhere."""
        with contextlib.suppress(psutil.Error, OSError):  # it has ended, or cannot be looked into
            if sum(process.num_threads() for process in self._family) > MAX_THREADS:
                raise LimitReached("threads")
            for folder in self._folders if self._family else ():
                room = os.statvfs(f"/proc/{self._family[-1].pid}/root{folder}")
                if room.f_files - room.f_ffree > MAX_FILES:
                    raise LimitReached("files")

    def cpu(self) -> float:
        """Return the CPU seconds that the process and its children have used so far."""
        family = self._family
        if sys.platform != "linux":  # there, no system call is denied, and the family may grow
            family = self._members()
        total = 0.0
        for process in family:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system
        self.cpu_seconds = max(self.cpu_seconds, total)  # the dead no longer count
        return self.cpu_seconds

    def kill(self) -> None:
        """End it with all its children; nothing happens the second time."""
        raise NotImplementedError

    def _members(self) -> list[psutil.Process]:
        """Find the process and its children, the outermost first."""
        raise NotImplementedError

    def _close(self) -> None:
        for stream in self._streams:
            with contextlib.suppress(OSError):
                stream.close()


class CommandProcess(WatchedProcess):
    """A command that is started for one submission, with no other environment variables than these.

    Raises `OSError` if the command can't be run.
    """

    def __init__(
        self,
        command: list[str],
        environment: dict[str, str],
        pass_fds: list[int],
        longest_line: int,
        folders: Sequence[str],
    ) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
            cwd="/",
            pass_fds=pass_fds,
            start_new_session=True,
        )
        super().__init__([self._process.stdin, self._process.stdout, self._process.stderr], longest_line, folders)
        self._outermost = psutil.Process(self._process.pid)

    def _members(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return [self._outermost, *self._outermost.children(recursive=True)]
        return [self._outermost]

    def kill(self) -> None:
        """End it with all its children; nothing happens the second time.

        The innermost go first, so that the outer process collects them and no zombie is left.
        """
        if self._process.returncode is not None:  # its number may belong to another process by now
            return
        family = self._members()[1:]
        for member in family:
            with contextlib.suppress(psutil.Error):
                member.kill()
        try:
            self._process.wait(1 if family else 0)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        psutil.wait_procs(family, timeout=10)
        self._close()


def _write(number: int, data: memoryview) -> int:
    try:
        return os.write(number, data)
    except BlockingIOError:
        return 0
    except OSError as error:
        raise LimitReached("died") from error
