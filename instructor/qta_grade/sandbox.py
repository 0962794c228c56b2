"""A process of its own for one submission, and the grader's end of the line to it.

The worker inside runs the student's cells and answers calls. Whatever comes back is only the student's answer: it's
read as data (`values.decode`), and when it's late, too long or no answer to the question, the sandbox is killed.
"""

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psutil

from qta_grade import Refused, seccomp, values
from qta_grade.values import Handle

TIERS = ("bubblewrap", "namespaces", "limits")  # from the best to the weakest
_HERE = Path(__file__).resolve().parent
_STEP = 0.05  # seconds between two looks at the clock and at the CPU time
_START_SECONDS = 60  # of wall time, for a start on a slow and busy machine
_ENVIRONMENT = {
    "CUDA_VISIBLE_DEVICES": "",
    "KERAS_BACKEND": "tensorflow",
    "LANG": "C.UTF-8",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PATH": "/usr/bin:/bin",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "USER": "student",
}
_cores_in_use: Counter = Counter()
_cores_lock = threading.Lock()


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    cpu_per_cell, cpu_per_check : float
        CPU seconds. The limit of wall time is five times as long, and five seconds more.
    memory_gb : float
        Address space, in gigabytes of 2**30 bytes.
    """

    cpu_per_cell: float = 20
    cpu_per_check: float = 10
    memory_gb: float = 4


class StudentError(Exception):
    """An exception in the student's code.

    Attributes
    ----------
    kind : str
        The name of its type.
    text : str
        Its message, cut to 500 characters. For hidden checks don't show it: it may hold a check's inputs.
    line : int or None
        The line of the cell, counted from 1, where that is known.
    """

    def __init__(self, kind: str, text: str, line: int | None = None) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind, self.text, self.line = kind, text, line


class NotThere(StudentError):
    """The submission does not define a name."""


class LimitReached(Exception):
    """The sandbox was killed, or died; `what` is "cpu", "wall", "reply" (no proper answer) or "died"."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True)
class Outcome:
    """How a cell ended: with an error or none, and without which of its lines it was run."""

    error: StudentError | None
    left_out: list[str]


@dataclass(frozen=True)
class StudentFunction(Handle):
    """A callable of the submission; calling it calls the student's code inside the sandbox."""

    sandbox: "Sandbox"

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Call it; see `Sandbox.call`."""
        return self.sandbox.call(self, *args, **kwargs)


class Sandbox:
    """A running sandbox; use it in a ``with`` statement, and in the thread that made it.

    Parameters
    ----------
    tier : str
        One of `TIERS`.
    limits : Limits
        What the submission may use.

    Raises
    ------
    Refused
        If a sandbox of this tier can't be had on this machine.
    """

    def __init__(self, tier: str, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.cpu_seconds = 0.0
        self.alive = False
        self._number = 0
        self._check_start: float | None = None
        self._processes: list[psutil.Process] = []
        self._received = bytearray()
        self._core = _take_core()
        self._folder = tempfile.mkdtemp(prefix="qta-grade-")
        self._process: subprocess.Popen | None = None
        try:
            self._start(tier)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Sandbox":
        """Return the sandbox itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close the sandbox."""
        self.close()

    def execute(self, source: str, name: str) -> Outcome:
        """Run a cell.

        Parameters
        ----------
        source : str
            The cell's code, as the student wrote it.
        name : str
            What the cell is called in error messages.

        Returns
        -------
        Outcome
            The error, if there was one, and the lines for IPython that were left out.

        Raises
        ------
        LimitReached
            If the cell used too much; the sandbox is dead then.
        """
        self._check_start = None
        reply = self._ask({"op": "exec", "source": source, "name": name}, self.limits.cpu_per_cell, self._cpu())
        left_out = reply.get("left_out")
        lines = [_clean(line)[:200] for line in left_out[:20]] if isinstance(left_out, list) else []
        return Outcome(_error(reply["error"]) if "error" in reply else None, lines)

    def value(self, name: str) -> object:
        """Fetch what a name stands for.

        Returns
        -------
        object
            A plain value (see `values.encode`), a `StudentFunction`, or a `Handle` for what stays inside.

        Raises
        ------
        NotThere
            If the submission does not define the name.
        BadValue, LimitReached
            If it can't be passed, or took too long.
        """
        reply = self._ask_in_check({"op": "get", "name": name})
        value = _result(reply, name)
        if isinstance(value, Handle) and reply.get("callable") is True:
            return StudentFunction(value.id, value.type_name, self)
        return value

    def call(self, target: str | Handle, *args: object, **kwargs: object) -> object:
        """Call a function of the submission.

        Parameters
        ----------
        target : str or Handle
            The function's name, or what `value` or `call` returned for it.
        *args, **kwargs
            Its arguments: plain values, or a `Handle` for what is inside already.

        Returns
        -------
        object
            A plain value, or a `Handle` for what stays inside.

        Raises
        ------
        StudentError
            If the function raised an exception; `NotThere` if there is no such function.
        LimitReached
            If it used too much; the sandbox is dead then.
        BadValue
            If an argument or the result can't be passed.
        """
        function = {"name": target} if isinstance(target, str) else {"handle": values.encode(target)}
        reply = self._ask_in_check({"op": "call", **function, "arguments": values.encode([list(args), kwargs])})
        return _result(reply, target if isinstance(target, str) else target.type_name)

    def start_check(self) -> None:
        """Let what follows, up to the next cell or call of this method, share one ``cpu_per_check``."""
        self._check_start = self._cpu()

    def close(self) -> None:
        """End every process of the sandbox and remove its folder; nothing happens when it's closed already."""
        self.alive = False
        if self._process is not None:
            self._kill(self._process)
            self._process = None
        if self._core is not None:
            _give_back_core(self._core)
            self._core = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, tier: str) -> None:
        limits = {
            "RLIMIT_AS": int(self.limits.memory_gb * 2**30),
            "RLIMIT_CORE": 0,
            "RLIMIT_CPU": 3600,  # a backstop for the day the grader itself is gone
            "RLIMIT_FSIZE": 2**28,
            "RLIMIT_NOFILE": 256,
        }
        setup = {
            "filter": base64.b64encode(seccomp.program()).decode("ascii"),
            "folder": "/tmp" if tier == "bubblewrap" else self._folder,
            "limits": limits,
            "core": self._core,
            "paths": [str(Path(folder).parent) for folder in _package_folders()],
            "read_only": tier == "namespaces",
        }
        argument_fds = []
        home = "/home" if tier == "bubblewrap" else self._folder
        try:
            self._process = subprocess.Popen(
                _command(tier, argument_fds),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**_ENVIRONMENT, "HOME": home, "TMPDIR": setup["folder"]},
                cwd="/",
                pass_fds=argument_fds,
                start_new_session=True,
            )
        except OSError as error:
            raise Refused(f"No sandbox of the kind {tier!r} can be started: {error}.") from error
        finally:
            for number in argument_fds:
                os.close(number)
        os.set_blocking(self._process.stdin.fileno(), False)
        os.set_blocking(self._process.stdout.fileno(), False)
        self.alive = True
        self._processes = [psutil.Process(self._process.pid)]
        try:
            self._ask(setup, _START_SECONDS, 0.0)
        except LimitReached as reached:
            said = _last_line(self._process)
            raise Refused(f"No sandbox of the kind {tier!r} can be started ({reached.what}): {said}") from reached
        self._processes += self._processes[0].children(recursive=True)
        self._process.stderr.close()

    def _ask_in_check(self, request: dict) -> dict:
        start = self._cpu() if self._check_start is None else self._check_start
        return self._ask(request, self.limits.cpu_per_check, start)

    def _ask(self, request: dict, cpu_limit: float, cpu_start: float) -> dict:
        """Send a request and wait for its answer, with an eye on the CPU time since `cpu_start` and on the clock."""
        if not self.alive:
            raise LimitReached("died")
        self._number += 1
        try:
            line = self._exchange(
                json.dumps({"id": self._number, **request}).encode("ascii") + b"\n", cpu_limit, cpu_start
            )
            reply = _read_reply(line, self._number)
        except LimitReached:
            self._cpu()
            self.alive = False
            self._kill(self._process)
            raise
        self._cpu()
        return reply

    def _exchange(self, unsent: bytes, cpu_limit: float, cpu_start: float) -> bytes:
        stdin, stdout = self._process.stdin.fileno(), self._process.stdout.fileno()
        deadline = time.monotonic() + 5 * cpu_limit + 5
        next_look = time.monotonic() + _STEP
        while b"\n" not in self._received:
            readable, writable, _ = select.select([stdout], [stdin] if unsent else [], [], _STEP)
            if writable:
                unsent = unsent[_write(stdin, unsent) :]
            if readable:
                self._receive(stdout)
            if time.monotonic() > next_look:
                next_look = time.monotonic() + _STEP
                if self._cpu() - cpu_start > cpu_limit:
                    raise LimitReached("cpu")
                if time.monotonic() > deadline:
                    raise LimitReached("wall")
        line, _, rest = bytes(self._received).partition(b"\n")
        self._received = bytearray(rest)
        return line

    def _receive(self, stdout: int) -> None:
        part = os.read(stdout, 65536)
        if not part:
            raise LimitReached("died")
        self._received += part
        if len(self._received) > values.MAX_BYTES:
            raise LimitReached("reply")

    def _cpu(self) -> float:
        """CPU seconds so far. No process can be added in a sandbox under Linux, so the first list of them is kept."""
        processes = self._processes
        if sys.platform != "linux" and processes:
            with contextlib.suppress(psutil.Error):
                processes = [processes[0], *processes[0].children(recursive=True)]
        total = 0.0
        for process in processes:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                total += times.user + times.system
        self.cpu_seconds = max(self.cpu_seconds, total)
        return self.cpu_seconds

    def _kill(self, process: subprocess.Popen) -> None:
        """Kill from the inside out: the outer process then collects the inner ones, so that no zombie is left."""
        family = []
        with contextlib.suppress(psutil.Error):
            family = psutil.Process(process.pid).children(recursive=True)
        for member in family:
            with contextlib.suppress(psutil.Error):
                member.kill()
        try:
            process.wait(0.5 if family else 0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        psutil.wait_procs(family, timeout=10)
        for stream in (process.stdin, process.stdout, process.stderr):
            with contextlib.suppress(OSError):
                stream.close()


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


def _result(reply: dict, name: str) -> object:
    if reply.get("missing") is True:
        raise NotThere("NameError", f"{name} is not defined")
    if "error" in reply:
        raise _error(reply["error"])
    if "bad" in reply or "value" not in reply:
        raise values.BadValue(_clean(reply.get("bad", "no value came back")))
    return values.decode(reply["value"])


def _error(claimed: object) -> StudentError:
    claimed = claimed if isinstance(claimed, dict) else {}
    line = claimed.get("line")
    line = line if type(line) is int and 0 < line < 100_000 else None
    return StudentError(_clean(claimed.get("kind"))[:80] or "Exception", _clean(claimed.get("text"))[:500], line)


def _clean(text: object) -> str:
    """Keep what can be printed: control characters could rewrite a terminal's screen."""
    text = text if isinstance(text, str) else ""
    return "".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in text[:1000])


def _write(number: int, data: bytes) -> int:
    try:
        return os.write(number, data[:65536])
    except BlockingIOError:
        return 0
    except OSError as error:
        raise LimitReached("died") from error


def _last_line(process: subprocess.Popen) -> str:
    """What a sandbox that did not start said last."""
    os.set_blocking(process.stderr.fileno(), False)
    said = (process.stderr.read() or b"").decode("utf-8", "replace").strip()
    return _clean(said.split("\n")[-1]) or "it gave no reason"


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


def _package_folders() -> list[str]:
    """Where `qta_keras` is, which the students import; found without importing it."""
    found = find_spec("qta_keras")
    return list(found.submodule_search_locations) if found else []


def _command(tier: str, argument_fds: list[int]) -> list[str]:
    # -I: no variable, no folder of the user's decides what is imported; -B: nothing is written.
    python = [sys.executable, "-I", "-B"]
    if tier == "limits":
        return [*python, str(_HERE / "worker.py")]
    if tier == "namespaces":
        flags = "--user --map-root-user --mount --net --pid --ipc --uts --fork --kill-child --mount-proc".split()
        return [_tool("unshare"), *flags, "--", *python, str(_HERE / "worker.py")]
    if tier == "bubblewrap":
        # The arguments pass through a pipe: /proc/1/cmdline would show them to the student.
        read_end, write_end = os.pipe()
        argument_fds.append(read_end)
        os.write(write_end, b"\0".join(argument.encode() for argument in _bubblewrap_arguments()) + b"\0")
        os.close(write_end)
        return [_tool("bwrap"), "--args", str(read_end), "--", *python, "/grader/worker.py"]
    raise Refused(f"There is no kind of sandbox called {tier!r}; there are {', '.join(TIERS)}.")


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise Refused(f"The program {name} is not installed.")
    return found


def _bubblewrap_arguments() -> list[str]:
    arguments = "--unshare-all --die-with-parent --new-session --cap-drop ALL --uid 65534 --gid 65534".split()
    arguments += "--hostname sandbox --proc /proc --dev /dev".split()
    for size, folder in ((128, "/tmp"), (64, "/home"), (64, "/dev/shm")):
        arguments += ["--size", str(size * 2**20), "--tmpfs", folder]
    arguments += ["--ro-bind", "/usr", "/usr", "--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache"]
    for folder in ("/lib", "/lib64", "/bin"):
        if os.path.islink(folder):
            arguments += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            arguments += ["--ro-bind", folder, folder]
    for path in _visible():
        arguments += ["--ro-bind", str(path), str(path)]
    for name in ("worker.py", "values.py"):
        arguments += ["--ro-bind", str(_HERE / name), f"/grader/{name}"]
    return [*arguments, "--remount-ro", "/", "--remount-ro", "/dev", "--remount-ro", "/proc", "--chdir", "/tmp"]


def _visible() -> list[Path]:
    """Return the folders of Python and of `qta_keras`, and nothing that holds the instructor's files."""
    paths = [Path(sys.base_prefix), Path(sys.prefix), *map(Path, _package_folders())]
    paths += [path.parent / "data" / "sotu_addresses.csv" for path in map(Path, _package_folders())]
    paths = [path for path in paths if path.exists() and not path.is_relative_to("/usr")]
    secret = [_HERE.parent, Path.home()]
    for path in paths:
        if any(place.resolve().is_relative_to(path.resolve()) and place != path for place in secret):
            raise Refused(
                f"Python or qta_keras is installed in {path}, a folder with the instructor's own files in it, which "
                "a submission must not see: install them into a virtual environment."
            )
    return paths
