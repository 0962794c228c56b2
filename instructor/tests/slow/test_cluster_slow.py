"""The commands of docs/cluster.md on this machine: real workers, one of which is killed in the middle."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from arena import OURS, Arena, notebook
from qta_grade import doctor

PAGE = Path(__file__).parents[2] / "docs" / "cluster.md"
BLOCKS = re.findall(r"```(?:python)?\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
HONEST, HOSTILE = 26, 4

if not os.environ.get("CI"):
    pytest.importorskip("dask_jobqueue", reason="No 'dask_jobqueue' here: pip install './instructor[cluster]'")


def lines(first_word, protocol):
    """Return the page's commands that begin so, and speak that protocol."""
    found = [line for block in BLOCKS for line in block.splitlines() if line.startswith(first_word)]
    return [line for line in found if ("tls" in line) == (protocol == "tls")]


def commands(protocol):
    """Return the page's three commands: scheduler, worker and grading."""
    (scheduler,), (worker,), (grade,) = (lines(word, protocol) for word in ("dask scheduler", "dask worker", "qta-"))
    return scheduler, worker, grade


class Site:
    """The page's commands, run in a folder with the demo assignment on ports of their own."""

    def __init__(self, folder):
        self.folder, self.processes = folder, []
        self.arena = Arena(folder / "arena", "warm")
        self.environment = {**self.arena.environment, "DASK_DISTRIBUTED__SCHEDULER__DASHBOARD__ADDRESS": ":0"}
        self.port = str(10_000 + os.getpid() % 20_000)  # below those that the system gives to whoever asks for any

    def command(self, line):
        words = line.replace("10.0.0.1", "127.0.0.1").replace("8786", self.port).split()
        if words[:2] == ["dask", "scheduler"]:
            words += ["--port", self.port, "--dashboard-address", ":0"]
        run = {"dask": ["-m", "dask"], "qta-grade": ["-c", OURS, str(self.arena.root)]}[words.pop(0)]
        return [sys.executable, *run, *words]

    def start(self, line):
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                self.command(line), cwd=self.folder, env=self.environment, stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def grade(self, line, submissions, out):
        """Return the command that grades the demo assignment."""
        words = self.command(line)
        words[words.index("1-linear-regression")] = "demo"
        words[words.index("moodle.zip")] = str(submissions)
        words[words.index("grades/hw1")] = str(out)
        return subprocess.Popen(
            words, cwd=self.folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores interrupts
        )  # fmt: skip

    def wait_for_workers(self, number):
        wait_for(lambda: (self.folder / "log").read_text("utf-8").count("Registered to:") >= number)

    def close(self):
        for process in self.processes:
            kill(process)
        self.arena.close()


def kill(process):
    """Kill it with all its children, as a machine dies."""
    with contextlib.suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid)
        family.suspend()  # so that it starts no others
        for member in [*family.children(recursive=True), family]:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
    process.wait(10)


def wait_for(condition, seconds=300):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def results(out):
    return len(list((out / "results").glob("*.json"))) if out.is_dir() else 0


def sandboxes(worker):
    """The worker's sandboxes: bubblewrap with a prepared process in it, which has children while it grades."""
    return [child for child in worker.children(recursive=True) if child.name() == "bwrap"]


def at_work(worker):
    return [box for box in sandboxes(worker) if len(box.children(recursive=True)) > 1]


def alive(process):
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


@pytest.fixture
def site(tmp_path):
    assert doctor.best() == "warm", "install bubblewrap"
    site = Site(tmp_path)
    yield site
    site.close()


@pytest.fixture
def submissions(site, tmp_path):
    """A class: full marks, some, wrong ones, an error, a cell without end, one that kills what it can."""
    solution = site.arena.solution
    wrong = [cell.replace("weights - rate *", "weights + rate *") for cell in solution]
    kinds = [solution, solution[:2], wrong, ["1 / 0", *solution]]
    hostile = [
        ["import os, signal\nfor number in range(1, 99999):\n    os.kill(number, signal.SIGKILL)", *solution],
        [solution[0], "while True: pass", *solution[1:]],
        ["import os\nos._exit(0)"],
        ["import socket\nsocket.create_connection(('127.0.0.1', " + site.port + "), 1)", *solution],
    ]
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(HONEST + HOSTILE):
        cells = kinds[number % len(kinds)] if number >= HOSTILE else hostile[number]
        (folder / f"s{number:02}.ipynb").write_bytes(notebook(*cells))
    return folder


def test_a_killed_worker_changes_no_score(site, submissions, tmp_path):
    scheduler, worker, grade = commands("tcp")
    site.start(scheduler)
    one = worker.replace("--nworkers 2", "--nworkers 1")
    lost, other = site.start(one), site.start(one)
    site.wait_for_workers(2)
    grading = site.grade(grade, submissions, tmp_path / "dask")
    wait_for(lambda: results(tmp_path / "dask") >= 5)
    nanny = psutil.Process(lost.pid)
    wait_for(lambda: at_work(nanny))
    (outer,) = at_work(nanny)
    orphans = [outer, *outer.children(recursive=True)]  # nobody kills them: they have to end with the worker
    nanny.suspend()
    outer.parent().kill()
    lost.kill()
    said = grading.communicate(timeout=300)[0]
    print(said)
    assert grading.returncode == 0, said
    assert re.search(r"[1-9]\d* times a submission was begun again", said)
    local = site.grade(grade.partition(" --scheduler")[0], submissions, tmp_path / "local")
    said = local.communicate(timeout=300)[0]
    assert local.returncode == 0, said
    scores = (tmp_path / "local" / "scores.csv").read_bytes()
    assert scores.count(b"\n") == 1 + HONEST + HOSTILE
    assert scores.count(b",11,11,") > HONEST / 4
    assert (tmp_path / "dask" / "scores.csv").read_bytes() == scores
    assert site.arena.root.joinpath("secret").read_bytes() not in (tmp_path / "log").read_bytes()
    assert not any(alive(process) for process in orphans)
    assert len(sandboxes(psutil.Process(other.pid))) == 1
    assert not at_work(psutil.Process(other.pid))


def test_interrupt_and_a_lost_scheduler_keep_the_results(site, submissions, tmp_path):
    scheduler, worker, grade = commands("tcp")
    first = site.start(scheduler)
    site.start(worker)
    site.wait_for_workers(2)
    out = tmp_path / "out"
    grading = site.grade(grade, submissions, out)
    wait_for(lambda: results(out) >= 3)
    grading.send_signal(signal.SIGINT)
    said = grading.communicate(timeout=60)[0]
    assert grading.returncode == 130, said
    kept = results(out)
    grading = site.grade(grade, submissions, out)
    wait_for(lambda: results(out) >= kept + 3)
    kill(first)
    said = grading.communicate(timeout=60)[0]
    assert grading.returncode == 2
    assert said.splitlines()[1:] == [
        "qta-grade: The Dask scheduler is gone. All results so far are kept: start it again with its workers, and the "
        "same command goes on from here."
    ]
    assert kept + 3 <= results(out) < HONEST + HOSTILE


def test_workers_that_die_cost_one_submission_no_score(site, submissions, tmp_path):
    scheduler, worker, grade = commands("tcp")
    site.environment["DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"] = "0"
    site.start(scheduler)
    site.start(worker)
    site.wait_for_workers(2)
    out = tmp_path / "out"
    for path in sorted(submissions.iterdir())[8:]:
        path.unlink()
    grading = site.grade(grade, submissions, out)
    nanny = psutil.Process(site.processes[1].pid)
    wait_for(lambda: results(out) >= 2 and at_work(nanny))
    at_work(nanny)[0].parent().kill()  # Dask's nanny starts another worker
    said = grading.communicate(timeout=120)[0]
    assert grading.returncode == 1, said
    assert "KilledWorker" in said
    rows = (out / "scores.csv").read_text("utf-8-sig").splitlines()[1:]
    assert 1 <= sum(',,11,,,"The grader itself failed here (KilledWorker' in row for row in rows) < 4


def test_tls(site, submissions, tmp_path):
    for line in lines("openssl", "tcp"):
        subprocess.run(line.split(), cwd=tmp_path, check=True, capture_output=True)
    scheduler, worker, grade = commands("tls")
    site.start(scheduler)
    site.start(worker)
    site.wait_for_workers(2)
    for path in sorted(submissions.iterdir())[:-3]:
        path.unlink()
    stranger = site.grade(grade, submissions, tmp_path / "out")
    said = stranger.communicate(timeout=60)[0]
    assert stranger.returncode == 2, said
    assert "No Dask scheduler answers at 'tls://127.0.0.1:" in said
    exports = [line.removeprefix("export ").partition("=") for line in lines("export", "tcp")]
    assert len(exports) == 3
    site.environment |= {name: value for name, _, value in exports}
    graded = site.grade(grade, submissions, tmp_path / "out")
    said = graded.communicate(timeout=120)[0]
    assert graded.returncode == 0, said
    assert "3 graded" in said


def test_a_worker_without_the_package_is_refused(site, submissions, tmp_path):
    scheduler, worker, grade = commands("tcp")
    site.start(scheduler)
    (tmp_path / "hides" / "qta_grade").mkdir(parents=True)
    (tmp_path / "hides" / "qta_grade" / "__init__.py").write_text("", encoding="utf-8")
    normal = site.environment
    path = os.pathsep.join([str(tmp_path / "hides"), normal.get("PYTHONPATH", "")])
    site.environment = {**normal, "PYTHONPATH": path}
    site.start(worker)
    site.environment = normal
    site.wait_for_workers(2)
    grading = site.grade(grade, submissions, tmp_path / "out")
    said = grading.communicate(timeout=60)[0]
    assert grading.returncode == 2
    assert re.fullmatch(r"qta-grade: The worker tcp://\S+ has no such qta-grade .*\n", said), said
    assert not (tmp_path / "out").exists()


def test_job_script_for_slurm():
    (script,) = [block for block in BLOCKS if "SLURMCluster" in block]
    made = script.partition("cluster.scale")[0].replace('"eth0"', '"lo"')
    place = {}
    exec(made, place)
    with contextlib.closing(place["cluster"]) as cluster:
        job = cluster.job_script()
    assert "#SBATCH -p normal" in job
    assert re.search(r"-m distributed\.cli\.dask_worker tcp://127\.0\.0\.1:\d+", job)
    assert "--nthreads 1 --memory-limit" in job
    assert "--nworkers 8 --nanny" in job
    assert job.index("--memory-limit 0") > job.find("--memory-limit 3")
