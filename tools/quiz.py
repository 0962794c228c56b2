"""A quiz per lesson: one source in docs/quizzes, and from it a page of the site and a GIFT file for Moodle.

A source is a TOML file that is named after its lesson, such as ``01.toml``::

    [[question]]
    text = "What is the slope of $x^2$ at $x = 3$?"

    [[question.choice]]
    text = "6"
    right = true
    reason = "The derivative is $2x$."

Texts may have formulas in dollar signs, code in backticks, and stress between asterisks.
"""

import html
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from math_core import LatexError

from tools import Stop
from tools.mathml import formula_to_mathml
from tools.notebook import find_notebooks, read_notebook

FOLDER = "docs/quizzes"
CATEGORY = "Neural networks for text analysts"  # in Moodle's question bank, with a category for each lesson in it
_PIECES = re.compile(r"`([^`]+)`|\$([^$]+)\$|\*([^*]+)\*")


@dataclass(frozen=True)
class Choice:
    """An answer to choose, and why it is right, or which thought leads to it."""

    text: str
    reason: str
    right: bool


@dataclass(frozen=True)
class Question:
    """A question with its choices, one of them right."""

    text: str
    choices: list[Choice]


@dataclass(frozen=True)
class Quiz:
    """The questions on a lesson; `name` is the lesson's number, `title` its title, `lesson` its file's name."""

    name: str
    title: str
    lesson: str
    questions: list[Question]


def read_quizzes(root: Path) -> list[Quiz]:
    """Read the quizzes of all lessons that have one, in the order of the lessons."""
    return [read_quiz(path, root / "notebooks") for path in sorted((root / FOLDER).glob("*.toml"))]


def read_quiz(path: Path, lessons: Path) -> Quiz:
    """Read a quiz, and check it; the name of its source is the lesson's number."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Stop(f"{path.name} is not a TOML file: {error}.") from None
    questions = _tables(content, "question", path.name)
    _known(content, {"question"}, path.name)
    (lesson,) = find_notebooks(lessons, [f"{path.stem}-"])
    title = read_notebook(lesson).cells[0].source.splitlines()[0].removeprefix("# ")
    checked = [_question(raw, f"{path.name}, question {number}") for number, raw in enumerate(questions, 1)]
    return Quiz(path.stem, title, lesson.name, checked)


def page(quiz: Quiz) -> str:
    """Return the page of a quiz, in which each choice opens to its reason.

    It is Markdown for Sphinx, to lie beside the file that `gift_name` names, in a folder beside the lessons'.
    """
    lines = [f"# Quiz: {quiz.title}", "", f"On the lesson [{quiz.title}](../notebooks/{quiz.lesson})."]
    lines += ["Decide first; then open your choice, and read why it is right or wrong. One is right."]
    for number, question in enumerate(quiz.questions, 1):
        lines += ["", f"## Question {number}", "", question.text]
        for choice in question.choices:
            # Sphinx takes the line of the choice as it is, so its formulas are MathML already.
            summary = _to_html(choice.text, lambda latex: formula_to_mathml(latex, displayed=False))
            verdict = "**Right.**" if choice.right else "**No.**"
            lines += ["", f"<details><summary>{summary}</summary>", "", f"{verdict} {choice.reason}", "", "</details>"]
    name = gift_name(quiz)
    return "\n".join([*lines, "", f"{{download}}`For Moodle: the same questions as a GIFT file <{name}>`", ""])


def gift_name(quiz: Quiz) -> str:
    """Return the name of the GIFT file: Moodle wants the ending ``.txt``."""
    return f"{quiz.name}.gift.txt"


def gift(quiz: Quiz) -> str:
    r"""Return the GIFT file of a quiz: a category, then the questions, with blank lines between them and nowhere else.

    Its texts are HTML, for in Moodle's Markdown ``\(`` loses the backslash that MathJax looks for.
    """
    lesson = f"{quiz.name} {quiz.title}".replace("/", "//")  # Moodle undoes no other escape in a category
    blocks = [f"$CATEGORY: {CATEGORY}/{lesson}"]
    for number, question in enumerate(quiz.questions, 1):
        lines = [f"::Quiz {quiz.name}, question {number}::[html]{_to_gift(question.text)} {{"]
        for choice in question.choices:
            lines.append(f"{'=' if choice.right else '~'}{_to_gift(choice.text)}#{_to_gift(choice.reason)}")
        blocks.append("\n".join([*lines, "}"]))
    return "\n\n".join(blocks) + "\n"


def _question(raw: dict, place: str) -> Question:
    choices = [_choice(each, f"{place}, choice {n}") for n, each in enumerate(_tables(raw, "choice", place), 1)]
    _known(raw, {"text", "choice"}, place)
    if len(choices) < 3:
        raise Stop(f"{place} has fewer than three choices.")
    right = sum(choice.right for choice in choices)
    if right != 1:
        raise Stop(f"{place} has {right or 'no'} right {'choices' if right else 'choice'}: mark one with right = true.")
    if len({choice.text for choice in choices}) < len(choices):
        raise Stop(f"{place} has the same choice twice.")
    return Question(_text(raw, "text", place), choices)


def _choice(raw: dict, place: str) -> Choice:
    _known(raw, {"text", "reason", "right"}, place)
    right = raw.get("right", False)
    if not isinstance(right, bool):
        raise Stop(f"{place} has right = {right!r}: write true, or leave the line out.")
    choice = Choice(_text(raw, "text", place), _text(raw, "reason", place), right)
    if not re.sub(r"\$[^$]*\$", "", choice.text).strip():
        raise Stop(f"{place} is a formula alone, which has no name when it is read aloud: add a word.")
    return choice


def _tables(raw: dict, key: str, place: str) -> list[dict]:
    tables = raw.get(key, [])
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise Stop(f"{place} has no {key}s: each begins with [[{'question.' if key == 'choice' else ''}{key}]].")
    return tables


def _known(raw: dict, keys: set[str], place: str) -> None:
    for key in raw:
        if key not in keys:
            raise Stop(f"{place} has an unknown key, {key!r}: known are {', '.join(sorted(keys))}.")


def _text(raw: dict, key: str, place: str) -> str:
    text = raw.get(key, "")
    if not isinstance(text, str) or not text.strip():
        raise Stop(f"{place} has no {key}.")
    text = " ".join(text.split())
    for mark in re.findall(r"[`$*]", _PIECES.sub("", text)):
        raise Stop(f"{place} has a {mark} without its partner: {text}")
    try:
        _to_html(text, lambda latex: formula_to_mathml(latex, displayed=False))
    except LatexError as error:
        raise Stop(f"{place} has a formula that cannot be shown ({error}): {text}") from None
    return text


def _to_html(text: str, formula: Callable[[str], str]) -> str:
    """Return a line of our Markdown as HTML; `formula` says what a formula becomes."""
    parts, end = [], 0
    for piece in _PIECES.finditer(text):
        code, latex, stressed = piece.groups()
        parts.append(html.escape(text[end : piece.start()], quote=False))
        if latex:
            parts.append(formula(latex))
        else:
            tag = "code" if code else "em"
            parts.append(f"<{tag}>{html.escape(code or stressed, quote=False)}</{tag}>")
        end = piece.end()
    return "".join([*parts, html.escape(text[end:], quote=False)])


def _to_gift(text: str) -> str:
    """Return a line of our Markdown as HTML for GIFT, with a backslash before each character that means something."""
    in_html = _to_html(text, lambda latex: rf"\({html.escape(latex, quote=False)}\)")
    return re.sub(r"([\\~=#{}:])", r"\\\1", in_html)  # the backslash too: \n of \nabla would be a line break
