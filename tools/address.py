"""``address``: writes where the project lives on the web into every file that says so.

The address stands in ``pyproject.toml``, and the rest follows from there: the setup cell (a notebook on its own
installs the package from that place), each notebook's link to Colab, the README and the citation file.
"""

import json
import re
import tomllib
from pathlib import Path

from tools import Stop
from tools.write_files import between_marks, write_atomically

FORM = re.compile(r"https?://[^\s/]+/\S+|file://\S+")
GITHUB = "https://github.com/"


def write(root: Path, address: str) -> None:
    """Write the project's address into the files that name it, and say which; an empty one takes it out again."""
    address = address.strip().rstrip("/").removesuffix(".git")
    if address and not FORM.fullmatch(address):
        raise Stop(f"{address!r} is no address: give one such as https://github.com/NAME/qta-keras.")
    for path, text in files(root, address).items():
        if path.read_text(encoding="utf-8") != text:
            write_atomically(path, text.encode("utf-8"))
            print(f"written: {path.relative_to(root).as_posix()}")
    print(f"The address is {address}, and the version {tag(root)}." if address else "The project has no address.")
    if address:
        if (root / "instructor").is_dir():
            print("The assignments hold the setup cell, too: run `qta-grade build NAME` for each of them.")
        print(f"Commit, then `git tag {tag(root)}` and push both: notebooks that lie alone install that tag.")


def read(root: Path) -> str:
    """Return the project's address; empty while it is not known."""
    return project(root).get("urls", {}).get("Repository", "")


def files(root: Path, address: str) -> dict[Path, str]:
    """Return what every file that names the address holds with this one."""
    setup = root / "tools" / "setup_cell.py"
    source = f"git+{address}@{tag(root)}" if address else ""
    setup_cell = with_source(setup.read_text(encoding="utf-8"), source)
    texts = {setup: setup_cell}
    for name, change in {"pyproject.toml": _in_project, "CITATION.cff": _in_citation}.items():
        texts[root / name] = change((root / name).read_text(encoding="utf-8"), address)
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    for path in notebooks:
        texts[path] = _in_notebook(path.read_text(encoding="utf-8"), setup_cell, _colab(address, tag(root), path))
    clone = [f"Get the folder with `git clone {address}`."] * bool(address)
    links = {
        "README.md": clone + _colab_line("Or open a notebook", address, tag(root), notebooks),
        "assignments/README.md": _colab_line(
            "Open one", address, tag(root), sorted((root / "assignments").glob("*.ipynb"))
        ),
    }
    for page in [root / name for name in links if (root / name).exists()]:
        lines = links[page.relative_to(root).as_posix()]
        texts[page] = between_marks(page.read_text(encoding="utf-8"), "address", lines)
    return texts


def project(root: Path) -> dict:
    """Return the table ``project`` of ``pyproject.toml``."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def tag(root: Path) -> str:
    """Return the tag of the present version, such as ``v0.2.0``."""
    return f"v{project(root)['version']}"


def _colab(address: str, version_tag: str, notebook: Path) -> str:
    """Return the link that opens a notebook in Colab, which knows GitHub only."""
    if not address.startswith(GITHUB):
        return ""
    place = f"{address.removeprefix(GITHUB)}/blob/{version_tag}/{notebook.parent.name}/{notebook.name}"
    return f"https://colab.research.google.com/github/{place}"


def with_source(setup_cell: str, source: str) -> str:
    """Return the setup cell with what pip has to install for a notebook on its own, such as ``git+https://...``."""
    return re.sub(r'^SOURCE = ".*?"', lambda _: f"SOURCE = {json.dumps(source)}", setup_cell, flags=re.MULTILINE)


def _in_project(text: str, address: str) -> str:
    text = re.sub(r'\[project\.urls\]\nRepository = ".*"\n\n', "", text)
    section = f'[project.urls]\nRepository = "{address}"\n\n' if address else ""
    return text.replace("[project.optional-dependencies]", f"{section}[project.optional-dependencies]")


def _in_citation(text: str, address: str) -> str:
    text = re.sub(r"repository-code: .*\n", "", text)
    return text.replace("license:", f"repository-code: {address}\nlicense:" if address else "license:")


def _in_notebook(text: str, setup_cell: str, colab: str) -> str:
    notebook = json.loads(text)
    title, setup = notebook["cells"][0], notebook["cells"][2]
    source = re.sub(r"\n\n\[Open this notebook in Colab\]\(.*?\)", "", "".join(title["source"]))
    if colab:
        source = source.replace("\n\n*Runs in", f"\n\n[Open this notebook in Colab]({colab})\n\n*Runs in")
    title["source"] = source.splitlines(keepends=True)
    setup["source"] = setup_cell.rstrip("\n").splitlines(keepends=True)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _colab_line(words: str, address: str, version_tag: str, notebooks: list[Path]) -> list[str]:
    if not address.startswith(GITHUB):
        return []
    links = [f"[{path.stem.partition('-')[0]}]({_colab(address, version_tag, path)})" for path in notebooks]
    return [f"{words} in Google Colab, with nothing to install: {', '.join(links)}."]
