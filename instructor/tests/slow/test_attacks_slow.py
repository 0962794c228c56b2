"""The attacks that take their time, and honest scores in all circumstances."""

import json
import signal
import subprocess
import sys
import time

import pytest
from arena import OURS, Arena, notebook
from qta_grade import doctor
from qta_grade.rehearsal.wreckers import ENDLESS

PATHS = ["warm", "bubblewrap"]


@pytest.fixture(scope="module", params=PATHS)
def arena(request, tmp_path_factory):
    assert not doctor.tiers()[request.param], "install bubblewrap"
    arena = Arena(tmp_path_factory.mktemp("arena"), request.param)
    yield arena
    arena.close()


@pytest.fixture(scope="module")
def endless(arena):
    return {attack.name: attack for attack in arena.attacks() if attack.name in ENDLESS}


@pytest.fixture(scope="module")
def ours(arena, endless):
    return arena.ours(list(endless.values()))


@pytest.mark.parametrize("name", sorted(ENDLESS))
def test_an_attack_gains_nothing(name, ours):
    assert ours[name] == set()


@pytest.mark.parametrize("name", sorted(ENDLESS))
@pytest.mark.parametrize("arena", PATHS[:1], indirect=True)  # the naive grader has no kinds
def test_an_attack_is_one(name, arena, endless):
    assert arena.naive(endless[name]), "the naive grader withstood it: this is no attack"


def test_no_attack_gains_anything_where_keras_is_there(tmp_path):
    """The process that is forked for each student has Keras in it then: more threads, more memory, more to break."""
    arena = Arena(tmp_path / "arena", "warm", keras=True)
    try:
        gained = arena.ours(arena.attacks())
    finally:
        arena.close()
    assert len(gained) > 80
    assert {name: found for name, found in gained.items() if found} == {}


@pytest.fixture
def honest(arena):
    """Notebooks of many kinds: full marks, some, wrong ones, an error, a cell that never ends."""
    solution = arena.solution
    wrong = [cell.replace("weights - rate *", "weights + rate *") for cell in solution]
    kinds = [solution, solution[:2], wrong, ["1 / 0", *solution], [solution[0], "while True: pass", *solution[1:]], []]
    return {f"student-{number:02}": notebook(*kinds[number % len(kinds)]) for number in range(18)}


def hand_in(files, folder):
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}.ipynb").write_bytes(content)
    return folder


def rows(out, students):
    lines = (out / "scores.csv").read_bytes().splitlines(keepends=True)
    return b"".join(line for line in lines if line.split(b",")[0].decode("utf-8-sig") in {"id", *students})


def test_honest_scores_are_the_same_alone_in_disorder_and_beside_attackers(arena, honest, tmp_path):
    together = rows(arena.grade(hand_in(honest, tmp_path / "in"), tmp_path / "out"), honest)
    assert together.count(b"\n") == 1 + len(honest)
    assert b",11,11," in together
    backwards = hand_in(dict(reversed(honest.items())), tmp_path / "backwards")
    assert rows(arena.grade(backwards, tmp_path / "out-2", "--jobs", "1"), honest) == together
    hostile = {file.removesuffix(".ipynb"): content for attack in arena.attacks() if not attack.archive
               for file, content in attack.files if file.endswith(".ipynb") and "sleeps" not in file}  # fmt: skip
    beside = hand_in({**hostile, **honest}, tmp_path / "beside")
    assert rows(arena.grade(beside, tmp_path / "out-3", "--jobs", "4"), honest) == together
    alone = [
        rows(arena.grade(hand_in({name: honest[name]}, tmp_path / name), tmp_path / f"out-{name}"), honest)
        for name in list(honest)[:6]
    ]
    head = together.splitlines(keepends=True)[0]
    assert head + b"".join(one.removeprefix(head) for one in alone) == b"".join(together.splitlines(keepends=True)[:7])


def test_interrupted_and_resumed_the_scores_are_the_same(arena, honest, tmp_path):
    submissions = hand_in(honest, tmp_path / "in")
    whole = (arena.grade(submissions, tmp_path / "whole") / "scores.csv").read_bytes()
    out = tmp_path / "out"
    command = [sys.executable, "-c", OURS, arena.root, "grade", "demo", submissions, "-o", out, "--tier", arena.tier]
    process = subprocess.Popen(
        command,
        env=arena.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a background job ignores interrupts
    )
    while len(list((out / "results").glob("*.json")) if out.is_dir() else []) < 4:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1].decode()
    assert process.returncode == 130, said
    assert not (out / "scores.csv").exists()
    kept = {path: path.stat().st_mtime_ns for path in (out / "results").glob("*.json")}
    assert 4 <= len(kept) < len(honest)
    assert (arena.grade(submissions, out) / "scores.csv").read_bytes() == whole
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


def test_a_loop_without_end_costs_its_limit_and_little_more(arena, tmp_path):
    cells = [arena.solution[0], "while True: pass", *arena.solution[1:]]
    submissions = hand_in({"ann": notebook(*cells)}, tmp_path / "in")
    out = arena.grade(submissions, tmp_path / "out")
    (ann,) = json.loads((out / "report.json").read_text())["students"]
    assert ann["score"] == 11
    assert ann["result"]["cpu_seconds"] < 1 + 5
    assert ann["result"]["limits"] == ["Cell 2 used more computing time than it may (1 s)."]
