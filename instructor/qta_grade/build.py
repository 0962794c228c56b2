"""From a source notebook: what students get, and the private specification for grading."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from qta_grade import Refused
from qta_grade.editions import keep_earlier
from qta_grade.known import with_known_mistakes
from qta_grade.mutants import read_mutants
from qta_grade.source import ROOT, SETUP, Assignment, SourceCell, load_source
from qta_grade.specification import PUBLIC_CHECK, Check, Specification

_RUN_CHECK = Path(__file__).parent / "run_check.py"
CANARY = "# canary qta-"  # where a line with this is found, something hidden has got out


def build(name: str, root: Path = ROOT) -> list[Path]:
    """Write the student's notebook and the specification of an assignment, and keep the specification before.

    Raises `Refused` if the source or its wrong solutions are not in order, if the student's notebook was changed by
    hand since it was built, or if nothing says which notebook the specification before belongs to.
    """
    specification, files = draft(load_source(name, root), root)
    _refuse_changed(next(iter(files)))
    keep_earlier(name, root, specification.version)
    for path, text in files.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(files)


def draft(assignment: Assignment, root: Path) -> tuple[Specification, dict[Path, str]]:
    """Return the specification, and the texts of the student's notebook and of the specification by their files."""
    setup_cell = (root.parent / "tools" / "setup_cell.py").read_text(encoding="utf-8")
    mutants = root / "sources" / f"{assignment.name}.mutants.toml"
    if mutants.exists():
        assignment = with_known_mistakes(assignment, read_mutants(mutants, assignment))
    notebook = make_notebook(assignment, setup_cell)
    specification = make_specification(assignment, notebook)
    return specification, {
        root.parent / "assignments" / f"{assignment.name}.ipynb": json.dumps(notebook, indent=1, ensure_ascii=False)
        + "\n",
        root / "specifications" / f"{assignment.name}.json": specification.to_json(),
    }


def make_notebook(assignment: Assignment, setup_cell: str) -> dict:
    """Return the notebook that students get, in the form of Jupyter's files, without outputs.

    The setup cell is given, since the project's address may have changed after the source was written.
    """
    checks, cells = iter(assignment.checks), []
    for cell in assignment.cells:
        text = _of_check(next(checks)) if cell.kind == "check" else _for_students(cell, setup_cell, assignment)
        if text is not None:
            cells.append(_cell(cell, text))
    metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "qta_grade": {"cells_sha256": _digest(cells)},
    }
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def make_specification(assignment: Assignment, notebook: dict) -> Specification:
    """Return what grading needs of an assignment and of the notebook that `make_notebook` made of it."""
    options = assignment.options
    by_hand = any(question.by_hand for question in assignment.questions)
    sources = {
        kind: ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == kind]
        for kind in ("code", "markdown")
    }
    return Specification(
        name=assignment.name,
        title=options["title"],
        cpu_per_cell=float(options["cpu_per_cell"]),
        cpu_per_check=float(options["cpu_per_check"]),
        memory_gb=float(options["memory_gb"]),
        tensorflow=options["tensorflow"] == "yes",
        questions=assignment.questions,
        checks=[_with_canary(check, assignment) for check in assignment.checks],
        reference=[
            cell.solved + _canary(assignment, cell.where) for cell in assignment.cells if cell.kind == "reference"
        ],
        template=sources["code"],
        version=notebook["metadata"]["qta_grade"]["cells_sha256"][:12],
        public_needs_hidden=True,
        texts=sources["markdown"] if by_hand else [],
    )


def _for_students(cell: SourceCell, setup_cell: str, assignment: Assignment) -> str | None:
    if cell.kind == "assignment":
        return _RUN_CHECK.read_text(encoding="utf-8").rstrip("\n") + _table(assignment.checks)
    if cell.kind == "reference":
        return None
    if cell.kind == "plain" and cell.template.startswith(SETUP):
        return setup_cell.rstrip("\n")
    return cell.template


def _table(checks: list[Check]) -> str:
    """Return the lines that fill in the table of known mistakes."""
    lines = []
    for check in checks:
        if check.known and check.kind == "public":
            entries = [f"    ({count}, {number}, {json.dumps(says)})," for count, number, says in check.known]
            lines += [f"KNOWN_MISTAKES[{json.dumps(check.id)}] = [", *entries, "]"]
    return "\n\n\n" + "\n".join(lines) if lines else ""


def _of_check(check: Check) -> str | None:
    if check.kind == "hidden":
        return None
    worth = f"{check.points:g} point{'s' if check.points != 1 else ''}"
    title = f"{PUBLIC_CHECK}{check.question}, worth {worth} if a hidden one passes too."
    function = check.source.strip("\n")
    return f'{title}\n{function}\n\n\nrun_check("{check.question}", {check.name})'


def _cell(cell: SourceCell, text: str) -> dict:
    folded = cell.kind == "assignment" or cell.template.startswith(SETUP)  # nothing in it is to be read
    metadata = {"jupyter": {"source_hidden": True}, "tags": ["hide-input"]} if folded else {}
    kept = {"cell_type": cell.cell["cell_type"], "id": cell.cell["id"], "metadata": metadata}
    ran = {"execution_count": None, "outputs": []} if kept["cell_type"] == "code" else {}
    return {**kept, **ran, "source": text.splitlines(keepends=True)}


def _with_canary(check: Check, assignment: Assignment) -> Check:
    return replace(check, source=check.source + _canary(assignment, check.id)) if check.kind == "hidden" else check


def _canary(assignment: Assignment, where: str) -> str:
    return f"\n{CANARY}{hashlib.sha256(f'{assignment.name} {where}'.encode()).hexdigest()[:12]}"


def _digest(cells: list[dict]) -> str:
    return hashlib.sha256(json.dumps(cells, sort_keys=True).encode()).hexdigest()


def _refuse_changed(path: Path) -> None:
    """Keep what somebody wrote into a student's notebook that was built earlier."""
    if not path.exists():
        return
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        as_built = notebook["metadata"]["qta_grade"]["cells_sha256"] == _digest(notebook["cells"])
    except (ValueError, KeyError, TypeError):
        as_built = False
    if not as_built:
        raise Refused(
            f"{path} has been changed since it was built, and building would overwrite that: put what is worth keeping "
            "into the source, delete the file, and build again."
        )
