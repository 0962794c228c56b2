"""A notebook on its own, as on Colab, installs the package and runs. `course.py colab` has Colab's versions."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from tools import address

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """Clone the project as it is committed to a place that serves as its address, with its tag."""
    clone = tmp_path_factory.mktemp("web") / "qta-keras"
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run([*git, "clone", "-q", ROOT, clone], check=True)
    address.write(clone, f"file://{clone}")
    subprocess.run([*git, "commit", "-qam", "The address"], cwd=clone, check=True)
    subprocess.run([*git, "tag", address.tag(clone)], cwd=clone, check=True)
    return clone


def new_environment(folder):
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([python, "-c", asked], check=True, capture_output=True, text=True).stdout.strip()
    return python, Path(packages)


@pytest.mark.parametrize("number", ["00", "01"])
def test_a_notebook_alone_in_an_empty_folder_runs_through(published, tmp_path, number, monkeypatch):
    python, packages = new_environment(tmp_path / "env")
    # The packages of this environment serve there too, but for the course's own.
    others = tmp_path / "others"
    others.mkdir()
    for package in Path(sysconfig.get_path("purelib")).iterdir():
        if "qta_keras" not in package.name:
            (others / package.name).symlink_to(package)
    (packages / "others.pth").write_text(str(others))
    kernel = {"argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]}
    specification = tmp_path / "jupyter" / "kernels" / "alone" / "kernel.json"
    specification.parent.mkdir(parents=True)
    specification.write_text(json.dumps({**kernel, "display_name": "alone", "language": "python"}))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (lesson,) = (published / "notebooks").glob(f"{number}-*.ipynb")
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(lesson, alone)
    notebook = nbformat.read(alone / lesson.name, as_version=4)
    NotebookClient(notebook, kernel_name="alone", timeout=300, resources={"metadata": {"path": str(alone)}}).execute()
    installed = next(cell for cell in notebook.cells if cell.cell_type == "code").outputs
    assert "Installing qta-keras" in installed[0].text
    assert list(packages.glob("qta_keras-*.dist-info"))
    assert os.listdir(alone) == [lesson.name]
