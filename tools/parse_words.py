"""The one list of the words of ``course.py``: what each does, and what may follow it.

``course.py`` reads this file before there is an environment: standard library only, and it must run on Python 3.8.
"""

from __future__ import annotations

import argparse


def build_parser() -> tuple[argparse.ArgumentParser, dict[str, str]]:
    """Return the parser of ``python -m tools WORD``, and what each word does.

    Examples
    --------
    >>> build_parser()[1]["run"]
    'execute the notebooks into build/ and make pages of them'
    """
    parser = argparse.ArgumentParser(prog="course.py", description="The course's notebooks.")
    words = parser.add_subparsers(dest="word", required=True)

    def add(word: str, does: str) -> argparse.ArgumentParser:
        return words.add_parser(word, help=does, description=does)

    names = "beginnings of notebook names, such as 03; none for all"
    run = add("run", "execute the notebooks into build/ and make pages of them")
    run.add_argument("notebooks", nargs="*", help=names)
    test = add("test", "check style, code and every notebook's outputs")
    test.add_argument("--threads", type=int, default=1, help="threads a kernel may use (default 1)")
    add("lab", "open your own copies of the lessons in JupyterLab")
    add("site", "make the whole site in build/site: lessons, guides, reference, search")
    bench = add("bench", "measure accuracy and speed against other programs into docs/benchmarks.md (takes an hour)")
    bench.add_argument("names", nargs="*", help="such as training or accuracy:r8; none for all")
    bench.add_argument("--quick", action="store_true", help="on a few documents; the page stays as it is")
    add("colab", "run the suite with Google Colab's versions (needs Python 3.13; for those who edit)")
    record = add("record", "execute the notebooks, store their outputs and stage them (for those who edit them)")
    record.add_argument("notebooks", nargs="*", help=names)
    address = add("address", "write the project's web address into notebooks and README (for those who publish it)")
    address.add_argument("address", help="such as https://github.com/NAME/qta-keras; '' takes it out")
    return parser, {word: each.description for word, each in words.choices.items()}
