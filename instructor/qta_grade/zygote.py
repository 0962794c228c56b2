"""The warm kind of sandbox: a process that imports everything once, and forks itself for each submission.

**Security-critical.** It is process 1 inside bubblewrap, holds no secret, and never runs a student's code itself. It
imports what submissions need and runs no operation of TensorFlow, whose threads would be missing in a fork. Then it
waits for the grader, which sends three open files per submission: requests, answers, complaints. For these a fork gets

1. user, process, mount, network, IPC, host-name and control-group namespaces of its own;
2. a place as process 1 of them, so that with it everything ends that it may have started;
3. fresh and limited ``/tmp``, ``/home`` and ``/dev/shm``, and for ``/proc`` no more than what TensorFlow reads there;
4. no open file but those three;
5. what `worker` gives up for good in every kind of sandbox: capabilities, processes, sockets, memory, time.

Only then does it read the first cell. One submission runs at a time, and the next begins when all of it is gone.
"""

import contextlib
import ctypes
import gc
import importlib
import json
import os
import select
import socket
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # not on the path otherwise: it's started with -I
import worker
from worker import checked, choose_imports

sys.path.pop(0)

# CLONE_NEWUSER, PID, NS (mounts), NET, IPC, UTS (host name) and CGROUP of the Linux kernel, then its flags for mounts
_NAMESPACES = 0x10000000 | 0x20000000 | 0x00020000 | 0x40000000 | 0x08000000 | 0x04000000 | 0x02000000
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT = 1, 2, 4, 8, 32
_BIND, _RECURSIVE, _PRIVATE = 0x1000, 0x4000, 0x40000


def main() -> None:
    """Prepare, then serve one submission after the other until the grader closes the line."""
    grader = socket.socket(fileno=os.dup(0))
    _empty_device(0)
    setup = json.loads(grader.recv(65536))
    choose_imports(setup)
    for name in setup["imports"]:
        importlib.import_module(name)
    if len(os.listdir("/proc/self/task")) > 1:  # a lock that another thread holds would stay shut in every fork
        sys.exit("an import has started a thread, so that no fork of this process would be safe")
    gc.collect()
    gc.freeze()  # so that a fork's collector doesn't copy every page it looks at
    _empty_device(2)
    grader.send(b"ready")
    while True:
        asked, files, _, _ = socket.recv_fds(grader, 16, 3)
        if not asked:
            return
        child = os.fork()
        if child == 0:
            _fork(grader, files, setup)
        for number in files:
            os.close(number)
        _wait(grader, child)
        grader.send(b"ended")


def _empty_device(number: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, number)
    os.close(nothing)


def _wait(grader: socket.socket, child: int) -> None:
    """Wait until the submission is gone; if it's the grader who goes, leave, and the kernel ends what's left inside."""
    gone = os.pidfd_open(child)
    readable, _, _ = select.select([gone, grader], [], [])
    os.close(gone)
    if grader in readable:  # nothing is sent while a submission runs, so this is the end of the line
        os._exit(1)
    with contextlib.suppress(ChildProcessError):  # until there are no more
        while True:
            os.waitpid(-1, 0)


def _fork(grader: socket.socket, files: list[int], setup: dict) -> None:
    """Be the fork: shut it in, and let it work; it never returns."""
    try:
        grader.close()
        libc = ctypes.CDLL(None, use_errno=True)
        _leave_namespaces(libc)
        inner = os.fork()  # the first process of the new namespace; this one only waits for its end
        if inner:
            os.closerange(0, os.sysconf("SC_OPEN_MAX"))
            os.waitpid(inner, 0)
            os._exit(0)
        for number, file in enumerate(files):
            os.dup2(file, number)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        _mount(libc, setup["room"], setup["visible"])
        worker.main()
    except BaseException as error:
        os.write(2, f"{error}\n".encode())
    finally:
        os._exit(1)


def _leave_namespaces(libc: ctypes.CDLL) -> None:
    """Enter new namespaces, with all capabilities in them, which `worker` gives up, and the same user as before."""
    user, group = os.getuid(), os.getgid()
    checked(libc.unshare(_NAMESPACES))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _mount(libc: ctypes.CDLL, room: dict[str, str], visible: list[str]) -> None:
    """Cover every folder that can be written to, and everything that tells of other processes."""
    python = os.readlink("/proc/self/exe")
    checked(libc.mount(None, b"/", None, _RECURSIVE | _PRIVATE, None))
    covered = [path for path in visible if path.startswith(tuple(f"{folder}/" for folder in room))]
    held = [os.open(path, os.O_PATH) for path in covered]
    for folder, limits in room.items():
        checked(libc.mount(b"tmpfs", folder.encode(), b"tmpfs", _NOSUID | _NODEV, limits.encode()))
    for path, number in zip(covered, held, strict=True):  # Python or the course's package may lie there
        _show_again(libc, path, number)
    still = _NOSUID | _NODEV | _NOEXEC
    checked(libc.mount(b"tmpfs", b"/proc", b"tmpfs", still, b"size=64k,mode=755"))
    os.mkdir("/proc/self")
    os.symlink(python, "/proc/self/exe")
    with open("/proc/self/cmdline", "w") as file:
        file.write("python\0")
    checked(libc.mount(None, b"/proc", None, _REMOUNT | _RDONLY | still, None))


def _show_again(libc: ctypes.CDLL, path: str, number: int) -> None:
    """Put what the open file stands for back to its place in a new folder, read-only as it was."""
    source = f"/proc/self/fd/{number}"
    os.makedirs(path if os.path.isdir(source) else os.path.dirname(path), exist_ok=True)
    if not os.path.isdir(source):
        os.close(os.open(path, os.O_CREAT))
    checked(libc.mount(source.encode(), path.encode(), None, _BIND | _RECURSIVE, None))
    os.close(number)


if __name__ == "__main__":
    main()
