"""Every command and every piece of Python on the README's and the site's pages runs. Takes two minutes."""

import csv
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", "CONTRIBUTING.md", "assignments/README.md", "data/README.md", "instructor/README.md"]
PAGES += ["instructor/docs/writing.md"]
PAGES += [f"docs/{name}.md" for name in ("benchmarks", "own-texts", "quanteda-to-python", "scaling")]
PROGRAMS = r"(?:sudo|pip|python3?|py|conda|git|qta-grade|uv|winget|brew|course\.py|KERAS_BACKEND=\w+)"

# Each command of the pages, and the command that is run for it. They differ where a page leaves something to be
# filled in, and where a narrower command does the same in less time.
RUN = {
    "python3 course.py run": "python3 course.py run",  # on notebook 00: the others are taken out of the copy
    "python3 course.py record 00": "python3 course.py record 00",
    "course.py test --threads 2": "python3 course.py test --threads 2 notebooks/00-methods-review.ipynb",
    "python -m tools.measure_addresses": "python -m tools.measure_addresses",
    "qta-grade doctor": "qta-grade doctor",
    "qta-grade verify 1-linear-regression": "qta-grade verify 1-linear-regression",
    "qta-grade publish ../course-for-students": "qta-grade publish ../course-for-students",
    "qta-grade publish DIR": "qta-grade publish ../another",
    "qta-grade build NAME": "qta-grade build 1-linear-regression",
    "qta-grade grade 1-linear-regression moodle.zip -o grades/hw1 --class-list class.csv": (
        "qta-grade grade 1-linear-regression moodle.zip -o grades/hw1 --class-list class.csv"
    ),
    "qta-grade grade NAME SUBMISSIONS -o OUT": "qta-grade grade 1-linear-regression moodle.zip -o out",
    "qta-grade gradebook grades/hw1 grades/hw2 -o gradebook.csv": "qta-grade gradebook grades/hw1 -o gradebook.csv",
    "qta-grade simulate 1-linear-regression 300 -o grades/rehearsal": (
        "qta-grade simulate 1-linear-regression 20 -o grades/rehearsal"
    ),
    "mkdir grades/rehearsed": "mkdir grades/rehearsed",
    "cp grades/rehearsal/overrides.csv grades/rehearsed": "cp grades/rehearsal/overrides.csv grades/rehearsed",
    "qta-grade grade 1-linear-regression grades/rehearsal/submissions -o grades/rehearsed --class-list "
    "grades/rehearsal/class.csv": (
        "qta-grade grade 1-linear-regression grades/rehearsal/submissions -o grades/rehearsed --class-list "
        "grades/rehearsal/class.csv"
    ),
    "qta-grade compare grades/rehearsal grades/rehearsed": "qta-grade compare grades/rehearsal grades/rehearsed",
    "qta-grade similarity NAME SUBMISSIONS -o OUT": (
        "qta-grade similarity 1-linear-regression grades/rehearsal/submissions -o similar"
    ),
}
ELSEWHERE = {  # where the others run, by a file and what is written in it
    "python3 course.py test": (".ci/run", "python3 course.py test"),
    "python3 course.py bench": ("tests/test_benchmarks.py", 'main(["bench", "descent"]'),  # an hour; its parts
    "python3 course.py bench training": ("tests/test_benchmarks.py", 'main(["bench", "descent"]'),
    "python3 course.py bench accuracy:r8": ("tests/test_benchmarks.py", 'main(["bench", "descent:r8"]'),
    "python3 course.py site": ("tests/browser/conftest.py", "site(ROOT)"),
    ".ci/run": (".github/workflows/test.yml", ".ci/run"),
    ".ci/nightly": (".github/workflows/weekly.yml", ".ci/nightly"),
    "qta-grade export grades/hw1 worksheet.csv --to moodle -o back": ("instructor/tests/test_export.py", '"export"'),
    "qta-grade export OUT TABLE --to PLATFORM -o DIR": ("instructor/tests/test_export.py", '"export"'),
    "python3 course.py colab": (".ci/nightly", "course.py colab"),
    "python3 course.py lab": ("tests/browser/test_jupyterlab.py", '"course.py", "lab"'),
    "python instructor/tests/hostile": ("instructor/tests/hostile/test_attacks.py", "ours"),
    "python instructor/tests/honest": ("instructor/tests/test_similarity.py", "DISGUISES"),  # minutes; its parts
    "python -m tools.practice": ("tests/test_practice.py", "cells_of_practice"),
    "KERAS_BACKEND=jax python3 my_script.py": ("tests/slow/test_other_backends.py", '"KERAS_BACKEND": backend'),
    "conda env create -f environment.yml": ("tests/slow/test_environment_yml.py", "environment.yml"),  # its pip part
    "pip install -e ./instructor": ("course.py", '"-e", "./instructor[cluster]"'),
    "pip install -c constraints.txt . './instructor[cluster]'": ("course.py", '"-c", "constraints.txt"'),
    "python -m grading_benchmark -o FILE": ("instructor/tests/test_benchmark.py", "measure("),  # hours; its parts
    "pip install -e '.[browser]'": (".ci/common", "playwright axe-playwright-python"),
    "sudo apt install bubblewrap": (".ci/common", "bubblewrap"),
}
NOT_RUN = {
    "py course.py run": "Windows only; the workflow for GitHub runs the same there",
    "conda activate qta-keras": "there is no conda in CI",
    "pip install bokeh": "Dask's dashboard is no part of the course",
    "uv pip compile": "it asks the network for the newest versions; a test compares its result with pyproject.toml",
}

CLUSTER = "instructor/docs/cluster.md"  # its other commands run in instructor/tests/slow/test_cluster_slow.py
ON_A_CLUSTER = ("dask scheduler", "dask worker", "export DASK_", "openssl", "qta-grade grade")


def commands(page):
    """Return the commands of a page: lines of its blocks without a language, and those within its text."""
    path = ROOT / page
    text = path.read_text(encoding="utf-8") if path.exists() else ""  # students have no instructor/
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    lines = "".join(block for language, block in blocks if not language).replace("\\\n", "").splitlines()
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    found = [line.split("  ")[0].strip() for line in lines] + re.findall(rf"`({PROGRAMS} [^`\n]+)`", prose)
    return ["uv pip compile" if command.startswith("uv pip compile") else command for command in found]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """Return a copy of the project as it is committed, in which git and the graders' files are at home."""
    folder = tmp_path_factory.mktemp("commands") / "qta-keras"
    subprocess.run(["git", "clone", "-q", ROOT, folder], check=True)
    return folder


def shell(command, folder):
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": os.pathsep.join([str(folder), str(folder / "instructor")]),
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    done = subprocess.run(
        command.split(), cwd=folder, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"


def test_every_command_of_the_pages_is_known():
    found = {command for page in PAGES for command in commands(page)}
    found |= {command for command in commands(CLUSTER) if not command.startswith(ON_A_CLUSTER)}
    assert found - {"git clone", "git add"} - RUN.keys() - ELSEWHERE.keys() - NOT_RUN.keys() == set()
    assert len(found) > 10
    for file, words in ELSEWHERE.values():
        if (ROOT / file).exists():
            assert words in (ROOT / file).read_text(encoding="utf-8"), file


def hand_in(clone):
    """Write what the instructor has before grading: a download with one student's notebook, and the class list."""
    (clone / "class.csv").write_text("id\n1234567\n")
    with zipfile.ZipFile(clone / "moodle.zip", "w") as archive:
        notebook = clone / "assignments" / "1-linear-regression.ipynb"
        archive.write(notebook, f"Ada Lovelace_1234567_assignsubmission_file/{notebook.name}")


def test_the_commands_run(clone):
    for command in RUN.values():
        if command.startswith("qta-grade grade"):
            hand_in(clone)  # not before: publish refuses files that are not committed
        is_theirs = command.startswith("qta-grade") and not (clone / "instructor").is_dir()
        if command != "python3 course.py run" and not is_theirs:
            shell(command, clone)
    for lesson in (clone / "notebooks").glob("*.ipynb"):
        if not lesson.name.startswith("00"):
            lesson.unlink()
    shell("python3 course.py run", clone)
    assert (clone / "build" / "pages" / "00-methods-review.html").exists()


def write_own_texts(folder):
    """Write the files that the pages read: speeches of six speakers from two parties, as tables and as a folder."""
    words = {"left": "workers wages unions strike", "right": "market trade business profit"}
    rows = [
        {"speech": f"{texts} and so on {number % 7}", "party": party, "speaker": f"{party}-{number % 6}"}
        for party, texts in words.items()
        for number in range(60)
    ]
    for name, encoding, extra in (("speeches.csv", "utf-8", ""), ("greek.csv", "iso-8859-7", "λόγος ")):
        with open(folder / name, "w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows({**row, "speech": extra + row["speech"]} for row in rows)
    for number, row in enumerate(rows):
        path = folder / "texts" / row["party"] / f"{number}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(row["speech"], encoding="utf-8")


@pytest.mark.parametrize("page", ["README.md", "docs/own-texts.md", "docs/scaling.md"])
def test_the_python_of_a_page_runs_from_its_top_to_its_end(page, tmp_path):
    blocks = re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    write_own_texts(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    code = "\n".join(blocks)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert len(blocks) >= 2
    assert done.returncode == 0, done.stderr[-3000:]
