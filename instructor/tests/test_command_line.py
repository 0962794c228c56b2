"""The command ``qta-grade``; the parts that others test are replaced by stand-ins."""

import json
import re
import subprocess
import sys
from types import SimpleNamespace

import pytest
from qta_grade import Refused, __main__, batch
from qta_grade.__main__ import main
from qta_grade.build import build
from qta_grade.editions import Edition
from qta_grade.specification import Specification

SPECIFICATION = SimpleNamespace(
    name="hw",
    title="Homework",
    version="",
    digest="d1",
    tensorflow=False,
    memory_gb=2,
    questions=[SimpleNamespace(id="q1", title="One", by_hand=False, optional=False)],
    checks=[SimpleNamespace(id="q1.check_a", question="q1", kind="public", points=2)],
)


def grade(specification, notebook, student, secret, tier):
    check = {"id": "q1.check_a", "question": "q1", "kind": "public", "possible": 2, "points": 2, "message": ""}
    values = {"student": student, "checks": [check], "notes": [], "limits": [], "flags": []}
    return SimpleNamespace(to_dict=lambda: values)


MODULES = {  # of the functions that are not in a module of their own name
    "choose": "doctor",
    "describe": "doctor",
    "grade_submission": "submission",
    "load_specification": "specification",
    "read_earlier": "editions",
    "report_similarity": "similarity",
}


@pytest.fixture
def put(monkeypatch, tmp_path):
    """Give a function that puts stand-ins in; ROOT is a folder with one assignment, which is ready to be graded."""

    def put(**functions):
        for name, function in functions.items():
            monkeypatch.setattr(f"qta_grade.{MODULES.get(name, name)}.{name}", function)

    put(
        grade_submission=grade,
        choose=lambda tier, tensorflow: tier or "bubblewrap",
        load_specification=lambda name, root: SPECIFICATION,
        read_earlier=lambda name, root: [],
    )
    monkeypatch.setattr(__main__, "ROOT", tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ann.ipynb").write_bytes(b"{}")
    return put


def graded(tmp_path, *options):
    return main(["grade", "hw", str(tmp_path / "in"), "-o", str(tmp_path / "out"), *options])


def test_grade(put, tmp_path, capsys):
    assert graded(tmp_path) == 0
    said = capsys.readouterr().out
    assert "in sandboxes of the kind bubblewrap." in said
    assert "UNSAFE" not in said
    assert "1 graded, on average 2 of 2 points." in said
    made = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"scores.csv", "report.json", "feedback", "results"} <= made
    secret = tmp_path / "secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    before = secret.read_bytes()
    assert graded(tmp_path, "--tier", "limits", "--only", "ann", "--jobs", "1", "--late-penalty", "10%") == 0
    said = capsys.readouterr().out
    assert "in sandboxes of the kind limits." in said
    assert "\nlimits: UNSAFE" in said
    assert secret.read_bytes() == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--jobs", "0"], "--jobs 0"),
        (["--only", "bo"], "'bo'"),
        (["--secret", "nowhere"], "nowhere"),
        (["--class-list", "nowhere.csv"], "nowhere.csv"),
        (["--id-pattern", "("], "--id-pattern"),
        (["--late-penalty", "0"], "--late-penalty 0"),
        (["--late-penalty", "ten"], "--late-penalty ten"),
    ],
)
def test_wrong_options_get_one_sentence(put, tmp_path, capsys, options, says):
    assert graded(tmp_path, *options) == 2
    error = capsys.readouterr().err
    assert error.startswith("qta-grade: ")
    assert says in error
    assert error.count("\n") == 1


def test_as_many_at_a_time_as_cores_and_memory_allow(put, tmp_path, capsys, monkeypatch):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(batch, "CONTAINER", (limit, tmp_path / "nowhere"))
    monkeypatch.setattr(batch.os, "cpu_count", lambda: 4)
    for free, container, jobs in [
        (99, "max", 4), (7, "max", 3), (99, str(5 * 2**30), 2), (1, str(2**63 - 4096), 1), (3, str(5 * 2**30), 1),
    ]:  # fmt: skip
        limit.write_text(container + "\n")
        monkeypatch.setattr(batch.psutil, "virtual_memory", lambda free=free: SimpleNamespace(available=free * 2**30))
        assert graded(tmp_path) == 0
        said = capsys.readouterr().out
        assert f"Grading {jobs} at a time, in sandboxes of the kind bubblewrap." in said
    assert "3.0 GB of memory are free; a submission may take 2 GB." in said
    assert graded(tmp_path, "--jobs", "3") == 0
    assert "Grading 3 at a time" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["hw2", "../specifications/hw"])
def test_unknown_assignment(tmp_path, monkeypatch, capsys, name):
    monkeypatch.setattr(__main__, "ROOT", tmp_path)
    (tmp_path / "specifications").mkdir()
    (tmp_path / "specifications" / "hw.json").write_bytes(b"{}")
    assert main(["grade", name, str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 2
    assert "there are hw. 'qta-grade build NAME' makes one." in capsys.readouterr().err


def test_failed_submission_is_status_1(put, tmp_path, capsys):
    put(grade_submission=None)  # calling it fails
    assert graded(tmp_path) == 1
    assert "Not graded: ann" in capsys.readouterr().out


def test_interrupted(put, tmp_path, capsys):
    def interrupt(tier, tensorflow):
        raise KeyboardInterrupt

    put(choose=interrupt)
    assert graded(tmp_path) == 130
    assert "the same command goes on" in capsys.readouterr().err


def test_other_commands(put, tmp_path, capsys):
    put(
        build=lambda name: [tmp_path / f"{name}.ipynb"],
        verify=lambda name: [] if name == "hw" else ["The template scores 1."],
        gradebook=lambda outs, file: print([out.name for out in outs], file.name),
        describe=lambda: "bubblewrap: works here.",
        publish=lambda folder: None,
        simulate=lambda name, count, folder, seed: print(f"{name} {count} {folder.name} {seed}"),
        compare=lambda folder, out: [] if folder.name == "class" else ["ann has 1 of 2 points and not 2 of 2."],
    )
    assert [main(["build", "hw"]), main(["verify", "hw"]), main(["verify", "bad"])] == [0, 0, 1]
    assert [main(["doctor"]), main(["publish", str(tmp_path / "new")])] == [0, 0]
    assert [main(["simulate", "hw", "20", "-o", "class"]), main(["simulate", "hw", "9", "-o", "x", "--seed", "3"])] == [
        0,
        0,
    ]
    assert [main(["compare", "class", "out"]), main(["compare", "other", "out"])] == [0, 1]
    assert main(["gradebook", "hw1", "hw2", "-o", "all.csv"]) == 0
    out = capsys.readouterr().out
    for text in [
        "['hw1', 'hw2'] all.csv",
        "hw.ipynb",
        "hw is sound.",
        "The template scores 1.",
        "bubblewrap: works here.",
        "hw 20 class 1",
        "hw 9 x 3",
    ]:
        assert text in out


def test_what_any_edition_handed_out_is_nobody_s_own_code(put, tmp_path):
    compared = []
    present, earlier = (Specification("hw", "", 1, 1, 1, False, [], [], [], [cell]) for cell in ("now", "before"))
    put(
        load_specification=lambda name, root: present,
        read_earlier=lambda name, root: [Edition(earlier, "d0")],
        report_similarity=lambda specification, *rest: compared.append(specification.template),
    )
    assert main(["similarity", "hw", str(tmp_path / "in"), "-o", str(tmp_path / "out")]) == 0
    assert compared == [["now", "before"]]


def test_refusal_and_full_disk_are_sentences(put, capsys):
    def refuse(name):
        raise Refused("There is no such source.")

    def fail(name):
        raise OSError(28, "No space left on device", "/x/y")

    for function, says in [(refuse, "There is no such source."), (fail, "/x/y: No space left on device.")]:
        put(build=function)
        assert main(["build", "hw"]) == 2
        assert capsys.readouterr().err == f"qta-grade: {says}\n"


@pytest.mark.parametrize("command", ["grade", "simulate", "similarity", "gradebook"])
def test_the_help_says_that_the_folder_or_file_is_compulsory(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert re.search(r"-o \w+\s+compulsory: ", capsys.readouterr().out)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux limits the memory of a process.")
def test_answers_that_would_fill_the_memory_cost_their_check_only(tmp_path, room, notebook, tier):
    change = "assert np.shape(got) == ()"
    source = room / "sources" / "demo.ipynb"
    source.write_text(source.read_text().replace(change, 'np.subtract.outer(got, got)\\n",\n    "    ' + change))
    (room.parent / "assignments" / "demo.ipynb").unlink()
    build("demo", room)
    (tmp_path / "in").mkdir()
    huge = "import numpy as np\ndef loss(weights, x, y):\n    return np.zeros(40_000)"
    (tmp_path / "in" / "huge.ipynb").write_bytes(notebook([huge]))
    (tmp_path / "in" / "ann.ipynb").write_bytes(notebook([huge.replace("40_000", "6"), "best_rate = 0.1"]))
    script = f"import pathlib, qta_grade.__main__ as m; m.ROOT = pathlib.Path({str(room)!r}); m.sys.exit(m.main())"
    arguments = ["grade", "demo", tmp_path / "in", "-o", tmp_path / "out", "--tier", tier]
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    scores = (tmp_path / "out" / "scores.csv").read_text(encoding="utf-8-sig")
    assert "2 graded" in done.stdout, scores
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert "of another kind than the check expects" in json.dumps(report)
    assert "allocate" in json.dumps(report)
