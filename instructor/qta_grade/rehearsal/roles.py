"""All parts that there are to play: able students, wrong solutions, attacks, and files that are no notebooks."""

import re
from random import Random

from qta_grade.mutants import Mutant
from qta_grade.rehearsal.cheats import CHEATS
from qta_grade.rehearsal.material import Material, Role, code_cell, place_of
from qta_grade.rehearsal.mistakes import mistakes, runaway
from qta_grade.rehearsal.wreckers import ENDLESS, MALFORMED, WRECKERS
from qta_grade.specification import uncounted

_NOTHING = {  # what stands in attacks in place of the tests' paths, ports and names: nothing is there
    "FOLDER": "/nowhere",
    "ID": "nobody",
    "MARK": "qta-rehearsal",
    "OUT": "/nowhere/out",
    "PORT": "9",
    "SOCKET": "nowhere",
    "SUBMISSIONS": "/nowhere/submissions",
    "TESTS": "/nowhere/tests.json",
}
# These leave alone what their own solution needs: it keeps all its points.
_HARMLESS_TO_THEMSELVES = (
    "a script in an exception",
    "another's submission deleted",
    "another's submission overwritten",
    "tests read where they lie",
    "the environment",
    "a call to the host",
    "leaves by sys.exit",
    "leaves by an interrupt",
    "leaves by os._exit",
    "crashes Python",
    "a shell",
)


def roles(kind: str, material: Material, mutants: list[Mutant], rng: Random) -> list[Role]:
    """Return all roles of a kind.

    Parameters
    ----------
    kind
        "solved", "part solved", "unsolved", "mutant", "mistake", "attack", "broken" or "endless".
    material
        The assignment.
    mutants
        Its wrong solutions.
    rng
        Chooses where in the notebook a mistake is made.
    """
    if kind == "mutant":
        return [_mutant(mutant, material) for mutant in mutants]
    if kind == "mistake":
        return mistakes(material, rng)
    if kind == "attack":
        return _attacks(material)
    if kind == "broken":
        return [Role(kind, f"the file is {what}", content, 0) for what, content in MALFORMED.items()]
    if kind == "endless":
        return [
            runaway(material, rng),
            *(_in_the_template(name, material, kind) for name in WRECKERS if name in ENDLESS),
        ]
    return [role for role in _able(material) if role.kind == kind]


def _able(material: Material) -> list[Role]:
    """Return the students who solve all, the first questions only, or none."""
    found, answers = [], material.answers
    for number in range(len(answers) + 1):
        kind = {0: "unsolved", len(answers): "solved"}.get(number, "part solved")
        points = material.points(material.questions[:number])
        content = material.notebook(material.solved(answers[:number]))
        found.append(Role(kind, f"{number} of {len(answers)} questions solved", content, points))
    return found


def _mutant(mutant: Mutant, material: Material) -> Role:
    answers = {cell.where: cell.solved for cell in material.answers} | {mutant.where: mutant.solved}
    checks = material.assignment.checks
    without = mutant.loses | uncounted(checks, {check.id for check in checks} - mutant.loses)
    lost = material.points(check for check in checks if check.id in without)
    content = material.notebook(material.cells(answers))
    return Role("mutant", f"{mutant.question} {mutant.name}", content, material.possible - lost)


def _attacks(material: Material) -> list[Role]:
    quick = [name for name in [*CHEATS, *WRECKERS] if name not in ENDLESS]
    alone = [_in_the_template(name, material, "attack") for name in quick]
    return alone + [_above_a_solution(name, material) for name in _HARMLESS_TO_THEMSELVES]


def _in_the_template(name: str, material: Material, kind: str) -> Role:
    """Put an attack into the first answer, below the stubs, so that it is at work when that question is checked."""
    cells = material.solved([])
    cells[place_of(cells, material.answers[0])]["source"] += ["\n", "\n", *_source(name).splitlines(keepends=True)]
    return Role(kind, f"{name}, and nothing solved", material.notebook(cells), 0)


def _above_a_solution(name: str, material: Material) -> Role:
    cells = material.solved()
    cells.insert(place_of(cells, material.answers[0]), code_cell(_source(name), "attack"))
    return Role("attack", f"{name}, above a complete solution", material.notebook(cells), material.possible)


def _source(name: str) -> str:
    source = CHEATS.get(name) or WRECKERS[name]
    return re.sub(r"\$([A-Z]+)", lambda found: _NOTHING[found[1]], source)
