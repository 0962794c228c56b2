"""The warm sandboxes: one prepared process, and many submissions that know nothing of each other."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from qta_grade import NotStarted, doctor, launch, warm
from qta_grade.sandbox import LimitReached, Limits, Sandbox

REASON = doctor.tiers()["warm"] if sys.platform == "linux" else "This is not Linux."
pytestmark = pytest.mark.skipif(bool(REASON), reason=REASON)
NUMPY = Limits(cpu_per_cell=2, cpu_per_check=2, memory_gb=2, tensorflow=False)
ZYGOTE = Path(launch.__file__).with_name("zygote.py")


@pytest.fixture(autouse=True, scope="module")
def alone():
    """No other test has left a prepared process."""
    warm.end()


def run(source):
    """Run a cell in a sandbox of its own; return what it called `seen`."""
    with Sandbox("warm", NUMPY) as sandbox:
        outcome = sandbox.execute(source, "cell 1")
        assert outcome.error is None, outcome.error
        return sandbox.value("seen")


def prepared():
    """The prepared process, seen from outside: the inner one of two, bubblewrap and itself, while nothing is graded."""
    Sandbox("warm", NUMPY).close()
    (_, inner) = [
        child for child in psutil.Process().children(recursive=True) if "/grader/zygote.py" in child.cmdline()
    ]
    return inner


def test_the_same_process_serves_all():
    before = prepared()
    for number in range(3):
        assert run(f"seen = {number} ** 2") == number**2
    assert prepared() == before


def test_a_submission_finds_nothing_of_the_one_before():
    spoil = """
import builtins, math, os, random, sys, numpy
for folder in ("/tmp", "/home", "/dev/shm"):
    open(folder + "/left", "w").write("here")
builtins.sum = numpy.mean = math.sqrt = None
builtins.left = numpy.left = 7
numpy.random.seed(5); random.seed(5)
os.environ["LEFT"] = "here"; os.chdir("/home"); os.umask(0); sys.path.insert(0, "/left"); sys.setrecursionlimit(50)
seen = 1
"""
    look = """
import builtins, math, os, sys, numpy
seen = [os.path.exists(folder + "/left") for folder in ("/tmp", "/home", "/dev/shm")]
seen += [sum([1, 2]), float(numpy.mean([1, 2])), math.sqrt(4), hasattr(builtins, "left"), hasattr(numpy, "left")]
seen += ["LEFT" in os.environ, os.getcwd(), "/left" in sys.path, sys.getrecursionlimit() > 50]
seen += [os.getpid(), os.getppid(), numpy.random.rand()]
"""
    fresh = run(look)
    assert fresh[:8] == [False, False, False, 3, 1.5, 2.0, False, False]
    assert fresh[8:14] == [False, "/tmp", False, True, 1, 0]
    run(spoil)
    assert run(look) == fresh


def test_a_start_that_fails_leaves_nothing_open(monkeypatch):
    before = prepared()
    opened = len(os.listdir("/proc/self/fd"))
    left = [os.pipe] * 2  # so many pipes are to be had

    def pipe():
        if not left:
            raise OSError(24, "Too many open files")
        return left.pop()()

    with monkeypatch.context() as patch:
        patch.setattr(os, "pipe", pipe)
        with pytest.raises(NotStarted, match="Too many open files"):
            Sandbox("warm", NUMPY)
    assert len(os.listdir("/proc/self/fd")) == opened
    assert prepared() == before


def test_it_has_no_open_files_but_its_own():
    opened = """
import os
seen = []
for number in range(256):
    try: os.fstat(number)
    except OSError: continue
    seen.append(number)
"""
    found = run(opened)
    with Sandbox("bubblewrap", NUMPY) as sandbox:
        sandbox.execute(opened, "cell 1")
        assert found == sandbox.value("seen")
    assert len(found) == 5  # three empty devices, requests and answers


def test_it_sees_no_process_and_shares_no_namespace(innermost):
    assert run("import os\nseen = [os.listdir('/proc'), sorted(os.listdir('/proc/self'))]") == [
        ["self"],
        ["cmdline", "exe"],
    ]
    write = "import os\ntry: open('/proc/self/left', 'w')\nexcept OSError as error: seen = os.strerror(error.errno)"
    assert run(write) == "Read-only file system"
    outer = prepared()
    with Sandbox("warm", NUMPY):
        fork = innermost(outer)
        for name in ("user", "pid", "mnt", "net", "ipc", "uts", "cgroup"):
            namespaces = [os.readlink(f"/proc/{process.pid}/ns/{name}") for process in (outer, fork)]
            assert namespaces[0] != namespaces[1], name


@pytest.mark.parametrize("kind", ["warm", "bubblewrap"])
def test_a_course_in_a_folder_that_submissions_get_anew_is_found(kind, tmp_path):
    repository = Path(launch.__file__).parents[2]
    shutil.copytree(repository / "qta_keras", tmp_path / "qta_keras")
    (tmp_path / "data").mkdir()
    for table in (repository / "data").glob("*.csv"):
        shutil.copy(table, tmp_path / "data")
    look = """
import os, qta_keras
from qta_keras import data
folder = os.path.dirname(os.path.dirname(qta_keras.__file__))
tables = [len(data.load_sotu_addresses()), len(data.load_sotu())]
seen = [folder, *tables, sorted(os.listdir(folder)), os.access(folder + "/qta_keras", os.W_OK)]
"""
    grade = f"""
from qta_grade.sandbox import Limits, Sandbox
with Sandbox({kind!r}, Limits(tensorflow=False)) as sandbox:
    print(sandbox.execute({look!r}, "cell 1").error, sandbox.value("seen"))
"""
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{repository / 'instructor'}"}
    command = [sys.executable, "-c", grade]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"None {[str(tmp_path), 237, 237, ['data', 'qta_keras'], False]}"


@pytest.mark.parametrize("call", ["unmount", "mount", "remount", "unshare", "setns"])
def test_what_shuts_it_in_cannot_be_undone(call):
    source = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
calls = {
    "unmount": lambda: libc.umount2(b"/tmp", 2),
    "mount": lambda: libc.mount(b"proc", b"/tmp", b"proc", 0, None),
    "remount": lambda: libc.mount(None, b"/", None, 32 | 4096, None),
    "unshare": lambda: libc.unshare(0x10000000),
    "setns": lambda: libc.setns(0, 0),
}
seen = [calls["$CALL"](), os.strerror(ctypes.get_errno())]
""".replace("$CALL", call)
    assert run(source) == [-1, "Operation not permitted"]


def test_a_prepared_process_that_ends_costs_nobody_points():
    outer = prepared()
    sandbox = Sandbox("warm", NUMPY)
    forked = outer.children(recursive=True)
    outer.kill()
    assert psutil.wait_procs(forked, timeout=10)[1] == []
    with pytest.raises(ChildProcessError, match="out of memory"):
        sandbox.execute("seen = 1", "cell 1")
    sandbox.close()
    assert run("seen = 2") == 2
    assert prepared() != outer


def test_ended_it_leaves_nothing():
    others = set(psutil.Process().children(recursive=True))
    outer = prepared()
    warm.end()
    assert not outer.is_running()
    assert set(psutil.Process().children(recursive=True)) <= others


def test_when_the_grader_is_killed_everything_ends():
    source = """
import sys
from qta_grade.sandbox import Limits, Sandbox
sandbox = Sandbox("warm", Limits(cpu_per_cell=60, tensorflow=False))
print("ready", flush=True)
sandbox.execute("while True: pass", "cell 1")
"""
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE) as grader:
        assert grader.stdout.readline() == b"ready\n"
        family = psutil.Process(grader.pid).children(recursive=True)
        assert len(family) == 4  # bubblewrap, the prepared process, and the fork's two
        grader.send_signal(signal.SIGKILL)
    assert psutil.wait_procs(family, timeout=10)[1] == []


def test_a_thread_that_an_import_starts_is_refused(tmp_path):
    (tmp_path / "restless.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(9,)).start()"
    )
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.send(json.dumps({"paths": [str(tmp_path)], "hidden": [], "imports": ["restless"]}).encode())
    with ours, theirs:
        command = [sys.executable, "-I", "-B", ZYGOTE]
        with subprocess.Popen(command, stdin=theirs, stderr=subprocess.PIPE, text=True) as process:
            theirs.close()
            said = process.stderr.readline()
            process.kill()  # first: one that goes on would be waited for
        assert "an import has started a thread" in said


def test_limits_are_counted_per_submission():
    spend = "import time\nwhile time.process_time() < 1.2: pass\nseen = time.process_time()"
    for _ in range(2):  # of two seconds
        assert run(spend) >= 1.2
    with Sandbox("warm", Limits(cpu_per_cell=0.3, tensorflow=False)) as sandbox:
        with pytest.raises(LimitReached, match="cpu"):
            sandbox.execute("while True: pass", "cell 1")
        assert 0.3 <= sandbox.cpu_seconds < 1
