"""Accuracy and speed, measured against other people's programs: each benchmark is a script that prints a table.

``python3 course.py bench`` runs them all and writes their tables into ``docs/benchmarks.md``; with names it runs those
only. What they need beyond the course (PyTorch, fastText, corpora) is put under ``build/benchmarks``, never into .venv.
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "build" / "benchmarks"


class NotToBeHad(Exception):  # noqa: N818 - it carries a sentence for the table, and is no error of the program
    """Something that a benchmark compares with cannot be had on this computer; the sentence says why."""
