"""The private specification of an assignment: all that grading needs, as `build` writes it."""

import ast
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from qta_grade import Refused

PUBLIC_CHECK = "# A public check of "  # how its cell begins in the student's notebook


@dataclass(frozen=True)
class Question:
    """A question."""

    id: str  # such as "q1"
    points: float  # at most
    title: str
    by_hand: bool = False  # marked by the instructor, without checks
    optional: bool = False  # its points stand apart from the score


@dataclass(frozen=True)
class Check:
    """A check of a question."""

    id: str  # such as "q1.check_path"
    name: str  # such as "check_path"
    question: str
    kind: str  # "public" or "hidden"
    points: float
    fail: str  # the sentence for whoever does not pass it
    source: str  # one function, in Python
    known: list = field(default_factory=list)  # of mistakes: how many numbers they give, their fingerprint, what to say

    def function(self, helpers: Mapping[str, Any], *, asserting: bool = True) -> Callable:
        """Return the check as a function that sees the helpers; one that does not assert goes on to its end."""
        tree = ast.parse(self.source)
        if not asserting:
            tree = ast.fix_missing_locations(_WithoutAssertions().visit(tree))
        names = dict(helpers)
        exec(compile(tree, self.id, "exec"), names)
        return names[self.name]


class _WithoutAssertions(ast.NodeTransformer):
    """Computes what is asserted, since that may call the student's functions, and asserts nothing."""

    def visit_Assert(self, node: ast.Assert) -> ast.Expr:
        return ast.Expr(node.test)


@dataclass(frozen=True)
class Specification:
    """An assignment as the grader sees it; questions and checks are in the notebook's order."""

    name: str  # of its files
    title: str
    cpu_per_cell: float  # seconds
    cpu_per_check: float  # seconds
    memory_gb: float  # of 2**30 bytes
    tensorflow: bool  # whether it may be imported: doing without saves seconds per submission
    questions: list[Question]
    checks: list[Check]
    reference: list[str]  # the cells of helpers for hidden checks
    template: list[str]  # the code cells of the student's file
    version: str = (
        ""  # the first twelve digits of the hash in the student's file; files built before it was noted have none
    )
    public_needs_hidden: bool = (
        False  # whether public checks count only with a hidden one: earlier notebooks promised more
    )
    texts: list[str] = field(
        default_factory=list
    )  # the student's Markdown cells, to tell his own words from, if needed

    def to_json(self) -> str:
        """Return it as text, the same for the same assignment."""
        values = asdict(self)
        for name, before in (("version", ""), ("public_needs_hidden", False), ("texts", [])):
            if values[name] == before:  # as it was written before there were these
                del values[name]
        for question in values["questions"]:
            for name in ("by_hand", "optional"):
                if not question[name]:
                    del question[name]
        for check in values["checks"]:
            if not check["known"]:
                del check["known"]
        return json.dumps(values, indent=1, ensure_ascii=False) + "\n"

    @property
    def digest(self) -> str:
        """SHA-256 of what scores depend on, which the version and the texts are no part of."""
        return hashlib.sha256(replace(self, version="", texts=[]).to_json().encode()).hexdigest()

    @classmethod
    def from_json(cls, text: str) -> "Specification":
        """Return what `to_json` made a text of; anything else is `Refused`."""
        try:
            values = json.loads(text)
            questions = [Question(**question) for question in values["questions"]]
            checks = [Check(**check) for check in values["checks"]]
            return cls(**{**values, "questions": questions, "checks": checks})
        except (ValueError, KeyError, TypeError) as error:
            raise Refused(f"This is no specification ({error!r}): run 'qta-grade build' again.") from None


@cache
def run_helpers(reference: tuple[str, ...]) -> dict[str, Any]:
    """Return what the hidden checks of an assignment see; its cells run once, since they may read a corpus."""
    names = {"np": np}
    for number, source in enumerate(reference, 1):
        exec(compile(source, f"reference {number}", "exec"), names)
    return names


def public_checks(specification: Specification) -> set[str]:
    """Return the sources of the public checks as they stand in the student's notebook."""
    return {source for source in specification.template if source.startswith(PUBLIC_CHECK)}


def uncounted(checks: list[Check], passed: set[str]) -> set[str]:
    """Return the ids of public checks that count for nothing: of their question's hidden checks none was passed."""
    hidden = [check for check in checks if check.kind == "hidden"]
    lost = {check.question for check in hidden} - {check.question for check in hidden if check.id in passed}
    return {check.id for check in checks if check.kind == "public" and check.question in lost}


def read_specification(path: Path) -> Specification:
    """Read the file of a specification; see `Specification.from_json`."""
    return Specification.from_json(path.read_text(encoding="utf-8"))


def load_specification(name: str, root: Path) -> Specification:
    """Read a specification by its name, such as "1-linear-regression"; without a sound one, raises `Refused`."""
    try:
        path = named_file(root / "specifications", name, ".json")
    except Refused as error:
        raise Refused(f"{error} 'qta-grade build NAME' makes one.") from None
    return read_specification(path)


def named_file(folder: Path, name: str, ending: str) -> Path:
    """Return the file of that name in the folder; a name that leads elsewhere is none."""
    there = sorted(path.name.removesuffix(ending) for path in folder.glob(f"*{ending}"))
    if name not in there:
        raise Refused(f"There is no {name!r} in {folder}: there are {', '.join(there) or 'none'}.")
    return folder / f"{name}{ending}"
