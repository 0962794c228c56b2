"""Which passages of code two notebooks share, whatever the names, the layout and the order of the cells."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pygments.lexers.python import PythonLexer
from pygments.token import Comment, Name, Number, String, Text, _TokenType

from qta_grade.notebook import Cell

SHORTEST = 25  # tokens, about two lines; shorter ones are alike where nobody copied, see tests/test_similarity.py
_LEXER = PythonLexer()
_BREAK = ""  # a token that no code has: no passage goes over it
_NO_ANSWER = {"print", "assert", "import", "from"}  # statements that begin so are not compared
_OPENING, _CLOSING = frozenset("([{"), frozenset(")]}")
_CANDIDATES = 20  # places at which a passage is tried, so that endless repetition does not cost hours


@dataclass(frozen=True)
class Token:
    """A word of code: what it is compared by, how it is written, and where, from `start` to before `end`."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Template:
    """What everybody was given: whole cells, and the statements in them."""

    cells: frozenset[str]
    statements: frozenset[tuple[str, ...]]


@dataclass(frozen=True)
class Code:
    """What a notebook has of its own.

    A passage ends at the end of a cell, at the head of a function, and at a statement of the template.
    """

    kinds: list[str]  # what its tokens are compared by, and an empty text where a passage ends
    places: list[tuple[Cell, int, int]]  # of each of these: its cell, and where it begins and ends there
    begins: dict[int, list[int]]  # where the passages of the shortest length begin, by their hash
    own: int  # how many tokens there are


@dataclass(frozen=True)
class Passage:
    """A shared passage: where it begins in the left notebook and in the right one, and its length, in tokens."""

    left: int
    right: int
    length: int


def read_template(sources: Iterable[str]) -> Template:
    """Take the code cells that everybody was given apart."""
    sources = list(sources)
    statements = (_written(statement) for source in sources for statement in _statements(source))
    return Template(frozenset(source.strip() for source in sources), frozenset(statements))


def read_code(cells: Iterable[Cell], template: Template) -> Code:
    """Take the code that is somebody's own out of a notebook. The cells need not be Python, and are never run.

    Comments, heads and documentation of functions, prints, asserts and imports do not count, nor do statements that the
    template has. Names are all alike, except after a dot and except Python's own; so are numbers, and texts.
    """
    kinds: list[str] = []
    places: list[tuple[Cell, int, int]] = []
    for cell in cells:
        if cell.source.strip() in template.cells:
            continue
        for statement in _statements(cell.source):
            if statement[0].text == "def" or _written(statement) in template.statements:
                statement = [Token(_BREAK, "", statement[0].start, statement[0].start)]
            elif statement[0].text in _NO_ANSWER:
                continue
            kinds += [token.kind for token in statement]
            places += [(cell, token.start, token.end) for token in statement]
        kinds.append(_BREAK)
        places.append((cell, len(cell.source), len(cell.source)))
    begins = defaultdict(list)
    for place in range(len(kinds) - SHORTEST + 1):
        words = kinds[place : place + SHORTEST]
        if _BREAK not in words:
            begins[hash(tuple(words))].append(place)
    return Code(kinds, places, dict(begins), sum(kind != _BREAK for kind in kinds))


def shared_passages(left: Code, right: Code) -> list[Passage]:
    """Find the passages of at least `SHORTEST` tokens that both have, in the order of the left one.

    No token of the left one is in two of them: each passage is the longest that begins where it begins.
    """
    common = left.begins.keys() & right.begins.keys()
    begins = sorted((place, key) for key in common for place in left.begins[key])
    passages, end = [], 0
    for begin, key in begins:
        if begin >= end:
            found = [
                Passage(begin, place, _length(left, begin, right, place)) for place in right.begins[key][:_CANDIDATES]
            ]
            passages.append(max(found, key=lambda passage: passage.length))
            end = begin + passages[-1].length
    return passages


def _length(left: Code, i: int, right: Code, j: int) -> int:
    length = 0
    while left.kinds[i + length] == right.kinds[j + length] != _BREAK:  # every notebook ends with one
        length += 1
    return length


def _written(statement: list[Token]) -> tuple[str, ...]:
    """Return a statement as it is written, but for the layout and the quotes of texts."""
    return tuple(token.kind if token.kind == "text" else token.text for token in statement)


def _statements(source: str) -> Iterator[list[Token]]:
    """Yield the statements of a cell: each ends at a line's end outside brackets, or at a semicolon."""
    statement: list[Token] = []
    depth = 0
    for token in _tokens(source):
        if token.kind in ("\n", ";"):
            if depth <= 0 and statement:
                yield statement
                statement, depth = [], 0
            continue
        depth += (token.kind in _OPENING) - (token.kind in _CLOSING)
        if token.kind in _CLOSING and statement and statement[-1].kind == ",":
            statement.pop()  # put there by a formatter
        statement.append(token)
    if statement:
        yield statement


def _tokens(source: str) -> Iterator[Token]:
    last = ""
    for start, token_type, text in _LEXER.get_tokens_unprocessed(source):
        if token_type in Comment or token_type in String.Doc or (token_type in Text and "\n" not in text):
            continue
        kind = "\n" if token_type in Text else _kind(token_type, text, last == ".")
        if not kind == last == "text":  # a text comes in several parts
            yield Token(kind, text, start, start + len(text))
        last = kind


def _kind(token_type: _TokenType, text: str, after_dot: bool) -> str:
    if token_type in String:
        return "text"
    if token_type in Number:
        return "number"
    if token_type in Name and token_type not in Name.Builtin and not after_dot:
        return "name"
    return text
