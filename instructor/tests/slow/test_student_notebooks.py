"""The students' notebooks where only the course's package and what it needs are installed: no Jupyter, no grader."""

import json
import subprocess
import sys
import sysconfig
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from qta_grade.source import ROOT, load_source
from qta_grade.specification import load_specification

NAMES = sorted(path.stem for path in (ROOT / "specifications").glob("*.json"))
RUN = """
import json, sys
names = {"__name__": "__main__"}
for cell in json.load(open(sys.argv[1])):
    exec(cell, names)
assert not {"IPython", "qta_grade", "pytest"} & sys.modules.keys()
"""


def needed(name, found=()):
    """Name a distribution and all that it needs, without extras."""
    found = {*found, name}
    for text in distribution(name).requires or []:
        requirement = Requirement(text)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and requirement.name not in found:
            found |= needed(requirement.name, found)
    return found


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The Python of an environment that borrows from this one only what the package needs."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    here = Path(sysconfig.get_path("purelib"))
    files = [file for name in needed("qta-keras") - {"qta-keras"} for file in distribution(name).files]
    for top in {file.parts[0] for file in files} - {"..", "__pycache__"}:
        (packages / top).symlink_to(here / top)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", packages, ROOT.parent]
    subprocess.run(pip, check=True)
    return folder / "bin" / "python"


def printed(bare, cells, folder):
    (folder / "cells.json").write_text(json.dumps(cells), encoding="utf-8")
    done = subprocess.run(
        [bare, "-I", "-c", RUN, "cells.json"], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_unsolved_and_solved(bare, name, tmp_path):
    specification = load_specification(name, ROOT)
    public = [f"{check.question} {check.name}" for check in specification.checks if check.kind == "public"]
    said = printed(bare, specification.template, tmp_path)
    for check in public:
        assert f"{check}: not attempted yet." in said
    solved = {cell.template: cell.solved for cell in load_source(name).cells if cell.kind == "question"}
    said = printed(bare, [solved.get(cell, cell) for cell in specification.template], tmp_path)
    assert [line for line in said if line.startswith("q")] == [f"{check}: passed." for check in public]
