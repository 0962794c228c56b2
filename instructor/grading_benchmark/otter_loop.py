"""Grade notebooks with otter-grader, one after the other; this is run by the Python that has otter-grader."""

import json
import sys
from pathlib import Path

from otter.api import grade_submission


def main(tests: str, scores: str, *notebooks: str) -> None:
    """Write the points of each notebook, and those possible, to a file."""
    points = {}
    for number, notebook in enumerate(notebooks, 1):
        results = grade_submission(notebook, tests, quiet=True)
        points[Path(notebook).stem] = [results.total, results.possible]
        print(f"{number} of {len(notebooks)} graded by otter-grader", flush=True)
    Path(scores).write_text(json.dumps(points), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
