"""The command ``similarity``: which submissions share long passages of code. Hints for a human; no score changes."""

import csv
import io
import re
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from qta_grade import Refused
from qta_grade.files import no_formula, write
from qta_grade.intake import collect
from qta_grade.notebook import Unreadable, read_cells
from qta_grade.pages import load_page
from qta_grade.passages import SHORTEST, Code, Passage, read_code, read_template, shared_passages
from qta_grade.progress import progress
from qta_grade.specification import Specification

# The page shows a pair whose longest passage, or whose share of either's own code, is at least this. Where nobody
# copied, tests/test_similarity.py finds at most 60 tokens, and 26 %.
LONG, SHARE = 75, 0.40
MAX_PAIRS = 100  # on the page
MAX_CODE = 50_000  # characters of own code cells; an answer has about 5,000
_MAX_SPACE = re.compile(r"\s{500}")  # the tokeniser takes a time that grows with the square of its length
_MAX_EXCERPT = 4_000  # characters


@dataclass(frozen=True)
class Pair:
    """Two submissions that share passages, and which share of each one's own code these are."""

    left: str
    right: str
    passages: list[Passage]
    left_share: float
    right_share: float

    @property
    def longest(self) -> int:
        """The length of the longest passage, in tokens."""
        return max(passage.length for passage in self.passages)

    @property
    def share(self) -> float:
        """The larger of both shares."""
        return max(self.left_share, self.right_share)

    @property
    def stands_out(self) -> bool:
        """Whether somebody should look at it."""
        return self.longest >= LONG or self.share >= SHARE


def report_similarity(
    specification: Specification, submissions: Path, out: Path, id_pattern: str | None = None
) -> None:
    """Compare all submissions with each other, and write ``similarity.csv`` and ``similarity.html``.

    Code of the assignment's template is not compared. `out` is new or empty; for `id_pattern` see `intake.collect`.
    """
    if out.resolve().is_relative_to(submissions.resolve()):
        raise Refused(f"{out} lies inside {submissions}, and would be taken for a submission: name another folder.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Refused(f"{out} is there already, and is not an empty folder: name another one.")
    codes, left_out = _read(specification, submissions, id_pattern)
    pairs = compare(codes)
    out.mkdir(parents=True, exist_ok=True)
    write(out / "similarity.csv", table(pairs), "utf-8-sig")
    write(out / "similarity.html", _page(specification.title, codes, pairs, left_out))
    for sentence in left_out:
        print(f"Not compared: {sentence}")
    found = sum(pair.stands_out for pair in pairs)
    print(f"{len(codes)} submissions compared, {found} pairs to look at: see {out / 'similarity.html'}.")


def _read(specification: Specification, submissions: Path, id_pattern: str | None) -> tuple[dict[str, Code], list[str]]:
    """Return the code of each student, and a sentence for everything that is not compared."""
    intake = collect(submissions, id_pattern, assignment=specification.name)
    template = read_template(specification.template)
    codes, left_out = {}, list(intake.problems)
    for submission in intake.submissions:
        try:
            if submission.entry.reason:
                raise Unreadable(f"{submission.entry.reason}.")
            cells = [cell for cell in read_cells(submission.entry.read()) if cell.source.strip() not in template.cells]
            length = sum(len(cell.source) for cell in cells)
            if length > MAX_CODE:
                raise Unreadable(f"It has {length:,} characters of code; up to {MAX_CODE:,} are compared.")
            if any(_MAX_SPACE.search(cell.source) for cell in cells):
                raise Unreadable("It has hundreds of blank characters in a row, and is not compared.")
            code = read_code(cells, template)
            if code.own < SHORTEST:
                raise Unreadable("It has hardly any code that the template has not.")
            codes[submission.student] = code
        except Unreadable as error:
            left_out.append(f"{submission.student}: {error}")
        except Exception as error:  # whatever is wrong with it, the others are compared
            left_out.append(f"{submission.student}: It could not be read ({type(error).__name__}).")
    return codes, left_out


def compare(codes: dict[str, Code]) -> list[Pair]:
    """Return the pairs that share a passage: first those that stand out, and the larger share first."""
    pairs = []
    total = len(codes) * (len(codes) - 1) // 2
    with progress(total, doing="Comparing", done="compared") as advance:
        for count, (left, right) in enumerate(combinations(codes, 2), 1):
            passages = shared_passages(codes[left], codes[right])
            if passages:
                pairs.append(_pair(left, right, passages, codes))
            advance(count)
    return sorted(pairs, key=lambda pair: (not pair.stands_out, -pair.share, -pair.longest, pair.left, pair.right))


def _pair(left: str, right: str, passages: list[Passage], codes: dict[str, Code]) -> Pair:
    in_right = {place for passage in passages for place in range(passage.right, passage.right + passage.length)}
    in_left = sum(passage.length for passage in passages)
    return Pair(left, right, passages, in_left / codes[left].own, len(in_right) / codes[right].own)


def groups(pairs: list[Pair]) -> list[list[str]]:
    """Return who belongs together, each with somebody of the group if not with all, in the order of the pairs."""
    group: dict[str, frozenset[str]] = {}
    for pair in pairs:
        one, other = (group.get(student, frozenset([student])) for student in (pair.left, pair.right))
        if one != other:
            group.update(dict.fromkeys(one | other, one | other))
    return [sorted(members) for members in dict.fromkeys(group[pair.left] for pair in pairs)]


def table(pairs: list[Pair]) -> str:
    """Return ``similarity.csv``: the pairs, a row each."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["left", "right", "left_share", "right_share", "longest_tokens", "to_look_at"])
    for pair in pairs:
        shares = f"{pair.left_share:.3f}", f"{pair.right_share:.3f}"
        cells = [pair.left, pair.right, *shares, str(pair.longest), "yes" if pair.stands_out else "no"]
        rows.writerow([no_formula(cell) for cell in cells])
    return text.getvalue()


def _page(title: str, codes: dict[str, Code], pairs: list[Pair], left_out: list[str]) -> str:
    found = [pair for pair in pairs if pair.stands_out]
    shown = found[:MAX_PAIRS]
    blocks = [
        {"members": members, "pairs": [_shown(pair, codes) for pair in shown if pair.left in members]}
        for members in groups(found)
    ]
    template, look = load_page("similarity.html", "feedback.css", "similarity.css")
    limits = {"shortest": SHORTEST, "long": LONG, "share": SHARE, "max_pairs": MAX_PAIRS}
    return template.render(
        title=title, compared=len(codes), found=len(found), groups=blocks, left_out=left_out, **limits, **look
    )


def _shown(pair: Pair, codes: dict[str, Code]) -> dict:
    """Return what the page says of a pair, the longest passage first."""
    left, right = codes[pair.left], codes[pair.right]
    passages = [
        {
            "length": passage.length,
            "sides": [
                (pair.left, *_excerpt(left, passage.left, passage.length)),
                (pair.right, *_excerpt(right, passage.right, passage.length)),
            ],
        }
        for passage in sorted(pair.passages, key=lambda passage: -passage.length)
    ]
    return {"pair": pair, "passages": passages}


def _excerpt(code: Code, place: int, length: int) -> tuple[str, str, str, str]:
    """Return where a passage stands, and its lines: what is before it, the passage, and what is after it."""
    cell, start, _ = code.places[place]
    end = code.places[place + length - 1][2]
    first = cell.source.rfind("\n", 0, start) + 1
    last = cell.source.find("\n", end)
    before, after = cell.source[first:start], cell.source[end : last if last >= 0 else None]
    inside = cell.source[start:end]
    if len(before) + len(inside) + len(after) > _MAX_EXCERPT:  # a line may have any length
        before, inside, after = "", inside[:_MAX_EXCERPT], " ... (the rest is left out)"
    return cell.name, before, inside, after
