"""The sandbox: what passes, what is refused, what is killed, and that nothing is left."""

import os
import socket
import sys
import tempfile
from pathlib import Path

import numpy as np
import psutil
import pytest
from qta_grade import Refused, doctor, launch, warm
from qta_grade.sandbox import Handle, LimitReached, Limits, NotThere, Sandbox, StudentError, StudentFunction
from qta_grade.values import BadValue

REASONS = doctor.tiers() if sys.platform == "linux" else dict.fromkeys(launch.TIERS, "This is not Linux.")
NUMPY = Limits(tensorflow=False)
QUICK = Limits(cpu_per_cell=0.5, cpu_per_check=0.5, memory_gb=2, tensorflow=False)


def needs(tier):
    return pytest.param(tier, marks=pytest.mark.skipif(bool(REASONS[tier]), reason=REASONS[tier]))


every_tier = pytest.mark.parametrize("tier", [needs(tier) for tier in launch.TIERS])
both_paths = pytest.mark.parametrize("tier", [needs("warm"), needs("bubblewrap")])
pytestmark = pytest.mark.skipif(bool(REASONS["bubblewrap"]), reason=REASONS["bubblewrap"])


@pytest.fixture(scope="module", params=[needs("warm"), needs("bubblewrap")])
def shared(request):
    """One sandbox for all that does no harm to it."""
    with Sandbox(request.param, Limits(memory_gb=2, tensorflow=False)) as sandbox:
        yield sandbox


def error_of(sandbox, source):
    error = sandbox.execute(source, "cell 1").error
    return error and error.kind


def test_values_functions_and_handles(shared):
    source = """
import numpy as np
number, pair = float("nan"), (1, "a")
class Model: pass
model = Model()
def fit(X, rate=1.0): return X * rate, {"loss": [1.0]}
def identity(value): return value
def whose(candidate): return candidate is model
def build(): return model, [1]
"""
    assert shared.execute(source, "cell 1").error is None
    assert np.isnan(shared.value("number"))
    assert shared.value("pair") == (1, "a")
    fit = shared.value("fit")
    assert isinstance(fit, StudentFunction)
    weights, history = fit(np.ones((2, 2)), rate=3.0)
    np.testing.assert_array_equal(weights, np.full((2, 2), 3.0))
    assert history == {"loss": [1.0]}
    model = shared.value("model")
    assert isinstance(model, Handle)
    assert model.type_name == "Model"
    assert shared.call("whose", model) is True
    kept, one = shared.call("build")
    assert (kept.id, one) == (model.id, [1])
    np.testing.assert_array_equal(shared.call("identity", np.arange(1_000_000)[:500_000]), np.arange(500_000))


def test_what_is_not_there_is_said(shared):
    with pytest.raises(NotThere, match="nowhere is not defined"):
        shared.value("nowhere")
    with pytest.raises(NotThere):
        shared.call("nowhere")


def test_what_is_an_array_in_all_but_name_passes_as_one(shared):
    shared.execute("import pandas as pd\ncolumn, texts = pd.Series([1.5, 2]), pd.Series(['a', 'b'])", "cell")
    np.testing.assert_array_equal(shared.value("column"), [1.5, 2])
    assert shared.value("texts").tolist() == ["a", "b"]


def test_an_error_says_its_line(shared):
    error = shared.execute("x = 1\ny = 1 / 0", "cell 7").error
    assert (error.kind, error.text, error.where) == ("ZeroDivisionError", "division by zero", "cell 7, line 2")
    error = shared.execute("x = 1\ny = (", "cell 8").error
    assert (error.kind, error.where) == ("SyntaxError", "cell 8, line 2")
    shared.execute("def broken():\n    return [][1]", "cell 9")
    with pytest.raises(StudentError) as caught:
        shared.call("broken")
    assert (caught.value.kind, caught.value.where) == ("IndexError", "cell 9, line 2")


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("import sys; sys.exit()", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("input()", "EOFError"),
        ("def f(): f()\nf()", "RecursionError"),
        ("x = bytes(3 * 2**30)", "MemoryError"),
        ("class Odd(Exception):\n    def __str__(self): return 1 / 0\nraise Odd", "Odd"),
        ("x = '\x00'", "SyntaxError"),
    ],
)
def test_a_cell_that_fails_harms_nothing_else(shared, source, kind):
    assert error_of(shared, source) == kind
    assert shared.execute("still = 'here'", "next").error is None
    assert shared.value("still") == "here"


def test_messages_are_cut_and_cleaned(shared):
    error = shared.execute("raise ValueError('\\x1b[2J\\ud800' + 'x' * 9999)", "cell").error
    assert error.text.startswith("?[2J?x")
    assert len(error.text) == 500


def test_lines_for_jupyter_are_left_out(shared):
    source = "%matplotlib inline\nif True:\n    !pip install keras\nseen = 'yes'\n1 / 0"
    outcome = shared.execute(source, "cell")
    assert outcome.left_out == ["%matplotlib inline", "!pip install keras"]
    assert outcome.error.where == "cell, line 5"
    assert shared.value("seen") == "yes"
    assert shared.execute("%%bash\nls", "cell").left_out == ["%%bash"]


@pytest.mark.parametrize(
    ("source", "answer", "left_out"),
    [
        ("answer = (7\n% 4)", 3, []),
        ("%pip list\nanswer = (7\n  % 4)", 3, ["%pip list"]),
        ("answer = 3\nanswer.bit_length?", 3, ["answer.bit_length?"]),
        ("answer = 3\n?answer", 3, ["answer?"]),
        ("answer = 3\nanswer??", 3, ["answer??"]),
        ("answer = !ls", [], ["!ls"]),
        ("!!ls\nanswer = 3", 3, ["!ls"]),
        ("!pip install \\\n  keras\nanswer = 3", 3, ["!pip install    keras"]),
        ("answer = 2\n%time answer = 3", 3, []),
        ("answer = %time 1 + 2", 3, []),
        ("answer = %timeit -o sum([1])", None, ["%timeit -o sum([1])"]),
        ("%%time\nanswer = 3", 3, []),
        ("%%capture said\n!ls\nanswer = 3", 3, ["!ls"]),
        ("answer = 3\nget_ipython().run_line_magic('matplotlib', 'inline')", 3, ["%matplotlib inline"]),
        ("answer = 3\nget_ipython().magic('%config Completer.use_jedi = False')", 3, None),
        ("get_ipython().config.InlineBackend.rc = {}\nget_ipython().events.register('a', print)\nanswer = 3", 3, []),
        ("answer = 'google.colab' in str(get_ipython())", False, []),
        ("from IPython import get_ipython as shell\nshell().system('ls')\nanswer = 3", 3, ["!ls"]),
        ("answer = 3\nimport asyncio\nawait asyncio.sleep(0)", 3, ["await asyncio.sleep(0)"]),
        ("async def later():\n    await later()\nanswer = 3", 3, []),
        (">>> answer = 3", 3, []),
        ("from google.colab import drive\ndrive.mount('/content/drive')\nanswer = 3", 3, []),
        ("import google.colab\ngoogle.colab.files.download('x')\nanswer = 3", 3, []),
        ("answer = 1" + " + 1" * 2000, 2001, []),  # deeper than a syntax tree can be
    ],
)
def test_what_jupyter_makes_of_a_line(shared, source, answer, left_out):
    shared.execute("answer = 'none'", "before")
    outcome = shared.execute(source, "cell")
    assert outcome.error is None
    assert shared.value("answer") == answer
    assert left_out is None or outcome.left_out == left_out


def test_a_file_that_a_cell_writes_can_be_imported(shared):
    assert shared.execute("%%writefile helper.py\nthree = 3\n", "cell 1").left_out == []
    shared.execute("%%file -a helper.py\nfour = three + 1", "cell 2")
    shared.execute("from helper import four", "cell 3")
    assert shared.value("four") == 4


def test_lines_keep_their_numbers(shared):
    for source, line in [
        ("%%time\nx = 1\n1 / 0", 3),
        ("%matplotlib\n\n1 / 0", 3),
        ("!ls\nimport os, nobody\n1 / 0", 3),
    ]:
        assert shared.execute(source, "cell").error.where == f"cell, line {line}"


@pytest.mark.parametrize(
    ("source", "missing", "left_out"),
    [
        ("import nobody", ["nobody"], []),
        ("import nobody as n, math\nanswer = math.pi", ["nobody"], []),
        ("import nobody\nnobody.plot()\nanswer = 1", ["nobody"], ["nobody.plot()"]),
        ("from nobody import a, b\nb(1)", ["nobody"], ["b(1)"]),
        ("from nobody import *\nanswer = 1", ["nobody"], []),
        ("import math\nimport math.nobody\nanswer = math.pi", ["math.nobody"], []),
        ("import xml.nobody as n\nn[0]", ["xml.nobody"], ["n[0]"]),
        ("from .nobody import a", [".nobody.a"], []),
        ("def f():\n    import nobody\n    return 1\nanswer = f()", ["nobody"], []),
        ("try:\n    import nobody\nexcept ImportError:\n    answer = 1", [], []),
        ("try:\n    import nobody\nexcept ImportError:\n    import nobody_either", ["nobody_either"], []),
        ("from __future__ import annotations\nimport nobody", ["nobody"], []),
        (
            "import nobody\nfor x in nobody: pass\nfor x in [1]:\n    nobody.f(x)",
            ["nobody"],
            ["for x in nobody: pass", "nobody.f(x)"],
        ),
        ("import nobody\n@nobody.fast\ndef f(): ...\n\n@nobody.fast\ndef g(): ...", ["nobody"], ["@nobody.fast"] * 2),
    ],
)
def test_an_import_fails_alone(shared, source, missing, left_out):
    outcome = shared.execute(source, "cell")
    assert (outcome.error, outcome.missing, outcome.left_out) == (None, missing, left_out)


def test_a_function_that_needs_a_missing_module_says_so(shared):
    shared.execute("import nobody\n\ndef f():\n    return nobody.mean()", "cell")
    with pytest.raises(StudentError) as caught:
        shared.call("f")
    assert str(caught.value) == "ModuleNotFoundError: nobody is not there where your work is graded: do without it"


def test_printing_showing_and_threads_disturb_nothing(shared):
    source = """
import os, sys, threading
os.write(1, b'{"id": 1}\\n' * 100_000); os.write(2, b'x' * 100_000)
print("x" * 100_000); display("x", raw=True)
thread = threading.Thread(target=lambda: globals().update(made=5)); thread.start(); thread.join()
"""
    assert shared.execute(source, "cell").error is None
    assert shared.value("made") == 5


def test_seeds_are_set_before_each_cell(shared):
    source = "import random, numpy as np\ndrawn = [random.random(), float(np.random.rand())]"
    drawn = []
    for _ in range(2):
        shared.execute(source, "cell")
        drawn.append(shared.value("drawn"))
    assert drawn[0] == drawn[1]


def test_a_large_value_is_refused_and_the_sandbox_lives(shared):
    shared.execute("import numpy as np\nlarge, many = np.zeros(1_000_001), [0] * 1_000_001", "cell")
    for name in ("large", "many"):
        with pytest.raises(BadValue):
            shared.value(name)
    assert shared.alive


SHUT = [
    ("import socket; socket.socket()", "PermissionError"),
    ("import socket; socket.socketpair()", "PermissionError"),
    ("import os; os.fork()", "PermissionError"),
    ("import subprocess; subprocess.run(['/usr/bin/true'])", "PermissionError"),
    ("import os; os.execv('/usr/bin/true', ['true'])", "PermissionError"),
    ("import os; os.posix_spawn('/usr/bin/true', ['true'], {})", "PermissionError"),
    ("import os; os.sched_setaffinity(0, range(64))", "PermissionError"),
    ("import os; os.kill(os.getppid(), 9)", "PermissionError"),
    ("import os; os.memfd_create('x')", "PermissionError"),
]
SHUT_FILES = [
    ("open('/usr/x', 'w')", "OSError"),
    ("open('/x', 'w')", "OSError"),
    ("open('/dev/x', 'w')", "OSError"),
    ("open('/proc/sys/kernel/core_pattern', 'r+')", "OSError"),
    ("open('/proc/1/mem', 'r+b')", "OSError"),
]


@every_tier
def test_no_network_and_no_process(tier, innermost):
    with Sandbox(tier, NUMPY) as sandbox:
        for source, kind in SHUT:
            assert error_of(sandbox, source) == kind, source
        worker = innermost(psutil.Process())
        lines = Path(f"/proc/{worker.pid}/status").read_text().splitlines()  # of the host: nobody can forge it there
        status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        assert int(status["CapEff"], 16) == int(status["CapPrm"], 16) == 0
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2")


@pytest.mark.parametrize("tier", [needs("warm"), needs("bubblewrap"), needs("namespaces")])
def test_files_can_be_written_in_one_place_only(tier):
    with Sandbox(tier, NUMPY) as sandbox:
        for source, kind in SHUT_FILES:
            absent = "FileNotFoundError" if tier == "warm" and "/proc/" in source else None
            assert error_of(sandbox, source) in (kind, "PermissionError", absent), source
        source = "import os, tempfile\nfolder = tempfile.gettempdir()\nopen(folder + '/x', 'w').write('x')"
        assert error_of(sandbox, source) is None
        assert not (Path(sandbox.value("folder")) / "x").exists()
        full = "with open(folder + '/full', 'wb') as file:\n    for _ in range(300): file.write(bytes(2**20))"
        assert error_of(sandbox, full) == "OSError"


def test_the_instructors_files_are_out_of_sight(shared):
    mark = f"qta-canary-{os.getpid()}"
    instructor = Path(launch.__file__).parents[1]
    canaries = [folder / mark for folder in (instructor, Path.home(), Path(tempfile.gettempdir()))]
    try:
        for canary in canaries:
            canary.write_text(mark)
        source = f"""
import os
skip = ("/proc", "/usr", "/dev")
found = []
for folder, folders, names in os.walk("/"):
    folders[:] = [name for name in folders if os.path.join(folder, name) not in skip and name != "site-packages"]
    found += [os.path.join(folder, name) for name in names if name == {mark!r}]
openable = [path for path in {[str(instructor), *map(str, canaries)]!r} if os.path.exists(path)]
arguments = ""
for name in ("cmdline", "environ"):
    if os.path.exists('/proc/1/' + name):
        arguments += open('/proc/1/' + name).read()
"""
        assert shared.execute(source, "cell").error is None
    finally:
        for canary in canaries:
            canary.unlink(missing_ok=True)
    assert shared.value("found") == []
    assert shared.value("openable") == []
    assert str(instructor) not in shared.value("arguments")


@both_paths
def test_the_host_does_not_lend_its_environment(tier, monkeypatch):
    monkeypatch.setenv("QTA_SECRET", "a secret")
    warm.end()  # so that one is prepared with it
    with Sandbox(tier, NUMPY) as sandbox:
        sandbox.execute("import os\nnames = sorted(os.environ)", "cell")
        assert "QTA_SECRET" not in sandbox.value("names")


def test_a_python_among_the_instructors_files_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "prefix", str(Path(launch.__file__).parents[2]))
    with pytest.raises(Refused, match="virtual environment"):
        Sandbox("bubblewrap")


@pytest.fixture
def nothing_left(monkeypatch, tmp_path):
    """Check that no process and no folder outlives the test."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # a grader may be at work beside the tests
    if not REASONS["warm"]:
        Sandbox("warm", QUICK).close()  # a prepared process is to outlive its submissions
    before = set(psutil.Process().children(recursive=True))
    yield
    assert set(psutil.Process().children(recursive=True)) <= before
    assert list(tmp_path.iterdir()) == []


FIND_REPLIES = """
import gc, io, os
out = next(o for o in gc.get_objects() if isinstance(o, io.BufferedWriter) and o.fileno() > 2)
"""
DEADLY = {
    "a loop": ("while True: pass", "cpu"),
    "loops in threads": (
        "import threading\ndef spin():\n    while True: pass\n"
        "for _ in range(20): threading.Thread(target=spin).start()\nspin()",
        "cpu",
    ),
    "an exit": ("import os; os._exit(0)", "died"),
    "a crash": ("import ctypes; ctypes.string_at(0)", "died"),
    "closed lines": ("import os; os.closerange(0, 100)", "died"),
    "an endless reply": (FIND_REPLIES + "while True: os.write(out.fileno(), b'x' * 65536)", "reply"),
    "a wrong number": (FIND_REPLIES + "os.write(out.fileno(), b'{\"id\": 99}\\n')", "reply"),
    "no JSON": (FIND_REPLIES + "os.write(out.fileno(), b'\\xff\\n')", "reply"),
    "deep JSON": (FIND_REPLIES + "os.write(out.fileno(), b'[' * 900_000 + b'\\n')", "reply"),
    "a long int": (FIND_REPLIES + "os.write(out.fileno(), b'9' * 900_000 + b'\\n')", "reply"),
    "many lists": (FIND_REPLIES + "os.write(out.fileno(), b'[' + b'[],' * 1_500_000 + b'1]\\n')", "reply"),
}


@both_paths
@pytest.mark.parametrize(("source", "what"), DEADLY.values(), ids=DEADLY)
@pytest.mark.usefixtures("nothing_left")
def test_what_goes_too_far_is_killed(source, what, tier):
    with Sandbox(tier, QUICK) as sandbox:
        with pytest.raises(LimitReached) as caught:
            sandbox.execute(source, "cell 1")
        assert caught.value.what == what
        assert not sandbox.alive
        assert sandbox.cpu_seconds < 1.5
        with pytest.raises(LimitReached):
            sandbox.value("x")


@every_tier
@pytest.mark.usefixtures("nothing_left")
def test_a_killed_sandbox_leaves_nothing(tier):
    with Sandbox(tier, QUICK) as sandbox, pytest.raises(LimitReached):
        sandbox.execute("while True: pass", "cell 1")


@every_tier
@pytest.mark.usefixtures("nothing_left")
def test_a_closed_sandbox_leaves_nothing(tier):
    sandbox = Sandbox(tier, NUMPY)
    sandbox.execute("import os, tempfile\nopen(tempfile.gettempdir() + '/x', 'w').write('x')", "cell 1")
    sandbox.close()
    sandbox.close()
    assert not sandbox.alive


@both_paths
@pytest.mark.usefixtures("nothing_left")
def test_sleeping_ends_at_the_limit_of_wall_time(tier):
    with (
        Sandbox(tier, Limits(cpu_per_cell=0.1, tensorflow=False)) as sandbox,
        pytest.raises(LimitReached, match="wall"),
    ):
        sandbox.execute("import time; time.sleep(600)", "cell 1")


@both_paths
def test_the_calls_of_a_check_share_its_time(tier):
    with Sandbox(tier, Limits(cpu_per_check=0.2, tensorflow=False)) as sandbox:
        sandbox.execute("import time\ndef sleep(): time.sleep(4)", "cell 1")
        sandbox.start_check()
        sandbox.call("sleep")
        with pytest.raises(LimitReached, match="wall"):  # at six seconds
            sandbox.call("sleep")


THREADS = """
import threading, time
for _ in range(5000): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
"""
FILES = """
for number in range(200_000): open(f"{folder}/{number}", "w").close()
"""


def ends(tier, source):
    """Return how the kernel, or else the grader, ended a cell."""
    with Sandbox(tier, Limits(tensorflow=False)) as sandbox:
        try:
            return sandbox.execute(source, "cell 1").error.kind
        except LimitReached as reached:
            return reached.what


@every_tier
@pytest.mark.usefixtures("nothing_left")
def test_threads_are_bounded(tier):
    assert ends(tier, f"import threading\nthreading.stack_size(65536)\n{THREADS}") in ("RuntimeError", "threads")


@pytest.mark.parametrize("folder", launch.ROOM)
@both_paths
@pytest.mark.usefixtures("nothing_left")
def test_files_are_bounded(tier, folder):
    assert ends(tier, f"folder = {folder!r}\n{FILES}") == {"warm": "OSError", "bubblewrap": "files"}[tier]


@pytest.mark.parametrize("tier", [needs("namespaces")])
@pytest.mark.usefixtures("nothing_left")
def test_files_are_bounded_in_namespaces_alone(tier):
    assert ends(tier, f"import os\nfolder = os.getcwd()\n{FILES}") == "OSError"


WATCH = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
made = [getattr(libc, name)(*given) for name, given in
        {"inotify_init": (), "inotify_init1": (0,), "fanotify_init": (0x200, 0)}.items()]
numbers = {"x86_64": 206, "aarch64": 0}
made.append(libc.syscall(numbers[platform.machine()], 1, ctypes.byref(ctypes.c_ulong(0))))
"""


@every_tier
def test_what_is_counted_for_the_whole_account_is_denied(tier):
    with Sandbox(tier, NUMPY) as sandbox:
        assert sandbox.execute(WATCH, "cell 1").error is None
        assert sandbox.value("made") == [-1, -1, -1, -1]


@both_paths
def test_the_calls_of_a_check_share_its_limit(tier):
    source = "import time\ndef work():\n    end = time.process_time() + 0.3\n    while time.process_time() < end: pass"
    with Sandbox(tier, QUICK) as sandbox:
        sandbox.execute(source, "cell 1")
        for _ in range(2):
            sandbox.call("work")
        sandbox.start_check()
        sandbox.call("work")
        with pytest.raises(LimitReached, match="cpu"):
            sandbox.call("work")


@both_paths
def test_a_forged_reply_is_only_an_answer(tier):
    reply = b'{"id": 3, "value": {"array": ["|O", [1], "AAAA"]}}\\n'
    with Sandbox(tier, QUICK) as sandbox:
        sandbox.execute(
            FIND_REPLIES + f"def forge(): os.write(out.fileno(), {reply!r})".replace("\\\\n", "\\n"), "cell"
        )
        with pytest.raises(BadValue, match="no known type"):
            sandbox.call("forge")
        with pytest.raises(LimitReached, match="reply"):  # the true answer comes when nobody asks for it any more
            sandbox.value("x")


@both_paths
def test_the_host_can_not_be_reached(tier):
    with socket.create_server(("127.0.0.1", 0)) as server, Sandbox(tier, NUMPY) as sandbox:
        source = f"import socket; socket.create_connection(('127.0.0.1', {server.getsockname()[1]}), 1)"
        assert error_of(sandbox, source) == "PermissionError"


@both_paths
def test_keras_trains_and_the_model_stays_inside(tier):
    source = """
import numpy as np, keras, matplotlib.pyplot as plt, sklearn.linear_model
from qta_keras import data
X = np.random.rand(64, 3)
model = keras.Sequential([keras.layers.Dense(1)])
model.compile(loss="mse")
history = model.fit(X, X.sum(axis=1), epochs=2, verbose=1).history
plt.plot(history["loss"]); plt.show()
sklearn.linear_model.LogisticRegression().fit(X, X[:, 0] > 0.5)
def predict(model, X): return model(X)
"""
    with Sandbox(tier) as sandbox:
        assert sandbox.execute(source, "cell 1").error is None
        model = sandbox.value("model")
        assert sandbox.value("history")["loss"][1] > 0
        assert sandbox.call("predict", model, np.ones((2, 3))).shape == (2, 1)
        assert sandbox.cpu_seconds < 20


@pytest.mark.parametrize("tier", [needs("bubblewrap")])
def test_python_may_be_called_by_a_way_round(tier, monkeypatch):
    """As in ``../.venv/bin/python -m qta_grade``: the sandbox does not have the folder that the way goes through."""
    python = Path(sys.executable)
    monkeypatch.setattr(sys, "executable", str(Path(__file__).parent / os.path.relpath(python, Path(__file__).parent)))
    with Sandbox(tier, QUICK) as sandbox:
        assert sandbox.execute("number = 2", "cell 1").error is None
        assert sandbox.value("number") == 2
