"""The grader's end of the warm sandboxes: prepared processes, each kept for one submission after the other.

`zygote` says what is prepared, and how a fork of it is shut in. A prepared process lives until this process ends or
`end` is called; as many are kept as submissions were ever graded at the same time.
"""

import atexit
import contextlib
import json
import os
import socket
import subprocess
import threading
import time

import psutil

from qta_grade import Refused, launch
from qta_grade.process import WatchedProcess

_START_SECONDS = 150  # for the imports, on a slow machine without bytecode
_END_SECONDS = 10
_NUMPY = ["numpy", "pandas", "matplotlib.pyplot", "qta_keras.data"]
_KERAS = ["qta_keras.runtime", "keras", "sklearn.feature_extraction.text", "qta_keras.features", "qta_keras.models"]
_idle: list["Prepared"] = []
_lock = threading.Lock()


class Prepared:
    """A process that has imported everything and forks itself on demand, with TensorFlow and Keras or with both hidden.

    Raises `Refused` if it can't be started on this machine.
    """

    def __init__(self, tensorflow: bool) -> None:
        self.tensorflow = tensorflow
        with launch.command("warm") as (command, pass_fds):
            self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    command,
                    stdin=theirs,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    env={**launch.ENVIRONMENT, "HOME": "/home", "TMPDIR": "/tmp"},
                    cwd="/",
                    pass_fds=pass_fds,
                    start_new_session=True,
                )
        modules = [*_KERAS, *_NUMPY] if tensorflow else _NUMPY
        setup = {"paths": launch.package_parents(), "hidden": launch.hidden(tensorflow), "imports": modules}
        setup["room"] = {folder: f"size={size}m,nr_inodes={launch.MAX_FILES}" for folder, size in launch.ROOM.items()}
        setup["visible"] = [str(path) for path in launch.visible()]
        try:
            with contextlib.suppress(OSError):  # it has ended, and has said why
                self._line.send(json.dumps(setup).encode())
            if not self._hears(b"ready", _START_SECONDS):
                self._process.kill()  # what it says has an end then
                said = self._process.stderr.read().decode("utf-8", "replace").strip().split("\n")[-1]
                raise Refused(f"No sandbox of the kind 'warm' can be started: {said or 'it gave no reason'}.")
        except BaseException:
            self.end()
            raise
        self._process.stderr.close()
        self._root = psutil.Process(self._process.pid).children(recursive=True)[-1]  # within bubblewrap

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None

    def fork(self, files: list[int]) -> None:
        """Start a submission, with these open files for its standard input, output and error."""
        with contextlib.suppress(OSError):  # if it's gone, the files have no other end, which is found out at once
            socket.send_fds(self._line, [b"fork"], files)

    def members(self) -> list[psutil.Process]:
        """Return the processes of the submission that runs."""
        with contextlib.suppress(psutil.Error):
            return self._root.children(recursive=True)
        return []

    def end_submission(self) -> bool:
        """Kill what runs; return whether all of it is gone, so that the next submission may come."""
        deadline = time.monotonic() + _END_SECONDS
        while self.alive and time.monotonic() < deadline:
            for member in reversed(self.members()):
                with contextlib.suppress(psutil.Error):
                    member.kill()
            if self._hears(b"ended", 0.05):
                return True
        return False

    def end(self) -> None:
        """End it: without its line to the grader it exits, and everything that it has started ends with it."""
        self._line.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            for process in psutil.Process(self._process.pid).children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    process.kill()
            self._process.kill()
            self._process.wait()
        self._process.stderr.close()

    def _hears(self, word: bytes, seconds: float) -> bool:
        self._line.settimeout(seconds)
        with contextlib.suppress(OSError):  # too late, or it's gone
            return self._line.recv(16) == word
        return False


class ForkedProcess(WatchedProcess):
    """A submission's own fork of a prepared process.

    Raises `Refused` if no prepared process can be started.
    """

    def __init__(self, tensorflow: bool, longest_line: int) -> None:
        ends: list[int] = []
        try:
            for _ in range(3):
                ends += os.pipe()
            self._prepared: Prepared | None = _take(tensorflow)
        except BaseException:
            for number in ends:
                os.close(number)
            raise
        theirs = [ends[0], ends[3], ends[5]]
        ours = [os.fdopen(ends[1], "wb", 0), os.fdopen(ends[2], "rb", 0), os.fdopen(ends[4], "rb", 0)]
        super().__init__(ours, longest_line)
        self._prepared.fork(theirs)
        for number in theirs:
            os.close(number)

    def _members(self) -> list[psutil.Process]:
        return self._prepared.members()

    def kill(self) -> None:
        """End the fork and all that it has started; nothing happens the second time.

        Raises `ChildProcessError` if the prepared process itself is gone, which is no fault of the submission.
        """
        prepared, self._prepared = self._prepared, None
        if prepared is None:
            return
        free = prepared.end_submission()
        self._close()
        if not free:
            gone = not prepared.alive
            prepared.end()
            if gone:
                raise ChildProcessError("the prepared process has ended: was the machine out of memory?")
            return
        with _lock:
            _idle.append(prepared)


def _take(tensorflow: bool) -> Prepared:
    with _lock:
        while fitting := [prepared for prepared in _idle if prepared.tensorflow == tensorflow]:
            _idle.remove(fitting[-1])
            if fitting[-1].alive:
                return fitting[-1]
            fitting[-1].end()
    return Prepared(tensorflow)


@atexit.register
def end() -> None:
    """End all prepared processes that have nothing to do."""
    with _lock:
        while _idle:
            _idle.pop().end()
