"""Editions of an assignment: what was handed out before the last build keeps its own specification.

`build` writes a hash of the student's cells into the notebook's metadata: its version. When the version changes, the
specification of the one before goes to ``specifications/earlier/NAME/VERSION.json``, and is graded by from then on
wherever a submission says that version. A corrected hidden check changes no notebook, so it replaces the specification
of the same version, and counts for everybody who has that notebook.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qta_grade import Refused
from qta_grade.files import write
from qta_grade.notebook import Unreadable, read_cells
from qta_grade.specification import public_checks, read_specification

# Found by its bytes, since a hostile file may be large: within a text of the notebook the quotation marks are escaped.
_VERSION = re.compile(rb'"cells_sha256"\s*:\s*"([0-9a-f]{12})[0-9a-f]{52}"')


@dataclass(frozen=True)
class Edition:
    """A specification, and its digest."""

    specification: Any
    digest: str

    @property
    def possible(self) -> dict[str, float]:
        """The most points per question, in the assignment's order."""
        checks = self.specification.checks
        return {
            question.id: question.points
            if question.by_hand
            else sum(check.points for check in checks if check.question == question.id)
            for question in self.specification.questions
        }

    @property
    def optional(self) -> list[str]:
        """The ids of the questions whose points stand apart from the score."""
        return [question.id for question in self.specification.questions if question.optional]

    @property
    def by_hand(self) -> list[str]:
        """The ids of the questions that the instructor marks."""
        return [question.id for question in self.specification.questions if question.by_hand]


def version_of(notebook: bytes) -> str:
    """Return the version written in a notebook, which its student may have changed; empty if there is none."""
    found = _VERSION.search(notebook)
    return found[1].decode() if found else ""


def keep_earlier(name: str, root: Path, version: str) -> None:
    """Keep the specification that is about to be replaced, if its notebook is of another version.

    `root` is the folder ``instructor``; `version` is that of the notebook about to be written.
    """
    path = root / "specifications" / f"{name}.json"
    if not path.exists():
        return
    before = read_specification(path).version or _version_of_built(root.parent / "assignments" / f"{name}.ipynb", path)
    if before != version:
        folder = _folder(name, root)
        folder.mkdir(parents=True, exist_ok=True)
        write(folder / f"{before}.json", path.read_text(encoding="utf-8"))
        (folder / f"{version}.json").unlink(missing_ok=True)  # an old version that is the present one again


def _version_of_built(notebook: Path, specification: Path) -> str:
    """Return the version for a specification that was built before versions stood in it."""
    version = version_of(notebook.read_bytes()) if notebook.exists() else ""
    if not version:
        raise Refused(
            f"{specification} does not say which notebook it belongs to, and {notebook} does not say it either: bring "
            "back the notebook as it was built, so that those who have it can be graded by it, and build again."
        )
    return version


def read_earlier(name: str, root: Path) -> list[Edition]:
    """Read the earlier editions of an assignment in the folder ``instructor``, sorted by their versions."""
    found = []
    for path in sorted(_folder(name, root).glob("*.json")):
        specification = replace(read_specification(path), version=path.stem)  # some have it in their name alone
        found.append(Edition(specification, specification.digest))
    return found


def _folder(name: str, root: Path) -> Path:
    return root / "specifications" / "earlier" / name


def choose_edition(notebook: bytes, present: Edition, earlier: Sequence[Edition]) -> tuple[Edition, str]:
    """Choose what a submission is graded by; add a sentence if that is not the present edition, or not known to be.

    A student who changes the version in the notebook is graded by that version, and the sentence says so.
    """
    version = version_of(notebook)
    if not present.specification.version or version == present.specification.version:
        return present, ""
    for edition in earlier:
        if edition.specification.version == version:
            return edition, f"This notebook is of the earlier version {version}, and was graded by that version."
    if version:
        return present, f"This notebook is of version {version}, which is not kept: it was graded by the present one."
    try:
        there = {cell.source for cell in read_cells(notebook)}
    except Unreadable:  # the grader says what is wrong with it
        return present, ""
    fitting = [edition for edition in (present, *earlier) if public_checks(edition.specification) <= there]
    if len(fitting) != 1:
        said = "This notebook does not say its version, nor do its public checks: it was graded by the present one."
        return present, said if earlier else ""  # where there was only ever one, there is nothing to mistake
    if fitting == [present]:
        return present, ""
    return fitting[0], (
        f"This notebook does not say its version, but has the public checks of the earlier version "
        f"{fitting[0].specification.version}: it was graded by that one."
    )
