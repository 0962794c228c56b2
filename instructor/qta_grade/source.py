"""A source notebook read: text, solutions, checks and helpers of an assignment, and whether they fit together."""

import ast
import builtins
import json
import math
import symtable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from qta_grade import Refused
from qta_grade.markers import Marker, marks_a_solution, read_marker, read_written_marker, split_solution
from qta_grade.specification import Check, Question, named_file

ROOT = Path(__file__).resolve().parents[1]  # the folder instructor/
SETUP = "# Setup: run this cell first."  # how the setup cell begins in every notebook of the course


@dataclass(frozen=True)
class SourceCell:
    """A cell of the source."""

    kind: str  # "written" (a question in Markdown), "markdown", "plain", or the kind of its marker
    cell: dict  # as it stands in the notebook, its source one text
    where: str  # what it is called in messages
    marker: Marker | None
    template: str  # of an answer what students get, else the text
    solved: str  # of an answer the code with the solution, else the text
    private: list[str]  # the solution's own lines


@dataclass(frozen=True)
class Assignment:
    """A source notebook that is in order: its name, header, cells, questions and checks."""

    name: str
    options: dict[str, str]
    cells: list[SourceCell]
    questions: list[Question]
    checks: list[Check]


def load_source(name: str, root: Path = ROOT) -> Assignment:
    """Read ``sources/NAME.ipynb`` in the folder ``instructor``; see `read_source`."""
    return read_source(named_file(root / "sources", name, ".ipynb"))


def read_source(path: Path) -> Assignment:
    """Read a source notebook, whose name is the assignment's.

    It is refused if its parts do not fit together; the sentence names the cell.
    """
    cells = [_read_cell(cell, f"cell {number}") for number, cell in enumerate(_notebook_cells(path), 1)]
    code = [cell for cell in cells if cell.kind not in ("markdown", "written")]
    if not code or [cell for cell in code if cell.kind == "assignment"] != code[:1]:
        raise Refused(f"{path.name}: its first code cell, and no other, has to begin with # @assignment.")
    header = code[0].marker.options
    for option in ("cpu_per_cell", "cpu_per_check", "memory_gb"):
        _number(header[option], option, code[0])
    if header["tensorflow"] not in ("yes", "no"):
        raise Refused(f"tensorflow={header['tensorflow']} in {code[0].where}: it has to be yes or no.")
    questions = [_question(cell) for cell in cells if cell.kind in ("question", "written")]
    checks = _checks(cells)
    _refuse_twice("question", [question.id for question in questions])
    _refuse_twice("check", [check.id for check in checks])
    for question in questions:
        total = sum(check.points for check in checks if check.question == question.id)
        if question.by_hand:
            if total:
                raise Refused(f"{question.id} is marked by hand and has checks: make two questions of it.")
            continue
        if total == 0:
            raise Refused(f"{question.id} has no check: write one, or say marked=by-hand.")
        if not math.isclose(total, question.points):
            raise Refused(f"{question.id} has {question.points:g} points, but its checks have {total:g} together.")
    if questions and all(question.optional for question in questions):
        raise Refused(f"All questions of {path.name} are optional: one at least has to count.")
    if not questions:
        raise Refused(f"{path.name} has no question: begin an answer cell with # @question.")
    return Assignment(path.stem, header, cells, questions, checks)


def _notebook_cells(path: Path) -> list[dict]:
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = notebook["cells"]
        for number, cell in enumerate(cells, 1):
            if "id" not in cell:
                raise Refused(f"{path.name}, cell {number} has no id: save the notebook once in a current Jupyter.")
        nbformat.validate(nbformat.from_dict(notebook))
    except (ValueError, KeyError, TypeError, AttributeError, nbformat.ValidationError) as error:
        raise Refused(f"{path.name} is no sound notebook: {str(error).splitlines()[0]}.") from None
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def _read_cell(cell: dict, where: str) -> SourceCell:
    source = cell["source"].rstrip("\n")
    if cell["cell_type"] != "code":
        marker = read_written_marker(source, where)
        return SourceCell("written" if marker else "markdown", cell, where, marker, source, source, [])
    marker = read_marker(source, where)
    kind = marker.kind if marker else "plain"
    if kind == "question":
        cell_parts = SourceCell(kind, cell, where, marker, *split_solution(source, marker.words[0], where))
    elif marks_a_solution(source):
        raise Refused(f"{where.capitalize()} has a SOLUTION, but is no answer: begin it with # @question.")
    else:
        cell_parts = SourceCell(kind, cell, where, marker, source, source, [])
    for text in (cell_parts.solved, cell_parts.template):
        _parse(text, where)
    return cell_parts


def _parse(text: str, where: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise Refused(f"{where.capitalize()} is no Python: {error.msg} (line {error.lineno}).") from None


def _number(text: str, option: str, cell: SourceCell) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise Refused(f"{option}={text} in {cell.where}: it has to be a number above 0.")
    return int(number) if number.is_integer() else number


def _question(cell: SourceCell) -> Question:
    (name,), options = cell.marker.words, cell.marker.options
    if not name.isidentifier():
        raise Refused(f"{cell.where.capitalize()} is for question {name!r}: write letters and digits, such as q1.")
    if (marked := options.get("marked", "by-hand")) != "by-hand":
        raise Refused(f"marked={marked} in {cell.where}: it takes by-hand, or leave it out.")
    if (optional := options.get("optional", "yes")) != "yes":
        raise Refused(f"optional={optional} in {cell.where}: it takes yes, or leave it out.")
    points = _number(options["points"], "points", cell)
    return Question(name, points, options["title"], "marked" in options, "optional" in options)


def _checks(cells: list[SourceCell]) -> list[Check]:
    helpers = _names_bound(cell.solved for cell in cells if cell.kind == "reference")
    student = _names_bound(cell.template for cell in cells if cell.kind in ("plain", "question"))
    asked, checks = set(), []
    for cell in cells:
        if cell.kind in ("question", "written"):
            asked.add(cell.marker.words[0])
        if cell.kind == "check":
            check = _check(cell, student)
            if check.question not in asked:
                raise Refused(f"{check.id} in {cell.where} stands before any question {check.question}: move it below.")
            strange = _names_used(cell.solved) - {"np", check.name} - (helpers if check.kind == "hidden" else set())
            if strange:
                which = "np" if check.kind == "public" else "np and names of @reference cells"
                raise Refused(f"{check.id} uses {', '.join(sorted(strange))}: a {check.kind} check sees only {which}.")
            checks.append(check)
    return checks


def _check(cell: SourceCell, student: set[str]) -> Check:
    (question, kind), options = cell.marker.words, cell.marker.options
    if kind not in ("public", "hidden"):
        raise Refused(f"The check in {cell.where} is {kind!r}: it has to be public or hidden.")
    body = _parse(cell.solved, cell.where).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef) or body[0].decorator_list:
        raise Refused(f"The check in {cell.where} has to be one function and nothing else.")
    name, arguments = body[0].name, body[0].args
    plain = [argument.arg for argument in arguments.args]
    if arguments.posonlyargs or arguments.kwonlyargs or arguments.vararg or arguments.kwarg or arguments.defaults:
        raise Refused(f"{name} in {cell.where} has other than plain arguments: write each name only.")
    if unknown := [argument for argument in plain if argument not in student | {"rng"}]:
        raise Refused(f"{name} in {cell.where} asks for {', '.join(unknown)}, which no cell of the student defines.")
    if not options["fail"].strip():
        raise Refused(f'{name} in {cell.where} has an empty fail="...": say what is wrong when it does not pass.')
    source = cell.solved.split("\n", 1)[1]  # without its marker
    return Check(
        f"{question}.{name}", name, question, kind, _number(options["points"], "points", cell), options["fail"], source
    )


def _names_bound(sources: object) -> set[str]:
    tables = [symtable.symtable(source, "cell", "exec") for source in sources]
    symbols = [symbol for table in tables for symbol in table.get_symbols()]
    return {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}


def _names_used(source: str) -> set[str]:
    tables, used = [symtable.symtable(source, "check", "exec")], set()
    while tables:
        table = tables.pop()
        used |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced()}
        tables.extend(table.get_children())
    return used - set(dir(builtins))


def _refuse_twice(what: str, names: list[str]) -> None:
    for name in names:
        if names.count(name) > 1:
            raise Refused(f"There are {names.count(name)} of the {what} {name}: give each a name of its own.")
