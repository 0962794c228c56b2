"""``site``: the whole site in build/site, from the executed lessons, the guides and the package's docstrings."""

import shutil
from pathlib import Path

import qta_keras
from tools import quiz as quizzes
from tools.build_pages import for_pages, render
from tools.notebook import find_notebooks, read_notebook, write_notebook
from tools.write_files import write_atomically

# The sections of the site: a caption, and the pages in their order. What students do not have is left out there.
LESSONS, QUIZZES = "The lessons", "Quizzes"
SECTIONS = {
    LESSONS: [],
    QUIZZES: [],
    "Assignments": ["assignments/README.md"],
    "Guides": ["docs/own-texts.md", "docs/quanteda-to-python.md", "docs/scaling.md", "data/README.md"],
    "For the instructor": [
        "instructor/README.md",
        "instructor/docs/writing.md",
        "instructor/docs/mistakes.md",
        "instructor/docs/cluster.md",
    ],
    "Reference": [],
    "The project": ["docs/benchmarks.md", "docs/lecture-map.md", "CONTRIBUTING.md", "CHANGELOG.md"],
}
LINKED = ["LICENSE", "CITATION.cff", "environment.yml", "docs/presidents.png"]  # files that pages link to or show


def site(root: Path) -> Path:
    """Build the site, which opens without a server or a network, and return its folder."""
    work, out = root / "build" / "site-work", root / "build" / "site"
    shutil.rmtree(work, ignore_errors=True)
    print("Making the site, half a minute ...", flush=True)
    pages = _write_sources(root, work / "source")
    render(root, work, out)
    print(f"{len(pages) + 1} pages: open {(out / 'index.html').relative_to(root)}")
    return out


def _write_sources(root: Path, source: Path) -> list[str]:
    """Lay the pages out as they lie in the repository, so that their links hold; return their names."""
    sections = {caption: [page for page in pages if (root / page).exists()] for caption, pages in SECTIONS.items()}
    lessons, assignments = (find_notebooks(root / folder, []) for folder in ("notebooks", "assignments"))
    sections[LESSONS] = [f"notebooks/{path.name}" for path in lessons]
    sections["Assignments"] += [f"assignments/{path.name}" for path in assignments]
    sections["Reference"] = [f"reference/{name}.md" for name in qta_keras.__all__]
    for path in [*lessons, *assignments]:
        write_notebook(for_pages(read_notebook(path)), source / path.relative_to(root))
    for quiz in quizzes.read_quizzes(root):
        write_atomically(source / "quizzes" / quizzes.gift_name(quiz), quizzes.gift(quiz).encode("utf-8"))
        write_atomically(source / "quizzes" / f"{quiz.name}.md", quizzes.page(quiz).encode("utf-8"))
        sections[QUIZZES].append(f"quizzes/{quiz.name}.md")
    for name in qta_keras.__all__:
        write_atomically(source / "reference" / f"{name}.md", _reference(name).encode("utf-8"))
    pages = [page for section in sections.values() for page in section]
    guides = [page for page in pages if page.endswith(".md") and (root / page).exists()]
    for name in [*guides, *LINKED]:
        write_atomically(source / name, (root / name).read_bytes())
    readme = (root / "README.md").read_text(encoding="utf-8")
    write_atomically(source / "index.md", (readme + _toctrees(sections)).encode("utf-8"))
    return pages


def _reference(name: str) -> str:
    """Return the reference page of a module: its docstrings, each with a link to its source."""
    module = f"qta_keras.{name}"
    directive = [f".. automodule:: {module}", "   :members:", "   :imported-members:"]
    return "\n".join([f"# {module}", "", "```{eval-rst}", *directive, "```", ""])


def _toctrees(sections: dict[str, list[str]]) -> str:
    """Return the lists of pages, which Sphinx shows at the side of every page."""
    lines = []
    for caption, pages in sections.items():
        if pages:
            lines += ["", "```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"]
    return "\n".join([*lines, ""])
