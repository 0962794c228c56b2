"""A made-up class to rehearse a grading on: every submission with the score that it has to get."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from random import Random

from qta_grade import Refused
from qta_grade.build import make_notebook
from qta_grade.files import write
from qta_grade.known import with_known_mistakes
from qta_grade.mutants import Mutant, read_mutants
from qta_grade.rehearsal.material import Material, Role
from qta_grade.rehearsal.roles import roles
from qta_grade.source import ROOT, load_source
from qta_grade.tables import number

MAX_STUDENTS = 2_000
# Twenty students, one after the other; the twenty-first is like the first. Each is 5% of the class.
_MIX = (
    "solved", "mutant", "part solved", "mistake", "attack", "solved", "mutant", "unsolved", "solved", "broken",
    "part solved", "mistake", "solved", "mutant", "part solved", "solved", "mistake", "solved", "mutant", "part solved",
)  # fmt: skip
_ENDLESS_EVERY = 50  # students: such a one takes minutes
_FIRST = "Amy Bo Chiara Dániel Eva Farid Grace Hana Iker João Kim Lena Mía Noor Olaf Priya Quinn Rosa Søren Zoë".split()
_LAST = "Abreu Brown Chen Díaz Eriksen Fischer Gupta Haddad Ito Jansen Kovács Lee Müller Novák O'Neill Rossi".split()


def simulate(name: str, count: int, folder: Path, seed: int = 1, root: Path = ROOT) -> None:
    """Make up a class, and print what is in it. If anything is refused, nothing is written.

    `count` students hand something in; one more, in the class list only, does not. `folder`, new or empty, gets
    ``submissions/``, ``class.csv``, ``expected.csv`` and, where questions are marked by hand, ``overrides.csv``, which
    gives no points for them. The same `seed` makes the same class.
    """
    if not 1 <= count <= MAX_STUDENTS:
        raise Refused(f"A class of {count} cannot be made up: name a number from 1 to {MAX_STUDENTS:,}.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is a file or not empty: name a new folder for the class.")
    assignment = load_source(name, root)
    by_hand = [question.id for question in assignment.questions if question.by_hand]
    if len(by_hand) == len(assignment.questions):
        raise Refused(f"{name} has no question with checks: there is nothing to rehearse.")
    mutants = read_mutants(root / "sources" / f"{name}.mutants.toml", assignment)
    setup_cell = (root.parent / "tools" / "setup_cell.py").read_text(encoding="utf-8")
    notebook = make_notebook(with_known_mistakes(assignment, mutants), setup_cell)
    material, rng = Material(assignment, notebook), Random(seed)
    students = _students(count + 1, rng)
    possible = number(sum(question.points for question in assignment.questions if not question.optional))
    *present, absent = students
    (folder / "submissions").mkdir(parents=True)
    rows = [[absent, "absent", "nothing handed in", "0", possible]]
    for student, role in zip(present, _played(material, mutants, rng), strict=False):
        (folder / "submissions" / f"{student}.ipynb").write_bytes(role.content)
        rows.append([student, role.kind, role.what, number(role.expected), possible])
    _write_table(folder / "class.csv", ["id", "name"], sorted(students.items()))
    _write_table(folder / "expected.csv", ["id", "kind", "what", "expected", "possible"], sorted(rows))
    if by_hand:
        points = [[student, question, "0", "made up"] for student in sorted(present) for question in by_hand]
        _write_table(folder / "overrides.csv", ["id", "question", "points", "comment"], points)
    kinds = Counter(row[1] for row in rows)
    print(", ".join(f"{many} {kind}" for kind, many in kinds.items()) + ".")
    if by_hand:
        print(f"mkdir OUT && cp {folder / 'overrides.csv'} OUT  # no points for {', '.join(by_hand)}")
    print(f"qta-grade grade {name} {folder / 'submissions'} -o OUT --class-list {folder / 'class.csv'}")
    print(f"qta-grade compare {folder} OUT")


def _students(count: int, rng: Random) -> dict[str, str]:
    """Return names by ids; an id says nothing about the role."""
    ids = rng.sample(range(100_000, 1_000_000), count)
    return {f"s{digits}": f"{rng.choice(_FIRST)} {rng.choice(_LAST)}" for digits in ids}


def _played(material: Material, mutants: list[Mutant], rng: Random) -> Iterator[Role]:
    """Deal the roles of each kind in a drawn order, and anew when all have been dealt.

    Where an assignment has none of a kind, as one question cannot be solved in part, the solution takes its place.
    """

    def dealt(kind: str) -> Iterator[Role]:
        deck = roles(kind, material, mutants, rng) or roles("solved", material, mutants, rng)
        while True:
            yield from rng.sample(deck, len(deck))

    dealers = {kind: dealt(kind) for kind in (*_MIX, "endless")}
    for place, kind in enumerate(chain.from_iterable(repeat(_MIX)), 1):
        yield next(dealers["endless" if place % _ENDLESS_EVERY == 0 else kind])


def _write_table(path: Path, columns: list[str], rows: list) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    write(path, text.getvalue(), "utf-8-sig")
