"""A sandbox for one submission: the grader's end of the line to it.

The worker inside runs the student's cells and answers calls. Whatever comes back is only the student's answer: it's
read as data (`values.decode`), and when it's late, too long or no answer to the question, the sandbox is killed.
"""

import base64
import builtins
import json
import os
import re
import shutil
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass

import psutil

from qta_grade import NotStarted, Refused, launch, seccomp, values
from qta_grade.process import CommandProcess, LimitReached, WatchedProcess
from qta_grade.values import Handle
from qta_grade.warm import ForkedProcess

__all__ = ["Handle", "LimitReached", "Limits", "NotThere", "Outcome", "Sandbox", "StudentError", "StudentFunction"]

_START_SECONDS = 20  # of CPU time, for a start on a slow machine
_cores_in_use: Counter = Counter()
_cores_lock = threading.Lock()


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    cpu_per_cell: float = 20  # CPU seconds; the wall time may be five times as long, and five seconds more
    cpu_per_check: float = 10  # the same
    memory_gb: float = 4  # of address space, in 2**30 bytes
    tensorflow: bool = True  # can be imported; if not, `qta_keras` does without it


class StudentError(Exception):
    """An exception in the student's code.

    `text` is its message, cut to 500 characters; for hidden checks don't show it: it may hold a check's inputs. `where`
    is the cell and its line, counted from 1: "cell 3, line 2", and `code` what stands there. Both are empty where that
    is not known.
    """

    def __init__(self, kind: str, text: str, where: str = "", code: str = "") -> None:
        super().__init__(f"{kind}: {text}" if text else kind)
        self.kind, self.text, self.where, self.code = kind, text, where, code


def known_exception(kind: str) -> str:
    """Name an exception if it is one of Python's: a type of the student's own could tell something by its name."""
    known = getattr(builtins, kind, None)
    return kind if isinstance(known, type) and issubclass(known, BaseException) else "an exception"


class NotThere(StudentError):
    """The submission does not define a name."""


@dataclass(frozen=True)
class Outcome:
    """How a cell ended: with an error or none, without which of its lines for Jupyter, and without which modules."""

    error: StudentError | None
    left_out: list[str]
    missing: list[str]


@dataclass(frozen=True)
class StudentFunction(Handle):
    """A callable of the submission; calling it calls the student's code inside the sandbox."""

    sandbox: "Sandbox"

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Call it; see `Sandbox.call`."""
        return self.sandbox.call(self, *args, **kwargs)


class Sandbox:
    """A running sandbox; use it in a ``with`` statement, and in the thread that made it.

    Set `quiet` before the student's code sees what it must not reveal: errors then have their type and line only.
    Raises `NotStarted` if a sandbox of this tier can't be started on this machine, or not now.
    """

    def __init__(self, tier: str, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.alive = False
        self._number = 0
        self.quiet = False
        self._sources: dict[str, str] = {}  # of the cells that have run, by their names
        self._stopped: dict[str, str] = {}  # where each of those stopped that did not come to its end
        self._check_start: tuple[float, float] | None = None
        self._process: WatchedProcess | None = None
        self._core: int | None = _take_core()
        self._folder = ""
        try:
            self._folder = tempfile.mkdtemp(prefix="qta-grade-")
            self._start(tier)
        except BaseException as error:
            self.close()
            if isinstance(error, Refused):
                raise NotStarted(str(error)) from error
            if isinstance(error, OSError | psutil.Error):  # no process, no file or no room on the disk is left
                raise NotStarted(f"No sandbox of the kind {tier!r} can be started: {error}.") from error
            raise

    def __enter__(self) -> "Sandbox":
        """Return the sandbox itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the sandbox."""
        self.close()

    def execute(self, source: str, name: str) -> Outcome:
        """Run a cell, which error messages call `name`.

        Raises `LimitReached` if the cell used too much; the sandbox is dead then.
        """
        self._check_start = None
        self._sources[name] = source
        reply = self._ask({"op": "exec", "source": source, "name": name}, self.limits.cpu_per_cell, self._now())
        error = self._error(reply["error"]) if "error" in reply else None
        if error:
            self._stopped[name] = error.where
        left_out = [self._told(line, source, "a line for Jupyter") for line in _lines(reply.get("left_out"))]
        missing = [self._told(module, source, "a module") for module in _lines(reply.get("missing"))]
        return Outcome(error, left_out, missing)

    def value(self, name: str) -> object:
        """Return a name's plain value (see `values.encode`), a `StudentFunction`, or a `Handle` for what stays inside.

        Raises `NotThere` if the submission does not define the name, `BadValue` if the value can't be passed, and
        `LimitReached` if that took too long.
        """
        reply = self._ask_in_check({"op": "get", "name": name})
        value = self._result(reply, name)
        if isinstance(value, Handle) and reply.get("callable") is True:
            return StudentFunction(value.id, value.type_name, self)
        return value

    def call(self, target: str | Handle, *args: object, **kwargs: object) -> object:
        """Call a function of the submission, by its name or by what `value` or `call` returned for it.

        Arguments and result are plain values, or a `Handle` for what stays inside. Raises `StudentError` if the
        function raised an exception, `NotThere` if there is no such function, `BadValue` if an argument or the result
        can't be passed, and `LimitReached` if it used too much; the sandbox is dead then.
        """
        function = {"name": target} if isinstance(target, str) else {"handle": values.encode(target)}
        reply = self._ask_in_check({"op": "call", **function, "arguments": values.encode([list(args), kwargs])})
        return self._result(reply, target if isinstance(target, str) else target.type_name)

    def start_check(self) -> None:
        """Start the CPU budget and the clock of one check; they end at the next cell or call of this method."""
        self._check_start = self._now()

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds that the sandbox has used so far, its start included."""
        return self._process.cpu_seconds

    def close(self) -> None:
        """End every process of the sandbox and remove its folder; nothing happens when it's closed already."""
        self.alive = False
        if self._process is not None:
            self._process.kill()
        if self._core is not None:
            _give_back_core(self._core)
            self._core = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, tier: str) -> None:
        folders = tuple(launch.ROOM) if tier == "bubblewrap" else ()  # which cannot be told how many files to take
        in_memory = tier in ("warm", "bubblewrap")  # where /tmp and /home are its own
        folder, home = ("/tmp", "/home") if in_memory else (self._folder, self._folder)
        setup = {
            "core": self._core,
            "filter": base64.b64encode(seccomp.program()).decode("ascii"),
            "folder": folder,
            "hidden": launch.hidden(self.limits.tensorflow),
            "limits": {
                "RLIMIT_AS": int(self.limits.memory_gb * 2**30),
                "RLIMIT_CORE": 0,
                "RLIMIT_CPU": 3600,  # a backstop for the day that the grader itself is gone
                "RLIMIT_FSIZE": 2**28,
                "RLIMIT_NOFILE": 256,
            },
            "paths": launch.package_parents(),
            "room": f"size=128m,nr_inodes={launch.MAX_FILES}" if tier == "namespaces" else "",
        }
        if launch.counts_threads(tier):  # a little below what the grader would end it for
            setup["limits"]["RLIMIT_NPROC"] = launch.MAX_THREADS - 10
        if tier == "warm":
            self._process = ForkedProcess(self.limits.tensorflow, values.MAX_BYTES)
        else:
            environment = {**launch.ENVIRONMENT, "HOME": home, "TMPDIR": folder}
            with launch.command(tier) as (command, pass_fds):
                self._process = CommandProcess(command, environment, pass_fds, values.MAX_BYTES, folders)
        self.alive = True
        try:
            self._ask(setup, _START_SECONDS, (0.0, time.monotonic()))
        except LimitReached as reached:
            said = _clean(self._process.said()) or f"it gave no reason ({reached.what})"
            raise Refused(f"No sandbox of the kind {tier!r} can be started: {said}.") from reached
        self._process.started()

    def _told(self, text: str, source: str, instead: str) -> str:
        """Return what the sandbox claims of a cell, or `instead` if that could reveal what the cell does not hold."""
        return text if text in source or not self.quiet else instead

    def _error(self, claimed: object) -> StudentError:
        claimed = claimed if isinstance(claimed, dict) else {}
        cell, line = claimed.get("cell"), claimed.get("line")
        lines = self._sources[cell].split("\n") if isinstance(cell, str) and cell in self._sources else []
        known = type(line) is int and 0 < line <= len(lines)
        at = (f"{cell}, line {line}", _clean(lines[line - 1]).strip()[:80]) if known else ("", "")
        kind, text = _clean(claimed.get("kind"))[:80] or "Exception", _clean(claimed.get("text"))[:500]
        if not self.quiet:
            return StudentError(kind, text, *at)
        # The commonest error is told where the name stands in the cell.
        unknown = re.fullmatch(r"name '(\w+)' is not defined.*", text)
        text = f"name {unknown[1]!r} is not defined" if unknown and unknown[1] in "\n".join(lines) else ""
        return StudentError(known_exception(kind), text, *at)

    def _not_there(self, name: str, like: object) -> NotThere:
        """Say why a name may be missing: the cell that was to define it stopped, or it has another name."""
        for cell, where in self._stopped.items():
            if re.search(rf"\b{re.escape(name)}\b", self._sources[cell]):
                return NotThere("NameError", f"{name} is not defined, since {where or cell} stopped")
        for other in _lines(like):
            if any(other in source for source in self._sources.values()):
                return NotThere("NameError", f"{name} is not defined: was it renamed to {other}?")
        return NotThere("NameError", f"{name} is not defined")

    def _ask_in_check(self, request: dict) -> dict:
        return self._ask(request, self.limits.cpu_per_check, self._check_start or self._now())

    def _result(self, reply: dict, name: str) -> object:
        if reply.get("missing") is True:
            raise self._not_there(name, reply.get("like"))
        if "error" in reply:
            raise self._error(reply["error"])
        if "bad" in reply or "value" not in reply:
            said = "it can't be passed" if self.quiet else reply.get("bad", "no value came back")
            raise values.BadValue(_clean(said))
        return values.decode(reply["value"])

    def _now(self) -> tuple[float, float]:
        """Return the CPU time used so far, and the time."""
        return self._process.cpu(), time.monotonic()

    def _ask(self, request: dict, cpu_limit: float, start: tuple[float, float]) -> dict:
        """Send a request and return the answer; a sandbox that exceeds a limit is killed."""
        if not self.alive:
            raise LimitReached("died")
        self._number += 1
        line = json.dumps({"id": self._number, **request}).encode("ascii") + b"\n"
        try:
            return _read_reply(self._process.ask(line, cpu_limit, *start), self._number)
        except LimitReached:
            self.alive = False
            raise
        finally:
            self._process.cpu()
            if not self.alive and self._number > 1:  # what a failed start has said is still to be read
                self._process.kill()


def _read_reply(line: bytes, number: int) -> dict:
    """Read an answer, of which every byte may be hostile."""
    if line.count(b"[") + line.count(b"{") > values.MAX_ITEMS:  # a million empty lists take far more than their text
        raise LimitReached("reply")
    try:
        reply = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise LimitReached("reply") from error
    if not isinstance(reply, dict) or reply.get("id") != number:
        raise LimitReached("reply")
    return reply


def _lines(claimed: object) -> list[str]:
    return [_clean(line)[:200] for line in claimed[:20]] if isinstance(claimed, list) else []


def _clean(text: object) -> str:
    """Keep what can be printed: control characters could rewrite a terminal's screen."""
    text = text if isinstance(text, str) else ""
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text[:1000])


def _take_core() -> int:
    """Choose the core with the fewest sandboxes, and note that there's one more."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    with _cores_lock:
        core = min(cores, key=lambda number: _cores_in_use[number])
        _cores_in_use[core] += 1
    return core


def _give_back_core(core: int) -> None:
    with _cores_lock:
        _cores_in_use[core] -= 1
