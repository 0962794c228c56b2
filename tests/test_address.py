"""The word ``address`` and the setup cell: where the project lives, and a notebook on its own."""

import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest

from tools import Stop, address

ROOT = Path(__file__).parents[1]
ADDRESS = "https://github.com/someone/qta-keras"
NAMES = ["pyproject.toml", "CITATION.cff", "README.md", "tools/setup_cell.py"]
ASSIGNMENTS = ["assignments/README.md", "assignments/1-linear-regression.ipynb"]


@pytest.fixture
def project(tmp_path):
    """Copy the files that name the address, with one notebook."""
    notebook = next((ROOT / "notebooks").glob("01-*.ipynb"))
    for name in [*NAMES, *ASSIGNMENTS, f"notebooks/{notebook.name}"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    address.write(tmp_path, "")
    return tmp_path


def texts(project):
    return {path: path.read_text(encoding="utf-8") for path in project.rglob("*") if path.is_file()}


def cells(project):
    (path,) = (project / "notebooks").glob("*.ipynb")
    return nbformat.read(path, as_version=4).cells


def run_alone(folder, setup_cell, pip_succeeds=True):
    """Run a setup cell in an empty folder, in a Python without the package and with a pip that only notes."""
    stand_in = (
        "import importlib.util, subprocess, sys, types\n"
        "importlib.util.find_spec = lambda name: None\n"
        "def call(command):\n"
        "    print('ran', command[1:])\n"
        "    runtime = types.ModuleType('qta_keras.runtime'); runtime.tensorflow_first = lambda: print('ready')\n"
        "    sys.modules['qta_keras'] = package = types.ModuleType('qta_keras'); package.runtime = runtime\n"
        f"    return {0 if pip_succeeds else 1}\n"
        "subprocess.call = call\n"
    )
    return subprocess.run(
        [sys.executable, "-c", stand_in + setup_cell], cwd=folder, capture_output=True, text=True, check=False
    )


def test_the_files_of_the_project_are_those_of_its_address():
    for path, text in address.files(ROOT, address.read(ROOT)).items():
        assert path.read_text(encoding="utf-8") == text, path


def test_an_address_reaches_every_file_and_leaves_them_as_they_were(project):
    before = texts(project)
    address.write(project, f"{ADDRESS}.git/")
    after = texts(project)
    after.pop(project / ASSIGNMENTS[1])  # `qta-grade build` writes its setup cell
    assert all(ADDRESS in text.replace("colab.research.google.com/github", "github.com") for text in after.values())
    assert address.read(project) == ADDRESS
    address.write(project, ADDRESS)
    assert after.items() <= texts(project).items()
    address.write(project, "")
    assert texts(project) == before


def test_the_notebook_links_to_its_own_version_in_colab(project):
    address.write(project, ADDRESS)
    title, _, setup = cells(project)[:3]
    version = tomllib.loads((project / "pyproject.toml").read_text())["project"]["version"]
    assert f"github/someone/qta-keras/blob/v{version}/notebooks/01-" in title.source
    assert title.source.count("\n\n") == 3
    assert setup.source == (project / "tools" / "setup_cell.py").read_text().rstrip("\n")
    assert f'SOURCE = "git+{ADDRESS}@v{version}"' in setup.source


def test_assignments_open_in_colab(project):
    link = (
        "https://colab.research.google.com/github/someone/qta-keras/blob/v0.2.0/assignments/1-linear-regression.ipynb"
    )
    address.write(project, ADDRESS)
    assert link in (project / "assignments" / "README.md").read_text(encoding="utf-8")
    address.write(project, "")
    assert link not in (project / "assignments" / "README.md").read_text(encoding="utf-8")


def test_without_an_address_there_is_no_link(project):
    assert "Colab" not in cells(project)[0].source


def test_colab_opens_github_only(project):
    address.write(project, "https://example.org/someone/qta-keras")
    assert "Colab" not in cells(project)[0].source
    assert "git clone https://example.org/someone/qta-keras" in (project / "README.md").read_text()


@pytest.mark.parametrize("wrong", ["github.com/someone/qta-keras", "the usual place", "https://", "git@github.com:a/b"])
def test_what_is_no_address_is_refused(project, wrong):
    before = texts(project)
    with pytest.raises(Stop, match="is no address: give one such as"):
        address.write(project, wrong)
    assert texts(project) == before


def test_a_lone_notebook_installs_the_package_from_the_address(project, tmp_path_factory):
    address.write(project, ADDRESS)
    result = run_alone(tmp_path_factory.mktemp("alone"), cells(project)[2].source)
    assert f"'pip', 'install', '--quiet', 'git+{ADDRESS}@v" in result.stdout
    assert result.stdout.splitlines()[-1] == "ready"


@pytest.mark.parametrize("given", [ADDRESS, ""])
def test_a_lone_notebook_that_cannot_install_says_what_to_do(project, tmp_path_factory, given):
    address.write(project, given)
    result = run_alone(tmp_path_factory.mktemp("alone"), cells(project)[2].source, pip_succeeds=False)
    last = result.stderr.splitlines()[-1]
    assert last == "AssertionError: qta_keras is missing: open the course folder, or check the internet."
