"""The comment lines in a source notebook that say what a code cell is for, and what in it is the solution."""

import re
import shlex
from dataclasses import dataclass

from qta_grade import Refused

_MARKER = re.compile(r"\s*#\s*@\s*(\w*)(.*)")
_BEGIN = re.compile(r"(\s*)# BEGIN SOLUTION(.*)")
_COMMENT = re.compile(r"\s*<!--\s*(@.*?)\s*-->\s*")
_END = re.compile(r"\s*# END SOLUTION\s*")
_WORDS = {"assignment": 0, "question": 1, "check": 2, "reference": 0}  # how many words without "=" follow
_OPTIONS = {
    "assignment": {"title", "cpu_per_cell", "cpu_per_check", "memory_gb", "tensorflow"},
    "question": {"points", "title"},
    "check": {"points", "fail"},
    "reference": set(),
}
_MAY = {"question": {"marked", "optional"}}  # options that may be left out


@dataclass(frozen=True)
class Marker:
    """The first line of a cell taken apart: ``# @check q1 public points=1`` has two words and one option."""

    kind: str
    words: list[str]
    options: dict[str, str]


def read_marker(source: str, where: str) -> Marker | None:
    r"""Read the marker of a code cell, None for an ordinary one; a refusal calls the cell `where`.

    Examples
    --------
    >>> read_marker("# @check q1 public points=1 fail='no'\ndef check_it(f): ...", "cell 2").words
    ['q1', 'public']
    """
    found = _on_first_line(_MARKER, source, where)
    if not found:
        return None
    kind = found[1]
    if kind not in _WORDS:
        raise Refused(f"The first line of {where} says @{kind}: the markers are {', '.join('@' + w for w in _WORDS)}.")
    words, options = _split(found[2], f"@{kind} in {where}")
    if len(words) != _WORDS[kind]:
        raise Refused(f"@{kind} in {where} is followed by the words {words}: it takes {_WORDS[kind]}.")
    _refuse_options(kind, options, where)
    return Marker(kind, words, options)


def _refuse_options(kind: str, options: dict[str, str], where: str) -> None:
    may = sorted(_MAY.get(kind, ()))
    unknown = [name for name in options if name not in _OPTIONS[kind] and name not in may]
    lacking = sorted(_OPTIONS[kind] - set(options))
    if unknown:
        said = f"has the unknown option{'s' if len(unknown) > 1 else ''} {', '.join(unknown)}"
    elif lacking:
        said = f"lacks {', '.join(lacking)}"
    else:
        return
    takes = ", ".join(sorted(_OPTIONS[kind])) or "none"
    takes += f" and, if liked, {', '.join(may)}" if may else ""
    hint = " (prompt belongs behind # BEGIN SOLUTION.)" if "prompt" in unknown else ""
    raise Refused(f"@{kind} in {where} {said}: it takes {takes}.{hint}")


def read_written_marker(source: str, where: str) -> Marker | None:
    """Read the marker of a Markdown cell, ``<!-- @question ... -->``: its student writes text, and no code."""
    found = _on_first_line(_COMMENT, source, where)
    if not found:
        return None
    marker = read_marker(f"# {found[1]}", where)
    if marker.kind != "question":
        raise Refused(f"{where.capitalize()} is Markdown, and says @{marker.kind}: Markdown takes @question only.")
    if "marked" not in marker.options:
        raise Refused(f"{marker.words[0]} in {where} is answered in Markdown: it has to say marked=by-hand.")
    return marker


def _on_first_line(marker: re.Pattern, source: str, where: str) -> re.Match | None:
    first, *others = source.split("\n")
    for number, line in enumerate(others, 2):
        if marker.fullmatch(line):
            raise Refused(f"In {where}, line {number} is {line.strip()!r}: a marker has to be the cell's first line.")
    return marker.fullmatch(first)


def _split(text: str, where: str) -> tuple[list[str], dict[str, str]]:
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise Refused(f"{where} cannot be read, {error}: {text.strip()}") from None
    options = [part.partition("=") for part in parts if "=" in part]
    names = [name for name, _, _ in options]
    if len(set(names)) < len(names):
        raise Refused(f"{where} has an option twice: {text.strip()}")
    return [part for part in parts if "=" not in part], {name: value for name, _, value in options}


def split_solution(source: str, question: str, where: str) -> tuple[str, str, list[str]]:
    """Take an answer cell apart.

    Returns what students get, the solved cell without the lines that mark the solution, and the solution's own lines. A
    stub names the `question`.
    """
    template, solved, private, begun = [], [], [], 0
    for number, line in enumerate(source.split("\n"), 1):
        begin, end = _BEGIN.fullmatch(line), _END.fullmatch(line)
        if begin and begun:
            raise Refused(f"In {where}, the solution begun on line {begun} has no END SOLUTION before line {number}.")
        if end and not begun:
            raise Refused(f"In {where}, line {number} is END SOLUTION without a BEGIN SOLUTION.")
        if begin:
            begun = number
            template.append(begin[1] + _prompt(begin[2], question, f"BEGIN SOLUTION in {where}"))
        elif end:
            begun = 0
        else:
            solved.append(line)
            (private if begun else template).append(line)
    if begun:
        raise Refused(f"In {where}, the solution begun on line {begun} has no END SOLUTION.")
    if not private:
        raise Refused(f"{where.capitalize()} answers {question}, but has no solution between BEGIN and END SOLUTION.")
    return "\n".join(template), "\n".join(solved), private


def _prompt(text: str, question: str, where: str) -> str:
    words, options = _split(text, where)
    if words or set(options) - {"prompt"}:
        raise Refused(f'{where} is followed by {text.strip()!r}: it takes only prompt="...".')
    return options.get("prompt", f'raise NotImplementedError("{question}")')


def marks_a_solution(source: str) -> bool:
    """Return whether a line of the cell begins or ends a solution."""
    return any(_BEGIN.fullmatch(line) or _END.fullmatch(line) for line in source.split("\n"))
