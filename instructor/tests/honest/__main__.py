"""Print how many planted copies the similarity report finds, misses, and sees where there are none, as Markdown."""

import itertools
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from qta_grade.similarity import Pair, compare
from test_similarity import ASSIGNMENTS, DISGUISES, answers_of, notebook_of, read, template_of


def main() -> None:
    """Compare whole copies, and copies of one answer, in each disguise and in all of them at once."""
    print("| assignment | copied | disguise | copies | found | missed | others that stand out |")
    print("|---|---|---|---|---|---|---|")
    for name in ASSIGNMENTS:
        answers = answers_of(name)
        honest = {author: notebook_of(name, cells) for author, cells in answers.items()}
        print(_line(name, "nothing", "", 0, compare(read(name, honest)), set()))
        given = [cell for cell in template_of(name) if not cell.startswith("# @q")]
        for disguise, change in DISGUISES.items():
            copies = {f"{author}, copied": given + change(list(cells.values())) for author, cells in answers.items()}
            pairs = compare(read(name, honest | copies))
            print(_line(name, "everything", disguise, len(copies), pairs, {(who, f"{who}, copied") for who in answers}))
        found, planted = [], 0
        for author, other in itertools.permutations(answers, 2):
            for question in sorted(answers[author].keys() & answers[other].keys()):
                taken = "\n".join(DISGUISES["all"]([answers[author][question]]))
                thief = notebook_of(name, {**answers[other], question: taken})
                found += compare(read(name, {author: honest[author], "thief": thief}))
                planted += 1
        print(_line(name, "one answer", "all", planted, found, {(author, "thief") for author in answers}))


def _line(name: str, what: str, disguise: str, planted: int, pairs: list[Pair], copies: set[tuple[str, str]]) -> str:
    standing_out = [(pair.left, pair.right) for pair in pairs if pair.stands_out]
    found = sum(pair in copies for pair in standing_out)
    others = len(standing_out) - found
    return f"| {name} | {what} | {disguise} | {planted} | {found} | {planted - found} | {others} |"


main()
