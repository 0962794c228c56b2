"""A class graded on a Dask cluster in this process, with a stand-in for the grader of one submission."""

import contextlib
import gc
import json
import os
import signal
import socket
import sys
import threading
import time
from concurrent.futures import CancelledError
from types import SimpleNamespace

import pytest
from qta_grade import NotStarted, Refused, __main__, cluster, doctor, on_worker
from qta_grade.__main__ import main
from qta_grade.batch import Run
from qta_grade.checks import CheckResult
from qta_grade.class_run import grade_class
from qta_grade.cluster import connected
from qta_grade.specification import Check, Question, Specification
from qta_grade.submission import SubmissionResult

SECRET = b"0123456789abcdef"
SPECIFICATION = Specification(
    name="hw",
    title="Homework é",
    cpu_per_cell=1,
    cpu_per_check=1,
    memory_gb=1,
    tensorflow=False,
    questions=[Question("q1", 3, "One")],
    checks=[Check("q1.check_a", "check_a", "q1", "hidden", 3, "no", "def check_a(): pass")],
    reference=[],
    template=[],
)


class Grader:
    """Gives points for "good"; a notebook with "fault" in it fails, one with "once" in it only the first time."""

    def __init__(self):
        self.calls, self.go_on = [], threading.Event()

    def __call__(self, specification, notebook, student, secret, tier):
        assert (specification, secret, tier) == (SPECIFICATION, SECRET, "bubblewrap")
        self.calls.append(student)
        if b"fault" in notebook or (b"once" in notebook and self.calls.count(student) == 1):
            raise RuntimeError("broken grader")
        if b"wait" in notebook:
            self.go_on.wait(30)
        if b"unlucky" in notebook:
            raise NotStarted("No sandbox can be started.")
        if b"refuse" in notebook:
            raise Refused("No sandbox can be started.")
        check = CheckResult("q1.check_a", "q1", "hidden", 3, 3 * (b"good" in notebook), "non: é")
        return SubmissionResult(student, "0" * 64, check.points, 3, [check], cpu_seconds=0.1 + 0.2)


@pytest.fixture(scope="module")
def distributed():
    """Dask's part for clusters; it's an optional one."""
    if os.environ.get("CI"):
        import distributed

        return distributed
    return pytest.importorskip("distributed", reason="No 'distributed' here: pip install './instructor[cluster]'")


@pytest.fixture(scope="module")
def dask(distributed):
    """Two workers."""
    with local_cluster(distributed, 2) as local:
        yield local


@pytest.fixture
def grader(monkeypatch):
    grader = Grader()
    monkeypatch.setattr(on_worker, "grade_submission", grader)
    monkeypatch.setattr(on_worker, "limit_memory_once", lambda: None)  # it would hold for all later tests
    monkeypatch.setattr(doctor, "choose", lambda asked, tensorflow: asked or "bubblewrap")
    yield grader
    grader.go_on.set()


@pytest.fixture
def place(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name, content in {"ann": b"good", "bo": b"poor", "zoë": b"good"}.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    return folder


def local_cluster(distributed, n_workers):
    settings = {"threads_per_worker": 1, "processes": False, "protocol": "tcp://", "dashboard_address": ":0"}
    return distributed.LocalCluster(n_workers=n_workers, host="127.0.0.1", **settings)


def wait_for(condition):
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def on(workers):
    return Run(SPECIFICATION, "d1", SECRET, workers.tier, workers.grade, workers.jobs, workers.end)


def test_same_files_as_here(dask, grader, place, tmp_path):
    here = Run(SPECIFICATION, "d1", SECRET, "bubblewrap", grader, 2)
    assert grade_class(here, place, tmp_path / "here")
    with connected(dask.scheduler_address) as workers:
        assert workers.tier == "bubblewrap"
        assert workers.jobs > 2  # threads
        assert grade_class(on(workers), place, tmp_path / "there")
        assert workers.begun_again() == 0
    assert sorted(grader.calls) == sorted(2 * ["ann", "bo", "zoë"])
    for name in ["scores.csv", "report.json", "results/ann.json", "feedback/ann.html"]:
        assert (tmp_path / "there" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()


def test_id_of_a_broken_archive(dask, grader):
    with connected(dask.scheduler_address) as workers:
        result = workers.grade(SPECIFICATION, b"good", "s\udcff'", SECRET, "bubblewrap")
    assert result == grader(SPECIFICATION, b"good", "s\udcff'", SECRET, "bubblewrap")


def test_failure_is_tried_again_and_costs_no_score(dask, grader, place, tmp_path, capsys):
    (place / "ann.ipynb").write_bytes(b"good once")
    (place / "bo.ipynb").write_bytes(b"fault")
    with connected(dask.scheduler_address) as workers:
        assert not grade_class(on(workers), place, tmp_path / "out")
        assert workers.begun_again() == 1 + cluster.RETRIES
    assert grader.calls.count("bo") == 1 + cluster.RETRIES
    students = json.loads((tmp_path / "out/report.json").read_text("utf-8"))["students"]
    assert [(student["id"], student["graded"], student["score"]) for student in students] == [
        ("ann", True, 3),
        ("bo", False, None),
        ("zoë", True, 3),
    ]
    assert students[1]["notes"] == ["The grader itself failed here (RuntimeError: broken grader)."]
    assert SECRET.decode() not in "".join(capsys.readouterr())


def test_a_start_that_fails_on_a_worker_is_nobody_else_s(dask, grader, place, tmp_path, monkeypatch):
    monkeypatch.setattr("qta_grade.batch.PAUSE", 0)
    (place / "bo.ipynb").write_bytes(b"unlucky")
    with connected(dask.scheduler_address) as workers:
        assert not grade_class(on(workers), place, tmp_path / "out")
    students = json.loads((tmp_path / "out/report.json").read_text("utf-8"))["students"]
    assert [student["graded"] for student in students] == [True, False, True]
    assert students[1]["notes"] == [
        "Its sandbox did not start, at a second try either. No sandbox can be started.",
    ]


def test_refusal_on_a_worker_names_it(dask, grader, place, tmp_path):
    (place / "bo.ipynb").write_bytes(b"refuse")
    with (
        connected(dask.scheduler_address) as workers,
        pytest.raises(Refused, match=r"The worker tcp://127\.0\.0\.1:\d+ cannot grade\. No sandbox"),
    ):
        grade_class(on(workers), place, tmp_path / "out")


def test_worker_that_joins_later_is_not_trusted(dask, grader, monkeypatch):
    with connected(dask.scheduler_address) as workers:
        other = {**on_worker.installation(), "numpy": "0.9"}
        monkeypatch.setattr(on_worker, "installed", lambda: json.dumps(other))  # what is sent with the task
        with pytest.raises(Refused, match=r"The worker tcp://.* has numpy .* and this machine 0\.9"):
            workers.grade(SPECIFICATION, b"good", "ann", SECRET, "bubblewrap")
    assert grader.calls == []


@pytest.fixture
def begun(place, tmp_path):
    """Return a function that grades ann, then has others handed in for which the grader waits."""

    def begin(workers, *others):
        for path in place.iterdir():
            if path.stem != "ann":
                path.unlink()
        grade_class(on(workers), place, tmp_path / "out")
        for name in others:
            (place / f"{name}.ipynb").write_bytes(b"wait")
        (tmp_path / "out" / "scores.csv").unlink()

    yield begin
    assert [path.name for path in (tmp_path / "out" / "results").iterdir()] == ["ann.json"]
    assert not (tmp_path / "out" / "scores.csv").exists()


def when(condition, action):
    def wait():
        wait_for(condition)
        action()

    threading.Thread(target=wait).start()


def test_interrupt_takes_the_tasks_back_and_keeps_the_results(dask, grader, begun, place, tmp_path):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    with connected(dask.scheduler_address) as workers:
        begun(workers, "bo", "cy", "di")
        main_thread = threading.main_thread().ident
        when(lambda: len(grader.calls) == 3, lambda: signal.pthread_kill(main_thread, signal.SIGINT))
        with pytest.raises(KeyboardInterrupt):
            grade_class(on(workers), place, tmp_path / "out")
    signal.signal(signal.SIGINT, before)
    assert not grader.go_on.is_set()  # nobody waited for what the two workers had begun
    wait_for(lambda: known(dask) == 2)
    grader.go_on.set()
    wait_for(lambda: known(dask) == 0)
    assert len(grader.calls) == 3  # and the last one never began


def known(dask):
    return sum(len(worker.state.tasks) for worker in dask.workers.values())


def test_scheduler_without_workers(distributed, grader):
    with local_cluster(distributed, 0) as lonely:
        address = lonely.scheduler_address
        with pytest.raises(Refused, match=f"{address} has no worker: 'dask worker {address}'"), connected(address):
            pass


def test_no_scheduler_is_a_sentence(distributed, monkeypatch):
    monkeypatch.setattr(cluster, "CONNECT_SECONDS", 1)
    with socket.create_server(("127.0.0.1", 0)) as silent, socket.create_server(("127.0.0.1", 0)) as closed:
        addresses = [f"127.0.0.1:{silent.getsockname()[1]}", f"tcp://127.0.0.1:{closed.getsockname()[1]}"]
        closed.close()
        for address in [*addresses, "http://x", "", "tls://127.0.0.1:1"]:
            with pytest.raises(Refused, match="No Dask scheduler answers at"), connected(address):
                pass
    # Dask closes such a client when it is collected; in the midst of a cluster's start that would wait for ever.
    gc.collect()


def test_unsafe_kind_is_refused(distributed):
    with pytest.raises(Refused, match="every worker of the cluster"), connected("tcp://127.0.0.1:1", "limits"):
        pass


def test_dask_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    says = r"distributed is not installed: pip install './instructor\[cluster\]'"
    with pytest.raises(Refused, match=says), connected("tcp://127.0.0.1:1"):
        pass


class Asked:
    """A client whose workers say what the test wants, and a task ends with `error`."""

    status, error = "running", None

    def __init__(self, workers, scheduler=None):
        self.workers, self.scheduler = workers, scheduler or on_worker.installation()

    def nthreads(self):
        return dict.fromkeys(self.workers, 1)

    def run_on_scheduler(self, function):
        return json.dumps(self.scheduler)

    def run(self, function, *arguments, on_error):
        kind = "installed" if function is on_worker.installed else "chosen"
        return {name: answer[kind] for name, answer in self.workers.items()}

    def close(self, timeout):
        pass

    def cancel(self, futures):
        pass

    def submit(self, *_, **__):
        raise self.error


def worker(tier="bubblewrap", **changes):
    return {"installed": json.dumps({**on_worker.installation(), **changes}), "chosen": json.dumps({"tier": tier})}


@pytest.mark.parametrize(
    ("workers", "says"),
    [
        ({"a": worker(), "b": worker(numpy="1.0")}, r"The worker b has numpy 1\.0, and this machine \d"),
        ({"a": worker(tensorflow=None)}, "The worker a has tensorflow none, and this machine"),
        ({"a": worker(**{"qta-keras": "0.0.1"})}, r"The worker a has qta-keras 0\.0\.1"),
        ({"a": worker(**{on_worker.CODE: "abc"})}, "The worker a has code of the course"),
        ({"a": {"installed": ModuleNotFoundError("No module named 'qta_grade'")}}, "a has no such qta-grade"),
        ({"a": worker(), "b": worker("namespaces")}, "worker a has bubblewrap, The worker b has namespaces.*--tier"),
        ({"a": worker() | {"chosen": json.dumps({"refused": "No bwrap."})}}, r"a cannot grade\. No bwrap\."),
    ],
)
def test_workers_have_to_agree(distributed, monkeypatch, workers, says):
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: Asked(workers))
    with pytest.raises(Refused, match=says), connected("tcp://127.0.0.1:1"):
        pass


def test_scheduler_has_to_agree(distributed, monkeypatch):
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: Asked({"a": worker()}, {"python": "2.7"}))
    with (
        pytest.raises(Refused, match=r"The scheduler tcp://127\.0\.0\.1:1 has python 2\.7"),
        connected("tcp://127.0.0.1:1"),
    ):
        pass


def test_a_lost_scheduler_ends_the_run_and_lost_workers_cost_one_result(distributed, monkeypatch, place, tmp_path):
    client = Asked({"a": worker()})
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: client)
    with connected("tcp://127.0.0.1:1") as workers:
        client.error = distributed.KilledWorker("grade-1", SimpleNamespace(address="tcp://a:1"), 4)
        assert not grade_class(on(workers), place, tmp_path / "out")
        scores = (tmp_path / "out" / "scores.csv").read_text("utf-8-sig").splitlines()
        assert scores[1].startswith('ann,,,3,,"The grader itself failed here (KilledWorker: ')
        client.error = CancelledError()
        with pytest.raises(Refused, match=r"scheduler is gone\. All results so far are kept"):
            grade_class(on(workers), place, tmp_path / "out")
        client.status, client.error = "connecting", Exception("Tried to send")
        with pytest.raises(Refused, match="scheduler is gone"):
            grade_class(on(workers), place, tmp_path / "out")


def test_command(monkeypatch, tmp_path, place, capsys):
    """The command line passes on what it was given, and what the cluster says."""
    grader = Grader()
    workers = SimpleNamespace(tier="bubblewrap", jobs=3, grade=grader, end=None, begun_again=lambda: 2)
    given = []

    @contextlib.contextmanager
    def stand_in(*what):
        given.append(what)
        yield workers

    monkeypatch.setattr(cluster, "connected", stand_in)
    monkeypatch.setattr(__main__, "ROOT", tmp_path)
    (tmp_path / "specifications").mkdir()
    (tmp_path / "specifications" / "hw.json").write_text(SPECIFICATION.to_json(), encoding="utf-8")
    (tmp_path / "key").write_bytes(SECRET)
    command = ["grade", "hw", place, "-o", tmp_path / "out", "--secret", tmp_path / "key", "--scheduler", "x:1"]
    command = [str(part) for part in command]
    assert main([*command, "--jobs", "2"]) == 2
    assert "--jobs 2 is for this machine" in capsys.readouterr().err
    assert main([*command, "--tier", "bubblewrap"]) == 0
    assert given == [("x:1", "bubblewrap", False)]
    assert len(grader.calls) == 3
    assert "2 times a submission was begun again" in capsys.readouterr().out


def test_each_worker_has_a_core_of_its_own():
    cores = os.sched_getaffinity(0)
    with on_worker.own_core(), contextlib.ExitStack() as others:
        (mine,) = os.sched_getaffinity(0)
        seen = {mine}
        for _ in range(len(cores) - 1):
            os.sched_setaffinity(0, cores)
            others.enter_context(on_worker.own_core())
            seen |= os.sched_getaffinity(0)
        assert seen == cores
    assert os.sched_getaffinity(0) == cores
