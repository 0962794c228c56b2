"""What runs inside the sandbox: it executes the cells of one submission and answers the grader's calls.

It needs the standard library, NumPy, IPython and the modules imported below, and nothing of the grader. It holds no
test, no expected value and no grade, so that a student who takes it over has gained a way of answering, and nothing
else. Every request is a line of JSON on the standard input, and every answer one on the standard output; both are moved
away before any code of the student runs, so that what is printed disturbs nothing.
"""

import base64
import ctypes
import difflib
import json
import os
import random
import sys
import types

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # not on the path otherwise: it's started with -I
import cells
import values
from run_check import seen_by_checks

sys.path.pop(0)

import numpy as np

_RDONLY, _NODEV, _BIND, _RECURSIVE, _MOUNT_SETATTR = 1, 4, 4096, 0x8000, 442  # numbers of the Linux kernel


def main() -> None:
    """Answer requests until the grader closes the line."""
    requests, replies = _move_away(0, os.O_RDONLY), _move_away(1, os.O_WRONLY)
    os.dup2(1, 2)
    with os.fdopen(requests, "rb") as lines, os.fdopen(replies, "wb") as out:
        setup = json.loads(lines.readline())
        _confine(setup)
        worker = Worker()
        _send(out, {"id": setup["id"]})
        for line in lines:
            request = json.loads(line)
            _send(out, {"id": request["id"], **worker.answer(request)})


def _move_away(number: int, mode: int) -> int:
    """Move a standard stream to a number of its own, and leave the empty device in its place."""
    moved = os.dup(number)
    nothing = os.open(os.devnull, mode)
    os.dup2(nothing, number)
    os.close(nothing)
    return moved


def _send(out: object, reply: dict) -> None:
    line = json.dumps(reply).encode("ascii") + b"\n"
    if len(line) > values.MAX_BYTES:
        line = (
            json.dumps({"id": reply["id"], "bad": f"a value is larger than {values.MAX_BYTES:,} bytes"}).encode()
            + b"\n"
        )
    out.write(line)
    out.flush()


def choose_imports(setup: dict) -> None:
    """Make the course's package importable, and what is hidden not; nothing happens the second time."""
    sys.path.extend(folder for folder in setup["paths"] if folder not in sys.path)
    sys.modules.update(dict.fromkeys(setup["hidden"]))  # None here makes an import fail as if it were not installed


def _confine(setup: dict) -> None:
    """Give up, for good, all rights that the student's code must not have."""
    import resource

    choose_imports(setup)
    if sys.platform == "linux":
        os.sched_setaffinity(0, [setup["core"]])
    for name, limit in setup["limits"].items():
        try:
            resource.setrlimit(getattr(resource, name), (limit, limit))
        except (ValueError, OSError):  # macOS knows no limit of the address space, and says so in this way
            if sys.platform == "linux":
                raise
    os.chdir(setup["folder"])
    sys.path.append(setup["folder"])  # where %%writefile writes
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if setup["room"]:
            _make_mounts_private(libc, setup["folder"], setup["room"])
        _give_up_rights(libc, base64.b64decode(setup["filter"]))


def checked(result: int) -> None:
    """Raise what the C library's last call complained of, if it did."""
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _make_mounts_private(libc: ctypes.CDLL, folder: str, room: str) -> None:
    """In our own mount namespace: files read-only, no device but the empty one, and room in memory at `folder`."""
    checked(libc.mount(b"/dev/null", b"/dev/null", None, _BIND, None))
    _set_mount(libc, b"/", _RECURSIVE, _RDONLY | _NODEV, 0)
    _set_mount(libc, b"/dev/null", 0, 0, _NODEV)
    checked(libc.mount(b"tmpfs", folder.encode(), b"tmpfs", 0, room.encode()))
    os.chdir(folder)


def _set_mount(libc: ctypes.CDLL, path: bytes, flags: int, added: int, removed: int) -> None:
    attributes = (ctypes.c_uint64 * 4)(added, removed, 0, 0)
    checked(libc.syscall(_MOUNT_SETATTR, -100, path, flags, attributes, ctypes.sizeof(attributes)))


def _give_up_rights(libc: ctypes.CDLL, program: bytes) -> None:
    """Drop all capabilities, die with the grader, and put the filter of system calls in place."""

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]

    die_with_parent, set_filter, no_new_rights, filter_mode, kill = 1, 22, 38, 2, 9
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    checked(libc.capset(header, (ctypes.c_uint32 * 6)()))
    checked(libc.prctl(die_with_parent, kill, 0, 0, 0))
    checked(libc.prctl(no_new_rights, 1, 0, 0, 0))
    filter_program = Program(len(program) // 8, program)
    checked(libc.prctl(set_filter, filter_mode, ctypes.byref(filter_program), 0, 0))


class Worker:
    """The submission's namespace, and the values that stay inside."""

    def __init__(self) -> None:
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self._names = module.__dict__
        self._shell = cells.Shell(self._names)
        self._cells: set[str] = set()
        self._kept: list = []

    def answer(self, request: dict) -> dict:
        """Do what is asked; whatever goes wrong in the student's code is an answer too."""
        try:
            if request["op"] == "exec":
                return self._execute(request["source"], request["name"])
            if request["op"] == "get":
                return self._get(request["name"])
            return self._call(request)
        except values.BadValue as error:
            return {"bad": str(error)}
        except BaseException as error:  # SystemExit and KeyboardInterrupt as well: the student may raise anything
            return {"error": _describe(error, self._cells)}

    def _execute(self, source: str, name: str) -> dict:
        self._cells.add(name)
        reply = {}
        try:
            _set_seeds()
            self._shell.run_cell(source, name)
        except BaseException as error:
            reply = {"error": _describe(error, self._cells)}
        return {**reply, "left_out": self._shell.left_out, "missing": self._shell.missing}

    def _get(self, name: str) -> dict:
        if name not in self._names:
            return self._missing(name)
        value = self._names[name]
        return {"value": values.encode(seen_by_checks(value), self._keep), "callable": callable(value)}

    def _call(self, request: dict) -> dict:
        find = self._find
        if "name" in request:
            if request["name"] not in self._names:
                return self._missing(request["name"])
            function = self._names[request["name"]]
        else:
            function = values.decode(request["handle"], find)
        arguments, named = values.decode(request["arguments"], find)
        return {"value": values.encode(seen_by_checks(function(*arguments, **named)), self._keep)}

    def _missing(self, name: str) -> dict:
        return {"missing": True, "like": difflib.get_close_matches(name, self._names, 1, 0.75)}

    def _keep(self, value: object) -> object:
        """Put a value aside that cannot pass."""
        number = next((number for number, kept in enumerate(self._kept) if kept is value), len(self._kept))
        if number == len(self._kept):
            self._kept.append(value)
        return values.Handle(number, type(value).__name__)

    def _find(self, handle: values.Handle) -> object:
        return self._kept[handle.id]


def _set_seeds() -> None:
    """Make results repeatable; Keras only if it is imported already, since importing it takes seconds."""
    random.seed(0)
    np.random.seed(0)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


def _describe(error: BaseException, cells: set[str]) -> dict:
    try:
        text = str(error)
    except BaseException:  # a student's own __str__
        text = ""
    if isinstance(error, SyntaxError) and error.filename in cells:
        where = {"cell": error.filename, "line": error.lineno}
        return {"kind": type(error).__name__, "text": str(error.msg), **where}
    where, step = {}, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename in cells:
            where = {"cell": step.tb_frame.f_code.co_filename, "line": step.tb_lineno}
        step = step.tb_next
    return {"kind": type(error).__name__, "text": text[:500], **where}


if __name__ == "__main__":
    main()
